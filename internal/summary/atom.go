package summary

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// maxAtoms is how many conditions a walk can remember: the bits of a mask.
const maxAtoms = 32

// An atom is a branch condition that the walk remembers, so that two branches
// on the same condition agree along a path. It compares a subject to a constant
// (the suffix "==nil", "<=3"), is a boolean itself (the empty suffix), or is any
// other pure comparison, which has no subject.
//
// A subject is either a register, whose fact dies when the register is computed
// anew, or memory. Facts about memory survive calls, which is what makes
// conditional locking ("if s.safe { s.mu.Lock() }" twice) exact, and die
//   - at a store to the same memory, here or in a callee;
//   - when the lock is released under which they were learnt;
//   - where the goroutine may wait, unless no lock was ever involved.
type atom struct {
	key     string
	subject ssa.Value // nil for a general comparison
	mem     Ref       // the memory a subject is loaded from, if any
	suffix  string
	regs    []ssa.Value  // registers whose recomputation invalidates it
	mems    []Ref        // memory whose store invalidates it
	fields  []*types.Var // the fields and package-level variables among it
	dynamic bool         // it asks for the dynamic type of a value
	counter *ssa.Phi     // for "counter < limit", where limit is no constant
	limit   ssa.Value
	count   int // branches on it in the function
}

// condition normalises a branch condition to an atom and a polarity.
func condition(v ssa.Value) (a atom, positive bool) {
	positive = true
	for {
		u, ok := v.(*ssa.UnOp)
		if !ok || u.Op != token.NOT {
			break
		}
		v, positive = u.X, !positive
	}
	if bin, ok := v.(*ssa.BinOp); ok {
		x, y, op := bin.X, bin.Y, bin.Op
		if _, ok := x.(*ssa.Const); ok {
			x, y, op = y, x, flip(op)
		}
		switch op {
		case token.NEQ:
			op, positive = token.EQL, !positive
		case token.GEQ:
			op, positive = token.LSS, !positive
		case token.GTR:
			op, positive = token.LEQ, !positive
		}
		if c, ok := y.(*ssa.Const); ok {
			if op == token.LSS && c.Value != nil && c.Value.Kind() == constant.Int {
				// One form for integers: x < 1 is x <= 0.
				op, c = token.LEQ, ssa.NewConst(constant.BinaryOp(c.Value, token.SUB, constant.MakeInt64(1)), c.Type())
			}
			return subjectAtom(x, op.String()+constName(c)), positive
		}
		a.key = a.operand(x) + op.String() + a.operand(y)
		if phi, ok := x.(*ssa.Phi); ok && op == token.LSS {
			a.counter, a.limit = phi, y
		}
		return a, positive
	}
	return subjectAtom(v, ""), positive
}

func flip(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.GTR:
		return token.LSS
	case token.LEQ:
		return token.GEQ
	case token.GEQ:
		return token.LEQ
	}
	return op
}

// subjectAtom is the atom "v suffix".
func subjectAtom(v ssa.Value, suffix string) atom {
	a := atom{subject: v, suffix: suffix}
	a.key = a.operand(v) + suffix
	switch {
	case len(a.mems) == 1:
		a.mem = a.mems[0]
	case len(a.regs) == 1 && suffix == "" || len(a.regs) == 1 && refKeyed(v):
		a.subject = a.regs[0] // the variable behind a load
	}
	return a
}

// operand names a value inside a condition and records what the name depends on.
func (a *atom) operand(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		return constName(v)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if r := loadRef(v.X, depth); r.Known() {
				if r.Sel == "" && !isMemory(r.Base) {
					a.regs = append(a.regs, r.Base)
					return refKey(r)
				}
				a.mems = append(a.mems, r)
				if f := storedField(v.X); f != nil {
					a.fields = append(a.fields, f)
				}
				return "*" + refKey(r)
			}
		}
	case *ssa.Call:
		if bi, ok := v.Call.Value.(*ssa.Builtin); ok && (bi.Name() == "len" || bi.Name() == "cap") && len(v.Call.Args) == 1 {
			return bi.Name() + "(" + a.operand(v.Call.Args[0]) + ")"
		}
	case *ssa.FreeVar:
		if b := binding(v); b != nil {
			return a.operand(b)
		}
	case *ssa.Extract:
		// The same question asked again: "v, ok := x.(T)", "v, ok := m[k]".
		switch t := v.Tuple.(type) {
		case *ssa.TypeAssert:
			if v.Index == 1 {
				a.dynamic = true
				return a.operand(t.X) + ".(" + t.AssertedType.String() + ")"
			}
		case *ssa.Lookup:
			if v.Index == 1 {
				return a.operand(t.X) + "[" + a.operand(t.Index) + "]"
			}
		}
	}
	a.regs = append(a.regs, v)
	return valueName(v)
}

