package blocking

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/asynclint/asynclint/internal/chanuse"
)

// A watch is what a sleep could wait for besides its timer.
type watch struct {
	name string // the context or channel as the source would write it
	done string // the channel expression to receive from
	err  string // the error to return; empty for a plain channel
	pos  token.Pos
	role string // what stands at pos

	obj  types.Object // the variable or field that is watched
	sure bool         // it is cancellable, and meant for this function
	weak bool         // it may have nothing to do with this function
}

// watchable returns the best thing to watch at a sleep: a context in lexical
// scope that is meant for the function, a stop channel that the function already
// watches elsewhere, any other context in scope, one that a parameter or the
// receiver gives, any other stop channel; or nil.
func (c *checker) watchable(s *site) *watch {
	w, hidden := c.contextInScope(s)
	if hidden {
		return nil
	}
	if w == nil || !w.sure {
		if stop := c.watchedStop(s); stop != nil {
			w = stop
		}
	}
	for _, find := range []func(*site) *watch{c.contextFrom, c.contextField, c.stopField} {
		if w == nil {
			w = find(s)
		}
	}
	if w == nil || parks(s) || c.afterEnd(s, w) {
		return nil
	}
	return w
}

// parks reports whether the loop around a sleep does nothing else, for ever: the
// goroutine is meant to stay.
func parks(s *site) bool {
	loop, ok := s.loop.(*ast.ForStmt)
	return ok && loop.Cond == nil && len(loop.Body.List) == 1 && within(loop.Body.List[0], s.cur.Node())
}

// looksAt reports whether code asks what is watched: receives from it or calls
// its Err or Done.
func (c *checker) looksAt(n ast.Node, w *watch) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && c.objectOf(n.X) == w.obj && w.obj != nil {
				found = true
			}
		case *ast.SelectorExpr:
			if (n.Sel.Name == "Done" || n.Sel.Name == "Err") && w.obj != nil && c.objectOf(asked(n.X)) == w.obj {
				found = true
			}
		}
		return !found
	})
	return found
}

// asked returns r of r.Context(), and any other expression as it is.
func asked(e ast.Expr) ast.Expr {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" {
			return sel.X
		}
	}
	return e
}

// uses reports whether code names what is watched at all: a goroutine that does
// was written with its end in mind.
func (c *checker) uses(n ast.Node, w *watch) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && w.obj != nil && c.objectOf(id) == w.obj {
			found = true
		}
		return !found
	})
	return found
}

// afterEnd reports whether the sleep runs only once what it could watch is over,
// or can never be: in a deferred function, in the branch of a select or if that
// asked it, behind a plain receive from it, or behind a comparison of its channel
// with nil.
func (c *checker) afterEnd(s *site, w *watch) bool {
	child := ast.Node(s.call)
	for up := range s.cur.Enclosing() {
		n := up.Node()
		switch n := n.(type) {
		case *ast.DeferStmt:
			return true
		case *ast.CommClause:
			if n.Comm != nil && c.looksAt(n.Comm, w) {
				return true
			}
			if c.behindReceive(n.Body, child, w) {
				return true
			}
		case *ast.CaseClause:
			if c.behindReceive(n.Body, child, w) {
				return true
			}
		case *ast.BlockStmt:
			if c.behindReceive(n.List, child, w) {
				return true
			}
		case *ast.IfStmt:
			asks := c.looksAt(n.Cond, w) || n.Init != nil && c.looksAt(n.Init, w)
			if child == n.Body && asks && endsWhenTrue(n.Cond) || c.asksWhetherEver(n, w) {
				return true
			}
		case *ast.FuncDecl:
			return false
		}
		child = n
	}
	return false
}

// endsWhenTrue reports whether a condition that asks for a context's error can
// hold because there is one.
func endsWhenTrue(cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	switch b.Op {
	case token.LOR, token.LAND:
		return endsWhenTrue(b.X) || endsWhenTrue(b.Y)
	}
	return b.Op == token.NEQ
}

// asksWhetherEver reports whether an if statement compares the channel of a
// context with nil: a context that has none is never done.
func (c *checker) asksWhetherEver(n *ast.IfStmt, w *watch) bool {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || !c.TypesInfo.Types[cond.Y].IsNil() {
		return false
	}
	if _, isChan := chanuse.IsChan(c.TypesInfo.TypeOf(cond.X)); !isChan {
		return false
	}
	return c.looksAt(cond.X, w) || n.Init != nil && c.looksAt(n.Init, w)
}

// behindReceive reports whether a statement of the list before child waits for
// the end.
func (c *checker) behindReceive(list []ast.Stmt, child ast.Node, w *watch) bool {
	for _, s := range list {
		if s == child {
			return false
		}
		if branch, ok := s.(*ast.IfStmt); ok && c.asksWhetherEver(branch, w) {
			return true
		}
		if e, ok := s.(*ast.ExprStmt); ok {
			if u, ok := e.X.(*ast.UnaryExpr); ok && u.Op == token.ARROW && c.looksAt(u, w) {
				return true
			}
		}
	}
	return false
}

// objectOf returns the variable or field that an expression names, or nil.
func (c *checker) objectOf(e ast.Expr) types.Object { return chanuse.Variable(c.TypesInfo, e) }

func within(n, outer ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// at is a node of no extent, for asking what a position lies within.
type at token.Pos

func (p at) Pos() token.Pos { return token.Pos(p) }
func (p at) End() token.Pos { return token.Pos(p) }
