package deferloop

import "sync"

type T struct {
	mu sync.Mutex
	rw sync.RWMutex
	n  int
}

func (t *T) each(xs []int) {
	for _, x := range xs {
		t.mu.Lock()
		defer t.mu.Unlock() // want `deferred in a loop, this releases t.mu only when the function returns: the next round waits for it forever`
		t.n += x
	}
}

func (t *T) forever(c chan int) {
	for {
		t.mu.Lock()
		defer t.mu.Unlock() // want `deferred in a loop, this releases t.mu`
		if <-c == 0 {
			return
		}
	}
}

func (t *T) counted(n int) {
	for i := 0; i < n; i++ {
		t.mu.Lock()
		defer func() { // want `deferred in a loop, this releases t.mu`
			t.n++
			t.mu.Unlock()
		}()
	}
}

func (t *T) lock()   { t.mu.Lock() }
func (t *T) unlock() { t.mu.Unlock() }

func (t *T) wrapped(xs []int) {
	for range xs {
		t.lock()
		defer t.unlock() // want `deferred in a loop, this releases t.mu`
		t.n++
	}
}

func (t *T) continues(xs []int) {
	for _, x := range xs {
		t.mu.Lock()
		defer t.mu.Unlock() // want `deferred in a loop, this releases t.mu`
		if x == 0 {
			continue
		}
		return
	}
}

func (t *T) readers(xs []int) {
	for range xs {
		t.rw.RLock()
		defer t.rw.RUnlock() // want `the next round deadlocks if a writer asks for it in between`
	}
}

func (t *T) write() {
	t.rw.Lock()
	defer t.rw.Unlock()
}
