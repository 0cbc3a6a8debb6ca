package rule

var cancelsafeRules = []*Rule{BreakInSelect, OperandBeforeSelect}

// BreakInSelect is cancelsafe/break-in-select.
var BreakInSelect = &Rule{
	Pass: "cancelsafe", Slug: "break-in-select", Level: Error, Lowest: Warning,
	Title: "a break on the way out leaves only the select, and the loop goes on",
	What: "An unlabelled break stands in the branch of a select that means the end (ctx.Done, a stop channel, a closed channel's !ok), " +
		"and the select stands in a for loop: break leaves the select, and the loop comes round again. It is an error when every path behind the select leads back to it " +
		"with the channel still ready, and a warning when the way out hangs on a condition that has nothing to do with the end, when the loop does nothing but the select and runs out by itself, " +
		"when it ranges over a channel and may be meant to drain it, or when only the name and the empty element type of a channel say that it is closed to stop the loop.",
	Why: "The channel that said stop stays ready, so the loop takes the same branch again at once: a goroutine that never ends and burns a processor.",
	Fine: "Not reported: a break in a branch that carries work, which only skips the rest of that branch; a loop that the code behind the select leaves; " +
		"a loop whose condition, or whose code behind the select, reads the context, its error, or anything that the select assigns; a branch with a way out of its own; " +
		"a channel that the loop replaces or sets to nil; a context or channel that each turn makes anew.",
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
	Limits: "A stop channel is known by its name and by being closed in the package and never sent to, or by its name and empty element type. " +
		"A loop made of goto is not seen. There is no fix where another loop stands around the loop: only the author knows which of them should end.",
	Help:  "return, or break out of the loop by its label",
	Fix:   ReviewFix,
	Since: "v0.1.0",
}

// OperandBeforeSelect is cancelsafe/operand-before-select.
var OperandBeforeSelect = &Rule{
	Pass: "cancelsafe", Slug: "operand-before-select", Level: Error, Lowest: Warning,
	Title: "a select case waits in its operand before the select begins",
	What: "The value of a send case, or the channel expression of any case, itself receives from a channel or calls something that blocks. " +
		"Go evaluates all of them once, in order, before it looks at any case. It is an error when the operand is a receive from a channel without a buffer, " +
		"or a call that waits on every path, and a warning when it may find a value or may not wait.",
	Why: "While the operand waits, no other case can be taken, the one that cancels included. " +
		"And when another case is then chosen, the value that was received for this one is lost.",
	Fine: "Calls that return at once, such as ctx.Done() or time.After(d), are what operands are for. Not reported: a call that is given a context, or whose function " +
		"watches an end itself; locks, the disk, readers and writers; a select with a single case.",
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
	Limits: "Functions of the same package are followed two calls deep, function values not at all. Functions of other modules are known to block only by the " +
		"table of blocking calls, which `-registry` extends.",
	Help:  "receive in a case of its own first, then send in a second select",
	Fix:   NoFix,
	Since: "v0.1.0",
}
