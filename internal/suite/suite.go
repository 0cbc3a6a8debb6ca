// Package suite is the list of asynclint's analyzers.
package suite

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/passes/blocking"
	"github.com/asynclint/asynclint/passes/cancelsafe"
	"github.com/asynclint/asynclint/passes/leak"
	"github.com/asynclint/asynclint/passes/lockawait"
)

// passes report findings about code.
var passes = []*analysis.Analyzer{
	blocking.Analyzer,
	cancelsafe.Analyzer,
	leak.Analyzer,
	lockawait.Analyzer,
}

var settings, flags = report.Flags("directive")

// Directive reports the suppression comments that are wrong or of no use. It
// requires the passes because only their findings show which comments are used.
var Directive = &analysis.Analyzer{
	Name:       "directive",
	Doc:        "check the comments that suppress findings",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/directive",
	Flags:      flags,
	Run:        audit,
	Requires:   append(slices.Clone(passes), report.DirectiveAnalyzer),
	ResultType: report.ResultType,
}

func audit(pass *analysis.Pass) (any, error) {
	r := report.New(pass, settings)
	pass.ResultOf[report.DirectiveAnalyzer].(*report.Directives).Audit(r)
	return r.Done()
}

// Analyzers returns all analyzers, sorted by name.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{blocking.Analyzer, cancelsafe.Analyzer, Directive, leak.Analyzer, lockawait.Analyzer}
}

// Narrow prepares a selection of [Analyzers] to be run: [Directive] is replaced
// by one that requires the selected passes only, so that a pass that is
// switched off does not run for its sake. Comments that name rules of such a
// pass are not judged.
func Narrow(selected []*analysis.Analyzer) []*analysis.Analyzer {
	narrowed := slices.Clone(selected)
	for i, a := range narrowed {
		if a != Directive {
			continue
		}
		d := *a
		d.Requires = slices.DeleteFunc(slices.Clone(a.Requires), func(req *analysis.Analyzer) bool {
			return slices.Contains(passes, req) && !slices.Contains(selected, req)
		})
		narrowed[i] = &d
	}
	return narrowed
}
