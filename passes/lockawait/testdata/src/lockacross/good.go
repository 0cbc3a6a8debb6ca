package lockacross

import (
	"context"
	"net"
	"sync"
	"time"
)

// Closed under the lock, waited for without it.
func (w *watcher) stopRight() {
	w.mu.Lock()
	close(w.updates)
	w.mu.Unlock()
	<-w.done
}

// The lock is released around the wait.
func (w *watcher) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.Unlock()
	<-w.done
	w.mu.Lock()
}

// A helper that releases the caller's lock before it waits.
func (w *watcher) release() {
	w.mu.Unlock()
	<-w.done
	w.mu.Lock()
}

func (w *watcher) callsRelease() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.release()
}

// Sent after the unlock.
func (q *queue) putRight(v int) {
	q.mu.Lock()
	q.n++
	q.mu.Unlock()
	q.work <- v
}

// Given up when the buffer is full.
func (q *queue) offer(v int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.work <- v:
		return true
	default:
		return false
	}
}

// Handed to a goroutine.
func (q *queue) later(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	go func() { q.work <- v }()
}

// The receiver of a reply does not need the lock.
type server struct {
	mu   sync.Mutex
	reqs chan request
	n    int
}

type request struct {
	v     int
	reply chan int
}

func newServer() *server {
	s := &server{reqs: make(chan request)}
	go s.serve()
	return s
}

func (s *server) serve() {
	for r := range s.reqs {
		r.reply <- r.v + 1
	}
}

func (s *server) ask(v int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := request{v, make(chan int)}
	s.reqs <- r
	s.n++
	return <-r.reply
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// The result has room, whoever takes it.
type future struct {
	mu  sync.Mutex
	res chan int
}

func newFuture() *future { return &future{res: make(chan int, 1)} }

func (f *future) resolve(v int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.res <- v
}

func (f *future) get() int {
	f.mu.Lock()
	f.mu.Unlock()
	return <-f.res
}

// The latest value: the sender makes room.
type latest struct {
	mu  sync.Mutex
	val chan int
	n   int
}

func newLatest() *latest {
	l := &latest{val: make(chan int, 1)}
	go func() {
		for range l.val {
			l.mu.Lock()
			l.n++
			l.mu.Unlock()
		}
	}()
	return l
}

func (l *latest) set(v int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.val:
	default:
	}
	l.val <- v
}

// A worker that takes another lock, and one that takes it for another object.
type crew struct {
	mu    sync.Mutex
	other sync.Mutex
	wg    sync.WaitGroup
	next  *crew
	n     int
}

func (c *crew) start() {
	c.wg.Add(2)
	go func() {
		defer c.wg.Done()
		c.other.Lock()
		c.n++
		c.other.Unlock()
	}()
	go func() {
		defer c.wg.Done()
		c.next.mu.Lock()
		c.next.n++
		c.next.mu.Unlock()
	}()
}

func (c *crew) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wg.Wait()
}

// Readers do not keep readers out.
type shared struct {
	mu sync.RWMutex
	wg sync.WaitGroup
	n  int
}

func (s *shared) start() {
	s.wg.Go(func() {
		s.mu.RLock()
		_ = s.n
		s.mu.RUnlock()
	})
}

func (s *shared) wait() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.wg.Wait()
}

// The lock is taken before the goroutine that waits is started.
func before() {
	var mu sync.Mutex
	done := make(chan bool)
	mu.Lock()
	mu.Unlock()
	go func() {
		mu.Lock()
		defer mu.Unlock()
		done <- true
	}()
	<-done
}

// The lock that Wait releases.
func (g *gate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait()
	}
}

// Locks whose purpose is the call.
type link struct {
	mu   sync.Mutex
	conn net.Conn
	n    int

	dialMu sync.Mutex
}

func (l *link) send(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.conn.Write(b)
	return err
}

func (l *link) sent() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func (l *link) dial(addr string) (err error) {
	l.dialMu.Lock()
	defer l.dialMu.Unlock()
	l.conn, err = net.Dial("tcp", addr)
	return err
}

func (l *link) dialled() bool {
	l.dialMu.Lock()
	defer l.dialMu.Unlock()
	return l.conn != nil
}

