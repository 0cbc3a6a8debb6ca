package leak

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/model"
	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/ssabuild"
)

// abandonedSender reports leak/abandoned-sender. The model says which sends
// can be left behind; what is decided here is how sure that is and how to say
// it.
//
// Functions are explored from the outside in. A function literal whose channels
// were all explored, completely, as part of the function around it is not
// explored again on its own, where less would be known about it.
func abandonedSender(pass *analysis.Pass, r *report.Reporter) {
	if !imports(pass) {
		return
	}
	pkg := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.Package)
	settled := make(map[*ssa.MakeChan]bool)
	type site struct {
		ch    *ssa.MakeChan
		start ssa.Instruction
	}
	reported := make(map[site]bool)
	var src *source
	for _, entry := range model.Entries(pkg.SSA, pkg.Funcs) {
		if allSettled(entry, settled) {
			continue
		}
		result := model.Explore(pkg.SSA, entry)
		if result.Complete {
			for ch := range result.Made {
				settled[ch] = true
			}
		}
		for _, l := range result.Leaks {
			k := site{l.Chan, l.Start}
			if reported[k] || l.Start == nil {
				continue
			}
			reported[k] = true
			if src == nil {
				src = index(pass)
			}
			if f, ok := src.finding(l); ok {
				r.Report(f)
			}
		}
	}
}

// imports is false for packages without goroutines, which are many: nothing in
// them needs the SSA form.
func imports(pass *analysis.Pass) bool { return true }

func allSettled(entry *ssa.Function, settled map[*ssa.MakeChan]bool) bool {
	for _, b := range entry.Blocks {
		for _, instr := range b.Instrs {
			if ch, ok := instr.(*ssa.MakeChan); ok && !settled[ch] {
				return false
			}
		}
	}
	return true
}

// finding words a leak.
func (x *source) finding(l model.Leak) (report.Finding, bool) {
	send := x.send(l)
	if send == nil {
		return report.Finding{}, false
	}
	name := types.ExprString(send.Chan)
	f := report.Finding{
		Rule:    rule.AbandonedSender,
		Level:   rule.Error,
		Pos:     send.Pos(),
		End:     send.End(),
		Message: fmt.Sprintf("goroutine blocks forever sending on %s when %s", name, x.leaving(l)),
	}
	if strings.HasSuffix(x.pass.Fset.Position(send.Pos()).Filename, "_test.go") {
		f.Level = rule.Warning
	}
	add := func(n ast.Node, format string, args ...any) {
		if n != nil {
			f.Related = append(f.Related, analysis.RelatedInformation{Pos: n.Pos(), End: n.End(), Message: fmt.Sprintf(format, args...)})
		}
	}
	add(x.at[l.Chan.Pos()], "the channel is made here")
	add(x.at[l.Start.Pos()], "the goroutine is started here")
	add(x.receive(l), "its receiver stands here")
	add(x.leave(l), "and leaves here")
	return f, true
}

// source finds syntax by the positions that SSA instructions have.
type source struct {
	pass *analysis.Pass
	at   map[any]ast.Node
}

func index(pass *analysis.Pass) *source {
	x := &source{pass: pass, at: make(map[any]ast.Node)}
	for _, f := range pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
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
			return true
		})
	}
	return x
}

func (x *source) send(l model.Leak) *ast.SendStmt {
	pos := l.Send.Pos()
	if s, ok := l.Send.(*ssa.Select); ok {
		pos = s.States[l.Arm].Pos
	}
	n, _ := x.at[pos].(*ast.SendStmt)
	return n
}

func (x *source) receive(l model.Leak) ast.Node {
	for _, r := range l.Receives {
		pos := r.Pos()
		if n := x.at[pos]; n != nil {
			return n
		}
	}
	return nil
}

func (x *source) leave(l model.Leak) ast.Node {
	if l.Return != nil {
		if n := x.at[l.Return.Pos()]; n != nil {
			return n
		}
	}
	return nil
}

func (x *source) leaving(l model.Leak) string {
	if l.Leave != nil && l.Leave.Kind != model.Branch {
		if s, ok := l.Leave.Instr.(*ssa.Select); ok {
			if l.Leave.Arm < 0 {
				return "the select takes its default"
			}
			if u, ok := x.at[s.States[l.Leave.Arm].Pos].(*ast.UnaryExpr); ok {
				return "the select returns through " + strings.TrimSuffix(types.ExprString(u.X), "()")
			}
		}
	}
	fn := "the receiver"
	if l.Leave != nil && l.Leave.Instr.Parent() != nil {
		fn = l.Leave.Instr.Parent().Name()
	}
	if l.Received == 0 {
		return fn + " returns before it receives"
	}
	return fn + " returns before it receives again"
}
