package rt

import (
	"math"
	"time"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// T is package time, called from a site: rt.T(s).Sleep stands for time.Sleep,
// as a call or as a value.
type T Site

// never is far enough not to come: the real timers behind virtual ones are set
// to it, so that a Stop or Reset by code that is not instrumented is harmless.
const never = time.Duration(math.MaxInt64)

// Sleep is time.Sleep.
func (t T) Sleep(d time.Duration) {
	g := enter()
	if g == nil {
		time.Sleep(d)
		return
	}
	if d <= 0 {
		g.polled = true
		g.point(explore.OpYield, nil, Site(t))
		g.polled = true
		return
	}
	if g.dying() {
		g.leave()
	}
	g.e.touchClock()
	g.op, g.obj, g.site = explore.OpSleep, nil, Site(t)
	g.e.clock.arm(&timer{sleeper: g}, d)
	g.park()
}

// After is time.After.
func (t T) After(d time.Duration) <-chan time.Time { return t.NewTimer(d).C }

// AfterFunc is time.AfterFunc.
func (t T) AfterFunc(d time.Duration, f func()) *time.Timer {
	g := enter()
	if g == nil {
		return time.AfterFunc(d, f)
	}
	real := time.NewTimer(never)
	real.C = nil
	e := g.e
	e.touchClock()
	o := e.object(unsafe.Pointer(real), timerClass)
	o.timer = &timer{f: f, site: Site(t), parent: g}
	if !g.dying() {
		e.clock.arm(o.timer, d)
	}
	return real
}

// NewTimer is time.NewTimer.
func (t T) NewTimer(d time.Duration) *time.Timer {
	g := enter()
	if g == nil {
		return time.NewTimer(d)
	}
	real := time.NewTimer(never)
	real.C = g.newTimer(unsafe.Pointer(real), Site(t), d, 0)
	return real
}

// NewTicker is time.NewTicker.
func (t T) NewTicker(d time.Duration) *time.Ticker {
	g := enter()
	if g == nil || d <= 0 {
		return time.NewTicker(d) // which panics if d is not positive
	}
	real := time.NewTicker(never)
	real.C = g.newTimer(unsafe.Pointer(real), Site(t), d, d)
	return real
}

// Tick is time.Tick.
func (t T) Tick(d time.Duration) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return t.NewTicker(d).C
}

// newTimer makes the virtual timer of the real one at key. Its channel has a
// buffer of one, filled when the timer fires and emptied by Stop and Reset:
// that is what makes an unbuffered channel in the runtime since Go 1.23, len
// and cap aside.
func (g *goroutine) newTimer(key unsafe.Pointer, s Site, d, period time.Duration) <-chan time.Time {
	e := g.e
	c := make(chan time.Time, 1)
	e.touchClock()
	t := &timer{c: c, ch: shadow(e, c), site: s, period: int64(period)}
	t.ch.timer = t
	e.object(key, timerClass).timer = t
	e.clock.arm(t, d)
	e.clock.advance(e, e.clock.now) // a timer that is due has fired
	return c
}

// Now is time.Now.
func (t T) Now() time.Time {
	g := enter()
	if g == nil {
		return time.Now()
	}
	if g.dying() {
		g.linger()
		g.e.clock.now += int64(time.Millisecond) // nothing else moves it now
	}
	g.e.touchClock()
	return g.e.clock.read(g.e)
}

// Since is time.Since.
func (t T) Since(u time.Time) time.Duration {
	if active.Load() == nil {
		return time.Since(u)
	}
	return t.Now().Sub(u)
}

// Until is time.Until.
func (t T) Until(u time.Time) time.Duration {
	if active.Load() == nil {
		return time.Until(u)
	}
	return u.Sub(t.Now())
}

// touchClock notes that the present step depends on the time. While the clock
// moves only when nobody can run, no two steps can be told apart by it.
func (e *exec) touchClock() {
	if e.run.Jumps {
		e.touch(e.object(unsafe.Pointer(&e.clock), sharedClass))
	}
}

// TimerStop is t.Stop().
func TimerStop(s Site, t *time.Timer) bool {
	v := virtual(s, unsafe.Pointer(t))
	if v.timer == nil {
		return t.Stop()
	}
	return v.stop()
}

// TimerReset is t.Reset(d).
func TimerReset(s Site, t *time.Timer, d time.Duration) bool {
	v := virtual(s, unsafe.Pointer(t))
	if v.timer == nil {
		return t.Reset(d)
	}
	return v.reset(d)
}

// TickerStop is t.Stop().
func TickerStop(s Site, t *time.Ticker) {
	v := virtual(s, unsafe.Pointer(t))
	if v.timer == nil {
		t.Stop()
		return
	}
	v.stop()
}

// TickerReset is t.Reset(d).
func TickerReset(s Site, t *time.Ticker, d time.Duration) {
	v := virtual(s, unsafe.Pointer(t))
	if v.timer == nil || d <= 0 {
		t.Reset(d) // which panics if d is not positive
		return
	}
	v.timer.period = int64(d)
	v.reset(d)
}

// A virtualTimer is a timer at a scheduling point of the execution e.
type virtualTimer struct {
	e *exec
	*timer
}

// virtual announces an operation on the timer at key. It returns nothing if no
// execution is in progress or the timer was made outside of it.
func virtual(s Site, key unsafe.Pointer) virtualTimer {
	g := enter()
	if g == nil {
		return virtualTimer{}
	}
	o := g.e.objects.find(key, timerClass)
	if o == nil {
		return virtualTimer{}
	}
	if !g.dying() {
		g.point(explore.OpTimer, o, s)
		g.e.touchClock()
	}
	return virtualTimer{g.e, o.timer}
}

// stop disarms the timer and drains its channel. It reports whether the timer
// was armed, or had fired and the value had not been received: in both cases
// the caller has got there before the timer.
func (v virtualTimer) stop() bool {
	armed := v.e.clock.disarm(v.timer)
	if v.c == nil {
		return armed
	}
	v.e.touch(v.ch)
	select {
	case <-v.c:
		return true
	default:
		return armed
	}
}

func (v virtualTimer) reset(d time.Duration) bool {
	pending := v.stop()
	v.e.clock.arm(v.timer, d)
	if v.f == nil {
		v.e.clock.advance(v.e, v.e.clock.now)
	}
	return pending
}
