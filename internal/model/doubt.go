package model

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// answers reports whether the goroutine that is stuck could itself be the one
// that makes the receiver leave, once its send is done: it closes, or sends on,
// the channel out of sight through which the receiver left. Then the receiver
// leaves after it has received, and not before.
func answers(g *gor, ch ssa.Value) bool {
	from := origin(ch, 0)
	if from == nil {
		return false
	}
	for i := range g.frames {
		if signals(g.frames[i].info.fn, from, 0) {
			return true
		}
	}
	return false
}

// signals reports whether a function, one of its function literals or one of
// the functions of the package that it calls signals a channel.
func signals(fn *ssa.Function, from any, depth int) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send:
				if origin(instr.Chan, 0) == from {
					return true
				}
			case *ssa.Select:
				for _, st := range instr.States {
					if st.Dir == types.SendOnly && origin(st.Chan, 0) == from {
						return true
					}
				}
			case ssa.CallInstruction:
				call := instr.Common()
				if b, ok := call.Value.(*ssa.Builtin); ok && b.Name() == "close" && origin(call.Args[0], 0) == from {
					return true
				}
				if isContext(from) && cancels(fn, call) {
					return true
				}
				if callee := call.StaticCallee(); callee != nil && callee.Pkg == fn.Pkg && depth < 3 && signals(callee, from, depth+1) {
					return true
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		if depth < 3 && signals(anon, from, depth+1) {
			return true
		}
	}
	return false
}

// cancels reports whether a call is one of a CancelFunc that the function has
// from elsewhere.
func cancels(fn *ssa.Function, call *ssa.CallCommon) bool {
	if call.IsInvoke() || call.StaticCallee() != nil || !contextType(call.Value.Type(), "CancelFunc", "CancelCauseFunc") {
		return false
	}
	from := origin(call.Value, 0)
	own, _ := from.(*ssa.Alloc)
	return from != nil && (own == nil || own.Parent() != fn)
}

func isContext(from any) bool {
	var t types.Type
	switch from := from.(type) {
	case *types.Var:
		t = from.Type()
	case ssa.Value:
		t = from.Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
	}
	return contextType(t, "Context")
}

// contextType reports whether t is one of the named types of package context.
func contextType(t types.Type, names ...string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && slices.Contains(names, n.Obj().Name())
}

// origin names where a channel or a context comes from, across functions: the
// field, the global, or the variable or parameter of the function around. It
// returns nil for anything else.
func origin(v ssa.Value, depth int) any {
	if depth > 8 {
		return nil
	}
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return origin(v.X, depth+1)
		}
	case *ssa.ChangeType:
		return origin(v.X, depth+1)
	case *ssa.FieldAddr:
		return v.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(v.Field)
	case *ssa.Field:
		return v.X.Type().Underlying().(*types.Struct).Field(v.Field)
	case *ssa.Global, *ssa.Parameter:
		return v
	case *ssa.Alloc:
		// A parameter that function literals share lives in a variable.
		for _, r := range *v.Referrers() {
			if st, ok := r.(*ssa.Store); ok && st.Addr == v {
				if p, ok := st.Val.(*ssa.Parameter); ok {
					return p
				}
			}
		}
		return v
	case *ssa.FreeVar:
		fn := v.Parent()
		i := 0
		for fn.FreeVars[i] != v {
			i++
		}
		for _, b := range fn.Parent().Blocks {
			for _, instr := range b.Instrs {
				if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == fn {
					return origin(mc.Bindings[i], depth+1)
				}
			}
		}
	case *ssa.Call:
		if v.Call.IsInvoke() && v.Call.Method.Name() == "Done" {
			return origin(v.Call.Value, depth+1)
		}
	}
	return nil
}
