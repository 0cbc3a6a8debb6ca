package lockawait

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// lockOrder reports two locks that are taken in both orders. The summary has
// decided that the two sides may meet; whether that is certain sets the level.
func (c *checker) lockOrder() {
	for _, inv := range c.sums.Inversions() {
		level := rule.Warning
		if inv.Certain && near(inv.One) && near(inv.Two) {
			level = rule.Error
		}
		one, two := inv.One, inv.Two
		pos, end := c.src.span(one.Then.Site)
		first, second := c.src.lock(one.Held), c.taken(one)
		if first == second {
			first, second = className(one.Held.Class), className(one.Then.Class)
		}
		msg := fmt.Sprintf("%s takes %s with %s held, and %s takes them the other way round: each may wait for the other",
			function(one.Func.Fn), second, first, function(two.Func.Fn))
		if one.Func == two.Func {
			msg = fmt.Sprintf("%s takes %s with %s held, and also the other way round: two calls of it may wait for each other",
				function(one.Func.Fn), second, first)
		}
		related := c.order(one)
		related = append(related, c.order(two)...)
		if inv.Writer != nil {
			related = append(related, c.at(inv.Writer, "both only read one of the locks, and wait when this writer comes in between"))
		}
		const shown = 3
		for i, other := range inv.Others {
			if i == shown {
				break
			}
			related = append(related, c.at(other.One.Then.Site, fmt.Sprintf("likewise %s and %s, taken the other way round in %s",
				c.src.lock(other.One.Held), c.taken(other.One), function(other.Two.Func.Fn))))
		}
		c.rep.Report(report.Finding{Rule: rule.LockOrder, Level: level, Pos: pos, End: end, Message: msg, Related: related})
	}
}

// near reports whether the second lock is taken in the function itself or at most
// two calls away. A longer way passes more conditions, and one of them may keep
// the two sides apart.
func near(o summary.Order) bool { return len(o.Then.Chain()) <= 2 }

// swaps reports functions that lock two parameters in order and are called with
// the same two objects in both orders.
func (c *checker) swaps() {
	for _, s := range c.sums.Swaps() {
		level := rule.Warning
		if s.Certain {
			level = rule.Error
		}
		pos, end := c.src.span(s.Two)
		first, second := c.src.lock(s.Held), c.taken(s.Order)
		msg := fmt.Sprintf("%s locks %s, then %s, and is called with the same two objects in both orders: each call may wait for the other",
			function(s.Func.Fn), first, second)
		related := append([]analysis.RelatedInformation{c.at(s.One, "called here with the two the other way round")}, c.order(s.Order)...)
		c.rep.Report(report.Finding{Rule: rule.LockOrder, Level: level, Pos: pos, End: end, Message: msg, Related: related})
	}
}

// order shows one side: where the first lock is taken, and the way to the
// second.
func (c *checker) order(o summary.Order) []analysis.RelatedInformation {
	fn, first, second := function(o.Func.Fn), c.src.lock(o.Held), c.taken(o)
	held := fmt.Sprintf("%s: %s is locked here", fn, first)
	switch {
	case o.Callback != nil:
		held = fmt.Sprintf("%s: %s is held here, where the function that is passed in is called", fn, first)
	case o.Held.Called:
		held = fmt.Sprintf("%s: %s returns with %s locked", fn, c.src.fun(o.Held.Site), first)
	}
	steps := []analysis.RelatedInformation{c.at(o.Held.Site, held)}
	if o.Then.Via == nil {
		return append(steps, c.at(o.Then.Site, fmt.Sprintf("%s: then %s", fn, second)))
	}
	steps = append(steps, c.at(o.Then.Site, fmt.Sprintf("%s: then calls %s, which takes %s", fn, c.src.fun(o.Then.Site), second)))
	return append(steps, c.way(o.Then.Via, "takes "+second)...)
}

// taken names the second lock of an order as it is written where it is taken,
// or by its class when that is in another package.
func (c *checker) taken(o summary.Order) string {
	for a := o.Then; a != nil; a = a.Via {
		if a.Via == nil && a.Site != nil {
			return c.src.lock(summary.Holding{Ref: a.Ref, Site: a.Site})
		}
	}
	return className(o.Then.Class)
}

// className shortens a lock's class to the type and the field, or to the
// variable.
func className(class string) string {
	class = class[strings.LastIndexByte(class, '/')+1:]
	_, name, _ := strings.Cut(class, ".")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".Mutex"), ".RWMutex")
}
