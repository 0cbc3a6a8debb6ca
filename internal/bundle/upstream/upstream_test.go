package upstream_test

import (
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/bundle/upstream"
)

// The catalogue and the analyzers name the same checks with the same pages.
func TestCatalogue(t *testing.T) {
	var ids []string
	for _, name := range bundle.Bundles {
		for _, a := range upstream.Analyzers(name) {
			id := name + "/" + a.Name
			ids = append(ids, id)
			check := bundle.Lookup(id)
			if check == nil {
				t.Errorf("%s is not in the catalogue", id)
			} else if check.URL != a.URL {
				t.Errorf("%s: URL %s, the analyzer says %s", id, check.URL, a.URL)
			}
		}
		if err := analysis.Validate(upstream.Analyzers(name)); err != nil {
			t.Error(err)
		}
	}
	for _, c := range bundle.Checks() {
		if !slices.Contains(ids, c.ID()) {
			t.Errorf("%s has no analyzer", c.ID())
		}
	}
	if upstream.Analyzers("other") != nil {
		t.Error("analyzers for an unknown bundle")
	}
}

func TestRunRefuses(t *testing.T) {
	if err := upstream.Run("vett"); err == nil {
		t.Error("no error for an unknown bundle")
	}
}
