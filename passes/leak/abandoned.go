package leak

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
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
// explored again on its own, where less would be known about it. The result
// holds the sends that were found.
func abandonedSender(pass *analysis.Pass, r *report.Reporter, source func() *source) (map[ssa.Instruction]bool, error) {
	pkg := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.Package)
	type group struct {
		ch    *ssa.MakeChan
		start ssa.Instruction
	}
	settled := make(map[*ssa.MakeChan]bool)
	limit := &bounds{pass: pass, tests: 3 * model.MaxStates}
	var errs []error
	reported, found := make(map[group]bool), make(map[ssa.Instruction]bool)
	for _, entry := range model.Entries(pkg.SSA, pkg.Funcs) {
		states := limit.of(entry)
		if states == 0 || allSettled(entry, settled) {
			continue
		}
		result, err := explore(pkg.SSA, entry, states)
		limit.spend(entry, result.States)
		errs = append(errs, err)
		for ch := range result.Made {
			settled[ch] = settled[ch] || result.Complete
		}
		for _, l := range result.Leaks {
			g := group{l.Chan, l.Start}
			found[l.Send] = true
			if reported[g] {
				continue // one report for all the sends of a goroutine on a channel
			}
			reported[g] = true
			if f, ok := source().finding(l); ok {
				if f.Level == rule.Error && lastCall(pkg, entry) {
					f.Level = rule.Warning // the program may end there
				}
				r.Report(f)
			}
		}
	}
	return found, errors.Join(errs...)
}

// explore runs the model. A function that the model cannot take is an error of
// this package, not of the whole run.
func explore(pkg *ssa.Package, entry *ssa.Function, maxStates int) (result model.Result, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("cannot explore %s: %v; please report this with the function's source", entry, x)
		}
	}()
	return model.Explore(pkg, entry, maxStates), nil
}

// Bounds limit the exploration. Tests have the most goroutines and the least to
// say, since what they leave behind is a note at most: without bounds of their
// own they take nine tenths of the pass's time. Each gets a tenth of the states of
// other functions, until the tests of the package have used up what they share.
type bounds struct {
	pass  *analysis.Pass
	tests int // states left for tests
}

func (b *bounds) test(entry *ssa.Function) bool {
	return strings.HasSuffix(b.pass.Fset.Position(entry.Pos()).Filename, "_test.go")
}

// of returns the number of states within which a function is explored.
func (b *bounds) of(entry *ssa.Function) int {
	if b.test(entry) {
		return max(min(model.MaxStates/10, b.tests), 0)
	}
	return model.MaxStates
}

func (b *bounds) spend(entry *ssa.Function, states int) {
	if b.test(entry) {
		b.tests -= states
	}
}

func allSettled(entry *ssa.Function, settled map[*ssa.MakeChan]bool) bool {
	return !slices.ContainsFunc(model.Channels(entry), func(ch *ssa.MakeChan) bool { return !settled[ch] })
}

// lastCall reports whether a function is called by main only, and once: what it
// leaves behind does not grow, and often the program ends right after it.
func lastCall(pkg *ssabuild.Package, fn *ssa.Function) bool {
	calls := 0
	for _, caller := range pkg.Funcs {
		for _, b := range caller.Blocks {
			for _, instr := range b.Instrs {
				for _, op := range instr.Operands(nil) {
					if *op != fn {
						continue
					}
					call, ok := instr.(*ssa.Call)
					if !ok || call.Call.Value != fn || caller.Name() != "main" || caller.Parent() != nil || caller.Pkg.Pkg.Name() != "main" {
						return false
					}
					if calls++; calls > 1 || inLoop(b) {
						return false
					}
				}
			}
		}
	}
	return calls == 1
}

// inLoop reports whether a block can run again after itself.
func inLoop(b *ssa.BasicBlock) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := slices.Clone(b.Succs)
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if s == b {
			return true
		}
		if !seen[s] {
			seen[s] = true
			work = append(work, s.Succs...)
		}
	}
	return false
}

// finding words a leak.
//
// It is an error when nothing but choices that the source leaves open leads to
// it. It is a warning when it also takes the outside: a loop has to go round
// more often than the receiver expects, and no length says how often it does
// (an accept loop may well accept exactly what the receiver waits for); or the
// function feeds goroutines that give up, and what it feeds them may be related
// to why they do. In tests, whose program ends soon, an error becomes a note
// and the rest is not worth a reader's time; a channel that a test makes is the
// test's, wherever the send stands.
func (x *source) finding(l model.Leak) (report.Finding, bool) {
	send, ok := x.operation(l.Send, l.Arm).(*ast.SendStmt)
	if !ok {
		return report.Finding{}, false
	}
	level := rule.Error
	if l.Rounds > 0 || l.Start == nil {
		level = rule.Warning
	}
	if made := x.node(l.Chan); x.test(send) || made != nil && x.test(made) {
		if level == rule.Warning {
			return report.Finding{}, false
		}
		level = rule.Note
	}
	f := report.Finding{
		Rule:    rule.AbandonedSender,
		Level:   level,
		Pos:     send.Pos(),
		End:     send.End(),
		Message: fmt.Sprintf("%s blocks forever sending on %s%s", sender(l), types.ExprString(send.Chan), x.leaving(l)),
		Fixes:   x.grow(l),
	}
	related := func(n ast.Node, message string) {
		if n != nil {
			f.Related = append(f.Related, analysis.RelatedInformation{Pos: n.Pos(), End: n.End(), Message: message})
		}
	}
	related(x.node(l.Chan), "the channel is made here")
	if l.Start != nil {
		related(x.node(l.Start), "the goroutine is started here")
	}
	if !l.Unheard {
		related(x.receive(l), "its receiver waits here")
		related(x.exit(l), "and leaves here")
	}
	return f, true
}

// sender names who is stuck: the function itself, when it feeds goroutines that
// leave.
func sender(l model.Leak) string {
	if l.Start == nil && l.Send.Parent().Parent() == nil {
		return l.Send.Parent().Name()
	}
	return "goroutine"
}

// receive returns the first operation that receives from the channel.
func (x *source) receive(l model.Leak) ast.Node {
	for _, r := range l.Receives {
		if n := x.node(r); n != nil {
			return n
		}
	}
	return nil
}

// exit returns the place where the receiver leaves: the return statement, or
// the select case on the way to the end of its function.
func (x *source) exit(l model.Leak) ast.Node {
	if n := x.node(l.Return); n != nil {
		return n
	}
	if l.Leave != nil && l.Leave.Kind != model.Branch {
		return x.operation(l.Leave.Instr, l.Leave.Arm)
	}
	return nil
}

// leaving says how the receiver leaves.
func (x *source) leaving(l model.Leak) string {
	e := l.Leave
	if l.Unheard {
		return ", which nothing receives from"
	}
	if e == nil {
		return " when its receiver returns"
	}
	name := "its receiver"
	if fn := e.Instr.Parent(); fn.Parent() == nil {
		name = fn.Name()
	}
	if sel, ok := e.Instr.(*ssa.Select); ok && e.Kind != model.Branch {
		switch ch := x.channel(x.operation(sel, e.Arm)); {
		case e.Arm < 0:
			return " when the select takes its default"
		case ch != "" && !l.Last:
			return " when the select returns through " + strings.TrimSuffix(ch, "()")
		}
	}
	switch {
	case l.Received == 0:
		return " when " + name + " returns before it receives"
	case l.Received == 1 && l.Last:
		return " when " + name + " returns after the first result"
	}
	return " when " + name + " returns before it receives again"
}
