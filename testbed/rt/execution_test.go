package rt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

func explored(t *testing.T, opts rt.Options, body func()) *explore.Report {
	t.Helper()
	if opts.Schedules == 0 {
		opts.Schedules = 100
	}
	r, err := rt.Explore(opts, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantNothing fails the test if anything was found.
func wantNothing(t *testing.T, r *explore.Report) {
	t.Helper()
	for _, f := range r.Found {
		t.Errorf("found a %s at schedule %d: %s", f.Kind, f.Schedule, f.Detail)
		for _, g := range f.Goroutines {
			t.Log(g.Blocked(), g.Stack)
		}
	}
}

// wantOne returns the only finding, which must be of the kind.
func wantOne(t *testing.T, r *explore.Report, kind explore.Kind) *explore.Found {
	t.Helper()
	if len(r.Found) != 1 || r.Found[0].Kind != kind {
		for _, f := range r.Found {
			t.Log(f.Kind, f.Detail)
		}
		t.Fatalf("%s; want one %s", r.Summary(), kind)
	}
	return r.Found[0]
}

// TestLeftoversAreKilled checks that an execution leaves nothing behind: its
// goroutines end, their deferred functions run, and the locks that they held
// are free.
func TestLeftoversAreKilled(t *testing.T) {
	var mu sync.Mutex
	var rw sync.RWMutex
	ended := 0
	r := explored(t, rt.Options{Config: explore.Config{Strategy: "dfs0", Schedules: 1}}, func() {
		rt.Go(0, func() {
			defer func() { ended++ }()
			defer rt.MuLock(0, &mu) // blocks: must not hang
			rt.MuLock(0, &mu)
			rt.RWRLock(0, &rw)
			rt.Recv(0, make(chan int))
		})
		rt.Go(0, func() {
			defer func() { ended++ }()
			defer rt.MuUnlock(0, &mu)
			rt.MuLock(0, &mu)
		})
		rt.Go(0, func() {
			defer func() { ended++ }()
			defer func() {
				for { // must not go on for ever
					rt.At(0, &ended)
				}
			}()
			rt.Forever(0)
		})
	})
	wantOne(t, r, explore.Leak)
	if ended != 6 { // the execution, and the replay that confirms the finding
		t.Errorf("%d deferred functions ran, want 6", ended)
	}
	if !mu.TryLock() || !rw.TryLock() {
		t.Error("a lock is still held")
	}
}

// TestManyExecutions checks that executions leave no goroutines behind.
func TestManyExecutions(t *testing.T) {
	r := explored(t, rt.Options{Config: explore.Config{Strategy: "random", Schedules: 2000}}, func() {
		before := rt.NumGoroutine()
		for range 10 {
			rt.Go(0, func() { rt.Recv(0, make(chan int)) })
		}
		if n := rt.NumGoroutine(); n != before+10 {
			panic(fmt.Sprint(n, " goroutines"))
		}
	})
	if f := wantOne(t, r, explore.Leak); f.Count != 2000 {
		t.Errorf("%d executions of 2000 leak", f.Count)
	}
}

func TestVirtualTimeCostsNothing(t *testing.T) {
	began := time.Now()
	r := explored(t, rt.Options{}, func() {
		start := rt.T(0).Now()
		rt.T(0).Sleep(20 * time.Hour)
		if d := rt.T(0).Since(start); d < 20*time.Hour || d > 20*time.Hour+time.Second {
			panic(d.String())
		}
	})
	wantNothing(t, r)
	if d := time.Since(began); d > time.Minute {
		t.Errorf("it took %v", d)
	}
}

// TestPollingLoopsEnd checks that a loop which polls the clock gets somewhere.
func TestPollingLoopsEnd(t *testing.T) {
	r := explored(t, rt.Options{Config: explore.Config{Strategy: "random"}}, func() {
		start := rt.T(0).Now()
		for rt.T(0).Since(start) < 50*time.Microsecond {
			rt.Gosched(0)
		}
	})
	wantNothing(t, r)
	if r.Limited > 0 {
		t.Errorf("%d executions did not end", r.Limited)
	}
}

// TestClockReadings: some time passes between two readings of the clock, under
// every strategy, and sleeps are exact but for that.
func TestClockReadings(t *testing.T) {
	for _, name := range explore.Names() {
		wantNothing(t, explored(t, rt.Options{Config: explore.Config{Strategy: name, Strict: true}}, func() {
			start := rt.T(0).Now()
			if d := rt.T(0).Since(start); d <= 0 && name == "sleepsets" {
				panic(d.String())
			}
			rt.Go(0, func() { rt.T(0).Now() })
			rt.T(0).Sleep(time.Second)
			if d := rt.T(0).Since(start); d < time.Second || d > time.Second+10*time.Microsecond {
				panic(d.String())
			}
		}))
	}
}

// TestStrictTimeHasNoJumps: under strict time a timeout of a second does not
// come before an answer that takes a millisecond; with clock jumps it may.
func TestStrictTimeHasNoJumps(t *testing.T) {
	body := func() {
		res := make(chan int, 1)
		rt.Go(0, func() { rt.T(0).Sleep(time.Millisecond); rt.Send(0, res).V(1) })
		if rt.Select(0, false, rt.SelRecv(res), rt.SelRecv(rt.T(0).After(time.Second))) == 1 {
			panic("timeout")
		}
	}
	wantNothing(t, explored(t, rt.Options{Config: explore.Config{Strict: true}}, body))
	f := wantOne(t, explored(t, rt.Options{}, body), explore.Panic)
	if f.ClockJumps == 0 {
		t.Error("the witness has no clock jump")
	}
}

// TestRandomValuesReplay: what a program draws is drawn again in a replay.
func TestRandomValuesReplay(t *testing.T) {
	body := func() {
		if rt.Rand().Intn(4)+rt.Rand2().IntN(4)+int(rt.RandN(4)) == 9 {
			panic("unlucky")
		}
	}
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 2000}}, body)
	f := wantOne(t, r, explore.Panic)
	if !f.Confirmed || f.Count < 5 || f.Count > 200 { // one in 64 is expected
		t.Errorf("confirmed %v, %d of %d executions", f.Confirmed, f.Count, r.Schedules)
	}
	if r.Exhausted.Complete {
		t.Error("claims to have covered a program that draws random values")
	}
}

