package model

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Bounds of an exploration. They are counters, so that the same source always
// gives the same answer. A state that was reached within them is a state that
// the program can reach; only the absence of findings depends on them.
const (
	maxForks      = 256
	maxInstrs     = 3000
	maxFrames     = 10
	maxGoroutines = 8
	maxVisits     = 24 // executions of a block
	maxRounds     = 2  // rounds of a loop on an unknown condition
	maxLength     = 3  // the greatest length taken for an unknown one
)

// MaxStates is the number of states within which most functions of real programs
// have shown what they have to show.
const MaxStates = 1000

// A machine explores one entry.
type machine struct {
	maxStates int
	pkg       *ssa.Package
	entry     *ssa.Function
	infos     map[*ssa.Function]*funcInfo
	syms      *symtab
	frames    map[frameKey]int
	choices   map[choice]int
	tokens    int
	truncated bool
	states    int

	made      map[*ssa.MakeChan]bool
	receivers map[*ssa.MakeChan]map[ssa.Instruction][]ssa.Instruction // by what started the goroutine
}

// An opKind is what a goroutine waits for.
type opKind uint8

const (
	opSend opKind = iota
	opReceive
	opSelect
	opClose
	opCancel
	opWait
)

// An operation is a visible operation: one that another goroutine can wait for
// or notice. Everything between two of them runs in one piece.
type operation struct {
	kind     opKind
	instr    ssa.Instruction
	target   value // channel, done, cancel or counter
	arms     []arm
	blocking bool
}

// An arm is one channel operation that a goroutine offers.
type arm struct {
	send bool
	ch   value
	val  ssa.Value
}

// operation returns the visible operation at which a goroutine stands, or nil.
// A select is always visible: its choice is one that other goroutines may
// depend on, even if all its channels are foreign.
func (m *machine) operation(s *state, g *gor) *operation {
	f := g.top()
	instr := f.instr()
	switch instr := instr.(type) {
	case *ssa.Send:
		if ch := m.eval(s, f, instr.Chan); m.visible(s, ch) {
			return &operation{kind: opSend, instr: instr, target: ch, arms: []arm{{true, ch, instr.X}}, blocking: true}
		}
	case *ssa.UnOp:
		if instr.Op != token.ARROW {
			return nil
		}
		if ch := m.eval(s, f, instr.X); m.visible(s, ch) {
			return &operation{kind: opReceive, instr: instr, target: ch, arms: []arm{{false, ch, nil}}, blocking: true}
		}
	case *ssa.Select:
		op := &operation{kind: opSelect, instr: instr, blocking: instr.Blocking}
		for _, st := range instr.States {
			op.arms = append(op.arms, arm{st.Dir == types.SendOnly, m.eval(s, f, st.Chan), st.Send})
		}
		return op
	case *ssa.Call:
		fn, args := m.operands(s, f, &instr.Call)
		return m.callOperation(s, instr, fn, args)
	case *ssa.RunDefers:
		if n := len(f.defers); n > 0 {
			d := f.defers[n-1]
			return m.callOperation(s, d.call, d.fn, d.args)
		}
	}
	return nil
}

func (m *machine) callOperation(s *state, instr ssa.CallInstruction, fn value, args []value) *operation {
	call := instr.Common()
	if b, ok := call.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" && m.visible(s, args[0]) {
			return &operation{kind: opClose, instr: instr, target: args[0]}
		}
		return nil
	}
	switch {
	case fn.kind == cancel:
		return &operation{kind: opCancel, instr: instr, target: fn}
	case fn.kind == function && !call.IsInvoke() && len(args) > 0 && isWait(fn.fn):
		if c := s.counter(args[0]); c.kind == pointer {
			return &operation{kind: opWait, instr: instr, target: c}
		}
	}
	return nil
}

func isWait(fn *ssa.Function) bool {
	if obj, ok := fn.Object().(*types.Func); ok && obj.Name() == "Wait" && libraryModel(fn) != nil {
		return true
	}
	return false
}

// visible reports whether an operation on the channel can wait for a goroutine
// in sight, or for nobody.
func (m *machine) visible(s *state, ch value) bool {
	switch ch.kind {
	case channel:
		return !s.heap[ch.n].escaped
	case done, nilValue:
		return true
	}
	return false
}

