package lockawait

import (
	"fmt"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// deferInLoop reports locks that a loop takes in each round and releases with
// defer, which is at return: the second round waits for the first. The walk
// found a path that comes round, and the same object in both rounds.
//
// Rounds that only read stop when a writer comes between, as in
// recursive-rlock.
func (c *checker) deferInLoop(f *summary.Func) {
	for _, k := range f.Kept {
		if k.Kind == summary.Repeats && k.Pending != nil {
			c.reportRound(k.Held, k.Held.Mode, k.Exit, k.Pending, true)
		}
	}
	for _, r := range f.Relocks {
		if roundOf(r.Pending, r.Held, r.Site) {
			c.reportRound(r.Held, r.Mode, r.Site, r.Pending, r.Certain)
		}
	}
}

// roundOf reports whether a lock that a deferred call would release is taken
// again by the next round of the loop that took it.
func roundOf(pending *ssa.Defer, held summary.Holding, site ssa.Instruction) bool {
	return pending != nil && held.Crossed && site == held.Site
}

func (c *checker) reportRound(held summary.Holding, mode summary.Mode, site ssa.Instruction, unlock *ssa.Defer, certain bool) {
	pos, end := c.src.span(unlock)
	lock := c.src.lock(held)
	level, then := rule.Error, "the next round waits for it forever"
	var related []analysis.RelatedInformation
	related = append(related, c.at(site, lock+" is locked again here in the next round"))
	if held.Mode == summary.Read && mode == summary.Read {
		w := c.sums.Writer(held.Class, site.Parent())
		if w == nil && !c.sums.Foreign(held) {
			return
		}
		then = "the next round deadlocks if a writer asks for it in between"
		if w != nil {
			related = append(related, c.at(w, "this writer may come in between"))
		} else {
			certain = false
		}
	}
	if !certain {
		level = rule.Warning
	}
	msg := fmt.Sprintf("deferred in a loop, this releases %s only when the function returns: %s", lock, then)
	c.rep.Report(report.Finding{Rule: rule.DeferUnlockInLoop, Level: level, Pos: pos, End: end, Message: msg, Related: related})
}
