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
// It is an error in a loop of a function that has a cancellable context in scope,
// when the delay is long or not constant. It is a warning when the context must
// first be asked for (a request, a stream, a field), when a stop channel takes
// its place, or when the delay is short, and a note when the loop looks at the
// context itself between short delays.
//
// Not reported: delays below 20 ms, tests and the packages that serve them,
// examples, and sleeps that follow the cancellation on purpose, such as a grace
// period behind <-ctx.Done() or in a deferred function.
package blocking
