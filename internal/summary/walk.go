package summary

import (
	"go/constant"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/ssabuild"
)

// Bounds of one walk. Real functions stay far below them; generated state
// machines with dozens of correlated conditions do not, and are given up.
const (
	coarseStates = 48  // states at one block before conditions are forgotten
	maxStates    = 128 // states at one block before the walk stops there
	maxDefers    = 24
)

// A walker explores the lock states of one function.
//
// The unit of exploration is a (block, state) pair; a pair is explored once.
// Merging happens by equality alone, so every state at a block is one that some
// path of the abstracted function really has.
type walker struct {
	b   *builder
	fn  *ssa.Function
	out *Func
	// test is set for a test: nobody calls it, so nobody asks what it acquires.
	test bool

	ids       map[ssa.Instruction]int // position in the function, for identities
	atoms     []*atom
	byKey     map[string]int
	regKill   map[ssa.Value]uint32     // atoms that die when a register is computed
	memKill   map[*ssa.Store]uint32    // atoms that die at a store
	memAll    uint32                   // atoms about memory
	shared    uint32                   // atoms about memory that other goroutines may change
	bases     map[ssa.Value]bool       // registers that name a lock seen so far
	exitsLoop map[*ssa.BasicBlock]bool // blocks that leave a loop on what memory holds

	subjects map[subjectKey]atom // what subjectAtom has said
	buffers  [2][]state          // see block
	visited  []map[string]bool   // identities seen at each block
	queue    []item
	exits    map[string]*Outcome
	order    []string // keys of exits, as found
	relocks  map[relockKey]bool
	pairs    map[pairKey]int // index in out.Pairs
	nameless int             // acquisitions without a name in out.Acquires
	keeps    map[keptKey]bool
	waits    map[waitKey][]*Wait
}

type item struct {
	block *ssa.BasicBlock
	state state
}

type relockKey struct {
	site, held ssa.Instruction
	via        *Acquire
}

type keptKey struct {
	exit, held ssa.Instruction
}

// walk computes the facts of fn from those of its callees.
func (b *builder) walk(fn *ssa.Function) *Func {
	w := &walker{
		b: b, fn: fn, test: ssabuild.IsTest(fn),
		out: &Func{
			Fn: fn, Released: map[ssa.Instruction]token.Pos{}, ReleasedLater: map[ssa.Instruction]bool{},
			HandedOver: map[*ssa.Function]bool{}, around: map[*ssa.Function][]Gate{},
			otherNames: map[string]bool{},
		},
		ids:      make(map[ssa.Instruction]int),
		byKey:    make(map[string]int),
		regKill:  make(map[ssa.Value]uint32),
		memKill:  make(map[*ssa.Store]uint32),
		bases:    make(map[ssa.Value]bool),
		subjects: make(map[subjectKey]atom),
		visited:  make([]map[string]bool, len(fn.Blocks)),
		exits:    make(map[string]*Outcome),
		relocks:  make(map[relockKey]bool),
		pairs:    make(map[pairKey]int),
		keeps:    make(map[keptKey]bool),
	}
	w.prepare()
	w.push(fn.Blocks[0], state{})
	for len(w.queue) > 0 {
		it := w.queue[0]
		w.queue = w.queue[1:]
		w.block(it)
	}
	w.finish()
	return w.out
}

func (w *walker) push(blk *ssa.BasicBlock, s state) {
	seen := w.visited[blk.Index]
	if seen == nil {
		seen = make(map[string]bool)
		w.visited[blk.Index] = seen
	}
	if len(seen) >= coarseStates && s.known != 0 {
		s.coarse = true
		s.forget(^uint32(0))
	}
	id := w.identity(&s)
	if seen[id] {
		return
	}
	if len(seen) >= maxStates {
		w.out.Incomplete = true
		return
	}
	seen[id] = true
	w.queue = append(w.queue, item{blk, s})
}

// block runs one state through a block. A call with several outcomes forks it.
// The states before and after an instruction are kept in two buffers that serve
// the whole walk, because most instructions turn one state into one.
func (w *walker) block(it item) {
	states, next := append(w.buffers[0][:0], it.state), w.buffers[1]
	for _, in := range it.block.Instrs {
		next = next[:0]
		for _, s := range states {
			next = w.step(in, s, next)
		}
		if states, next = next, states; len(states) == 0 {
			w.buffers = [2][]state{states, next}
			return // every path ended
		}
	}
	for _, s := range states {
		w.branch(it.block, s)
	}
	w.buffers = [2][]state{states, next}
}

