package model

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// settle runs every ready goroutine to its next visible operation and returns
// the states in which all have arrived, one for each combination of branches
// that the source leaves open.
func (m *machine) settle(s *state) []*state {
	work, out := []*state{s}, []*state(nil)
	for steps := 0; len(work) > 0; steps++ {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		id := s.firstReady()
		if id < 0 {
			out = append(out, s)
			continue
		}
		if steps > maxForks {
			m.truncated = true
			s.own(id).status = cut
			work = append(work, s)
			continue
		}
		more := m.run(s, id)
		for i := len(more) - 1; i >= 0; i-- {
			work = append(work, more[i])
		}
	}
	return out
}

func (s *state) firstReady() int {
	for id, g := range s.gors {
		if g.status == ready {
			return id
		}
	}
	return -1
}

// run executes goroutine id until it arrives at a visible operation, ends, or
// reaches a branch with several outcomes. It returns the states to go on with;
// none when the program dies.
func (m *machine) run(s *state, id int) []*state {
	g := s.own(id)
	for range maxInstrs {
		if g.status != ready {
			return []*state{s}
		}
		if m.operation(s, g) != nil {
			g.status = pending
			return []*state{s}
		}
		f := g.top()
		switch instr := f.instr().(type) {
		case *ssa.If:
			return m.branch(s, id, instr)
		case *ssa.Jump:
			m.enter(s, g, f.block.Succs[0])
		case *ssa.Panic:
			return nil
		case *ssa.Return:
			m.ret(s, g, instr)
		case *ssa.RunDefers:
			if n := len(f.defers); n > 0 {
				d := f.defers[n-1]
				f.defers = f.defers[:n-1]
				m.call(s, g, d.call, d.fn, d.args, true)
			} else {
				f.pc++
			}
		case *ssa.Defer:
			fn, args := m.operands(s, f, &instr.Call)
			f.defers = append(f.defers, deferred{instr, fn, args})
			f.pc++
		case *ssa.Go:
			fn, args := m.operands(s, f, &instr.Call)
			f.pc++
			m.spawn(s, g, instr, fn, args, value{}, 0)
		case *ssa.Call:
			fn, args := m.operands(s, f, &instr.Call)
			f.pc++
			m.call(s, g, instr, fn, args, false)
		default:
			m.exec(s, g, f, instr)
			f.pc++
		}
	}
	m.truncated = true
	g.status = cut
	return []*state{s}
}

// enter moves a goroutine to a block and evaluates its phis.
func (m *machine) enter(s *state, g *gor, to *ssa.BasicBlock) {
	f := g.top()
	from := f.block
	m.arrive(s, g, to, func(phi *ssa.Phi) value {
		for i, p := range to.Preds {
			if p == from {
				return m.eval(s, f, phi.Edges[i])
			}
		}
		return value{}
	})
}

// arrive sets the block; edge gives the value of a phi before any is bound.
func (m *machine) arrive(s *state, g *gor, to *ssa.BasicBlock, edge func(*ssa.Phi) value) {
	f := g.top()
	var vals []value
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		vals = append(vals, edge(phi))
	}
	f.block, f.pc = to, len(vals)
	if i := f.info.cyclic[to.Index]; i >= 0 {
		if f.visits[i]++; f.visits[i] > maxVisits {
			m.truncated = true
			g.status = cut
		} else if f.visits[i] > 1 && f.info.open[to.Index] {
			s.event(Event{Gor: g.id, Kind: Again, Instr: to.Instrs[0]})
		}
	}
	for i, v := range vals {
		f.bind(to.Instrs[i].(*ssa.Phi), v)
	}
}

