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

// LockAcrossCallback is lockawait/lock-across-callback.
var LockAcrossCallback = &Rule{
	Pass: "lockawait", Slug: "lock-across-callback", Level: Warning, Lowest: Warning,
	Title: "a lock is held while a function runs that users of the package supply",
	What: "A function value or a method of a handler interface, kept in a field that users of the package fill (an exported field, a registration, " +
		"an option), is called with a lock held that an exported function of the package takes, too.",
	Why: "The user's function may call back into the package and then waits for the lock that its own goroutine holds. Even one that does not " +
		"makes everybody who needs the lock wait for as long as it runs.",
	Fine: "Documented callbacks that must be quick and must not call back are a decision that an allow comment can record. Functions that log, count, " +
		"compare, cancel or compute something are not reported.",
	Bad: `func (c *Cache) Put(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, evicted := range c.handlers {
		evicted(c.key) // the handler may call c.Len, which locks c.mu
	}
	c.key = k
}`,
	Good: `func (c *Cache) Put(k string) {
	c.mu.Lock()
	old, handlers := c.key, slices.Clone(c.handlers)
	c.key = k
	c.mu.Unlock()
	for _, evicted := range handlers {
		evicted(old)
	}
}`,
	Limits: "What a function is for is judged by its name and results. A callback of the package itself that takes the lock is double-lock's finding.",
	Help:   "collect what to call under the lock and call it after releasing it",
	Fix:    NoFix,
	Since:  "v0.1.0",
}

// LockAcrossIO is lockawait/lock-across-io.
var LockAcrossIO = &Rule{
	Pass: "lockawait", Slug: "lock-across-io", Level: Warning, Lowest: Note,
	Title: "a lock is held while waiting for the network, a process, a database or a timer",
	What: "A call that the registry knows to sleep or to wait for the network, name resolution, another process, a database or an event runs with a lock held " +
		"that another function takes for something quick. Plain disk access is a note.",
	Why: "The quick function is now as slow as the slow one: a lookup waits for a peer that does not answer, and with it every goroutine that looks up.",
	Fine: "A lock that lies beside the connection or writer that the call is made on, whose name says that it orders the calls (writeMu, sendLock), " +
		"or that is only ever held for such calls, is not reported.",
	Bad: `func (r *Registry) Refresh() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	resp, err := http.Get(r.url) // Lookup waits for r.mu all the while
	if err != nil {
		return err
	}
	return r.store(resp)
}`,
	Good: `func (r *Registry) Refresh() error {
	resp, err := http.Get(r.url)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store(resp)
}`,
	Limits: "Only calls in the registry count; what is behind an io.Reader or io.Writer is not known. At most two calls lie between the lock and the wait.",
	Help:   "do the slow work outside the lock and take the lock to store the result",
	Fix:    NoFix,
	Since:  "v0.1.0",
}
