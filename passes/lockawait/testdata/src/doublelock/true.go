package doublelock

import "sync"

type T struct {
	mu sync.Mutex
	rw sync.RWMutex
	n  int
	cb func()
}

func (t *T) direct(ok bool) {
	t.mu.Lock()
	if ok {
		t.mu.Lock() // want `t.mu is locked again on a path that already holds it`
		return
	}
	t.mu.Unlock()
}

func (t *T) get() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *T) one() int { return t.get() }
func (t *T) two() int { return t.one() }

func (t *T) chain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n = t.two() // want `t.two locks t.mu through one, get, which this path already holds`
}

// Upgrading a read lock waits for itself.
func (t *T) upgrade() {
	t.rw.RLock()
	if t.n == 0 {
		t.rw.Lock() // want `t.rw is locked again`
		t.n = 1
		t.rw.Unlock()
	}
	t.rw.RUnlock()
}

// Reading under the write lock does, too.
func (t *T) readUnderWrite() {
	t.rw.Lock()
	defer t.rw.Unlock()
	t.readN() // want `t.readN locks t.rw`
}

func (t *T) readN() int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	return t.n
}

// defer Lock instead of defer Unlock.
func (t *T) typo() {
	t.mu.Lock()
	defer t.mu.Lock() // want `the deferred call locks t.mu again at return`
	t.n++
}

// The next round of the loop.
func (t *T) round(in []int) {
	for range in {
		t.mu.Lock() // want `t.mu is locked again by the next round of the loop`
		t.n++
	}
}

// A callback that the callee runs under the lock.
func (t *T) each(f func(int)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.n)
}

func (t *T) callback() {
	t.each(func(n int) { // want `t.each calls the function passed here with t.mu held, and that function locks it again`
		t.mu.Lock()
		t.n = n
		t.mu.Unlock()
	})
}

// A callback kept in a field.
func (t *T) onChange() {
	t.cb = func() { t.get() }
}

func (t *T) change() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cb != nil {
		t.cb() // want `t.cb locks t.mu through get`
	}
}

// A closure called in place.
func (t *T) literal() {
	t.mu.Lock()
	func() { // want `the function literal locks t.mu, which this path already holds`
		t.mu.Lock()
		t.n++
		t.mu.Unlock()
	}()
	t.mu.Unlock()
}

// An interface with one implementation, made by a constructor.
type api interface{ read() int }

type client struct{ t *T }

func (c *client) read() int { return c.t.get() }

func newAPI(t *T) api { return &client{t: t} }

func (t *T) throughInterface() {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := newAPI(t)
	t.n = a.read() // want `a.read locks t.mu through get`
}

type embedded struct {
	sync.Mutex
	n int
}

func (e *embedded) size() int {
	e.Lock()
	defer e.Unlock()
	return e.n
}

func (e *embedded) grow() {
	e.Lock()
	e.n = e.size() + 1 // want `e.size locks e,`
	e.Unlock()
}

var global sync.Mutex

func useGlobal() {
	global.Lock()
	defer global.Unlock()
	again() // want `again locks global`
}

func again() {
	global.Lock()
	global.Unlock()
}

// Recursion.
func (t *T) recurse(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > 0 {
		t.recurse(n - 1) // want `t.recurse locks t.mu`
	}
}

// sync.Once runs its function at once.
func (t *T) once(o *sync.Once) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o.Do(func() { t.n = t.get() }) // want `o.Do locks t.mu`
}

// An accessor of the lock.
func (t *T) lock() *sync.Mutex { return &t.mu }

func (t *T) accessor() {
	t.lock().Lock()
	t.get() // want `t.get locks`
	t.lock().Unlock()
}
