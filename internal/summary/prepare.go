package summary

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// prepare numbers the instructions that states refer to and chooses the
// conditions that the walk remembers.
func (w *walker) prepare() {
	w.out.Params = w.fn.Params
	var stores []*ssa.Store
	var conds []*atom
	var calls []*ssa.CallCommon
	returned := make(map[ssa.Value]bool)
	for _, blk := range w.fn.Blocks {
		for _, in := range blk.Instrs {
			w.ids[in] = len(w.ids) + 1
			switch in := in.(type) {
			case *ssa.Store:
				stores = append(stores, in)
			case ssa.CallInstruction:
				calls = append(calls, in.Common())
			case *ssa.Return:
				for _, r := range in.Results {
					returned[r] = true
				}
			case *ssa.If:
				a, _ := condition(in.Cond)
				if i, ok := w.byKey[a.key]; ok {
					conds[i].count++
					continue
				}
				a.count = 1
				w.byKey[a.key] = len(conds)
				conds = append(conds, &a)
			}
		}
	}
	clear(w.byKey)
	for _, a := range conds {
		if len(w.atoms) < maxAtoms && w.worth(a, stores, returned) {
			w.byKey[a.key] = len(w.atoms)
			w.atoms = append(w.atoms, a)
		}
	}
	for _, a := range conds {
		if a.counter != nil {
			w.track(subjectAtom(a.limit, "==0")) // does the loop run at all?
		}
	}
	w.followCallees(calls)
	w.followPhis()
	for i, a := range w.atoms {
		for _, r := range a.regs {
			if e, ok := r.(*ssa.Extract); ok {
				r = e.Tuple // what is known of a result is known from the call on
			}
			w.regKill[r] |= 1 << i
		}
		if len(a.mems) == 0 {
			continue
		}
		w.memAll |= 1 << i
		if w.b.volatile(a) {
			w.shared |= 1 << i
		}
		for _, st := range stores {
			r := RefOf(st.Addr)
			for _, m := range a.mems {
				if !r.Known() || m.Within(r) {
					w.memKill[st] |= 1 << i
				}
			}
		}
	}
	w.exitsLoop = loopExits(w.fn)
}

// followCallees adds the conditions that the effects of callees depend on, so
// that "lock if asked" and "unlock if asked" agree.
func (w *walker) followCallees(calls []*ssa.CallCommon) {
	for _, call := range calls {
		for _, cal := range w.b.callees(call) {
			sum := w.b.summaryOf(cal)
			if sum == nil {
				continue
			}
			var conds []Cond
			for _, a := range sum.Acquires {
				conds = append(conds, a.Conds...)
			}
			if len(sum.Outcomes) > 1 {
				for _, o := range sum.Outcomes {
					conds = append(conds, o.Conds...)
				}
			}
			for _, c := range w.here(sum, cal, conds) {
				if _, isConst := c.Value.(*ssa.Const); !isConst {
					w.track(subjectAtom(c.Value, c.Suffix))
				}
			}
		}
	}
}

func (w *walker) track(a atom) {
	if _, have := w.byKey[a.key]; !have && len(w.atoms) < maxAtoms {
		w.byKey[a.key] = len(w.atoms)
		w.atoms = append(w.atoms, &a)
	}
}

// followPhis adds the conditions on the values that a remembered phi takes, so
// that a flag keeps its value through merges and loops.
func (w *walker) followPhis() {
	for i := 0; i < len(w.atoms); i++ {
		phi, ok := w.atoms[i].subject.(*ssa.Phi)
		if !ok {
			continue
		}
		for _, e := range phi.Edges {
			if _, ok := e.(*ssa.Phi); ok {
				w.track(subjectAtom(e, w.atoms[i].suffix))
			}
		}
	}
}