// successors returns the states that can follow s: one visible operation of one
// goroutine, or an exchange between two, and then everything that runs without
// anybody noticing.
func (m *machine) successors(s *state) []*state {
	var out []*state
	for id, g := range s.gors {
		if g.status != pending {
			continue
		}
		op := m.operation(s, g)
		if op == nil { // its object escaped meanwhile
			n := m.fork(s)
			n.own(id).status = ready
			out = append(out, m.settle(n)...)
			continue
		}
		switch op.kind {
		case opClose, opCancel, opWait:
			if op.kind == opWait && !m.joined(s, op.target) {
				continue
			}
			if n := m.act(m.fork(s), id, op); n != nil {
				out = append(out, m.settle(n)...)
			}
		default:
			for i := range op.arms {
				out = append(out, m.communicate(s, id, op, i)...)
			}
			if op.kind == opSelect && !op.blocking && !m.certain(s, op) {
				n := m.fork(s)
				m.advance(n, id, op, -1, value{}, false)
				m.choose(n, id, op, -1)
				out = append(out, m.settle(n)...)
			}
		}
	}
	return out
}

// joined reports whether a counter lets its waiters go.
func (m *machine) joined(s *state, counter value) bool {
	if s.heap[counter.n].escaped {
		return true
	}
	v := m.resolve(s, s.heap[counter.n].val.at(counter.path))
	return v.kind != number || v.n <= 0
}

// certain reports whether a select with a default has a case that is ready
// whatever other goroutines do, so that the default is not taken. A goroutine
// that is about to send is not such a reason: in the real program it may not
// have arrived yet.
func (m *machine) certain(s *state, op *operation) bool {
	for _, a := range op.arms {
		if a.ch.kind != channel || s.heap[a.ch.n].escaped {
			continue
		}
		o := s.heap[a.ch.n]
		if o.closed || !a.send && len(o.buf) > 0 || a.send && m.room(s, o) && !m.full(s, o) {
			return true
		}
	}
	return false
}

// room reports whether a buffered send may proceed; a capacity that is not
// known is taken to suffice.
func (m *machine) room(s *state, o *object) bool {
	size := m.resolve(s, o.size)
	return size.kind != number || len(o.buf) < size.n
}

// full reports whether the channel may be without room.
func (m *machine) full(s *state, o *object) bool {
	size := m.resolve(s, o.size)
	return size.kind != number || len(o.buf) >= size.n
}

// act performs a close, a cancel or a wait.
func (m *machine) act(s *state, id int, op *operation) *state {
	switch op.kind {
	case opClose:
		if op.target.kind != channel || s.heap[op.target.n].closed {
			return nil // a panic
		}
		s.mut(op.target.n).closed = true
		s.event(Event{Gor: id, Kind: Close, Instr: op.instr})
	case opCancel:
		s.mut(op.target.n).ended = true
	case opWait:
		if c := s.heap[op.target.n].inherit; c > 0 {
			s.mut(c - 1).ended = true // errgroup.WithContext
		}
	}
	g := s.own(id)
	f := g.top()
	if d, ok := f.instr().(*ssa.RunDefers); ok && d != nil {
		f.defers = f.defers[:len(f.defers)-1]
	} else {
		f.bind(f.instr().(ssa.Value), value{})
		f.pc++
	}
	g.status = ready
	return s
}

