package explore

// Portfolio returns the default strategy: members take turns, because none of
// them finds everything. Random walks have the largest share: on bugs of the size
// of the GoKer kernels they are hard to beat, above all on the rare ones. Fair members (yields and long streaks give way) keep
// polling programs moving; an unfair one starves goroutines for as long as it
// takes. The search with sleep sets ends the whole when it has covered
// everything.
func Portfolio(jumps bool) Strategy {
	return &portfolio{members: []Strategy{
		DelayBounded(1, jumps), Random(jumps), Sticky(jumps), DelayBounded(2, jumps), Random(jumps), POS(jumps),
		SleepSets(jumps), Random(jumps), PCT(3, jumps), Sticky(jumps), Random(jumps),
		&pct{drawn: drawn{jumps: jumps}, depth: 2, length: 32},
	}}
}

type portfolio struct {
	members []Strategy
	turn    int
	current Strategy // the member whose turn it is
}

func (s *portfolio) Name() string        { return "portfolio" }
func (s *portfolio) Pick(v *View) int    { return s.current.Pick(v) }
func (s *portfolio) Choose(n int) int    { return s.current.Choose(n) }
func (s *portfolio) Stepped(f Footprint) { s.current.Stepped(f) }
func (s *portfolio) End(o *Outcome)      { s.current.End(o) }

func (s *portfolio) Begin(r *Run, seed uint64) bool {
	for range s.members {
		s.current = s.members[s.turn%len(s.members)]
		s.turn++
		if s.current.Begin(r, seed) {
			return true
		}
		if e, ok := s.current.(exhaustible); ok && e.Exhausted().Complete {
			return false
		}
	}
	return false
}

// Exhausted implements [exhaustible]: the widest coverage of any member.
func (s *portfolio) Exhausted() Coverage {
	var best Coverage
	for _, m := range s.members {
		if e, ok := m.(exhaustible); ok {
			if c := e.Exhausted(); c.Runs > 0 && (best.Runs == 0 || c.Complete || !best.Complete && c.Runs > best.Runs) {
				best = c
			}
		}
	}
	return best
}

// Coverage says what a search has visited completely. The zero Coverage claims
// nothing.
type Coverage struct {
	Runs      int    `json:"runs"`                // executions that it took
	Redundant int    `json:"redundant,omitempty"` // of these, abandoned as repetitions
	Complete  bool   `json:"complete"`            // nothing was left out but what Bound says
	Bound     string `json:"bound,omitempty"`
}

// exhaustible is implemented by strategies that can come to an end.
type exhaustible interface{ Exhausted() Coverage }
