// Package leak defines an analyzer that finds goroutines nobody can end.
//
// # Analyzer leak
//
// leak: find goroutines that can wait for ever
//
// A goroutine that waits in a channel operation which nobody will ever serve is
// never collected: it keeps its stack and everything it refers to. The analyzer
// runs the part of each function that makes channels and starts goroutines in a
// small model of the scheduler, over every choice that the source leaves open,
// and reports
//
//   - leak/abandoned-sender: a goroutine sends on a channel whose receiver can
//     return first, through a timeout, a cancelled context, an early return, or
//     because the first result wins.
package leak
