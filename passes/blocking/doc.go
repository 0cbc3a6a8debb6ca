// Package blocking finds goroutines that block where they could also watch for
// their cancellation.
//
// # Analyzer blocking
//
// blocking: find waits that cancellation cannot interrupt
//
// # Rule uncancellable-sleep
//
// time.Sleep cannot be interrupted. In a loop or a goroutine that has a context,
// or a channel that is closed to stop it, the sleep keeps the goroutine, and
// everyone who waits for it, until the delay is over.
//
//	for {
//		if done() {
//			return nil
//		}
//		time.Sleep(10 * time.Second) // ctx is not watched
//	}
//
// What is watched, and how sure it is, decides the level. A cancellable context
// in scope, or a stop channel that the loop itself watches elsewhere, makes an
// error of a delay that is long, unbounded or repeated without a look. A context
// that must be asked for (a request, a stream, a field), a channel that only a
// caller watches, and a goroutine that does not use the context around it make a
// warning. A single sleep, a short delay between looks and a handful of rounds
// are notes.
//
// Not reported: delays below 20 ms, except in an endless loop that has a way
// round without any look; tests and what serves them, examples and simulated
// work; sleeps that follow the end on purpose; contexts that nobody can cancel.
//
// The fix waits in a select. It returns what the function returns elsewhere when
// it sees the same end, or the context's error.
package blocking