// A nap, and a call after the lock.
func (d *directory) nap() {
	d.mu.Lock()
	time.Sleep(time.Microsecond)
	d.mu.Unlock()
	time.Sleep(time.Second)
}

// A callback that the package sets itself.
type timer struct {
	mu   sync.Mutex
	fire func()
}

func newTimer() *timer { return &timer{fire: func() {}} }

func (t *timer) Run(context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fire()
}

// The handlers are called after the lock.
func (b *Bus) PublishRight(name string, v int) {
	b.mu.Lock()
	f := b.handlers[name]
	b.mu.Unlock()
	if f != nil {
		f(v)
	}
}

// Whether the caller's lock is released goes with a flag.
func (b *Bus) tell(locked bool) {
	if !locked {
		b.mu.Lock()
	}
	b.n++
	b.mu.Unlock()
	b.onClose()
	if locked {
		b.mu.Lock()
	}
}

// Tell calls with the lock held, which tell releases.
func (b *Bus) Tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(true)
}

// Two names for one mutex.
type stream struct {
	mu    *sync.Mutex
	ready *sync.Cond
	data  []int
}

func newStream() *stream {
	mu := &sync.Mutex{}
	return &stream{mu: mu, ready: sync.NewCond(mu)}
}

func (s *stream) next() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.data) == 0 {
		s.ready.Wait()
	}
	return s.data[0]
}

func (s *stream) add(v int) {
	s.mu.Lock()
	s.data = append(s.data, v)
	s.mu.Unlock()
	s.ready.Signal()
}

// The lock is taken once before anybody else has the object.
type association struct {
	mu    sync.Mutex
	ready chan error
	n     int
}

func accept() (*association, error) {
	a := newAssociation()
	a.init()
	return a, <-a.ready
}

func newAssociation() *association { return &association{ready: make(chan error)} }

func (a *association) init() {
	a.mu.Lock()
	defer a.mu.Unlock()
	go a.run()
}

func (a *association) run() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n++
	a.ready <- nil
}

// Whoever has added to the WaitGroup has given the lock back by then.
type cache struct {
	mu        sync.Mutex
	releasing sync.WaitGroup
	nodes     map[string]int
}

func (c *cache) evict(key string) {
	c.mu.Lock()
	delete(c.nodes, key)
	c.releasing.Add(1)
	c.mu.Unlock()
	c.releasing.Done()
}

func (c *cache) clear() {
	c.mu.Lock()
	n := len(c.nodes)
	c.mu.Unlock()
	for range n {
		c.evict("")
	}
}

func (c *cache) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.releasing.Add(1)
	return len(c.nodes) > 0
}

func (c *cache) use() {
	if c.enter() {
		defer c.releasing.Done()
	}
}

func (c *cache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes = nil
	c.releasing.Wait()
}

// The lock and the channel of the next round are others.
func rounds(n int) {
	for range n {
		var mu sync.Mutex
		ch := make(chan int)
		go func() {
			mu.Lock()
			ch <- 1
			mu.Unlock()
		}()
		<-ch
		mu.Lock()
		mu.Unlock()
	}
}

// The condition variable's lock is a struct that embeds one.
type failover struct {
	mu struct {
		sync.Mutex
		cond *sync.Cond
		n    int
	}
}

func newFailover() *failover {
	f := &failover{}
	f.mu.cond = sync.NewCond(&f.mu)
	return f
}

func (f *failover) await() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.mu.n == 0 {
		f.mu.cond.Wait()
	}
}

func (f *failover) grow() {
	f.mu.Lock()
	f.mu.n++
	f.mu.cond.Signal()
	f.mu.Unlock()
}

// A lock that is reached through the condition variable alone.
func anonymous(done chan bool) {
	x := 0
	c := sync.NewCond(&sync.Mutex{})
	go func() {
		c.L.Lock()
		for x == 0 {
			c.Wait()
		}
		c.L.Unlock()
		done <- true
	}()
	go func() {
		c.L.Lock()
		x = 1
		c.Signal()
		c.L.Unlock()
		done <- true
	}()
}
