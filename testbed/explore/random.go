package explore

// Random returns a uniform random walk over the enabled goroutines.
func Random(jumps bool) Strategy { return &random{drawn: drawn{jumps: jumps}, name: "random"} }

// Sticky returns a random walk that stays with the running goroutine nine
// times in ten: long undisturbed stretches, few preemptions.
func Sticky(jumps bool) Strategy {
	return &random{drawn: drawn{jumps: jumps}, name: "sticky", stay: 10}
}

type random struct {
	drawn
	name string
	stay int // leave the running goroutine once in stay steps; 0 for always
}

func (s *random) Name() string { return s.name }

func (s *random) Pick(v *View) int {
	if i := s.jump(v); i >= 0 {
		return i
	}
	if s.stay > 0 && v.Cur >= 0 && !v.Actions[v.Cur].Yield && !s.chance(s.stay) {
		return v.Cur
	}
	return s.below(goroutines(v))
}
