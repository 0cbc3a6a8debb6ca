package summary

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// maxImplementations bounds how many types of the package may implement an
// interface for a call through it to be followed.
const maxImplementations = 3

// A callee is one function that a call may run, with the values its parameters
// (the receiver first) are given.
type callee struct {
	fn   *ssa.Function // with source in this package, or nil
	obj  *types.Func   // the declared function or method; nil for a literal
	args []ssa.Value
	// certain is false when the call may also run something else.
	certain bool
	// stored is set for a function found in a field; owner is then the object it
	// was stored in, as named where that happened, and self the object it is
	// called through.
	stored      bool
	owner, self Ref
}

// callees resolves a call. An empty result means that nothing is known about
// what runs.
func (b *builder) callees(c *ssa.CallCommon) []callee {
	if c.IsInvoke() {
		return b.implementations(c)
	}
	return b.funcs(c.Value, c.Args, true, depth)
}

// funcs resolves a function value called with args.
func (b *builder) funcs(v ssa.Value, args []ssa.Value, certain bool, n int) []callee {
	if n == 0 {
		return nil
	}
	n--
	switch v := v.(type) {
	case *ssa.Function:
		return []callee{b.named(v, args, certain)}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" && len(v.Bindings) == 1 {
			// A bound method value: the binding is the receiver.
			bound := append([]ssa.Value{v.Bindings[0]}, args...)
			return []callee{b.named(b.declared(obj, fn), bound, certain)}
		}
		return []callee{b.named(fn, args, certain)}
	case *ssa.ChangeType:
		return b.funcs(v.X, args, certain, n)
	case *ssa.Phi:
		var all []callee
		for _, e := range v.Edges {
			if c, ok := e.(*ssa.Const); ok && c.IsNil() {
				continue // calling nil panics
			}
			got := b.funcs(e, args, false, n)
			if got == nil {
				return nil
			}
			all = append(all, got...)
		}
		return all
	case *ssa.UnOp:
		addr := v.X
		if fv, ok := addr.(*ssa.FreeVar); ok {
			if bound := binding(fv); bound != nil {
				addr = bound
			}
		}
		switch a := addr.(type) {
		case *ssa.Alloc:
			if val := onlyStore(a); val != nil {
				return b.funcs(val, args, certain, n)
			}
		case *ssa.FieldAddr:
			return b.fieldFuncs(a, args, n)
		}
	case *ssa.FreeVar:
		if bound := binding(v); bound != nil {
			return b.funcs(bound, args, certain, n)
		}
	}
	return nil
}

func (b *builder) named(fn *ssa.Function, args []ssa.Value, certain bool) callee {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, _ := fn.Object().(*types.Func)
	if fn.Synthetic != "" && obj != nil {
		fn = b.declared(obj, fn)
	}
	c := callee{obj: obj, args: args, certain: certain}
	if fn.Blocks != nil {
		c.fn = fn
	}
	return c
}

// declared returns the source function behind a wrapper, thunk or bound method.
func (b *builder) declared(obj *types.Func, wrapper *ssa.Function) *ssa.Function {
	if fn := wrapper.Prog.FuncValue(obj.Origin()); fn != nil {
		return fn
	}
	return wrapper
}