// branch takes the outcomes of a condition.
func (m *machine) branch(s *state, id int, instr *ssa.If) []*state {
	g := s.own(id)
	f := g.top()
	b := f.block
	cond := m.resolve(s, m.eval(s, f, instr.Cond))
	if sc := f.info.skip[b.Index]; sc != nil && (sc.to != nil || len(g.frames) == 1 && len(f.defers) == 0) &&
		!(sc.dies && cond.kind == boolean) {
		m.shortcut(s, g, sc)
		return []*state{s}
	}
	if cond.kind == boolean {
		m.enter(s, g, b.Succs[1-cond.n])
		return []*state{s}
	}
	if sym, loop := m.bound(s, f, cond); loop {
		return m.concretise(s, id, sym)
	}
	outcomes := []int{1, 0}
	if f.visit(b) > maxRounds {
		// A loop on an unknown condition has run often enough: leave it if
		// this is where it is left.
		outcomes = outcomes[:0]
		for k, succ := range b.Succs {
			if f.info.comp[succ.Index] != f.info.comp[b.Index] {
				outcomes = append(outcomes, 1-k)
			}
		}
		if len(outcomes) == 0 {
			m.truncated = true
			g.status = cut
			return []*state{s}
		}
	}
	var out []*state
	for i, o := range outcomes {
		next := s
		if i < len(outcomes)-1 {
			next = m.fork(s)
		}
		if cond.kind == unknown && cond.n != 0 {
			val := o
			if cond.neg {
				val = 1 - o
			}
			next.decide(cond.n, truth(val == 1))
			if !m.consistent(next) {
				continue
			}
		}
		next.event(Event{Gor: id, Kind: Branch, Instr: instr, Arm: o})
		m.enter(next, next.own(id), b.Succs[1-o])
		out = append(out, next)
	}
	return out
}

// bound reports whether a condition compares a counter with an unknown length,
// and returns the symbol of the length. Taking the length for a number makes
// all the loops over it agree.
func (m *machine) bound(s *state, f *frame, cond value) (int, bool) {
	if cond.kind != unknown || cond.n == 0 {
		return 0, false
	}
	e := m.syms.exprs[cond.n]
	if e.op != token.LSS && e.op != token.EQL {
		return 0, false
	}
	x, y := m.resolve(s, e.x.value()), m.resolve(s, e.y.value())
	if y.kind == number {
		x, y = y, x
	}
	if x.kind != number || x.n < 0 || x.n > maxLength || y.kind != unknown {
		return 0, false
	}
	if f.info.cyclic[f.block.Index] < 0 {
		// Not in a loop: only whether there is anything at all.
		return y.n, x.n == 0 && m.syms.exprs[y.n].op == lenOp
	}
	d := m.syms.exprs[y.n]
	if d.op == token.ADD || d.op == token.SUB {
		// n-1, n+1: the symbol is n.
		switch {
		case d.x.kind == unknown && d.y.kind == number:
			return d.x.n, true
		case d.y.kind == unknown && d.x.kind == number:
			return d.y.n, true
		}
	}
	switch d.op {
	case lenOp:
		return y.n, true
	case token.ILLEGAL, loadOp, extractOp:
		return y.n, e.op == token.LSS
	}
	return 0, false
}

// concretise takes a length for each small number that is consistent with what
// the path has assumed. The branch is evaluated again afterwards.
func (m *machine) concretise(s *state, id, sym int) []*state {
	var out []*state
	for n := maxLength; n >= 0; n-- {
		next := s
		if n > 0 {
			next = m.fork(s)
		}
		next.decide(sym, integer(n))
		if m.consistent(next) {
			out = append(out, next)
		}
	}
	return out
}

// consistent reports whether the decisions of a path agree with each other.
func (m *machine) consistent(s *state) bool {
	for _, d := range s.known {
		e := m.syms.exprs[d.sym]
		if e.op == token.ILLEGAL {
			continue
		}
		if v := m.compute(s, e); v.scalar() && v.n != d.val.n {
			return false
		}
	}
	return true
}

// shortcut steps over a region in which nothing matters.
func (m *machine) shortcut(s *state, g *gor, sc *shortcut) {
	f := g.top()
	from := f.block
	for _, st := range sc.stores {
		if a, ok := f.lookup(f.info.regs[st.Addr]); ok && a.kind == pointer {
			m.store(s, a, m.fresh(f, st.Addr, lostOp))
		}
	}
	if sc.to == nil {
		m.finish(s, g, value{})
		return
	}
	m.arrive(s, g, sc.to, func(phi *ssa.Phi) value {
		var v value
		for i, p := range sc.to.Preds {
			if p != from && !sc.inside[p] {
				continue
			}
			e := m.eval(s, f, phi.Edges[i])
			if v.kind == none {
				v = e
			} else if !same(v, e) {
				return value{}
			}
		}
		return v
	})
}

