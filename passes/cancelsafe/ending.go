package cancelsafe

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/chanuse"
	"github.com/asynclint/asynclint/internal/rule"
)

type endKind int

const (
	contextDone endKind = iota // a context's Done channel
	stopClosed                 // a channel that is closed to stop the loop
	dataClosed                 // the !ok of a channel that carries values
)

// An ending says why a branch of a select means the end.
type ending struct {
	kind    endKind
	operand ast.Expr // the channel as written, or the context for contextDone
	level   rule.Level
	objects map[types.Object]bool // the variables and fields in the operand
	root    types.Object          // the variable that the operand begins with
	scope   []ast.Node            // the statements in which a break means the end

	closeSite token.Pos // where the package closes the channel, if it does
}

func (e *ending) covers(br *ast.BranchStmt) bool {
	for _, n := range e.scope {
		if within(br, n) {
			return true
		}
	}
	return false
}

// consequence says what the break does, in terms of the operand's name.
func (e *ending) consequence(name string, certain bool) string {
	goesOn := "so the loop may go on"
	if certain {
		goesOn = "so the loop goes on"
	}
	what := "break leaves only the select, " + goesOn
	switch e.kind {
	case contextDone:
		return what + " although " + name + " is done"
	case stopClosed:
		return what + " although " + name + " is closed"
	}
	return what + " receiving from " + name + " after it is closed"
}

// endOf returns why the branch means the end, or nil when it does not or when
// the channel may be another one when the loop comes round.
func (c *checker) endOf(clause *ast.CommClause, ls *loopSelect) *ending {
	ch, ok := receive(clause.Comm)
	if ch == nil {
		return nil
	}
	end := &ending{operand: ch, objects: make(map[types.Object]bool)}
	steady := true
	ast.Inspect(ch, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := c.TypesInfo.ObjectOf(n).(*types.Var); ok {
				end.objects[v.Origin()] = true
				if end.root == nil {
					end.root = v.Origin()
				}
			}
		case *ast.IndexExpr:
			steady = false // which element it is may change with the loop
		case *ast.FuncLit:
			return false
		}
		return true
	})
	if !steady || end.root == nil || c.changes(end, clause, ls) {
		return nil
	}

	if regions := closedRegions(c.TypesInfo, clause, ok); len(regions) > 0 {
		if c.neverClosed(ch) {
			return nil
		}
		end.kind, end.scope, end.level = dataClosed, regions, rule.Error
		if _, call := ast.Unparen(ch).(*ast.CallExpr); call {
			end.level = rule.Warning // the next call may give another channel
		}
		return end
	}
	if exits(clause.Body) {
		return nil // the branch has its own way out; its break means something else
	}
	for _, s := range clause.Body {
		end.scope = append(end.scope, s)
	}
	if c.chans.IsDone(ch) {
		end.kind, end.level = contextDone, rule.Error
		call := ast.Unparen(ch).(*ast.CallExpr)
		end.operand = ast.Unparen(call.Fun).(*ast.SelectorExpr).X
		return end
	}
	return c.stopChannel(end, ch, ls)
}

// neverClosed reports whether the package makes the channel itself, keeps it to
// itself, and does not close it.
func (c *checker) neverClosed(ch ast.Expr) bool {
	use := c.chans.Of(ch)
	if use == nil || len(use.Makes) == 0 || len(use.Closes) > 0 || use.Foreign {
		return false
	}
	obj := c.objectOf(ch)
	return obj != nil && !obj.Exported()
}

// receive returns the channel of a receive clause and the variable that takes
// its second result.
func receive(comm ast.Stmt) (ch ast.Expr, ok *ast.Ident) {
	switch s := comm.(type) {
	case *ast.ExprStmt:
		if u, isRecv := ast.Unparen(s.X).(*ast.UnaryExpr); isRecv && u.Op == token.ARROW {
			return u.X, nil
		}
	case *ast.AssignStmt:
		if u, isRecv := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr); isRecv && u.Op == token.ARROW {
			if len(s.Lhs) == 2 {
				ok, _ = s.Lhs[1].(*ast.Ident)
			}
			return u.X, ok
		}
	}
	return nil, nil
}

