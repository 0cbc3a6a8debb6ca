package leak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

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

func TestShapes(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), leak.Analyzer, "abandoned")
}

func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), leak.Analyzer, "fix")
}
