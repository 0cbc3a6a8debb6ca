package explore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/explore/exploretest"
)

// A lister is a search of all runs without any reduction, kept apart from the
// strategies under test.
type lister struct {
	m       exploretest.Model
	runs    int
	keys    map[explore.Key]bool
	classes map[string]bool // of runs that differ in the order of independent steps only
}

// list visits every run of a script.
func list(s exploretest.Script) *lister {
	l := &lister{m: exploretest.Model{Script: s}, keys: map[explore.Key]bool{}, classes: map[string]bool{}}
	l.visit(nil)
	return l
}

func (l *lister) visit(path []int) {
	l.m.Reset()
	var steps []step
	for _, i := range path {
		g := l.m.Enabled(nil, false)[i].G
		f := l.m.Step(i, nil)
		steps = append(steps, step{g, slices.Clone(f)})
	}
	findings, done := l.m.Verdict()
	n := len(l.m.Enabled(nil, false))
	if done || n == 0 {
		l.runs++
		for _, f := range findings {
			l.keys[f.Key] = true
		}
		l.classes[class(steps)] = true
		return
	}
	for i := range n {
		l.visit(append(slices.Clone(path), i))
	}
}

type step struct {
	g int
	f explore.Footprint
}

// class is the Foata normal form of a run: each step in the earliest layer that
// the steps it depends on allow.
func class(steps []step) string {
	layers := make([][]int, len(steps)+1)
	depth := make([]int, len(steps))
	for i, s := range steps {
		for j := range i {
			if d := depth[j] + 1; d > depth[i] && (steps[j].g == s.g || overlap(steps[j].f, s.f)) {
				depth[i] = d
			}
		}
		layers[depth[i]] = append(layers[depth[i]], s.g)
	}
	var b strings.Builder
	for _, l := range layers {
		slices.Sort(l)
		fmt.Fprint(&b, l)
	}
	return b.String()
}

func overlap(f, g explore.Footprint) bool {
	return slices.ContainsFunc(f, func(x uint32) bool { return slices.Contains(g, x) })
}

// script returns a program of goroutines that the root starts after it has used
// every object once, so that their numbers are the same in every run.
func script(objects int, goroutines ...[]exploretest.Instr) exploretest.Script {
	s := exploretest.Script{Objects: make([]explore.Sync, objects)}
	var root []exploretest.Instr
	for i := range objects {
		root = append(root, exploretest.Instr{Op: explore.OpAtomic, Obj: i})
	}
	for g := range goroutines {
		root = append(root, exploretest.Instr{Op: explore.OpGo, Obj: g + 1})
	}
	s.Goroutines = append([][]exploretest.Instr{root}, goroutines...)
	return s
}

func atomics(obj, n int) (code []exploretest.Instr) {
	for range n {
		code = append(code, exploretest.Instr{Op: explore.OpAtomic, Obj: obj})
	}
	return code
}

var lock, unlock = explore.OpLock, explore.OpUnlock

// abba is the classic: two locks taken in opposite orders.
var abba = script(2,
	[]exploretest.Instr{{Op: lock, Obj: 0}, {Op: lock, Obj: 1}, {Op: unlock, Obj: 1}, {Op: unlock, Obj: 0}},
	[]exploretest.Instr{{Op: lock, Obj: 1}, {Op: lock, Obj: 0}, {Op: unlock, Obj: 0}, {Op: unlock, Obj: 1}},
)

func run(t *testing.T, s exploretest.Script, c explore.Config) *explore.Report {
	t.Helper()
	r, err := explore.Explore(explore.Stepped(&exploretest.Model{Script: s}), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSleepSetsCoverEachClassOnce(t *testing.T) {
	tests := []struct {
		name string
		s    exploretest.Script
		want int // classes, worked out by hand; 0 for not
	}{
		{"independent", script(2, atomics(0, 3), atomics(1, 3)), 1},
		{"one conflict", script(1, atomics(0, 1), atomics(0, 1)), 2},
		{"two by two", script(1, atomics(0, 2), atomics(0, 2)), 6},
		{"three by two", script(1, atomics(0, 3), atomics(0, 2)), 10},
		{"three goroutines", script(1, atomics(0, 1), atomics(0, 1), atomics(0, 1)), 6},
		{"abba", abba, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := list(test.s)
			r := run(t, test.s, explore.Config{Strategy: "sleepsets", Strict: true, Schedules: 1 << 20})
			c := r.Exhausted
			if !c.Complete {
				t.Fatalf("not exhausted after %d schedules", r.Schedules)
			}
			if got := c.Runs - c.Redundant; got != len(all.classes) || test.want != 0 && got != test.want {
				t.Errorf("%d complete runs, want one for each of the %d classes (by hand: %d); %d runs in all", got, len(all.classes), test.want, all.runs)
			}
		})
	}
}

// TestSearchesAgree runs random scripts through every search that claims to be
// complete, and compares the findings with those of the plain list of all runs.
func TestSearchesAgree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	reduced, plain := 0, 0
	for n := range 80 {
		s := exploretest.Random(rnd, 2, 2)
		all := list(s)
		if all.runs > 20_000 {
			continue
		}
		plain += all.runs
		for _, name := range []string{"sleepsets", "dfs"} {
			c := explore.Config{Strategy: name, Strict: true, Schedules: 1 << 20}
			if name == "dfs" {
				c.Strategy, c.Use = "", explore.DelayBounded(1000, false)
			}
			r := run(t, s, c)
			if name == "sleepsets" {
				if !r.Exhausted.Complete {
					t.Fatalf("script %d: sleep sets did not end", n)
				}
				reduced += r.Schedules
			} else if r.Schedules != all.runs {
				t.Errorf("script %d: depth-first search made %d runs, there are %d", n, r.Schedules, all.runs)
			}
			got := map[explore.Key]bool{}
			for _, f := range r.Found {
				got[f.Key] = true
			}
			if len(got) != len(all.keys) {
				t.Errorf("script %d: %s found %d distinct outcomes, there are %d", n, name, len(got), len(all.keys))
			}
		}
	}
	t.Logf("%d runs in all, %d with sleep sets", plain, reduced)
	if reduced*2 > plain {
		t.Errorf("sleep sets made %d runs of %d: no reduction", reduced, plain)
	}
}