// step runs one instruction and appends the states after it.
func (w *walker) step(in ssa.Instruction, s state, out []state) []state {
	if v, ok := in.(ssa.Value); ok {
		if _, isPhi := in.(*ssa.Phi); !isPhi {
			w.recompute(v, &s)
		}
	}
	switch in := in.(type) {
	case *ssa.Call:
		return w.call(in, &in.Call, s, out)
	case *ssa.Defer:
		if len(s.defers) < maxDefers && countOf(s.defers, in) < 2 {
			s.defers = append(slices.Clip(s.defers), in)
		}
	case *ssa.RunDefers:
		return w.runDefers(s, out)
	case *ssa.Go:
		w.spawn(in, &s)
	case *ssa.MakeClosure:
		w.handOver(in, &s)
	case *ssa.Store:
		w.store(in, &s)
	case *ssa.Select:
		w.noteOp(in, &s)
		if in.Blocking {
			w.mayWait(&s)
		}
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			w.noteOp(in, &s)
			w.mayWait(&s)
		}
	case *ssa.Send:
		w.noteOp(in, &s)
		w.mayWait(&s)
	case *ssa.Return:
		w.exit(in, s)
		return out
	case *ssa.Panic:
		if in.Pos().IsValid() && !afterNoReturn(in) { // not one that SSA adds
			for _, end := range w.runDefers(s, nil) {
				w.keep(in, Panics, &end, nil)
			}
		}
		return out
	}
	return append(out, s)
}

func countOf(ds []*ssa.Defer, d *ssa.Defer) int {
	n := 0
	for _, x := range ds {
		if x == d {
			n++
		}
	}
	return n
}

// afterNoReturn reports whether a panic only marks that the call before it does
// not return.
func afterNoReturn(p *ssa.Panic) bool {
	mi, ok := p.X.(*ssa.MakeInterface)
	if !ok {
		return false
	}
	c, ok := mi.X.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.ExactString() != `"noreturn"` {
		return false
	}
	for _, in := range p.Block().Instrs {
		if call, ok := in.(*ssa.Call); ok && call.Pos() == p.Pos() {
			return true
		}
	}
	return false
}

// branch sends a state on to the successors of a block.
func (w *walker) branch(blk *ssa.BasicBlock, s state) {
	last := blk.Instrs[len(blk.Instrs)-1]
	cond, ok := last.(*ssa.If)
	if !ok {
		for _, succ := range blk.Succs {
			w.edge(blk, succ, s)
		}
		return
	}
	a, positive := condition(cond.Cond)
	if a.subject != nil {
		if truth, known := w.implied(a.subject, a.suffix, &s); known {
			w.take(cond, truth == positive, s)
			return
		}
	}
	i, tracked := w.byKey[a.key]
	bit := uint32(0)
	if tracked {
		bit = 1 << i
		// A loop's way out is asked again each time round: what memory held
		// then says nothing about now.
		if w.exitsLoop[blk] {
			s.forget(bit & w.memAll)
		}
		if s.known&bit != 0 {
			w.take(cond, (s.truth&bit != 0) == positive, s)
			return
		}
	}
	for _, then := range [...]bool{true, false} {
		t := s
		if tracked {
			t.learn(bit, then == positive)
		}
		w.take(cond, then, t)
	}
}

func successor(then bool) int {
	if then {
		return 0
	}
	return 1
}

func (w *walker) take(cond *ssa.If, then bool, s state) {
	s.trail = &trail{Decision{cond, then}, s.trail}
	w.edge(cond.Block(), cond.Block().Succs[successor(then)], s)
}

// edge runs the phis of a successor, all from the values before them.
func (w *walker) edge(from, to *ssa.BasicBlock, s state) {
	pred := slices.Index(to.Preds, from)
	if to.Dominates(from) {
		for i := range s.locks {
			if e := &s.locks[i]; !e.Crossed && to.Dominates(e.Site.Block()) {
				s.edit(i).Crossed = true
			}
		}
	}
	before := s
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		w.recompute(phi, &s)
		if w.regKill[phi] == 0 {
			continue
		}
		for i, a := range w.atoms {
			if a.counter == phi && w.begins(phi.Edges[pred], a.limit, &before) {
				s.learn(1<<i, true)
			}
			if a.subject != phi {
				continue
			}
			if truth, known := w.value(phi.Edges[pred], a.suffix, &before); known {
				s.learn(1<<i, truth)
			} else if countsPast(phi, phi.Edges[pred], a.suffix) {
				s.learn(1<<i, false)
			}
		}
	}
	w.push(to, s)
}

