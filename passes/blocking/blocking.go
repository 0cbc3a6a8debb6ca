package blocking

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/asynclint/asynclint/internal/chanuse"
	"github.com/asynclint/asynclint/internal/report"
)

var settings, flags = report.Flags("blocking")

// Analyzer is the blocking pass.
var Analyzer = &analysis.Analyzer{
	Name:       "blocking",
	Doc:        "find waits that cancellation cannot interrupt",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/blocking",
	Flags:      flags,
	Run:        run,
	Requires:   []*analysis.Analyzer{inspect.Analyzer, report.DirectiveAnalyzer, chanuse.Analyzer},
	ResultType: report.ResultType,
}

// A checker is one run of the pass over a package.
type checker struct {
	*analysis.Pass
	report *report.Reporter
	chans  *chanuse.Index

	// Made on demand.
	tasks      map[types.Object]bool
	firsts     map[types.Object]ast.Expr
	reassigned map[types.Object]bool
	counters   map[types.Object]ast.Stmt
	origins    map[types.Object]source
	cancels    map[types.Object]bool
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		Pass:   pass,
		report: report.New(pass, settings),
		chans:  pass.ResultOf[chanuse.Analyzer].(*chanuse.Index),
	}
	if imports(pass, "time") && !servesTests(pass) {
		in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
		for cur := range in.Root().Preorder((*ast.ExprStmt)(nil)) {
			c.sleep(cur)
		}
	}
	return c.report.Done()
}

func imports(pass *analysis.Pass, path string) bool {
	for _, p := range pass.Pkg.Imports() {
		if p.Path() == path {
			return true
		}
	}
	return false
}