func TestDelayBoundCountsRuns(t *testing.T) {
	// Two goroutines of two conflicting steps each besides the start, and a root
	// that has nothing to do after it has started them. With no delay there is
	// one run; each choice point on the undisturbed run adds one for each option
	// within the bound.
	s := script(1, atomics(0, 2), atomics(0, 2))
	var last int
	for bound, want := range []int{1, 0, 0} {
		r := run(t, s, explore.Config{Use: explore.DelayBounded(bound, false), Schedules: 1 << 20})
		if r.Exhausted.Bound != fmt.Sprintf("runs with at most %d delays", bound) {
			t.Errorf("bound %d: exhausted %+v", bound, r.Exhausted)
		}
		if want != 0 && r.Schedules != want || r.Schedules <= last {
			t.Errorf("bound %d: %d runs (want %d), after %d with a smaller bound", bound, r.Schedules, want, last)
		}
		last = r.Schedules
	}
	if all := list(s).runs; last >= all {
		t.Errorf("two delays gave %d runs of %d: not a bound", last, all)
	}
}

func TestEveryStrategyFindsABBA(t *testing.T) {
	for _, name := range explore.Names() {
		if name == "dfs0" {
			continue // needs a preemption
		}
		r := run(t, abba, explore.Config{Strategy: name, Name: "TestABBA", Source: 42})
		if len(r.Found) != 1 || r.Found[0].Kind != explore.Leak {
			t.Errorf("%s: found %+v, want one leak", name, r.Found)
			continue
		}
		f := r.Found[0]
		if !f.Confirmed {
			t.Errorf("%s: the witness was not confirmed", name)
		}
		trace, err := explore.ParseTrace(f.Trace)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			again, err := explore.Replay(explore.Stepped(&exploretest.Model{Script: abba}), explore.Config{Name: "TestABBA", Source: 42}, trace)
			if err != nil || len(again.Found) != 1 || again.Found[0].Key != f.Key {
				t.Fatalf("%s: replay of %s: %+v, %v", name, f.Trace, again.Found, err)
			}
		}
	}
	if r := run(t, abba, explore.Config{Strategy: "dfs0"}); len(r.Found) != 0 || r.Schedules != 1 {
		t.Errorf("dfs0: %d schedules, %d findings; want 1 and 0", r.Schedules, len(r.Found))
	}
}

func TestSameSeedSameRuns(t *testing.T) {
	for _, name := range explore.Names() {
		var sums [2]int64
		for i := range sums {
			r := run(t, abba, explore.Config{Strategy: name, Seed: 7, Schedules: 200})
			sums[i] = r.Steps<<20 + int64(r.Failing)
		}
		if sums[0] != sums[1] {
			t.Errorf("%s: two explorations with one seed differ", name)
		}
	}
}

// TestPortfolioEnds checks that the portfolio stops when the search with sleep
// sets has covered everything.
func TestPortfolioEnds(t *testing.T) {
	s := script(1, atomics(0, 2), atomics(0, 2))
	r := run(t, s, explore.Config{Schedules: 1000, Strict: true})
	if !r.Exhausted.Complete || r.Schedules >= 1000 || len(r.Found) != 0 {
		t.Errorf("%d schedules, exhausted %+v, %d findings", r.Schedules, r.Exhausted, len(r.Found))
	}
	if want := "exhausted: "; !strings.HasPrefix(r.Summary(), want) {
		t.Errorf("summary %q, want it to begin with %q", r.Summary(), want)
	}
}

