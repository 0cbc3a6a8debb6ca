package explore

import "time"

// Budgets of the minimiser, in executions: per delay bound, and for shrinking.
const (
	minimizeRuns = 1000
	shrinkRuns   = 400
)

// simplify looks for a witness of f that is easier to read: first by searching
// the runs with 0, 1, 2... delays, strict time first, for the same finding;
// then, if that was too much, by dropping deviations from the trace at hand.
//
// As much time again as the search was given may go into it, for all findings.
func (x *exploration) simplify(f *Found) {
	if !f.Confirmed || x.late() {
		return
	}
	if best, minimal := x.fewestDelays(f); best != nil {
		x.adopt(f, best, minimal)
		return
	}
	if t, err := ParseTrace(f.Trace); err == nil {
		x.adopt(f, x.shrink(t, f.Key), false)
	}
}

// late says that the time for looking for simpler witnesses is over.
func (x *exploration) late() bool { return x.MaxTime > 0 && time.Since(x.start) > 2*x.MaxTime }

// fewestDelays returns the first witness of the smallest delay bound that has
// one, or nil. minimal is false if a smaller bound was not searched to its end.
func (x *exploration) fewestDelays(f *Found) (t *Trace, minimal bool) {
	minimal = true
	limit := max(f.Preemptions+f.ClockJumps, 1)
	for bound := 0; bound <= min(limit, 3); bound++ {
		for _, jumps := range []bool{false, true} {
			if jumps && (x.Strict || bound == 0) {
				continue
			}
			s := DelayBounded(bound, jumps)
			for range minimizeRuns {
				if x.late() {
					return nil, false
				}
				o, ok := x.execute(s, 0, false)
				if !ok {
					break
				}
				if has(o.Findings, f.Key) {
					return x.run.trace(x.Source, x.Name), minimal
				}
			}
			if s.(exhaustible).Exhausted().Runs == 0 {
				minimal = false
			}
		}
	}
	return nil, false
}

func has(fs []Finding, k Key) bool {
	for i := range fs {
		if fs[i].Key == k {
			return true
		}
	}
	return false
}

// shrink sets choices to the default, in ever smaller blocks, for as long as
// the finding stays.
func (x *exploration) shrink(t *Trace, k Key) *Trace {
	best := t
	runs := 0
	for block := (len(best.Choices) + 1) / 2; block > 0; block /= 2 {
		for at := 0; at < len(best.Choices); at += block {
			end := min(at+block, len(best.Choices))
			if allZero(best.Choices[at:end]) {
				continue
			}
			if runs++; runs > shrinkRuns || x.late() {
				return best
			}
			try := *best
			try.Choices = append([]uint32(nil), best.Choices...)
			clear(try.Choices[at:end])
			o, _ := x.replay(&try, false)
			if has(o.Findings, k) {
				best = x.run.trace(x.Source, x.Name)
			}
		}
	}
	return best
}

func allZero(c []uint32) bool {
	for _, v := range c {
		if v != 0 {
			return false
		}
	}
	return true
}

// adopt makes t the witness of f if it is no worse than the present one.
func (x *exploration) adopt(f *Found, t *Trace, minimal bool) {
	o, same := x.replay(t, true)
	if !same || x.run.Preemptions+x.run.ClockJumps > f.Preemptions+f.ClockJumps {
		return
	}
	for _, g := range o.Findings {
		if g.Key == f.Key {
			f.Finding, f.Events = g, o.Events
			f.Trace, f.Steps, f.Preemptions, f.ClockJumps = t.String(), x.run.Steps, x.run.Preemptions, x.run.ClockJumps
			f.Minimal = minimal
		}
	}
}
