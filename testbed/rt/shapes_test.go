package rt_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

// These are the shapes of real bugs, by hand as the rewriter would emit them,
// and their repairs. at+n is the site of line n.
var at = rt.Sites("shapes.go", 1, lines(40)...)

func lines(n int) (texts []string) {
	for i := range n {
		texts = append(texts, string(rune('0'+i/10))+string(rune('0'+i%10))+":1 op")
	}
	return texts
}

var shapes = []struct {
	name  string
	bad   func()
	kind  explore.Kind
	where []int // lines of the goroutines that the finding is about, in order
	says  string
	good  func()
	open  bool // the repaired one is too large, or random, to be exhausted
}{
	{
		name: "two locks in opposite orders",
		bad: func() {
			var a, b sync.Mutex
			rt.Go(at, func() { rt.MuLock(at+1, &a); rt.MuLock(at+2, &b); rt.MuUnlock(at, &b); rt.MuUnlock(at, &a) })
			rt.MuLock(at+3, &b)
			rt.MuLock(at+4, &a)
			rt.MuUnlock(at, &a)
			rt.MuUnlock(at, &b)
		},
		kind: explore.Deadlock, where: []int{4, 2}, says: "test waits for ever",
		good: func() {
			var a, b sync.Mutex
			for range 2 {
				rt.Go(at, func() { rt.MuLock(at+1, &a); rt.MuLock(at+2, &b); rt.MuUnlock(at, &b); rt.MuUnlock(at, &a) })
			}
		},
	},
	{
		name: "read lock taken twice while a writer waits",
		bad: func() {
			var rw sync.RWMutex
			rt.Go(at, func() { rt.RWLock(at+1, &rw); rt.RWUnlock(at, &rw) })
			rt.RWRLock(at+2, &rw)
			rt.RWRLock(at+3, &rw)
			rt.RWRUnlock(at, &rw)
			rt.RWRUnlock(at, &rw)
		},
		kind: explore.Deadlock, where: []int{3, 1},
		good: func() {
			var rw sync.RWMutex
			rt.Go(at, func() { rt.RWLock(at+1, &rw); rt.RWUnlock(at, &rw) })
			rt.RWRLock(at+2, &rw)
			rt.RWRUnlock(at, &rw)
			rt.RWRLock(at+3, &rw)
			rt.RWRUnlock(at, &rw)
		},
	},
	{
		name: "result of a call that timed out",
		bad: func() {
			res := make(chan int)
			rt.Go(at, func() { rt.T(at + 1).Sleep(time.Millisecond); rt.Send(at+2, res).V(1) })
			rt.Select(at+3, false, rt.SelRecv(res), rt.SelRecv(rt.T(at).After(time.Millisecond)))
		},
		kind: explore.Leak, where: []int{2}, says: "has returned",
		good: func() {
			res := make(chan int, 1)
			rt.Go(at, func() { rt.T(at + 1).Sleep(time.Millisecond); rt.Send(at+2, res).V(1) })
			rt.Select(at+3, false, rt.SelRecv(res), rt.SelRecv(rt.T(at).After(time.Millisecond)))
		},
	},
	{
		name: "send with the lock that the receiver wants",
		bad: func() {
			var mu sync.Mutex
			ch := make(chan int)
			rt.Go(at, func() { rt.MuLock(at+1, &mu); rt.Send(at+2, ch).V(1); rt.MuUnlock(at, &mu) })
			rt.MuLock(at+3, &mu)
			rt.MuUnlock(at, &mu)
			rt.Recv(at+5, ch)
		},
		kind: explore.Deadlock, where: []int{3, 2},
		good: func() {
			var mu sync.Mutex
			ch := make(chan int)
			rt.Go(at, func() { rt.MuLock(at+1, &mu); rt.MuUnlock(at, &mu); rt.Send(at+2, ch).V(1) })
			rt.MuLock(at+3, &mu)
			rt.MuUnlock(at, &mu)
			rt.Recv(at+5, ch)
		},
	},
	{
		name: "range over a channel that nobody closes",
		bad: func() {
			jobs := make(chan int)
			rt.Go(at, func() {
				for {
					if _, ok := rt.Recv2(at+1, jobs); !ok {
						return
					}
				}
			})
			rt.Send(at+2, jobs).V(1)
		},
		kind: explore.Leak, where: []int{1},
		good: func() {
			jobs := make(chan int)
			rt.Go(at, func() {
				for {
					if _, ok := rt.Recv2(at+1, jobs); !ok {
						return
					}
				}
			})
			rt.Send(at+2, jobs).V(1)
			rt.Close(at+3, jobs)
		},
	},
	{
		name: "Done that is skipped when the select goes the other way",
		bad: func() {
			var wg sync.WaitGroup
			a, b := make(chan int, 1), make(chan int, 1)
			rt.WgAdd(at, &wg, 1)
			rt.Go(at, func() {
				if rt.Select(at+1, false, rt.SelRecv(a), rt.SelRecv(b)) == 0 {
					rt.WgDone(at+2, &wg)
				}
			})
			rt.Send(at+3, a).V(1)
			rt.Send(at+4, b).V(1)
			rt.WgWait(at+5, &wg)
		},
		kind: explore.Deadlock, where: []int{5},
		good: func() {
			var wg sync.WaitGroup
			a, b := make(chan int, 1), make(chan int, 1)
			rt.WgAdd(at, &wg, 1)
			rt.Go(at, func() {
				defer rt.WgDone(at+2, &wg)
				rt.Select(at+1, false, rt.SelRecv(a), rt.SelRecv(b))
			})
			rt.Send(at+3, a).V(1)
			rt.Send(at+4, b).V(1)
			rt.WgWait(at+5, &wg)
		},
	},
	{
		name: "signal before the wait",
		bad: func() {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			rt.Go(at, func() { rt.CondSignal(at+1, c) })
			rt.MuLock(at+2, &mu)
			rt.CondWait(at+3, c)
			rt.MuUnlock(at, &mu)
		},
		kind: explore.Deadlock, where: []int{3}, says: "found nobody waiting",
		good: func() {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			ready := false
			rt.Go(at, func() { rt.MuLock(at, &mu); ready = true; rt.MuUnlock(at, &mu); rt.CondSignal(at+1, c) })
			rt.MuLock(at+2, &mu)
			for !ready {
				rt.CondWait(at+3, c)
			}
			rt.MuUnlock(at, &mu)
		},
	},
	{
		name: "closed by two",
		bad: func() {
			ch := make(chan int)
			for range 2 {
				rt.Go(at, func() {
					if rt.Select(at+1, true, rt.SelRecv(ch)) < 0 {
						rt.Close(at+2, ch)
					}
				})
			}
		},
		kind: explore.Panic, where: []int{2}, says: "close of closed channel",
		good: func() {
			ch := make(chan int)
			var once sync.Once
			for range 2 {
				rt.Go(at, func() { rt.OnceDo(at+1, &once, func() { rt.Close(at+2, ch) }) })
			}
		},
	},
	{
		name: "send after close",
		bad: func() {
			ch := make(chan int, 1)
			rt.Go(at, func() { rt.Send(at+1, ch).V(1) })
			rt.Close(at+2, ch)
		},
		kind: explore.Panic, where: []int{1}, says: "send on closed channel",
		good: func() {
			ch := make(chan int, 1)
			rt.Go(at, func() { rt.Send(at+1, ch).V(1); rt.Close(at+2, ch) })
			rt.Recv(at+3, ch)
		},
	},
	{
		name: "more Done than Add",
		bad: func() {
			var wg sync.WaitGroup
			rt.WgAdd(at, &wg, 1)
			for range 2 {
				rt.Go(at, func() { rt.WgDone(at+1, &wg) })
			}
			rt.WgWait(at+2, &wg)
		},
		kind: explore.Panic, where: []int{1}, says: "negative WaitGroup counter",
		good: func() {
			var wg sync.WaitGroup
			for range 2 {
				rt.WgGo(at, &wg, func() {})
			}
			rt.WgWait(at+2, &wg)
		},
	},
	{
		name: "unlocked twice",
		bad: func() {
			var mu sync.Mutex
			rt.MuLock(at, &mu)
			for range 2 {
				rt.Go(at, func() { rt.MuUnlock(at+1, &mu) })
			}
		},
		kind: explore.Panic, where: []int{1}, says: "unlock of unlocked mutex",
		good: func() {
			var mu sync.Mutex
			rt.MuLock(at, &mu)
			rt.Go(at, func() { rt.MuUnlock(at+1, &mu) })
			rt.MuLock(at, &mu)
		},
	},
	{
		name: "nil channel",
		bad: func() {
			var ch chan int
			rt.Go(at, func() { rt.Recv(at+1, ch) })
		},
		kind: explore.Leak, where: []int{1},
		good: func() {
			var ch chan int
			rt.Go(at, func() { rt.Select(at+1, true, rt.SelRecv(ch)) })
		},
	},
	{
		name: "timer drained after its value was received",
		bad: func() {
			t := rt.T(at).NewTimer(time.Millisecond)
			rt.Recv(at+1, t.C)
			if !rt.TimerStop(at+2, t) {
				rt.Recv(at+3, t.C)
			}
		},
		kind: explore.Deadlock, where: []int{3},
		good: func() { // since Go 1.23 Stop says that it was in time for a value nobody has received
			t := rt.T(at).NewTimer(time.Millisecond)
			rt.T(at).Sleep(2 * time.Millisecond)
			if !rt.TimerStop(at+2, t) {
				rt.Recv(at+3, t.C)
			}
		},
	},
	{
		name: "once within itself",
		bad: func() {
			var once sync.Once
			var f func()
			f = func() { rt.OnceDo(at+2, &once, f) }
			rt.OnceDo(at+1, &once, f)
		},
		kind: explore.Deadlock, where: []int{2},
		good: func() {
			var once sync.Once
			f := rt.OnceFunc(func() { rt.OnceDo(at+2, &once, func() {}) })
			rt.Go(at, f)
			f()
		},
	},
	{
		name: "ticker loop that outlives the test",
		bad: func() {
			ticker := rt.T(at).NewTicker(time.Minute)
			rt.Go(at, func() {
				for {
					rt.Recv(at+1, ticker.C)
				}
			})
		},
		kind: explore.Running, where: []int{1}, says: "still run",
		good: func() {
			ticker := rt.T(at).NewTicker(time.Minute)
			stop := make(chan struct{})
			defer rt.Close(at+2, stop)
			rt.Go(at, func() {
				for rt.Select(at+1, false, rt.SelRecv(ticker.C), rt.SelRecv(stop)) == 0 {
				}
			})
		},
		open: true,
	},
	{
		name: "two that poll for each other",
		bad: func() {
			var a, b sync.Mutex
			rt.Go(at, func() { poll(&a, &b) })
			poll(&b, &a)
		},
		kind: explore.Livelock, where: []int{1, 1}, says: "polled",
		good: func() {
			var a, b sync.Mutex
			rt.Go(at, func() { poll(&a, &b) })
			poll(&a, &b)
		},
		open: true,
	},
	{
		name: "panic of the program's own",
		bad: func() {
			ch := make(chan int, 1)
			rt.Go(at, func() { rt.Send(at, ch).V(1) })
			if rt.Select(at+1, true, rt.SelRecv(ch)) < 0 {
				panic(errors.New("too early"))
			}
		},
		kind: explore.Panic, where: []int{1}, says: "too early",
		good: func() {
			ch := make(chan int, 1)
			rt.Go(at, func() { rt.Send(at, ch).V(1) })
			defer func() { recover() }()
			if rt.Select(at+1, true, rt.SelRecv(ch)) < 0 {
				panic("too early")
			}
		},
	},
}

