package lockawait

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// A crossing is a wait that a lock is held across.
type crossing struct {
	rule  *rule.Rule
	level rule.Level
	fn    *summary.Func
	wait  *summary.Wait
	held  summary.Holding
	// need is the dependency of the goroutine waited for on the lock, or nil.
	need  *summary.Need
	field *types.Var // what a callback comes from
	msg   string
}

// across reports the locks held across waits. Each wait is judged by what it
// waits for; what several callers inherit from one callee, and what one
// critical section waits for several times, is one finding.
func (c *checker) across() {
	var all []crossing
	for _, f := range c.sums.Funcs {
		for _, w := range f.Waits {
			for _, h := range w.Held {
				if h.Called && c.forgot[h.Callee] || h.Private(w.Site) {
					continue
				}
				x, ok := c.judge(f, w, h)
				if !ok || x.level < rule.Error && (c.inTest(w.Site) || c.inTest(w.Op.In)) {
					continue // a test may well wait on purpose
				}
				x.fn, x.wait, x.held = f, w, h
				all = append(all, x)
			}
		}
	}
	for _, x := range distinct(all) {
		c.reportCrossing(x)
	}
}

func (c *checker) judge(f *summary.Func, w *summary.Wait, h summary.Holding) (crossing, bool) {
	switch w.Op.Kind {
	case summary.Sending, summary.Receiving, summary.Selecting:
		return c.acrossChannel(w, h)
	case summary.Joining:
		return c.acrossJoin(w, h)
	case summary.CondWaiting:
		return c.acrossCond(w, h)
	case summary.Foreign:
		return c.acrossCallback(w, h)
	case summary.Outside:
		return c.acrossIO(f, w, h)
	}
	return crossing{}, false
}

func (c *checker) peer() *summary.Peers {
	if c.peers == nil {
		c.peers = c.sums.Peers()
	}
	return c.peers
}

// distinct keeps the nearest and most certain crossing for every operation and
// lock, and then one for every critical section and rule.
func distinct(all []crossing) []crossing {
	rank := func(a, b crossing) int {
		return cmp.Or(-cmp.Compare(a.level, b.level), cmp.Compare(hops(a.wait), hops(b.wait)),
			cmp.Compare(a.fn.Fn.Pos(), b.fn.Fn.Pos()), cmp.Compare(a.wait.Site.Pos(), b.wait.Site.Pos()))
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, rank)
	type opKey struct {
		op    any // the operation, or the field that a callback comes from
		class string
	}
	type sectionKey struct {
		rule *rule.Rule
		site ssa.Instruction
	}
	ops, sections := make(map[opKey]bool), make(map[sectionKey]bool)
	return slices.DeleteFunc(all, func(x crossing) bool {
		o, s := opKey{x.wait.Op.In, x.held.Class}, sectionKey{x.rule, x.held.Site}
		if x.field != nil {
			o.op = x.field
		}
		if ops[o] || sections[s] {
			return true
		}
		ops[o], sections[s] = true, true
		return false
	})
}

// inTest reports whether an instruction is in a test or in a stand-in for tests.
func (c *checker) inTest(in ssa.Instruction) bool {
	file := filepath.ToSlash(c.src.pass.Fset.Position(in.Parent().Pos()).Filename)
	base := path.Base(file)
	return strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "fake") || strings.HasPrefix(base, "mock") ||
		strings.HasPrefix(path.Base(path.Dir(file)), "mock")
}

func hops(w *summary.Wait) int {
	n := 0
	for ; w.Via != nil; w = w.Via {
		n++
	}
	return n
}