func TestMapOrder(t *testing.T) {
	type key struct {
		n int
		s string
		p *int
	}
	numbers := make([]int, 100)
	m := map[any]int{}
	for i := range 100 {
		numbers[i] = 99 - i
		m[key{i / 10, fmt.Sprint(i), &numbers[i]}] = i
		m[i] = i
		m[&numbers[i]] = i
	}
	var first string
	r := explored(t, rt.Options{}, func() {
		var b strings.Builder
		n := 0
		for it := rt.MapIter(0, m); it.Next(); n++ {
			fmt.Fprint(&b, it.Val, " ")
		}
		if n != len(m) {
			panic("entries are missing")
		}
		if first == "" {
			first = b.String()
		} else if first != b.String() {
			panic("another order")
		}
	})
	wantNothing(t, r)
	deleted := 0
	r = explored(t, rt.Options{}, func() {
		m := map[int]bool{1: true, 2: true, 3: true}
		for it := rt.MapIter(0, m); it.Next(); deleted++ {
			delete(m, 2)
		}
	})
	if deleted != 2*(r.Schedules+1) { // with the replay that checks determinism
		t.Errorf("visited %d entries in %d schedules", deleted, r.Schedules)
	}
}

// TestStateBetweenExecutions: package variables that survive are noticed.
func TestStateBetweenExecutions(t *testing.T) {
	calls := 0
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 20}}, func() {
		calls++
		for range calls {
			rt.Gosched(0)
		}
	})
	wantOne(t, r, explore.Nondeterminism)
}

func TestLostValue(t *testing.T) {
	body := func() {
		ch := make(chan int, 1)
		rt.Go(0, func() { rt.Send(at+7, ch).V(1) })
		rt.Select(0, true, rt.SelRecv(ch))
	}
	f := wantOne(t, explored(t, rt.Options{LostValues: true}, body), explore.LostValue)
	if !strings.Contains(f.Detail, "shapes.go:7:1") {
		t.Errorf("the finding does not say where the value was sent: %s", f.Detail)
	}
	wantNothing(t, explored(t, rt.Options{}, body))
}

func TestLockHeldWhileBlocked(t *testing.T) {
	body := func(d time.Duration) func() {
		return func() {
			var mu sync.Mutex
			rt.Go(0, func() { rt.MuLock(at+1, &mu); rt.T(at + 2).Sleep(d); rt.MuUnlock(0, &mu) })
			rt.T(0).Sleep(time.Microsecond)
			rt.MuLock(at+3, &mu)
			rt.MuUnlock(0, &mu)
		}
	}
	opts := rt.Options{LockHeld: time.Second, Config: explore.Config{Strict: true}}
	f := wantOne(t, explored(t, opts, body(2*time.Second)), explore.LockHeld)
	if g := f.Goroutines[0]; g.At.Line != 2 || g.Op != explore.OpSleep || !strings.Contains(f.Detail, "shapes.go:1:1 was held for 2") {
		t.Errorf("finding: %s; %s", f.Detail, g.Blocked())
	}
	wantNothing(t, explored(t, opts, body(time.Millisecond)))
}

