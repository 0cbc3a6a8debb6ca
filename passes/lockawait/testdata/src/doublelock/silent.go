package doublelock

import "sync"

// Two instances.
func merge(a, b *T) {
	a.mu.Lock()
	b.mu.Lock()
	a.n += b.n
	b.mu.Unlock()
	a.mu.Unlock()
}

// A parent and its child.
type node struct {
	mu   sync.Mutex
	next *node
}

func (n *node) walk() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		n.next.walk()
	}
}

// Hand over hand.
func (n *node) hands() {
	n.mu.Lock()
	for n.next != nil {
		next := n.next
		next.mu.Lock()
		n.mu.Unlock()
		n = next
	}
	n.mu.Unlock()
}

// Released before it is taken again.
func (t *T) again() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	t.get()
	t.mu.Lock()
	t.n--
	t.mu.Unlock()
}

// The callee releases first.
func (t *T) pause() {
	t.mu.Unlock()
	t.get()
	t.mu.Lock()
}

func (t *T) usesPause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pause()
}

// The callee locks only when asked to.
func (t *T) add(n int, locked bool) {
	if !locked {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	t.n += n
}

func (t *T) addAll(ns []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range ns {
		t.add(n, true)
	}
}

// The same through one more call, and through closures.
func (t *T) addBoth(n int, locked bool) { t.add(n, locked); t.add(n, locked) }

func (t *T) closures(need bool) {
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
	t.n++
	unlock()
}

func (t *T) usesClosures() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closures(false)
	t.addBoth(1, true)
}

// A goroutine waits for its turn.
func (t *T) spawns() {
	t.mu.Lock()
	defer t.mu.Unlock()
	go t.get()
	go func() { t.n = t.get() }()
}

// The lock is the goroutine's by then.
func (t *T) starts() {
	t.mu.Lock()
	go func() {
		defer t.mu.Unlock()
		t.n++
	}()
	t.get()
}

// A new object each time round.
func fresh(n int) {
	for range n {
		t := &T{}
		t.mu.Lock()
		t.n++
	}
}

// An element each time round.
func elements(ts []*T) {
	for _, t := range ts {
		t.mu.Lock()
	}
	for _, t := range ts {
		t.mu.Unlock()
	}
}

// The variable means another object after the store.
type holder struct{ cur *T }

func (h *holder) swap(next *T) {
	h.cur.mu.Lock()
	old := h.cur
	h.cur = next
	h.cur.mu.Lock()
	h.cur.mu.Unlock()
	old.mu.Unlock()
}

// Elements chosen by a function are different objects.
type segments struct{ buckets [16]T }

func (s *segments) get(i int) *T { return &s.buckets[i%16] }

func (s *segments) both(i, j int) {
	a := s.get(i)
	a.mu.Lock()
	defer a.mu.Unlock()
	b := s.get(j)
	if a != b {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
}

// Two readers are another rule's business.
func (t *T) readers() int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	return t.readN() // want `t.readN read-locks t.rw`
}

// A callback stored for later captured another call's variable.
type registry struct{ done func() }

func (r *registry) finish() {
	if r.done != nil {
		r.done()
	}
}

func (t *T) watch(r *registry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.finish()
	r.done = func() { t.get() }
}

// Steps that data puts in order.
func (t *T) interpret(ops []int) {
	for _, op := range ops {
		switch op {
		case 0:
			t.mu.Lock()
		case 1:
			t.mu.Unlock()
		case 2:
			t.rw.Lock()
		case 3:
			t.rw.Unlock()
		}
	}
}

// Wrappers that a field switches off.
type optional struct {
	mu   sync.Mutex
	safe bool
	n    int
}

func (o *optional) lock() {
	if o.safe {
		o.mu.Lock()
	}
}

func (o *optional) unlock() {
	if o.safe {
		o.mu.Unlock()
	}
}

func (o *optional) incr() {
	o.lock()
	o.n++
	o.unlock()
	o.lock()
	defer o.unlock()
	if o.n == 0 {
		return
	}
	o.n--
}

// A read lock that is released for the upgrade.
func (t *T) initRLocked() {
	if t.n != 0 {
		return
	}
	t.rw.RUnlock()
	defer t.rw.RLock()
	t.rw.Lock()
	defer t.rw.Unlock()
	t.n = 1
}

func (t *T) usesInit() int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	t.initRLocked()
	return t.n
}

// The flag that decided about the lock is passed on.
type message struct{ update bool }

func (t *T) alert(locked bool) {
	if !locked {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	t.n++
}

func (t *T) handle(m *message) {
	if m.update {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	t.alert(m.update)
}

// Another goroutine releases it.
func pingPong(n int) {
	var mu sync.Mutex
	locked := make(chan bool)
	go func() {
		for range n {
			mu.Lock()
			locked <- true
			mu.Lock()
			locked <- true
		}
	}()
	for range 2 * n {
		<-locked
		mu.Unlock()
	}
}
