package rule

// LockAcrossChannel is lockawait/lock-across-channel.
var LockAcrossChannel = &Rule{
	Pass: "lockawait", Slug: "lock-across-channel", Level: Error, Lowest: Warning,
	Title: "a lock is held across a channel operation",
	What: "A send, receive or select without a default runs with a lock held. It is an error when the channel does not leave the package and every " +
		"goroutine that can serve the operation takes the same lock first, and a warning when that happens only once a buffer is full, when another " +
		"case of the select can end the wait, or when only somebody outside the package can receive.",
	Why: "The operation waits for a goroutine that waits for the lock, and the lock is released only after the operation: both wait for ever, " +
		"and so does everybody who needs the lock next. With an outside receiver the lock is as slow as that receiver.",
	Fine: "A send that the buffer certainly has room for, a select with a default, and an operation that some goroutine of the package serves without " +
		"the lock are not reported.",
	Bad: `func (m *Manager) Set(s Status) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = s
	m.updates <- s // the goroutine that receives locks m.mu for every update
}`,
	Good: `func (m *Manager) Set(s Status) {
	m.mu.Lock()
	m.status = s
	m.mu.Unlock()
	m.updates <- s
}`,
	Limits: "Channels are told apart by the field or variable that holds them, not by instance. The lock and the channel must be seen to belong to the " +
		"same object on both sides. At most two calls lie between the lock and the operation.",
	Help:  "release the lock before the operation, or let the goroutine on the other side do without it",
	Fix:   NoFix,
	Since: "v0.1.0",
}

// LockAcrossWait is lockawait/lock-across-wait.
var LockAcrossWait = &Rule{
	Pass: "lockawait", Slug: "lock-across-wait", Level: Error, Lowest: Warning,
	Title: "a lock is held while waiting for a goroutine that needs it",
	What: "WaitGroup.Wait, errgroup's Wait, a receive from a channel that is only closed, or a Close or Stop that does one of them, runs with a lock " +
		"held that a goroutine waited for takes before its Done, its return or its close. Cond.Wait with a lock held that it does not release is a warning, " +
		"and an error when whoever signals needs that lock.",
	Why: "The waiter keeps the lock until the goroutine ends, and the goroutine cannot end without the lock. It happens when Stop comes at the moment " +
		"when the goroutine is about to lock, so tests pass and shutdowns hang.",
	Fine: "A wait for goroutines that do not need the lock is not reported.",
	Bad: `func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.quit)
	s.wg.Wait() // the goroutines that it waits for lock s.mu
}`,
	Good: `func (s *Server) Stop() {
	s.mu.Lock()
	close(s.quit)
	s.mu.Unlock()
	s.wg.Wait()
}`,
	Limits: "The lock and what is waited on must be seen to belong to the same object on both sides. At most two calls lie between the lock and the wait.",
	Help:   "release the lock before the wait",
	Fix:    NoFix,
	Since:  "v0.1.0",
}