// TestStall: work waits while the workers sleep.
func TestStall(t *testing.T) {
	workers := func(n int, block func()) func() {
		return func() {
			jobs := make(chan int, 8)
			var wg sync.WaitGroup
			for range n {
				rt.WgGo(0, &wg, func() {
					for {
						if _, ok := rt.Recv2(0, jobs); !ok {
							return
						}
						block()
					}
				})
			}
			for j := range 6 {
				rt.Send(0, jobs).V(j)
			}
			rt.Close(0, jobs)
			rt.WgWait(0, &wg)
		}
	}
	opts := rt.Options{Stall: time.Second, Config: explore.Config{Strict: true}}
	f := wantOne(t, explored(t, opts, workers(2, func() { rt.T(at + 5).Sleep(time.Second) })), explore.Stall)
	if g := f.Goroutines[0]; g.At.Line != 5 || g.Op != explore.OpSleep || !strings.Contains(f.Detail, "all 2 that serve it were blocked") {
		t.Errorf("finding: %s; %s", f.Detail, g.Blocked())
	}
	wantNothing(t, explored(t, opts, workers(2, func() { rt.Go(0, func() { rt.T(at + 5).Sleep(time.Second) }) })))
}

// TestStallOfSlots: a limit as errgroup has it, a channel of tokens.
func TestStallOfSlots(t *testing.T) {
	limited := func(limit int) func() {
		return func() {
			sem := make(chan struct{}, limit)
			var wg sync.WaitGroup
			for range 4 {
				rt.Send(0, sem).V(struct{}{})
				rt.WgGo(0, &wg, func() {
					rt.T(at + 6).Sleep(time.Second)
					rt.Recv(0, sem)
				})
			}
			rt.WgWait(0, &wg)
		}
	}
	opts := rt.Options{Stall: time.Second, Config: explore.Config{Strict: true, Schedules: 50}}
	f := wantOne(t, explored(t, opts, limited(2)), explore.Stall)
	if f.Goroutines[0].At.Line != 6 || !strings.Contains(f.Detail, "waited for a slot") {
		t.Errorf("finding: %s; %s", f.Detail, f.Goroutines[0].Blocked())
	}
	wantNothing(t, explored(t, opts, limited(4)))
}

// TestPool repeats the measurement that made slots worth modelling: a blocking
// call on a worker delays tasks that have nothing to do with it.
func TestPool(t *testing.T) {
	measure := func(spawn func(*rt.Pool, func())) rt.PoolStats {
		var stats rt.PoolStats
		r := explored(t, rt.Options{Config: explore.Config{Strict: true, Strategy: "random", Schedules: 20, MaxSteps: 100_000}}, func() {
			p := rt.NewPool(4)
			for i := range 100 {
				if i%20 == 0 {
					spawn(p, func() { rt.T(at + 8).Sleep(time.Second) })
				}
				p.Spawn(0, func() { rt.T(0).Sleep(100 * time.Microsecond) })
			}
			stats = p.Close()
		})
		wantNothing(t, r)
		return stats
	}
	bad := measure(func(p *rt.Pool, f func()) { p.Spawn(0, f) })
	good := measure(func(p *rt.Pool, f func()) { p.SpawnBlocking(0, f) })
	most := func(s rt.PoolStats) time.Duration { return s.Delays[len(s.Delays)-1] }
	if len(bad.Delays) != 105 || len(good.Delays) != 100 {
		t.Errorf("%d and %d tasks were measured, want 105 and 100", len(bad.Delays), len(good.Delays))
	}
	if most(bad) < time.Second || most(good) > 10*time.Millisecond {
		t.Errorf("longest delay %v with blocking calls on workers, %v with goroutines for them", most(bad), most(good))
	}
	if b := bad.Blocked[0]; b.At.Line != 8 || b.Time < 5*time.Second || b.Op != explore.OpSleep {
		t.Errorf("blocked time is charged to %+v, want 5s at line 8", b)
	}
	if bad.Longest < time.Second || good.Longest > time.Millisecond || bad.Steals == 0 {
		t.Errorf("longest tasks %v and %v, %d steals", bad.Longest, good.Longest, bad.Steals)
	}
}

