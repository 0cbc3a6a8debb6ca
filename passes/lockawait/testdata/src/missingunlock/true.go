package missingunlock

import (
	"errors"
	"sync"
	"time"
)

type T struct {
	mu     sync.Mutex
	rw     sync.RWMutex
	closed bool
	n      int
	ch     chan int
	m      map[string]int
	m2     *T
}

var errClosed = errors.New("closed")

// An early return.
func (t *T) early() error {
	t.mu.Lock()
	if t.closed {
		return errClosed // want `this return leaves t.mu locked`
	}
	t.mu.Unlock()
	return nil
}

// A read lock counts.
func (t *T) read(k string) int {
	t.rw.RLock()
	v, ok := t.m[k]
	if !ok {
		return 0 // want `this return leaves t.rw locked`
	}
	t.rw.RUnlock()
	return v
}

// Continue comes round to the same Lock.
func (t *T) loop(in []int) {
	for _, v := range in {
		t.mu.Lock()
		if v == 0 {
			continue // want `this continue leaves t.mu locked`
		}
		t.n += v
		t.mu.Unlock()
	}
}

// Break leaves the loop and the function.
func (t *T) broken() {
	for {
		t.mu.Lock()
		if t.closed {
			break // want `this break leaves t.mu locked`
		}
		t.mu.Unlock()
	}
}

// A defer that is registered behind the early return does not help it.
func (t *T) lateDefer() error {
	t.mu.Lock()
	if t.closed {
		return errClosed // want `this return leaves t.mu locked`
	}
	defer t.mu.Unlock()
	t.n++
	return nil
}

// All the ways out of one Lock are one finding.
func (t *T) several(a, b bool) int {
	t.mu.Lock()
	if a {
		return 1 // want `this return leaves t.mu locked`
	}
	if b {
		return 2
	}
	t.mu.Unlock()
	return 3
}

// The closure of a timer.
func (t *T) timer() {
	time.AfterFunc(time.Second, func() {
		t.mu.Lock()
		if t.closed {
			return // want `this return leaves t.mu locked, and another path of a closure in \(\*T\).timer unlocks it`
		}
		t.n++
		t.mu.Unlock()
	})
}

// Wrappers are locks.
func (t *T) lock()   { t.mu.Lock() }
func (t *T) unlock() { t.mu.Unlock() }

func (t *T) wrapped() bool {
	t.lock()
	if t.closed {
		return false // want `this return leaves t.mu locked`
	}
	t.unlock()
	return true
}

// The conditions differ.
func (t *T) mixed(a, b bool) {
	if a {
		t.mu.Lock()
	}
	t.n++
	if b {
		t.mu.Unlock()
	}
} // want `the end of the function leaves t.mu locked`

type embedded struct {
	sync.Mutex
	n int
}

func (e *embedded) incr(limit int) bool {
	e.Lock()
	if e.n >= limit {
		return false // want `this return leaves e locked`
	}
	e.n++
	e.Unlock()
	return true
}

var global sync.Mutex

func packageLevel(n int) int {
	global.Lock()
	if n == 0 {
		return 0 // want `this return leaves global locked`
	}
	global.Unlock()
	return n
}

// Called in the package, and no caller releases what it got: not a protocol.
func (t *T) tryStart() error {
	t.mu.Lock()
	if t.n == 0 {
		return nil // want `this return leaves t.mu locked`
	}
	t.mu.Unlock()
	return errClosed
}

func (t *T) useStart() { _ = t.tryStart() }

// Generic code.
type box[V any] struct {
	mu sync.Mutex
	v  map[string]V
}

func (b *box[V]) get(k string) (V, bool) {
	b.mu.Lock()
	v, ok := b.v[k]
	if !ok {
		return v, false // want `this return leaves b.mu locked`
	}
	b.mu.Unlock()
	return v, true
}

// A labelled continue from an inner loop.
func (t *T) nested(rows [][]int) {
outer:
	for _, row := range rows {
		t.mu.Lock()
		for _, v := range row {
			if v < 0 {
				continue outer // want `this continue leaves t.mu locked`
			}
		}
		t.mu.Unlock()
	}
}

// The lock of an interface.
type worker struct{ l sync.Locker }

func (w *worker) do(ok bool) {
	w.l.Lock()
	if !ok {
		return // want `this return leaves w.l locked`
	}
	w.l.Unlock()
}
