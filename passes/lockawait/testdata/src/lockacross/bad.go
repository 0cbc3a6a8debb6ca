package lockacross

import (
	"context"
	"net"
	"sync"
	"time"
)

// A join by a channel that the goroutine closes when it ends.
type watcher struct {
	mu      sync.Mutex
	updates chan int
	done    chan struct{}
	last    int
}

func newWatcher() *watcher {
	w := &watcher{updates: make(chan int, 1), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for v := range w.updates {
			w.apply(v)
		}
	}()
	return w
}

func (w *watcher) apply(v int) {
	w.mu.Lock()
	w.last = v
	w.mu.Unlock()
}

func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.updates)
	<-w.done // want `w.mu is held while waiting for w.done, and a closure in newWatcher needs w.mu before it can close it: both wait forever`
}

// The join may be given up, but until then nobody gets the lock.
func (w *watcher) stopFor(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.updates)
	select { // want `w.mu is held while waiting for w.done, .*: only the other cases can end the wait`
	case <-w.done:
	case <-ctx.Done():
	}
}

// A receive whose only sender needs the lock.
type conn struct {
	mu      sync.Mutex
	awake   chan struct{}
	streams int
}

func newConn() *conn { return &conn{awake: make(chan struct{})} }

func (c *conn) keepalive() {
	c.mu.Lock()
	if c.streams < 1 {
		<-c.awake // want `c.mu is held while receiving from c.awake, and \(\*conn\).open needs c.mu before it can send: both wait forever`
	}
	c.mu.Unlock()
}

func (c *conn) open() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams++
	select {
	case c.awake <- struct{}{}:
	default:
	}
}

// The operation is two calls away, and the lock beside it.
type health struct{ stop chan struct{} }

func (h *health) close() { h.stop <- struct{}{} }

type container struct {
	sync.Mutex
	health *health
}

func newContainer() *container {
	c := &container{health: &health{stop: make(chan struct{})}}
	go monitor(c, c.health.stop)
	return c
}

func monitor(c *container, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			c.probe()
		}
	}
}

func (c *container) probe() {
	c.Lock()
	defer c.Unlock()
}

func (c *container) update() { c.health.close() }

func (c *container) changed() {
	c.Lock()
	defer c.Unlock()
	c.update() // want `c is held while c.update is sending on c.health.stop, and monitor needs c before it can receive: both wait forever`
}

// With a buffer it takes load.
type queue struct {
	mu   sync.Mutex
	work chan int
	n    int
}

func newQueue() *queue {
	q := &queue{work: make(chan int, 8)}
	go q.run()
	return q
}

func (q *queue) run() {
	for range q.work {
		q.mu.Lock()
		q.n--
		q.mu.Unlock()
	}
}

func (q *queue) put(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.n++
	q.work <- v // want `q.mu is held while sending on q.work, and \(\*queue\).run needs q.mu before it can receive: both wait forever once the buffer is full`
}

// One of the goroutines that Wait waits for needs the lock.
type pool struct {
	mu   sync.RWMutex
	wg   sync.WaitGroup
	quit chan struct{}
	n    int
}

func (p *pool) start() {
	p.wg.Add(2)
	go func() {
		defer p.wg.Done()
		<-p.quit
	}()
	go p.count()
}

func (p *pool) count() {
	defer p.wg.Done()
	p.mu.Lock()
	p.n++
	p.mu.Unlock()
}

func (p *pool) join() { p.wg.Wait() }

func (p *pool) stop() {
	p.mu.RLock()
	defer p.mu.RUnlock()
	close(p.quit)
	p.join() // want `p.mu is held while p.join is waiting for p.wg, and \(\*pool\).count needs p.mu before its Done: both wait forever`
}

// Wait releases its own lock and not the other one.
type gate struct {
	mu   sync.Mutex
	cond *sync.Cond
	all  sync.RWMutex
	open bool
}

func newGate() *gate {
	g := &gate{}
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) pass() {
	g.all.RLock()
	defer g.all.RUnlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait() // want `g.all is held while waiting on g.cond, which releases another lock and not this one`
	}
}

func (g *gate) reset() {
	g.all.Lock()
	defer g.all.Unlock()
}

func (g *gate) let() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

// Nobody receives.
type framer struct {
	mu    sync.Mutex
	reset chan bool
}

func newFramer() *framer { return &framer{reset: make(chan bool)} }

func (f *framer) write() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reset <- true // want `f.mu is held while sending on f.reset, and nothing in the package receives from it`
}

func (f *framer) monitor() {
	f.mu.Lock()
	close(f.reset)
	f.mu.Unlock()
}

// Slow calls, with a quick function beside them.
type directory struct {
	mu    sync.Mutex
	known map[string]net.Conn
}

func (d *directory) connect(addr string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, err := d.dial(addr) // want `d.mu is held across d.dial, which calls net.Dial and waits for the network`
	d.known[addr] = c
	return err
}

func (d *directory) dial(addr string) (net.Conn, error) { return net.Dial("tcp", addr) }

func (d *directory) retry(addr string) {
	d.mu.Lock()
	for d.known[addr] == nil {
		time.Sleep(time.Second) // want `d.mu is held across time.Sleep, which sleeps`
	}
	d.mu.Unlock()
}

func (d *directory) has(addr string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[addr] != nil
}

// Functions that users register.
type Bus struct {
	mu       sync.Mutex
	onClose  func()
	handlers map[string]func(int)
	logf     func(string, ...any)
	n        int
}

// Option configures a Bus.
type Option func(*Bus)

// WithClose sets what to call at the end.
func WithClose(f func()) Option { return func(b *Bus) { b.onClose = f } }

// WithLog sets the logger.
func WithLog(f func(string, ...any)) Option { return func(b *Bus) { b.logf = f } }

// Handle registers a handler.
func (b *Bus) Handle(name string, f func(int)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handlers[name] = f
}

// Close ends.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logf("closing")
	b.onClose() // want `b.mu is held while b.onClose runs, which users of the package supply: one that needs it waits forever`
}

// Publish calls a handler.
func (b *Bus) Publish(name string, v int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	if f := b.handlers[name]; f != nil {
		f(v) // want `b.mu is held while a function from handlers runs, which users of the package supply`
	}
}

// ErrHandler is an option that is the function itself.
type ErrHandler func(error)

func (h ErrHandler) apply(s *Sub) { s.errHandler = h }

// A Sub keeps others waiting while its user looks at an error.
type Sub struct {
	sync.Mutex
	errHandler ErrHandler
	pending    int
}

func (s *Sub) fail(err error) {
	s.Lock()
	defer s.Unlock()
	if s.errHandler != nil {
		s.errHandler(err) // want `s is held while s.errHandler runs, which users of the package supply: everybody else waits for them to return`
	}
}

func (s *Sub) reset() {
	s.Lock()
	s.pending = 0
	s.Unlock()
}

// Watch sends to whoever reads the channel that it returns.
func Watch(tick func()) <-chan int {
	ch := make(chan int)
	var mu sync.Mutex
	n := 0
	go func() {
		for {
			tick()
			mu.Lock()
			n++
			mu.Unlock()
		}
	}()
	go func() {
		mu.Lock()
		defer mu.Unlock()
		ch <- n // want `mu is held while sending on a channel, for as long as nobody outside the package receives`
	}()
	return ch
}
