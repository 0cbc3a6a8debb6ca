package leak

import (
	"errors"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/ssabuild"
)

var settings, flags = report.Flags("leak")

// Analyzer is the leak pass.
var Analyzer = &analysis.Analyzer{
	Name:       "leak",
	Doc:        "find goroutines that can wait for ever",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/leak",
	Flags:      flags,
	Run:        run,
	Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer, ssabuild.Analyzer, inspectAnalyzer},
	ResultType: report.ResultType,
}

func run(pass *analysis.Pass) (any, error) {
	r := report.New(pass, settings)
	pkg := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.Package)
	source := sync.OnceValue(func() *source { return newSource(pass, pkg) }) // few packages need it
	found, err := abandonedSender(pass, r, source)
	abandonedReply(pass, r, source, found)
	result, done := r.Done()
	return result, errors.Join(err, done)
}
