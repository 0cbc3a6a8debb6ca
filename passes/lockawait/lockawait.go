package lockawait

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/summary"
)

var settings, flags = report.Flags("lockawait")

// Analyzer is the lockawait pass.
var Analyzer = &analysis.Analyzer{
	Name:       "lockawait",
	Doc:        "find locks that are kept for ever, taken twice or held across waits",
	URL:        "https://github.com/asynclint/asynclint/tree/main/docs/rules/lockawait",
	Flags:      flags,
	Run:        run,
	Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer, summary.Analyzer},
	ResultType: report.ResultType,
}

// A checker runs the pass's rules over one package.
type checker struct {
	sums *summary.Result
	src  *source
	rep  *report.Reporter
	// forgot holds the functions reported for returning with a lock held.
	forgot map[*ssa.Function]bool
	peers  *summary.Peers // made when a rule asks
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		sums: pass.ResultOf[summary.Analyzer].(*summary.Result),
		src:  newSource(pass),
		rep:  report.New(pass, settings),

		forgot: make(map[*ssa.Function]bool),
	}
	for _, f := range c.sums.Funcs {
		c.missingUnlock(f)
	}
	for _, f := range c.sums.Funcs {
		c.doubleLock(f)
		c.recursiveRLock(f)
		c.deferInLoop(f)
	}
	c.lockOrder()
	c.swaps()
	c.across()
	return c.rep.Done()
}
