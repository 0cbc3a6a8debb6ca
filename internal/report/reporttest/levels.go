package reporttest

import (
	"go/ast"
	"maps"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// Levels demands that the findings in the named functions have these levels.
// Diagnostics do not carry the level, so expectations in the source cannot say
// it. A function without a finding is an error.
func Levels(t *testing.T, results []*analysistest.Result, want map[string]rule.Level) {
	t.Helper()
	seen := make(map[string]bool)
	for _, res := range results {
		found, ok := res.Action.Result.(*report.Result)
		if !ok {
			t.Fatalf("%v: no result of a pass", res.Action)
		}
		for _, f := range found.Findings {
			fn := ""
			for _, file := range res.Action.Package.Syntax {
				for _, d := range file.Decls {
					if d, ok := d.(*ast.FuncDecl); ok && d.Pos() <= f.Pos && f.Pos < d.End() {
						fn = d.Name.Name
					}
				}
			}
			if level, ok := want[fn]; ok && f.Level != level {
				t.Errorf("%s: %s: level %v, want %v", fn, f.Message, f.Level, level)
			}
			seen[fn] = true
		}
	}
	for _, fn := range slices.Sorted(maps.Keys(want)) {
		if !seen[fn] {
			t.Errorf("%s: no finding", fn)
		}
	}
}
