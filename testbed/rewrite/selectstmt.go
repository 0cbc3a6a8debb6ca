package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// selectStmt rewrites a select to a switch over the index of the case taken:
//
//	switch _r0, _r1 := SelRecv(a), SelSend(b).V(x); Select(s, hasDefault, _r0, _r1) {
//	case 0: v, ok := _r0.Val, _r0.OK; ...
//
// Labels and break keep their meaning on a switch. The operands move to the
// header, where they are evaluated once, in source order; their text moves as
// one line. Without a default clause the last case is printed as `default:`,
// so that a select that ends a function still does.
func (f *file) selectStmt(n *ast.SelectStmt) {
	if len(n.Body.List) == 0 {
		f.open(f.off(n.Pos()), f.rt("Forever")+"("+f.site(n.Select, "select {}")+"); ")
		return
	}
	var names, operands []string
	var last *ast.CommClause
	hasDefault := false
	site := f.site(n.Select, "select")
	for _, stmt := range n.Body.List {
		clause := stmt.(*ast.CommClause)
		if clause.Comm == nil {
			hasDefault = true
			continue
		}
		last = clause
		names = append(names, f.fresh("r"))
		operands = append(operands, f.operand(clause.Comm))
	}
	i := 0
	for _, stmt := range n.Body.List {
		clause := stmt.(*ast.CommClause)
		if clause.Comm == nil {
			continue
		}
		label := fmt.Sprintf("case %d:", i)
		if clause == last && !hasDefault {
			label = "default:"
		}
		bind := f.bind(clause.Comm, names[i])
		f.absorb(f.off(clause.Case), f.off(clause.Colon)+1, label+bind)
		i++
	}
	head := "switch "
	if len(names) > 0 {
		head += strings.Join(names, ", ") + " := " + strings.Join(operands, ", ") + "; "
	}
	args := append([]string{site, fmt.Sprint(hasDefault)}, names...)
	head += f.rt("Select") + "(" + strings.Join(args, ", ") + ") "
	f.replace(f.off(n.Select), f.off(n.Body.Lbrace), head)
}

// operand is the case as a value: its channel, and what it sends.
func (f *file) operand(comm ast.Stmt) string {
	if send, ok := comm.(*ast.SendStmt); ok {
		return f.rt("SelSend") + "(" + f.edited(send.Chan) + ").V(" + f.edited(send.Value) + ")"
	}
	return f.rt("SelRecv") + "(" + f.edited(receiveOf(comm).X) + ")"
}

// bind is the statement that gives a receiving case its variables.
func (f *file) bind(comm ast.Stmt, name string) string {
	assign, ok := comm.(*ast.AssignStmt)
	if !ok {
		return ""
	}
	left, right := []string{f.edited(assign.Lhs[0])}, []string{name + ".Val"}
	if len(assign.Lhs) == 2 {
		left, right = append(left, f.edited(assign.Lhs[1])), append(right, name+".OK")
	}
	op := assign.Tok
	if op == token.DEFINE && allBlank(assign.Lhs) {
		op = token.ASSIGN
	}
	return " " + strings.Join(left, ", ") + " " + op.String() + " " + strings.Join(right, ", ") + ";"
}

func allBlank(list []ast.Expr) bool {
	for _, x := range list {
		if !isBlank(x) {
			return false
		}
	}
	return true
}
