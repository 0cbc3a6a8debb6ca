package cancelsafe_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/passes/cancelsafe"
)

func Test(t *testing.T) {
	root := analysistest.TestData() + "/../../../testdata"
	analysistest.Run(t, root, cancelsafe.Analyzer, "cancelsafe/break-in-select/bad", "cancelsafe/break-in-select/good",
		"cancelsafe/operand-before-select/bad", "cancelsafe/operand-before-select/good")
}
