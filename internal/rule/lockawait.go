package rule

var lockawaitRules = []*Rule{MissingUnlock, DoubleLock, RecursiveRLock, LockOrder, DeferUnlockInLoop, LockAcrossChannel, LockAcrossWait, LockAcrossCallback, LockAcrossIO}

// MissingUnlock is lockawait/missing-unlock.
var MissingUnlock = &Rule{
	Pass: "lockawait", Slug: "missing-unlock", Level: Error, Lowest: Note,
	Title: "a path leaves with the lock held while another path releases it",
	What: "A path through the function returns, continues, breaks or panics out of the region of a lock without releasing it, " +
		"although another path of the same function does release it. Deferred unlocks, closures that unlock, conditional locking under " +
		"one condition, locks handed to a goroutine and functions that return with the lock held on purpose are understood.",
	Why: "The next goroutine that wants the lock waits for ever, and so does every goroutine behind it. " +
		"The path that forgets is usually an error path, so the program works until the day something else goes wrong.",
	Fine: "A function that reports through its result whether the lock is held (`ok := s.acquire()`), or that returns the function that unlocks, " +
		"is not reported when the success result is the one that holds. A panic with the lock held is a note: it matters only to a program that recovers and goes on.",
	Bad: `func (c *Cache) Get(k string) (string, error) {
	c.mu.Lock()
	v, ok := c.m[k]
	if !ok {
		return "", errNotFound // c.mu stays locked
	}
	c.mu.Unlock()
	return v, nil
}`,
	Good: `func (c *Cache) Get(k string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.m[k]
	if !ok {
		return "", errNotFound
	}
	return v, nil
}`,
	Limits: "A lock that no path of the function releases is taken to be handed to the caller. Locks reached through a map or slice element are " +
		"followed only while the index is the same expression. Functions with more lock states than the analysis keeps are left alone.",
	Help:  "release the lock on this path too, or right after Lock with defer",
	Fix:   NoFix,
	Since: "v0.1.0",
}

// DoubleLock is lockawait/double-lock.
var DoubleLock = &Rule{
	Pass: "lockawait", Slug: "double-lock", Level: Error, Lowest: Warning,
	Title: "a path locks what it already holds",
	What: "A path reaches Lock or RLock of a mutex that it already holds exclusively, or Lock of an RWMutex that it holds for reading, " +
		"directly or through the functions, callbacks and few-implementation interfaces it calls.",
	Why:  "Go's locks are not re-entrant: the goroutine waits for itself, for ever, with the lock held, and everything that needs the lock stops with it.",
	Fine: "Locking two instances of one type is not reported, nor is a callee that releases the lock before it takes it again.",
	Bad: `func (s *Store) Put(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
	if s.Len() > max { // Len locks s.mu again
		s.evict()
	}
}`,
	Good: `func (s *Store) Put(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
	if len(s.m) > max {
		s.evict()
	}
}`,
	Limits: "Calls through function values are followed when the value is visible: a literal, a method value, a parameter given at the call. " +
		"An interface call is followed when the package has at most three implementations.",
	Help:  "call a variant that expects the lock to be held, or release the lock before the call",
	Fix:   NoFix,
	Since: "v0.1.0",
}
