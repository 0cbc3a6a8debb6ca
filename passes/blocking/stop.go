package blocking

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/chanuse"
)

// watchedStop returns a channel whose receive ends the function of the sleep
// elsewhere in it: the surest sign that the channel is meant to end it here.
func (c *checker) watchedStop(s *site) (w *watch) {
	ast.Inspect(s.body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit || w != nil {
			return false
		}
		clause, ok := n.(*ast.CommClause)
		if !ok {
			return true
		}
		recv, ok := clause.Comm.(*ast.ExprStmt)
		if !ok || !leaves(clause.Body) {
			return true
		}
		u, ok := ast.Unparen(recv.X).(*ast.UnaryExpr)
		if !ok || !c.endsFunction(s, u.X) || !c.nameable(s, u.X) {
			return true
		}
		w = &watch{name: types.ExprString(u.X), pos: u.Pos(), role: "is received from here", obj: c.objectOf(u.X)}
		w.done = w.name
		w.sure = s.loop != nil && within(u, s.loop)
		return false
	})
	return w
}

// leaves reports whether a branch ends in leaving the function or a loop.
func leaves(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	switch last := body[len(body)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.BREAK && last.Label != nil
	}
	return false
}

// endsFunction reports whether a channel that the function of the sleep receives
// from is a variable or field that somebody else uses to end it: no timer, no
// signal, and not the function's own sign that it has ended.
func (c *checker) endsFunction(s *site, ch ast.Expr) bool {
	if _, call := ast.Unparen(ch).(*ast.CallExpr); call {
		return false
	}
	use := c.chans.Of(ch)
	if use == nil || use.Timer || use.Signal {
		return false
	}
	for _, cl := range use.Closes {
		if cl.Func == s.fn {
			return false
		}
	}
	return true
}

// stopField returns a channel of the receiver that a method closes to stop it.
// That the channel means the function of the sleep is sure enough only when a
// caller of it watches the channel; anything else may be another goroutine's.
func (c *checker) stopField(s *site) *watch {
	recv, st := c.receiver(s)
	if st == nil || !s.inTask && s.loop == nil {
		return nil
	}
	for f := range st.Fields() {
		if _, ok := chanuse.IsChan(f.Type()); !ok || f.Pkg() != c.Pkg {
			continue
		}
		use := c.chans.OfVar(f)
		if len(use.Closes) == 0 || len(use.Sends) > 0 {
			continue
		}
		name := recv.Name() + "." + f.Name()
		w := &watch{name: name, done: name, obj: f.Origin(), weak: true}
		for _, cl := range use.Closes {
			if cl.Func == s.fn {
				w = nil // its own sign of completion
				break
			}
			if cl.Decl != nil && stops(cl.Decl.Name.Name) {
				w.pos, w.role = cl.Pos(), "is closed here"
				w.weak = !c.calledBy(use.Receives, s)
			}
		}
		if w != nil && w.pos.IsValid() {
			return w
		}
	}
	return nil
}

// stops reports whether a function's name says that it ends something.
func stops(name string) bool {
	name = strings.ToLower(name)
	for _, w := range [...]string{"close", "stop", "shutdown", "cancel", "quit", "kill", "halt", "terminate"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// calledBy reports whether a function that receives from a channel calls the
// function of the sleep itself, and so waits for it before it can receive.
func (c *checker) calledBy(receivers []chanuse.Site, s *site) bool {
	if s.decl == nil || s.fn != s.decl {
		return false
	}
	callee := c.TypesInfo.Defs[s.decl.Name]
	for _, r := range receivers {
		if r.Decl == nil || r.Func != r.Decl {
			continue
		}
		found := false
		ast.Inspect(r.Decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn, ok := typeutil.Callee(c.TypesInfo, n).(*types.Func); ok && fn.Origin() == callee {
					found = true
				}
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// nameable reports whether the variables of an expression are visible at the
// sleep.
func (c *checker) nameable(s *site, e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		if id, isID := n.(*ast.Ident); isID {
			v, isVar := c.TypesInfo.ObjectOf(id).(*types.Var)
			if isVar && !v.IsField() && v.Parent() != c.Pkg.Scope() {
				_, found := c.Pkg.Scope().Innermost(s.call.Pos()).LookupParent(v.Name(), s.call.Pos())
				ok = ok && found == v
			}
		}
		return ok
	})
	return ok
}