// worth reports whether remembering a condition can change what the walk
// concludes: it is asked twice, decided by a constant on some edge or store,
// part of a result, tied to a parameter, or tells a callee's outcomes apart.
func (w *walker) worth(a *atom, stores []*ssa.Store, returned map[ssa.Value]bool) bool {
	if a.count > 1 {
		return true
	}
	if a.subject == nil {
		return a.counter != nil
	}
	if returned[a.subject] {
		return true
	}
	if w.atEntry(a.subject) {
		return true
	}
	switch v := a.subject.(type) {
	case *ssa.Phi:
		for _, e := range v.Edges {
			if _, ok := e.(*ssa.Const); ok {
				return true
			}
		}
	case *ssa.Call:
		return w.tells(&v.Call)
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return w.tells(&call.Call)
		}
	}
	if a.mem.Known() {
		for _, st := range stores {
			if _, ok := st.Val.(*ssa.Const); ok && RefOf(st.Addr) == a.mem {
				return true
			}
		}
	}
	return false
}

// tells reports whether a call's result says what it did to locks.
func (w *walker) tells(c *ssa.CallCommon) bool {
	if op, ok := lockMethod(c); ok {
		return op == opTryLock || op == opTryRLock
	}
	for _, callee := range w.b.callees(c) {
		if sum := w.b.summaryOf(callee); sum != nil && len(sum.Outcomes) > 1 {
			return true
		}
	}
	return false
}

// volatile reports whether memory that a condition reads may be changed by
// another goroutine: a captured variable, or a field or global that the package
// stores to after construction.
func (b *builder) volatile(a *atom) bool {
	if a.dynamic {
		return false // what a field holds may change, what kind of thing it is does not
	}
	for _, m := range a.mems {
		if _, ok := m.Base.(*ssa.Alloc); ok && m.Sel == "" {
			return true
		}
	}
	for _, f := range a.fields {
		if b.mutable[f] {
			return true
		}
	}
	return len(a.fields) == 0
}

// mutableFields collects the struct fields and package-level variables that
// some function of the package stores to in an object it did not just make.
func mutableFields(fns []*ssa.Function) map[*types.Var]bool {
	set := make(map[*types.Var]bool)
	for _, fn := range fns {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				st, ok := in.(*ssa.Store)
				if !ok {
					continue
				}
				if f := storedField(st.Addr); f != nil {
					if fa, ok := st.Addr.(*ssa.FieldAddr); ok {
						if _, fresh := RefOf(fa.X).Base.(*ssa.Alloc); fresh {
							continue
						}
					}
					set[f] = true
				}
			}
		}
	}
	return set
}

// storedField returns the field or package-level variable at an address.
func storedField(addr ssa.Value) *types.Var {
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		return fieldVar(a.X.Type(), a.Field)
	case *ssa.Global:
		v, _ := a.Object().(*types.Var)
		return v
	}
	return nil
}

func fieldVar(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := typeCore(t).(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Origin()
	}
	return nil
}

// loopExits finds the branches that leave a natural loop on a condition which
// is read from memory inside the loop, and so anew in each round.
func loopExits(fn *ssa.Function) map[*ssa.BasicBlock]bool {
	exits := make(map[*ssa.BasicBlock]bool)
	for _, tail := range fn.Blocks {
		for _, head := range tail.Succs {
			if !head.Dominates(tail) {
				continue
			}
			body := naturalLoop(head, tail)
			for b := range body {
				cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
				if ok && (!body[b.Succs[0]] || !body[b.Succs[1]]) && loadsIn(cond.Cond, body, 6) {
					exits[b] = true
				}
			}
		}
	}
	return exits
}

// naturalLoop returns the blocks of the loop that the edge tail -> head closes.
func naturalLoop(head, tail *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	body := map[*ssa.BasicBlock]bool{head: true}
	work := []*ssa.BasicBlock{tail}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !body[b] {
			body[b] = true
			work = append(work, b.Preds...)
		}
	}
	return body
}

// loadsIn reports whether a condition is computed from memory read in one of
// the blocks.
func loadsIn(v ssa.Value, blocks map[*ssa.BasicBlock]bool, n int) bool {
	in, ok := v.(ssa.Instruction)
	if !ok || n == 0 || !blocks[in.Block()] {
		return false
	}
	switch in := in.(type) {
	case *ssa.Phi:
		return false
	case *ssa.UnOp:
		if in.Op == token.MUL {
			return true
		}
	}
	for _, op := range in.Operands(nil) {
		if *op != nil && loadsIn(*op, blocks, n-1) {
			return true
		}
	}
	return false
}

func pointerLike(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Map, *types.Slice:
		return true
	}
	return false
}
