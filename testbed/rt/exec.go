package rt

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// active is the execution in progress, or nil. It is atomic because goroutines
// outside of its control look at it too.
var active atomic.Pointer[exec]

// An exec is one execution of the body. One goroutine at a time holds the
// baton and runs; everything here belongs to it. Whoever gives the baton up
// picks the next one itself (there is no scheduler goroutine), so a step costs
// one switch, or none if the same goroutine goes on.
type exec struct {
	opts *Options
	run  *explore.Run
	gs   []*goroutine // by number
	// ready are the goroutines that can run, by number, the running one
	// included; acts[i] is what ready[i] will do next.
	ready   []*goroutine
	acts    []explore.Action
	running *goroutine // the holder of the baton
	last    *goroutine // the one that ran last
	objects table
	clock   clock
	touched explore.Footprint // by the present step
	// stepping is true from the choice of a step to its end.
	stepping bool

	phase    phase
	end      explore.End
	over     bool // the execution has come to its end
	rootDone bool
	rootTime int64 // when the root returned
	rootStep int
	unfair   int // the last step in which a goroutine ran that had been starved
	useful   int // the last step that was not polling
	failure  *explore.Finding
	events   []explore.Event
	metrics  metrics
	runners  *runners
	random   generator

	driver       uintptr       // identity of the goroutine that drives
	done         chan struct{} // the driver may go on
	outside      outside
	uncontrolled []string
	outcome      explore.Outcome
}

type phase uint8

const (
	exploring phase = iota
	killing         // every goroutine that gets the baton ends
	native          // every goroutine that gets the baton runs uncontrolled
)

type state uint8

const (
	ready   state = iota // it has announced an operation
	parked               // it waits in a shadow queue, or for ever
	foreign              // it is in an operation that is not controlled
	ended
)

// A goroutine is one of the program's, real but scheduled here.
type goroutine struct {
	e     *exec
	id    int
	state state
	gp    uintptr // identity of the real goroutine that runs it now
	goid  int     // its number, after a hand-back
	baton chan struct{}

	// The operation announced, or parked in.
	op   explore.Op
	obj  *object
	site Site

	ticket uint64 // counts parks; see waiter
	// What a wake-up brought.
	woken  int  // select case
	closed bool // the channel was closed
	polled bool // it gave way in its last step: the next announcement says so
	stale  bool // its last step received from a closed channel: a loop may do so for ever

	fn      any // the function it was started with, for its name
	started Site
	// The last step in which it ran, and the one since when it can.
	lastStep, readyStep int
	parent              *goroutine
	runner              *runner // the real goroutine
	finished            bool    // fn returned: neither panic nor Goexit
	since               int64
	held                []heldLock
	lingered            int    // operations while it was being killed
	stack               string // when it was killed, if wanted
	note                string
	adopted             bool // started by uninstrumented code

	waitsOn []*object // the channels of the select it is parked in
	readies []int
	worker  *worker   // the slot of a Pool whose task it runs
	serving []*object // channels it has received from, for stalls
	token   *object   // the channel from which it has a slot, for stalls
	inLine  bool      // it is in a Cond's queue, and about to park
	early   bool      // it was woken before it parked
	missed  Site      // Cond: a signal that came before it waited
}

// A heldLock is a lock that a goroutine holds.
type heldLock struct {
	o    *object
	site Site
	op   explore.Op
	at   int64 // virtual time
}

// enter returns the goroutine on whose behalf the caller runs, or nil if no
// execution is in progress: then operations are performed natively.
func enter() *goroutine {
	e := active.Load()
	if e == nil {
		return nil
	}
	if g := e.running; g != nil && g.gp == getg() && e.phase != native {
		return g
	}
	return e.enterOutside()
}

// object returns the shadow of the object at key.
func (e *exec) object(key unsafe.Pointer, c class) *object {
	if o := e.objects.find(key, c); o != nil {
		return o
	}
	o := e.objects.add(key, c)
	// A step that numbers an object does not commute with another that does:
	// see explore.SleepSets on why that keeps footprints comparable.
	e.touched = e.touched.Add(o.num)
	return o
}

func (e *exec) touch(o *object) { e.touched = e.touched.Add(o.num) }

const goroutineObject = 1 << 31

func (e *exec) touchGoroutine(g *goroutine) {
	e.touched = e.touched.Add(goroutineObject | uint32(g.id))
}

