package rt

import (
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A WaitGroup has a shadow counter; the real one is kept in step, for its
// panics and for the race detector.

// WgAdd is wg.Add(n).
func WgAdd(s Site, wg *sync.WaitGroup, n int) {
	g := enter()
	if g == nil {
		wg.Add(n)
		return
	}
	o := g.waitGroup(wg)
	if g.dying() {
		// Only giving back is allowed to the dying, and only what is there.
		if n < 0 && o.count+n >= 0 {
			o.count += n
			wg.Add(n)
		}
		return
	}
	if n > 0 {
		g.point(explore.OpAdd, o, s)
	} else {
		g.op, g.obj, g.site = explore.OpDone, o, s
		if g.e.run.Recording {
			g.e.event(explore.Event{G: g.id, Kind: explore.EvOp, Op: explore.OpDone, At: s.Pos(), Obj: o.name()})
		}
	}
	g.e.touch(o)
	if o.count+n < 0 {
		addBelowZero(wg, n)
		return
	}
	o.count += n
	wg.Add(n)
	for o.count == 0 {
		w, ok := o.recvq.pop(g.e)
		if !ok {
			break
		}
		g.e.wake(w.g)
	}
}

// addBelowZero is wg.Add(n) for a counter that the shadow does not know: it was
// increased before the execution began, or the real one panics. Then the real
// counter is repaired, for the executions to come.
func addBelowZero(wg *sync.WaitGroup, n int) {
	defer func() {
		if r := recover(); r != nil {
			wg.Add(-n)
			panic(r)
		}
	}()
	wg.Add(n)
}

func (g *goroutine) waitGroup(wg *sync.WaitGroup) *object {
	o := g.e.object(unsafe.Pointer(wg), waitGroupClass)
	if o.free == nil {
		o.free = func() {
			if o.count > 0 {
				wg.Add(-o.count)
			}
		}
	}
	return o
}

// WgDone is wg.Done().
func WgDone(s Site, wg *sync.WaitGroup) { WgAdd(s, wg, -1) }

// WgWait is wg.Wait().
func WgWait(s Site, wg *sync.WaitGroup) {
	g := enter()
	if g == nil {
		wg.Wait()
		return
	}
	o := g.waitGroup(wg)
	g.point(explore.OpWait, o, s)
	if o.count > 0 {
		g.wait(&o.recvq)
		if g.e.phase == native {
			wg.Wait()
			return
		}
	}
	if o.count == 0 {
		wg.Wait() // returns at once, and shows the race detector what has been waited for
	}
}

// WgGo is wg.Go(f).
func WgGo(s Site, wg *sync.WaitGroup, f func()) {
	if enter() == nil {
		wg.Go(f)
		return
	}
	WgAdd(s, wg, 1)
	spawn(s, f, func() {
		defer WgDone(s, wg)
		f()
	})
}