// TestForeignBlocking: pipes of package io block in native channels and locks.
func TestForeignBlocking(t *testing.T) {
	body := func() {
		r, w := io.Pipe()
		done := make(chan string)
		rt.Go(0, func() {
			b, err := io.ReadAll(r)
			rt.Send(0, done).V(fmt.Sprint(string(b), err))
		})
		for _, s := range []string{"one ", "two ", "three "} {
			if _, err := io.WriteString(w, s); err != nil {
				panic(err)
			}
			rt.Gosched(0)
		}
		w.Close()
		if s := rt.Recv(0, done); s != "one two three <nil>" {
			panic(s)
		}
	}
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 300}}, body)
	wantNothing(t, r)
	if len(r.Uncontrolled) == 0 {
		t.Error("the report does not say that there are calls out of control")
	}
	stuck := explored(t, rt.Options{Config: explore.Config{Schedules: 1}}, func() {
		r, _ := io.Pipe()
		io.ReadAll(r)
	})
	if f := stuck.Found; len(f) == 0 || f[0].Kind != explore.BlockedOutside {
		t.Errorf("a pipe that nobody writes to: %s", stuck.Summary())
	}
}

// TestForeignGoroutines: uninstrumented code calls back on a goroutine of its
// own, and closes channels of ours.
func TestForeignGoroutines(t *testing.T) {
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 100}}, func() {
		var mu sync.Mutex
		n := 0
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan int)
		context.AfterFunc(ctx, func() { // on a native goroutine
			rt.MuLock(0, &mu)
			n++
			rt.MuUnlock(0, &mu)
			rt.Send(0, done).V(n)
		})
		rt.Go(0, func() {
			rt.Recv(0, ctx.Done())
			rt.Send(0, done).V(0)
		})
		rt.Gosched(0)
		cancel()
		if rt.Recv(0, done)+rt.Recv(0, done) != 1 {
			panic("the callback did not run once")
		}
	})
	wantNothing(t, r)
}

// TestGoroutinesFromBefore: a server that was started before the exploration
// answers natively. When it does is not controlled, but nothing is stuck.
func TestGoroutinesFromBefore(t *testing.T) {
	requests, answers := make(chan int), make(chan int)
	defer close(requests)
	go func() {
		for r := range requests {
			answers <- 2 * r
		}
	}()
	time.Sleep(time.Millisecond)
	kinds := []explore.Kind{explore.Deadlock, explore.Leak, explore.Panic, explore.BlockedOutside}
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 50, Only: kinds}}, func() {
		rt.Send(0, requests).V(21)
		if rt.Recv(0, answers) != 42 {
			panic("wrong answer")
		}
	})
	wantNothing(t, r)
}

var used, old sync.WaitGroup

// TestPackageState: what an execution leaves in use is given back to the next
// one, and what was in use before it stays.
func TestPackageState(t *testing.T) {
	old.Add(1000) // in an init function, say
	r := explored(t, rt.Options{Config: explore.Config{Strategy: "random", Schedules: 20}}, func() {
		rt.WgAdd(0, &used, 3)
		rt.WgDone(0, &used)
		rt.WgDone(0, &old)
	})
	wantNothing(t, r)
	used.Wait()
}

// TestForeignTimers: time passes for code that is not instrumented too.
func TestForeignTimers(t *testing.T) {
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 50}}, func() {
		done, ctx := make(chan int), context.Background()
		ctx, cancel := context.WithTimeout(ctx, time.Minute) // the native one
		defer cancel()
		rt.Go(0, func() { rt.Recv(0, ctx.Done()); rt.Send(0, done).V(1) })
		rt.Recv(0, done)
		began := rt.T(0).Now()
		time.Sleep(time.Second) // native: outside
		if d := rt.T(0).Since(began); d < time.Second || d > 2*time.Second {
			panic(d.String())
		}
	})
	wantNothing(t, r)
}

// TestWatchdog: what blocks in the operating system is noticed by the clock.
func TestWatchdog(t *testing.T) {
	for _, bubble := range []bool{true, false} {
		pr, pw, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		opts := rt.Options{Watchdog: 50 * time.Millisecond, NoBubble: !bubble, Config: explore.Config{Schedules: 1, StopAtFirst: true}}
		r := explored(t, opts, func() {
			rt.Gosched(at + 9)
			pr.Read(make([]byte, 1))
		})
		if len(r.Found) == 0 || r.Found[0].Kind != explore.BlockedOutside {
			t.Errorf("bubble %v: %s, want stuck", bubble, r.Summary())
		}
		pw.Close() // lets the goroutine go
		time.Sleep(10 * time.Millisecond)
		pr.Close()
		wantNothing(t, explored(t, rt.Options{Config: explore.Config{Schedules: 10}}, func() { rt.Gosched(0) }))
	}
}

