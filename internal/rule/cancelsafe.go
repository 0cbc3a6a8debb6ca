package rule

var cancelsafeRules = []*Rule{BreakInSelect, OperandBeforeSelect}

// BreakInSelect is cancelsafe/break-in-select.
var BreakInSelect = &Rule{
	Pass: "cancelsafe", Slug: "break-in-select", Level: Error, Lowest: Warning,
	Title: "a break on the way out leaves only the select, and the loop goes on",
	What: "An unlabelled break stands in the branch of a select that means the end (ctx.Done, a stop channel, a closed channel's !ok), " +
		"and the select stands in a for loop: break leaves the select, and the loop comes round again.",
	Why: "The channel that said stop stays ready, so the loop takes the same branch again at once: a goroutine that never ends and burns a processor.",
	Fine: "A break in a branch that carries work only skips the rest of that branch; it is not reported. Nor is a loop whose next step leaves it, " +
		"by its condition or by a return behind the select.",
	Bad: `for {
	select {
	case <-ctx.Done():
		break // leaves the select only
	case v := <-in:
		handle(v)
	}
}`,
	Good: `for {
	select {
	case <-ctx.Done():
		return
	case v := <-in:
		handle(v)
	}
}`,
	Limits: "A stop channel is known by being closed, or by having an empty element type and only being received from.",
	Help:   "return, or break out of the loop by its label",
	Fix:    ReviewFix,
	Since:  "v0.1.0",
}

// OperandBeforeSelect is cancelsafe/operand-before-select.
var OperandBeforeSelect = &Rule{
	Pass: "cancelsafe", Slug: "operand-before-select", Level: Error, Lowest: Warning,
	Title: "a select case waits in its operand before the select begins",
	What: "The value of a send case, or the channel expression of any case, itself receives from a channel or calls something that blocks. " +
		"Go evaluates all of them once, in order, before it looks at any case.",
	Why: "While the operand waits, no other case can be taken, the one that cancels included. " +
		"And when another case is then chosen, the value that was received for this one is lost.",
	Fine: "Calls that return at once, such as ctx.Done() or time.After(d), are what operands are for.",
	Bad: `select {
case out <- <-in: // receives from in first, whatever happens to ctx
case <-ctx.Done():
	return
}`,
	Good: `select {
case v := <-in:
	select {
	case out <- v:
	case <-ctx.Done():
		return
	}
case <-ctx.Done():
	return
}`,
	Limits: "Functions of other modules are known to block only by the table of blocking calls.",
	Help:   "receive in a case of its own first, then send in a second select",
	Fix:    NoFix,
	Since:  "v0.1.0",
}