func same(a, b value) bool { return a.atomic() && b.atomic() && a.atom() == b.atom() }

// exec executes an instruction that only computes.
func (m *machine) exec(s *state, g *gor, f *frame, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Store:
		v := m.eval(s, f, instr.Val)
		if a := m.eval(s, f, instr.Addr); a.kind == pointer {
			m.store(s, a, v)
		} else {
			m.escape(s, v, instr.Val.Type())
		}
	case *ssa.MapUpdate:
		m.escape(s, m.eval(s, f, instr.Key), instr.Key.Type())
		m.escape(s, m.eval(s, f, instr.Value), instr.Value.Type())
	case *ssa.Send: // on a channel out of sight: a visible one does not come here
		m.escape(s, m.eval(s, f, instr.X), instr.X.Type())
	case ssa.Value:
		f.bind(instr, m.compute1(s, g, f, instr))
	}
}

// compute1 returns the value of an instruction, none when it is a symbol of its
// own.
func (m *machine) compute1(s *state, g *gor, f *frame, instr ssa.Value) value {
	switch instr := instr.(type) {
	case *ssa.Alloc:
		elem := instr.Type().Underlying().(*types.Pointer).Elem()
		return value{kind: pointer, n: s.alloc(object{val: zero(elem, 0)})}
	case *ssa.MakeChan:
		size := m.resolve(s, m.eval(s, f, instr.Size))
		return value{kind: channel, n: s.alloc(object{kind: chanObject, site: instr, size: size})}
	case *ssa.MakeClosure:
		v := value{kind: function, fn: instr.Fn.(*ssa.Function)}
		for _, b := range instr.Bindings {
			v.elems = append(v.elems, m.eval(s, f, b))
		}
		return v
	case *ssa.MakeInterface:
		v := m.eval(s, f, instr.X)
		if v.kind == context {
			return v
		}
		m.escape(s, v, instr.X.Type())
		return value{kind: nonNil, n: m.fresh(f, instr, token.ILLEGAL).n}
	case *ssa.MakeMap, *ssa.MakeSlice:
		return value{kind: nonNil, n: m.fresh(f, instr, token.ILLEGAL).n}
	case *ssa.ChangeType:
		return m.eval(s, f, instr.X)
	case *ssa.Convert:
		return m.eval(s, f, instr.X)
	case *ssa.ChangeInterface:
		return m.eval(s, f, instr.X)
	case *ssa.UnOp:
		return m.unop(s, f, instr)
	case *ssa.BinOp:
		x, y := m.eval(s, f, instr.X), m.eval(s, f, instr.Y)
		return m.binop(s, instr.Op, x, y)
	case *ssa.FieldAddr:
		return m.element(m.eval(s, f, instr.X), instr.Field)
	case *ssa.Field:
		return m.eval(s, f, instr.X).field(instr.Field)
	case *ssa.IndexAddr:
		x, i := m.eval(s, f, instr.X), m.resolve(s, m.eval(s, f, instr.Index))
		if x.kind == pointer && i.kind == number && i.n >= 0 && i.n < maxElems {
			return m.element(x, i.n)
		}
		m.escape(s, x, nil)
		return value{kind: nonNil, n: m.fresh(f, instr, token.ILLEGAL).n}
	case *ssa.Slice:
		x := m.eval(s, f, instr.X)
		if x.kind == pointer && instr.Low == nil && instr.High == nil && instr.Max == nil {
			return x
		}
		m.escape(s, x, nil)
	case *ssa.Extract:
		t := m.eval(s, f, instr.Tuple)
		if t.kind == aggregate {
			return t.field(instr.Index)
		}
		if t.symbolic() {
			return m.syms.symbol(expr{op: extractOp, x: t.atom(), y: atom{n: instr.Index}})
		}
	case *ssa.Range:
		x := m.eval(s, f, instr.X)
		n := m.length(x)
		return value{kind: pointer, n: s.alloc(object{val: value{kind: aggregate, elems: []value{integer(0), n}}})}
	case *ssa.Next:
		it := m.eval(s, f, instr.Iter)
		if it.kind != pointer {
			return value{}
		}
		v := s.heap[it.n].val
		i, n := v.field(0), v.field(1)
		ok := m.binop(s, token.LSS, i, n)
		m.store(s, value{kind: pointer, n: it.n, path: "\x00"}, integer(i.n+1))
		return value{kind: aggregate, elems: []value{ok, m.fresh(f, instr, token.ARROW), m.fresh(f, instr, token.RANGE)}}
	case *ssa.TypeAssert:
		if !instr.CommaOk {
			if v := m.eval(s, f, instr.X); v.kind == context {
				return v
			}
		}
	}
	return value{}
}

