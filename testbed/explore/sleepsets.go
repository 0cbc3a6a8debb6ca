package explore

// SleepSets returns a depth-first search over all runs, less those that differ
// from a visited one only in the order of independent steps (Godefroid's sleep
// sets). It is the one strategy that can say "no": when it ends, every run has
// been covered, unless one of them reached a limit.
//
// An action sleeps in a state when a sibling's subtree has covered all runs
// that begin with it; it wakes up when a step is taken that touches an object
// in its footprint. The footprint of an action is known after it has run once,
// and stays valid for as long as the action sleeps, because nothing that it
// touches has changed. Objects are numbered by first touch, so a number that
// was new in both steps may stand for different objects: then two independent
// steps count as dependent, never the other way round.
//
// Time is strict (a step costs nothing, the clock moves when nobody can run),
// for otherwise every step would touch the clock. With jumps a second round
// visits all runs with clock jumps too.
func SleepSets(jumps bool) Strategy { return &sleepSets{jumps: jumps} }

type sleepSets struct {
	jumps bool // there is a second round
	round int

	path    []sleepNode
	depth   int
	step    int       // index in path of the action taken last, or -1
	touched Footprint // by that action
	runs    int
	pruned  int // runs abandoned as redundant
	over    bool
	cut     bool
	drew    bool
	covered Coverage
}

// A sleepNode is a choice on the current path.
type sleepNode struct {
	// For a choice of action:
	actions []int     // goroutine numbers
	asleep  []sleeper // on entry, then also the explored siblings
	touched Footprint // by the action taken, over all its data choices
	known   bool      // touched is complete

	n     int // options; 0 for a choice of action
	taken int
}

type sleeper struct {
	g       int
	touches Footprint
}

func (n *sleepNode) sleeps(g int) bool {
	for i := range n.asleep {
		if n.asleep[i].g == g {
			return true
		}
	}
	return false
}

// awake returns the first option from i on that does not sleep, or -1.
func (n *sleepNode) awake(i int) int {
	for ; i < len(n.actions); i++ {
		if !n.sleeps(n.actions[i]) {
			return i
		}
	}
	return -1
}

func (s *sleepSets) Name() string { return "sleepsets" }

func (s *sleepSets) Begin(r *Run, _ uint64) bool {
	if s.over && s.jumps && s.round == 0 {
		*s = sleepSets{jumps: true, round: 1, covered: s.covered}
	}
	if s.over {
		return false
	}
	r.Jumps = s.round == 1
	r.StepCost = 0
	s.depth, s.step = 0, -1
	return true
}

// maxDepth is where a run is given up: a space that deep cannot be covered, and
// a run that is longer is most often one goroutine polling for another.
const maxDepth = 3000

func (s *sleepSets) Pick(v *View) int {
	if v.Step >= maxDepth {
		s.cut = true
		return -1
	}
	if s.depth == len(s.path) && !s.grow(v) {
		return -1
	}
	s.step = s.depth
	node := &s.path[s.depth]
	s.depth++
	if node.n != 0 || node.taken >= len(v.Actions) {
		s.cut = true // the program is not deterministic
		return 0
	}
	// Options are numbered from the default action on, so that the first run is
	// the undisturbed one.
	return unrank(uint32(node.taken), v.Default())
}

// grow appends the node of a new state. It returns false if all actions sleep.
func (s *sleepSets) grow(v *View) bool {
	s.path = append(s.path, sleepNode{})
	node := &s.path[s.depth]
	node.actions = make([]int, len(v.Actions))
	for i := range node.actions {
		node.actions[i] = v.Actions[unrank(uint32(i), v.Default())].G
	}
	if s.step >= 0 {
		for _, z := range s.path[s.step].asleep {
			if z.touches.disjoint(s.touched) {
				node.asleep = append(node.asleep, z)
			}
		}
	}
	node.taken = node.awake(0)
	if node.taken < 0 {
		s.path = s.path[:s.depth]
		return false
	}
	return true
}

func (s *sleepSets) Choose(n int) int {
	if s.depth == len(s.path) {
		s.path = append(s.path, sleepNode{n: n})
	}
	node := &s.path[s.depth]
	s.depth++
	if node.n != n {
		s.cut = true
		return 0
	}
	return node.taken
}

func (s *sleepSets) Stepped(f Footprint) {
	if s.step < 0 {
		return
	}
	s.touched = append(s.touched[:0], f...)
	node := &s.path[s.step]
	node.touched = node.touched.union(f)
	node.known = true
}

func (s *sleepSets) End(o *Outcome) {
	s.runs++
	s.drew = s.drew || o.Drew
	s.cut = s.cut || o.Inexact
	switch o.End {
	case Abandoned:
		s.pruned++
	case Limited, Stuck:
		s.cut = true
	case Failed:
		// The last step ended everything: it commutes with nothing.
		if s.step >= 0 {
			s.path[s.step].known = false
		}
	}
	s.path = s.path[:s.depth]
	for len(s.path) > 0 {
		if s.path[len(s.path)-1].advance() {
			return
		}
		s.path = s.path[:len(s.path)-1]
	}
	s.over = true
	if !s.cut {
		s.covered = Coverage{Runs: s.runs, Redundant: s.pruned, Complete: !s.drew, Bound: "all runs under strict time"}
		if s.round == 1 {
			s.covered.Bound = "all runs, clock jumps included"
		}
		if s.drew {
			s.covered.Bound += ", for one outcome of its random values"
		}
	}
}

// advance moves the node to its next option, if there is one.
func (n *sleepNode) advance() bool {
	if n.n > 0 {
		n.taken++
		return n.taken < n.n
	}
	z := sleeper{g: n.actions[n.taken], touches: n.touched}
	if n.known {
		n.asleep = append(n.asleep, z)
	}
	n.touched, n.known = nil, false
	for next := n.taken + 1; next < len(n.actions); next++ {
		if !n.sleeps(n.actions[next]) {
			n.taken = next
			return true
		}
	}
	return false
}

// Exhausted implements [exhaustible].
func (s *sleepSets) Exhausted() Coverage { return s.covered }
