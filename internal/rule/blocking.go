package rule

var blockingRules = []*Rule{UncancellableSleep}

// UncancellableSleep is blocking/uncancellable-sleep.
var UncancellableSleep = &Rule{
	Pass: "blocking", Slug: "uncancellable-sleep", Level: Error, Lowest: Note,
	Title: "a task sleeps where it could also wait for its cancellation",
	What: "time.Sleep stands in a loop, or at the beginning of a goroutine, that has a context or a stop channel within reach, and the sleep does not watch it. " +
		"It is an error in a loop that has a context which can be cancelled in scope, or that itself watches a stop channel elsewhere, when the delay is a second or more, " +
		"is not a constant, or is at least 250 ms in a loop that never looks at its end. It is a warning when the context must be asked for (a request, a stream, a field), " +
		"when only a caller watches the stop channel, when the goroutine does not use the context around it, or when the delay is shorter. " +
		"Everything weaker is a note: a single sleep, a short delay between looks, a handful of rounds.",
	Why: "The task cannot end before the sleep does. Shutdown waits for it, or goes on without it; in a retry loop with growing " +
		"delays that is minutes after everyone else has gone.",
	Fine: "Not reported: delays below 20 ms (unless an endless loop never looks at its context at all), tests and the packages and files that serve them, examples, " +
		"functions that only simulate work, a grace period behind `<-ctx.Done()` or in a deferred function, a sleep that a comparison of `ctx.Done()` with nil guards, " +
		"and contexts that nobody can cancel: Background, WithoutCancel, or a WithCancel whose cancel function only a defer of the same function calls.",
	Bad: `func poll(ctx context.Context) error {
	for {
		if done() {
			return nil
		}
		time.Sleep(10 * time.Second) // ctx is not watched
	}
}`,
	Good: `func poll(ctx context.Context) error {
	for {
		if done() {
			return nil
		}
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}`,
	Limits: "The sleep must be a direct call of time.Sleep. A loop that sleeps in a function it calls is seen only in that function. " +
		"There is no fix when only the author knows what to return, or when a plain statement further down gives back a lock or a count.",
	Help:  "wait in a select with a timer and the context's Done",
	Fix:   ReviewFix,
	Since: "v0.1.0",
}
