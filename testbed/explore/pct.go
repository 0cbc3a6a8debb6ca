package explore

// PCT returns probabilistic concurrency testing (Burckhardt et al., ASPLOS
// 2010): goroutines get random priorities, the highest runs, and at depth-1
// random steps the running one drops to the bottom. A bug that needs depth
// ordering constraints among n goroutines and k steps is met with a chance of
// at least 1/(n*k^(depth-1)) per run.
//
// k is estimated by the longest run so far. Two departures keep polling loops
// from starving the goroutine that they wait for: one that yields drops to the
// bottom, and so does one that ran for streakLimit steps in a row.
func PCT(depth int, jumps bool) Strategy {
	return &pct{drawn: drawn{jumps: jumps}, depth: depth, length: 32, fair: true}
}

// streakLimit is large: some bugs need a goroutine to starve for thousands of steps.
const streakLimit = 2000

type pct struct {
	drawn
	depth  int
	length int // estimated steps of a run
	fair   bool

	prio   []int // by goroutine number; higher runs first
	change []int // steps at which the running goroutine drops, sorted not needed
	bottom int   // the lowest priority given so far
	steps  int
	streak int
	last   int
}

func (s *pct) Name() string {
	if !s.fair {
		return "unfair pct"
	}
	return "pct" + string(rune('0'+s.depth))
}

func (s *pct) Begin(r *Run, seed uint64) bool {
	s.drawn.Begin(r, seed)
	s.prio = s.prio[:0]
	s.change = s.change[:0]
	for range s.depth - 1 {
		s.change = append(s.change, s.below(s.length))
	}
	s.bottom, s.steps, s.streak, s.last = 0, 0, 0, -2
	return true
}

func (s *pct) Pick(v *View) int {
	if i := s.jump(v); i >= 0 {
		return i
	}
	n := goroutines(v)
	best := -1
	for i := range n {
		g := v.Actions[i].G
		for len(s.prio) <= g {
			s.prio = append(s.prio, 1+s.below(1<<30))
		}
		if v.Actions[i].Yield {
			// It was demoted when it announced the yield; each announcement is
			// seen for as long as it is pending, so demote only the running one.
			if i == v.Cur {
				s.demote(g)
			}
		}
		if best < 0 || s.prio[g] > s.prio[v.Actions[best].G] {
			best = i
		}
	}
	g := v.Actions[best].G
	s.steps++
	for _, at := range s.change {
		if at == s.steps {
			s.demote(g)
			return s.highest(v, n)
		}
	}
	if g != s.last {
		s.last, s.streak = g, 0
	}
	if s.streak++; s.fair && s.streak > streakLimit {
		s.streak = 0
		s.demote(g)
		return s.highest(v, n)
	}
	return best
}

func (s *pct) demote(g int) {
	s.bottom--
	s.prio[g] = s.bottom
}

func (s *pct) highest(v *View, n int) int {
	best := 0
	for i := 1; i < n; i++ {
		if s.prio[v.Actions[i].G] > s.prio[v.Actions[best].G] {
			best = i
		}
	}
	return best
}

func (s *pct) End(*Outcome) {
	if s.steps > s.length {
		s.length = s.steps
	}
}
