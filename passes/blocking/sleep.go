package blocking

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// A site is one call of time.Sleep and what it stands in.
type site struct {
	call  *ast.CallExpr
	cur   inspector.Cursor
	delay delay

	fn     ast.Node       // innermost *ast.FuncDecl or *ast.FuncLit
	typ    *ast.FuncType  // of fn
	body   *ast.BlockStmt // of fn
	decl   *ast.FuncDecl  // outermost declaration, nil in a package-level literal
	loop   ast.Stmt       // innermost loop of fn around the call, or nil
	inTask bool           // fn is the body of a goroutine
}

// sleep reports a statement that sleeps where it could also watch for the end.
func (c *checker) sleep(cur inspector.Cursor) {
	call, ok := cur.Node().(*ast.ExprStmt).X.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return
	}
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	if fn == nil || fn.FullName() != "time.Sleep" {
		return
	}
	s := c.locate(cur, call)
	if s == nil || s.tiny() && !s.endless() || c.excused(s) {
		return
	}
	c.findTurns(s)
	w := c.watchable(s)
	if w == nil || s.tiny() && (!w.sure || s.delay.max < time.Millisecond || !c.turnsBlindly(s, w)) {
		return
	}
	where := "in a loop "
	switch {
	case s.loop == nil && s.inTask:
		where = "in a goroutine "
	case s.loop == nil:
		where = ""
	}
	effect := "the task cannot end before the delay does"
	if s.tiny() {
		effect = "the loop has a way round that never looks at it"
	}
	name := types.ExprString(call)
	if len(name) > 48 {
		name = types.ExprString(call.Fun)
	}
	f := report.Finding{
		Rule: rule.UncancellableSleep, Level: c.level(s, w),
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("%s %sdoes not watch %s: %s", name, where, w.name, effect),
	}
	if w.pos.IsValid() {
		f.Related = []analysis.RelatedInformation{{Pos: w.pos, Message: w.name + " " + w.role}}
	}
	if fix, ok := c.selectFix(s, w); ok {
		f.Fixes = []analysis.SuggestedFix{fix}
	}
	c.report.Report(f)
}

// locate finds the function, loop and goroutine around a call.
func (c *checker) locate(cur inspector.Cursor, call *ast.CallExpr) *site {
	s := &site{call: call, cur: cur, delay: c.delayOf(call.Args[0])}
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := up.Node().(type) {
		case *ast.ForStmt:
			if s.fn == nil && s.loop == nil {
				s.loop = n
			}
		case *ast.RangeStmt:
			if s.fn == nil && s.loop == nil {
				s.loop = n
			}
		case *ast.FuncLit:
			if s.fn == nil {
				s.fn, s.typ, s.body = n, n.Type, n.Body
				s.inTask = c.isTask(up)
			}
		case *ast.FuncDecl:
			s.decl = n
			if s.fn == nil {
				s.fn, s.typ, s.body = n, n.Type, n.Body
				s.inTask = c.startedTasks()[c.TypesInfo.Defs[n.Name]]
			}
		}
	}
	if s.fn == nil {
		return nil
	}
	return s
}

// isTask reports whether a function literal runs as a goroutine of its own: the
// function of a go statement, or the argument of a group's method Go.
func (c *checker) isTask(lit inspector.Cursor) bool {
	call, ok := lit.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	if call.Fun == lit.Node() {
		_, ok := lit.Parent().Parent().Node().(*ast.GoStmt)
		return ok
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Go"
}

// startedTasks returns the functions of the package that a go statement or a
// method named Go starts.
func (c *checker) startedTasks() map[types.Object]bool {
	if c.tasks != nil {
		return c.tasks
	}
	c.tasks = make(map[types.Object]bool)
	add := func(e ast.Expr) {
		var id *ast.Ident
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = e
		case *ast.SelectorExpr:
			id = e.Sel
		}
		if fn, ok := c.TypesInfo.Uses[id].(*types.Func); id != nil && ok {
			c.tasks[fn.Origin()] = true
		}
	}
	for _, f := range c.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				add(n.Call.Fun)
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" && len(n.Args) == 1 {
					add(n.Args[0])
				}
			}
			return true
		})
	}
	return c.tasks
}

// level grades a sleep by how sure it is that somebody waits for its end: what
// is watched, whether a loop repeats the delay, how long the delay is, and
// whether the loop at least looks at its end between the delays.
func (c *checker) level(s *site, w *watch) rule.Level {
	long := s.delay.max < 0 && !s.delay.grows || s.delay.max >= longDelay
	short := s.delay.grows || s.delay.max >= 0 && s.delay.max < shortDelay
	polled := s.loop != nil && c.looksAt(s.loop, w)
	total, bounded := c.total(s)
	switch {
	case s.tiny():
		return rule.Warning
	case w.weak, bounded && total < longDelay, polled && !long:
		return rule.Note
	case s.loop == s.body && s.loop != nil && w.sure:
		return rule.Warning // what the gotos repeat is less than the body
	case s.loop != nil && w.sure && !short:
		return rule.Error
	case s.loop != nil && (w.sure || long):
		return rule.Warning
	case s.inTask && long && s.delay.max != longDelay && c.uses(s.body, w):
		return rule.Warning
	}
	return rule.Note
}

// excused reports whether a sleep is part of a test or example, or follows the
// end on purpose.
func (c *checker) excused(s *site) bool {
	for file := range s.cur.Enclosing((*ast.File)(nil)) {
		if fileServesTests(file.Node().(*ast.File), c.Fset.File(s.call.Pos()).Name()) {
			return true
		}
	}
	if s.decl != nil {
		name := strings.ToLower(s.decl.Name.Name)
		for _, w := range [...]string{"simulat", "mock", "fake", "stub", "demo", "dummy"} {
			if strings.Contains(name, w) {
				return true
			}
		}
	}
	return false
}
