package blocking

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/ssabuild"
)

// tiny reports whether the delay is too short to be noticed.
func (s *site) tiny() bool { return s.delay.max >= 0 && s.delay.max < tiny }

// endless reports whether the loop around the sleep has no condition.
func (s *site) endless() bool {
	loop, ok := s.loop.(*ast.ForStmt)
	return ok && loop.Cond == nil
}

// turnsBlindly reports whether the loop has a way round on which nothing names
// what is watched. However short its delays, such a loop is not ended by the end
// of its context.
func (c *checker) turnsBlindly(s *site, w *watch) bool {
	return c.turns(s, func(n ast.Node) bool { return c.uses(n, w) })
}

// turns reports whether control can come from the sleep back to the sleep
// without passing a node that stops it.
func (c *checker) turns(s *site, stops func(ast.Node) bool) bool {
	stmt := s.cur.Node()
	seen := make(map[*cfg.Block]bool)
	var round func(b *cfg.Block, nodes []ast.Node) bool
	round = func(b *cfg.Block, nodes []ast.Node) bool {
		for _, n := range nodes {
			if n == stmt {
				return true
			}
			if stops(n) {
				return false
			}
		}
		for _, next := range b.Succs {
			if !seen[next] {
				seen[next] = true
				if round(next, next.Nodes) {
					return true
				}
			}
		}
		return false
	}
	for _, b := range cfg.New(s.body, c.mayReturn).Blocks {
		for i, n := range b.Nodes {
			if n == stmt {
				return round(b, b.Nodes[i+1:])
			}
		}
	}
	return false
}

// mayReturn tells the control-flow graph which calls come back.
func (c *checker) mayReturn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(c.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() != "panic"
	case *types.Func:
		return !ssabuild.NeverReturns(fn)
	}
	return true
}