func (c *checker) reportCrossing(x crossing) {
	pos, end := c.src.opSpan(x.wait.Site)
	lock := c.src.lock(x.held)
	var related []analysis.RelatedInformation
	text := lock + " is locked here"
	if x.held.Called {
		text = c.src.fun(x.held.Site) + " returns with " + lock + " locked"
	}
	related = append(related, c.at(x.held.Site, text))
	for via := x.wait.Via; via != nil; via = via.Via {
		text := "which calls " + c.src.fun(via.Site)
		if via.Via == nil {
			text = "the wait is here"
		}
		p, e := c.src.opSpan(via.Site)
		related = append(related, analysis.RelatedInformation{Pos: p, End: e, Message: text})
	}
	if n := x.need; n != nil {
		related = append(related, c.at(n.Take.Site, function(n.Fn)+" needs the lock here"))
		for via := n.Take.Via; via != nil && via.Site != nil; via = via.Via {
			related = append(related, c.at(via.Site, "and takes it through this"))
		}
		if n.At != nil && n.At != n.Serve.In {
			p, e := c.src.opSpan(n.At)
			related = append(related, analysis.RelatedInformation{Pos: p, End: e, Message: "before it gets here"})
		}
		if n.Serve.In != nil {
			p, e := c.src.opSpan(n.Serve.In)
			related = append(related, analysis.RelatedInformation{Pos: p, End: e, Message: "where the wait would end"})
		}
	}
	c.rep.Report(report.Finding{
		Rule: x.rule, Level: x.level, Pos: pos, End: end, Message: x.msg, Related: related,
	})
}

// place says what the lock is held across: the wait, or the call that waits.
func (c *checker) place(w *summary.Wait, h summary.Holding, doing string) string {
	lock := c.src.lock(h)
	if w.Via != nil {
		return fmt.Sprintf("%s is held while %s is %s", lock, c.src.fun(w.Site), doing)
	}
	return fmt.Sprintf("%s is held while %s", lock, doing)
}

// object names what a wait is on, as the function that holds the lock sees it,
// or as the callee does.
func object(w *summary.Wait, i int) string {
	for x := w; x != nil; x = x.Via {
		if i < len(x.On) && x.On[i].Known() {
			if s := x.On[i].String(); s != "the lock" {
				return s
			}
		}
	}
	return ""
}

func channel(w *summary.Wait, i int) string {
	return cmp.Or(object(w, i), "a channel")
}

// contended reports whether more than one function takes locks of a class:
// otherwise the lock has nobody to keep waiting but the operation itself.
func (c *checker) contended(h summary.Holding) bool {
	return h.Class != "" && len(c.sums.Users(h.Class)) > 1
}

// opSpan is the source range of an operation on a channel, or of a call.
func (s *source) opSpan(in ssa.Instruction) (pos, end token.Pos) {
	fn := in.Parent().Syntax()
	var want func(ast.Node) bool
	switch in := in.(type) {
	case *ssa.Send:
		want = func(n ast.Node) bool { x, ok := n.(*ast.SendStmt); return ok && x.Arrow == in.Pos() }
	case *ssa.UnOp:
		want = func(n ast.Node) bool { x, ok := n.(*ast.UnaryExpr); return ok && x.OpPos == in.Pos() }
	default:
		return s.span(in)
	}
	if n, ok := s.enclosing(fn, in.Pos(), want); ok {
		return n.Pos(), n.End()
	}
	return s.span(in)
}

// isContext reports whether a channel is a context's Done.
func isContext(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	m := call.Call.Method
	if fn := call.Call.StaticCallee(); fn != nil {
		m, _ = fn.Object().(*types.Func)
	}
	return m != nil && m.Name() == "Done" && m.Pkg() != nil && m.Pkg().Path() == "context"
}

// isTimer reports whether a channel is one of package time.
func isTimer(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		fn := v.Call.StaticCallee()
		return fn != nil && fn.Pkg != nil && fn.Pkg.Pkg.Path() == "time"
	case *ssa.UnOp:
		if fa, ok := v.X.(*ssa.FieldAddr); ok {
			return typePath(fa.X.Type()) == "time"
		}
	}
	return false
}

func typePath(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path()
}

// serialises reports whether a lock's name says that it exists to put the
// operation in order: "sendMu", "writeLock".
func serialises(h summary.Holding) bool {
	name := strings.ToLower(h.Class[strings.LastIndexByte(h.Class, '.')+1:])
	for _, word := range [...]string{"send", "write", "read", "io", "conn", "publish", "emit", "dial", "flush", "stream"} {
		if strings.HasPrefix(name, word) || strings.HasSuffix(name, word) {
			return true
		}
	}
	return false
}
