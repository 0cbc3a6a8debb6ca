package rt

import (
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Channels are the real ones. Their buffers hold the values, so len and cap are
// right, and code that is not instrumented meets ours in them. Only waiting is
// different: a goroutine that cannot go on parks in a shadow queue with the
// address of its value, and whoever completes its operation copies the value.

// Send is the first half of `ch <- v`: the channel, evaluated before the value.
//
//go:norace
func Send[E any](s Site, ch chan<- E) Sender[E] { return Sender[E]{s, ch} }

// A Sender is a send that waits for its value.
type Sender[E any] struct {
	site Site
	ch   chan<- E
}

// V sends v.
//
//go:norace
func (x Sender[E]) V(v E) {
	g := enter()
	if g == nil {
		x.ch <- v
		return
	}
	ch := *(*chan E)(unsafe.Pointer(&x.ch))
	o := shadow(g.e, ch)
	g.chanPoint(explore.OpSend, x.site, o)
	if trySend(g.e, o, ch, v) {
		o.lastSend = x.site
		g.sent(o)
		return
	}
	g.token = nil // it has none until it has sent
	slot := v
	if g.parkIn(o, &o.sendq, unsafe.Pointer(&slot)) {
		x.ch <- v // it is closed, or we have been handed back
		return
	}
	g.sent(o)
}

// Recv is `<-ch`.
//
//go:norace
func Recv[E any](s Site, ch <-chan E) E {
	v, _ := Recv2(s, ch)
	return v
}

// Recv2 is `v, ok := <-ch`.
//
//go:norace
func Recv2[E any](s Site, ch <-chan E) (E, bool) {
	g := enter()
	if g == nil {
		v, ok := <-ch
		return v, ok
	}
	c := *(*chan E)(unsafe.Pointer(&ch))
	o := shadow(g.e, c)
	g.chanPoint(explore.OpRecv, s, o)
	g.serves(o)
	if v, ok, done := tryRecv(g.e, o, c); done {
		g.stale = !ok
		return v, ok
	}
	slot := new(E)
	if g.parkIn(o, &o.recvq, unsafe.Pointer(slot)) {
		v, ok := <-ch // it is closed, or we have been handed back
		return v, ok
	}
	return *slot, true
}

// Close is close(ch).
//
//go:norace
func Close[E any](s Site, ch chan<- E) {
	g := enter()
	if g == nil {
		close(ch)
		return
	}
	if g.dying() {
		defer func() { recover() }() // others may have closed it
		close(ch)                    // somebody outside may wait for it
		return
	}
	c := *(*chan E)(unsafe.Pointer(&ch))
	o := shadow(g.e, c)
	g.point(explore.OpClose, o, s)
	close(ch) // panics if it is nil or closed
	g.e.closed(o)
}

// closed lets everybody go on who waits for the channel: receivers get nothing,
// senders panic.
func (e *exec) closed(o *object) {
	o.closed = true
	for _, q := range []*queue{&o.recvq, &o.sendq} {
		for {
			w, ok := q.pop(e)
			if !ok {
				break
			}
			w.g.woken, w.g.closed = w.index, true
			e.wake(w.g)
		}
	}
}

//go:norace
func chanKey[E any](ch chan E) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&ch)) }

// shadow returns the object of a channel; nil for a nil channel.
//
//go:norace
func shadow[E any](e *exec, ch chan E) *object {
	if ch == nil {
		return nil
	}
	o := e.object(chanKey(ch), chanClass)
	if o.left == nil {
		var e E
		o.tokens = unsafe.Sizeof(e) == 0 && cap(ch) > 0
		o.left = func() int { return len(ch) }
		o.sweep = func(e *exec) { sweep(e, o, ch) }
	}
	return o
}

// chanPoint announces an operation on a channel. On a nil channel it blocks for
// ever.
func (g *goroutine) chanPoint(op explore.Op, s Site, o *object) {
	g.point(op, o, s)
	if o == nil {
		g.parkForever()
	}
}

// sweep completes operations of parked goroutines that code outside has made
// possible: it has used the channel without telling us.
//
//go:norace
func sweep[E any](e *exec, o *object, ch chan E) {
	for !o.closed && o.recvq.peek(e) != nil {
		select {
		case v, ok := <-ch:
			if !ok {
				e.closed(o)
				return
			}
			w, _ := o.recvq.pop(e)
			meet[E](e, w, w.slot, unsafe.Pointer(&v))
			continue
		default:
		}
		break
	}
	for w := o.sendq.peek(e); w != nil && !o.closed; w = o.sendq.peek(e) {
		sent, closed := sweepSend(ch, (*E)(w.slot))
		if closed {
			e.closed(o)
		}
		if !sent {
			return
		}
		o.sendq.pop(e)
		w.g.woken = w.index
		e.wake(w.g)
	}
}

//go:norace
func sweepSend[E any](ch chan E, v *E) (sent, closed bool) {
	defer func() {
		if recover() != nil {
			closed = true
		}
	}()
	select {
	case ch <- *v:
		return true, false
	default:
		return false, false
	}
}

// parkForever blocks for ever. After a hand-back it does so natively.
func (g *goroutine) parkForever() {
	g.park()
	select {}
}

// parkIn blocks in one queue of a channel. It reports whether the operation has
// to be done natively: not by a hand-over, but since the channel was closed.
func (g *goroutine) parkIn(o *object, q *queue, slot unsafe.Pointer) bool {
	raceRelease(slot)
	q.push(waiter{g: g, ticket: g.ticket, slot: slot})
	g.park()
	if g.closed || g.e.phase == native {
		return true
	}
	raceAcquire(slot)
	return false
}

// meet completes the operation of the waiter w on o by copying the value from
// src to dst, one of which is w's slot.
//
//go:norace
func meet[E any](e *exec, w waiter, dst, src unsafe.Pointer) {
	raceAcquire(w.slot)
	copyValue[E](dst, src)
	raceRelease(w.slot)
	w.g.woken = w.index
	e.wake(w.g)
}

// copyValue is hidden from the race detector: the goroutine that owns the slot
// is parked.
//
//go:norace
func copyValue[E any](dst, src unsafe.Pointer) { *(*E)(dst) = *(*E)(src) }

// trySend sends v if that is possible without blocking. It panics if the
// channel is closed.
//
//go:norace
func trySend[E any](e *exec, o *object, ch chan E, v E) bool {
	if w, ok := o.recvq.pop(e); ok {
		src := v
		meet[E](e, w, w.slot, unsafe.Pointer(&src))
		return true
	}
	select {
	case ch <- v: // into the buffer, or to a receiver outside
		return true
	default:
		return false
	}
}

// tryRecv receives if that is possible without blocking.
//
//go:norace
func tryRecv[E any](e *exec, o *object, ch chan E) (v E, ok, done bool) {
	if cap(ch) == 0 {
		if w, waits := o.sendq.pop(e); waits {
			dst := new(E)
			meet[E](e, w, unsafe.Pointer(dst), w.slot)
			return *dst, true, true
		}
	}
	select {
	case v, ok = <-ch:
	default:
		return v, false, false
	}
	if ok && len(ch) < cap(ch) {
		// There is room: the first of the blocked senders puts its value there.
		if w, waits := o.sendq.pop(e); waits {
			first := new(E)
			meet[E](e, w, unsafe.Pointer(first), w.slot)
			ch <- *first
		}
	}
	return v, ok, true
}
