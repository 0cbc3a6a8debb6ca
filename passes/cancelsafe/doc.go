// Package cancelsafe finds selects that lose their cancellation, or the work
// that the cancellation interrupts.
//
// # Analyzer cancelsafe
//
// cancelsafe: find selects that lose a cancellation or the work it interrupts
//
// # Rule break-in-select
//
// A break inside a select leaves the select, never the loop around it. In the
// branch that means the end, such as a context's Done, a channel that is closed
// to stop the goroutine, or the !ok of a closed channel, that is hardly ever
// meant: the channel stays ready and the loop takes the branch again at once.
//
//	for {
//		select {
//		case <-ctx.Done():
//			break // leaves the select only
//		case v := <-in:
//			handle(v)
//		}
//	}
//
// The rule follows the control flow from the end of the select. It is an error
// when every path comes back to the select with the channel still ready, and a
// warning when the way out hangs on a condition that has nothing to do with the
// cancellation, or when only names and types say that the channel stays ready.
// Nothing is reported when the branch changes what the loop's condition reads,
// sets the channel to nil, or when the code behind the select looks at the
// context or at what the select has set and leaves.
//
// # Rule operand-before-select
//
// The operands of all cases are evaluated once, in order, before a select looks
// at any case. An operand that waits therefore waits outside the select: no
// other case can interrupt it, and what it received is lost when another case
// is then chosen.
//
//	select {
//	case out <- <-in: // waits for in, whatever happens to ctx
//	case <-ctx.Done():
//		return
//	}
//
// A receive in an operand is an error when the select has another case; a call
// is one when it certainly waits, and a warning when it may. Functions of the
// package are followed two calls deep; those of other modules are known by the
// registry of blocking calls and by the -registry flag.
package cancelsafe
