package rt

import (
	"bytes"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// An execution that the step limit ends leaves goroutines parked which might
// have been woken later. To know, they are handed back: each is let go and
// performs its operation on the real channel or lock, where it blocks natively;
// those that could still run stay where they are, reachable, and so do pending
// timers. Then the runtime's goroutine leak profile, which looks for goroutines
// that nothing alive can reach, gives an exact verdict. It needs a binary built
// with GOEXPERIMENT=goroutineleakprofile; without it there is no verdict.

// handBack replays limited executions until one shows a leak, and adds that to
// the report.
func (opts Options) handBack(r *explore.Report, body func()) {
	if pprof.Lookup(leakProfile) == nil {
		return
	}
	opts.givesBack = true
	for _, limited := range r.LimitedRuns {
		again, err := Replay(opts, limited.Trace, body)
		if again == nil || len(again.Found) == 0 {
			continue
		}
		for _, f := range again.Found {
			if f.Kind != explore.Leak && f.Kind != explore.Deadlock {
				continue
			}
			f.Schedule, f.Strategy, f.Confirmed = limited.Schedule, limited.Strategy, err == nil
			r.Found = append(r.Found, f)
			r.Failing = min(r.Failing+1, r.Schedules)
		}
		return
	}
}

const leakProfile = "goroutineleak"

// kept holds what is alive after hand-backs: the goroutines that could run, by
// what they wait for, and the timers that would have fired.
var kept [][]any

// handBack lets the parked goroutines go and judges which of them are stuck.
// The execution is unusable afterwards, and its goroutines stay.
func (e *exec) handBack() []explore.Finding {
	var given []*goroutine
	var described []explore.Goroutine
	alive := make([]any, 0, len(e.gs)+len(e.clock.heap))
	for _, t := range e.clock.heap {
		alive = append(alive, t)
	}
	for _, g := range e.gs {
		switch {
		case g.state == parked && g.op != explore.OpSleep:
			given = append(given, g)
			described = append(described, e.describe(g))
		case g.state != ended:
			alive = append(alive, g.baton)
		}
	}
	kept = append(kept, alive)
	// From here on only the program itself may refer to its objects.
	for _, o := range e.objects.all {
		o.recvq, o.sendq, o.pending = queue{}, queue{}, waiter{}
	}
	for _, g := range e.gs {
		g.obj, g.waitsOn, g.held, g.fn, g.parent = nil, nil, nil, nil, nil
	}
	e.objects, e.gs, e.ready, e.acts, e.running, e.last = table{}, nil, nil, nil, nil, nil
	e.phase = native
	active.Store(nil)
	for _, g := range given {
		g.baton <- struct{}{}
	}
	leaked := leakedGoroutines(given)
	var f explore.Finding
	var codes []uint64
	for i, g := range given {
		if leaked[g.goid] {
			f.Goroutines = append(f.Goroutines, described[i])
			codes = append(codes, g.code())
			if g.id == 0 {
				f.Kind = explore.Deadlock
			}
		}
	}
	if len(codes) == 0 {
		return nil
	}
	if f.Kind == 0 {
		f.Kind = explore.Leak
	}
	f.Key = explore.KeyOf(f.Kind, distinct(codes)...)
	f.Detail = "others still run, but nothing that is alive can reach what these goroutines wait for (the runtime's leak profile says so)"
	return []explore.Finding{f}
}

// settleTries bounds how long the goroutines that were let go are waited for,
// in milliseconds. One that runs on for longer is not stuck.
const settleTries = 200

var goroutineLine = regexp.MustCompile(`(?m)^goroutine (\d+)[^\n\[]*\[([^\n\]]*)\]`)

// leakedGoroutines waits until those that were let go have blocked, and returns
// the numbers of the goroutines that the runtime finds leaked.
func leakedGoroutines(given []*goroutine) map[int]bool {
	p := pprof.Lookup(leakProfile)
	var leaked map[int]bool
	for range settleTries {
		runtime.Gosched()
		time.Sleep(time.Millisecond)
		var b bytes.Buffer
		if err := p.WriteTo(&b, 2); err != nil {
			return nil
		}
		leaked = make(map[int]bool)
		states := make(map[int]string)
		for _, m := range goroutineLine.FindAllStringSubmatch(b.String(), -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				continue
			}
			states[n] = m[2]
			leaked[n] = strings.Contains(m[2], "leaked")
		}
		if !slices.ContainsFunc(given, func(g *goroutine) bool {
			return g.goid == 0 || strings.HasPrefix(states[g.goid], "run")
		}) {
			break
		}
	}
	return leaked
}

// goroutineID returns the number of the running goroutine, which the runtime
// shows in stacks only.
func goroutineID() int {
	var b [64]byte
	s := b[:runtime.Stack(b[:], false)]
	fields := bytes.Fields(s)
	if len(fields) < 2 || !slices.Equal(fields[0], []byte("goroutine")) {
		return 0
	}
	n, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return n
}