// communicate returns the states after arm i of an operation was taken; none
// when it cannot be taken now, and none when it is a panic. An unbuffered
// exchange is taken from the sender's side.
func (m *machine) communicate(s *state, id int, op *operation, i int) []*state {
	a := op.arms[i]
	take := func(val value, ok bool) *state {
		n := m.fork(s)
		m.advance(n, id, op, i, val, ok)
		return n
	}
	f := s.gors[id].top()
	switch a.ch.kind {
	case nilValue:
		return nil
	case done:
		if !s.over(a.ch.n) {
			return nil
		}
		return m.settle(m.choose(take(value{}, false), id, op, i))
	case channel:
	default:
		n := m.choose(take(value{}, false), id, op, i)
		if a.send {
			m.escape(n, m.eval(s, f, a.val), a.val.Type())
		}
		return m.settle(n)
	}
	o := s.heap[a.ch.n]
	switch {
	case o.escaped:
		n := m.choose(take(value{}, false), id, op, i)
		if a.send {
			m.escape(n, m.eval(s, f, a.val), a.val.Type())
		}
		return m.settle(n)
	case a.send && o.closed:
		return nil // a panic
	case a.send:
		return m.send(s, id, op, i, m.resolve(s, m.eval(s, f, a.val)))
	case len(o.buf) > 0:
		n := m.choose(take(o.buf[0], true), id, op, i)
		n.mut(a.ch.n).buf = o.buf[1:]
		return m.settle(n)
	case o.closed:
		return m.settle(m.choose(take(closedValue(o), false), id, op, i))
	case o.fed:
		return m.settle(m.choose(take(value{}, true), id, op, i))
	}
	return nil
}

// closedValue is what a closed channel delivers.
func closedValue(o *object) value {
	if t := elem(o.site.Type()); t != nil {
		return zero(t, 0)
	}
	return value{}
}

// send puts a value into the buffer, or hands it to each goroutine that could
// take it.
func (m *machine) send(s *state, id int, op *operation, i int, val value) []*state {
	ch := op.arms[i].ch.n
	o := s.heap[ch]
	size := m.resolve(s, o.size)
	if size.kind != number || len(o.buf) < size.n {
		n := m.fork(s)
		m.advance(n, id, op, i, value{}, false)
		if size.kind == number {
			c := n.mut(ch)
			c.buf = append(c.buf, val)
		} else {
			// Room enough for everybody: what is in it, and whether there is
			// anything, is not followed.
			n.mut(ch).escaped = true
		}
		return m.settle(m.choose(n, id, op, i))
	}
	var out []*state
	for other, h := range s.gors {
		if other == id || h.status != pending {
			continue
		}
		hop := m.operation(s, h)
		if hop == nil {
			continue
		}
		for j, b := range hop.arms {
			if b.send || b.ch.kind != channel || b.ch.n != ch {
				continue
			}
			n := m.fork(s)
			m.advance(n, id, op, i, value{}, false)
			m.advance(n, other, hop, j, val, true)
			m.choose(n, id, op, i)
			m.choose(n, other, hop, j)
			out = append(out, m.settle(n)...)
		}
	}
	return out
}

func (m *machine) choose(s *state, id int, op *operation, i int) *state {
	k, ch := Choose, -1
	if i >= 0 && op.arms[i].ch.kind == channel {
		ch = op.arms[i].ch.n
		if !op.arms[i].send {
			k = Receive
		}
	}
	var offer []int
	for _, a := range op.arms {
		if !a.send && a.ch.kind == channel {
			offer = append(offer, a.ch.n)
		}
	}
	s.event(Event{Gor: id, Kind: k, Instr: op.instr, Arm: i, ch: ch, offer: offer})
	return s
}

// advance moves a goroutine past its channel operation.
func (m *machine) advance(s *state, id int, op *operation, i int, val value, ok bool) {
	g := s.own(id)
	f := g.top()
	okVal := value{}
	if i >= 0 && !op.arms[i].send && op.arms[i].ch.kind == channel && !s.heap[op.arms[i].ch.n].escaped {
		okVal = truth(ok)
	}
	switch instr := op.instr.(type) {
	case *ssa.UnOp:
		if instr.CommaOk {
			f.bind(instr, value{kind: aggregate, elems: []value{m.orFresh(f, instr, val), okVal}})
		} else {
			f.bind(instr, val)
		}
	case *ssa.Select:
		res := value{kind: aggregate, elems: []value{integer(i), okVal}}
		for k, st := range instr.States {
			if st.Dir != types.RecvOnly {
				continue
			}
			if k == i {
				res.elems = append(res.elems, m.orFresh(f, instr, val))
			} else {
				res.elems = append(res.elems, value{kind: unknown})
			}
		}
		f.bind(instr, res)
	}
	f.pc++
	g.status = ready
}

func (m *machine) orFresh(f *frame, v ssa.Value, x value) value {
	if x.kind == none {
		return m.fresh(f, v, token.ARROW)
	}
	return x
}
