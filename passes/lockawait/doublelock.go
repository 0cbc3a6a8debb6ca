package lockawait

import (
	"fmt"
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// doubleLock reports the locks that a path takes although it holds them. Two
// read locks are not its business: they stop only when a writer comes between.
//
// A lock that is held because a callee forgot to release it is that callee's
// finding, not one for each of its callers.
//
// The finding is certain unless a call on the way may run something else, or two
// functions on the way may each return before they come to the Lock: what keeps
// one of them from it is often what the caller knows.
func (c *checker) doubleLock(f *summary.Func) {
	for _, r := range f.Relocks {
		if readsTwice(r) || roundOf(r.Pending, r.Held, r.Site) || r.Held.Called && c.forgot[r.Held.Callee] {
			continue
		}
		if r.Held.Crossed && inSteps(f, r.Held) || c.sums.Passed(r.Held.Ref) {
			continue
		}
		c.reportRelock(f, r)
	}
	for _, k := range f.Kept {
		if _, released := f.Released[k.Held.Site]; k.Kind == summary.Repeats && k.Pending == nil && !released && !inSteps(f, k.Held) && k.Held.Mode == summary.Write {
			c.reportRelock(f, summary.Relock{Site: k.Exit, Ref: k.Held.Ref, Mode: k.Held.Mode, Held: k.Held, Certain: true, Trail: k.Trail})
		}
	}
}

// inSteps reports whether a lock is released only in later rounds of its loop:
// the order of lock and unlock is then up to data.
func inSteps(f *summary.Func, h summary.Holding) bool {
	_, soon := f.Released[h.Site]
	return f.ReleasedLater[h.Site] && !soon
}

func (c *checker) reportRelock(f *summary.Func, r summary.Relock) {
	pos, end := c.src.span(r.Site)
	level := rule.Error
	if !r.Certain || r.Via.Doubts() > 1 {
		level = rule.Warning
	}
	lock := c.src.lock(r.Held)
	msg := fmt.Sprintf("%s is locked again on a path that already holds it, which waits forever", lock)
	var related []analysis.RelatedInformation
	switch {
	case r.Callback != nil:
		msg = fmt.Sprintf("%s calls the function passed here with %s held, and that function locks it again: it waits forever", c.src.fun(r.Site), c.src.lock(r.Held))
	case r.Via != nil:
		msg = fmt.Sprintf("%s locks %s%s, which this path already holds: it waits forever", c.src.fun(r.Site), lock, chain(r.Via))
	case r.Site == r.Held.Site:
		msg = fmt.Sprintf("%s is locked again by the next round of the loop, which waits forever", lock)
	case r.Deferred:
		msg = fmt.Sprintf("the deferred call locks %s again at return, which waits forever", lock)
	}
	if r.Callback != nil {
		related = append(related, c.at(r.Held.Site, "it is called here with "+lock+" held"))
	} else if r.Site != r.Held.Site {
		text := lock + " is locked here"
		if r.Held.Called {
			text = c.src.fun(r.Held.Site) + " returns with " + lock + " locked"
		}
		related = append(related, c.at(r.Held.Site, text))
	}
	related = append(related, c.way(r.Via, "locks it again")...)
	c.rep.Report(report.Finding{Rule: rule.DoubleLock, Level: level, Pos: pos, End: end, Message: msg, Related: related})
}

// way shows the calls between the call at a finding and the Lock behind it.
func (c *checker) way(via *summary.Acquire, last string) []analysis.RelatedInformation {
	var steps []analysis.RelatedInformation
	for ; via != nil && via.Site != nil; via = via.Via {
		text := "calls " + c.src.fun(via.Site)
		if via.Via == nil {
			text = last
		}
		steps = append(steps, c.at(via.Site, text))
	}
	return steps
}

// chain spells the calls between the call at a finding and the Lock behind it,
// at most three of them.
func chain(via *summary.Acquire) string {
	names := via.Chain()
	if len(names) == 0 {
		return ""
	}
	if more := len(names) - 3; more > 0 {
		names = append(names[:3], fmt.Sprintf("%d more", more))
	}
	return " through " + strings.Join(names, ", ")
}

func (c *checker) at(in ssa.Instruction, message string) analysis.RelatedInformation {
	pos, end := c.src.span(in)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: message}
}

// condition returns the if statement that a branch instruction implements and
// whether taking it enters the body.
func (c *checker) condition(d summary.Decision) (*ast.IfStmt, bool) {
	fn := d.If.Parent().Syntax()
	pos := condPos(d.If.Cond, 4)
	n, ok := c.src.enclosing(fn, pos, func(n ast.Node) bool {
		s, ok := n.(*ast.IfStmt)
		return ok && s.Cond.Pos() <= pos && pos < s.Cond.End()
	})
	if !ok {
		return nil, false
	}
	return n.(*ast.IfStmt), d.Then
}
