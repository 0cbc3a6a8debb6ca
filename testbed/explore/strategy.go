package explore

import "fmt"

// A Strategy decides.
type Strategy interface {
	// Begin starts a run. It may set what the run offers (Jumps, StepCost), and
	// returns false when the strategy has nothing left to try.
	Begin(r *Run, seed uint64) bool
	// Pick returns the index of the action to take, or -1 to abandon the run.
	Pick(v *View) int
	// Choose returns a number below n; n is at least 2.
	Choose(n int) int
	// Stepped reports the footprint of the action picked last.
	Stepped(f Footprint)
	// End reports the outcome of the run.
	End(o *Outcome)
	// Name is how reports call the strategy; [New] understands it.
	Name() string
}

// Names lists the strategies that [New] knows.
func Names() []string {
	return []string{"portfolio", "random", "sticky", "pct2", "pct3", "pct5", "pos", "dfs0", "dfs1", "dfs2", "dfs3", "sleepsets"}
}

// New returns the named strategy. jumps says whether clock jumps may be tried;
// depth-first search with sleep sets tries them only in its second round.
func New(name string, jumps bool) (Strategy, error) {
	switch name {
	case "portfolio", "":
		return Portfolio(jumps), nil
	case "random":
		return Random(jumps), nil
	case "sticky":
		return Sticky(jumps), nil
	case "pct2":
		return PCT(2, jumps), nil
	case "pct3":
		return PCT(3, jumps), nil
	case "pct5":
		return PCT(5, jumps), nil
	case "pos":
		return POS(jumps), nil
	case "dfs0":
		return DelayBounded(0, jumps), nil
	case "dfs1":
		return DelayBounded(1, jumps), nil
	case "dfs2":
		return DelayBounded(2, jumps), nil
	case "dfs3":
		return DelayBounded(3, jumps), nil
	case "sleepsets":
		return SleepSets(jumps), nil
	}
	return nil, fmt.Errorf("unknown strategy %q: want one of %v", name, Names())
}

// defaultStepCost is what a step takes, in virtual nanoseconds: small enough
// not to matter, large enough that a loop which polls the clock gets somewhere.
const defaultStepCost = 100

// rng is splitmix64.
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number below n, which is small.
func (r *rng) below(n int) int { return int(r.next() >> 11 % uint64(n)) }

// chance is true once in n times.
func (r *rng) chance(n int) bool { return r.below(n) == 0 }

// drawn is what the random strategies have in common: a generator, and the
// rate of clock jumps, which is drawn for each run. Half of the runs have none:
// a witness without jumps is stronger, since it blames no slow goroutine.
type drawn struct {
	rng
	jumps bool
	rate  int // a jump once in rate steps; 0 for none
}

func (d *drawn) Begin(r *Run, seed uint64) bool {
	d.rng = rng(seed)
	d.rate = 0
	if d.jumps && d.chance(2) {
		d.rate = [...]int{2, 4, 16}[d.below(3)]
	}
	r.Jumps = d.rate > 0
	r.StepCost = defaultStepCost
	r.Seed = seed
	return true
}

// jump returns the index of the clock action if it is time for it, or -1.
// The clock is always the last action.
func (d *drawn) jump(v *View) int {
	last := len(v.Actions) - 1
	if d.rate > 0 && v.Actions[last].G == Clock && d.chance(d.rate) {
		return last
	}
	return -1
}

// goroutines is the number of actions that are not the clock.
func goroutines(v *View) int {
	n := len(v.Actions)
	if v.Actions[n-1].G == Clock {
		n--
	}
	return n
}

func (d *drawn) Choose(n int) int  { return d.below(n) }
func (d *drawn) Stepped(Footprint) {}
func (d *drawn) End(*Outcome)      {}
