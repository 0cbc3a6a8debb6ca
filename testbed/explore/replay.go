package explore

// Follow returns the strategy that repeats a trace. Beyond the trace's end, and
// where a choice does not fit, it takes the default.
func Follow(t *Trace) Strategy { return &follow{trace: t} }

type follow struct {
	trace *Trace
	next  int
	bad   bool // a choice did not fit
	done  bool
}

func (s *follow) Name() string { return "replay" }

func (s *follow) Begin(r *Run, _ uint64) bool {
	r.Jumps, r.StepCost, r.Seed = s.trace.Jumps, s.trace.StepCost, s.trace.Seed
	s.next, s.bad = 0, false
	again := !s.done
	s.done = true
	return again
}

func (s *follow) take(n int) uint32 {
	if s.next >= len(s.trace.Choices) {
		return 0
	}
	c := s.trace.Choices[s.next]
	s.next++
	if c >= uint32(n) {
		s.bad = true
		return 0
	}
	return c
}

func (s *follow) Pick(v *View) int {
	if len(v.Actions) == 1 {
		return 0
	}
	return unrank(s.take(len(v.Actions)), v.Default())
}

func (s *follow) Choose(n int) int  { return int(s.take(n)) }
func (s *follow) Stepped(Footprint) {}
func (s *follow) End(*Outcome)      {}
