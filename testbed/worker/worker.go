// Package worker is the entry of an instrumented test binary that the harness
// has built: it does the one job that the environment describes and writes
// what it comes to into the job's result file.
package worker

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/job"
	"github.com/asynclint/asynclint/testbed/rt"
)

// A target is something that a job can name.
type target struct {
	name string
	body func(*testing.T)
}

var targets []target

// current is the job of this process once Main has begun.
var current *work

// Register makes a test function or a program's main function known. Files
// that the harness generates call it while the program is initialised.
func Register(name string, body func(*testing.T)) { targets = append(targets, target{name, body}) }

// A work is a job being done.
type work struct {
	job.Job
	out  *os.File
	seen int // calls of Check so far
}

// Main does the job. It is the body of the test that the harness adds, so that
// the package's own TestMain has run before.
func Main(t *testing.T) {
	text, ok := os.LookupEnv(job.Env)
	if !ok {
		t.Skip("not started by asynclint")
	}
	w := &work{}
	if err := json.Unmarshal([]byte(text), &w.Job); err != nil {
		t.Fatalf("reading the job: %v", err)
	}
	out, err := os.OpenFile(w.Result, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatalf("opening the result file: %v", err)
	}
	w.out = out
	for _, target := range targets {
		if target.name == w.Target {
			current = w
			w.start(t, target)
			return
		}
	}
	w.send(&job.Message{Error: fmt.Sprintf("there is no test %s in this binary", w.Target)})
}

// start explores the target, or runs it so that its call of Check explores.
func (w *work) start(t *testing.T, target target) {
	if w.Job.Check == 0 {
		w.explore(target.name, target.body)
		return
	}
	t.Run(target.name, target.body)
	if w.seen < w.Job.Check {
		w.send(&job.Message{Error: fmt.Sprintf("%s called testbed.Check %d times, not %d", target.name, w.seen, w.Job.Check)})
	}
}

// Check stands for testbed.Check in instrumented code. options evaluates the
// call's options, which the process that started this one has read.
func Check(t *testing.T, body func(*testing.T), options ...func()) {
	t.Helper()
	if current == nil || current.Job.Check == 0 {
		body(t) // the whole test is explored
		return
	}
	if current.seen++; current.seen == current.Job.Check {
		current.explore(t.Name(), body)
		t.SkipNow()
	}
}

// explore runs the search, or the replay, and reports it.
func (w *work) explore(name string, body func(*testing.T)) {
	opts := w.options()
	run := rt.Testing(name, body)
	if w.Target == job.MainTarget {
		run = func() { body(nil) }
	}
	if w.Replay != "" {
		w.replay(opts, run)
		return
	}
	opts.Progress = w.progress()
	report, err := rt.Explore(opts, run)
	if err != nil {
		w.send(&job.Message{Error: err.Error()})
		return
	}
	w.name(report)
	w.send(&job.Message{Report: report})
}

// name gives the root goroutine the name of what it runs; to the runtime it is
// a function of this package.
func (w *work) name(r *explore.Report) {
	for _, f := range r.Found {
		for i := range f.Goroutines {
			if g := &f.Goroutines[i]; g.ID == 0 {
				g.Name = w.Target
			}
		}
	}
}

func (w *work) replay(opts rt.Options, run func()) {
	trace, err := explore.ParseTrace(w.Replay)
	if err != nil {
		w.send(&job.Message{Error: err.Error()})
		return
	}
	report, err := rt.Replay(opts, trace, run)
	if report != nil {
		w.name(report)
	}
	m := &job.Message{Report: report}
	if err != nil {
		m.Error = err.Error()
	}
	w.send(m)
}

// options is the exploration that the job describes.
func (w *work) options() rt.Options {
	return rt.Options{
		Config: explore.Config{
			Name: w.Name(), Source: rt.SourceHash(), Strategy: w.Strategy,
			Schedules: w.Schedules, MaxTime: w.MaxTime, MaxSteps: w.MaxSteps, Seed: w.Seed, Strict: w.Strict,
			StopAtFirst: w.StopAtFirst, Minimize: w.Minimize, Only: w.Only,
		},
		LostValues: w.LostValues, LockHeld: w.LockHeld, Stall: w.Stall, HandBack: w.HandBack,
	}
}

// progressTime is the least time between two progress messages.
const progressTime = 200 * time.Millisecond

func (w *work) progress() func(*explore.Report) {
	var last time.Duration
	return func(r *explore.Report) {
		if r.Elapsed-last < progressTime {
			return
		}
		last = r.Elapsed
		w.send(&job.Message{Progress: &job.Progress{
			Schedules: r.Schedules, Steps: r.Steps, Findings: len(r.Found), Elapsed: r.Elapsed,
		}})
	}
}

// send writes a message; without a result file there is nobody to tell.
func (w *work) send(m *job.Message) {
	if err := m.Write(w.out); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
