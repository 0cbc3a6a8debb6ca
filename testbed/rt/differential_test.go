package rt_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

// These tests compare operations under control with the real runtime: outside
// of an exploration the same calls are performed natively. A director gives
// commands to goroutines, one at a time, and after each waits until nothing
// moves any more; what completed because of the command must be the same.

// A world is the objects that commands are about.
type world struct {
	unbuffered chan int
	buffered   chan int
	mu         sync.Mutex
	rw         sync.RWMutex
	wg         sync.WaitGroup
	cond       *sync.Cond
	once       sync.Once
}

func newWorld() *world {
	w := &world{unbuffered: make(chan int), buffered: make(chan int, 2)}
	w.cond = sync.NewCond(&w.mu)
	return w
}

// ops are the commands. Each returns what the operation gave.
var ops = map[string]func(w *world, arg int) string{
	"send unbuffered": func(w *world, v int) string { rt.Send(0, w.unbuffered).V(v); return "" },
	"send buffered":   func(w *world, v int) string { rt.Send(0, w.buffered).V(v); return "" },
	"recv unbuffered": func(w *world, _ int) string { v, ok := rt.Recv2(0, w.unbuffered); return fmt.Sprint(v, ok) },
	"recv buffered":   func(w *world, _ int) string { v, ok := rt.Recv2(0, w.buffered); return fmt.Sprint(v, ok) },
	"close buffered":  func(w *world, _ int) string { rt.Close(0, w.buffered); return "" },
	"try recv": func(w *world, _ int) string {
		c := rt.SelRecv(w.buffered)
		i := rt.Select(0, true, c)
		return fmt.Sprint(i, c.Val, c.OK)
	},
	"try send": func(w *world, v int) string { return fmt.Sprint(rt.Select(0, true, rt.SelSend(w.unbuffered).V(v))) },
	"select": func(w *world, v int) string {
		a, b := rt.SelRecv(w.unbuffered), rt.SelSend[int](nil).V(v)
		i := rt.Select(0, false, b, a)
		return fmt.Sprint(i, a.Val, a.OK)
	},
	"select two": func(w *world, _ int) string {
		a, b := rt.SelRecv(w.unbuffered), rt.SelRecv(w.buffered)
		i := rt.Select(0, false, a, b)
		return fmt.Sprint(i, a.Val, a.OK, b.Val, b.OK)
	},
	"lens":        func(w *world, _ int) string { return fmt.Sprint(len(w.buffered), cap(w.buffered), len(w.unbuffered)) },
	"lock":        func(w *world, _ int) string { rt.MuLock(0, &w.mu); return "" },
	"unlock":      func(w *world, _ int) string { rt.MuUnlock(0, &w.mu); return "" },
	"trylock":     func(w *world, _ int) string { return fmt.Sprint(rt.MuTryLock(0, &w.mu)) },
	"rw lock":     func(w *world, _ int) string { rt.RWLock(0, &w.rw); return "" },
	"rw unlock":   func(w *world, _ int) string { rt.RWUnlock(0, &w.rw); return "" },
	"rw trylock":  func(w *world, _ int) string { return fmt.Sprint(rt.RWTryLock(0, &w.rw)) },
	"rw rlock":    func(w *world, _ int) string { rt.IfaceLock(0, w.rw.RLocker()); return "" },
	"rw runlock":  func(w *world, _ int) string { rt.RWRUnlock(0, &w.rw); return "" },
	"rw tryrlock": func(w *world, _ int) string { return fmt.Sprint(rt.RWTryRLock(0, &w.rw)) },
	"add":         func(w *world, _ int) string { rt.WgAdd(0, &w.wg, 1); return "" },
	"done":        func(w *world, _ int) string { rt.WgDone(0, &w.wg); return "" },
	"wait":        func(w *world, _ int) string { rt.WgWait(0, &w.wg); return "" },
	"cond wait": func(w *world, _ int) string {
		rt.MuLock(0, &w.mu)
		rt.CondWait(0, w.cond)
		rt.MuUnlock(0, &w.mu)
		return ""
	},
	"signal":    func(w *world, _ int) string { rt.CondSignal(0, w.cond); return "" },
	"broadcast": func(w *world, _ int) string { rt.CondBroadcast(0, w.cond); return "" },
	"once": func(w *world, v int) string {
		ran := -1
		rt.OnceDo(0, &w.once, func() { ran, _ = rt.Recv2(0, w.unbuffered) })
		return fmt.Sprint(ran)
	},
}

type command struct {
	g   int
	op  string
	arg int
}

// A director runs commands on goroutines and keeps a journal.
type director struct {
	w       *world
	in      []chan command
	settle  func()
	mu      sync.Mutex
	idle    []bool
	journal []string // of the present command
	holds   []map[string]bool
}

