package lockawait

import (
	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
)

var settings, flags = report.Flags("lockawait")

// Analyzer is the lockawait pass.
var Analyzer = &analysis.Analyzer{
	Name:       "lockawait",
	Doc:        "find locks that are kept for ever or taken twice",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/lockawait",
	Flags:      flags,
	Run:        run,
	Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer},
	ResultType: report.ResultType,
}

func run(pass *analysis.Pass) (any, error) {
	return report.New(pass, settings).Done()
}
