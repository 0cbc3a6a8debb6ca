package rt

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// name is how findings call an object. A nil object, as of a nil channel, has
// no name.
func (o *object) name() string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf("%s #%d", classNames[o.class], o.num)
}

// event adds a line to the history. Only recorded executions have one.
func (e *exec) event(v explore.Event) {
	if e.phase == killing {
		return // the history ends with the execution
	}
	v.Step, v.Time = e.run.Steps, e.clock.now
	e.events = append(e.events, v)
}

// describe says what g is doing.
func (e *exec) describe(g *goroutine) explore.Goroutine {
	d := explore.Goroutine{
		ID: g.id, Name: g.name(), Started: g.started.Pos(), Op: g.op, At: g.site.Pos(), Object: g.obj.name(),
		Waits: e.waitsFor(g), Stack: g.stack, Note: g.note,
	}
	switch g.state {
	case ready:
		d.State = "runnable"
	case parked:
		d.State, d.Since = "blocked", g.since
		if g.obj == nil && (g.op == explore.OpSend || g.op == explore.OpRecv) {
			d.Object = "nil channel"
		}
		if g.missed != 0 {
			d.Note = "a signal at " + g.missed.Pos().String() + " found nobody waiting"
		}
	case foreign:
		d.State = "outside"
	case ended:
		d.State, d.Op, d.At = "ended", explore.OpNone, explore.Pos{}
	}
	for _, h := range g.held {
		d.Holds = append(d.Holds, explore.Held{Object: h.o.name(), At: h.site.Pos()})
	}
	return d
}

// waitsFor returns the goroutines that hold what g waits for: locks have
// holders, channels do not.
func (e *exec) waitsFor(g *goroutine) (ids []int) {
	if g.state != parked || g.obj == nil {
		return nil
	}
	switch g.op {
	case explore.OpLock, explore.OpRLock, explore.OpOnce:
	default:
		return nil
	}
	for _, other := range e.gs {
		if other != g && other.state != ended && (other.holds(g.obj) || g.obj.owner == other) {
			ids = append(ids, other.id)
		}
	}
	if g.obj.owner == g && g.obj.pending.g != g || g.holds(g.obj) {
		ids = append(ids, g.id)
	}
	return ids
}

// code identifies what g is stuck in, whatever its number.
func (g *goroutine) code() uint64 { return uint64(g.op)<<32 | uint64(g.site) }

// findings judges an execution that has ended.
func (e *exec) findings() []explore.Finding {
	var all []explore.Finding
	if e.failure != nil {
		return append(all, *e.failure)
	}
	switch e.end {
	case explore.Quiescent:
		if !e.rootDone {
			all = e.group(all, explore.Deadlock, parked)
		} else {
			all = e.group(all, explore.Leak, parked)
		}
		if e.opts.LostValues {
			all = e.lostValues(all)
		}
	case explore.Limited:
		all = e.unended(all)
	case explore.Stuck:
		all = e.group(all, explore.BlockedOutside, foreign)
	}
	return e.metrics.findings(e, all)
}

// group makes one finding of all goroutines in a state: they are stuck
// together. Its key depends on what they are stuck in, not on how many there are.
func (e *exec) group(all []explore.Finding, kind explore.Kind, s state) []explore.Finding {
	var codes []uint64
	var members []explore.Goroutine
next:
	for _, g := range e.gs {
		if g.state != s || g.adopted && s == foreign {
			continue
		}
		if e.run.Recording {
			members = append(members, e.describe(g))
		}
		c := g.code()
		for _, old := range codes {
			if old == c {
				continue next
			}
		}
		codes = append(codes, c)
	}
	if len(codes) == 0 {
		return all
	}
	return append(all, explore.Finding{Kind: kind, Key: explore.KeyOf(kind, codes...), Goroutines: members, Detail: groupDetail(kind)})
}

func groupDetail(k explore.Kind) string {
	switch k {
	case explore.Deadlock:
		return "the test waits for ever: no goroutine can go on"
	case explore.Leak:
		return "the test has returned, and these goroutines wait for ever"
	case explore.BlockedOutside:
		return "goroutines are blocked in calls that are not instrumented, and nothing else can go on"
	}
	return ""
}

