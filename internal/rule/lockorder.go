package rule

// RecursiveRLock is lockawait/recursive-rlock.
var RecursiveRLock = &Rule{
	Pass: "lockawait", Slug: "recursive-rlock", Level: Error, Lowest: Warning,
	Title: "a path read-locks an RWMutex that it already read-locks",
	What: "A path reaches RLock of an RWMutex that it already holds for reading, directly or through the functions, callbacks and " +
		"few-implementation interfaces it calls. Lockers made by RLocker count, also as the L of a condition variable.",
	Why: "A waiting writer keeps new readers out, so that it gets its turn. If a writer calls Lock between the two RLocks, it waits for the first " +
		"to be released and the second waits for the writer: both wait for ever, and everybody behind them. The program works until the timing is unlucky.",
	Fine: "Read-locking two instances of one type is not reported, nor is an RLock after the first one was released.",
	Bad: `func (t *Table) Lookup(k string) (Row, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.Ready() { // Ready read-locks t.mu again
		return Row{}, false
	}
	r, ok := t.rows[k]
	return r, ok
}`,
	Good: `func (t *Table) Lookup(k string) (Row, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.readyLocked() {
		return Row{}, false
	}
	r, ok := t.rows[k]
	return r, ok
}`,
	Limits: "The finding is an error when a function of the package that may run at the same time takes the write lock of the same field of the same " +
		"type, or of the same variable, and every call on the way is known. It is a warning when only other packages can write-lock it. " +
		"Whether the writer comes at the wrong moment is not decided.",
	Help:  "call a variant that expects the lock to be held, or release the lock before the call",
	Fix:   NoFix,
	Since: "v0.1.0",
}

// LockOrder is lockawait/lock-order.
var LockOrder = &Rule{
	Pass: "lockawait", Slug: "lock-order", Level: Error, Lowest: Warning,
	Title: "two locks are taken in both orders",
	What: "One function takes lock B while it holds lock A, another takes A while it holds B, directly or through what they call, both may run " +
		"at the same time, and no third lock keeps them apart. Locks are told apart by the field of the type, or by the variable. " +
		"It is an error when both orders are certain to be on the same two objects: fields of one object, package-level variables, variables of one function.",
	Why: "When each goroutine has taken its first lock, each waits for the other's for ever. It needs an unlucky moment, so tests rarely see it " +
		"and production does, under load.",
	Fine: "Two locks of the same field of the same type (parent and child, two accounts) are not reported, since data decides which comes first, unless the same two " +
		"variables are passed in both orders. A TryLock does not wait, so it completes no cycle. Locking an object that nobody else has yet is fine.",
	Bad: `func (b *Bank) Transfer(n int) {
	b.accounts.Lock()
	defer b.accounts.Unlock()
	b.journal.Lock() // accounts, then journal
	defer b.journal.Unlock()
	b.move(n)
}

func (b *Bank) Audit() {
	b.journal.Lock()
	defer b.journal.Unlock()
	b.accounts.Lock() // journal, then accounts
	defer b.accounts.Unlock()
	b.check()
}`,
	Good: `func (b *Bank) Audit() {
	b.accounts.Lock() // everywhere: accounts, then journal
	defer b.accounts.Unlock()
	b.journal.Lock()
	defer b.journal.Unlock()
	b.check()
}`,
	Limits: "A warning says that the types are locked in both orders; that two goroutines meet on the same two objects is then an assumption. " +
		"Types of which the package keeps several kinds of objects (four containers of it, or two structs that embed it) are reported for the same objects only. " +
		"Cycles of more than two locks are not looked for. Both sides must lie in the package or be reached from it through packages of the module.",
	Help:  "take the two locks in the same order everywhere, or release the first before taking the second",
	Fix:   NoFix,
	Since: "v0.1.0",
}

// DeferUnlockInLoop is lockawait/defer-unlock-in-loop.
var DeferUnlockInLoop = &Rule{
	Pass: "lockawait", Slug: "defer-unlock-in-loop", Level: Error, Lowest: Warning,
	Title: "a deferred unlock in a loop that locks again",
	What: "The body of a loop takes a lock and defers its release, and comes round to take the same lock again. " +
		"Deferred calls run when the function returns, not at the end of the round.",
	Why: "The second round waits for the lock that the first one still holds: the function never returns, so the deferred unlock never runs. " +
		"It works as long as there is only one thing to loop over.",
	Fine: "A body that always leaves the loop after the defer, a body in a function literal of its own, and a lock that belongs to the element " +
		"of the round are not reported.",
	Bad: `for _, job := range jobs {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[job.ID] = true
}`,
	Good: `for _, job := range jobs {
	func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done[job.ID] = true
	}()
}`,
	Limits: "Rounds that read-lock stop only when a writer comes between them: that is an error when the package has such a writer, else a warning.",
	Help:   "unlock at the end of the round, or move the body into a function of its own",
	Fix:    NoFix,
	Since:  "v0.1.0",
}
