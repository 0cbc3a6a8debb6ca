package cancelsafe

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// operandBeforeSelect reports operands of a select that wait. A select with a
// single case has nothing that the wait could keep from happening.
func (c *checker) operandBeforeSelect(cur inspector.Cursor) {
	sel := cur.Node().(*ast.SelectStmt)
	if len(sel.Body.List) < 2 {
		return
	}
	for _, s := range sel.Body.List {
		clause := s.(*ast.CommClause)
		switch comm := clause.Comm.(type) {
		case *ast.SendStmt:
			c.operand(sel, clause, comm.Chan, nil)
			c.operand(sel, clause, comm.Value, comm.Chan)
		default:
			if ch, _ := receive(comm); ch != nil {
				c.operand(sel, clause, ch, nil)
			}
		}
	}
}

// operand reports the first wait in an operand. to is the channel that the
// operand's value is sent to, or nil for the expression of a channel. With room
// in that channel a result is hardly lost: the other cases are then merely of no
// use.
func (c *checker) operand(sel *ast.SelectStmt, clause *ast.CommClause, e, to ast.Expr) {
	w := c.waitIn(e, 0)
	if w == nil {
		return
	}
	level, does := rule.Warning, "may wait"
	if w.certain {
		level, does = rule.Error, "waits"
	}
	if to != nil && !w.receive && c.buffered(to) {
		level = rule.Warning
	}
	lost := "result"
	if w.receive {
		does, lost = "is received", "value"
	}
	msg := fmt.Sprintf("%s %s before the select begins: %s cannot interrupt it", short(w.expr), does, otherCase(sel, clause))
	if to != nil {
		if more := fmt.Sprintf(", and the %s is lost unless %s takes it", lost, short(to)); len(msg)+len(more) <= readable {
			msg += more
		}
	}
	f := report.Finding{
		Rule: rule.OperandBeforeSelect, Level: level,
		Pos: w.expr.Pos(), End: w.expr.End(),
		Message: msg,
	}
	for _, step := range w.trail {
		f.Related = append(f.Related, analysis.RelatedInformation{Pos: step.Pos(), End: step.End(), Message: "it waits here"})
	}
	c.report.Report(f)
}

// readable is the length up to which a message is read at a glance.
const readable = 140

// otherCase names what the wait keeps from happening: the branch that means an
// end if there is one, else the default, else the first other case.
func otherCase(sel *ast.SelectStmt, own *ast.CommClause) string {
	name := ""
	for _, s := range sel.Body.List {
		clause := s.(*ast.CommClause)
		if clause == own {
			continue
		}
		if clause.Comm == nil {
			return "the default"
		}
		ch, _ := receive(clause.Comm)
		if send, ok := clause.Comm.(*ast.SendStmt); ok {
			ch = send.Chan
		}
		if ch == nil {
			continue
		}
		if saysStop(ch) {
			return short(ch)
		}
		if name == "" {
			name = short(ch)
		}
	}
	return name
}

// short returns an expression as the source writes it, cut to what a message
// can carry three of.
func short(e ast.Expr) string {
	const room = 24
	e = ast.Unparen(e)
	s := types.ExprString(e)
	if len(s) <= room {
		return s
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		return "the function literal"
	case *ast.CallExpr:
		return short(e.Fun)
	case *ast.UnaryExpr:
		return e.Op.String() + short(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return s[:room-3] + "..."
}
