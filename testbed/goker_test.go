package testbed_test

import (
	"flag"
	"fmt"
	"go/build"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed"
	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/goker"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/job"
)

var (
	verbose = flag.Bool("goker.table", false, "print the table of kernels")
	update  = flag.Bool("update", false, "write the generated tables")
)

// Kernels that are not like the others.
var (
	// GOROOT's copy holds the lock throughout and cannot leak: go.dev/issue/75729
	// keeps it in the list, but the search proves that it has no bug.
	clean = map[string]bool{"Moby27782": true}
	// Two loops of 100 000 turns: at the usual step limit the bug is not reached.
	long = map[string]int{"Kubernetes58107": 600_000}
	// Expected leaks besides those of Go's test.
	extra = map[string][]string{
		// Go's test leaves it out because it can also crash; these are the leaks
		// that a comment there names.
		"Kubernetes1321": {`loop.* \[chan send\]`, `testMuxWatcherClose_kubernetes1321\(.* \[sync\.Mutex\.Lock\]`},
		// The same as those of func1.1 there: the name of a literal in a literal
		// that was inlined.
		"Cockroach6181": {`func1\.func2\(.* \[sync\.(RW)?Mutex\.R?Lock\]`},
	}
)

// exposureLimit is within how many schedules the portfolio must expose each kernel.
const exposureLimit = 20

// TestGoKer explores the 63 kernels of real blocking bugs that come with Go:
// each must be exposed within a few schedules, no goroutine may leak that Go's
// own test does not expect, and every trace must replay.
func TestGoKer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and explores 63 programs")
	}
	dir := t.TempDir()
	kernels, err := goker.Write(build.Default.GOROOT, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(kernels) != 63 {
		t.Errorf("%d kernels in this Go, want 63", len(kernels))
	}
	programs, err := testbed.Build(t.Context(), harness.Config{Dir: dir}, ".")
	if err != nil {
		t.Fatal(err)
	}
	program := programs[0]
	t.Cleanup(func() {
		if err := program.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, k := range kernels {
		t.Run(k.Name, func(t *testing.T) { exploreKernel(t, program, k) })
	}
}

func exploreKernel(t *testing.T, program *harness.Program, k *goker.Kernel) {
	j := job.Job{Target: "Test" + k.Name, Schedules: 200, MaxSteps: long[k.Name], Only: []explore.Kind{explore.Deadlock, explore.Leak, explore.Panic}}
	if clean[k.Name] {
		j = job.Job{Target: j.Target, Strategy: "sleepsets", Strict: true, Schedules: 20_000}
	}
	if long[k.Name] > 0 {
		j.Schedules = exposureLimit
	}
	report, err := program.Run(t.Context(), j, nil)
	if err != nil {
		t.Fatal(err)
	}
	if clean[k.Name] {
		if len(report.Found) > 0 || !report.Exhausted.Complete {
			t.Errorf("want a proof that nothing leaks, got %s", report.Summary())
		}
		return
	}
	first := 0
	for _, f := range report.Found {
		if first == 0 || f.Schedule < first {
			first = f.Schedule
		}
		if !f.Confirmed {
			t.Errorf("%s of schedule %d: the trace did not replay in its process: %s", f.Kind, f.Schedule, f.Trace)
		}
		for _, leak := range unexpected(k, f) {
			t.Errorf("%s in schedule %d: Go does not expect this leak: %s", f.Kind, f.Schedule, leak)
		}
	}
	if first == 0 || first > exposureLimit {
		t.Fatalf("first exposed by schedule %d (0 is never), want at most %d; %s", first, exposureLimit, report.Summary())
	}
	replay(t, program, j, report.Found[0])
	if *verbose {
		fmt.Printf("%-18s schedule %2d  %d distinct  %s\n", k.Name, first, len(report.Found), report.Summary())
	}
}

// replays is how often a trace must show its finding again.
const replays = 20

// replay follows the finding's trace, each time in a fresh process.
func replay(t *testing.T, program *harness.Program, j job.Job, f *explore.Found) {
	t.Helper()
	for range replays {
		again, err := program.Run(t.Context(), job.Job{Target: j.Target, Replay: f.Trace, MaxSteps: j.MaxSteps}, nil)
		if err != nil {
			t.Fatalf("replaying %s in a fresh process: %v", f.Trace, err)
		}
		if !slices.ContainsFunc(again.Found, func(g *explore.Found) bool { return g.Key == f.Key }) {
			t.Fatalf("the trace %s, replayed in a fresh process, did not show the %s again", f.Trace, f.Kind)
		}
	}
}

// unexpected lists the finding's stuck goroutines that Go's test does not
// expect. The root is the test's own addition where the kernel never blocks it.
func unexpected(k *goker.Kernel, f *explore.Found) []string {
	if f.Kind == explore.Panic {
		if k.Name == "Kubernetes1321" {
			return nil // the reason why Go's test leaves it out
		}
		return []string{"panic: " + f.Detail}
	}
	leaks := slices.Clone(k.Leaks)
	for _, s := range extra[k.Name] {
		leaks = append(leaks, regexp.MustCompile(s))
	}
	var out []string
	for _, g := range f.Goroutines {
		if g.State != "blocked" {
			continue
		}
		texts := leakTexts(g)
		if !slices.ContainsFunc(leaks, func(re *regexp.Regexp) bool { return slices.ContainsFunc(texts, re.MatchString) }) && !slices.Contains(out, texts[0]) {
			out = append(out, texts[0])
		}
	}
	return out
}

// leakTexts renders a goroutine as Go's test does: the function that it was
// started with, and the wait reason. There are several where the runtime's
// words differ: it names the inner mutex of a RWMutex and of a Once, a select
// with one case is a plain operation to it, and a method that was started
// through an interface has the name of the concrete one.
func leakTexts(g explore.Goroutine) []string {
	name := strings.TrimSuffix(g.Name[strings.Index(g.Name, ".")+1:], "-fm")
	names := []string{name}
	if concrete, ok := strings.CutPrefix(name, "ControllerInterface_"); ok {
		names = append(names, "(*Controller_"+strings.Replace(concrete, ".", ").", 1))
	}
	reasons := map[explore.Op][]string{
		explore.OpLock: {"sync.Mutex.Lock"}, explore.OpRLock: {"sync.RWMutex.RLock"}, explore.OpWait: {"sync.WaitGroup.Wait"},
		explore.OpCondWait: {"sync.Cond.Wait"}, explore.OpOnce: {"sync.Mutex.Lock"},
		explore.OpSelect: {"select", "chan receive", "chan send"},
	}[g.Op]
	if reasons == nil {
		reasons = []string{g.Op.String()}
	}
	if strings.HasPrefix(g.Object, "rwmutex") && g.Op == explore.OpLock {
		reasons = append(reasons, "sync.RWMutex.Lock")
	}
	var out []string
	for _, n := range names {
		for _, r := range reasons {
			out = append(out, n+"() ["+r+"]")
		}
	}
	return out
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}
