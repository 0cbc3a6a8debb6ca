package recursiverlock

import "sync"

type T struct {
	mu   sync.RWMutex
	Quit sync.RWMutex // nobody here locks it for writing, but others can
	cond *sync.Cond
	n    int
}

func (t *T) write() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
}

func (t *T) read() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.n
}

func (t *T) direct() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.n > 0 {
		t.mu.RLock() // want `t.mu is read-locked again on a path that already read-locks it: it deadlocks if a writer asks for it in between`
		t.mu.RUnlock()
	}
	return t.n
}

func (t *T) viaOne() int { return t.read() }

func (t *T) chain() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.viaOne() // want `t.viaOne read-locks t.mu through read, which this path already read-locks`
}

func (t *T) each(f func(int)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	f(t.n)
}

func (t *T) callback() {
	t.each(func(int) { // want `t.each calls the function passed here with t.mu read-locked, and that read-locks it again`
		t.read()
	})
}

func (t *T) deferred() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	defer t.read() // want `t.read read-locks t.mu`
}

func (t *T) recurse(n int) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if n == 0 {
		return t.n
	}
	return t.recurse(n - 1) // want `t.recurse read-locks t.mu`
}

// The reader's side of the lock by another name.
func (t *T) locker() int {
	l := t.mu.RLocker()
	l.Lock()
	defer l.Unlock()
	return t.read() // want `t.read read-locks`
}

func newT() *T {
	t := &T{}
	t.cond = sync.NewCond(t.mu.RLocker())
	return t
}

// The L of a condition variable.
func (t *T) await() int {
	t.cond.L.Lock()
	defer t.cond.L.Unlock()
	return t.read() // want `t.read read-locks`
}

func local(t *T) int {
	c := sync.NewCond(t.mu.RLocker())
	c.L.Lock()
	defer c.L.Unlock()
	return t.read() // want `t.read read-locks`
}

// No writer in this package: a warning.
func (t *T) noWriter() {
	t.Quit.RLock()
	defer t.Quit.RUnlock()
	t.Quit.RLock() // want `t.Quit is read-locked again`
	t.Quit.RUnlock()
}

// An interface may have other implementations: a warning.
type counter interface{ count() int }

func (t *T) count() int { return t.read() }

func (t *T) dynamic(c counter) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	c = t
	return c.count() // want `c.count read-locks t.mu`
}

var table struct {
	sync.RWMutex
	m map[string]int
}

func lookup(k string) int {
	table.RLock()
	defer table.RUnlock()
	return table.m[k]
}

func both(a, b string) int {
	table.RLock()
	defer table.RUnlock()
	return table.m[a] + lookup(b) // want `lookup read-locks table`
}

func set(k string, v int) {
	table.Lock()
	defer table.Unlock()
	table.m[k] = v
}
