package model

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A kind says how much is known of a value.
type kind uint8

const (
	none      kind = iota // not in the environment
	unknown               // anything; n is its symbol
	nonNil                // anything but nil; n is its symbol
	nilValue              // nil
	number                // the integer n
	boolean               // n is 0 or 1
	text                  // a constant string, by number
	pointer               // into object n, at path
	channel               // object n
	function              // fn with elems as its free variables
	aggregate             // struct, array or tuple with elems
	context               // object n
	done                  // the Done channel of context n
	cancel                // the CancelFunc of context n
)

// A value is what the interpreter knows about a Go value. Values are immutable:
// elems is never written to after the value was made. The zero value, of kind
// none, says that nothing is known and that there is no symbol either; whoever
// binds it to a register gives the register a symbol of its own (fresh in
// compute.go).
type value struct {
	kind  kind
	neg   bool   // unknown: the negation of the boolean symbol n
	n     int    // number, truth value, symbol or object
	path  string // pointer: field indices, one byte each
	fn    *ssa.Function
	elems []value
}

func integer(n int) value { return value{kind: number, n: n} }

func truth(b bool) value {
	if b {
		return value{kind: boolean, n: 1}
	}
	return value{kind: boolean}
}

// symbolic reports whether the value stands for several Go values. Symbol 0 is
// shared by values that have nothing in common: it is never compared.
func (v value) symbolic() bool { return v.kind == unknown || v.kind == nonNil }

// scalar reports whether the value can be compared with other scalars.
func (v value) scalar() bool { return v.kind == number || v.kind == boolean || v.kind == text }

func (v value) not() value {
	switch v.kind {
	case boolean:
		v.n = 1 - v.n
	case unknown:
		v.neg = !v.neg
	}
	return v
}

// field returns element i of an aggregate.
func (v value) field(i int) value {
	if v.kind == aggregate && i < len(v.elems) {
		return v.elems[i]
	}
	return value{}
}

// with returns the aggregate with the element at path replaced, and whether
// there is such an element.
func (v value) with(path string, x value) (value, bool) {
	if path == "" {
		return x, true
	}
	i := int(path[0])
	if v.kind != aggregate || i >= len(v.elems) {
		return v, false
	}
	e, ok := v.elems[i].with(path[1:], x)
	if !ok {
		return v, false
	}
	elems := make([]value, len(v.elems))
	copy(elems, v.elems)
	elems[i] = e
	v.elems = elems
	return v, true
}

// at returns the element at path, or a value of kind none.
func (v value) at(path string) value {
	for len(path) > 0 && v.kind != none {
		v, path = v.field(int(path[0])), path[1:]
	}
	return v
}

// The widest and the deepest aggregate that is kept element by element. Bigger
// ones are unknown as a whole.
const (
	maxElems = 40
	maxDepth = 3
)

// zero returns the zero value of a type. Types of package sync are counters:
// a WaitGroup and an errgroup count the goroutines they wait for.
func zero(t types.Type, depth int) value {
	if counter(t) {
		return integer(0)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsInteger != 0:
			return integer(0)
		case u.Info()&types.IsBoolean != 0:
			return truth(false)
		case u.Kind() == types.UnsafePointer:
			return value{kind: nilValue}
		}
	case *types.Pointer, *types.Chan, *types.Signature, *types.Map, *types.Slice:
		return value{kind: nilValue}
	case *types.Interface:
		if _, ok := t.(*types.TypeParam); !ok {
			return value{kind: nilValue}
		}
	case *types.Struct:
		if u.NumFields() <= maxElems && depth < maxDepth {
			v := value{kind: aggregate, elems: make([]value, u.NumFields())}
			for i := range v.elems {
				v.elems[i] = zero(u.Field(i).Type(), depth+1)
			}
			return v
		}
	case *types.Array:
		if u.Len() <= maxElems && depth < maxDepth {
			v := value{kind: aggregate, elems: make([]value, u.Len())}
			for i := range v.elems {
				v.elems[i] = zero(u.Elem(), depth+1)
			}
			return v
		}
	}
	return value{kind: unknown}
}

// counter reports whether values of the type are modelled as one number.
func counter(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
	case "sync.WaitGroup", "sync.Once", "golang.org/x/sync/errgroup.Group":
		return true
	}
	return false
}

// An expr is the identity of a symbol: two evaluations with the same identity
// give the same value, so a decision taken about one holds for the other.
type expr struct {
	instr        ssa.Value // the instruction that made it, or nil
	frame, visit int       // which execution of the instruction
	op           token.Token
	x, y         atom
}

// An atom is an operand of an expr: a scalar, nil or a symbol.
type atom struct {
	kind kind
	neg  bool
	n    int
}

func (v value) atom() atom { return atom{kind: v.kind, neg: v.neg, n: v.n} }

func (a atom) value() value { return value{kind: a.kind, neg: a.neg, n: a.n} }

// atomic reports whether the value is determined by its atom.
func (v value) atomic() bool {
	return v.scalar() || v.symbolic() || v.kind == nilValue
}

// A symtab numbers the symbols and the strings of one exploration.
type symtab struct {
	index map[expr]int
	exprs []expr // by symbol; symbol 0 is nothing in particular
	texts map[string]int
}

func newSymtab() *symtab {
	return &symtab{index: make(map[expr]int), exprs: make([]expr, 1), texts: make(map[string]int)}
}

func (t *symtab) text(s string) value {
	n, ok := t.texts[s]
	if !ok {
		n = len(t.texts)
		t.texts[s] = n
	}
	return value{kind: text, n: n}
}

func (t *symtab) intern(e expr) int {
	n, ok := t.index[e]
	if !ok {
		n = len(t.exprs)
		t.index[e] = n
		t.exprs = append(t.exprs, e)
	}
	return n
}

func (t *symtab) symbol(e expr) value { return value{kind: unknown, n: t.intern(e)} }
