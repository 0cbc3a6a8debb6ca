package cancelsafe

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// A loopSelect is a select and what it stands in.
type loopSelect struct {
	sel  *ast.SelectStmt
	loop ast.Stmt       // innermost *ast.ForStmt or *ast.RangeStmt
	fn   ast.Node       // innermost *ast.FuncDecl or *ast.FuncLit
	body *ast.BlockStmt // of fn
	cur  inspector.Cursor

	nested bool // another loop of the function stands around loop
}

// breakInSelect reports the breaks of one select that stay inside the loop
// although their branch means the end.
func (c *checker) breakInSelect(cur inspector.Cursor) {
	ls := enclosing(cur)
	if ls == nil {
		return
	}
	for _, s := range ls.sel.Body.List {
		clause := s.(*ast.CommClause)
		if clause.Comm == nil {
			continue
		}
		breaks := breaksOf(clause.Body)
		if len(breaks) == 0 {
			continue
		}
		end := c.endOf(clause, ls)
		if end == nil {
			continue
		}
		for _, br := range breaks {
			if end.covers(br) {
				c.judgeBreak(ls, clause, end, br)
			}
		}
	}
}

// enclosing returns the loop and function around a select, or nil when no loop
// of the same function is around it.
func enclosing(cur inspector.Cursor) *loopSelect {
	ls := &loopSelect{sel: cur.Node().(*ast.SelectStmt), cur: cur}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch n := up.Node().(type) {
		case *ast.ForStmt:
			if ls.loop == nil {
				ls.loop = n
			} else {
				ls.nested = true
			}
		case *ast.RangeStmt:
			if ls.loop == nil {
				ls.loop = n
			} else {
				ls.nested = true
			}
		case *ast.FuncDecl:
			ls.fn, ls.body = n, n.Body
		case *ast.FuncLit:
			ls.fn, ls.body = n, n.Body
		}
		if ls.fn != nil {
			break
		}
	}
	if ls.loop == nil || ls.fn == nil {
		return nil
	}
	return ls
}

// isLast reports whether the select is the last thing in the loop.
func (ls *loopSelect) isLast() bool {
	var body *ast.BlockStmt
	switch loop := ls.loop.(type) {
	case *ast.ForStmt:
		body = loop.Body
	case *ast.RangeStmt:
		body = loop.Body
	}
	return within(ls.sel, body.List[len(body.List)-1])
}

func within(n, outer ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// breaksOf returns the unlabelled breaks in a branch that leave its select.
func breaksOf(body []ast.Stmt) (breaks []*ast.BranchStmt) {
	for _, s := range body {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
				return false
			case *ast.BranchStmt:
				if n.Tok == token.BREAK && n.Label == nil {
					breaks = append(breaks, n)
				}
			}
			return true
		})
	}
	return breaks
}

// judgeBreak follows the control flow behind the select and reports the break
// when the loop comes round.
func (c *checker) judgeBreak(ls *loopSelect, clause *ast.CommClause, end *ending, br *ast.BranchStmt) {
	level, certain := end.level, true
	var exit ast.Node
	switch c.after(ls, clause, end) {
	case leaves:
		return
	case runsOut:
		level = min(level, rule.Warning)
	case mayComeRound:
		level, certain = min(level, rule.Warning), false
		exit = firstExit(ls)
	}
	if end.level < rule.Error {
		certain = false
	}
	name := short(end.operand)
	f := report.Finding{
		Rule: rule.BreakInSelect, Level: level,
		Pos: br.Pos(), End: br.End(),
		Message: end.consequence(name, certain),
		Related: []analysis.RelatedInformation{{Pos: ls.loop.Pos(), Message: "this loop comes round again"}},
	}
	if exit != nil {
		f.Related = append(f.Related, analysis.RelatedInformation{
			Pos: exit.Pos(), End: exit.End(), Message: "only a way out like this one ends the loop, and it does not depend on " + name,
		})
	}
	if end.closeSite.IsValid() {
		f.Related = append(f.Related, analysis.RelatedInformation{Pos: end.closeSite, Message: name + " is closed here"})
	}
	if fix, ok := c.leaveLoop(ls, br); ok {
		f.Fixes = []analysis.SuggestedFix{fix}
	}
	c.report.Report(f)
}

// firstExit returns the first statement behind the select that leaves the loop,
// or nil.
func firstExit(ls *loopSelect) (exit ast.Node) {
	inner := 0 // what an unlabelled break leaves instead of the loop
	var walk func(ast.Node)
	walk = func(root ast.Node) {
		ast.Inspect(root, func(n ast.Node) bool {
			if n == root || exit != nil {
				return exit == nil
			}
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				inner++
				walk(n)
				inner--
				return false
			case *ast.ReturnStmt:
				if n.Pos() > ls.sel.End() {
					exit = n
				}
			case *ast.BranchStmt:
				if n.Pos() > ls.sel.End() && n.Tok == token.BREAK && (n.Label != nil || inner == 0) {
					exit = n
				}
			}
			return exit == nil
		})
	}
	walk(ls.loop)
	return exit
}