func newDirector(n int, settle func()) *director {
	d := &director{w: newWorld(), settle: settle}
	for g := range n {
		d.in = append(d.in, make(chan command))
		d.idle = append(d.idle, true)
		d.holds = append(d.holds, map[string]bool{})
		rt.Go(0, func() { d.serve(g) })
	}
	return d
}

func (d *director) serve(g int) {
	for {
		c, ok := rt.Recv2(0, d.in[g])
		if !ok {
			return
		}
		result := d.perform(c)
		d.mu.Lock()
		d.idle[g] = true
		d.journal = append(d.journal, fmt.Sprintf("g%d %s: %s", g, c.op, result))
		d.note(c, result)
		d.mu.Unlock()
	}
}

func (d *director) perform(c command) (result string) {
	defer func() {
		if r := recover(); r != nil {
			result = fmt.Sprint("panic: ", r)
		}
	}()
	return ops[c.op](d.w, c.arg)
}

// note keeps book of who holds what, so that the generator makes no commands
// that the runtime does not survive.
func (d *director) note(c command, result string) {
	h := d.holds[c.g]
	switch c.op {
	case "lock", "rw lock", "rw rlock", "add":
		h[c.op] = true
	case "trylock", "rw trylock", "rw tryrlock":
		if result == "true" {
			h[strings.Replace(c.op, "try", "", 1)] = true
		}
	case "unlock", "rw unlock", "rw runlock":
		delete(h, strings.Replace(c.op, "un", "", 1))
	case "done":
		delete(h, "add")
	}
}

// give has a command performed and returns what completed, sorted.
func (d *director) give(c command) []string {
	d.mu.Lock()
	d.idle[c.g], d.journal = false, nil
	d.mu.Unlock()
	rt.Send(0, d.in[c.g]).V(c)
	d.settle()
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.Sort(d.journal)
	return d.journal
}

// stop ends the goroutines that are not blocked.
func (d *director) stop() {
	for g, idle := range d.idle {
		if idle {
			rt.Close(0, d.in[g])
		}
	}
}

// invent makes up the next command, from what is known natively.
func (d *director) invent(r *rand.Rand, names []string) (command, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := r.IntN(len(d.in))
	if !d.idle[g] {
		return command{}, false
	}
	c := command{g, names[r.IntN(len(names))], r.IntN(1000)}
	h := d.holds[g]
	switch c.op {
	case "lock", "cond wait":
		if h["lock"] {
			return c, false
		}
	case "unlock", "rw unlock", "rw runlock":
		if !h[strings.Replace(c.op, "un", "", 1)] {
			return c, false
		}
	case "rw lock", "rw rlock", "rw trylock", "rw tryrlock":
		if h["rw lock"] || h["rw rlock"] {
			return c, false
		}
	case "add", "done":
		if h["add"] != (c.op == "done") {
			return c, false
		}
	}
	return c, true
}

var families = map[string][]string{
	"channels": {"send unbuffered", "send buffered", "recv unbuffered", "recv buffered", "send buffered", "recv buffered", "lens", "try recv", "try send", "select"},
	"closing":  {"send buffered", "send buffered", "send buffered", "recv buffered", "try recv", "lens", "close buffered"},
	"two":      {"send unbuffered", "send buffered", "select two"},
	"mutex":    {"lock", "unlock", "unlock", "trylock"},
	"rwmutex":  {"rw lock", "rw unlock", "rw unlock", "rw rlock", "rw runlock", "rw runlock", "rw trylock", "rw tryrlock"},
	"group":    {"add", "done", "wait"},
	"cond":     {"cond wait", "cond wait", "signal", "broadcast", "lock", "unlock"},
	"once":     {"once", "send unbuffered", "once"},
}

// gosched lets everybody run until they block. With one processor a yield puts
// the caller behind all others.
func gosched() {
	for range 60 {
		runtime.Gosched()
	}
}

func TestOperationsAgainstTheRuntime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for family, names := range families {
		t.Run(family, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(7, uint64(len(names))))
			completed, blocked := 0, 0
			for n := range 60 {
				var script []command
				var want [][]string
				native := newDirector(4, gosched)
				for tries := 0; len(script) < 14 && tries < 200; tries++ {
					if c, ok := native.invent(rnd, names); ok && !ambiguous(c, native) {
						script = append(script, c)
						want = append(want, slices.Clone(native.give(c)))
					}
				}
				var got [][]string
				controlled(t, func() {
					d := newDirector(4, func() { rt.T(0).Sleep(time.Millisecond) })
					for _, c := range script {
						got = append(got, slices.Clone(d.give(c)))
					}
					d.stop()
				})
				native.stop()
				for i := range want {
					if !slices.Equal(got[i], want[i]) {
						t.Fatalf("script %d: after %+v\ncommand %+v completed %q,\nnatively %q", n, script[:i], script[i], got[i], want[i])
					}
					completed += len(want[i])
					if len(want[i]) == 0 {
						blocked++
					}
				}
			}
			if completed < 200 || blocked < 60 {
				t.Errorf("only %d completions and %d commands that block: the scripts mean nothing", completed, blocked)
			}
		})
	}
}

