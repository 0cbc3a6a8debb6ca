package model

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

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
		f.bind(instr, m.compute(s, g, f, instr))
	}
}

// compute returns the value of an instruction, none when it is a symbol of its
// own.
func (m *machine) compute(s *state, g *gor, f *frame, instr ssa.Value) value {
	switch instr := instr.(type) {
	case *ssa.Alloc, *ssa.MakeChan, *ssa.MakeClosure, *ssa.MakeInterface, *ssa.MakeMap, *ssa.MakeSlice:
		return m.create(s, f, instr)
	case *ssa.FieldAddr, *ssa.Field, *ssa.IndexAddr, *ssa.Slice, *ssa.Extract:
		return m.selection(s, f, instr)
	case *ssa.ChangeType:
		return m.eval(s, f, instr.X)
	case *ssa.Convert:
		return m.eval(s, f, instr.X)
	case *ssa.ChangeInterface:
		return m.eval(s, f, instr.X)
	case *ssa.UnOp:
		return m.unop(s, f, instr)
	case *ssa.BinOp:
		return m.binop(s, instr.Op, m.eval(s, f, instr.X), m.eval(s, f, instr.Y))
	case *ssa.Range:
		// The iterator counts: it compares with the length of what is ranged
		// over, like every other loop over it.
		n := m.length(s, m.eval(s, f, instr.X))
		return value{kind: pointer, n: s.alloc(object{val: value{kind: aggregate, elems: []value{integer(0), n}}})}
	case *ssa.Next:
		it := m.eval(s, f, instr.Iter)
		if it.kind != pointer {
			return value{}
		}
		i, n := s.heap[it.n].val.field(0), s.heap[it.n].val.field(1)
		ok := m.binop(s, token.LSS, i, n)
		m.store(s, value{kind: pointer, n: it.n, path: "\x00"}, integer(i.n+1))
		return value{kind: aggregate, elems: []value{ok, m.fresh(f, instr, token.ARROW), m.fresh(f, instr, token.RANGE)}}
	case *ssa.TypeAssert:
		if v := m.eval(s, f, instr.X); !instr.CommaOk && v.kind == context {
			return v
		}
	}
	return value{}
}

// create makes objects, and values that are certainly not nil.
func (m *machine) create(s *state, f *frame, instr ssa.Value) value {
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
		// What is behind an interface is not followed.
		m.escape(s, v, instr.X.Type())
	}
	return value{kind: nonNil, n: m.fresh(f, instr, token.ILLEGAL).n}
}

// selection reaches into structs, arrays and tuples.
func (m *machine) selection(s *state, f *frame, instr ssa.Value) value {
	switch instr := instr.(type) {
	case *ssa.FieldAddr:
		return m.element(m.eval(s, f, instr.X), instr.Field)
	case *ssa.Field:
		return m.eval(s, f, instr.X).field(instr.Field)
	case *ssa.IndexAddr:
		x, i := m.eval(s, f, instr.X), m.resolve(s, m.eval(s, f, instr.Index))
		if x.kind == pointer && i.kind == number && i.n >= 0 && i.n < maxElems {
			return m.element(x, i.n)
		}
		m.escape(s, x, nil) // which element is meant is not known
		return value{kind: nonNil, n: m.fresh(f, instr, token.ILLEGAL).n}
	case *ssa.Slice:
		x := m.eval(s, f, instr.X)
		if x.kind == pointer && instr.Low == nil && instr.High == nil && instr.Max == nil {
			return x // a slice literal: the array itself stands for it
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
