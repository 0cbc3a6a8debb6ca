package rt

import (
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A mutex is the real one: TryLock decides, so code that is not instrumented
// agrees on its state. As in the runtime, Unlock wakes the first waiter, which
// then competes with whoever comes by; if it loses it waits in front.

// MuLock is m.Lock().
func MuLock(s Site, m *sync.Mutex) {
	g := enter()
	if g == nil {
		m.Lock()
		return
	}
	o := g.mutex(m)
	g.point(explore.OpLock, o, s)
	for again := false; !m.TryLock(); again = true {
		w := waiter{g: g, ticket: g.ticket}
		if again {
			o.recvq.pushFront(w)
		} else {
			o.recvq.push(w)
		}
		g.park()
		if g.e.phase == native {
			m.Lock()
			return
		}
		g.e.touch(o)
	}
	o.locked, o.owner = true, g
	g.hold(o, s, explore.OpLock)
}

// MuTryLock is m.TryLock().
func MuTryLock(s Site, m *sync.Mutex) bool {
	g := enter()
	if g == nil {
		return m.TryLock()
	}
	o := g.mutex(m)
	g.point(explore.OpTryLock, o, s)
	if !m.TryLock() {
		g.polled = true
		return false
	}
	o.locked, o.owner = true, g
	g.hold(o, s, explore.OpTryLock)
	return true
}

// MuUnlock is m.Unlock().
func MuUnlock(s Site, m *sync.Mutex) {
	g := enter()
	if g == nil {
		m.Unlock()
		return
	}
	o := g.mutex(m)
	if !o.locked {
		if g.dying() {
			return
		}
		if free(m.TryLock, m.Unlock) { // nobody outside holds it either
			g.fatal(s, o, explore.OpUnlock, "sync: unlock of unlocked mutex")
		}
	}
	g.e.touch(o)
	g.release(o, o.owner, s)
	o.locked, o.owner = false, nil
	m.Unlock()
	if w, ok := o.recvq.pop(g.e); ok && !g.dying() {
		g.e.wake(w.g)
	}
}

func (g *goroutine) mutex(m *sync.Mutex) *object {
	o := g.e.object(unsafe.Pointer(m), mutexClass)
	if o.free == nil {
		o.free = func() {
			if o.locked {
				m.Unlock()
			}
		}
	}
	return o
}

// hold notes that g has taken a lock.
func (g *goroutine) hold(o *object, s Site, op explore.Op) {
	g.held = append(g.held, heldLock{o, s, op, g.e.clock.now})
}

// release notes that g gives a lock back, which owner has taken.
func (g *goroutine) release(o *object, owner *goroutine, s Site) {
	if owner == nil {
		return
	}
	for i := len(owner.held) - 1; i >= 0; i-- {
		if owner.held[i].o == o {
			owner.held = remove(owner.held, i)
			break
		}
	}
	if g.e.run.Recording {
		g.e.event(explore.Event{G: g.id, Kind: explore.EvOp, Op: explore.OpUnlock, At: s.Pos(), Obj: o.name()})
	}
}

// fatal ends the execution with what the runtime would call a fatal error,
// which no recover stops.
func (g *goroutine) fatal(s Site, o *object, op explore.Op, what string) {
	g.op, g.obj, g.site = op, o, s
	f := explore.Finding{Kind: explore.Panic, Key: explore.KeyOf(explore.Panic, uint64(s), hashString(what)), Detail: "fatal error: " + what}
	if g.e.run.Recording {
		g.e.event(explore.Event{G: g.id, Kind: explore.EvPanic, Op: op, At: s.Pos(), Obj: o.name(), Note: f.Detail})
		d := g.e.describe(g)
		d.State, d.Stack = "panicked", captureStack()
		f.Goroutines = []explore.Goroutine{d}
	}
	g.e.failure = &f
	g.e.schedule(g)
	g.leave()
}
