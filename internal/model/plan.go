package model

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// maxBlocks is the size of function that is left alone.
const maxBlocks = 1500

// Entries returns the functions that are worth exploring: those that make a
// channel which somebody sends on and which they keep in sight at first, and
// that start a goroutine, themselves or through their function literals and the
// functions of the package that they call.
func Entries(pkg *ssa.Package, funcs []*ssa.Function) []*ssa.Function {
	sent := sentTypes(funcs)
	if len(sent) == 0 {
		return nil
	}
	memo := make(map[*ssa.Function]bool)
	var out []*ssa.Function
	for _, fn := range funcs {
		if len(fn.Blocks) == 0 || len(fn.Blocks) > maxBlocks || endsProgram(fn) {
			continue
		}
		if slices.ContainsFunc(Channels(fn), func(ch *ssa.MakeChan) bool { return keeps(ch) && sendable(ch, sent) }) &&
			starts(pkg, fn, memo, 0) {
			out = append(out, fn)
		}
	}
	return out
}

// Channels returns the places where a function makes channels.
func Channels(fn *ssa.Function) []*ssa.MakeChan {
	var out []*ssa.MakeChan
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if ch, ok := instr.(*ssa.MakeChan); ok {
				out = append(out, ch)
			}
		}
	}
	return out
}

// sentTypes returns the element types that the package sends on channels.
func sentTypes(funcs []*ssa.Function) []types.Type {
	var out []types.Type
	add := func(t types.Type) {
		if t = elem(t); t != nil && !slices.ContainsFunc(out, func(o types.Type) bool { return types.Identical(o, t) }) {
			out = append(out, t)
		}
	}
	for _, fn := range funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Send:
					add(instr.Chan.Type())
				case *ssa.Select:
					for _, st := range instr.States {
						if st.Dir == types.SendOnly {
							add(st.Chan.Type())
						}
					}
				}
			}
		}
	}
	return out
}

func elem(t types.Type) types.Type {
	if c, ok := t.Underlying().(*types.Chan); ok {
		return c.Elem()
	}
	return nil // a type parameter
}

// sendable reports whether the package sends values of the channel's type; a
// function with type parameters may send anything.
func sendable(ch *ssa.MakeChan, sent []types.Type) bool {
	t := elem(ch.Type())
	return t == nil || slices.ContainsFunc(sent, func(o types.Type) bool {
		_, generic := types.Unalias(o).(*types.TypeParam)
		return generic || types.Identical(o, t)
	})
}

// keeps reports whether a channel is used otherwise than by storing it in
// memory that the function did not make.
func keeps(ch *ssa.MakeChan) bool {
	for _, r := range *ch.Referrers() {
		st, ok := r.(*ssa.Store)
		if !ok || st.Val != ch {
			return true
		}
		addr := st.Addr
		for {
			f, ok := addr.(*ssa.FieldAddr)
			if !ok {
				break
			}
			addr = f.X
		}
		if _, ok := addr.(*ssa.Alloc); ok {
			return true
		}
	}
	return false
}

// endsProgram reports whether the program ends when the function returns, so
// that nothing can leak from it.
func endsProgram(fn *ssa.Function) bool {
	if fn.Parent() != nil || fn.Signature.Recv() != nil {
		return false
	}
	return fn.Name() == "main" && fn.Pkg.Pkg.Name() == "main" || fn.Name() == "TestMain"
}

// starts reports whether a call of fn may start a goroutine.
func starts(pkg *ssa.Package, fn *ssa.Function, memo map[*ssa.Function]bool, depth int) bool {
	if r, ok := memo[fn]; ok {
		return r
	}
	if depth > 4 {
		return false
	}
	memo[fn] = false // until shown; also ends recursion
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok && startsGoroutine(pkg, call, memo, depth) {
				memo[fn] = true
				return true
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		if starts(pkg, anon, memo, depth+1) {
			memo[fn] = true
			return true
		}
	}
	return false
}

func startsGoroutine(pkg *ssa.Package, call ssa.CallInstruction, memo map[*ssa.Function]bool, depth int) bool {
	if _, ok := call.(*ssa.Go); ok {
		return true
	}
	callee := call.Common().StaticCallee()
	if callee == nil {
		return false
	}
	switch callee.Name() {
	case "Go", "TryGo", "AfterFunc":
		if libraryModel(callee) != nil {
			return true
		}
	}
	return callee.Pkg == pkg && starts(pkg, callee, memo, depth+1)
}
