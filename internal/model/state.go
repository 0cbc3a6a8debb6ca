package model

import (
	"encoding/binary"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A status says what a goroutine does next.
type status uint8

const (
	ready    status = iota // runs on to its next visible operation
	pending                // stands at a visible operation
	finished               // has returned
	cut                    // goes on in a way that is not explored
)

// A state is one configuration of the world. Goroutines and objects are shared
// between states and copied before they are written: whoever's owner is not the
// state's token belongs to others as well.
type state struct {
	token int
	gors  []*gor
	heap  []*object
	known []decision // sorted by symbol
	outer []outer    // counters out of sight that the path has used
	trace *Event
}

// An outer is a counter that the entry did not make, such as a WaitGroup in a
// field of a parameter. Whatever else counts on it, a goroutine of the entry
// that has yet to call Done keeps its waiters.
type outer struct{ sym, object int }

// A decision is an assumption about a symbol that this path has made.
type decision struct {
	sym int
	val atom
}

// A gor is one goroutine.
type gor struct {
	id     int
	owner  int
	status status
	start  ssa.Instruction // the go statement or call that started it; nil for the entry
	group  value           // pointer to the counter to decrement at the end
	ctx    int             // 1 + the context its error cancels
	last   choice          // for the explanation: what it did last,
	rounds int             // and how many rounds of open loops it went
	frames []frame         // innermost last
}

// A choice is one outcome of an instruction.
type choice struct {
	instr ssa.Instruction
	arm   int
}

// A frame is one function activation.
type frame struct {
	id     int // names the activation, the same in every interleaving
	info   *funcInfo
	block  *ssa.BasicBlock
	pc     int
	env    []binding // sorted by register
	visits []uint8   // by funcInfo.cyclic
	defers []deferred
	result ssa.Value // the caller's call; nil when the result is dropped
	stay   bool      // the caller repeats its instruction after the return
}

// A binding is a register that holds more than a symbol of its own.
type binding struct {
	reg int
	val value
}

// A deferred is a deferred call with its operands evaluated.
type deferred struct {
	call *ssa.Defer
	fn   value
	args []value
}

// An objectKind distinguishes the objects of the heap.
type objectKind uint8

const (
	cell objectKind = iota
	chanObject
	ctxObject
)

// An object is what pointers, channels and contexts refer to.
type object struct {
	owner   int
	kind    objectKind
	escaped bool // code that is not explored may do anything with it

	val value // cell: the contents

	site    *ssa.MakeChan // chanObject
	size    value
	buf     []value
	closed  bool
	fed     bool // code that is not explored may send, but not receive
	inherit int  // ctxObject: 1 + parent; 0 when the parent never ends
	fires   bool // it may end by itself: a deadline, or a parent out of sight
	ended   bool
}

// fork returns a copy of a state. Both get new tokens: what they share now is
// written to by neither.
func (m *machine) fork(s *state) *state {
	c := *s
	c.gors = slices.Clone(s.gors)
	c.heap = slices.Clone(s.heap)
	c.known = slices.Clip(s.known)
	s.known = c.known
	c.outer = slices.Clip(s.outer)
	s.outer = c.outer
	m.tokens += 2
	s.token, c.token = m.tokens-1, m.tokens
	return &c
}

// own returns goroutine id for writing. Slices that are only appended to are
// clipped, so that two states which share one never write to the same place.
func (s *state) own(id int) *gor {
	g := s.gors[id]
	if g.owner == s.token {
		return g
	}
	c := *g
	c.owner = s.token
	c.frames = slices.Clone(g.frames)
	for i := range c.frames {
		f := &c.frames[i]
		f.env = slices.Clone(f.env)
		f.visits = slices.Clone(f.visits)
		f.defers = slices.Clip(f.defers)
	}
	s.gors[id] = &c
	return &c
}

// mut returns object id for writing.
func (s *state) mut(id int) *object {
	o := s.heap[id]
	if o.owner == s.token {
		return o
	}
	c := *o
	c.owner = s.token
	c.buf = slices.Clip(o.buf)
	s.heap[id] = &c
	return &c
}

func (s *state) alloc(o object) int {
	o.owner = s.token
	s.heap = append(s.heap, &o)
	return len(s.heap) - 1
}

// event adds a step to the explanation of the state. The trace is a list from
// the last step to the first, so that states share what they have in common.
func (s *state) event(e Event) {
	e.prev = s.trace
	s.trace = &e
	switch e.Kind {
	case Branch, Choose, Receive:
		s.own(e.Gor).last = choice{e.Instr, e.Arm}
	case Again:
		s.own(e.Gor).rounds++
	}
}

func (g *gor) top() *frame { return &g.frames[len(g.frames)-1] }

func (f *frame) instr() ssa.Instruction { return f.block.Instrs[f.pc] }

// visit counts the executions of a block within the activation.
func (f *frame) visit(b *ssa.BasicBlock) int {
	if b == nil {
		return 0
	}
	if i := f.info.cyclic[b.Index]; i >= 0 {
		return int(f.visits[i])
	}
	return 0
}

// lookup returns what a register was bound to.
func (f *frame) lookup(reg int) (value, bool) {
	i, ok := slices.BinarySearchFunc(f.env, reg, func(b binding, r int) int { return b.reg - r })
	if !ok {
		return value{}, false
	}
	return f.env[i].val, true
}

// bind sets a register; a value of kind none makes it a symbol of its own.
func (f *frame) bind(v ssa.Value, x value) {
	reg, ok := f.info.regs[v]
	if !ok {
		return
	}
	i, found := slices.BinarySearchFunc(f.env, reg, func(b binding, r int) int { return b.reg - r })
	switch {
	case x.kind == none && found:
		f.env = slices.Delete(f.env, i, i+1)
	case x.kind == none:
	case found:
		f.env[i].val = x
	default:
		f.env = slices.Insert(f.env, i, binding{reg, x})
	}
}

// decision returns what the path has assumed about a symbol.
func (s *state) decision(sym int) (atom, bool) {
	i, ok := slices.BinarySearchFunc(s.known, sym, func(d decision, n int) int { return d.sym - n })
	if !ok {
		return atom{}, false
	}
	return s.known[i].val, true
}

// decide assumes that a symbol has a value. A decision is never changed.
func (s *state) decide(sym int, v value) {
	i, ok := slices.BinarySearchFunc(s.known, sym, func(d decision, n int) int { return d.sym - n })
	if ok {
		return
	}
	s.known = slices.Insert(slices.Clone(s.known), i, decision{sym, v.atom()})
}

// key encodes the state without its trace: states with equal keys have the same
// future. Goroutines that left in different ways are kept apart, so that the
// simplest explanation can be chosen.
func (m *machine) key(s *state) string {
	b := make([]byte, 0, 512)
	num := func(n int) { b = binary.AppendVarint(b, int64(n)) }
	var val func(v value)
	val = func(v value) {
		b = append(b, byte(v.kind))
		if v.neg {
			b = append(b, 1)
		}
		num(v.n)
		if v.kind == pointer {
			num(len(v.path))
			b = append(b, v.path...)
		}
		if v.fn != nil {
			b = append(b, v.fn.String()...)
			num(int(v.fn.Pos()))
		}
		num(len(v.elems))
		for _, e := range v.elems {
			val(e)
		}
	}
	for _, g := range s.gors {
		b = append(b, byte(g.status))
		if g.status == finished {
			num(m.choiceID(g.last))
			num(g.rounds)
			continue
		}
		for i := range g.frames {
			f := &g.frames[i]
			num(f.id)
			num(f.block.Index)
			num(f.pc)
			b = append(b, f.visits...)
			for _, e := range f.env {
				num(e.reg)
				val(e.val)
			}
			num(len(f.defers))
		}
		num(-1)
	}
	for _, o := range s.heap {
		b = append(b, byte(o.kind), flags(o.escaped, o.closed, o.fed, o.fires, o.ended))
		val(o.val)
		num(len(o.buf))
		for _, v := range o.buf {
			val(v)
		}
	}
	num(-2)
	for _, d := range s.known {
		num(d.sym)
		num(d.val.n)
	}
	return string(b)
}

func (m *machine) choiceID(c choice) int {
	id, ok := m.choices[c]
	if !ok {
		id = len(m.choices)
		m.choices[c] = id
	}
	return id
}

func flags(bits ...bool) (b byte) {
	for i, set := range bits {
		if set {
			b |= 1 << i
		}
	}
	return b
}
