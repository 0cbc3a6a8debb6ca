package lockawait

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/summary"
)

// source finds the syntax behind SSA instructions, so that findings name locks
// and calls as they are written.
type source struct {
	pass  *analysis.Pass
	calls map[token.Pos]*ast.CallExpr // by the position that SSA gives the call
}

func newSource(pass *analysis.Pass) *source {
	return &source{pass: pass}
}

func (s *source) call(in ssa.Instruction) *ast.CallExpr {
	if s.calls == nil {
		s.calls = make(map[token.Pos]*ast.CallExpr)
		for _, f := range s.pass.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					s.calls[n.Lparen] = n
				case *ast.DeferStmt:
					s.calls[n.Defer] = n.Call
				case *ast.GoStmt:
					s.calls[n.Go] = n.Call
				}
				return true
			})
		}
	}
	return s.calls[in.Pos()]
}

// span is the source range of an instruction: of the call or the return
// statement when it is one.
func (s *source) span(in ssa.Instruction) (pos, end token.Pos) {
	if call := s.call(in); call != nil {
		return call.Pos(), call.End()
	}
	fn := in.Parent().Syntax()
	if ret, ok := in.(*ssa.Return); ok {
		if !ret.Pos().IsValid() && fn != nil {
			return fn.End() - 1, fn.End() // falls off the end: the closing brace
		}
		if stmt, ok := s.enclosing(fn, ret.Pos(), func(n ast.Node) bool { _, ok := n.(*ast.ReturnStmt); return ok }); ok {
			return stmt.Pos(), stmt.End()
		}
	}
	if p := in.Pos(); p.IsValid() {
		return p, p
	}
	return in.Parent().Pos(), in.Parent().Pos()
}

// enclosing returns the innermost node under root that contains pos and
// satisfies want.
func (s *source) enclosing(root ast.Node, pos token.Pos, want func(ast.Node) bool) (ast.Node, bool) {
	var found ast.Node
	if root == nil || !pos.IsValid() {
		return nil, false
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		if want(n) {
			found = n
		}
		return true
	})
	return found, found != nil
}

// lock names the lock of a holding as it is written where it is taken.
func (s *source) lock(h summary.Holding) string {
	call := s.call(h.Site)
	if call == nil || h.Called {
		return h.Ref.String()
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return types.ExprString(sel.X)
	}
	return types.ExprString(call.Fun)
}

// fun names the function called at an instruction as it is written.
func (s *source) fun(in ssa.Instruction) string {
	call := s.call(in)
	if call == nil {
		return "the call"
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return "the function literal"
	}
	return types.ExprString(call.Fun)
}

// function names a function for a message: "(*Store).Put", "newClient".
func function(fn *ssa.Function) string {
	if fn == nil {
		return "a function"
	}
	if fn.Parent() != nil {
		return "a closure in " + function(fn.Parent())
	}
	if recv := fn.Signature.Recv(); recv != nil {
		t := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
		if strings.HasPrefix(t, "*") {
			t = "(" + t + ")"
		}
		return t + "." + fn.Name()
	}
	return fn.Name()
}
