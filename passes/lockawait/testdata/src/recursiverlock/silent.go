package recursiverlock

import "sync"

// Released before it is taken again.
func (t *T) twice() int {
	t.mu.RLock()
	n := t.n
	t.mu.RUnlock()
	return n + t.read()
}

// Two instances.
func sum(a, b *T) int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.n + b.read()
}

// Another goroutine.
func (t *T) spawn() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	go t.read()
}

// A failed TryRLock does not wait.
func (t *T) try() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.mu.TryRLock() {
		t.mu.RUnlock()
	}
}

// The same condition decides both.
func (t *T) get(locked bool) int {
	if !locked {
		t.mu.RLock()
		defer t.mu.RUnlock()
	}
	return t.n
}

func (t *T) getLocked() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.get(true)
}

// A condition variable with a lock of its own.
type other struct {
	T
	c *T
}

func (o *other) child() int {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.c.read()
}

// Nobody can write-lock it.
type quiet struct{ mu sync.RWMutex }

func (q *quiet) twice() {
	q.mu.RLock()
	defer q.mu.RUnlock()
	q.mu.RLock()
	q.mu.RUnlock()
}

// The writer has finished before: one goroutine does it all.
func sequence() {
	var mu sync.RWMutex
	mu.Lock()
	mu.Unlock()
	mu.RLock()
	mu.RLock()
	mu.RUnlock()
	mu.RUnlock()
}
