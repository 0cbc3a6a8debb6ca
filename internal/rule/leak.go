package rule

var leakRules = []*Rule{AbandonedSender}

// AbandonedSender is leak/abandoned-sender.
var AbandonedSender = &Rule{
	Pass: "leak", Slug: "abandoned-sender", Level: Error, Lowest: Note,
	Title: "a goroutine sends on a local channel whose only receiver can leave first",
	What: "A goroutine sends on a channel made in the function that started it, or on the reply channel of a request. Whoever receives from the channel " +
		"can return first: through a timeout, a cancelled context, an early return, or because the first result wins; and the buffer has no room for the sends " +
		"that are left. A function that feeds goroutines which can give up is the same case. " +
		"It is a warning when the sender has to go round a loop more often than the receiver expects and only the outside says how often that is, " +
		"when a function feeds its own workers, and in a function that main calls once; in tests it is a note.",
	Why: "The goroutine waits in the send for ever. It keeps its stack and everything it refers to, once for each call that times out, " +
		"so the leak grows exactly when the service is already slow.",
	Fine: "A send in a select with another way out, a channel with room for every send, and a channel that the function drains or hands to someone else are not reported.",
	Bad: `func fetch(ctx context.Context) (string, error) {
	res := make(chan string)
	go func() { res <- slow() }() // nobody receives after ctx is done
	select {
	case s := <-res:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}`,
	Good: `func fetch(ctx context.Context) (string, error) {
	res := make(chan string, 1) // the send always finds room
	go func() { res <- slow() }()
	select {
	case s := <-res:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}`,
	Limits: "Channels that the function returns, stores out of sight or hands to functions of other packages are not followed; a reply channel is, " +
		"while only this package can reach its field. Unknown lengths are taken to be 0 to 3, loops on unknown conditions to go round at most twice, " +
		"and a function with more schedules than the analysis explores may have leaks that are not found.",
	Help:  "give the channel room for every send, or let the sender also wait for the receiver's end",
	Fix:   SafeFix,
	Since: "v0.1.0",
}
