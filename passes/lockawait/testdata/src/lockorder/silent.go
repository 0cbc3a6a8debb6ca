package lockorder

import "sync"

// A third lock keeps the two orders apart, taken here or by every caller.
type Gated struct {
	gate, a, b sync.Mutex
}

func (g *Gated) One() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.ab()
}

func (g *Gated) ab() {
	g.a.Lock()
	defer g.a.Unlock()
	g.b.Lock()
	defer g.b.Unlock()
}

func (g *Gated) Two() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.b.Lock()
	defer g.b.Unlock()
	g.a.Lock()
	defer g.a.Unlock()
}

// The gate is the lock that the function itself releases for its caller.
type Tx struct {
	sync.Mutex
	a, b sync.Mutex
}

func (t *Tx) Commit() {
	t.a.Lock()
	t.b.Lock()
	t.b.Unlock()
	t.a.Unlock()
	t.Mutex.Unlock()
}

func (t *Tx) Rollback() {
	t.Lock()
	t.b.Lock()
	t.a.Lock()
	t.a.Unlock()
	t.b.Unlock()
	t.Unlock()
}

// The callee releases the first lock before it takes the second.
type Client struct {
	mu  sync.Mutex
	reg *Registry
}

type Registry struct {
	mu      sync.Mutex
	clients []*Client
}

func (c *Client) Handshake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close()
}

func (c *Client) close() {
	c.mu.Unlock()
	c.reg.drop()
	c.mu.Lock()
}

func (r *Registry) drop() {
	r.mu.Lock()
	r.clients = nil
	r.mu.Unlock()
}

func (r *Registry) Each() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.clients {
		c.mu.Lock()
		c.mu.Unlock()
	}
}

// TryLock does not wait.
type Polite struct{ a, b sync.Mutex }

func (p *Polite) One() {
	p.a.Lock()
	defer p.a.Unlock()
	if p.b.TryLock() {
		p.b.Unlock()
	}
}

func (p *Polite) Two() {
	p.b.Lock()
	defer p.b.Unlock()
	p.a.Lock()
	p.a.Unlock()
}

// Only readers on one side of each: nobody waits.
type Readers struct{ a, b sync.RWMutex }

func (r *Readers) One() {
	r.a.RLock()
	defer r.a.RUnlock()
	r.b.RLock()
	r.b.RUnlock()
}

func (r *Readers) Two() {
	r.b.RLock()
	defer r.b.RUnlock()
	r.a.RLock()
	r.a.RUnlock()
}

// One goroutine does both.
type loop struct {
	a, b sync.Mutex
	c    chan int
}

func Start() *loop {
	l := &loop{c: make(chan int)}
	go l.run()
	return l
}

func (l *loop) run() {
	for x := range l.c {
		if x > 0 {
			l.ab()
		} else {
			l.ba()
		}
	}
}

func (l *loop) ab() {
	l.a.Lock()
	defer l.a.Unlock()
	l.b.Lock()
	l.b.Unlock()
}

func (l *loop) ba() {
	l.b.Lock()
	defer l.b.Unlock()
	l.a.Lock()
	l.a.Unlock()
}

// Nobody else has the object yet.
type Node struct {
	mu   sync.Mutex
	tree *Tree
}

type Tree struct {
	mu    sync.Mutex
	nodes []*Node
}

func (t *Tree) Add() *Node {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := newNode(t)
	n.mu.Lock()
	defer n.mu.Unlock()
	t.nodes = append(t.nodes, n)
	return n
}

func newNode(t *Tree) *Node { return &Node{tree: t} }

func (n *Node) Leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tree.mu.Lock()
	n.tree.nodes = nil
	n.tree.mu.Unlock()
}

// Containers of one generic type are of many uses.
type set[T comparable] struct {
	mu sync.Mutex
	m  map[T]bool
}

func (s *set[T]) add(x T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[x] = true
}

func (s *set[T]) each(f func(T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for x := range s.m {
		f(x)
	}
}

type Stream struct {
	mu        sync.Mutex
	filters   set[string]
	consumers set[*Stream]
}

func (s *Stream) Filter(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filters.add(k)
}

func (s *Stream) Notify() {
	s.consumers.each(func(o *Stream) {
		o.mu.Lock()
		o.mu.Unlock()
	})
}

// Two structs that embed one type hold different locks of it.
type scope struct{ sync.Mutex }

type svcScope struct{ *scope }

type connScope struct {
	*scope
	m *Manager
}

type Manager struct {
	mu   sync.Mutex
	svcs []*svcScope
}

func (m *Manager) GC() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.svcs {
		s.Lock()
		s.Unlock()
	}
}

