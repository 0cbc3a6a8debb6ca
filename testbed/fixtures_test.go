package testbed_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed"
	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/job"
)

// Every rule has a bad and a good program in testdata/src/<pass>/<rule>. The
// bad one must go wrong in some schedule, and the good one in none: that is the
// proof that what the rule says of them is so.

// Limits of the search; the programs take some tens of steps.
const (
	fixtureSchedules = 1000
	fixtureSteps     = 2000
)

// A fixture is one rule's pair of programs.
type fixture struct {
	rule      string // "leak/abandoned-sender"
	bad, good string // targets
}

// TestFixtures explores every rule's programs and compares what comes out with
// the table in docs/validation.md.
func TestFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("explores every rule's programs")
	}
	dir := t.TempDir()
	fixtures := collectFixtures(t, filepath.Join("..", "testdata", "src"), dir)
	programs, err := testbed.Build(t.Context(), harness.Config{Dir: dir}, ".")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := programs[0].Close(); err != nil {
			t.Error(err)
		}
	}()
	rows := make([]string, len(fixtures))
	for i, f := range fixtures {
		t.Run(f.rule, func(t *testing.T) { rows[i] = validate(t, programs[0], f) })
	}
	compareTable(t, filepath.Join("..", "docs", "validation.md"), rows)
}

// validate explores a pair and returns its row of the table. The time is
// strict, so that no finding rests on a slow goroutine, unless the bad program
// needs one; then both get clock jumps.
func validate(t *testing.T, p *harness.Program, f fixture) string {
	bad, strict := exploreFixture(t, p, f.bad, true), true
	if len(bad.Found) == 0 {
		bad, strict = exploreFixture(t, p, f.bad, false), false
	}
	if len(bad.Found) == 0 {
		t.Errorf("the bad program goes wrong in no schedule: %s", bad.Summary())
		return ""
	}
	good := exploreFixture(t, p, f.good, strict)
	for _, found := range good.Found {
		t.Errorf("the good program goes wrong in schedule %d: %s: %s\n%s", found.Schedule, found.Kind, found.Detail, blocked(found))
	}
	tried := fmt.Sprintf("%d", good.Schedules)
	if good.Exhausted.Complete {
		tried = fmt.Sprintf("all (%d)", good.Exhausted.Runs)
	}
	mode := "strict"
	if !strict {
		mode = "jumps"
	}
	first := bad.Found[0]
	return fmt.Sprintf("| %s | %s | %d | %d | %s | %s |", f.rule, first.Kind, first.Schedule, first.Preemptions, tried, mode)
}

func exploreFixture(t *testing.T, p *harness.Program, target string, strict bool) *explore.Report {
	t.Helper()
	report, err := p.Run(t.Context(), job.Job{
		Target: target, Schedules: fixtureSchedules, MaxSteps: fixtureSteps, Strict: strict, Minimize: true, StopAtFirst: true,
		// A blocked goroutine that others wait for, or a worker that is kept from
		// its queue, counts when it lasts.
		LockHeld: 50 * time.Millisecond, Stall: 50 * time.Millisecond,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func blocked(f *explore.Found) string {
	var lines []string
	for i := range f.Goroutines {
		lines = append(lines, f.Goroutines[i].Blocked())
	}
	return strings.Join(lines, "\n")
}

// collectFixtures copies the programs into one module, since building each by
// itself would take minutes: each becomes a package with a function Main, on
// the same lines, and a test that calls it.
func collectFixtures(t *testing.T, from, dir string) []fixture {
	t.Helper()
	pairs, err := filepath.Glob(filepath.Join(from, "*", "*", "bad"))
	if err != nil || len(pairs) == 0 {
		t.Fatalf("no programs in %s: %v", from, err)
	}
	var fixtures []fixture
	var imports, tests bytes.Buffer
	for i, bad := range pairs {
		base := filepath.Dir(bad)
		f := fixture{rule: filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(base)), filepath.Base(base)))}
		for kind, target := range map[string]*string{"bad": &f.bad, "good": &f.good} {
			pkg := fmt.Sprintf("%s%d", kind, i)
			copyProgram(t, filepath.Join(base, kind), filepath.Join(dir, pkg), pkg)
			fmt.Fprintf(&imports, "import %q\n", "fixtures/"+pkg)
			*target = "Test" + strings.ToUpper(pkg[:1]) + pkg[1:]
			fmt.Fprintf(&tests, "func %s(*testing.T) { %s.Main() }\n", *target, pkg)
		}
		fixtures = append(fixtures, f)
	}
	write(t, filepath.Join(dir, "go.mod"), "module fixtures\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "fixtures.go"), "package fixtures\n")
	write(t, filepath.Join(dir, "fixtures_test.go"), "package fixtures\n\nimport \"testing\"\n"+imports.String()+tests.String())
	return fixtures
}

// copyProgram turns a program into a package with a function Main.
func copyProgram(t *testing.T, from, to, name string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no program in %s: %v", from, err)
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		replace := map[*ast.Ident]string{syntax.Name: name}
		for _, decl := range syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
				replace[fn.Name] = "Main"
			}
		}
		var out []byte
		at := 0
		for _, decl := range append([]ast.Decl{&ast.FuncDecl{Name: syntax.Name}}, syntax.Decls...) {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || replace[fn.Name] == "" {
				continue
			}
			lo := fset.Position(fn.Name.Pos()).Offset
			out = append(append(out, src[at:lo]...), replace[fn.Name]...)
			at = lo + len(fn.Name.Name)
		}
		write(t, filepath.Join(to, filepath.Base(file)), string(append(out, src[at:]...)))
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const validationHead = `# Validation

Every rule has a bad and a good program in testdata/src, which the linter's tests
check, and which the testbed runs. The bad program goes wrong in some schedule,
with the kind of finding and the number of preemptions in its simplest witness;
the good program goes wrong in none of the schedules that were tried, or in none
at all where the search visited every one. Strict time blames no slow goroutine:
the clock moves only when nobody can run.

This table is generated: go test ./testbed -run TestFixtures -update

| rule | bad: kind | in schedule | preemptions | good: schedules without a finding | time |
|---|---|---|---|---|---|
`

func compareTable(t *testing.T, name string, rows []string) {
	t.Helper()
	if t.Failed() {
		return // the table would have holes
	}
	text := validationHead + strings.Join(rows, "\n") + "\n"
	if *update {
		write(t, name, text)
		return
	}
	old, err := os.ReadFile(name)
	if err != nil || string(old) != text {
		t.Errorf("%s is not what the programs come to (%v): run go test ./testbed -run TestFixtures -update and look at what has changed", name, err)
	}
}
