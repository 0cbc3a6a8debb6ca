package cancelsafe_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report/reporttest"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/passes/cancelsafe"
)

// The programs that the rule pages show: the bad ones are reported, the good
// ones are not.
func TestPrograms(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Run(t, dir, cancelsafe.Analyzer,
		"cancelsafe/break-in-select/bad", "cancelsafe/break-in-select/good",
		"cancelsafe/operand-before-select/bad", "cancelsafe/operand-before-select/good")
}

func TestShapes(t *testing.T) {
	results := reporttest.Run(t, analysistest.TestData(), cancelsafe.Analyzer, "breakinselect", "operand")
	reporttest.Levels(t, results, map[string]rule.Level{
		"contextParameter": rule.Error,
		"contextVariable":  rule.Error,
		"counted":          rule.Error,
		"unrelatedExit":    rule.Warning,
		"closedField":      rule.Error,
		"contextField":     rule.Error,
		"namedField":       rule.Warning,
		"closedData":       rule.Error,
		"drains":           rule.Warning,
		"forgottenError":   rule.Warning,
		"consume":          rule.Error,
		"retries":          rule.Error,

		"callWaits":         rule.Error,
		"callMayWait":       rule.Warning,
		"channelExpression": rule.Error,
		"defaultCase":       rule.Error,
		"buffered":          rule.Warning,
		"library":           rule.Error,
		"sends":             rule.Warning,
		"roomy":             rule.Warning,
	})
}

func TestFixes(t *testing.T) {
	reporttest.RunFixes(t, analysistest.TestData(), cancelsafe.Analyzer, "breakfix")
}

// What the user says of a library counts as the registry's own word.
func TestRegistry(t *testing.T) {
	entries := cancelsafe.Analyzer.Flags.Lookup("registry").Value
	if err := entries.Set("store#DB.Get=db"); err != nil {
		t.Fatal(err)
	}
	defer entries.Set("")
	reporttest.Run(t, analysistest.TestData(), cancelsafe.Analyzer, "operandregistry")
}
