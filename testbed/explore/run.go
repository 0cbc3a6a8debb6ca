package explore

// A Run is one execution of a program: it passes the program's questions to
// the strategy and writes the answers down.
type Run struct {
	// What the program has to respect; part of the trace.
	Jumps    bool   // offer clock jumps while goroutines can run
	StepCost int64  // virtual nanoseconds that a step takes
	Seed     uint64 // for the random values that the program draws

	MaxSteps  int  // after so many steps the program gives up
	Recording bool // the program should describe findings and history in full

	// What was counted so far.
	Steps       int
	Preemptions int // times a goroutine that could go on was made to wait
	ClockJumps  int
	Hash        uint64 // over everything that happened
	// Drew says that the program drew random values, which are not choices.
	Drew bool
	// Inexact says that something happened which no choice decides and no footprint
	// shows: the clock was made to move although a step costs nothing, because the
	// program polled it, or code outside of control did something.
	Inexact bool

	strategy Strategy
	choices  []uint32 // see Trace
	view     View
}

// A View is what a strategy sees when it picks an action.
type View struct {
	Actions []Action
	// Cur is the index of the goroutine that ran last, or -1 when it cannot.
	Cur  int
	Step int
}

// Default is the index of the action that a scheduler takes which never
// interferes: the running goroutine, or else the one with the lowest number.
func (v *View) Default() int {
	if v.Cur >= 0 {
		return v.Cur
	}
	return 0
}

// reset prepares r for another execution under the same limits.
func (r *Run) reset(s Strategy) {
	r.strategy = s
	r.choices = r.choices[:0]
	r.Steps, r.Preemptions, r.ClockJumps = 0, 0, 0
	r.Drew, r.Inexact = false, false
	r.Hash = 14695981039346656037
}

func (r *Run) mix(x uint64) { r.Hash = (r.Hash ^ x) * 1099511628211 }

// Mix adds x to the hash by which a replay is recognised as the same run.
// It must not depend on addresses or on anything else outside of the program.
func (r *Run) Mix(x uint64) { r.mix(x) }

// Pick returns the index of the action that happens next, or -1 when the rest
// of the execution should be abandoned. cur is the index of the goroutine that
// ran last, or -1 if it cannot go on.
func (r *Run) Pick(acts []Action, cur int) int {
	r.view = View{acts, cur, r.Steps}
	i := r.strategy.Pick(&r.view)
	if i < 0 {
		return -1
	}
	if len(acts) > 1 {
		r.choices = append(r.choices, rank(i, r.view.Default()))
		if cur >= 0 && i != cur && !acts[cur].Yield && acts[i].G != Clock {
			r.Preemptions++
		}
	}
	a := &acts[i]
	r.mix(uint64(a.G+1) | uint64(a.Op)<<20 | uint64(a.Obj)<<28)
	r.mix(uint64(a.Site))
	if a.G == Clock {
		r.ClockJumps++
	}
	r.Steps++
	return i
}

// Choose returns a number below n, the outcome of a data choice.
func (r *Run) Choose(n int) int {
	if n < 2 {
		return 0
	}
	c := r.strategy.Choose(n)
	r.choices = append(r.choices, uint32(c))
	r.mix(uint64(c) + 0x5bd1e995)
	return c
}

// Stepped reports what the step that was picked last has touched.
func (r *Run) Stepped(f Footprint) { r.strategy.Stepped(f) }

// rank is the position of action i when the default one comes first: runs that
// follow the default have traces of zeros, which cost nothing.
func rank(i, def int) uint32 {
	switch {
	case i == def:
		return 0
	case i < def:
		return uint32(i + 1)
	}
	return uint32(i)
}

// unrank is the inverse of rank.
func unrank(v uint32, def int) int {
	switch i := int(v); {
	case i == 0:
		return def
	case i <= def:
		return i - 1
	default:
		return i
	}
}
