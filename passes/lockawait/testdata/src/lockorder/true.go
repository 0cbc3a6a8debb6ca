// Package lockorder has the true shapes of lock-order.
package lockorder

import "sync"

// Two fields of one object, both entered from outside: certain.
type Cache struct {
	items sync.Mutex
	stats sync.Mutex
	n     int
}

func (c *Cache) Put() {
	c.items.Lock()
	defer c.items.Unlock()
	c.count() // want `\(\*Cache\).Put takes c.stats with c.items held, and \(\*Cache\).Report takes them the other way round`
}

func (c *Cache) count() {
	c.stats.Lock()
	defer c.stats.Unlock()
	c.n++
}

func (c *Cache) Report() int {
	c.stats.Lock()
	defer c.stats.Unlock()
	return c.size()
}

func (c *Cache) size() int {
	c.items.Lock()
	defer c.items.Unlock()
	return c.n
}

// Package-level locks: certain.
var (
	names  sync.Mutex
	values sync.RWMutex
)

func Rename() {
	names.Lock()
	defer names.Unlock()
	values.Lock() // want `Rename takes values with names held, and Revalue takes them the other way round`
	values.Unlock()
}

func Revalue() {
	values.RLock()
	defer values.RUnlock()
	names.Lock()
	names.Unlock()
}

// Variables of one function, which its goroutines share: certain.
func Captured() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		a.Lock()
		b.Lock() // want `a closure in Captured takes b with a held, and a closure in Captured takes them the other way round`
		b.Unlock()
		a.Unlock()
	}()
	go func() {
		defer wg.Done()
		b.Lock()
		a.Lock()
		a.Unlock()
		b.Unlock()
	}()
	wg.Wait()
}

// Parent and child of different types: a warning, since which child is unknown.
type Server struct {
	mu    sync.Mutex
	conns map[string]*Conn
}

type Conn struct {
	mu  sync.Mutex
	srv *Server
}

func (s *Server) Broadcast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.flush() // want `\(\*Server\).Broadcast takes c.mu with s.mu held, and \(\*Conn\).Close takes them the other way round`
	}
}

func (c *Conn) flush() {
	c.mu.Lock()
	c.mu.Unlock()
}

func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.srv.remove("x")
}

func (s *Server) remove(k string) {
	s.mu.Lock()
	delete(s.conns, k)
	s.mu.Unlock()
}

// Released and taken back while the second lock is held.
type Devices struct {
	mu   sync.Mutex
	info *Info
}

type Info struct{ mu sync.Mutex }

func (d *Devices) Delete() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.info.mu.Lock() // want `\(\*Devices\).Delete takes d.info.mu with d.mu held, and also the other way round: two calls of it may wait for each other`
	defer d.info.mu.Unlock()
	d.pause()
}

func (d *Devices) pause() {
	d.mu.Unlock()
	d.mu.Lock()
}

// Through a callback that is stored.
type Queue struct {
	mu     sync.Mutex
	notify func()
}

func (q *Queue) SetNotify(f func()) { q.notify = f }

func (q *Queue) Pop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notify() // want `\(\*Queue\).Pop takes w.mu with q.mu held, and \(\*Worker\).Len takes them the other way round`
}

func (q *Queue) size() {
	q.mu.Lock()
	q.mu.Unlock()
}

type Worker struct {
	mu sync.Mutex
	q  *Queue
}

func NewWorker(q *Queue) *Worker {
	w := &Worker{q: q}
	q.SetNotify(w.wake)
	return w
}

func (w *Worker) wake() {
	w.mu.Lock()
	w.mu.Unlock()
}

func (w *Worker) Len() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.q.size()
}

// The same two objects in both orders.
type purse struct {
	mu sync.Mutex
	n  int
}

func move(from, to *purse) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.n, to.n = 0, from.n
}

func Exchange() {
	a, b := &purse{}, &purse{}
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		move(a, b)
	}()
	go func() {
		defer wg.Done()
		move(b, a) // want `move locks from.mu, then to.mu, and is called with the same two objects in both orders`
	}()
	wg.Wait()
}
