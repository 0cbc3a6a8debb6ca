package goker

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/suite"
)

var update = flag.Bool("update", false, "rewrite testdata/found.txt")

// A kernel is what the benchmark says of one program.
type kernel struct {
	name, class string
	lines       map[int]bool // where it blocks, and what causes it
}

func (k kernel) file() string { return strings.ReplaceAll(k.name, "_", "") + ".go" }

// leakless is the kernel that cannot leak as Go has it.
const leakless = "moby_27782"

// TestFound holds the passes to the benchmark: which kernels are found, by which
// rule. A hit is a finding that stands on a line of the bug, or names one as a
// related position.
func TestFound(t *testing.T) {
	kernels := readTruth(t)
	findings := lint(t, source(t))

	var table strings.Builder
	hits := make(map[string][]string) // by kernel
	for _, k := range kernels {
		var rules, elsewhere []string
		for _, f := range findings[k.file()] {
			switch {
			case f.level < rule.Warning:
			case f.hits(k):
				rules = append(rules, f.rule+" "+f.level.String())
			default:
				elsewhere = append(elsewhere, fmt.Sprintf("%s %v line %d: %s", f.rule, f.level, f.line, f.message))
			}
		}
		slices.Sort(rules)
		hits[k.name] = slices.Compact(rules)
		fmt.Fprintf(&table, "%s | %s | %s\n", k.name, k.class, cmp.Or(strings.Join(hits[k.name], ", "), "-"))
		// A kernel may have a second, smaller mistake: each is in the table and
		// was read before it came there.
		slices.Sort(elsewhere)
		for _, e := range elsewhere {
			fmt.Fprintf(&table, "%s | beside the bug | %s\n", k.name, e)
		}
	}
	if got := hits[leakless]; len(got) > 0 {
		t.Errorf("%s cannot leak, but is reported: %v", leakless, got)
	}

	const golden = "testdata/found.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("the kernels found are not those of %s; after reading the difference, run go test ./internal/goker -update\ngot:\n%s", golden, table.String())
	}

	byLocks := 0
	for _, rules := range hits {
		if slices.ContainsFunc(rules, func(r string) bool { return strings.HasPrefix(r, "lockawait/") }) {
			byLocks++
		}
	}
	if byLocks < 28 {
		t.Errorf("%d kernels found by rules about locks, want at least 28", byLocks)
	}
}

// TestCorrected holds that a corrected kernel is silent.
func TestCorrected(t *testing.T) {
	corrected := t.TempDir()
	if err := os.CopyFS(corrected, os.DirFS(source(t))); err != nil {
		t.Fatal(err)
	}
	fixed, err := Correct(corrected)
	if err != nil {
		t.Fatal(err)
	}
	before, after := lint(t, source(t)), lint(t, corrected)
	for _, k := range readTruth(t) {
		if !slices.Contains(fixed, k.file()) {
			continue
		}
		hit := make(map[string]bool)
		for _, f := range before[k.file()] {
			hit[f.rule] = hit[f.rule] || f.level >= rule.Warning && f.hits(k)
		}
		if len(hit) == 0 {
			t.Errorf("%s is not found, so its correction shows nothing", k.name)
		}
		for _, f := range after[k.file()] {
			if f.level >= rule.Warning && hit[f.rule] {
				t.Errorf("corrected %s:%d: %v: %s", k.file(), f.line, f.level, f.message)
			}
		}
	}
	if len(fixed) < 28 {
		t.Errorf("%d corrections, want at least 28", len(fixed))
	}
}

type finding struct {
	rule    string
	level   rule.Level
	line    int
	related []int
	message string
}

// hits reports whether a finding stands on a line of the bug, or names one as a
// related position. The sleeps that the kernels have in place of work are not
// their bugs, even where a lock of the bug is held.
func (f finding) hits(k kernel) bool {
	onLine := k.lines[f.line] || slices.ContainsFunc(f.related, func(l int) bool { return k.lines[l] })
	return onLine && f.rule != rule.LockAcrossIO.ID()
}

// lint runs all passes over the kernels in a folder and returns what they find
// by file.
func lint(t *testing.T, dir string) map[string][]finding {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: dir, Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")}, files...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(pkgs) > 0 || len(pkgs) != 1 {
		t.Fatalf("the kernels do not load as one package: %v", pkgs)
	}
	graph, err := checker.Analyze(suite.Analyzers(), pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]finding)
	line := func(p token.Pos) int { return pkgs[0].Fset.Position(p).Line }
	for act := range graph.All() {
		if act.Err != nil {
			t.Errorf("%s: %v", act.Analyzer.Name, act.Err)
		}
	}
	for _, act := range graph.Roots {
		if act.Err != nil {
			continue
		}
		for _, f := range act.Result.(*report.Result).Findings {
			x := finding{rule: f.Rule.ID(), level: f.Level, line: line(f.Pos), message: f.Message}
			for _, r := range f.Related {
				x.related = append(x.related, line(r.Pos))
			}
			file := filepath.Base(pkgs[0].Fset.Position(f.Pos).Filename)
			found[file] = append(found[file], x)
		}
	}
	return found
}

// source is the folder of the kernels.
func source(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(runtime.GOROOT(), "src", "runtime", "testdata", "testgoroutineleakprofile", "goker")
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("this Go has no GoKer kernels, which every release since 1.26 has: %v", err)
	}
	return dir
}

func readTruth(t *testing.T) []kernel {
	t.Helper()
	var kernels []kernel
	for _, fields := range table(t, "testdata/truth.txt", 4) {
		k := kernel{name: fields[0], class: fields[1], lines: make(map[int]bool)}
		for n := range strings.SplitSeq(fields[2]+","+fields[3], ",") {
			l, err := strconv.Atoi(n)
			if err != nil {
				t.Fatalf("%s: %v", k.name, err)
			}
			k.lines[l] = true
		}
		kernels = append(kernels, k)
	}
	if len(kernels) != 63 {
		t.Fatalf("%d kernels, want 63", len(kernels))
	}
	return kernels
}

func table(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	for s := bufio.NewScanner(f); s.Scan(); {
		if s.Text() == "" || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		fields := strings.Split(s.Text()+" ", " | ")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if len(fields) != columns {
			t.Fatalf("%s: %q has %d columns, want %d", name, s.Text(), len(fields), columns)
		}
		rows = append(rows, fields)
	}
	return rows
}
