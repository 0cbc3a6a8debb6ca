package summary

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Supplied returns the field that a function or interface value called comes
// from, when users of the package put values into that field: it is exported
// and so is its struct, or an exported function stores one of its parameters
// there, directly, in an option that it returns, or as an element. One reports
// whether the value is an element of the field.
func (p *Peers) Supplied(v ssa.Value) (field *types.Var, element, ok bool) {
	if p.supplied == nil {
		p.supplied = make(map[*types.Var]bool)
		for _, fn := range p.b.pkg.Funcs {
			p.collectSupplied(fn)
		}
	}
	f, element, owner := heldIn(v, depth)
	if f == nil {
		return nil, false, false
	}
	if f.Exported() && owner != nil && owner.Exported() && owner.Pkg().Name() != "main" {
		return f, element, true
	}
	return f, element, p.supplied[f]
}

// collectSupplied finds the fields that parameters of exported functions go to.
func (p *Peers) collectSupplied(fn *ssa.Function) {
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			var addr, val ssa.Value
			switch in := in.(type) {
			case *ssa.Store:
				addr, val = in.Addr, in.Val
			case *ssa.MapUpdate:
				addr, val = in.Map, in.Value
			default:
				continue
			}
			if !fromOutside(val, 6) {
				continue
			}
			if f := fieldOf(addr, 6); f != nil {
				p.supplied[f] = true
			}
		}
	}
}

// fieldOf returns the field at an address, or that the container at it is in.
func fieldOf(addr ssa.Value, n int) *types.Var {
	if fa, ok := addr.(*ssa.FieldAddr); ok {
		return fieldVar(fa.X.Type(), fa.Field)
	}
	f, _, _ := heldIn(addr, n)
	return f
}

// fromOutside reports whether a value is a parameter of an exported function, or
// a slice that one was appended to.
func fromOutside(v ssa.Value, n int) bool {
	if n == 0 {
		return false
	}
	n--
	switch v := v.(type) {
	case *ssa.Parameter:
		return exportedName(v.Parent()) || exportedOption(v)
	case *ssa.FreeVar:
		b := binding(v)
		return b != nil && fromOutside(b, n)
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.Alloc); ok {
			val := onlyStore(a)
			return val != nil && fromOutside(val, n)
		}
		if fv, ok := v.X.(*ssa.FreeVar); ok {
			if a, ok := binding(fv).(*ssa.Alloc); ok {
				val := onlyStore(a)
				return val != nil && fromOutside(val, n)
			}
		}
	case *ssa.ChangeType:
		return fromOutside(v.X, n)
	case *ssa.Call:
		if bi, ok := v.Call.Value.(*ssa.Builtin); !ok || bi.Name() != "append" || len(v.Call.Args) != 2 {
			return false
		}
		// The variadic arguments are stored to an array first.
		if s, ok := v.Call.Args[1].(*ssa.Slice); ok {
			if a, ok := s.X.(*ssa.Alloc); ok {
				for _, r := range *a.Referrers() {
					ia, ok := r.(*ssa.IndexAddr)
					if !ok {
						continue
					}
					for _, u := range *ia.Referrers() {
						if st, ok := u.(*ssa.Store); ok && fromOutside(st.Val, n) {
							return true
						}
					}
				}
			}
		}
		return fromOutside(v.Call.Args[1], n)
	}
	return false
}

// exportedOption reports whether a parameter is the receiver of a method of an
// exported type: a function type that is an option itself.
func exportedOption(p *ssa.Parameter) bool {
	recv := p.Parent().Signature.Recv()
	if recv == nil || len(p.Parent().Params) == 0 || p.Parent().Params[0] != p {
		return false
	}
	name := structName(recv.Type())
	return name != nil && name.Exported()
}

// exportedName reports whether a function, or the one that a literal is in, is
// exported by name.
func exportedName(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	obj, ok := fn.Object().(*types.Func)
	return ok && obj.Exported()
}

// heldIn returns the field that a value is read from, as a whole or as an
// element, and the named struct type that has the field.
func heldIn(v ssa.Value, n int) (f *types.Var, element bool, owner *types.TypeName) {
	if n == 0 || v == nil {
		return nil, false, nil
	}
	n--
	switch v := v.(type) {
	case *ssa.UnOp:
		return heldIn(v.X, n)
	case *ssa.FieldAddr:
		return fieldVar(v.X.Type(), v.Field), false, structName(v.X.Type())
	case *ssa.Field:
		return fieldVar(v.X.Type(), v.Field), false, structName(v.X.Type())
	case *ssa.IndexAddr:
		f, _, owner = heldIn(v.X, n)
		return f, true, owner
	case *ssa.Lookup:
		f, _, owner = heldIn(v.X, n)
		return f, true, owner
	case *ssa.ChangeType:
		return heldIn(v.X, n)
	case *ssa.Alloc:
		if val := onlyStore(v); val != nil {
			return heldIn(val, n)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			f, _, owner = heldIn(t.X, n)
			return f, true, owner
		case *ssa.Next:
			if r, ok := t.Iter.(*ssa.Range); ok {
				f, _, owner = heldIn(r.X, n)
				return f, true, owner
			}
		}
	}
	return nil, false, nil
}

func structName(t types.Type) *types.TypeName {
	if named, ok := types.Unalias(pointee(t)).(*types.Named); ok {
		return named.Obj()
	}
	return nil
}