func (c *connScope) SetPeer() {
	c.Lock()
	defer c.Unlock()
	c.m.mu.Lock()
	c.m.mu.Unlock()
}

// Elements locked in one loop and released in another.
type Pool struct {
	mu   sync.Mutex
	recs map[int]*Rec
}

type Rec struct {
	mu   sync.Mutex
	dead bool
}

func (p *Pool) Prune() {
	var drop []*Rec
	p.mu.Lock()
	for _, r := range p.recs {
		r.mu.Lock()
		if r.dead {
			drop = append(drop, r)
			continue
		}
		r.mu.Unlock()
	}
	for _, r := range drop {
		r.mu.Unlock()
	}
	p.mu.Unlock()
	p.mu.Lock()
	p.mu.Unlock()
}

func (p *Pool) Get(k int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recs[k].mu.Lock()
	p.recs[k].mu.Unlock()
}

// Locks of one type and field: data decides which comes first.
type Account struct {
	mu sync.Mutex
	id int
}

func Transfer(a, b *Account) {
	if a.id < b.id {
		a.mu.Lock()
		b.mu.Lock()
	} else {
		b.mu.Lock()
		a.mu.Lock()
	}
	a.mu.Unlock()
	b.mu.Unlock()
}

// Always the same order of the same objects.
func shift(from, to *purse) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
}

func Shift(a, b, c *purse) {
	go shift(a, b)
	go shift(b, c)
	go shift(a, b)
}

func ChooseOrder(a, b *Account) {
	go Transfer(a, b)
	go Transfer(b, a)
}

// Nobody else has the object until the goroutine starts.
type Trunk struct {
	mu     sync.Mutex
	leaves []*Leaf
}

type Leaf struct{ mu sync.Mutex }

func (t *Trunk) Grow() {
	l := &Leaf{}
	l.mu.Lock()
	t.mu.Lock()
	t.leaves = append(t.leaves, l)
	t.mu.Unlock()
	l.mu.Unlock()
	go func() { l.touch() }()
}

func (l *Leaf) touch() {
	l.mu.Lock()
	l.mu.Unlock()
}

func (t *Trunk) All() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.leaves {
		l.touch()
	}
}

// The loop has ended before the other order is taken.
type Session struct {
	mu      sync.Mutex
	streams []*Stream2
	done    chan struct{}
	in      chan *Stream2
}

type Stream2 struct {
	mu sync.Mutex
	s  *Session
}

func NewSession() *Session {
	s := &Session{done: make(chan struct{}), in: make(chan *Stream2)}
	go s.recv()
	return s
}

func (s *Session) recv() {
	defer close(s.done)
	for st := range s.in {
		st.process()
	}
}

func (st *Stream2) process() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.s.mu.Lock()
	st.s.mu.Unlock()
}

func (s *Session) Close() {
	close(s.in)
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.streams {
		st.mu.Lock()
		st.mu.Unlock()
	}
}

// The gate is held by every caller of the program; see silent_test.go.
type layers struct {
	gate, a, b sync.Mutex
}

func (l *layers) Flatten() {
	l.gate.Lock()
	defer l.gate.Unlock()
	l.up()
	l.down()
}

func (l *layers) up() {
	l.a.Lock()
	l.b.Lock()
	l.b.Unlock()
	l.a.Unlock()
}

func (l *layers) down() {
	l.b.Lock()
	l.a.Lock()
	l.a.Unlock()
	l.b.Unlock()
}

// Only a test takes them the other way round.
type upOnly struct{ a, b sync.Mutex }

func (u *upOnly) Up() {
	u.a.Lock()
	u.b.Lock()
	u.b.Unlock()
	u.a.Unlock()
}

// Two new objects from a constructor with two results and a deferred call.
type Hub struct {
	mu    sync.Mutex
	links []*Link
}

type Link struct {
	notify sync.Mutex
	hub    *Hub
}

func (h *Hub) pair() (*Link, *Link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return &Link{hub: h}, &Link{hub: h}
}

func (h *Hub) Open() *Link {
	a, b := h.pair()
	h.add(a)
	h.add(b)
	abort := func() { a.drop() }
	if len(h.links) > 10 {
		abort()
	}
	return a
}

func (h *Hub) add(l *Link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l.notify.Lock()
	h.links = append(h.links, l)
	l.notify.Unlock()
}

func (l *Link) drop() {
	l.notify.Lock()
	defer l.notify.Unlock()
	l.hub.mu.Lock()
	l.hub.mu.Unlock()
}

func (l *Link) Drop() { l.drop() }