// ambiguous says that a select would have more than one clause ready, or that
// two blocked selects could be served: then the runtime chooses at random.
func ambiguous(c command, d *director) bool {
	return c.op == "select two" && len(d.w.buffered) > 0
}

// controlled runs body once, under strict time that only passes when nothing
// moves, without disturbances.
func controlled(t *testing.T, body func()) {
	t.Helper()
	r, err := rt.Explore(rt.Options{Config: explore.Config{Use: frozen{explore.DelayBounded(0, false)}, Schedules: 1, StopAtFirst: true,
		Only: []explore.Kind{explore.Panic, explore.BlockedOutside, explore.Nondeterminism}}}, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Found) > 0 {
		t.Fatalf("%s: %s", r.Found[0].Kind, r.Found[0].Detail)
	}
}

// frozen is a strategy under which steps take no time.
type frozen struct{ explore.Strategy }

func (f frozen) Begin(r *explore.Run, seed uint64) bool {
	ok := f.Strategy.Begin(r, seed)
	r.StepCost = 0
	return ok
}

// timing runs a random sequence of operations on timers and returns what they
// gave, and what the clock said meanwhile. All times are distinct, so nothing depends on the order of timers that
// are due together.
func timing(seed uint64) (log []string, readings []time.Duration) {
	r := rand.New(rand.NewPCG(seed, 9))
	tie := 0
	duration := func() time.Duration {
		tie++
		return time.Duration(r.IntN(4))*10*time.Millisecond + time.Duration(tie*tie)*time.Nanosecond + time.Duration(r.IntN(50))*time.Microsecond
	}
	var s rt.T
	start := s.Now()
	timer, ticker := s.NewTimer(duration()), s.NewTicker(duration()+7*time.Millisecond)
	after := s.After(duration())
	fired := 0
	read := func() { readings = append(readings, s.Since(start)) }
	f := s.AfterFunc(duration(), func() { fired++ })
	poll := func(c <-chan time.Time) string {
		x := rt.SelRecv(c)
		if rt.Select(0, true, x) < 0 {
			return "nothing"
		}
		readings = append(readings, x.Val.Sub(start))
		return "a value"
	}
	for range 40 {
		var what string
		switch r.IntN(13) {
		case 0:
			what = fmt.Sprint("stop ", rt.TimerStop(0, timer))
		case 1:
			what = fmt.Sprint("reset ", rt.TimerReset(0, timer, duration()))
		case 2, 3:
			what = "timer " + poll(timer.C)
		case 4:
			what = "ticker " + poll(ticker.C)
		case 5:
			rt.TickerReset(0, ticker, duration()+3*time.Millisecond)
		case 6:
			rt.TickerStop(0, ticker)
		case 7:
			what = fmt.Sprint("stop func ", rt.TimerStop(0, f))
		case 8:
			what = fmt.Sprint("reset func ", rt.TimerReset(0, f, duration()))
		case 9:
			what = "after " + poll(after)
			if r.IntN(4) == 0 {
				after = s.After(duration())
			}
		case 10, 11:
			s.Sleep(duration())
			what = fmt.Sprint("fired ", fired)
			read()
		case 12:
			rt.TimerReset(0, timer, duration())
			x, y := rt.SelRecv(timer.C), rt.SelRecv(s.After(duration()))
			what = fmt.Sprint("wait ", rt.Select(0, false, x, y), fired)
			read()
		}
		log = append(log, what)
	}
	rt.TickerStop(0, ticker)
	return log, readings
}

func TestTimersAgainstTheRuntime(t *testing.T) {
	received := 0
	for seed := range uint64(300) {
		var want, got []string
		var native, virtual []time.Duration
		synctest.Test(t, func(t *testing.T) { want, native = timing(seed) })
		controlled(t, func() { got, virtual = timing(seed) })
		for i := range native { // a reading is a nanosecond later than the last
			if d := virtual[i] - native[i]; d.Abs() > time.Microsecond {
				t.Fatalf("seed %d: the clock shows %v, natively %v", seed, virtual[i], native[i])
			}
		}
		if !slices.Equal(got, want) {
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("seed %d: after %q\noperation %d gave %q, natively %q", seed, want[:i], i, got[i], want[i])
				}
			}
		}
		for _, line := range want {
			if strings.HasPrefix(line, "timer ") && line != "timer nothing" {
				received++
			}
		}
	}
	if received < 100 {
		t.Errorf("only %d values came from a timer: the sequences mean nothing", received)
	}
}

func TestIdleTickerCostsNothing(t *testing.T) {
	ended := false
	controlled(t, func() {
		ticker := rt.T(0).NewTicker(time.Nanosecond)
		rt.T(0).Sleep(20 * time.Hour)
		rt.Recv(0, ticker.C)
		ended = true
	})
	if !ended {
		t.Error("the body did not come to its end")
	}
}
