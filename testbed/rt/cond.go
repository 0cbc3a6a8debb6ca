package rt

import (
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// CondWait is c.Wait(). Waiters are woken in the order in which they came, and
// one is in line before it lets go of the lock, as in the runtime.
func CondWait(s Site, c *sync.Cond) {
	g := enter()
	if g == nil {
		c.Wait()
		return
	}
	o := g.e.object(unsafe.Pointer(c), condClass)
	g.point(explore.OpCondWait, o, s)
	o.recvq.push(waiter{g: g, ticket: g.ticket})
	if g.e.touch(o); o.missed != 0 {
		g.missed = o.missed
	}
	e := g.e
	g.inLine = true // a Locker of the program's may have scheduling points in its Unlock
	IfaceUnlock(s, c.L)
	g.inLine = false
	g.op, g.obj, g.site = explore.OpCondWait, o, s
	if g.early {
		g.early = false
	} else {
		g.park()
	}
	if e.phase == native {
		nativeCondWait(c)
		return
	}
	g.missed = 0
	IfaceLock(s, c.L)
}

// nativeCondWait waits after a hand-back: whoever would have signalled before
// is waiting for its turn, so nothing is missed.
func nativeCondWait(c *sync.Cond) {
	c.L.Lock()
	c.Wait()
}

// CondSignal is c.Signal().
func CondSignal(s Site, c *sync.Cond) {
	g := enter()
	if g == nil {
		c.Signal()
		return
	}
	if g.dying() {
		return
	}
	o := g.e.object(unsafe.Pointer(c), condClass)
	g.point(explore.OpSignal, o, s)
	if w, ok := o.recvq.pop(g.e); ok {
		g.e.wake(w.g)
	} else {
		o.missed = s
	}
	c.Signal() // for waiters outside
}

// CondBroadcast is c.Broadcast().
func CondBroadcast(s Site, c *sync.Cond) {
	g := enter()
	if g == nil {
		c.Broadcast()
		return
	}
	if g.dying() {
		return
	}
	o := g.e.object(unsafe.Pointer(c), condClass)
	g.point(explore.OpBroadcast, o, s)
	if o.recvq.peek(g.e) == nil {
		o.missed = s
	}
	for {
		w, ok := o.recvq.pop(g.e)
		if !ok {
			break
		}
		g.e.wake(w.g)
	}
	c.Broadcast()
}
