package rt_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/explore/exploretest"
	"github.com/asynclint/asynclint/testbed/rt"
)

// perform runs a script on real objects under control.
func perform(s exploretest.Script) {
	var (
		unbuffered = make(chan int)
		buffered   = make(chan int, s.Objects[exploretest.Buffered].Cap)
		mu         sync.Mutex
		rw         sync.RWMutex
		wg         sync.WaitGroup
		cond       = sync.NewCond(&mu)
		shared     int
	)
	channel := func(obj int) chan int {
		if obj == exploretest.Unbuffered {
			return unbuffered
		}
		return buffered
	}
	var thread func(g int)
	thread = func(g int) {
		for pc, in := range s.Goroutines[g] {
			site := rt.Site(1<<20 + g<<8 + pc) // distinct, and of no file
			switch in.Op {
			case explore.OpGo:
				rt.Go(site, func() { thread(in.Obj) })
			case explore.OpSend:
				rt.Send(site, channel(in.Obj)).V(g)
			case explore.OpRecv:
				rt.Recv(site, channel(in.Obj))
			case explore.OpClose:
				rt.Close(site, channel(in.Obj))
			case explore.OpAtomic:
				rt.At(site, &shared)
			case explore.OpYield:
				rt.Gosched(site)
			case explore.OpAdd:
				rt.WgAdd(site, &wg, 1)
			case explore.OpDone:
				rt.WgDone(site, &wg)
			case explore.OpWait:
				rt.WgWait(site, &wg)
			case explore.OpCondWait:
				rt.CondWait(site, cond)
			case explore.OpSignal:
				rt.CondSignal(site, cond)
			case explore.OpBroadcast:
				rt.CondBroadcast(site, cond)
			case explore.OpLock:
				if in.Obj == exploretest.Mutex {
					rt.MuLock(site, &mu)
				} else {
					rt.RWLock(site, &rw)
				}
			case explore.OpTryLock:
				if in.Obj == exploretest.Mutex {
					rt.MuTryLock(site, &mu)
				} else {
					rt.RWTryLock(site, &rw)
				}
			case explore.OpUnlock:
				if in.Obj == exploretest.Mutex {
					rt.MuUnlock(site, &mu)
				} else {
					rt.RWUnlock(site, &rw)
				}
			case explore.OpRLock:
				rt.RWRLock(site, &rw)
			case explore.OpTryRLock:
				rt.RWTryRLock(site, &rw)
			case explore.OpRUnlock:
				rt.RWRUnlock(site, &rw)
			default:
				panic(fmt.Sprint("no such instruction: ", in.Op))
			}
		}
	}
	thread(0)
}

// A recorder walks at random and keeps what it saw and did.
type recorder struct {
	explore.Strategy
	views [][]explore.Action
	picks []int
}

func (r *recorder) Pick(v *explore.View) int {
	i := r.Strategy.Pick(v)
	r.views = append(r.views, slices.Clone(v.Actions))
	r.picks = append(r.picks, i)
	return i
}

// TestLockstep runs random scripts on the real objects under a random schedule,
// and the table of semantics through the same schedule: at every step the same
// operations must be possible, and in the end the same goroutines blocked.
func TestLockstep(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var deadlocks, leaks, faults, clean, steps int
	for n := range 3000 {
		s := exploretest.Random(rnd, 3, 4)
		rec := &recorder{Strategy: explore.Random(false)}
		r, err := rt.Explore(rt.Options{Config: explore.Config{Use: rec, Schedules: 1, Seed: uint64(n), StopAtFirst: true, Strict: true}}, func() { perform(s) })
		if err != nil {
			t.Fatal(err)
		}
		m := exploretest.Model{Script: s}
		m.Reset()
		for i, view := range rec.views {
			got := m.Enabled(nil, false)
			for j := range view {
				view[j].Site = 0
				view[j].Yield = false // depends on what the last step found, which is not semantics
			}
			for j := range got {
				got[j].Yield = false
			}
			if !slices.Equal(got, view) {
				t.Fatalf("script %d %+v\nstep %d: the table allows %v,\nthe runtime %v", n, s.Goroutines, i, got, view)
			}
			m.Step(rec.picks[i], nil)
			steps++
		}
		findings, _ := m.Verdict()
		want := outcome(findings)
		got := "clean"
		if len(r.Found) > 0 {
			got = r.Found[0].Kind.String()
		}
		if got != want {
			t.Fatalf("script %d %+v: the table says %s, the runtime %s", n, s.Goroutines, want, got)
		}
		if len(r.Found) > 0 && r.Found[0].Kind != explore.Panic {
			var ids []int
			for _, g := range r.Found[0].Goroutines {
				ids = append(ids, g.ID)
			}
			if !slices.Equal(ids, m.Blocked()) {
				t.Fatalf("script %d: blocked %v, want %v", n, ids, m.Blocked())
			}
		}
		switch want {
		case "deadlock":
			deadlocks++
		case "leak":
			leaks++
		case "panic":
			faults++
		default:
			clean++
		}
	}
	t.Logf("%d steps; %d deadlocks, %d leaks, %d faults, %d clean", steps, deadlocks, leaks, faults, clean)
	for _, n := range []int{deadlocks, leaks, faults, clean} {
		if n < 30 {
			t.Error("the scripts are too much alike to mean anything")
		}
	}
}

// TestExhaustiveAgainstTheTable lets the search with sleep sets exhaust random
// scripts on the real objects, and compares what it found with what a search of
// all runs by the table of semantics finds.
func TestExhaustiveAgainstTheTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 9))
	compared, outcomes := 0, 0
	for n := range 200 {
		s := exploretest.Random(rnd, 2, 2)
		want, ok := exploretest.Outcomes(s, 3000)
		if !ok {
			continue
		}
		r, err := rt.Explore(rt.Options{Config: explore.Config{Strategy: "sleepsets", Strict: true, Schedules: 20_000}}, func() { perform(s) })
		if err != nil {
			t.Fatal(err)
		}
		if !r.Exhausted.Complete {
			t.Fatalf("script %d is not exhausted: %s", n, r.Summary())
		}
		var got []string
		for _, f := range r.Found {
			var ids []int
			for _, g := range f.Goroutines {
				ids = append(ids, g.ID)
			}
			got = append(got, exploretest.Outcome(f.Kind, ids))
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Fatalf("script %d %+v: found %v, there are %v", n, s.Goroutines, got, want)
		}
		compared++
		outcomes += len(want)
	}
	if compared < 100 || outcomes < compared {
		t.Errorf("%d scripts with %d outcomes: they mean nothing", compared, outcomes)
	}
}

func outcome(fs []explore.Finding) string {
	if len(fs) == 0 {
		return "clean"
	}
	return fs[0].Kind.String()
}
