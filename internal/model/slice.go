package model

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A funcInfo is what the interpreter knows about a function beforehand.
type funcInfo struct {
	fn     *ssa.Function
	regs   map[ssa.Value]int
	cyclic []int // by block: index into frame.visits, or -1
	comp   []int // by block: strongly connected component
	cycles int
	live   []bitset // by block: the registers that are read from its entry on
	open   []bool   // by block: the head of a loop whose number of rounds no length or count decides

	// By block that ends in a branch: where both sides meet again when nothing
	// between matters to the goroutines, and what has been overwritten by then.
	skip []*shortcut
}

// A shortcut steps over a part of a function in which no goroutine, channel or
// lock is touched, so that its branches need not be explored.
type shortcut struct {
	to     *ssa.BasicBlock // nil: the function returns
	inside map[*ssa.BasicBlock]bool
	stores []*ssa.Store
	dies   bool // a way inside ends the program
}

func (m *machine) info(fn *ssa.Function) *funcInfo {
	if i, ok := m.infos[fn]; ok {
		return i
	}
	i := &funcInfo{fn: fn, regs: make(map[ssa.Value]int)}
	m.infos[fn] = i
	reg := func(v ssa.Value) { i.regs[v] = len(i.regs) }
	for _, p := range fn.Params {
		reg(p)
	}
	for _, v := range fn.FreeVars {
		reg(v)
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(ssa.Value); ok {
				reg(v)
			}
		}
	}
	i.components()
	i.loops()
	i.liveness()
	i.shortcuts(m)
	return i
}

// shortcuts finds the branches that need no exploration: those whose sides meet
// again, or return, without anything relevant between. Most branches of real
// code are of this kind, and each would double the number of paths.
//
// The meeting point is the immediate post-dominator. What is lost by stepping
// over is the value of phis there whose sides differ, which become symbols, and
// of variables written on the way. A phi that could hold a channel or a function
// therefore makes its branch relevant.
func (i *funcInfo) shortcuts(m *machine) {
	blocks := i.fn.Blocks
	i.skip = make([]*shortcut, len(blocks))
	post := postdominators(blocks)
	relevant := make([]bool, len(blocks))
	for _, b := range blocks {
		for _, instr := range b.Instrs {
			if m.relevant(instr, 0) {
				relevant[b.Index] = true
				break
			}
		}
	}
	for _, b := range blocks {
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); !ok || post[b.Index] == noExit {
			continue
		}
		s := &shortcut{inside: make(map[*ssa.BasicBlock]bool)}
		if p := post[b.Index]; p != atExit {
			s.to = blocks[p]
		}
		if s.collect(b, relevant) {
			i.skip[b.Index] = s
		}
	}
}

// collect walks from a branch to where its sides meet and reports whether
// nothing on the way is relevant.
func (s *shortcut) collect(from *ssa.BasicBlock, relevant []bool) bool {
	work := append([]*ssa.BasicBlock(nil), from.Succs...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == s.to || s.inside[b] {
			continue
		}
		if relevant[b.Index] { // from itself comes round again when it heads a loop
			return false
		}
		s.inside[b] = true
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Panic); ok {
			s.dies = true
		}
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok {
				s.stores = append(s.stores, st)
			}
		}
		work = append(work, b.Succs...)
	}
	if s.to != nil {
		for _, instr := range s.to.Instrs {
			phi, ok := instr.(*ssa.Phi)
			if !ok {
				break
			}
			if carries(phi.Type()) {
				return false
			}
		}
	}
	return true
}

// relevant reports whether an instruction can change what goroutines wait for:
// whether it operates on a channel, starts a goroutine, calls something that may
// do so, or passes a channel on.
//
// It may err on the side of relevance, which costs exploration only; what it
// calls irrelevant has no effect on any channel, counter or context that the
// entry made.
func (m *machine) relevant(instr ssa.Instruction, depth int) bool {
	switch instr := instr.(type) {
	case *ssa.MakeChan, *ssa.Go:
		return true
	case *ssa.Send:
		return !m.foreign(instr.Chan, 0) || carries(instr.X.Type())
	case *ssa.UnOp:
		return instr.Op == token.ARROW && !m.foreign(instr.X, 0)
	case *ssa.Select:
		for _, arm := range instr.States {
			if !m.foreign(arm.Chan, 0) {
				return true
			}
		}
	case *ssa.Store:
		return carries(instr.Val.Type()) && !m.foreign(instr.Val, 0)
	case *ssa.MapUpdate:
		return carries(instr.Value.Type()) && !m.foreign(instr.Value, 0)
	case *ssa.MakeInterface:
		return carries(instr.X.Type()) && !m.foreign(instr.X, 0)
	case *ssa.Return:
		for _, r := range instr.Results {
			if carries(r.Type()) && !m.foreign(r, 0) {
				return true
			}
		}
	case ssa.CallInstruction:
		return m.relevantCall(instr.Common(), depth)
	}
	return false
}

