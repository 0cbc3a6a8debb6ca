package rt

import (
	"reflect"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A Case is one communication clause of a select statement.
type Case interface {
	shadow(e *exec) *object // of the channel; nil if it is nil
	sends() bool
	// ready reports whether try would succeed without the help of code outside.
	ready(e *exec, o *object) bool
	try(e *exec, o *object) bool
	// slot is where the value is, or goes, while the select is parked.
	slot() unsafe.Pointer
	// finish completes a parked clause; closed says that its channel was.
	finish(closed bool)

	native() reflect.SelectCase
	done(v reflect.Value, ok bool)
}

// A RecvCase is a receive clause; Val and OK hold what was received once
// Select has returned its index.
type RecvCase[E any] struct {
	Val E
	OK  bool
	ch  chan E
}

// SelRecv is the clause `case ... = <-ch`.
//
//go:norace
func SelRecv[E any](ch <-chan E) *RecvCase[E] {
	return &RecvCase[E]{ch: *(*chan E)(unsafe.Pointer(&ch))}
}

//go:norace
func (c *RecvCase[E]) shadow(e *exec) *object { return shadow(e, c.ch) }

//go:norace
func (c *RecvCase[E]) sends() bool { return false }

//go:norace
func (c *RecvCase[E]) ready(e *exec, o *object) bool {
	return len(c.ch) > 0 || o.closed || cap(c.ch) == 0 && o.sendq.peek(e) != nil
}

//go:norace
func (c *RecvCase[E]) try(e *exec, o *object) (done bool) {
	c.Val, c.OK, done = tryRecv(e, o, c.ch)
	return done
}

//go:norace
func (c *RecvCase[E]) slot() unsafe.Pointer { return unsafe.Pointer(&c.Val) }

//go:norace
func (c *RecvCase[E]) finish(closed bool) {
	c.OK = true
	if closed {
		c.Val, c.OK = <-c.ch
	}
}

//go:norace
func (c *RecvCase[E]) native() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.ch)}
}

//go:norace
func (c *RecvCase[E]) done(v reflect.Value, ok bool) {
	if c.OK = ok; ok {
		reflect.ValueOf(&c.Val).Elem().Set(v)
	}
}

// A SendCase is a send clause.
type SendCase[E any] struct {
	ch chan E
	v  E
}

// SelSend is the first half of the clause `case ch <- v`.
//
//go:norace
func SelSend[E any](ch chan<- E) SelSender[E] { return SelSender[E]{ch} }

// A SelSender is a send clause that waits for its value.
type SelSender[E any] struct{ ch chan<- E }

// V gives the clause its value.
//
//go:norace
func (x SelSender[E]) V(v E) *SendCase[E] {
	return &SendCase[E]{ch: *(*chan E)(unsafe.Pointer(&x.ch)), v: v}
}

//go:norace
func (c *SendCase[E]) shadow(e *exec) *object { return shadow(e, c.ch) }

//go:norace
func (c *SendCase[E]) sends() bool { return true }

//go:norace
func (c *SendCase[E]) ready(e *exec, o *object) bool {
	return o.closed || len(c.ch) < cap(c.ch) || o.recvq.peek(e) != nil
}

//go:norace
func (c *SendCase[E]) try(e *exec, o *object) bool { return trySend(e, o, c.ch, c.v) }

//go:norace
func (c *SendCase[E]) slot() unsafe.Pointer { return unsafe.Pointer(&c.v) }

//go:norace
func (c *SendCase[E]) finish(closed bool) {
	if closed {
		c.ch <- c.v // panics
	}
}

//go:norace
func (c *SendCase[E]) native() reflect.SelectCase {
	// The value gets a place of its own: the runtime refers to it while the select
	// is blocked, and the channel beside it would look alive to the leak profile.
	v := c.v
	return reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c.ch), Send: reflect.ValueOf(&v).Elem()}
}

//go:norace
func (c *SendCase[E]) done(reflect.Value, bool) {}

// Select is a select statement: it returns the index of the clause that
// communicated, or -1 for the default clause.
func Select(s Site, hasDefault bool, cases ...Case) int {
	g := enter()
	if g == nil {
		return selectNative(hasDefault, cases)
	}
	e := g.e
	var first *object
	objects := g.objects(cases)
	for _, o := range objects {
		if o != nil {
			first = o
			break
		}
	}
	g.point(explore.OpSelect, first, s)
	for i, o := range objects {
		if o != nil {
			e.touch(o)
			if !cases[i].sends() {
				g.serves(o)
			}
		}
	}
	if i := g.selectNow(cases, objects); i >= 0 {
		if cases[i].sends() {
			objects[i].lastSend = s
		} else if objects[i].closed {
			g.stale = true
		}
		return i
	}
	if hasDefault {
		g.polled = true
		return -1
	}
	for i, o := range objects {
		if o == nil {
			continue
		}
		c := cases[i]
		w := waiter{g: g, ticket: g.ticket, slot: c.slot(), index: i}
		raceRelease(w.slot)
		if c.sends() {
			o.sendq.push(w)
		} else {
			o.recvq.push(w)
		}
	}
	g.waitsOn = objects
	g.park()
	g.waitsOn = nil
	if e.phase == native {
		return selectNative(false, cases)
	}
	c := cases[g.woken]
	raceAcquire(c.slot())
	c.finish(g.closed)
	return g.woken
}

// objects returns the shadows of the cases' channels; nil for nil channels.
func (g *goroutine) objects(cases []Case) []*object {
	objects := make([]*object, len(cases))
	for i, c := range cases {
		objects[i] = c.shadow(g.e)
	}
	return objects
}

// selectNow completes one of the cases if any can be: among those that are
// ready the strategy chooses.
func (g *goroutine) selectNow(cases []Case, objects []*object) int {
	g.readies = g.readies[:0]
	for i, o := range objects {
		if o != nil && cases[i].ready(g.e, o) {
			g.readies = append(g.readies, i)
		}
	}
	if len(g.readies) > 0 {
		i := g.readies[g.e.run.Choose(len(g.readies))]
		if cases[i].try(g.e, objects[i]) {
			return i
		}
	}
	// Code outside may be waiting on one of the channels, or have closed it.
	for i, o := range objects {
		if o != nil && cases[i].try(g.e, o) {
			return i
		}
	}
	return -1
}

func selectNative(hasDefault bool, cases []Case) int {
	native := make([]reflect.SelectCase, len(cases), len(cases)+1)
	for i, c := range cases {
		native[i] = c.native()
	}
	if hasDefault {
		native = append(native, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, v, ok := reflect.Select(native)
	if i == len(cases) {
		return -1
	}
	cases[i].done(v, ok)
	return i
}

// Forever stands before `select {}`, which blocks for ever.
func Forever(s Site) {
	if g := enter(); g != nil {
		g.point(explore.OpSelect, nil, s)
		g.park()
	}
}
