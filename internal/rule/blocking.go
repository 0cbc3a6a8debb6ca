package rule

var blockingRules = []*Rule{UncancellableSleep}

// UncancellableSleep is blocking/uncancellable-sleep.
var UncancellableSleep = &Rule{
	Pass: "blocking", Slug: "uncancellable-sleep", Level: Error, Lowest: Note,
	Title: "a task sleeps where it could also wait for its cancellation",
	What: "time.Sleep stands in a loop or in a goroutine that has a context, or a channel that is closed to stop it, within reach, " +
		"and the sleep does not watch it.",
	Why: "The task cannot end before the sleep does. Shutdown waits for it, or goes on without it; in a retry loop with growing " +
		"delays that is minutes after everyone else has gone.",
	Fine: "Sleeps of a few milliseconds, sleeps in tests, and sleeps in code that only simulates work are not reported.",
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
	Limits: "The sleep must be a direct call of time.Sleep in the function that has the context or stop channel, or in a closure of it.",
	Help:   "wait in a select with a timer and the context's Done",
	Fix:    ReviewFix,
	Since:  "v0.1.0",
}