func (m *machine) relevantCall(call *ssa.CallCommon, depth int) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "close":
			return !m.foreign(call.Args[0], 0)
		case "append", "copy":
			return carries(call.Args[0].Type()) && !m.foreign(call.Args[len(call.Args)-1], 0)
		}
		return false
	}
	for _, a := range call.Args {
		if (carries(a.Type()) || counterPointer(a.Type())) && !m.foreign(a, 0) {
			return true
		}
	}
	if call.IsInvoke() {
		return false
	}
	fn := call.StaticCallee()
	if fn == nil {
		return !m.foreign(call.Value, 0)
	}
	if libraryModel(fn) != nil {
		return !allForeign(m, call.Args)
	}
	if _, ok := call.Value.(*ssa.MakeClosure); ok {
		return true
	}
	return false
}

func allForeign(m *machine, args []ssa.Value) bool {
	for _, a := range args {
		if !m.foreign(a, 0) {
			return false
		}
	}
	return len(args) > 0
}

func counterPointer(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && counter(p.Elem())
}

// foreign reports whether a value certainly comes from outside of the entry:
// from its parameters, a global, or a call that is not explored. Parameters of
// other functions are not foreign, because the entry may have passed something
// of its own. The walk ends at a small depth, with the answer that costs less
// precision.
func (m *machine) foreign(v ssa.Value, depth int) bool {
	if depth > 12 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Const, *ssa.Global:
		return true
	case *ssa.Function:
		return len(v.FreeVars) == 0
	case *ssa.Parameter:
		return v.Parent() == m.entry
	case *ssa.FreeVar:
		return v.Parent() == m.entry
	case *ssa.FieldAddr:
		return m.foreign(v.X, depth+1)
	case *ssa.Field:
		return m.foreign(v.X, depth+1)
	case *ssa.IndexAddr:
		return m.foreign(v.X, depth+1)
	case *ssa.Index:
		return m.foreign(v.X, depth+1)
	case *ssa.Lookup:
		return m.foreign(v.X, depth+1)
	case *ssa.UnOp:
		return m.foreign(v.X, depth+1)
	case *ssa.Extract:
		return m.foreign(v.Tuple, depth+1)
	case *ssa.ChangeType:
		return m.foreign(v.X, depth+1)
	case *ssa.MakeInterface:
		return m.foreign(v.X, depth+1)
	case *ssa.ChangeInterface:
		return m.foreign(v.X, depth+1)
	case *ssa.TypeAssert:
		return m.foreign(v.X, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if e != v && !m.foreign(e, depth+4) {
				return false
			}
		}
		return true
	case *ssa.Call:
		if v.Call.IsInvoke() {
			return m.foreign(v.Call.Value, depth+1)
		}
		fn := v.Call.StaticCallee()
		return fn != nil && libraryModel(fn) == nil && fn.Pkg != m.pkg
	}
	return false
}

// carries reports whether a value of the type can hold a channel, a function or
// a counter, or lead to one. Interfaces do not: what is put into one has escaped
// when that happens.
func carries(t types.Type) bool { return carriesAt(t, 0) }

func carriesAt(t types.Type, depth int) bool {
	if depth > 4 {
		return false
	}
	if counter(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Pointer:
		return carriesAt(u.Elem(), depth+1)
	case *types.Slice:
		return carriesAt(u.Elem(), depth+1)
	case *types.Array:
		return carriesAt(u.Elem(), depth+1)
	case *types.Map:
		return carriesAt(u.Elem(), depth+1)
	case *types.Struct:
		for f := range u.Fields() {
			if carriesAt(f.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