func TestMinimizeFindsFewestPreemptions(t *testing.T) {
	// Noise: the goroutines take other locks first, so that a random witness has
	// many switches. One is enough.
	noise := func(obj int) (code []exploretest.Instr) {
		for range 6 {
			code = append(code, exploretest.Instr{Op: lock, Obj: obj}, exploretest.Instr{Op: unlock, Obj: obj})
		}
		return code
	}
	s := script(4, append(noise(2), abba.Goroutines[1]...), append(noise(3), abba.Goroutines[2]...))
	plain := run(t, s, explore.Config{Strategy: "random", StopAtFirst: true})
	least := run(t, s, explore.Config{Strategy: "random", StopAtFirst: true, Minimize: true})
	if len(plain.Found) != 1 || len(least.Found) != 1 {
		t.Fatal("not found")
	}
	p, l := plain.Found[0], least.Found[0]
	if l.Preemptions != 1 || !l.Minimal || l.Key != p.Key || !l.Confirmed {
		t.Errorf("witness has %d preemptions (minimal: %v), want 1; before it had %d", l.Preemptions, l.Minimal, p.Preemptions)
	}
	if p.Preemptions <= 1 || len(l.Trace) >= len(p.Trace) {
		t.Errorf("nothing to simplify: %d preemptions, traces of %d and %d bytes", p.Preemptions, len(p.Trace), len(l.Trace))
	}
}

func TestStepLimit(t *testing.T) {
	r := run(t, abba, explore.Config{Strategy: "sleepsets", Strict: true, MaxSteps: 4})
	if r.Limited != r.Schedules-redundant(r) || r.Exhausted.Complete || len(r.Found) != 0 {
		t.Errorf("limited %d of %d, exhausted %+v", r.Limited, r.Schedules, r.Exhausted)
	}
	if len(r.LimitedRuns) == 0 {
		t.Error("no limited run is kept")
	}
}

func redundant(r *explore.Report) int { return r.Exhausted.Redundant }

// moody is a program that does not do the same thing twice.
type moody struct{ n int }

func (m *moody) Execute(r *explore.Run) explore.Outcome {
	m.n++
	r.Mix(uint64(m.n))
	return explore.Outcome{}
}

func TestNondeterminismIsNoticed(t *testing.T) {
	r, err := explore.Explore(&moody{}, explore.Config{Schedules: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Found) != 1 || r.Found[0].Kind != explore.Nondeterminism {
		t.Errorf("found %+v, want nondeterminism", r.Found)
	}
	if r.Exhausted.Runs != 0 {
		t.Errorf("claims to have covered %+v", r.Exhausted)
	}
}

func TestUnknownStrategy(t *testing.T) {
	_, err := explore.Explore(&moody{}, explore.Config{Strategy: "magic"})
	if err == nil || !strings.Contains(err.Error(), "portfolio") {
		t.Errorf("error %v, want one that lists the strategies", err)
	}
}

func TestTraceRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		want := &explore.Trace{Source: rnd.Uint64(), Name: "TestX/a b:c", Jumps: rnd.IntN(2) == 0, StepCost: int64(rnd.IntN(200)), Seed: rnd.Uint64(), Hash: rnd.Uint32()}
		for range rnd.IntN(40) {
			want.Choices = append(want.Choices, uint32(max(0, rnd.IntN(20)-12)))
		}
		for len(want.Choices) > 0 && want.Choices[len(want.Choices)-1] == 0 {
			want.Choices = want.Choices[:len(want.Choices)-1] // as recorded ones
		}
		got, err := explore.ParseTrace(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() || !slices.Equal(got.Choices, want.Choices) || got.Name != want.Name {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

func TestTraceRefusals(t *testing.T) {
	good := (&explore.Trace{Source: 7, Name: "TestX", Choices: []uint32{0, 0, 3}}).String()
	flipped := []byte(good)
	flipped[len(flipped)-5] ^= 1
	for _, test := range []struct {
		text string
		want error
	}{
		{"", explore.ErrTraceFormat},
		{"hello", explore.ErrTraceFormat},
		{"al0:7:TestX:AAAA", explore.ErrTraceVersion},
		{"al2:whatever", explore.ErrTraceVersion},
		{"al1:7:TestX", explore.ErrTraceDamaged},
		{"al1:?:TestX:AAAA", explore.ErrTraceDamaged},
		{"al1:7:TestX:", explore.ErrTraceDamaged},
		{string(flipped), explore.ErrTraceDamaged},
		{good[:len(good)-1], explore.ErrTraceDamaged},
	} {
		if _, err := explore.ParseTrace(test.text); !errors.Is(err, test.want) {
			t.Errorf("%q: error %v, want %v", test.text, err, test.want)
		}
	}
	trace, err := explore.ParseTrace(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := trace.Check(7); err != nil {
		t.Error(err)
	}
	_, err = explore.Replay(&moody{}, explore.Config{Source: 8}, trace)
	if !errors.Is(err, explore.ErrTraceStale) || !strings.Contains(err.Error(), "explore again") {
		t.Errorf("error %v, want one that says the trace is stale and what to do", err)
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add((&explore.Trace{Source: 7, Name: "TestX", Choices: []uint32{0, 0, 3}}).String())
	f.Add("al1:0:x:AWQAt8XNBQUBw8w")
	f.Fuzz(func(t *testing.T, s string) {
		trace, err := explore.ParseTrace(s)
		if err == nil {
			if again, err := explore.ParseTrace(trace.String()); err != nil || again.String() != trace.String() {
				t.Errorf("%q does not survive a round trip: %v", s, err)
			}
		}
	})
}
