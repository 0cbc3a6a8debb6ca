package suite_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/suite"
)

// There is an analyzer for every pass of the catalogue and none besides, each
// with the flags that drivers count on.
func TestAnalyzers(t *testing.T) {
	all := suite.Analyzers()
	if err := analysis.Validate(all); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range all {
		names = append(names, a.Name)
		for _, name := range []string{"level", "disable", "related"} {
			if a.Flags.Lookup(name) == nil {
				t.Errorf("%s has no flag -%s", a.Name, name)
			}
		}
		if a.ResultType != report.ResultType {
			t.Errorf("%s has result type %v", a.Name, a.ResultType)
		}
		if a.URL == "" {
			t.Errorf("%s has no URL", a.Name)
		}
		if title, _, _ := strings.Cut(a.Doc, "\n\n"); strings.HasSuffix(title, ".") {
			t.Errorf("%s: the title %q ends in a period", a.Name, title)
		}
	}
	if !slices.Equal(names, rule.Passes()) {
		t.Errorf("analyzers %v, passes in the catalogue %v", names, rule.Passes())
	}
}

// A pass that is switched off is not run for the sake of the audit.
func TestNarrow(t *testing.T) {
	all := suite.Analyzers()
	if got := suite.Narrow(all); !slices.ContainsFunc(got, func(a *analysis.Analyzer) bool {
		return a.Name == "directive" && len(a.Requires) == len(suite.Directive.Requires)
	}) {
		t.Error("with all passes, the audit requires fewer")
	}
	selected := slices.DeleteFunc(slices.Clone(all), func(a *analysis.Analyzer) bool { return a.Name == "leak" })
	narrowed := suite.Narrow(selected)
	if err := analysis.Validate(narrowed); err != nil {
		t.Fatal(err)
	}
	for i, a := range narrowed {
		if a.Name != "directive" {
			if a != selected[i] {
				t.Errorf("%s was replaced", a.Name)
			}
			continue
		}
		if len(a.Requires) != len(suite.Directive.Requires)-1 || slices.ContainsFunc(a.Requires, func(r *analysis.Analyzer) bool { return r.Name == "leak" }) {
			t.Errorf("the audit requires %v", a.Requires)
		}
	}
	if without := suite.Narrow([]*analysis.Analyzer{all[0]}); len(without) != 1 || without[0] != all[0] {
		t.Errorf("Narrow without the audit: %v", without)
	}
}
