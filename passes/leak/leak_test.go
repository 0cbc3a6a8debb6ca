package leak_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/passes/leak"
)

// TestPrograms checks the programs that the testbed also runs.
func TestPrograms(t *testing.T) {
	shared, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, shared, leak.Analyzer, "leak/abandoned-sender/bad", "leak/abandoned-sender/good")
}

// TestShapes checks the shapes that leak and those that look alike, and how
// sure the pass says it is of some.
func TestShapes(t *testing.T) {
	want := map[string]rule.Level{ // by function
		"timeout":        rule.Error,
		"firstError":     rule.Error,
		"groupPlainSend": rule.Error,
		"acceptLoop":     rule.Warning,
		"feeds":          rule.Warning,
		"serve":          rule.Warning,
	}
	found := make(map[string]rule.Level)
	for _, result := range analysistest.Run(t, analysistest.TestData(), leak.Analyzer, "abandoned", "command", "intests") {
		for _, f := range findings(t, result) {
			found[around(result.Action.Package.Syntax, f.Pos)] = f.Level
		}
	}
	for fn, level := range want {
		if found[fn] != level {
			t.Errorf("%s: level %v, want %v", fn, found[fn], level)
		}
	}
}

func findings(t *testing.T, result *analysistest.Result) []report.Finding {
	t.Helper()
	r, ok := result.Action.Result.(*report.Result)
	if result.Action.Err != nil || !ok {
		t.Fatalf("%v: %v", result.Action, result.Action.Err)
	}
	return r.Findings
}

func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), leak.Analyzer, "fix")
}

// around returns the name of the function declaration around a position.
func around(files []*ast.File, pos token.Pos) string {
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos < fn.End() {
				return fn.Name.Name
			}
		}
	}
	return ""
}

// TestFixesHold checks that a fixed package type-checks and that its findings
// are gone: only those that have no fix are left.
func TestFixesHold(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join("testdata", "src", "fix", "fix.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{"fixed/fixed.go": string(golden)})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	left := make(map[string]bool)
	for _, result := range analysistest.Run(ignoreWants{t}, dir, leak.Analyzer, "fixed") {
		if errs := result.Action.Package.Errors; len(errs) > 0 {
			t.Fatal("a fix broke the package: ", errs)
		}
		for _, f := range findings(t, result) {
			left[around(result.Action.Package.Syntax, f.Pos)] = true
			if len(f.Fixes) > 0 {
				t.Errorf("another fix is offered after the fix: %s", f.Text())
			}
		}
	}
	if want := []string{"goesOn", "grows", "measured", "unknown"}; !slices.Equal(slices.Sorted(maps.Keys(left)), want) {
		t.Errorf("reported after the fixes: %v, want %v", slices.Sorted(maps.Keys(left)), want)
	}
}

// ignoreWants drops the complaints about expectations that the fixes have met.
type ignoreWants struct{ analysistest.Testing }

func (ignoreWants) Errorf(string, ...any) {}
