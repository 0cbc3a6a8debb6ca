package rt

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Code that is not instrumented may block a goroutine that holds the baton, and
// may start goroutines that call instrumented code. Both are outside: they run
// beside the one in control, until they come to an instrumented operation and
// wait there to be admitted. While anybody is outside every step goes through
// the driver, which first waits until all those outside are blocked (in a
// bubble), so that the order of arrivals is the same in every replay.
type outside struct {
	away    int  // goroutines of ours that are outside
	silent  bool // nothing came from outside for as long as we are prepared to wait
	waiting atomic.Int32

	mu      sync.Mutex
	gone    []*goroutine // those outside
	arrived []*goroutine // those that wait to be admitted
	signal  chan struct{}
}

// present says that the driver has something to look after.
func (o *outside) present() bool { return o.away > 0 || o.waiting.Load() > 0 }

// zombies are goroutines of executions that have ended, still blocked outside.
var zombies struct {
	sync.Mutex
	gs []*goroutine
}

func isZombie(gp uintptr) bool {
	zombies.Lock()
	defer zombies.Unlock()
	return slices.ContainsFunc(zombies.gs, func(g *goroutine) bool { return g.gp == gp })
}

// enterOutside is called by goroutines that do not hold the baton: they wait
// for it. Those of no concern get nil and operate natively.
func (e *exec) enterOutside() *goroutine {
	if e.phase == native {
		return nil
	}
	gp := getg()
	if gp == e.driver || e.opts.inBubble && !insideBubble() {
		return nil // goroutines from before the exploration are on their own
	}
	if isZombie(gp) {
		runtime.Goexit()
	}
	e.outside.mu.Lock()
	i := slices.IndexFunc(e.outside.gone, func(g *goroutine) bool { return g.gp == gp })
	var g *goroutine
	if i >= 0 {
		g = e.outside.gone[i]
	} else {
		g = &goroutine{e: e, id: -1, baton: make(chan struct{}, 1), state: foreign, adopted: true, gp: gp}
	}
	e.outside.mu.Unlock()
	g.comeBack()
	return g
}

// comeBack waits for the baton at the border.
func (g *goroutine) comeBack() {
	o := &g.e.outside
	raceHide()
	o.mu.Lock()
	o.arrived = append(o.arrived, g)
	o.waiting.Add(1)
	o.mu.Unlock()
	select {
	case o.signal <- struct{}{}:
	default:
	}
	raceShow()
	g.await()
}

// abandon leaves all goroutines of an execution behind: if one of them comes to
// an instrumented operation later, it ends there.
func (e *exec) abandon() {
	zombies.Lock()
	defer zombies.Unlock()
	for _, g := range e.gs {
		if g.state != ended {
			zombies.gs = append(zombies.gs, g)
		}
	}
}

// wentOutside notes that the holder of the baton is blocked outside.
func (e *exec) wentOutside(g *goroutine) {
	e.unready(g, foreign)
	e.running = nil
	g.since = e.clock.now
	e.outside.mu.Lock()
	e.outside.gone = append(e.outside.gone, g)
	e.outside.mu.Unlock()
	if !g.adopted { // one that is not ours may well have ended
		e.outside.away++
	}
	g.note = "blocked in a call that is not instrumented"
	if e.run.Recording {
		e.event(explore.Event{G: g.id, Kind: explore.EvPark, Op: explore.OpForeign, Note: g.note})
	}
	at := "after " + g.site.Pos().String()
	if g.site == 0 {
		at = "in " + g.name()
	}
	e.uncontrolled = append(e.uncontrolled, "a call that is not instrumented blocks "+at)
}

// admit lets those in who wait at the border, those known in the order of
// their numbers.
func (e *exec) admit() {
	o := &e.outside
	o.mu.Lock()
	arrived := o.arrived
	o.arrived = nil
	o.waiting.Store(0)
	for _, g := range arrived {
		if i := slices.Index(o.gone, g); i >= 0 {
			o.gone = slices.Delete(o.gone, i, i+1)
		}
	}
	o.mu.Unlock()
	slices.SortStableFunc(arrived, func(a, b *goroutine) int { return a.id - b.id })
	for _, g := range arrived {
		e.run.Inexact = true
		if g.id < 0 {
			g.id = len(e.gs)
			e.gs = append(e.gs, g)
		} else if !g.adopted {
			e.outside.away--
		}
		g.op, g.obj, g.note = explore.OpForeign, nil, ""
		e.makeReady(g)
		e.touchGoroutine(g)
	}
}

// patience is for how long, in fake time, the driver waits for code outside to
// do something. It costs nothing, unless that code has a ticker.
const patience = 10 * time.Minute

// awaitArrival waits, when nobody can run, for somebody to come back or for the
// next timer. It returns false if neither happens.
func (e *exec) awaitArrival() bool {
	limit := e.opts.Watchdog
	next := e.clock.nextUseful(e)
	if e.opts.inBubble {
		limit = patience
		if next != nil {
			limit = min(limit, time.Duration(next.when-e.clock.now))
		}
	}
	start := time.Now()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case <-e.outside.signal:
	case <-timeout.C:
		if next == nil {
			e.outside.silent = true
			yield()
			return false
		}
	}
	e.outside.silent = false
	if e.opts.inBubble {
		bubbleWait()
		e.clock.advance(e, e.clock.now+int64(time.Since(start)))
	} else if e.outside.waiting.Load() == 0 && next != nil {
		e.clock.advance(e, next.when)
	}
	return true
}

// yield lets goroutines run that were there before the exploration and are not
// in the bubble: there is one processor, and they come first.
func yield() {
	for range 20 {
		runtime.Gosched()
	}
}
