package rt

import "unsafe"

// A class separates objects that may have the same address, such as a struct
// and its first field.
type class uint8

const (
	chanClass class = iota + 1
	mutexClass
	rwClass
	waitGroupClass
	condClass
	onceClass
	timerClass
	poolClass
	sharedClass
	slotClass
)

var classNames = [...]string{
	chanClass: "chan", mutexClass: "mutex", rwClass: "rwmutex", waitGroupClass: "waitgroup", condClass: "cond",
	onceClass: "once", timerClass: "timer", poolClass: "pool", sharedClass: "shared", slotClass: "slots",
}

// An object is the shadow of a synchronisation object of the program: who
// waits for it, and, for those whose real state cannot be read, its state.
// Objects exist from their first use in an execution to its end.
type object struct {
	key   unsafe.Pointer // also keeps the real object from being collected and its address reused
	class class
	num   uint32 // by first touch in this execution: the same in every replay

	recvq, sendq queue // channels; all other classes wait in recvq
	closed       bool
	timer        *timer      // of a timer's channel, or of a timer
	left         func() int  // values in a channel's buffer
	sweep        func(*exec) // looks for what code outside has done to a channel
	tokens       bool        // a channel that hands out slots
	lastSend     Site        // into the buffer
	pooled       []any       // of a sync.Pool

	owner   *goroutine // of a mutex, an RWMutex locked for writing, a Once that runs
	locked  bool       // mutex held; RWMutex: a writer holds it or waits for readers to leave
	active  bool       // RWMutex: a writer holds it
	readers int        // RWMutex: readers that hold it, or have been let in
	taken   int        // RWMutex: readers that hold the real one
	owed    int        // RWMutex: readers let in whose lock is given back already
	pending waiter     // RWMutex: the writer that waits for readers to leave
	count   int        // WaitGroup
	done    bool       // Once
	missed  Site       // Cond: where a signal last found nobody waiting

	free func() // gives the real object back, when an execution leaves it in use
}

// A waiter is a goroutine in a queue. It is stale when the goroutine's ticket
// has moved on: a select waits in several queues and leaves them lazily.
type waiter struct {
	g      *goroutine
	ticket uint64
	slot   unsafe.Pointer // the value to send, or where to put the one received
	index  int            // of the select case
}

// A queue is first in, first out.
type queue struct {
	items []waiter
	head  int
}

func (q *queue) push(w waiter) { q.items = append(q.items, w) }

// pushFront puts w before all others: a waiter that was woken and found the
// lock taken again.
func (q *queue) pushFront(w waiter) {
	if q.head > 0 {
		q.head--
		q.items[q.head] = w
		return
	}
	q.items = insert(q.items, 0, w)
}

// peek returns the first waiter that is not stale, or nil. Looking at a waiter
// touches its goroutine: a step that makes it stale does not commute with this one.
func (q *queue) peek(e *exec) *waiter {
	for q.head < len(q.items) {
		w := &q.items[q.head]
		e.touchGoroutine(w.g)
		if w.g.ticket == w.ticket && (w.g.state == parked || w.g.inLine) {
			return w
		}
		q.head++
	}
	q.items, q.head = q.items[:0], 0
	return nil
}

// pop removes the waiter that peek returns.
func (q *queue) pop(e *exec) (w waiter, ok bool) {
	p := q.peek(e)
	if p == nil {
		return w, false
	}
	q.head++
	return *p, true
}

// A table finds objects by address. It is an open hash table of our own: the
// runtime's maps report to the race detector.
type table struct {
	slots []*object // a power of two
	n     int
	all   []*object // by number, less 1
}

func hashOf(key unsafe.Pointer, c class) uintptr {
	h := uintptr(key) ^ uintptr(c)*0x9e3779b9
	return h*0x9e3779b97f4a7c15>>20 ^ h>>4
}

func (t *table) reset() {
	clear(t.slots)
	clear(t.all)
	t.all = t.all[:0]
	t.n = 0
}

// find returns the object, or nil.
func (t *table) find(key unsafe.Pointer, c class) *object {
	if t.n == 0 {
		return nil
	}
	mask := uintptr(len(t.slots) - 1)
	for i := hashOf(key, c) & mask; t.slots[i] != nil; i = (i + 1) & mask {
		if o := t.slots[i]; o.key == key && o.class == c {
			return o
		}
	}
	return nil
}

// add makes a new object.
func (t *table) add(key unsafe.Pointer, c class) *object {
	if 2*(t.n+1) > len(t.slots) {
		t.grow()
	}
	o := &object{key: key, class: c, num: uint32(len(t.all) + 1)}
	t.all = append(t.all, o)
	t.insert(o)
	return o
}

func (t *table) insert(o *object) {
	mask := uintptr(len(t.slots) - 1)
	i := hashOf(o.key, o.class) & mask
	for t.slots[i] != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = o
	t.n++
}

func (t *table) grow() {
	t.slots = make([]*object, max(64, 2*len(t.slots)))
	t.n = 0
	for _, o := range t.all {
		t.insert(o)
	}
}
