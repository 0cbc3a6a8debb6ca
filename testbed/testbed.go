// Package testbed explores the interleavings of a test.
//
//	func TestQueue(t *testing.T) {
//		testbed.Check(t, func(t *testing.T) {
//			q := New()
//			go q.Put(1)
//			q.Close()
//		})
//	}
//
// [Check] runs its function again and again, one goroutine at a time, under a
// scheduler that chooses every interleaving, with a virtual clock. It fails the
// test when a schedule ends in a deadlock, a leaked goroutine, a panic, a lost
// value or the like, and prints the interleaving and a trace that replays it.
//
// The test runs as ever under `go test`. Behind it, Check builds an
// instrumented copy of the package's tests (by -overlay; nothing is written
// into the module) and explores in processes of its own. What a test touches
// that the scheduler does not control (network, other processes, packages that
// were not instrumented) is named in the test's log.
//
// The command `asynclint explore` does the same for tests as they are.
package testbed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/job"
	"github.com/asynclint/asynclint/testbed/witness"
)

// An Option changes what [Check] does.
type Option func(*settings)

type settings struct {
	job   job.Job
	build harness.Config
}

// Schedules is how many schedules are tried; the default is 1000.
func Schedules(n int) Option { return func(s *settings) { s.job.Schedules = n } }

// Strategy names how schedules are chosen; the default is "portfolio", which
// takes the others in turn. [explore.Names] lists them.
func Strategy(name string) Option { return func(s *settings) { s.job.Strategy = name } }

// ClockJumps also tries schedules in which a timer fires although goroutines can
// run, as if they had been slow. It finds bugs that only show then, and fails
// tests that rely on their own timeouts being long enough. Without it the clock
// is strict: it moves when nothing else can happen.
func ClockJumps() Option { return func(s *settings) { s.job.Strict = false } }

// MaxTime is the wall time after which no schedule is begun. The default is
// what is left until the test binary's own deadline, less a reserve.
func MaxTime(d time.Duration) Option { return func(s *settings) { s.job.MaxTime = d } }

// MaxSteps is the number of operations after which a schedule is given up; the
// default is 20000.
func MaxSteps(n int) Option { return func(s *settings) { s.job.MaxSteps = n } }

// Seed makes the random strategies draw other schedules; the default is 0.
func Seed(n uint64) Option { return func(s *settings) { s.job.Seed = n } }

// Only restricts the search to these kinds of findings.
func Only(kinds ...explore.Kind) Option { return func(s *settings) { s.job.Only = kinds } }

// Replay follows one trace, as a failure has printed it, instead of searching.
func Replay(trace string) Option { return func(s *settings) { s.job.Replay = trace } }

// Instrument names dependencies to bring under control too, as import paths or
// patterns such as "example.com/pool/...".
func Instrument(patterns ...string) Option {
	return func(s *settings) { s.build.Instrument = append(s.build.Instrument, patterns...) }
}

// Atomics makes operations of sync/atomic scheduling points.
func Atomics() Option { return func(s *settings) { s.build.Atomics = true } }

// Race builds with the race detector.
func Race() Option { return func(s *settings) { s.build.Race = true } }

// reserve is left of the test binary's time for what follows the search.
const reserve = 10 * time.Second

// Check explores the interleavings of body, which must be able to run any
// number of times, and fails t with the first finding of each kind. It must be
// called by the test function itself or by a subtest of it, always in the same
// order: calls are told apart by their number.
func Check(t *testing.T, body func(*testing.T), options ...Option) {
	t.Helper()
	s := settings{job: job.Job{Strict: true}}
	for _, o := range options {
		o(&s)
	}
	s.build.Dir, s.build.Sources = ".", sources
	s.job.Target, _, _ = strings.Cut(t.Name(), "/")
	s.job.Check = nextCall(t)
	s.job.Minimize = true
	if deadline, ok := t.Deadline(); ok && s.job.MaxTime == 0 {
		s.job.MaxTime = max(time.Until(deadline)-reserve, time.Second)
	}
	program, err := shared.build(t, s.build)
	if err != nil {
		t.Fatalf("testbed: %v", err)
	}
	for _, n := range program.Notes {
		t.Logf("uncontrolled: %s at %s:%d", n.What, n.Pos.Filename, n.Pos.Line)
	}
	var report *explore.Report
	if s.job.Replay != "" {
		report, err = program.Run(t.Context(), s.job, nil)
	} else {
		report, err = program.Explore(t.Context(), s.job, nil)
	}
	if report != nil {
		fail(t, report)
	}
	if err != nil {
		t.Fatalf("testbed: %v", err)
	}
	t.Logf("testbed: %s", report.Summary())
}

// fail reports what was found.
func fail(t *testing.T, report *explore.Report) {
	t.Helper()
	for _, u := range report.Uncontrolled {
		t.Logf("uncontrolled: %s", u)
	}
	for _, f := range report.Found {
		var b strings.Builder
		if err := witness.New(t.Name(), f).WriteTable(&b); err != nil {
			t.Fatal(err)
		}
		t.Errorf("testbed: %s\nreplay it with testbed.Replay(%q) in this call of Check", b.String(), f.Trace)
	}
}

// calls counts the calls of Check by top-level test, which is how an
// instrumented process finds the one that is meant.
var calls = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

func nextCall(t *testing.T) int {
	name, _, _ := strings.Cut(t.Name(), "/")
	calls.Lock()
	defer calls.Unlock()
	calls.of[name]++
	return calls.of[name]
}

// shared keeps the instrumented binary for as long as a test uses it.
var shared programs

type programs struct {
	mu   sync.Mutex
	made map[string]*made
}

type made struct {
	program *harness.Program
	users   int
}

func (p *programs) build(t *testing.T, cfg harness.Config) (*harness.Program, error) {
	key := fmt.Sprintf("%v %v %v", cfg.Instrument, cfg.Race, cfg.Atomics)
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.made[key]
	if m == nil {
		built, err := Build(t.Context(), cfg, ".")
		if err != nil {
			return nil, err
		}
		if len(built) != 1 {
			return nil, errors.New("the directory of the test does not hold one package")
		}
		m = &made{program: built[0]}
		if p.made == nil {
			p.made = map[string]*made{}
		}
		p.made[key] = m
	}
	m.users++
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if m.users--; m.users > 0 {
			return
		}
		delete(p.made, key)
		if err := m.program.Close(); err != nil {
			t.Log(err)
		}
	})
	return m.program, nil
}

// Build instruments the packages that the patterns name, with the runtime that
// belongs to this version of asynclint.
func Build(ctx context.Context, cfg harness.Config, patterns ...string) ([]*harness.Program, error) {
	if cfg.Sources == nil {
		cfg.Sources = Sources()
	}
	return harness.Build(ctx, cfg, patterns...)
}

// Sources are the packages that are compiled into a program under test.
func Sources() fs.FS { return sources }
