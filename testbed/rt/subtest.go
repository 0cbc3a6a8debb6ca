package rt

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
)

// TRun is t.Run(name, f). The subtest runs on a goroutine of package testing,
// while the caller waits for it: for the scheduler they are one goroutine.
func TRun(s Site, t *testing.T, name string, f func(*testing.T)) bool {
	g := enter()
	if g == nil {
		return t.Run(name, f)
	}
	return g.lend(func(adopt func(*testing.T, func(*testing.T))) bool {
		return t.Run(name, func(t *testing.T) { adopt(t, f) })
	})
}

// lend calls run, in which package testing starts a test on a goroutine of its
// own and waits for it. There adopt makes that goroutine stand for g.
func (g *goroutine) lend(run func(adopt func(*testing.T, func(*testing.T))) bool) bool {
	outer := g.gp
	census.Add(1) // the goroutine that runs f
	ok := run(func(t *testing.T, f func(*testing.T)) {
		g.gp = newIdentity(false)
		defer func() {
			if g.dying() {
				t.SkipNow() // ends the goroutine without an alarm
			}
		}()
		defer func() {
			if r := recover(); r != nil && !g.dying() {
				g.e.panicked(g, r, string(debug.Stack()))
				g.e.schedule(g) // does not return
			}
		}()
		f(t)
	})
	census.Add(-1)
	g.gp = outer
	if g.dying() {
		g.leave()
	}
	return ok
}

// Testing returns a body that runs the test f under package testing, with a
// *testing.T of its own, so that everything a T offers works. If the test fails
// the execution ends with a finding. What the test prints is dropped, except
// that the finding of a recorded execution has it.
//
// The process must have been started with -test.cpu=1: package testing sets
// GOMAXPROCS for each test that it runs.
func Testing(name string, f func(*testing.T)) func() {
	return func() {
		g := enter()
		if g == nil {
			testing.RunTests(anyName, []testing.InternalTest{{Name: name, F: f}})
			return
		}
		output := g.e.redirect()
		defer output.discard() // also when the goroutine is killed
		ok := g.lend(func(adopt func(*testing.T, func(*testing.T))) bool {
			defer output.restore()
			return testing.RunTests(anyName, []testing.InternalTest{{Name: name, F: func(t *testing.T) { adopt(t, f) }}})
		})
		if !ok {
			g.failTest(name, output.text())
		}
	}
}

func anyName(pat, str string) (bool, error) { return true, nil }

// failTest ends the execution because the test failed.
func (g *goroutine) failTest(name, output string) {
	e := g.e
	e.failure = &explore.Finding{Kind: explore.TestFailed, Key: explore.KeyOf(explore.TestFailed, hashString(name)), Detail: "the test failed"}
	if e.run.Recording {
		d := e.describe(g)
		d.State, d.Stack = "ended", output
		e.failure.Goroutines = []explore.Goroutine{d}
		e.event(explore.Event{G: g.id, Kind: explore.EvNote, Note: "the test failed"})
	}
	e.schedule(g)
	g.leave()
}

// A redirection catches what is written to the standard output.
type redirection struct {
	old  *os.File
	file *os.File
	name string // of a temporary file, if the output is wanted
}

// redirect sends the standard output of a test elsewhere: package testing prints
// a failure each time, and there may be thousands.
func (e *exec) redirect() *redirection {
	r := &redirection{old: os.Stdout}
	var err error
	if e.run.Recording {
		if r.file, err = os.CreateTemp("", "asynclint-output-"); err == nil {
			r.name = r.file.Name()
		}
	} else {
		r.file, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	if err == nil {
		os.Stdout = r.file
	}
	return r
}

func (r *redirection) restore() { os.Stdout = r.old }

// text returns what was written.
func (r *redirection) text() string {
	if r.name == "" {
		return ""
	}
	b, err := os.ReadFile(r.name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// discard closes the file and removes it if it was a temporary one.
func (r *redirection) discard() {
	r.restore()
	if r.file != nil {
		r.file.Close()
	}
	if r.name != "" {
		os.Remove(r.name)
	}
}