// implementations resolves a call through an interface: exactly, when the value
// comes from a constructor whose result type is known, else when this package
// declares the interface and few of its types implement it. Callers in other
// packages may bring further implementations, so that is never certain.
func (b *builder) implementations(c *ssa.CallCommon) []callee {
	args := append([]ssa.Value{c.Value}, c.Args...)
	if call, ok := c.Value.(*ssa.Call); ok {
		if t := concreteResult(call.Call.StaticCallee()); t != nil {
			if fn := b.method(t, c.Method); fn != nil {
				return []callee{{fn: fn, obj: fn.Object().(*types.Func), args: args, certain: true}}
			}
			return nil
		}
	}
	named, ok := types.Unalias(c.Value.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() != b.pkg.SSA.Pkg {
		return nil
	}
	iface, ok := named.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	key := implKey{named.Obj(), c.Method.Name()}
	fns, ok := b.impls[key]
	if !ok {
		fns = b.findImplementations(iface, c.Method)
		b.impls[key] = fns
	}
	var all []callee
	for _, fn := range fns {
		all = append(all, callee{fn: fn, obj: fn.Object().(*types.Func), args: args})
	}
	return all
}

type implKey struct {
	iface  *types.TypeName
	method string
}

func (b *builder) findImplementations(iface *types.Interface, m *types.Func) []*ssa.Function {
	var fns []*ssa.Function
	scope := b.pkg.SSA.Pkg.Scope()
	for _, name := range scope.Names() { // sorted
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		if named, ok := tn.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
			continue
		}
		ptr := types.NewPointer(tn.Type())
		if !types.Implements(ptr, iface) {
			continue
		}
		if fn := b.method(ptr, m); fn != nil {
			fns = append(fns, fn)
		}
		if len(fns) > maxImplementations {
			return nil
		}
	}
	return fns
}

// method returns the source of the method of t that implements m, or nil.
func (b *builder) method(t types.Type, m *types.Func) *ssa.Function {
	obj, _, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name())
	mf, ok := obj.(*types.Func)
	if !ok {
		return nil
	}
	if fn := b.pkg.SSA.Prog.FuncValue(mf.Origin()); fn != nil && fn.Blocks != nil {
		return fn
	}
	return nil
}

// order returns the functions so that callees come before their callers, as
// groups of mutually recursive functions. The order depends on the source
// alone.
func (b *builder) order() [][]*ssa.Function {
	type node struct {
		index, low int
		onStack    bool
	}
	nodes := make(map[*ssa.Function]*node, len(b.pkg.Funcs))
	var stack []*ssa.Function
	var groups [][]*ssa.Function

	// Tarjan's algorithm; recursion is bounded by an explicit stack.
	type frame struct {
		fn   *ssa.Function
		next []*ssa.Function
	}
	visit := func(root *ssa.Function) {
		var frames []frame
		push := func(fn *ssa.Function) {
			nodes[fn] = &node{index: len(nodes), low: len(nodes), onStack: true}
			stack = append(stack, fn)
			frames = append(frames, frame{fn, b.edges(fn)})
		}
		push(root)
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			me := nodes[f.fn]
			if len(f.next) > 0 {
				to := f.next[0]
				f.next = f.next[1:]
				if other, seen := nodes[to]; !seen {
					push(to)
				} else if other.onStack {
					me.low = min(me.low, other.index)
				}
				continue
			}
			if me.low == me.index {
				var group []*ssa.Function
				for {
					top := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					nodes[top].onStack = false
					group = append(group, top)
					if top == f.fn {
						break
					}
				}
				groups = append(groups, group)
			}
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				up := nodes[frames[len(frames)-1].fn]
				up.low = min(up.low, me.low)
			}
		}
	}
	for _, fn := range b.pkg.Funcs {
		if nodes[fn] == nil {
			visit(fn)
		}
	}
	return groups
}

// edges lists the functions of the package that fn calls, spawns, defers or
// makes closures of, in source order.
func (b *builder) edges(fn *ssa.Function) []*ssa.Function {
	var out []*ssa.Function
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			switch in := in.(type) {
			case ssa.CallInstruction:
				for _, c := range b.callees(in.Common()) {
					if c.fn != nil {
						out = append(out, c.fn)
					}
				}
				for _, a := range in.Common().Args {
					if f, ok := a.(*ssa.Function); ok && f.Blocks != nil {
						out = append(out, f)
					}
				}
			case *ssa.MakeClosure:
				for _, c := range b.funcs(in, nil, true, depth) {
					if c.fn != nil {
						out = append(out, c.fn)
					}
				}
			}
		}
	}
	return out
}
