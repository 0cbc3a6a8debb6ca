package lockawait

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// acrossJoin reports waits for a WaitGroup under a lock that one of the
// goroutines counted takes before its Done. One is enough: the wait is for all.
func (c *checker) acrossJoin(w *summary.Wait, h summary.Holding) (crossing, bool) {
	u := c.peer().Of(w.Op.Cases[0].Chan)
	for _, site := range c.peer().Serving(w.Op, u.Dones) {
		need, _ := c.peer().Needs(site, w.On[0], h)
		if need == nil || !need.Exact {
			continue
		}
		x := crossing{rule: rule.LockAcrossWait, level: rule.Error, need: need}
		end := "both wait forever"
		if !w.Certain {
			x.level, end = rule.Warning, "both may wait forever"
		}
		owes := "Done"
		if site.In == nil {
			owes = "return"
		}
		x.msg = fmt.Sprintf("%s, and %s needs %s before its %s: %s",
			c.place(w, h, "waiting for "+cmp.Or(object(w, 0), "a WaitGroup")), function(need.Fn), c.src.lock(h), owes, end)
		return x, true
	}
	return crossing{}, false
}

// embeds reports whether a lock is the given one, or is embedded in the struct
// that was given as the Locker.
func embeds(lock, locker string) bool {
	return lock == locker || lock == locker+".Mutex" || lock == locker+".RWMutex"
}

// acrossCond reports Cond.Wait with a lock held that Wait does not release.
func (c *checker) acrossCond(w *summary.Wait, h summary.Holding) (crossing, bool) {
	cond := w.On[0]
	u := c.peer().Of(w.Op.Cases[0].Chan)
	if cond.Known() && cond.Locker() == h.Ref {
		return crossing{}, false
	}
	if cond.Known() && h.Ref.Base == cond.Base && strings.HasPrefix(h.Ref.Sel, cond.Sel+".L") {
		return crossing{}, false
	}
	if u.Locker == "" || u.Locker == "?" {
		// Whose lock Wait releases cannot be told: it is the one taken through
		// the condition variable, if some is.
		return crossing{}, false
	}
	if embeds(h.Class, u.Locker) {
		return crossing{}, false
	}
	if !c.contended(h) {
		return crossing{}, false
	}
	x := crossing{rule: rule.LockAcrossWait, level: rule.Warning}
	name := cmp.Or(object(w, 0), "a condition variable")
	wakes, exact := 0, true
	for _, site := range c.peer().Serving(w.Op, u.Wakes) {
		need, all := c.peer().Needs(site, cond, h)
		wakes++
		if need == nil || !need.Exact || !all {
			exact = false
			continue
		}
		x.need = need
	}
	if wakes > 0 && exact && w.Certain && !u.OpenSend {
		x.level = rule.Error
		x.msg = fmt.Sprintf("%s, and %s needs %s before it can wake it: both wait forever",
			c.place(w, h, "waiting on "+name), function(x.need.Fn), c.src.lock(h))
		return x, true
	}
	x.need = nil
	x.msg = fmt.Sprintf("%s, which releases another lock and not this one", c.place(w, h, "waiting on "+name))
	return x, true
}