// refKeyed reports whether a value is a load that is named by what was stored.
func refKeyed(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.UnOp:
		return v.Op == token.MUL
	case *ssa.FreeVar:
		return true
	}
	return false
}

// isMemory reports whether a base designates storage, not a computed value.
func isMemory(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.Global:
		return true
	}
	return false
}

// refKey and valueName are unique within one outermost function and stable from
// run to run.
func refKey(r Ref) string { return valueName(r.Base) + r.Sel }

func valueName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Global:
		return v.Pkg.Pkg.Path() + "." + v.Name()
	case *ssa.Const:
		return constName(v)
	}
	if fn := v.Parent(); fn != nil {
		return v.Name() + "@" + fn.Name()
	}
	return v.Name()
}

func constName(c *ssa.Const) string {
	if c.Value == nil {
		if _, ok := c.Type().Underlying().(*types.Basic); ok {
			return "0"
		}
		return "nil"
	}
	return c.Value.ExactString()
}

// holds evaluates "v suffix" when the value alone decides it.
func holds(v ssa.Value, suffix string) (result, known bool) {
	switch v := v.(type) {
	case *ssa.Const:
		if suffix == "" {
			if v.Value != nil && v.Value.Kind() == constant.Bool {
				return constant.BoolVal(v.Value), true
			}
			return false, v.Value == nil
		}
		return compare(v, suffix)
	case *ssa.ChangeInterface:
		return holds(v.X, suffix)
	}
	if suffix == "==nil" && neverNil(v) {
		return false, true
	}
	return false, false
}

// compare evaluates "c suffix".
func compare(c *ssa.Const, suffix string) (result, known bool) {
	if want, ok := strings.CutPrefix(suffix, "=="); ok {
		return constName(c) == want, true
	}
	if c.Value == nil || c.Value.Kind() != constant.Int {
		return false, false
	}
	if bound, ok := strings.CutPrefix(suffix, "<="); ok {
		if limit := constant.MakeFromLiteral(bound, token.INT, 0); limit.Kind() == constant.Int {
			return constant.Compare(c.Value, token.LEQ, limit), true
		}
	}
	return false, false
}

// neverNil reports whether a value is certainly not nil. A package-level error
// variable counts: it is a sentinel, set once.
func neverNil(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc, *ssa.MakeInterface, *ssa.MakeClosure, *ssa.MakeChan, *ssa.MakeMap, *ssa.MakeSlice,
		*ssa.FieldAddr, *ssa.IndexAddr, *ssa.Function, *ssa.Global:
		return true
	case *ssa.UnOp:
		g, ok := v.X.(*ssa.Global)
		return ok && v.Op == token.MUL && isError(v.Type()) && g != nil
	case *ssa.Call:
		if fn := v.Call.StaticCallee(); fn != nil {
			obj, _ := fn.Object().(*types.Func)
			return obj != nil && errorMakers[obj.FullName()]
		}
	}
	return false
}

// errorMakers are functions whose error result is never nil.
var errorMakers = map[string]bool{
	"errors.New": true, "fmt.Errorf": true,
	"google.golang.org/grpc/status.Error": true, "google.golang.org/grpc/status.Errorf": true,
	"github.com/pkg/errors.New": true, "github.com/pkg/errors.Errorf": true,
}

var errorType = types.Universe.Lookup("error").Type()

func isError(t types.Type) bool { return types.Identical(t, errorType) }
