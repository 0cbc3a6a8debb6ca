package rule

var leakRules = []*Rule{AbandonedSender}

// AbandonedSender is leak/abandoned-sender.
var AbandonedSender = &Rule{
	Pass: "leak", Slug: "abandoned-sender", Level: Error, Lowest: Note,
	Title: "a goroutine sends on a local channel whose only receiver can leave first",
	What: "A goroutine sends on a channel made in the function that started it. The function is the only receiver, its buffer is smaller than the number " +
		"of sends, and the function can return before it receives: through a timeout, a cancelled context, an early return, or because the first result wins.",
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
	Limits: "Only channels that stay inside the function and the goroutines it starts are followed.",
	Help:   "give the channel room for every send, or let the sender also wait for the receiver's end",
	Fix:    SafeFix,
	Since:  "v0.1.0",
}
