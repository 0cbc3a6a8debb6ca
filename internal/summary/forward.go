package summary

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// forward replaces the name of a field of an object made here, or by a small
// constructor called here, by the name of what was put into the field:
// newAPI(c).client.mu is c.mu when newAPI returns &api{client: c}.
//
// It is exact as long as the field is set once, where the object is made.
func forward(r Ref) Ref {
	for range 4 {
		next, ok := forwardOnce(r)
		if !ok {
			return r
		}
		r = next
	}
	return r
}

func forwardOnce(r Ref) (Ref, bool) {
	field, rest, ok := firstField(r.Sel)
	if !ok {
		return Ref{}, false
	}
	switch base := r.Base.(type) {
	case *ssa.Alloc:
		v := onlyFieldStore(base, field)
		if v == nil || !pointerLike(v.Type()) {
			return Ref{}, false
		}
		to := RefOf(v)
		to.Sel += rest
		return to, to.Known()
	case *ssa.Call:
		fn := base.Call.StaticCallee()
		if obj, ok := asFunc(fn); ok && obj.FullName() == "sync.NewCond" && field == "L" {
			to := RefOf(base.Call.Args[0])
			to.Sel += rest
			return to, to.Known()
		}
		made := constructed(fn)
		if made == nil {
			return Ref{}, false
		}
		p := asParam(RefOf(onlyFieldStore(made, field)).Base)
		i := slices.Index(fn.Params, p)
		if p == nil || i < 0 || i >= len(base.Call.Args) {
			return Ref{}, false
		}
		to := RefOf(base.Call.Args[i])
		to.Sel += RefOf(onlyFieldStore(made, field)).Sel + rest
		return to, to.Known()
	}
	return Ref{}, false
}

// asFunc returns the declared function behind an SSA one.
func asFunc(fn *ssa.Function) (*types.Func, bool) {
	if fn == nil {
		return nil, false
	}
	obj, ok := fn.Object().(*types.Func)
	return obj, ok
}

// firstField splits ".field.rest" into "field" and ".rest".
func firstField(sel string) (field, rest string, ok bool) {
	after, ok := strings.CutPrefix(sel, ".")
	if !ok {
		return "", "", false
	}
	if i := strings.IndexAny(after, ".["); i >= 0 {
		return after[:i], after[i:], true
	}
	return after, "", true
}

// constructed returns the object that a small function of the package makes and
// returns from its only return.
func constructed(fn *ssa.Function) *ssa.Alloc {
	if fn == nil || len(fn.Blocks) == 0 || len(fn.Blocks) > 8 {
		return nil
	}
	var made *ssa.Alloc
	for _, blk := range fn.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		if len(ret.Results) != 1 || made != nil {
			return nil
		}
		v := ret.Results[0]
		if mi, ok := v.(*ssa.MakeInterface); ok {
			v = mi.X
		}
		if made, ok = v.(*ssa.Alloc); !ok {
			return nil
		}
	}
	return made
}

// concreteResult returns the type behind the interface that a small constructor
// of the package returns, or nil.
func concreteResult(fn *ssa.Function) types.Type {
	if made := constructed(fn); made != nil && types.IsInterface(fn.Signature.Results().At(0).Type()) {
		return made.Type()
	}
	return nil
}

// onlyFieldStore returns the one value stored to a field of an object through
// the variable that holds it, or nil.
func onlyFieldStore(a *ssa.Alloc, field string) ssa.Value {
	var val ssa.Value
	if a == nil || a.Referrers() == nil {
		return nil
	}
	for _, r := range *a.Referrers() {
		fa, ok := r.(*ssa.FieldAddr)
		if !ok || fieldName(a.Type(), fa.Field) != field {
			continue
		}
		for _, u := range *fa.Referrers() {
			if st, ok := u.(*ssa.Store); ok && st.Addr == fa {
				if val != nil {
					return nil
				}
				val = st.Val
			}
		}
	}
	return val
}

// Locker names the lock of the condition variable that the Ref names.
func (r Ref) Locker() Ref { return forward(Ref{r.Base, r.Sel + ".L"}) }
