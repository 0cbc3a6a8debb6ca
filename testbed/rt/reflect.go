package rt

import (
	"reflect"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A reflected channel has no static element type, so its clauses move values
// through package reflect. They are otherwise those of a select statement.

// A reflectCase is a clause on a channel known as a reflect.Value.
type reflectCase struct {
	ch   reflect.Value // bidirectional
	send bool
	val  reflect.Value // addressable: the value to send, or where to put the one received
	ok   bool
}

func newReflectCase(dir reflect.SelectDir, ch, v reflect.Value) *reflectCase {
	c := &reflectCase{send: dir == reflect.SelectSend}
	if !ch.IsValid() {
		return c
	}
	elem := ch.Type().Elem()
	c.val = reflect.New(elem).Elem()
	if c.send {
		c.val.Set(v) // panics like reflect.Select if v is not assignable
	}
	// A channel of one direction becomes the channel that it is.
	p := ch.UnsafePointer()
	c.ch = reflect.NewAt(reflect.ChanOf(reflect.BothDir, elem), unsafe.Pointer(&p)).Elem()
	return c
}

func (c *reflectCase) shadow(e *exec) *object {
	if !c.ch.IsValid() {
		return nil
	}
	return reflectShadow(e, c.ch)
}

// reflectShadow is shadow for a channel known as a reflect.Value. Sweeping is
// left to the first operation that knows the type.
func reflectShadow(e *exec, ch reflect.Value) *object {
	if ch.IsNil() {
		return nil
	}
	return e.object(ch.UnsafePointer(), chanClass)
}

func (c *reflectCase) sends() bool { return c.send }

func (c *reflectCase) ready(e *exec, o *object) bool {
	switch {
	case o.closed:
		return true
	case c.send:
		return c.ch.Len() < c.ch.Cap() || o.recvq.peek(e) != nil
	}
	return c.ch.Len() > 0 || c.ch.Cap() == 0 && o.sendq.peek(e) != nil
}

func (c *reflectCase) slot() unsafe.Pointer { return c.val.Addr().UnsafePointer() }

// meet copies a value between c and the slot of the waiter w.
func (c *reflectCase) meet(e *exec, w waiter, dst, src reflect.Value) {
	raceAcquire(w.slot)
	dst.Set(src)
	raceRelease(w.slot)
	w.g.woken = w.index
	e.wake(w.g)
}

func (c *reflectCase) at(slot unsafe.Pointer) reflect.Value {
	return reflect.NewAt(c.val.Type(), slot).Elem()
}

func (c *reflectCase) try(e *exec, o *object) bool {
	if c.send {
		if w, ok := o.recvq.pop(e); ok {
			c.meet(e, w, c.at(w.slot), c.val)
			return true
		}
		return c.ch.TrySend(c.val)
	}
	if c.ch.Cap() == 0 {
		if w, ok := o.sendq.pop(e); ok {
			c.meet(e, w, c.val, c.at(w.slot))
			c.ok = true
			return true
		}
	}
	v, ok := c.ch.TryRecv()
	if !v.IsValid() {
		return false
	}
	c.val.Set(v)
	if c.ok = ok; ok && c.ch.Len() < c.ch.Cap() {
		if w, waits := o.sendq.pop(e); waits {
			first := reflect.New(c.val.Type()).Elem()
			c.meet(e, w, first, c.at(w.slot))
			c.ch.Send(first)
		}
	}
	return true
}

func (c *reflectCase) finish(closed bool) {
	c.ok = !closed
	if closed {
		if c.send {
			c.ch.Send(c.val) // panics
			return
		}
		v, _ := c.ch.Recv()
		c.val.Set(v)
	}
}

func (c *reflectCase) native() reflect.SelectCase {
	if c.send {
		return reflect.SelectCase{Dir: reflect.SelectSend, Chan: c.ch, Send: c.val}
	}
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: c.ch}
}

func (c *reflectCase) done(v reflect.Value, ok bool) {
	if c.ok = ok; !c.send && v.IsValid() {
		c.val.Set(v)
	}
}

// ReflectSelect is reflect.Select(cases).
func ReflectSelect(s Site, cases []reflect.SelectCase) (int, reflect.Value, bool) {
	if enter() == nil {
		return reflect.Select(cases)
	}
	def := -1
	var clauses []Case
	var index []int // of clauses[i] among cases
	for i, c := range cases {
		if c.Dir == reflect.SelectDefault {
			def = i
			continue
		}
		clauses = append(clauses, newReflectCase(c.Dir, c.Chan, c.Send))
		index = append(index, i)
	}
	i := Select(s, def >= 0, clauses...)
	if i < 0 {
		return def, reflect.Value{}, false
	}
	c := clauses[i].(*reflectCase)
	if c.send {
		return index[i], reflect.Value{}, false
	}
	return index[i], c.val, c.ok
}

// ReflectSend is v.Send(x).
func ReflectSend(s Site, v, x reflect.Value) {
	if enter() == nil {
		v.Send(x)
		return
	}
	Select(s, false, newReflectCase(reflect.SelectSend, v, x))
}

// ReflectRecv is v.Recv().
func ReflectRecv(s Site, v reflect.Value) (reflect.Value, bool) {
	if enter() == nil {
		return v.Recv()
	}
	c := newReflectCase(reflect.SelectRecv, v, reflect.Value{})
	Select(s, false, c)
	return c.val, c.ok
}

// ReflectTrySend is v.TrySend(x).
func ReflectTrySend(s Site, v, x reflect.Value) bool {
	if enter() == nil {
		return v.TrySend(x)
	}
	return Select(s, true, newReflectCase(reflect.SelectSend, v, x)) == 0
}

// ReflectTryRecv is v.TryRecv().
func ReflectTryRecv(s Site, v reflect.Value) (reflect.Value, bool) {
	if enter() == nil {
		return v.TryRecv()
	}
	c := newReflectCase(reflect.SelectRecv, v, reflect.Value{})
	if Select(s, true, c) < 0 {
		return reflect.Value{}, false
	}
	return c.val, c.ok
}

// ReflectClose is v.Close().
func ReflectClose(s Site, v reflect.Value) {
	g := enter()
	if g == nil {
		v.Close()
		return
	}
	if g.dying() {
		return
	}
	o := reflectShadow(g.e, v)
	g.point(explore.OpClose, o, s)
	v.Close()
	g.e.closed(o)
}
