package summary

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Ref names a piece of memory (a lock, a channel, a flag) as one function
// sees it: the value it is reached from and the fields on the way.
//
// Loads are transparent: s.inner.mu has the same name whether inner is a struct
// or a pointer to one. Two equal Refs are the same object as long as no pointer
// on the way is stored to and no SSA value in the name is computed anew; the
// walk drops what it knows about a Ref when either happens. Different Refs may
// alias; the rules that use them are silent then.
//
// A variable captured by a closure has the same Ref in the closure as in the
// function that declares it.
type Ref struct {
	Base ssa.Value // parameter, global, allocation, call result, phi, ...; nil if unknown
	Sel  string    // ".field" and "[index]" steps
}

// Known reports whether the Ref names anything.
func (r Ref) Known() bool { return r.Base != nil }

// Within reports whether r is reached through p, or is p.
func (r Ref) Within(p Ref) bool {
	return r.Base == p.Base && strings.HasPrefix(r.Sel, p.Sel) &&
		(len(r.Sel) == len(p.Sel) || r.Sel[len(p.Sel)] == '.' || r.Sel[len(p.Sel)] == '[')
}

// depth bounds every recursion over operands, which may be cyclic through phis.
const depth = 24

// RefOf names the memory that an address or pointer value designates.
func RefOf(v ssa.Value) Ref {
	if v == nil {
		return Ref{}
	}
	return refOf(v, depth)
}

// String spells the Ref as a reader would: the name of the variable and the
// fields, without an embedded lock's own name.
func (r Ref) String() string {
	name := ""
	switch b := r.Base.(type) {
	case nil:
		return "the lock"
	case *ssa.Parameter, *ssa.Global, *ssa.FreeVar:
		name = b.Name()
	case *ssa.Alloc:
		name = b.Comment
	case *ssa.Call:
		if fn := b.Call.StaticCallee(); fn != nil {
			name = fn.Name() + "()"
		}
	}
	sel := strings.TrimSuffix(strings.TrimSuffix(r.Sel, ".Mutex"), ".RWMutex")
	if name == "" || strings.Contains(name, " ") || strings.Contains(sel, "@") {
		return "the lock"
	}
	return name + sel
}

func refOf(v ssa.Value, n int) Ref {
	if n == 0 {
		return Ref{}
	}
	n--
	step := func(x ssa.Value, sel string) Ref {
		r := refOf(x, n)
		if r.Known() {
			r.Sel += sel
		}
		return r
	}
	switch v := v.(type) {
	case *ssa.FieldAddr:
		if isCondL(v) {
			// The L of a condition variable made here is the lock it was made with.
			if r := refOf(v.X, n); r.Sel == "" && newCond(r.Base) != nil {
				return refOf(newCond(r.Base), n)
			}
		}
		return step(v.X, "."+fieldName(v.X.Type(), v.Field))
	case *ssa.Field:
		return step(v.X, "."+fieldName(v.X.Type(), v.Field))
	case *ssa.IndexAddr:
		return step(v.X, "["+indexName(v.Index)+"]")
	case *ssa.Index:
		return step(v.X, "["+indexName(v.Index)+"]")
	case *ssa.Lookup:
		return step(v.X, "["+indexName(v.Index)+"]")
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			if v.Index == 0 {
				return refOf(t, n)
			}
		case *ssa.TypeAssert:
			if v.Index == 0 {
				return refOf(t.X, n)
			}
		}
		return Ref{Base: v}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return loadRef(v.X, n)
		}
		return Ref{Base: v}
	case *ssa.MakeInterface:
		return refOf(v.X, n)
	case *ssa.ChangeInterface:
		return refOf(v.X, n)
	case *ssa.ChangeType:
		return refOf(v.X, n)
	case *ssa.TypeAssert:
		if !v.CommaOk {
			return refOf(v.X, n)
		}
		return Ref{Base: v}
	case *ssa.Slice:
		return refOf(v.X, n)
	case *ssa.Phi:
		return phiRef(v, n)
	case *ssa.FreeVar:
		if b := binding(v); b != nil {
			return refOf(b, n)
		}
		return Ref{Base: v}
	case *ssa.Call:
		if op, ok := lockMethod(&v.Call); ok && op == opRLocker {
			// A distinct name: locking it takes the lock for reading.
			return step(v.Call.Args[0], ".RLocker()")
		}
		if r, ok := accessor(v, n); ok {
			return r
		}
		return Ref{Base: v}
	case *ssa.Const, *ssa.Function, *ssa.Builtin:
		return Ref{}
	default:
		return Ref{Base: v}
	}
}

