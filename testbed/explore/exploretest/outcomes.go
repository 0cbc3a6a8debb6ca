package exploretest

import (
	"fmt"
	"slices"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Outcomes lists what the runs of a script can come to, by visiting every one:
// the kind of the finding and the goroutines that are blocked. ok is false if
// there are more than limit runs.
func Outcomes(s Script, limit int) (outcomes []string, ok bool) {
	m := &Model{Script: s}
	runs := 0
	var visit func(path []int) bool
	visit = func(path []int) bool {
		m.Reset()
		for _, i := range path {
			m.Step(i, nil)
		}
		findings, done := m.Verdict()
		n := len(m.Enabled(nil, false))
		if done || n == 0 {
			if runs++; runs > limit {
				return false
			}
			for _, f := range findings {
				outcomes = append(outcomes, Outcome(f.Kind, m.Blocked()))
			}
			return true
		}
		for i := range n {
			if !visit(append(slices.Clone(path), i)) {
				return false
			}
		}
		return true
	}
	if !visit(nil) {
		return nil, false
	}
	slices.Sort(outcomes)
	return slices.Compact(outcomes), true
}

// Outcome is how Outcomes writes one; whoever else is blocked when a goroutine
// panics does not matter.
func Outcome(kind explore.Kind, blocked []int) string {
	if kind == explore.Panic {
		return kind.String()
	}
	return fmt.Sprint(kind, blocked)
}
