package rt

import (
	"math"
	"time"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// drainTime is how long, in virtual time, the goroutines that outlive the root
// may go on before they count as running for ever. Waiting costs nothing.
const drainTime = int64(24 * time.Hour)

// epoch is when virtual time begins: a fixed instant without a monotonic
// reading, so that nothing depends on when a test is run.
var epoch = time.Unix(946684800, 0) // 2000-01-01 UTC

// A clock is virtual time. It advances when nobody can run, to the next timer
// that can change that; by a little with each step, so that loops which poll it
// get somewhere; and by jumps, which the strategy chooses and which stand for
// goroutines that were slow.
type clock struct {
	now   int64 // nanoseconds since epoch
	heap  []*timer
	seq   uint64
	moved int // the step in which it was last moved because nobody could run
	reads int // how often it was read, where steps take no time
}

// A timer is a sleeping goroutine, a time.Timer or a time.Ticker.
type timer struct {
	when   int64
	seq    uint64 // order of timers with the same when
	period int64  // of a ticker
	at     int    // index in the heap plus 1; 0 when it is not armed

	sleeper *goroutine     // to wake, or
	f       func()         // to run on a goroutine of its own, or
	c       chan time.Time // to send on
	ch      *object        // shadow of c
	site    Site
	parent  *goroutine
}

func before(a, b *timer) bool { return a.when < b.when || a.when == b.when && a.seq < b.seq }

func (c *clock) time() time.Time { return epoch.Add(time.Duration(c.now)) }

// read returns the time for the program. Where steps take no time each reading
// is a nanosecond later than the last, for programs that take it for granted
// that some time passes; timers do not know about that. Readings depend on each
// other then, and on nothing else.
func (c *clock) read(e *exec) time.Time {
	if e.run.StepCost == 0 {
		e.touch(e.object(unsafe.Pointer(&c.reads), sharedClass))
		c.reads++
	}
	return c.time().Add(time.Duration(c.reads))
}

// arm sets t to fire d from now.
func (c *clock) arm(t *timer, d time.Duration) {
	raceRelease(unsafe.Pointer(t))
	t.when = c.now + max(int64(d), 0)
	if t.when < 0 {
		t.when = math.MaxInt64
	}
	c.push(t)
}

func (c *clock) push(t *timer) {
	c.seq++
	t.seq = c.seq
	c.heap = append(c.heap, t)
	t.at = len(c.heap)
	c.up(t.at - 1)
}

// disarm takes t out of the heap and reports whether it was armed.
func (c *clock) disarm(t *timer) bool {
	if t.at == 0 {
		return false
	}
	i, last := t.at-1, len(c.heap)-1
	c.swap(i, last)
	c.heap[last] = nil
	c.heap = c.heap[:last]
	t.at = 0
	if i < last {
		c.up(i)
		c.down(i)
	}
	return true
}

func (c *clock) swap(i, j int) {
	c.heap[i], c.heap[j] = c.heap[j], c.heap[i]
	c.heap[i].at, c.heap[j].at = i+1, j+1
}

func (c *clock) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !before(c.heap[i], c.heap[p]) {
			return
		}
		c.swap(i, p)
		i = p
	}
}

func (c *clock) down(i int) {
	for {
		least := i
		for j := 2*i + 1; j <= 2*i+2 && j < len(c.heap); j++ {
			if before(c.heap[j], c.heap[least]) {
				least = j
			}
		}
		if least == i {
			return
		}
		c.swap(i, least)
		i = least
	}
}

// advance moves the clock to the given time and fires what is due.
func (c *clock) advance(e *exec, to int64) {
	for len(c.heap) > 0 && c.heap[0].when <= max(c.now, to) {
		c.now = max(c.now, c.heap[0].when)
		c.fire(e, c.heap[0], to)
	}
	c.now = max(c.now, to)
}

// jump moves the clock to the next timer.
func (c *clock) jump(e *exec) {
	if len(c.heap) == 0 {
		return // the step itself has taken the time
	}
	if e.run.Recording {
		e.event(explore.Event{G: explore.Clock, Kind: explore.EvTimer, Op: explore.OpClock, Note: "the clock jumps: all others are slow"})
	}
	e.touchClock()
	c.advance(e, c.heap[0].when)
}

// idle moves the clock to the next timer that lets something run. It reports
// whether there was one: an idle ticker does not keep an execution alive.
func (c *clock) idle(e *exec) bool {
	next := c.nextUseful(e)
	if next == nil {
		return false
	}
	if e.rootDone && next.when-e.rootTime > drainTime {
		c.now = next.when // too late: the execution ends in overtime
		c.fire(e, next, c.now)
		return true
	}
	e.metrics.idles(e, next.when-c.now)
	c.moved = e.run.Steps
	c.advance(e, next.when)
	return true
}

// nextUseful returns the first timer that lets something run, or nil.
func (c *clock) nextUseful(e *exec) (next *timer) {
	for _, t := range c.heap {
		if (next == nil || before(t, next)) && t.useful(e) {
			next = t
		}
	}
	return next
}

// useful says that firing t lets something run.
func (t *timer) useful(e *exec) bool {
	return t.sleeper != nil || t.f != nil || t.ch != nil && t.ch.recvq.peek(e) != nil
}

// fire fires the timer, which is armed and due. The clock is on its way to the
// given time: what a ticker misses until then it drops.
func (c *clock) fire(e *exec, t *timer, to int64) {
	c.disarm(t)
	if t.period > 0 {
		t.when += t.period * (1 + max(0, to-t.when)/t.period)
		c.push(t)
	}
	switch {
	case t.sleeper != nil:
		e.wake(t.sleeper)
	case t.f != nil:
		e.spawn(t.parent, t.site, t.f, func() {
			raceAcquire(unsafe.Pointer(t))
			t.f()
		})
	default:
		e.touch(t.ch)
		if e.run.Recording {
			e.event(explore.Event{G: explore.Clock, Kind: explore.EvTimer, At: t.site.Pos(), Obj: t.ch.name()})
		}
		raceHide() // whoever moves the clock is not the sender
		trySend(e, t.ch, t.c, c.time())
		raceShow()
	}
}
