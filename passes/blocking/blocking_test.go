package blocking_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report/reporttest"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/passes/blocking"
)

// The programs that the rule pages show: the bad ones are reported, the good
// ones are not.
func TestPrograms(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Run(t, dir, blocking.Analyzer, "blocking/uncancellable-sleep/bad", "blocking/uncancellable-sleep/good")
}

func TestShapes(t *testing.T) {
	results := reporttest.Run(t, analysistest.TestData(), blocking.Analyzer, "sleep", "app/testutil", "sleepnofix")
	for _, res := range results {
		for _, d := range res.Diagnostics {
			if res.Action.Package.Name == "sleepnofix" && len(d.SuggestedFixes) > 0 {
				t.Errorf("%q has a fix, although only the author knows it", d.Message)
			}
		}
	}
	reporttest.Levels(t, results, map[string]rule.Level{
		"parameter":      rule.Error,
		"backoff":        rule.Error,
		"polls":          rule.Error,
		"pollsInDefault": rule.Error,
		"shortDelay":     rule.Warning,
		"captured":       rule.Warning,
		"derived":        rule.Error,
		"delayed":        rule.Warning,
		"handler":        rule.Warning,
		"contextField":   rule.Warning,
		"retry":          rule.Warning,
		"checks":         rule.Error,
		"firstSleep":     rule.Warning,
		"ownStop":        rule.Warning,
		"localContext":   rule.Error,
		"localCancelled": rule.Warning,
		"localTimeout":   rule.Warning,
		"blindTurn":      rule.Warning,
		"byGoto":         rule.Warning,
		"drain":          rule.Error,
	})
}

func TestNotes(t *testing.T) {
	level := blocking.Analyzer.Flags.Lookup("level").Value
	before := level.String()
	if err := level.Set("note"); err != nil {
		t.Fatal(err)
	}
	defer level.Set(before)
	reporttest.Run(t, analysistest.TestData(), blocking.Analyzer, "sleepnote")
}

func TestFixes(t *testing.T) {
	reporttest.RunFixes(t, analysistest.TestData(), blocking.Analyzer, "sleepfix")
}