// point is a scheduling point: g announces what it is about to do, and goes on
// when it is picked. A goroutine that is being killed ends here.
func (g *goroutine) point(op explore.Op, o *object, s Site) {
	e := g.e
	if e.phase != exploring {
		g.leave()
	}
	g.op, g.obj, g.site = op, o, s
	g.announce()
	e.schedule(g)
	g.lastStep = e.run.Steps
	if o != nil {
		e.touch(o)
	}
	if e.run.Recording {
		e.event(explore.Event{G: g.id, Kind: explore.EvOp, Op: op, At: s.Pos(), Obj: o.name()})
	}
	if !g.polled && !g.stale {
		e.useful = e.run.Steps
	}
	g.polled, g.stale = false, false
}

// announce writes g's operation where strategies see it.
func (g *goroutine) announce() {
	i := g.e.indexOf(g)
	a := explore.Action{G: g.id, Op: g.op, Site: uint32(g.site), Yield: g.polled || g.op == explore.OpYield}
	if g.obj != nil {
		a.Obj = g.obj.num
	}
	g.e.acts[i] = a
}

// indexOf returns g's place among the ready goroutines, or where it would be.
func (e *exec) indexOf(g *goroutine) int {
	lo, hi := 0, len(e.ready)
	for lo < hi {
		if mid := (lo + hi) / 2; e.ready[mid].id < g.id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// makeReady puts g among those that can run.
func (e *exec) makeReady(g *goroutine) {
	i := e.indexOf(g)
	e.ready = insert(e.ready, i, g)
	e.acts = insert(e.acts, i, explore.Action{})
	g.state, g.readyStep = ready, e.run.Steps
	g.announce()
}

// unready takes g out again.
func (e *exec) unready(g *goroutine, s state) {
	i := e.indexOf(g)
	e.ready = remove(e.ready, i)
	e.acts = remove(e.acts, i)
	g.state = s
}

// insert and remove move elements one by one: the runtime's own copying tells
// the race detector, which is not told about the baton that makes it safe.

//go:norace
func insert[E any](s []E, i int, v E) []E {
	s = append(s, v)
	for j := len(s) - 1; j > i; j-- {
		s[j] = s[j-1]
	}
	s[i] = v
	return s
}

//go:norace
func remove[E any](s []E, i int) []E {
	for ; i+1 < len(s); i++ {
		s[i] = s[i+1]
	}
	var zero E
	s[len(s)-1] = zero
	return s[:len(s)-1]
}

// park blocks g in the operation it has announced until wake is called for it.
// The caller has put it into the queues of what it waits for, with g.ticket.
func (g *goroutine) park() {
	e := g.e
	e.unready(g, parked)
	e.touchGoroutine(g)
	g.since = e.clock.now
	g.woken, g.closed = 0, false
	if e.run.Recording {
		e.event(explore.Event{G: g.id, Kind: explore.EvPark, Op: g.op, At: g.site.Pos(), Obj: g.obj.name()})
	}
	e.schedule(g)
}

// wake lets a parked goroutine go on.
func (e *exec) wake(g *goroutine) {
	g.ticket++
	e.touchGoroutine(g)
	if g.state != parked {
		g.early = true
		return
	}
	e.metrics.unblocked(e, g)
	if e.run.Recording {
		peer := explore.Clock
		if e.running != nil {
			peer = e.running.id
		}
		e.event(explore.Event{G: g.id, Kind: explore.EvWake, Op: g.op, At: g.site.Pos(), Peer: peer})
	}
	e.makeReady(g)
}

// wait is the common way to block: in one queue, without a value.
func (g *goroutine) wait(q *queue) {
	q.push(waiter{g: g, ticket: g.ticket})
	g.park()
}

// schedule ends the present step, picks who runs next and hands it the baton.
// It returns when g is picked; if g has ended, at once.
func (e *exec) schedule(g *goroutine) {
	e.last = g
	next := e.next(false)
	if next == g {
		return
	}
	e.handOver(next)
	if g.state != ended {
		g.await()
	}
}

// handOver gives the baton to next, or, if there is nobody, to the driver.
func (e *exec) handOver(next *goroutine) {
	e.running = next
	raceHide()
	if next != nil {
		next.baton <- struct{}{}
	} else {
		e.done <- struct{}{}
	}
	raceShow()
}

// await blocks until g gets the baton. A goroutine that gets it to be killed
// does not return from here; one that is handed back to the real runtime does,
// and finds the phase changed.
func (g *goroutine) await() {
	raceHide()
	<-g.baton
	raceShow()
	switch g.e.phase {
	case killing:
		g.leave()
	case native:
		g.goid = goroutineID()
	}
}

// next picks the goroutine that runs next. It returns nil when the execution
// has come to an end, which it notes, and when the driver has to see to the
// goroutines outside first.
func (e *exec) next(byDriver bool) *goroutine {
	e.endStep()
	for {
		switch {
		case e.failure != nil:
			return e.finish(explore.Failed)
		case e.outside.present() && !byDriver:
			return nil
		case len(e.ready) == 0:
			if e.sweep() {
				continue
			}
			switch {
			case e.outside.away > 0, !byDriver && strangers():
				return nil // let those outside come as far as they can
			case e.clock.idle(e):
				continue
			case e.opts.inBubble && !e.outside.silent && e.blocked():
				return nil // code outside may have set a timer that helps
			}
			return e.finish(explore.Quiescent)
		case e.run.Steps >= e.run.MaxSteps || e.overtime():
			return e.finish(explore.Limited)
		}
		acts := e.acts
		if e.run.Jumps && len(e.clock.heap) > 0 {
			acts = append(acts, explore.Action{G: explore.Clock, Op: explore.OpClock})
		}
		cur := -1
		if g := e.last; g != nil && g.state == ready {
			cur = e.indexOf(g)
		}
		i := e.run.Pick(acts, cur)
		if i < 0 {
			return e.finish(explore.Abandoned)
		}
		e.stepping = true
		id := acts[i].G
		e.clock.advance(e, e.clock.now+e.stepCost()) // may move acts
		if id == explore.Clock {
			e.clock.jump(e)
			e.endStep()
			continue
		}
		g := e.gs[id]
		if e.run.Steps-max(g.lastStep, g.readyStep) > starvedAfter {
			e.unfair = e.run.Steps
		}
		return g
	}
}

// endStep reports what the step that was picked last has touched. What happens
// between two steps, when nobody can run, is added to the next one.
func (e *exec) endStep() {
	if e.stepping {
		e.run.Stepped(e.touched)
		e.touched = e.touched[:0]
		e.stepping = false
	}
}

// starvedAfter is for how many steps a goroutine may be able to run and not be
// let before the schedule counts as unfair.
const starvedAfter = 1000

// blocked reports whether a goroutine is parked.
func (e *exec) blocked() bool {
	for _, g := range e.gs {
		if g.state == parked {
			return true
		}
	}
	return false
}

// sweep looks, when nobody can run, whether code outside has used a channel in
// a way that lets somebody go on.
func (e *exec) sweep() bool {
	for _, o := range e.objects.all {
		if o.sweep != nil && (len(o.recvq.items) > 0 || len(o.sendq.items) > 0) {
			o.sweep(e)
		}
	}
	if len(e.ready) == 0 {
		return false
	}
	e.outside.silent = false
	e.run.Inexact = true
	return true
}

// hurryAfter is for how many steps in a row the clock may stand still, while
// there are timers, before the program is taken to poll it.
const hurryAfter = 1000

// stepCost is what the present step takes of virtual time.
func (e *exec) stepCost() int64 {
	if e.run.StepCost == 0 && len(e.clock.heap) > 0 && e.run.Steps-e.clock.moved > hurryAfter {
		e.run.Inexact = true
		return 100
	}
	return e.run.StepCost
}

// overtime says that the root returned so long ago that what still runs will
// not end by itself.
func (e *exec) overtime() bool {
	return e.rootDone && e.clock.now-e.rootTime > drainTime
}

// finish notes how the execution ended.
func (e *exec) finish(end explore.End) *goroutine {
	e.end, e.over = end, true
	return nil
}

// leave ends a goroutine that is being killed. Its deferred functions run;
// releases in them are silent, and what would block ends them in turn.
func (g *goroutine) leave() {
	if g.e.phase == killing && g.stack == "" && g.e.run.Recording {
		g.stack = captureStack()
	}
	runtime.Goexit()
}

// linger counts the operations of a goroutine that is being killed which do not
// end it: a deferred function must not go on for ever.
func (g *goroutine) linger() {
	if g.lingered++; g.lingered > 10_000 {
		g.lingered = 0
		runtime.Goexit()
	}
}

// dying says that g is being killed: operations that release do nothing then.
func (g *goroutine) dying() bool { return g.e.phase == killing }
