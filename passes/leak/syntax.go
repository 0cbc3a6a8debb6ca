package leak

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/ssabuild"
)

var inspectAnalyzer = inspect.Analyzer

// A source finds the syntax that an SSA instruction came from, by the position
// that go/ssa gives the instruction: an operator's, a keyword's or a
// parenthesis'.
type source struct {
	pass  *analysis.Pass
	at    map[token.Pos]ast.Node
	funcs map[ast.Node]*ssa.Function // by function literal
}

func newSource(pass *analysis.Pass, pkg *ssabuild.Package) *source {
	x := &source{pass: pass, at: make(map[token.Pos]ast.Node), funcs: make(map[ast.Node]*ssa.Function)}
	for _, fn := range pkg.Funcs {
		if lit, ok := fn.Syntax().(*ast.FuncLit); ok {
			x.funcs[lit] = fn
		}
	}
	types := []ast.Node{
		(*ast.SendStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.CallExpr)(nil), (*ast.GoStmt)(nil),
		(*ast.RangeStmt)(nil), (*ast.ReturnStmt)(nil), (*ast.SelectStmt)(nil),
	}
	pass.ResultOf[inspectAnalyzer].(*inspector.Inspector).Preorder(types, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SendStmt:
			x.at[n.Arrow] = n
		case *ast.UnaryExpr:
			x.at[n.OpPos] = n
		case *ast.CallExpr:
			x.at[n.Lparen] = n
		case *ast.GoStmt:
			x.at[n.Go] = n
		case *ast.RangeStmt:
			x.at[n.For] = n
		case *ast.ReturnStmt:
			x.at[n.Return] = n
		case *ast.SelectStmt:
			x.at[n.Select] = n
		}
	})
	return x
}

// node returns the syntax of an instruction, or nil.
func (x *source) node(instr ssa.Instruction) ast.Node {
	if instr == nil {
		return nil
	}
	return x.at[instr.Pos()]
}

// operation returns the syntax of a channel operation: of arm i if it is a
// select statement.
func (x *source) operation(instr ssa.Instruction, i int) ast.Node {
	if s, ok := instr.(*ssa.Select); ok {
		if i < 0 || i >= len(s.States) {
			return x.node(instr)
		}
		return x.at[s.States[i].Pos]
	}
	return x.node(instr)
}

// channel returns the channel operand of a channel operation as written.
func (x *source) channel(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SendStmt:
		return types.ExprString(n.Chan)
	case *ast.UnaryExpr:
		return types.ExprString(n.X)
	case *ast.RangeStmt:
		return types.ExprString(n.X)
	}
	return ""
}

// function returns the SSA form of a function literal.
func (x *source) function(lit *ast.FuncLit) *ssa.Function { return x.funcs[lit] }

// test reports whether a node is in a test file.
func (x *source) test(n ast.Node) bool {
	return strings.HasSuffix(x.pass.Fset.Position(n.Pos()).Filename, "_test.go")
}