// poll takes two locks, the second one by asking for it again and again.
func poll(first, second *sync.Mutex) {
	rt.MuLock(at, first)
	for !rt.MuTryLock(at+1, second) {
	}
	rt.MuUnlock(at, second)
	rt.MuUnlock(at, first)
}

func TestShapes(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			opts := rt.Options{Config: explore.Config{Name: t.Name(), StopAtFirst: true, MaxSteps: 2000, Minimize: true}}
			r, err := rt.Explore(opts, s.bad)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Found) == 0 {
				t.Fatalf("nothing found: %s", r.Summary())
			}
			f := r.Found[0]
			if f.Kind != s.kind || !f.Confirmed {
				t.Errorf("found a %s (%s), confirmed %v; want a %s", f.Kind, f.Detail, f.Confirmed, s.kind)
			}
			if f.Schedule > 20 {
				t.Errorf("found at schedule %d, want at most 20", f.Schedule)
			}
			var where []int
			text := f.Detail
			for _, g := range f.Goroutines {
				where = append(where, g.At.Line)
				text += "\n" + g.Blocked()
			}
			if len(where) < len(s.where) {
				t.Fatalf("it is about lines %v, want %v:\n%s", where, s.where, text)
			}
			for i, line := range s.where {
				if where[i] != line {
					t.Errorf("it is about lines %v, want %v:\n%s", where, s.where, text)
					break
				}
			}
			if !strings.Contains(text, s.says) {
				t.Errorf("the finding does not say %q:\n%s", s.says, text)
			}
			trace, err := explore.ParseTrace(f.Trace)
			if err != nil {
				t.Fatal(err)
			}
			for range 20 {
				again, err := rt.Replay(opts, trace, s.bad)
				if err != nil || len(again.Found) != 1 || again.Found[0].Key != f.Key {
					t.Fatalf("replay of %s: %+v, %v", f.Trace, again.Found, err)
				}
			}
			opts.NoBubble = true // changes nothing where everything is under control
			if plain, err := rt.Explore(opts, s.bad); err != nil || len(plain.Found) == 0 || plain.Found[0].Trace != f.Trace {
				t.Errorf("without a bubble: %+v, %v; want %s", plain.Found, err, f.Trace)
			}
			repaired(t, s.good, s.open)
		})
	}
}

// repaired checks that a program has no bad run: in all, or in 1000 of them.
func repaired(t *testing.T, body func(), open bool) {
	t.Helper()
	opts := rt.Options{Config: explore.Config{Strategy: "sleepsets", Schedules: 20_000, MaxSteps: 2000}}
	if open {
		opts.Strategy, opts.Schedules = "portfolio", 1000
	}
	r, err := rt.Explore(opts, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Found) > 0 {
		t.Errorf("the repaired program has a %s: %s %+v", r.Found[0].Kind, r.Found[0].Detail, r.Found[0].Goroutines)
	}
	if !open && !r.Exhausted.Complete {
		t.Errorf("the repaired program is not exhausted: %s", r.Summary())
	}
}
