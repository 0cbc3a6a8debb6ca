package summary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A fieldFunc is a function that the package stores in a struct field.
type fieldFunc struct {
	value ssa.Value // the closure or function
	owner Ref       // the object, as named where value is stored or passed
}

// maxFieldFuncs bounds how many functions a field may hold for a call through
// it to be followed.
const maxFieldFuncs = 3

// fieldFuncs resolves a call through a function-typed field. Other values may
// be stored where this package cannot see, so the result is not certain.
func (b *builder) fieldFuncs(addr *ssa.FieldAddr, args []ssa.Value, n int) []callee {
	f := fieldVar(addr.X.Type(), addr.Field)
	stored := b.fields[f]
	if len(stored) == 0 || len(stored) > maxFieldFuncs {
		return nil
	}
	var all []callee
	self := RefOf(addr.X)
	for _, ff := range stored {
		for _, c := range b.funcs(ff.value, args, false, min(n, 4)) {
			c.stored, c.owner, c.self = true, ff.owner, self
			all = append(all, c)
		}
	}
	return all
}

// collectFieldFuncs finds the functions stored in fields: directly, or as a
// parameter of a setter or constructor that the package calls.
func (b *builder) collectFieldFuncs() {
	b.fields = make(map[*types.Var][]fieldFunc)
	type setter struct {
		field        *types.Var
		value, owner int // parameter indexes
	}
	setters := make(map[*ssa.Function][]setter)
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				st, ok := in.(*ssa.Store)
				if !ok {
					continue
				}
				fa, ok := st.Addr.(*ssa.FieldAddr)
				if !ok {
					continue
				}
				if _, ok := st.Val.Type().Underlying().(*types.Signature); !ok {
					continue
				}
				f := fieldVar(fa.X.Type(), fa.Field)
				if p := asParam(funcValue(st.Val)); p != nil {
					owner := slices.Index(fn.Params, asParam(RefOf(fa.X).Base))
					setters[fn] = append(setters[fn], setter{f, slices.Index(fn.Params, p), owner})
				} else {
					b.fields[f] = append(b.fields[f], fieldFunc{st.Val, RefOf(fa.X)})
				}
			}
		}
	}
	if len(setters) == 0 {
		return
	}
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				call, ok := in.(ssa.CallInstruction)
				if !ok {
					continue
				}
				args := call.Common().Args
				for _, s := range setters[call.Common().StaticCallee()] {
					if s.value < 0 || s.value >= len(args) {
						continue
					}
					owner := Ref{}
					if s.owner >= 0 {
						owner = RefOf(args[s.owner])
					} else if v, ok := in.(*ssa.Call); ok {
						owner = Ref{Base: v} // a constructor: its result
					}
					b.fields[s.field] = append(b.fields[s.field], fieldFunc{args[s.value], owner})
				}
			}
		}
	}
}

// funcValue sees through conversions and the variable of a captured parameter.
func funcValue(v ssa.Value) ssa.Value {
	for range depth {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
			continue
		case *ssa.UnOp:
			v = unload(x)
			if v != x {
				continue
			}
		}
		break
	}
	return v
}