func TestTesting(t *testing.T) {
	var cleanups int
	body := rt.Testing("TestX", func(t *testing.T) {
		t.Cleanup(func() { cleanups++ })
		ctx := t.Context()
		rt.Go(0, func() { rt.Recv(0, ctx.Done()) })
		flag := make(chan int, 1)
		rt.Go(0, func() { rt.Send(0, flag).V(1) })
		if !rt.TRun(0, t, "sub", func(t *testing.T) {
			rt.Gosched(0)
			if rt.Select(0, true, rt.SelRecv(flag)) < 0 {
				t.Fatalf("%s: nothing came", t.Name())
			}
		}) {
			t.Log("the subtest failed")
		}
	})
	r := explored(t, rt.Options{Config: explore.Config{Schedules: 50}}, body)
	f := wantOne(t, r, explore.TestFailed)
	if !strings.Contains(f.Goroutines[0].Stack, "TestX/sub: nothing came") {
		t.Errorf("the finding does not say what the test printed: %q", f.Goroutines[0].Stack)
	}
	if f.Count == r.Schedules || cleanups < r.Schedules {
		t.Errorf("%d of %d failed, %d cleanups", f.Count, r.Schedules, cleanups)
	}
	stuck := rt.Testing("TestY", func(t *testing.T) {
		rt.TRun(0, t, "sub", func(t *testing.T) { rt.Recv(at+3, make(chan int)) })
	})
	f = wantOne(t, explored(t, rt.Options{Config: explore.Config{Schedules: 50}}, stuck), explore.Deadlock)
	if f.Goroutines[0].At.Line != 3 {
		t.Errorf("stuck at %s", f.Goroutines[0].At)
	}
	wild := rt.Testing("TestZ", func(t *testing.T) {
		rt.TRun(0, t, "sub", func(t *testing.T) { panic("wild") })
	})
	if f = wantOne(t, explored(t, rt.Options{Config: explore.Config{Schedules: 50}}, wild), explore.Panic); f.Detail != "wild" {
		t.Errorf("panic %q", f.Detail)
	}
}

func TestStaleTrace(t *testing.T) {
	trace := &explore.Trace{Source: rt.SourceHash() + 1, Name: "TestX"}
	_, err := rt.Replay(rt.Options{}, trace, func() {})
	if !errors.Is(err, explore.ErrTraceStale) {
		t.Errorf("error %v, want one that says the trace is stale", err)
	}
}

// TestTracesAreShort keeps the size of a trace of an ordinary witness in bounds.
func TestTracesAreShort(t *testing.T) {
	r := explored(t, rt.Options{Config: explore.Config{Name: "TestX"}}, shapes[0].bad)
	if f := wantOne(t, r, explore.Deadlock); len(f.Trace) > 80 {
		t.Errorf("the trace %s has %d bytes", f.Trace, len(f.Trace))
	}
}

// TestReflect: channels known as values of package reflect meet typed ones, in
// every order.
func TestReflect(t *testing.T) {
	body := func() {
		a, b := make(chan int), make(chan string, 1)
		va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
		rt.Go(0, func() { rt.Send(0, a).V(7) })
		rt.Go(0, func() { rt.ReflectSend(0, vb, reflect.ValueOf("x")) })
		rt.Go(0, func() { rt.ReflectSend(0, vb, reflect.ValueOf("y")) })
		cases := []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: va}, {Dir: reflect.SelectRecv, Chan: vb}, {Dir: reflect.SelectRecv}}
		got := map[string]int{}
		for range 3 {
			_, v, ok := rt.ReflectSelect(0, cases)
			got[fmt.Sprint(v, ok)]++
		}
		if len(got) != 3 || got["7 true"] != 1 || got["x true"] != 1 || got["y true"] != 1 {
			panic(fmt.Sprint(got))
		}
		rt.Go(0, func() { rt.ReflectClose(0, va) })
		if v, ok := rt.ReflectRecv(0, va); ok || v.Int() != 0 {
			panic("received from a closed channel")
		}
		if _, ok := rt.ReflectTryRecv(0, vb); ok {
			panic("received from an empty channel")
		}
		if !rt.ReflectTrySend(0, vb, reflect.ValueOf("z")) || rt.Recv(0, b) != "z" {
			panic("not sent")
		}
	}
	r := explored(t, rt.Options{Config: explore.Config{Strategy: "sleepsets", Schedules: 100_000}}, body)
	wantNothing(t, r)
	if !r.Exhausted.Complete {
		t.Errorf("not exhausted: %s", r.Summary())
	}
}
