package lockawait

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// missingUnlock reports paths that leave with a lock held which another path of
// the function releases.
//
// What makes it a bug and not a protocol is that nobody takes the lock over. A
// path that leaves on purpose is known by one of these:
//
//   - a caller in the package releases the lock, or the function sets a flag
//     beside it and another function releases it when memory says so;
//   - it returns success where the releasing paths return failure, and no caller
//     in the package shows that it expects the lock to be free;
//   - it returns or stores something that will release it (the walk marks such
//     locks as handed over and does not keep them).
//
// A panic with the lock held is a note, since most panics end the program.
func (c *checker) missingUnlock(f *summary.Func) {
	var roots []root
	for _, k := range f.Kept {
		if k.Pending != nil {
			continue // defer-unlock-in-loop
		}
		if f.ByOtherName(k.Held) {
			continue
		}
		if _, ok := f.Released[k.Held.Site]; !ok || k.Held.Called && c.forgot[k.Held.Callee] || c.sums.Passed(k.Held.Ref) {
			continue
		}
		level := rule.Error
		switch {
		case k.Kind == summary.Panics:
			level = rule.Note
		case k.Kind == summary.Returns && c.meant(f, k):
			continue
		}
		if k.Kind == summary.Returns {
			c.forgot[f.Fn] = true
		}
		i := slices.IndexFunc(roots, func(r root) bool { return r.level == level && r.exits[0].Held.Site == k.Held.Site })
		if i < 0 {
			roots = append(roots, root{level: level})
			i = len(roots) - 1
		}
		roots[i].exits = append(roots[i].exits, k)
	}
	for _, r := range roots {
		c.reportKept(f, r)
	}
}

// A root is one Lock with all the paths that leave it locked: one mistake, and
// so one finding.
type root struct {
	level rule.Level
	exits []summary.Kept
}

// meant reports whether returning with the lock held looks like a protocol.
func (c *checker) meant(f *summary.Func, k summary.Kept) bool {
	if c.sums.HandsOver(f.Fn) || c.sums.Parked(k.Held.Class) && setsFlag(f.Fn, k.Held.Ref) {
		return true
	}
	if returnsOwner(k) {
		return true
	}
	held, free := outcomes(f, k)
	return succeeds(f.Fn.Signature.Results(), held, free) && !c.sums.Called(f.Fn)
}

// setsFlag reports whether a function sets a boolean beside the lock to true: a
// note to whoever shall release it.
func setsFlag(fn *ssa.Function, lock summary.Ref) bool {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			st, ok := in.(*ssa.Store)
			if !ok {
				continue
			}
			val, ok := st.Val.(*ssa.Const)
			if !ok || val.Value == nil || val.Value.Kind() != constant.Bool || !constant.BoolVal(val.Value) {
				continue
			}
			if fa, ok := st.Addr.(*ssa.FieldAddr); ok {
				if owner := summary.RefOf(fa.X); owner.Known() && lock.Within(owner) {
					return true
				}
			}
		}
	}
	return false
}

// returnsOwner reports whether the path returns the object that the lock
// belongs to.
func returnsOwner(k summary.Kept) bool {
	ret, ok := k.Exit.(*ssa.Return)
	if !ok {
		return false
	}
	return slices.ContainsFunc(ret.Results, func(v ssa.Value) bool {
		r := summary.RefOf(v)
		return r.Known() && k.Held.Ref.Within(r)
	})
}

// outcomes returns what the path with the lock held returns, and what the
// function returns when the lock is free.
func outcomes(f *summary.Func, k summary.Kept) (held, free []summary.ResultFact) {
	for _, o := range f.Outcomes {
		if !slices.ContainsFunc(o.Deltas, func(d summary.Delta) bool { return d.Held && d.Ref == k.Held.Ref }) {
			free = o.Results
		}
	}
	return k.Results, free
}

// succeeds reports whether some result tells the caller that this is the path
// with the lock: success here (true, a nil error, an object), failure on the
// paths without.
func succeeds(results *types.Tuple, held, free []summary.ResultFact) bool {
	for _, h := range held {
		success := h.Holds
		if h.Suffix == "==nil" && !types.Identical(results.At(h.Index).Type(), types.Universe.Lookup("error").Type()) {
			success = !success
		}
		other := h
		other.Holds = !h.Holds
		if success && slices.Contains(free, other) {
			return true
		}
	}
	return false
}

func (c *checker) reportKept(f *summary.Func, r root) {
	k := r.exits[0]
	pos, end, how := c.leaving(k)
	lock := c.src.lock(k.Held)
	msg := fmt.Sprintf("%s leaves %s locked, and another path of %s unlocks it: whoever locks it next waits forever", how, lock, function(f.Fn))
	if k.Kind == summary.Panics {
		msg = fmt.Sprintf("%s leaves %s locked for whoever recovers", how, lock)
	}
	var related []analysis.RelatedInformation
	if at, _ := c.src.span(k.Held.Site); at != pos {
		related = append(related, c.at(k.Held.Site, lock+" is locked here"))
	}
	for _, other := range r.exits[1:] {
		if p, e, how := c.leaving(other); p != pos {
			related = append(related, analysis.RelatedInformation{Pos: p, End: e, Message: how + " leaves it locked, too"})
		}
	}
	if release := f.Released[k.Held.Site]; release.IsValid() {
		related = append(related, analysis.RelatedInformation{Pos: release, Message: "another path unlocks it here"})
	}
	c.rep.Report(report.Finding{Rule: rule.MissingUnlock, Level: r.level, Pos: pos, End: end, Message: msg, Related: related})
}

// leaving finds the statement by which a path leaves the region of the lock:
// the return or panic, or the break or continue behind the last branch taken.
func (c *checker) leaving(k summary.Kept) (pos, end token.Pos, how string) {
	implicit := k.Kind == summary.Repeats
	if ret, ok := k.Exit.(*ssa.Return); ok && !ret.Pos().IsValid() {
		implicit = true
	}
	if implicit {
		for _, d := range slices.Backward(k.Trail) {
			s, then := c.condition(d)
			if s == nil || s.Pos() < k.Held.Site.Pos() {
				continue
			}
			var body ast.Stmt = s.Body
			if !then {
				body = s.Else
			}
			if b := lastBranch(body); b != nil {
				return b.Pos(), b.End(), "this " + b.Tok.String()
			}
		}
	}
	pos, end = c.src.span(k.Exit)
	switch {
	case k.Kind == summary.Panics:
		return pos, end, "this panic"
	case k.Kind == summary.Repeats:
		return pos, end, "the round before this Lock"
	case implicit:
		return pos, end, "the end of the function"
	}
	return pos, end, "this return"
}

func lastBranch(s ast.Stmt) *ast.BranchStmt {
	block, ok := s.(*ast.BlockStmt)
	if !ok || len(block.List) == 0 {
		return nil
	}
	b, _ := block.List[len(block.List)-1].(*ast.BranchStmt)
	return b
}

// condPos finds a source position inside a branch condition.
func condPos(v ssa.Value, n int) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	in, ok := v.(ssa.Instruction)
	if !ok || n == 0 {
		return token.NoPos
	}
	for _, op := range in.Operands(nil) {
		if *op != nil {
			if p := condPos(*op, n-1); p.IsValid() {
				return p
			}
		}
	}
	return token.NoPos
}
