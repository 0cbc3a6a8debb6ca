package explore

// Random returns a uniform random walk over the enabled goroutines. In one
// run of three goroutines are slow to start: many programs take for granted that
// the goroutine which they have just started will have run by the time that
// something else happens.
func Random(jumps bool) Strategy { return &random{drawn: drawn{jumps: jumps}, name: "random"} }

// Sticky returns a random walk that stays with the running goroutine nine
// times in ten: long undisturbed stretches, few preemptions.
func Sticky(jumps bool) Strategy {
	return &random{drawn: drawn{jumps: jumps}, name: "sticky", stay: 10}
}

type random struct {
	drawn
	name string
	stay int  // leave the running goroutine once in stay steps; 0 for always
	slow bool // goroutines start late in this run
}

// startRetries is how often the choice of a goroutine that has not started yet
// is thrown away, when goroutines are slow to start.
const startRetries = 3

func (s *random) Begin(r *Run, seed uint64) bool {
	s.drawn.Begin(r, seed)
	s.slow = s.chance(3)
	return true
}

func (s *random) Name() string { return s.name }

func (s *random) Pick(v *View) int {
	if i := s.jump(v); i >= 0 {
		return i
	}
	if s.stay > 0 && v.Cur >= 0 && !v.Actions[v.Cur].Yield && !s.chance(s.stay) {
		return v.Cur
	}
	n := goroutines(v)
	i := s.below(n)
	for try := 0; s.slow && try < startRetries && v.Actions[i].Op == OpStart; try++ {
		i = s.below(n)
	}
	return i
}
