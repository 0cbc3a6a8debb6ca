package blocking

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// selectFix replaces a sleep by a select that also watches w. time.After keeps
// its timer until it fires in programs before Go 1.23; the sleep kept a whole
// goroutine as long.
//
// The new branch returns what another branch of the function returns when it
// sees the same end; failing that, the context's error. There is no fix when the
// function would have to say something that only its author knows: which error a
// closed channel is, or what to do about a lock or a count that a statement
// further down gives back.
func (c *checker) selectFix(s *site, w *watch) (fix analysis.SuggestedFix, ok bool) {
	ret, ok := c.returnStmt(s, w)
	if !ok || givesBack(s.body) {
		return fix, false
	}
	after := "time.After"
	switch fun := ast.Unparen(s.call.Fun).(type) {
	case *ast.SelectorExpr:
		after = types.ExprString(fun.X) + ".After"
	case *ast.Ident:
		after = "After" // a dot import
	}
	at := c.Fset.PositionFor(s.call.Pos(), false)
	src, err := c.ReadFile(at.Filename)
	if err != nil {
		return fix, false
	}
	from, to := at.Offset, c.Fset.PositionFor(s.call.Args[0].End(), false).Offset
	argFrom := c.Fset.PositionFor(s.call.Args[0].Pos(), false).Offset
	if to > len(src) || from < at.Column-1 {
		return fix, false
	}
	lead := string(src[from-(at.Column-1) : from])
	if strings.TrimSpace(lead) != "" {
		lead = ""
	}
	lines := []string{
		"select {",
		fmt.Sprintf("case <-%s(%s):", after, src[argFrom:to]),
		fmt.Sprintf("case <-%s:", w.done),
		"\t" + ret,
		"}",
	}
	return analysis.SuggestedFix{
		Message: "wait in a select that also watches " + w.name,
		TextEdits: []analysis.TextEdit{{
			Pos: s.call.Pos(), End: s.call.End(),
			NewText: []byte(strings.Join(lines, "\n"+lead)),
		}},
	}, true
}

// returnStmt writes the statement that ends the function of the sleep.
func (c *checker) returnStmt(s *site, w *watch) (string, bool) {
	var fields []*ast.Field
	if s.typ.Results != nil {
		fields = s.typ.Results.List
	}
	if len(fields) == 0 {
		return "return", true
	}
	if ret := c.sibling(s, w); ret != "" {
		return ret, true
	}
	last := fields[len(fields)-1]
	if w.err == "" || !types.Identical(c.TypesInfo.TypeOf(last.Type), types.Universe.Lookup("error").Type()) {
		return "", false
	}
	var values []string
	for _, f := range fields {
		zero := c.zeroValue(f.Type)
		for range max(1, len(f.Names)) {
			values = append(values, zero)
		}
	}
	values[len(values)-1] = w.err
	return "return " + strings.Join(values, ", "), true
}

// sibling returns the return statement of a branch that receives from what is
// watched, if its results mean the same everywhere in the function, or "".
func (c *checker) sibling(s *site, w *watch) (ret string) {
	ast.Inspect(s.body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit || ret != "" {
			return false
		}
		clause, ok := n.(*ast.CommClause)
		if !ok || clause.Comm == nil || !c.looksAt(clause.Comm, w) || len(clause.Body) == 0 {
			return true
		}
		last, ok := clause.Body[len(clause.Body)-1].(*ast.ReturnStmt)
		if !ok || len(last.Results) == 0 {
			return true
		}
		var values []string
		for _, r := range last.Results {
			if !c.fixed(r, w) {
				return true
			}
			values = append(values, types.ExprString(r))
		}
		ret = "return " + strings.Join(values, ", ")
		return false
	})
	return ret
}

// fixed reports whether an expression is a constant, nil, a package-level
// variable, or the context's error.
func (c *checker) fixed(e ast.Expr, w *watch) bool {
	if tv := c.TypesInfo.Types[e]; tv.Value != nil || tv.IsNil() {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if ok {
		obj := c.TypesInfo.Uses[id]
		return obj != nil && obj.Parent() == c.Pkg.Scope()
	}
	return w.err != "" && types.ExprString(e) == w.err
}

// zeroValue writes the zero value of a type that the source spells as e.
func (c *checker) zeroValue(e ast.Expr) string {
	t := c.TypesInfo.TypeOf(e)
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return "*new(" + types.ExprString(e) + ")"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
	case *types.Struct, *types.Array:
		return types.ExprString(e) + "{}"
	}
	return "nil"
}

// givesBack reports whether a function releases something by a plain statement,
// which a return in its middle would leave out.
func givesBack(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt, *ast.FuncLit:
			return false
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
					switch sel.Sel.Name {
					case "Unlock", "RUnlock", "Done", "Release", "Rollback":
						found = true
					}
				}
			}
		}
		return !found
	})
	return found
}