// unended judges an execution that was cut off. What is parked may still be
// woken, so nothing is said about it here: see handBack. Nothing is said either
// if the schedule is to blame: somebody who could run was not let, or the clock
// hardly moved and there are timers that may change everything.
func (e *exec) unended(all []explore.Finding) []explore.Finding {
	from := e.run.Steps / 2
	if e.rootDone {
		from = (e.rootStep + e.run.Steps) / 2
	}
	starved := e.unfair > from
	for _, g := range e.ready {
		starved = starved || e.run.Steps-max(g.lastStep, g.readyStep) > starvedAfter
	}
	timers := e.clock.nextUseful(e) != nil
	switch {
	case e.rootDone && e.clock.now-e.rootTime > longAfter, e.rootDone && !starved && !timers:
		var codes []uint64
		var members []explore.Goroutine
		for _, g := range e.gs {
			if g.state != ended && g.lastStep > from || g.state == parked && g.op == explore.OpSleep {
				codes = append(codes, uint64(g.started))
				if e.run.Recording {
					members = append(members, e.describe(g))
				}
			}
		}
		return append(all, explore.Finding{
			Kind: explore.Running, Key: explore.KeyOf(explore.Running, distinct(codes)...), Goroutines: members,
			Detail: fmt.Sprintf("the test has returned, and %.3g virtual seconds later these goroutines still run", float64(e.clock.now-e.rootTime)/1e9),
		})
	case !e.rootDone && !starved && !timers && e.useful < from:
		var codes []uint64
		var members []explore.Goroutine
		for _, g := range e.ready {
			codes = append(codes, g.code())
			if e.run.Recording {
				members = append(members, e.describe(g))
			}
		}
		return append(all, explore.Finding{
			Kind: explore.Livelock, Key: explore.KeyOf(explore.Livelock, distinct(codes)...), Goroutines: members,
			Detail: fmt.Sprintf("for %d steps goroutines have only polled", e.run.Steps-e.useful),
		})
	}
	return all
}

// longAfter is for how long, in virtual time, goroutines may outlive the root
// before they count as running on: long enough for every ordinary timeout.
const longAfter = int64(5 * time.Minute)

// hung makes the finding of an execution that was left behind. Its goroutines
// may still run, so only the one in control is looked at.
func (e *exec) hung() []explore.Finding {
	f := explore.Finding{Kind: explore.BlockedOutside, Key: explore.KeyOf(explore.BlockedOutside),
		Detail: "a call that is not instrumented blocks in the operating system or on a lock, or a loop does not synchronise"}
	if g := e.running; g != nil {
		f.Key = explore.KeyOf(explore.BlockedOutside, g.code())
		f.Goroutines = []explore.Goroutine{{ID: g.id, Name: g.name(), Started: g.started.Pos(), State: "outside", Op: g.op, At: g.site.Pos(),
			Note: "this is its last instrumented operation"}}
	}
	return []explore.Finding{f}
}

// distinct returns codes without repetitions.
func distinct(codes []uint64) []uint64 {
	kept := codes[:0]
next:
	for _, c := range codes {
		for _, k := range kept {
			if k == c {
				continue next
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// lostValues reports the channels that hold values at the end which nobody
// received. It is off by default: to abandon a result in a buffered channel is
// an idiom.
func (e *exec) lostValues(all []explore.Finding) []explore.Finding {
	for _, o := range e.objects.all {
		if o.class != chanClass || o.timer != nil || o.left == nil {
			continue
		}
		if n := o.left(); n > 0 && o.lastSend != 0 {
			all = append(all, explore.Finding{
				Kind: explore.LostValue, Key: explore.KeyOf(explore.LostValue, uint64(o.lastSend)),
				Detail: fmt.Sprintf("%d values sent at %s were never received", n, o.lastSend.Pos()),
			})
		}
	}
	return all
}

// captureStack returns the caller's stack without the frames of this package.
func captureStack() string { return trimStack(string(debug.Stack())) }

// trimStack removes the frames of this package and of the runtime from the top
// of a stack, which tell a reader nothing.
func trimStack(stack string) string {
	lines := strings.Split(strings.TrimSpace(stack), "\n")
	if len(lines) == 0 {
		return ""
	}
	var kept []string
	for i := 1; i+1 < len(lines); i += 2 { // the first line says "goroutine N [running]:"
		fn := lines[i]
		if strings.Contains(fn, "testbed/rt.") || strings.Contains(fn, "_testbed/rt.") ||
			strings.HasPrefix(fn, "runtime/debug.Stack") || strings.HasPrefix(fn, "panic(") ||
			strings.HasPrefix(fn, "runtime.") || strings.HasPrefix(fn, "created by ") {
			continue
		}
		kept = append(kept, fn, lines[i+1])
	}
	return strings.Join(kept, "\n")
}
