package cancelsafe

import (
	"flag"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/asynclint/asynclint/internal/chanuse"
	"github.com/asynclint/asynclint/internal/registry"
	"github.com/asynclint/asynclint/internal/report"
)

var (
	known           registry.User // what the user says blocks
	settings, flags = newFlags()
)

func newFlags() (*report.Settings, flag.FlagSet) {
	s, fs := report.Flags("cancelsafe")
	fs.Var(&known, "registry", "comma-separated `entries` import/path#Symbol=kind of functions that block")
	return s, fs
}

// Analyzer is the cancelsafe pass.
var Analyzer = &analysis.Analyzer{
	Name:       "cancelsafe",
	Doc:        "find selects that lose a cancellation or the work it interrupts",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/cancelsafe",
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
	decls  map[types.Object]*ast.FuncDecl // made on demand
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		Pass:   pass,
		report: report.New(pass, settings),
		chans:  pass.ResultOf[chanuse.Analyzer].(*chanuse.Index),
	}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for cur := range in.Root().Preorder((*ast.SelectStmt)(nil)) {
		c.breakInSelect(cur)
		c.operandBeforeSelect(cur)
	}
	return c.report.Done()
}
