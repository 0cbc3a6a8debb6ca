package summary

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// pending returns the deferred call of this path that will release a held lock
// when the function returns, or nil.
func (w *walker) pending(h Holding, s *state) *ssa.Defer {
	for _, d := range slices.Backward(s.defers) {
		if w.releases(d, h) {
			return d
		}
	}
	return nil
}

func (w *walker) releases(d *ssa.Defer, h Holding) bool {
	unlocks := func(lc lockCall) bool {
		return (lc.op == opUnlock || lc.op == opRUnlock) && lc.ref == h.Ref && lc.mode == h.Mode
	}
	if lc, ok := w.b.lockCallOf(&d.Call); ok {
		return unlocks(lc)
	}
	for _, cal := range w.b.callees(&d.Call) {
		if lc, ok := boundLock(cal); ok {
			return unlocks(lc)
		}
		sum := w.b.summaryOf(cal)
		if sum == nil {
			continue
		}
		for _, o := range sum.Outcomes {
			for _, delta := range o.Deltas {
				if !delta.Held && delta.Mode == h.Mode && w.subst(sum, cal, delta.Ref) == h.Ref {
					return true
				}
			}
		}
	}
	return false
}