// implied evaluates "v suffix" from the value itself or from a related fact:
// an integer that is compared to zero for equality is taken to be a count, so
// one that is not zero is greater.
func (w *walker) implied(v ssa.Value, suffix string, s *state) (truth, known bool) {
	if truth, known = holds(v, suffix); known {
		return truth, true
	}
	if suffix == "<=0" {
		if zero, known := w.value(v, "==0", s); known {
			return zero, true
		}
	}
	return false, false
}

// begins reports whether a loop that counts up to limit runs its first round:
// the counter starts at zero and the limit is a count that is not zero.
func (w *walker) begins(first, limit ssa.Value, s *state) bool {
	zero, known := holds(first, "==0")
	if !known || !zero {
		return false
	}
	none, known := w.implied(limit, "<=0", s)
	return known && !none
}

// countsPast reports whether a loop counter, once incremented, is certainly
// beyond a bound: "i := 0; ...; i++" is never <= 0 after the first round.
func countsPast(phi *ssa.Phi, next ssa.Value, suffix string) bool {
	add, ok := next.(*ssa.BinOp)
	if !ok || add.Op != token.ADD || add.X != phi {
		return false
	}
	by, ok := add.Y.(*ssa.Const)
	if !ok || by.Value == nil || constant.Sign(by.Value) <= 0 {
		return false
	}
	for _, e := range phi.Edges {
		if e == next {
			continue
		}
		first, ok := e.(*ssa.Const)
		if !ok || first.Value == nil || first.Value.Kind() != constant.Int {
			return false
		}
		least := ssa.NewConst(constant.BinaryOp(first.Value, token.ADD, by.Value), first.Type())
		if within, known := compare(least, suffix); !known || within || !strings.HasPrefix(suffix, "<=") {
			return false
		}
	}
	return true
}

// value evaluates "v suffix" in a state.
func (w *walker) value(v ssa.Value, suffix string, s *state) (truth, known bool) {
	if truth, known = holds(v, suffix); known {
		return truth, true
	}
	a := w.subject(v, suffix)
	if i, ok := w.byKey[a.key]; ok && s.known&(1<<i) != 0 {
		return s.truth&(1<<i) != 0, true
	}
	return false, false
}

// A subjectKey is what an atom with a subject is made from.
type subjectKey struct {
	value  ssa.Value
	suffix string
}

// subject is subjectAtom, asked once.
func (w *walker) subject(v ssa.Value, suffix string) atom {
	k := subjectKey{v, suffix}
	a, ok := w.subjects[k]
	if !ok {
		a = subjectAtom(v, suffix)
		if w.subjects != nil {
			w.subjects[k] = a
		}
	}
	return a
}

// recompute forgets what depends on a register's old value: conditions, and
// locks that were named through it.
func (w *walker) recompute(v ssa.Value, s *state) {
	if bits := w.regKill[v]; bits != 0 {
		s.forget(bits)
	}
	if len(s.locks) == 0 {
		return
	}
	if w.bases[v] {
		index := "[" + indexName(v) + "]"
		w.drop(s, func(e *entry) bool { return e.Ref.Base == v || strings.Contains(e.Ref.Sel, index) })
	}
}

// drop removes the locks that can no longer be named. They may well still be
// held, so nothing is concluded from their absence.
func (w *walker) drop(s *state, lost func(*entry) bool) {
	for i := len(s.locks) - 1; i >= 0; i-- {
		if lost(&s.locks[i]) {
			s.remove(i)
		}
	}
}

// mayWait forgets memory that other goroutines may have changed meanwhile.
func (w *walker) mayWait(s *state) { s.forget(w.shared) }

func (w *walker) store(in *ssa.Store, s *state) {
	if bits := w.memKill[in]; bits != 0 {
		before := *s
		s.forget(bits)
		for i, a := range w.atoms {
			if bits&(1<<i) == 0 || !a.mem.Known() || a.mem != RefOf(in.Addr) {
				continue
			}
			if truth, known := w.value(in.Val, a.suffix, &before); known {
				s.learn(1<<i, truth)
			}
		}
	}
	if len(s.locks) > 0 && pointerLike(in.Val.Type()) {
		if r := RefOf(in.Addr); r.Known() {
			w.drop(s, func(e *entry) bool { return e.Ref != r && e.Ref.Within(r) })
		}
	}
}
