package model

import (
	"go/token"

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
	f.prune(to)
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

// branch takes the outcomes of a condition, in this order:
//
//   - a region in which nothing matters is stepped over, unless the condition is
//     known and one side ends the program;
//   - a known condition has one outcome;
//   - a comparison with an unknown length decides the length first;
//   - in a loop that has gone round often enough, the side that leaves it;
//   - else both, each with the assumption that it makes.
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

// consistent reports whether the decisions of a path agree with each other: a
// length that was decided after a condition on it has to fulfil the condition.
func (m *machine) consistent(s *state) bool {
	for _, d := range s.known {
		e := m.syms.exprs[d.sym]
		if e.op == token.ILLEGAL {
			continue
		}
		if v := m.reduce(s, e); v.scalar() && v.n != d.val.n {
			return false
		}
	}
	return true
}

// shortcut steps over a region in which nothing matters. Variables that the
// region writes to hold something new and unknown afterwards.
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
