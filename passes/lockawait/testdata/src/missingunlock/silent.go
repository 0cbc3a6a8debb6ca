package missingunlock

import (
	"log"
	"sync"
)

// Conditional locking under one condition.
func (t *T) conditional(safe bool) {
	if safe {
		t.mu.Lock()
	}
	t.n++
	if safe {
		t.mu.Unlock()
	}
}

// The same with a field, and with a call in between.
func (t *T) conditionalField() {
	if !t.closed {
		t.rw.RLock()
	}
	t.conditional(true)
	if !t.closed {
		t.rw.RUnlock()
	}
}

// A flag that remembers, in a loop.
func (t *T) flag(in []int) {
	locked := false
	for _, v := range in {
		if v > 3 && !locked {
			t.mu.Lock()
			defer t.mu.Unlock()
			locked = true
		}
		t.n += v
	}
}

// The same question asked twice.
func (t *T) twice(x any) {
	if l, ok := x.(sync.Locker); ok {
		l.Lock()
	}
	t.n++
	if l, ok := x.(sync.Locker); ok {
		l.Unlock()
	}
}

// Released by a deferred closure, through a variable.
func (t *T) closure() int {
	t.mu.Lock()
	unlock := func() { t.mu.Unlock() }
	defer func() { unlock() }()
	if t.closed {
		return 0
	}
	return t.n
}

// Returns with the lock held and says so: callers release it.
func (t *T) acquire() bool {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return false
	}
	return true
}

func (t *T) useAcquire() {
	if !t.acquire() {
		return
	}
	t.n++
	t.mu.Unlock()
}

// The same for callers elsewhere: the result tells.
func (t *T) Acquire() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return errClosed
	}
	return nil
}

// Returns the function that unlocks.
func (t *T) locked() func() {
	t.mu.Lock()
	if t.n == 0 {
		t.mu.Unlock()
		return func() {}
	}
	return t.mu.Unlock
}

// Returns the locked object.
func (t *T) find(ts []*T) *T {
	for _, x := range ts {
		x.mu.Lock()
		if x.n == t.n {
			return x
		}
		x.mu.Unlock()
	}
	return nil
}

// Handed to a goroutine.
func (t *T) handOver() {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return
	}
	go func() {
		defer t.mu.Unlock()
		t.n++
	}()
}

// Handed to whoever calls the closure.
func (t *T) register(cleanup func(func())) {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return
	}
	cleanup(func() { t.mu.Unlock() })
}

// TryLock.
func (t *T) try() {
	if !t.mu.TryLock() {
		return
	}
	t.n++
	t.mu.Unlock()
}

func (t *T) tryFlag() {
	ok := t.mu.TryLock()
	t.ch <- 1
	if ok {
		t.mu.Unlock()
	}
}

// The program ends.
func (t *T) fatal() {
	t.mu.Lock()
	if t.closed {
		log.Fatal("closed")
	}
	t.mu.Unlock()
}

func fatalf(format string, args ...any) { log.Fatalf(format, args...) }

func (t *T) wrappedFatal() {
	t.mu.Lock()
	if t.closed {
		fatalf("closed %d", t.n)
	}
	t.mu.Unlock()
}

// The counter decides: the first round has the lock already.
func (t *T) counted() error {
	t.mu.Lock()
	n := len(t.m)
	if n == 0 {
		t.mu.Unlock()
		return nil
	}
	for i := 0; i < n; i++ {
		if i > 0 {
			t.mu.Lock()
		}
		t.n++
		t.mu.Unlock()
		if t.ch == nil {
			return errClosed
		}
	}
	return nil
}

// Closures that lock when asked to.
func (t *T) needLock(need bool) error {
	lock := func() {
		if need {
			t.mu.Lock()
		}
	}
	unlock := func() {
		if need {
			t.mu.Unlock()
		}
	}
	lock()
	if t.closed {
		unlock()
		return errClosed
	}
	unlock()
	return nil
}

// Releases the caller's lock for a while.
func (t *T) withoutLock(f func()) {
	t.mu.Unlock()
	defer t.mu.Lock()
	f()
}

func (t *T) useWithoutLock() {
	t.mu.Lock()
	t.withoutLock(func() {})
	t.mu.Unlock()
}

// No path releases: the caller does.
func (t *T) lockAll(ts []*T) {
	for _, x := range ts {
		x.mu.Lock()
	}
}

// An element chosen by an index.
func shards(ts []T, i int, stop bool) {
	ts[i].mu.Lock()
	if stop {
		ts[i].mu.Unlock()
		return
	}
	ts[i].mu.Unlock()
}

// A panic with the lock held is a note.
func (t *T) panics() {
	t.mu.Lock()
	if t.n < 0 {
		panic("negative")
	}
	t.mu.Unlock()
}

// Switches and selects release on every way.
func (t *T) ways(k int) {
	t.mu.Lock()
	switch k {
	case 1:
		t.mu.Unlock()
		return
	case 2:
	default:
		t.mu.Unlock()
		return
	}
	select {
	case <-t.ch:
		t.mu.Unlock()
	default:
		t.mu.Unlock()
	}
}

// Goto.
func (t *T) jump() {
	t.mu.Lock()
	if t.closed {
		goto out
	}
	t.n++
out:
	t.mu.Unlock()
}

// A field says that the lock is still held, and a later call releases it.
func (t *T) begin(raw bool) {
	t.rw.RLock()
	if raw {
		t.closed = true
		return
	}
	t.rw.RUnlock()
}

func (t *T) end() {
	if t.closed {
		t.closed = false
		t.rw.RUnlock()
	}
}

// Hand over hand, with one variable for all.
func (t *T) climb(stop bool) {
	n := t
	n.mu.Lock()
	if stop {
		n.mu.Unlock()
		return
	}
	for n.n > 0 {
		up := n.m2
		up.mu.Lock()
		n.mu.Unlock()
		n = up
	}
	n.mu.Unlock()
}

// The kind of a store does not change while others work on it.
type backend struct{ kind sync.Locker }

func (b *backend) set(k sync.Locker) { b.kind = k }

func (b *backend) pause(wg *sync.WaitGroup) {
	if l, ok := b.kind.(*embedded); ok {
		l.Lock()
	}
	wg.Wait()
	if l, ok := b.kind.(*embedded); ok {
		l.Unlock()
	}
}
