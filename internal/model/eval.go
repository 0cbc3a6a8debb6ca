package model

import "go/token"

// Operators of symbols that the language has no token for.
const (
	extractOp token.Token = 1000 + iota
	lenOp
	loadOp
	lostOp // a store whose value was not followed
)

// resolve replaces a symbol by what the path has decided about it.
func (m *machine) resolve(s *state, v value) value {
	if v.kind != unknown || v.n == 0 {
		return v
	}
	d, ok := s.decision(v.n)
	r := d.value()
	if !ok {
		if r = m.reduce(s, m.syms.exprs[v.n]); !r.scalar() {
			return v
		}
	}
	if v.neg {
		r = r.not()
	}
	return r
}

// reduce evaluates an expression whose operands may have been decided. It
// returns none when they have not.
func (m *machine) reduce(s *state, e expr) value {
	switch e.op {
	case token.ADD, token.SUB, token.MUL, token.LSS, token.EQL:
	default:
		return value{}
	}
	x, y := m.resolve(s, e.x.value()), m.resolve(s, e.y.value())
	if e.op == token.EQL {
		return equal(x, y)
	}
	if x.kind != number || y.kind != number {
		return value{}
	}
	switch e.op {
	case token.ADD:
		return integer(x.n + y.n)
	case token.SUB:
		return integer(x.n - y.n)
	case token.MUL:
		return integer(x.n * y.n)
	}
	return truth(x.n < y.n)
}

// equal compares two values, and returns none when that is open.
func equal(x, y value) value {
	switch {
	case x.scalar() && y.scalar():
		return truth(x.kind == y.kind && x.n == y.n)
	case x.kind == nilValue && y.kind == nilValue:
		return truth(true)
	case x.kind == nilValue && y.present() || y.kind == nilValue && x.present():
		return truth(false)
	case x.kind == y.kind && (x.kind == channel || x.kind == pointer || x.kind == context):
		return truth(x.n == y.n && x.path == y.path)
	case x.symbolic() && y.symbolic() && x.n != 0 && x.n == y.n && x.neg == y.neg:
		return truth(true)
	}
	return value{}
}

// present reports whether the value is certainly not nil.
func (v value) present() bool {
	switch v.kind {
	case nonNil, pointer, channel, function, context, done, cancel:
		return true
	}
	return false
}

// binop evaluates an operator. Comparisons are brought to == and <, so that a
// condition and its negation are one symbol.
func (m *machine) binop(s *state, op token.Token, x, y value) value {
	x, y = m.resolve(s, x), m.resolve(s, y)
	switch op {
	case token.NEQ:
		return m.binop(s, token.EQL, x, y).not()
	case token.GTR:
		return m.binop(s, token.LSS, y, x)
	case token.LEQ:
		return m.binop(s, token.LSS, y, x).not()
	case token.GEQ:
		return m.binop(s, token.LSS, x, y).not()
	case token.EQL:
		if r := equal(x, y); r.kind != none {
			return r
		}
		// b == true, b == false
		if x.kind == boolean {
			x, y = y, x
		}
		if y.kind == boolean && x.kind == unknown {
			if y.n == 1 {
				return x
			}
			return x.not()
		}
		if x.kind > y.kind || x.kind == y.kind && x.n > y.n {
			x, y = y, x
		}
	case token.ADD, token.SUB, token.MUL, token.LSS:
	default:
		return value{}
	}
	if !x.atomic() || !y.atomic() || x.symbolic() && x.n == 0 || y.symbolic() && y.n == 0 {
		return value{}
	}
	e := expr{op: op, x: x.atom(), y: y.atom()}
	if r := m.reduce(s, e); r.kind != none {
		return r
	}
	return m.syms.symbol(e)
}

// length returns len(x). A pointer stands for the array of a slice literal.
func (m *machine) length(s *state, x value) value {
	switch {
	case x.kind == pointer && !s.heap[x.n].escaped:
		if a := s.heap[x.n].val.at(x.path); a.kind == aggregate {
			return integer(len(a.elems))
		}
	case x.kind == nilValue:
		return integer(0)
	case x.symbolic() && x.n != 0:
		return m.syms.symbol(expr{op: lenOp, x: x.atom()})
	}
	return value{}
}
