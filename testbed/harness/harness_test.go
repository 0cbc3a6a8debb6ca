package harness_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed"
	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/job"
)

// module writes a module of the given files ("name", "text", ...) and builds it.
func module(t *testing.T, cfg harness.Config, files ...string) (*harness.Program, error) {
	t.Helper()
	cfg.Dir = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(cfg.Dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	before := list(t, cfg.Dir)
	programs, err := testbed.Build(t.Context(), cfg, ".")
	if after := list(t, cfg.Dir); !slices.Equal(before, after) {
		t.Errorf("the build changed the module: %v became %v", before, after)
	}
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := programs[0].Close(); err != nil {
			t.Error(err)
		}
	})
	return programs[0], nil
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestDependency explores a test whose bug is in how it uses errgroup: the
// dependency is copied and instrumented without being asked for.
func TestDependency(t *testing.T) {
	sum, err := os.ReadFile(filepath.Join("..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, version, ok := strings.Cut(string(mod), "golang.org/x/sync ")
	if !ok {
		t.Fatal("this module does not require x/sync any more: take another dependency")
	}
	version = strings.Fields(version)[0]
	p, err := module(t, harness.Config{},
		"go.mod", "module m\n\ngo 1.26.0\n\nrequire golang.org/x/sync "+version+"\n", "go.sum", string(sum),
		"m_test.go", `package m_test

import (
	"testing"

	"golang.org/x/sync/errgroup"
)

func TestNested(t *testing.T) {
	var g errgroup.Group
	g.SetLimit(1)
	g.Go(func() error {
		g.Go(func() error { return nil })
		return nil
	})
	g.Wait()
}
`)
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Explore(t.Context(), job.Job{Target: "TestNested", Schedules: 50}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Found) != 1 || report.Found[0].Kind != explore.Deadlock || !report.Found[0].Confirmed {
		t.Fatalf("want one confirmed deadlock, got %s", report.Summary())
	}
	at := report.Found[0].Goroutines[1].At
	if at.File != "errgroup/errgroup.go" || at.Line == 0 {
		t.Errorf("the deadlock is at %s, want a line of errgroup/errgroup.go", at)
	}
}

// TestOutlived explores a test whose package variable keeps its value from
// schedule to schedule: each must get a process of its own, in which the first
// call is the first.
func TestOutlived(t *testing.T) {
	p, err := module(t, harness.Config{}, "go.mod", "module m\n\ngo 1.25\n", "m_test.go", `package m

import "testing"

var calls int

func TestCount(t *testing.T) {
	ch := make(chan int, 1)
	calls++
	if calls > 1 {
		ch <- 0
		ch <- 0 // only in the second call
	}
	go func() { ch <- 1 }()
	<-ch
}
`)
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Explore(t.Context(), job.Job{Target: "TestCount", Schedules: 12}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Schedules != 12 || report.Strategy != "isolated" || len(report.Found) > 0 {
		t.Errorf("want 12 isolated schedules and no finding, got %s by %s", report.Summary(), report.Strategy)
	}
}

// TestWithoutSites explores a test in whose files nothing has a position: random
// values are under control all the same.
func TestWithoutSites(t *testing.T) {
	p, err := module(t, harness.Config{}, "go.mod", "module m\n\ngo 1.25\n", "m_test.go", `package m

import (
	"math/rand"
	"testing"
)

func TestSeed(t *testing.T) {
	rand.Seed(7)
	first := rand.Uint32()
	rand.Seed(7)
	if rand.Uint32() != first { // natively not so: from go1.24 on Seed does nothing
		t.Error("the values are not the schedule's")
	}
}
`)
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Run(t.Context(), job.Job{Target: "TestSeed", Schedules: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Found) > 0 {
		t.Errorf("got %s", report.Found[0].Kind)
	}
}

// TestRace builds with the race detector: the program runs, and races between
// goroutines are still seen.
func TestRace(t *testing.T) {
	p, err := module(t, harness.Config{Race: true}, "go.mod", "module m\n\ngo 1.25\n", "m_test.go", `package m

import (
	"sync"
	"testing"
)

func TestGuarded(t *testing.T) {
	var mu sync.Mutex
	n := 0
	done := make(chan bool)
	go func() {
		mu.Lock()
		n++
		mu.Unlock()
		done <- true
	}()
	mu.Lock()
	n++
	mu.Unlock()
	<-done
	if n != 2 {
		t.Error(n)
	}
}
`)
	if err != nil {
		if strings.Contains(err.Error(), "cgo") || strings.Contains(err.Error(), "not supported") || strings.Contains(err.Error(), "gcc") {
			t.Skipf("no race detector here: %v", err)
		}
		t.Fatal(err)
	}
	report, err := p.Explore(t.Context(), job.Job{Target: "TestGuarded", Schedules: 100, Strict: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Found) > 0 {
		t.Errorf("want no finding, got %s: %s\n%s", report.Found[0].Kind, report.Found[0].Detail, report.Found[0].Goroutines[0].Stack)
	}
}

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct {
		want  error
		text  string
		files []string
	}{
		"no module":  {harness.ErrLoad, "", []string{"m_test.go", "package m\n"}},
		"type error": {harness.ErrBuild, "undefined: missing", []string{"go.mod", "module m\n\ngo 1.25\n", "m.go", "package m\n\nvar x = missing\n"}},
		"syntax":     {harness.ErrBuild, "expected", []string{"go.mod", "module m\n\ngo 1.25\n", "m.go", "package m\n\nfunc {\n"}},
		"in a test":  {harness.ErrBuild, "undefined: missing", []string{"go.mod", "module m\n\ngo 1.25\n", "m.go", "package m\n", "m_test.go", "package m\n\nvar x = missing\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := module(t, harness.Config{}, test.files...)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %v, want %v with %q", err, test.want, test.text)
			}
		})
	}
}

// TestShapes builds what modules may look like: external tests only, an older
// language, a program with tests, a package that its tests' dependency imports.
func TestShapes(t *testing.T) {
	const test = "import \"testing\"\n\nfunc TestX(t *testing.T) { ch := make(chan int, 1); ch <- 1; for range 1 + len(ch) - len(ch) { <-ch } }\n"
	for name, files := range map[string][]string{
		"external": {"go.mod", "module m\n\ngo 1.25\n", "m_test.go", "package m_test\n\n" + test},
		"main":     {"go.mod", "module m\n\ngo 1.25\n", "main.go", "package main\n\nfunc main() {}\n", "m_test.go", "package main\n\n" + test},
		"both":     {"go.mod", "module m\n\ngo 1.25\n", "m.go", "package m\n", "m_test.go", "package m\n\n" + test, "x_test.go", "package m_test\n\n" + strings.Replace(test, "TestX", "TestY", 1)},
		"old":      {"go.mod", "module m\n\ngo 1.21\n", "m_test.go", "package m\n\n" + strings.Replace(test, "for range 1 + len(ch) - len(ch) ", "", 1)},
		"testmain": {"go.mod", "module m\n\ngo 1.25\n", "m_test.go", "package m\n\nimport \"os\"\n\nfunc TestMain(m *testing.M) { os.Exit(m.Run()) }\n" + strings.Replace(test, "import \"testing\"\n", "", 1) + "\n", "y_test.go", "package m\n"},
		"internal": {"go.mod", "module m\n\ngo 1.25\n", "internal/q/q.go", "package q\n\nfunc F(ch chan int) { ch <- 1 }\n", "m_test.go", "package m\n\nimport (\n\t\"m/internal/q\"\n\t\"testing\"\n)\n\nfunc TestX(t *testing.T) { ch := make(chan int); go q.F(ch); <-ch }\n"},
		"names":    {"go.mod", "module m\n\ngo 1.25\n", "m.go", "package m\n\ntype worker struct{}\n\nfunc testing() {}\n", "m_test.go", "package m_test\n\n" + test},
		"path":     {"go.mod", "module m.example/x-y/v2\n\ngo 1.25\n", "m_test.go", "package xy\n\n" + test},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "testmain" {
				files[3] = strings.Replace(files[3], "import \"os\"", "import (\n\t\"os\"\n\t\"testing\"\n)", 1)
			}
			p, err := module(t, harness.Config{}, files...)
			if err != nil {
				t.Fatal(err)
			}
			for _, target := range p.Targets {
				report, err := p.Run(t.Context(), job.Job{Target: target, Schedules: 5}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if len(report.Found) > 0 || report.Schedules == 0 {
					t.Errorf("%s: want some schedules and no finding, got %s", target, report.Summary())
				}
			}
			if !p.Has("TestX") {
				t.Errorf("targets are %v, without TestX", p.Targets)
			}
			if _, err := p.Run(t.Context(), job.Job{Target: "TestNone"}, nil); !errors.Is(err, harness.ErrTarget) {
				t.Errorf("a test that is not there: got %v", err)
			}
		})
	}
}
