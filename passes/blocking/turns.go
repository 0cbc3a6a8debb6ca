package blocking

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/cfg"

	"github.com/asynclint/asynclint/internal/ssabuild"
)

// tiny reports whether the delay is too short to be noticed.
func (s *site) tiny() bool { return s.delay.max >= 0 && s.delay.max < tiny }

// endless reports whether the loop around the sleep has no condition.
func (s *site) endless() bool {
	loop, ok := s.loop.(*ast.ForStmt)
	return ok && loop.Cond == nil
}

// findTurns corrects the loop of a sleep by the control flow: a sleep that is
// followed by leaving the loop is in none, and one that a goto comes back to is
// in one, for which the function's body stands.
func (c *checker) findTurns(s *site) {
	if s.loop == nil && !hasGoto(s.body) {
		return
	}
	switch turns := c.turns(s, func(ast.Node) bool { return false }); {
	case !turns:
		s.loop = nil
	case s.loop == nil:
		s.loop = s.body
	}
}

func hasGoto(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			found = true
		}
		return !found
	})
	return found
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
	for _, b := range cfg.New(s.body, ssabuild.MayReturn(c.TypesInfo)).Blocks {
		for i, n := range b.Nodes {
			if n == stmt {
				return round(b, b.Nodes[i+1:])
			}
		}
	}
	return false
}
