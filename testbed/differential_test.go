package testbed_test

import (
	"bytes"
	"fmt"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed"
	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/job"
)

// wrong are the kinds of findings that a program which checks itself must not
// have. Goroutines may stay behind: several of Go's programs leave them.
var wrong = []explore.Kind{explore.Deadlock, explore.Panic, explore.TestFailed, explore.BlockedOutside, explore.Nondeterminism}

// TestConstructs runs a program that checks the meaning of every construct that
// the rewriter replaces: first as it is, then under many schedules.
func TestConstructs(t *testing.T) {
	dir := filepath.Join("testdata", "constructs")
	if out, err := exec.Command("go", "run", "./"+dir).CombinedOutput(); err != nil {
		t.Fatalf("the program itself goes wrong: %v\n%s", err, out)
	}
	for _, cfg := range []harness.Config{{Dir: dir}, {Dir: dir, Atomics: true}} {
		programs, err := testbed.Build(t.Context(), cfg, ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, strategy := range []string{"portfolio", "pct3", "random", "pos"} {
			// The clock is strict: the program waits an hour where nothing is ready.
			exploreClean(t, programs[0], job.Job{Target: job.MainTarget, Strategy: strategy, Schedules: 100, Strict: true})
		}
		if err := programs[0].Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestGoPrograms runs Go's own tests of channels, which check themselves, under
// the scheduler.
func TestGoPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("explores Go's tests of channels")
	}
	dir := t.TempDir()
	names := collectGoPrograms(t, dir)
	programs, err := testbed.Build(t.Context(), harness.Config{Dir: dir}, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			exploreClean(t, programs[0], job.Job{Target: "Test_" + name, Schedules: 10, MaxSteps: 200_000, Strict: true})
		})
	}
	if err := programs[0].Close(); err != nil {
		t.Error(err)
	}
}

func exploreClean(t *testing.T, p *harness.Program, j job.Job) {
	t.Helper()
	j.Only = wrong
	report, err := p.Explore(t.Context(), j, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Found {
		t.Errorf("%s, schedule %d: %s: %s\n%s", j.Strategy, f.Schedule, f.Kind, f.Detail, blocked(f))
	}
	if report.Schedules == 0 {
		t.Errorf("%s: no schedule was tried", j.Target)
	}
}

// uncontrolledProgram says that a program ends its process, reads its command
// line, has a timer among its package variables, which is a real one, or waits
// for a finalizer.
func uncontrolledProgram(src []byte) bool {
	for _, s := range []string{"os.Exit(0)", "os.Args", "\nvar ticker = time.Tick", "runtime.SetFinalizer"} {
		if bytes.Contains(src, []byte(s)) {
			return true
		}
	}
	return false
}

// collectGoPrograms copies Go's programs that test channels into one module.
func collectGoPrograms(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"chan/*.go", "ken/chan*.go", "typeparam/chans.go"} {
		found, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "test", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("this Go was installed without its test programs")
	}
	var names []string
	var imports, tests bytes.Buffer
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(src, []byte("\n// run\n")) && !bytes.HasPrefix(src, []byte("// run\n")) {
			continue // one that must not compile, or that prints a program
		}
		if uncontrolledProgram(src) {
			continue
		}
		name := filepath.Base(filepath.Dir(file)) + "_" + strings.TrimSuffix(filepath.Base(file), ".go")
		one := filepath.Join(dir, "src", name)
		if err := os.MkdirAll(one, 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(one, "main.go"), string(src))
		copyProgram(t, one, filepath.Join(dir, name), name)
		names = append(names, name)
		fmt.Fprintf(&imports, "import %q\n", "programs/"+name)
		fmt.Fprintf(&tests, "func Test_%s(*testing.T) { %s.Main() }\n", name, name)
	}
	write(t, filepath.Join(dir, "go.mod"), "module programs\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "programs.go"), "package programs\n")
	write(t, filepath.Join(dir, "programs_test.go"), "package programs\n\nimport \"testing\"\n"+imports.String()+tests.String())
	return names
}
