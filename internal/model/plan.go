package model

import "golang.org/x/tools/go/ssa"

// Entries returns the functions that are worth exploring: those that make a
// channel and start a goroutine, themselves or through their function literals
// and the functions of the package that they call.
func Entries(pkg *ssa.Package, funcs []*ssa.Function) []*ssa.Function {
	memo := make(map[*ssa.Function]bool)
	var out []*ssa.Function
	for _, fn := range funcs {
		if len(fn.Blocks) == 0 || len(fn.Blocks) > maxBlocks || endsProgram(fn) {
			continue
		}
		if makesChan(fn) && starts(pkg, fn, memo, 0) {
			out = append(out, fn)
		}
	}
	return out
}

// maxBlocks is the size of function that is left alone.
const maxBlocks = 1500

// endsProgram reports whether the program ends when the function returns, so
// that nothing can leak from it.
func endsProgram(fn *ssa.Function) bool {
	if fn.Parent() != nil || fn.Signature.Recv() != nil {
		return false
	}
	return fn.Name() == "main" && fn.Pkg.Pkg.Name() == "main" || fn.Name() == "TestMain"
}

func makesChan(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if _, ok := instr.(*ssa.MakeChan); ok {
				return true
			}
		}
	}
	return false
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
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if _, ok := call.(*ssa.Go); ok {
				memo[fn] = true
				return true
			}
			callee := call.Common().StaticCallee()
			if callee == nil {
				continue
			}
			switch callee.Name() {
			case "Go", "TryGo", "AfterFunc":
				memo[fn] = memo[fn] || libraryModel(callee) != nil
			}
			if callee.Pkg == pkg && starts(pkg, callee, memo, depth+1) {
				memo[fn] = true
			}
			if memo[fn] {
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