// accessor names the result of a small function of the package all of whose
// returns name memory reached from the same parameter, such as
// "func (s *S) lock() *sync.Mutex { return &s.mu }".
func accessor(call *ssa.Call, n int) (Ref, bool) {
	fn := call.Call.StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 || len(fn.Blocks) > 3 || fn.Signature.Results().Len() != 1 {
		return Ref{}, false
	}
	var same Ref
	for _, blk := range fn.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		r := refOf(ret.Results[0], n/2)
		if !r.Known() || same.Known() && r != same {
			return Ref{}, false
		}
		same = r
	}
	if strings.Contains(same.Sel, "@") {
		return Ref{}, false // an element chosen inside: a different one each time
	}
	for i, p := range fn.Params {
		if same.Base == p && i < len(call.Call.Args) {
			r := refOf(call.Call.Args[i], n)
			r.Sel += same.Sel
			return r, r.Known()
		}
	}
	return Ref{}, false
}

// loadRef names what *addr points to. The address of a local variable that is
// stored to only once stands for the stored value, so that a captured or
// spilled variable keeps the name of what it holds.
func loadRef(addr ssa.Value, n int) Ref {
	if fv, ok := addr.(*ssa.FreeVar); ok {
		if b := binding(fv); b != nil {
			return loadRef(b, n)
		}
	}
	if a, ok := addr.(*ssa.Alloc); ok {
		if v := onlyStore(a); v != nil {
			return refOf(v, n)
		}
	}
	return refOf(addr, n)
}

// phiRef names a phi all of whose edges name the same thing.
func phiRef(v *ssa.Phi, n int) Ref {
	var same Ref
	for _, e := range v.Edges {
		if e == v {
			continue
		}
		if _, ok := e.(*ssa.Phi); ok {
			return Ref{Base: v}
		}
		r := refOf(e, n)
		if !r.Known() || same.Known() && r != same {
			return Ref{Base: v}
		}
		same = r
	}
	if !same.Known() {
		return Ref{Base: v}
	}
	return same
}

// binding returns the value that the enclosing function binds to a captured
// variable, or nil when the closure is made in more than one place.
func binding(fv *ssa.FreeVar) ssa.Value {
	fn := fv.Parent()
	mc := makeClosure(fn)
	if mc == nil {
		return nil
	}
	for i, v := range fn.FreeVars {
		if v == fv && i < len(mc.Bindings) {
			return mc.Bindings[i]
		}
	}
	return nil
}

// makeClosure returns the only instruction that makes a closure of fn.
func makeClosure(fn *ssa.Function) *ssa.MakeClosure {
	if fn.Parent() == nil {
		return nil
	}
	var only *ssa.MakeClosure
	if refs := fn.Referrers(); refs != nil {
		for _, r := range *refs {
			if mc, ok := r.(*ssa.MakeClosure); ok && mc.Fn == fn {
				if only != nil {
					return nil
				}
				only = mc
			}
		}
	}
	return only
}

// onlyStore returns the one value ever stored to a local variable, or nil when
// there are several, when a closure stores to it, or when its address is used
// in any other way than loads, field selection and capture.
func onlyStore(a *ssa.Alloc) ssa.Value {
	var val ssa.Value
	refs := a.Referrers()
	if refs == nil {
		return nil
	}
	for _, r := range *refs {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr != a || val != nil {
				return nil
			}
			val = r.Val
		case *ssa.UnOp, *ssa.FieldAddr, *ssa.DebugRef:
		case *ssa.MakeClosure:
			fn := r.Fn.(*ssa.Function)
			for i, b := range r.Bindings {
				if b == a && i < len(fn.FreeVars) && storedTo(fn.FreeVars[i], depth) {
					return nil
				}
			}
		default:
			return nil
		}
	}
	return val
}

// storedTo reports whether a closure, or a closure inside it, may store to the
// captured variable.
func storedTo(fv *ssa.FreeVar, n int) bool {
	refs := fv.Referrers()
	if refs == nil || n == 0 {
		return true
	}
	for _, r := range *refs {
		switch r := r.(type) {
		case *ssa.UnOp, *ssa.FieldAddr, *ssa.DebugRef:
		case *ssa.MakeClosure:
			fn := r.Fn.(*ssa.Function)
			for i, b := range r.Bindings {
				if b == fv && i < len(fn.FreeVars) && storedTo(fn.FreeVars[i], n-1) {
					return true
				}
			}
		default:
			return true
		}
	}
	return false
}

func fieldName(t types.Type, i int) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := typeCore(t).(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Name()
	}
	return "?"
}

// typeCore is the underlying type, looking through a type parameter whose
// constraint has a single core.
func typeCore(t types.Type) types.Type {
	if tp, ok := t.(*types.TypeParam); ok {
		if iface, ok := tp.Constraint().Underlying().(*types.Interface); ok && iface.NumEmbeddeds() == 1 {
			return iface.EmbeddedType(0).Underlying()
		}
	}
	return t.Underlying()
}

// indexName identifies an index: a constant by its value, anything else by the
// SSA value that computes it.
func indexName(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil {
		if c.Value.Kind() == constant.String {
			return constant.StringVal(c.Value)
		}
		return c.Value.ExactString()
	}
	if fn := v.Parent(); fn != nil {
		return v.Name() + "@" + fn.Name()
	}
	return v.Name()
}