// element returns a pointer to a field or array element.
func (m *machine) element(x value, i int) value {
	if x.kind == pointer {
		x.path += string([]byte{byte(i)})
		return x
	}
	if !x.symbolic() {
		return value{}
	}
	return value{kind: nonNil, n: m.syms.intern(expr{op: token.PERIOD, x: x.atom(), y: atom{n: i}})}
}

func (m *machine) unop(s *state, f *frame, instr *ssa.UnOp) value {
	x := m.eval(s, f, instr.X)
	switch instr.Op {
	case token.MUL:
		return m.load(s, f, instr, x)
	case token.NOT:
		return m.resolve(s, x).not()
	case token.SUB:
		if x = m.resolve(s, x); x.kind == number {
			return integer(-x.n)
		}
	}
	return value{}
}

// load reads memory. Memory out of sight is taken to stay as it is while a
// straight piece of code runs.
func (m *machine) load(s *state, f *frame, instr *ssa.UnOp, addr value) value {
	switch {
	case addr.kind == pointer:
		if o := s.heap[addr.n]; !o.escaped {
			return o.val.at(addr.path)
		}
	case addr.symbolic():
		e := expr{op: loadOp, x: addr.atom(), visit: f.visit(instr.Block())}
		if g, ok := instr.X.(*ssa.Global); ok && types.Identical(g.Type().Underlying().(*types.Pointer).Elem(), errorType) {
			return value{kind: nonNil, n: m.syms.intern(e)} // a sentinel error
		}
		return m.syms.symbol(e)
	}
	return value{}
}

var errorType = types.Universe.Lookup("error").Type()

// store writes memory that is in sight.
func (m *machine) store(s *state, addr, v value) {
	if s.heap[addr.n].escaped {
		m.escape(s, v, nil)
		return
	}
	o := s.mut(addr.n)
	val, ok := o.val.with(addr.path, v)
	if !ok {
		m.escape(s, v, nil)
		return
	}
	o.val = val
}

// eval returns the value of an operand.
func (m *machine) eval(s *state, f *frame, v ssa.Value) value {
	switch v := v.(type) {
	case *ssa.Const:
		return m.constant(v)
	case *ssa.Function:
		return value{kind: function, fn: v}
	case *ssa.Global:
		return value{kind: nonNil, n: m.syms.intern(expr{instr: v})}
	}
	if reg, ok := f.info.regs[v]; ok {
		if x, ok := f.lookup(reg); ok && x.kind != none {
			return x
		}
	}
	return m.fresh(f, v, token.ILLEGAL)
}

func (m *machine) constant(c *ssa.Const) value {
	if c.Value == nil {
		if _, ok := c.Type().Underlying().(*types.Basic); ok {
			return value{}
		}
		return zero(c.Type(), 0)
	}
	switch c.Value.Kind() {
	case constant.Int:
		if n, ok := constant.Int64Val(c.Value); ok && n == int64(int(n)) {
			return integer(int(n))
		}
	case constant.Bool:
		return truth(constant.BoolVal(c.Value))
	case constant.String:
		return m.syms.text(constant.StringVal(c.Value))
	}
	return value{kind: unknown}
}

// fresh returns the symbol that a register has when nothing is known of it.
func (m *machine) fresh(f *frame, v ssa.Value, op token.Token) value {
	e := expr{instr: v, frame: f.id, op: op}
	if instr, ok := v.(ssa.Instruction); ok {
		e.visit = f.visit(instr.Block())
	}
	return m.syms.symbol(e)
}
