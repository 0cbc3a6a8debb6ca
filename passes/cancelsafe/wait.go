package cancelsafe

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/chanuse"
	"github.com/asynclint/asynclint/internal/registry"
)

// A wait is an operation in an operand that blocks.
type wait struct {
	expr    ast.Expr // in the operand
	receive bool     // a receive operation, not a call
	certain bool
	trail   []ast.Node // where the called functions wait
}

// maxCalls is how many calls deep functions of the package are looked into.
const maxCalls = 2

// waitIn returns the first operation in an expression that blocks, or nil.
func (c *checker) waitIn(e ast.Expr, depth int) (found *wait) {
	ast.Inspect(e, func(n ast.Node) bool {
		if found != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				found = &wait{expr: n, receive: true, certain: !c.buffered(n.X)}
			}
		case *ast.CallExpr:
			found = c.callWaits(n, depth)
		}
		return found == nil
	})
	return found
}

// callWaits reports whether a call blocks: by the registry, or because the
// function of this package that it names does. A call that is given a context
// can be interrupted through it and is left alone.
func (c *checker) callWaits(call *ast.CallExpr, depth int) *wait {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		if at, certain := c.bodyWaits(lit.Body, depth); at != nil {
			return &wait{expr: call, certain: certain, trail: []ast.Node{at}}
		}
		return nil
	}
	fn, _ := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if fn == nil {
		return nil
	}
	for _, arg := range call.Args {
		if chanuse.IsContext(c.TypesInfo.TypeOf(arg)) {
			return nil
		}
	}
	if entry, ok := known.Blocking(fn); ok {
		return registered(call, entry)
	}
	fd := c.declOf(fn)
	if fd == nil || fd.Body == nil || depth >= maxCalls {
		return nil
	}
	if at, certain := c.bodyWaits(fd.Body, depth+1); at != nil {
		return &wait{expr: call, certain: certain, trail: []ast.Node{at}}
	}
	return nil
}

// registered returns the wait of a call that the registry lists. Locks and the
// disk are left out: they are short, and no select is written to cut them off.
// So are readers and writers: what is behind them is as often memory.
func registered(call *ast.CallExpr, entry registry.Entry) *wait {
	switch entry.Kind {
	case registry.Lock, registry.Disk, registry.Stream:
		return nil
	case registry.Chan:
		return &wait{expr: call}
	}
	return &wait{expr: call, certain: true}
}

// buffered reports whether every channel that the expression can denote is made
// with room, so that a receive may find a value.
func (c *checker) buffered(ch ast.Expr) bool {
	use := c.chans.Of(ch)
	if use == nil {
		return false
	}
	for _, m := range use.Makes {
		if call, ok := m.Node.(*ast.CallExpr); ok && len(call.Args) < 2 {
			return false
		}
	}
	return len(use.Makes) > 0
}

// bodyWaits returns the first operation in a function body that blocks. It is
// certain when no condition stands before it.
func (c *checker) bodyWaits(body *ast.BlockStmt, depth int) (at ast.Node, certain bool) {
	certain = true
	for _, s := range body.List {
		if at, sure := c.stmtWaits(s, depth); at != nil {
			return at, sure && certain
		}
		if mayReturn(s) {
			certain = false
		}
	}
	return nil, false
}

// stmtWaits returns the first operation in a statement that blocks, and whether
// running the statement is certain to run it.
func (c *checker) stmtWaits(s ast.Stmt, depth int) (at ast.Node, certain bool) {
	inExpr := func(e ast.Expr) bool {
		if e == nil || at != nil {
			return at != nil
		}
		if w := c.waitIn(e, depth); w != nil {
			at, certain = w.expr, w.certain
		}
		return at != nil
	}
	inStmt := func(s ast.Stmt, conditional bool) bool {
		if s == nil || at != nil {
			return at != nil
		}
		if n, sure := c.stmtWaits(s, depth); n != nil {
			at, certain = n, sure && !conditional
		}
		return at != nil
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		return c.bodyWaits(s, depth)
	case *ast.LabeledStmt:
		return c.stmtWaits(s.Stmt, depth)
	case *ast.ExprStmt:
		inExpr(s.X)
	case *ast.SendStmt:
		if !inExpr(s.Value) && !c.buffered(s.Chan) {
			at = s // somebody may be there to receive
		}
	case *ast.AssignStmt:
		for _, r := range s.Rhs {
			inExpr(r)
		}
	case *ast.ReturnStmt:
		for _, r := range s.Results {
			inExpr(r)
		}
	case *ast.IfStmt:
		_ = inStmt(s.Init, false) || inExpr(s.Cond) || inStmt(s.Body, true) || inStmt(s.Else, true)
	case *ast.ForStmt:
		_ = inStmt(s.Init, false) || inExpr(s.Cond) || inStmt(s.Body, s.Cond != nil)
	case *ast.RangeStmt:
		if _, ok := chanuse.IsChan(c.TypesInfo.TypeOf(s.X)); ok {
			return s.X, true
		}
		_ = inExpr(s.X) || inStmt(s.Body, true)
	case *ast.SelectStmt:
		for _, clause := range s.Body.List {
			comm := clause.(*ast.CommClause).Comm
			if comm == nil {
				return nil, false
			}
			if ch, _ := receive(comm); ch != nil && saysStop(ch) {
				return nil, false // it can be interrupted after all
			}
		}
		return s, true
	case *ast.SwitchStmt:
		_ = inStmt(s.Init, false) || inExpr(s.Tag)
		for _, clause := range s.Body.List {
			for _, b := range clause.(*ast.CaseClause).Body {
				inStmt(b, true)
			}
		}
	}
	return at, certain
}

// mayReturn reports whether a statement can end the function.
func mayReturn(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}

// declOf returns the declaration of a function of this package, or nil.
func (c *checker) declOf(fn *types.Func) *ast.FuncDecl {
	if fn.Pkg() != c.Pkg {
		return nil
	}
	if c.decls == nil {
		c.decls = make(map[types.Object]*ast.FuncDecl)
		for _, f := range c.Files {
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok {
					c.decls[c.TypesInfo.Defs[fd.Name]] = fd
				}
			}
		}
	}
	return c.decls[fn.Origin()]
}
