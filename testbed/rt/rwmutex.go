package rt

import (
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// An RWMutex follows the runtime's rules exactly, because bugs depend on them:
// writers exclude each other with a lock of their own; the one that has it
// waits for the readers that hold the RWMutex, and from then on new readers
// wait; Unlock admits all waiting readers first, then lets the next writer
// compete. The real RWMutex is kept in step, for code that is not instrumented.

// RWLock is rw.Lock().
func RWLock(s Site, rw *sync.RWMutex) {
	g := enter()
	if g == nil {
		rw.Lock()
		return
	}
	o := g.rwmutex(rw)
	g.point(explore.OpLock, o, s)
	for again := false; o.locked; again = true {
		w := waiter{g: g, ticket: g.ticket}
		if again {
			o.sendq.pushFront(w)
		} else {
			o.sendq.push(w)
		}
		g.park()
		if g.e.phase == native {
			rw.Lock()
			return
		}
		g.e.touch(o)
	}
	o.locked, o.owner = true, g
	if o.readers > 0 {
		o.pending = waiter{g: g, ticket: g.ticket}
		g.park() // until the last reader leaves
		if g.e.phase == native {
			rw.Lock()
			return
		}
		g.e.touch(o)
	}
	o.active = true
	g.inStep(rw.TryLock, rw.Lock)
	g.hold(o, s, explore.OpLock)
}

// RWTryLock is rw.TryLock().
func RWTryLock(s Site, rw *sync.RWMutex) bool {
	g := enter()
	if g == nil {
		return rw.TryLock()
	}
	o := g.rwmutex(rw)
	g.point(explore.OpTryLock, o, s)
	if o.locked || o.readers > 0 || !rw.TryLock() {
		g.polled = true
		return false
	}
	o.locked, o.owner, o.active = true, g, true
	g.hold(o, s, explore.OpTryLock)
	return true
}

// RWUnlock is rw.Unlock().
func RWUnlock(s Site, rw *sync.RWMutex) {
	g := enter()
	if g == nil {
		rw.Unlock()
		return
	}
	o := g.rwmutex(rw)
	e := g.e
	if !o.active {
		if g.dying() {
			return
		}
		if o.readers > 0 || free(rw.TryRLock, rw.RUnlock) {
			g.fatal(s, o, explore.OpUnlock, "sync: Unlock of unlocked RWMutex")
		}
		rw.Unlock() // it was locked outside
		return
	}
	e.touch(o)
	g.release(o, o.owner, s)
	o.locked, o.active, o.owner = false, false, nil
	rw.Unlock()
	if g.dying() {
		return
	}
	for {
		w, ok := o.recvq.pop(e)
		if !ok {
			break
		}
		o.readers++
		e.wake(w.g)
	}
	if w, ok := o.sendq.pop(e); ok {
		e.wake(w.g)
	}
}

// RWRLock is rw.RLock().
func RWRLock(s Site, rw *sync.RWMutex) {
	g := enter()
	if g == nil {
		rw.RLock()
		return
	}
	o := g.rwmutex(rw)
	g.point(explore.OpRLock, o, s)
	if o.locked {
		g.wait(&o.recvq) // the writer counts us in
		if g.e.phase == native {
			rw.RLock()
			return
		}
		g.e.touch(o)
	} else {
		o.readers++
	}
	if o.owed > 0 {
		o.owed-- // somebody has given it back already
	} else {
		g.inStep(rw.TryRLock, rw.RLock)
		o.taken++
	}
	g.hold(o, s, explore.OpRLock)
}

// RWTryRLock is rw.TryRLock().
func RWTryRLock(s Site, rw *sync.RWMutex) bool {
	g := enter()
	if g == nil {
		return rw.TryRLock()
	}
	o := g.rwmutex(rw)
	g.point(explore.OpTryRLock, o, s)
	if o.locked || !rw.TryRLock() {
		g.polled = true
		return false
	}
	o.readers++
	o.taken++
	g.hold(o, s, explore.OpTryRLock)
	return true
}

// RWRUnlock is rw.RUnlock().
func RWRUnlock(s Site, rw *sync.RWMutex) {
	g := enter()
	if g == nil {
		rw.RUnlock()
		return
	}
	o := g.rwmutex(rw)
	e := g.e
	if o.readers == 0 {
		if g.dying() {
			return
		}
		if o.locked || free(rw.TryLock, rw.Unlock) {
			g.fatal(s, o, explore.OpRUnlock, "sync: RUnlock of unlocked RWMutex")
		}
		rw.RUnlock() // it was locked outside
		return
	}
	e.touch(o)
	g.release(o, e.reader(g, o), s)
	o.readers--
	if o.taken > 0 {
		o.taken--
		rw.RUnlock()
	} else {
		o.owed++ // of a reader that has been let in and has not run yet
	}
	if o.readers == 0 && o.pending.g != nil && !g.dying() {
		w := o.pending
		o.pending = waiter{}
		e.wake(w.g)
	}
}

// reader returns the goroutine whose read lock g gives back: its own if it has
// one, else anybody's.
func (e *exec) reader(g *goroutine, o *object) *goroutine {
	if g.holds(o) {
		return g
	}
	for _, other := range e.gs {
		if other.state != ended && other.holds(o) {
			return other
		}
	}
	return nil
}

func (g *goroutine) holds(o *object) bool {
	for i := range g.held {
		if g.held[i].o == o {
			return true
		}
	}
	return false
}

// free reports whether a real lock can be taken, and leaves it as it was.
func free(try func() bool, unlock func()) bool {
	ok := try()
	if ok {
		unlock()
	}
	return ok
}

// inStep does to the real lock what the shadow has done. It fails only if code
// outside holds it; then there is no way but to wait for that.
func (g *goroutine) inStep(try func() bool, lock func()) {
	if !try() {
		lock()
	}
}

// RWRLocker is rw.RLocker().
func RWRLocker(s Site, rw *sync.RWMutex) sync.Locker {
	if active.Load() == nil {
		return rw.RLocker()
	}
	return rlocker{s, rw}
}

type rlocker struct {
	s  Site
	rw *sync.RWMutex
}

func (l rlocker) Lock()   { RWRLock(l.s, l.rw) }
func (l rlocker) Unlock() { RWRUnlock(l.s, l.rw) }

func (g *goroutine) rwmutex(rw *sync.RWMutex) *object {
	o := g.e.object(unsafe.Pointer(rw), rwClass)
	if o.free == nil {
		o.free = func() {
			if o.active {
				rw.Unlock()
			}
			for range o.taken {
				rw.RUnlock()
			}
		}
	}
	return o
}