// closedRegions returns the blocks of a branch that run only when the channel
// is closed: the body of `if !ok` and the else of `if ok`.
func closedRegions(info *types.Info, clause *ast.CommClause, ok *ast.Ident) (regions []ast.Node) {
	if ok == nil || ok.Name == "_" {
		return nil
	}
	obj := info.ObjectOf(ok)
	isOK := func(e ast.Expr) bool {
		id, is := ast.Unparen(e).(*ast.Ident)
		return is && info.ObjectOf(id) == obj
	}
	for _, s := range clause.Body {
		branch, is := s.(*ast.IfStmt)
		if !is {
			if assigns(info, s, obj) {
				break // from here on it says something else
			}
			continue
		}
		var region ast.Stmt
		if u, is := ast.Unparen(branch.Cond).(*ast.UnaryExpr); is && u.Op == token.NOT && isOK(u.X) {
			region = branch.Body
		} else if isOK(branch.Cond) {
			region = branch.Else
		}
		if region != nil && !exits([]ast.Stmt{region}) {
			regions = append(regions, region)
		}
	}
	return regions
}

// assigns reports whether a statement sets a variable.
func assigns(info *types.Info, s ast.Stmt, obj types.Object) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok {
			for _, l := range as.Lhs {
				id, ok := l.(*ast.Ident)
				found = found || ok && info.ObjectOf(id) == obj
			}
		}
		return !found
	})
	return found
}

// exits reports whether a branch holds a statement that leaves the function or
// the loop around the select.
func exits(body []ast.Stmt) bool {
	found := false
	for _, s := range body {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = true
			case *ast.BranchStmt:
				found = found || n.Tok == token.GOTO || n.Label != nil
			}
			return !found
		})
	}
	return found
}

// stopChannel decides whether a channel that carries no context is closed to
// stop the loop. A close in the package and no send prove that it stays ready.
// That it means the end is said by its name; a channel that is closed for
// another reason, to say that something is ready for instance, makes a loop turn
// idly only when nothing follows the select. Without a close in sight, the
// channel must have an empty element type as well.
func (c *checker) stopChannel(end *ending, ch ast.Expr, ls *loopSelect) *ending {
	end.kind = stopClosed
	t, ok := chanuse.IsChan(c.TypesInfo.TypeOf(ch))
	if !ok {
		return nil
	}
	use := c.chans.Of(ch)
	if use == nil {
		use = new(chanuse.Use)
	}
	st, isStruct := t.Elem().Underlying().(*types.Struct)
	switch {
	case use.Timer, use.Signal, len(use.Sends) > 0:
		return nil
	case use.Context:
		end.kind, end.level = contextDone, rule.Error
	case len(use.Closes) > 0 && saysStop(ch):
		end.level, end.closeSite = rule.Error, use.Closes[0].Pos()
	case len(use.Closes) > 0 && ls.isLast():
		end.level, end.closeSite = rule.Warning, use.Closes[0].Pos()
	case saysStop(ch) && isStruct && st.NumFields() == 0:
		end.level = rule.Warning
	default:
		return nil
	}
	return end
}

// stopWords are what names of channels that end something contain.
var stopWords = []string{"done", "stop", "quit", "exit", "close", "closing", "cancel", "shutdown", "dying", "kill", "terminate", "abort", "halt"}

// saysStop reports whether the last name of an expression means an end.
func saysStop(e ast.Expr) bool {
	var name string
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.Sel.Name
	case *ast.CallExpr:
		return saysStop(e.Fun)
	}
	name = strings.ToLower(name)
	for _, w := range stopWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// changes reports whether the channel may be another one when the loop comes
// round: a variable of the operand is declared or assigned in the loop, or the
// branch calls a method that may replace the field.
func (c *checker) changes(end *ending, clause *ast.CommClause, ls *loopSelect) bool {
	if within(posNode(end.root.Pos()), ls.loop) {
		return true
	}
	changed := false
	ast.Inspect(ls.loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				obj := c.objectOf(l)
				changed = changed || end.objects[obj] && !c.derives(n.Rhs[min(i, len(n.Rhs)-1)], obj)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				changed = changed || end.objects[c.objectOf(n.X)] && ast.Unparen(n.X) != end.operand
			}
		}
		return !changed
	})
	return changed
}

// derives reports whether an expression makes a context from the one in obj: it
// is done when that one is.
func (c *checker) derives(e ast.Expr, obj types.Object) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !chanuse.IsContext(obj.Type()) || len(call.Args) == 0 {
		return false
	}
	if fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func); ok && fn.Name() == "WithoutCancel" {
		return false
	}
	for _, arg := range call.Args {
		if c.objectOf(arg) == obj {
			return true
		}
	}
	return false
}

// objectOf returns the variable or field that an expression names, or nil.
func (c *checker) objectOf(e ast.Expr) types.Object { return chanuse.Variable(c.TypesInfo, e) }

// posNode is a node of no extent, for asking what a position lies within.
type posNode token.Pos

func (p posNode) Pos() token.Pos { return token.Pos(p) }
func (p posNode) End() token.Pos { return token.Pos(p) }
