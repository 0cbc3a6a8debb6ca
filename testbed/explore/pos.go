package explore

// POS returns partial order sampling (Yuan et al., CAV 2018): every pending
// operation has a random priority, the highest runs, and the priorities of the
// pending operations that race with it (same object) are drawn anew, which
// samples partial orders evenly. One pick in 64 is uniform: releases are not
// scheduling points here, so the acquirers that race after one are not redrawn,
// and pure POS can starve a bug for ever.
func POS(jumps bool) Strategy { return &pos{drawn: drawn{jumps: jumps}} }

const posUniform = 64

type pos struct {
	drawn
	prio []uint64 // by goroutine number, of its pending operation; 0 for none drawn
}

func (s *pos) Name() string { return "pos" }

func (s *pos) Begin(r *Run, seed uint64) bool {
	s.drawn.Begin(r, seed)
	s.prio = s.prio[:0]
	return true
}

func (s *pos) Pick(v *View) int {
	if i := s.jump(v); i >= 0 {
		return i
	}
	n := goroutines(v)
	best := -1
	for i := range n {
		a := &v.Actions[i]
		for len(s.prio) <= a.G {
			s.prio = append(s.prio, 0)
		}
		if s.prio[a.G] == 0 {
			s.prio[a.G] = s.next()>>1 | 1
			if a.Yield {
				s.prio[a.G] >>= 32 // below every operation that does not give way
			}
		}
		if best < 0 || s.prio[a.G] > s.prio[v.Actions[best].G] {
			best = i
		}
	}
	if s.chance(posUniform) {
		best = s.below(n)
	}
	ran := &v.Actions[best]
	s.prio[ran.G] = 0
	if ran.Obj != 0 {
		for i := range n {
			if v.Actions[i].Obj == ran.Obj {
				s.prio[v.Actions[i].G] = 0
			}
		}
	}
	return best
}
