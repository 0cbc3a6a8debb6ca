package explore

import "strconv"

// DelayBounded returns a depth-first search over the runs with at most bound
// delays (Emmi et al., POPL 2011). Without delays the running goroutine goes on
// until it blocks or polls, then the next one in a round; taking the k-th
// choice of the round costs k delays, a clock jump or a select case other than
// the first ready one costs one. Many bugs need one or two delays, and the
// first witness of the smallest bound is the easiest to read.
func DelayBounded(bound int, jumps bool) Strategy { return &delayed{bound: bound, jumps: jumps} }

type delayed struct {
	bound int
	jumps bool

	path  []delayNode
	depth int
	spent int
	last  int
	runs  int
	over  bool
	cut   bool // a run ended at a limit: the space is not covered

	// Of the running goroutine, since it has been running:
	steps  int
	yields int
	limit  int // steps after which it is made to give way: half of a run's
}

// yieldLimit is small, but a goroutine that tries something once goes on.
const yieldLimit = 8

// A delayNode is a choice on the current path.
type delayNode struct {
	taken  int
	n      int  // options
	clock  bool // the last option is the clock
	data   bool // a data choice
	before int  // delays spent before it
}

// cost is what taking option i costs.
func (n *delayNode) cost(i int) int {
	if n.data || n.clock && i == n.n-1 {
		return min(i, 1)
	}
	return i
}

func (s *delayed) Name() string { return "dfs" + strconv.Itoa(s.bound) }

func (s *delayed) Begin(r *Run, _ uint64) bool {
	if s.over {
		return false
	}
	r.Jumps = s.jumps
	r.StepCost = defaultStepCost
	s.limit = r.MaxSteps / 2
	s.depth, s.spent, s.last, s.steps, s.yields = 0, 0, -2, 0, 0
	return true
}

// take answers the next choice: as on the path, or the free option beyond it.
func (s *delayed) take(n int, clock, data bool) int {
	if s.depth == len(s.path) {
		s.path = append(s.path, delayNode{n: n, clock: clock, data: data, before: s.spent})
	}
	node := &s.path[s.depth]
	node.n = n // equal, if the program is deterministic
	if node.taken >= n {
		node.taken = n - 1
	}
	s.depth++
	s.spent += node.cost(node.taken)
	return node.taken
}

func (s *delayed) Pick(v *View) int {
	n := len(v.Actions)
	if n == 1 {
		return 0
	}
	clock := v.Actions[n-1].G == Clock
	// The round starts with the running goroutine. After it has given way a few
	// times, or made very many steps in a row, it starts with the next one, or a
	// polling loop would run for ever.
	gs := goroutines(v)
	first := 0
	for first < gs && v.Actions[first].G <= s.last {
		first++
	}
	if v.Cur >= 0 && v.Cur < gs {
		first = v.Cur
		s.steps++
		if v.Actions[first].Yield {
			s.yields++
		}
		if s.yields > yieldLimit || s.steps > s.limit {
			first++
			s.steps, s.yields = 0, 0
		}
	} else {
		s.steps, s.yields = 0, 0
	}
	i := s.take(n, clock, false)
	if !(clock && i == n-1) {
		i = (first + i) % gs
		s.last = v.Actions[i].G
	}
	return i
}

func (s *delayed) Choose(n int) int { return s.take(n, false, true) }

func (s *delayed) Stepped(Footprint) {}

func (s *delayed) End(o *Outcome) {
	s.runs++
	if o.End == Limited || o.End == Stuck || o.Drew {
		s.cut = true
	}
	s.path = s.path[:s.depth]
	for len(s.path) > 0 {
		node := &s.path[len(s.path)-1]
		for i := node.taken + 1; i < node.n; i++ {
			if node.before+node.cost(i) <= s.bound {
				node.taken = i
				return
			}
		}
		s.path = s.path[:len(s.path)-1]
	}
	s.over = true
}

// Exhausted implements [exhaustible].
func (s *delayed) Exhausted() Coverage {
	if !s.over || s.cut {
		return Coverage{}
	}
	return Coverage{Runs: s.runs, Bound: "runs with at most " + strconv.Itoa(s.bound) + " delays"}
}
