package summary

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// The order of locks is judged by class, not by object: a class is a field of a
// named type, a package-level variable, or one variable of one function. Two
// functions that take two classes in opposite orders may meet on the same two
// objects; two locks of one class say nothing, since which of two instances
// comes first is up to data.

// maxNameless bounds how many locks that callers cannot name a function passes
// on to them.
const maxNameless = 24

// A Pair is a lock taken while another one is held.
type Pair struct {
	Held Holding
	// Then is the acquisition, in the terms of the function that holds Held.
	Then *Acquire
	// Callback is set when Held is the callee's, and the acquisition happens in
	// a function passed to it.
	Callback *ParamCall
	// Gates are the other locks held on every path to the acquisition that was
	// followed, callers not included.
	Gates []Gate
	// released lists the locks held at entry that are released by then.
	released []string
}

// A Gate is a lock by class that is held around something.
type Gate struct {
	Class string
	Mode  Mode
}

// class names the class of a lock, or is empty when the type of the object is
// not known here: a lock behind a parameter of type *sync.Mutex belongs to
// whatever the caller took its address of.
func (b *builder) class(r Ref) string {
	if !r.Known() {
		return ""
	}
	c, ok := b.classes[r]
	if !ok {
		if c = classOf(r); innards(c) {
			c = ""
		}
		b.classes[r] = c
	}
	return c
}

func classOf(r Ref) string { return lockPath(r, false) }

// role is the class of a lock together with what it is a part of: two structs
// that embed one type, or hold it by value, hold different locks of one class.
func role(r Ref) string { return lockPath(r, true) }

func lockPath(r Ref, whole bool) string {
	owner := variable(r.Base)
	t := r.Base.Type()
	var path strings.Builder
	part := false // t is a part of the struct before it
	for sel := r.Sel; sel != ""; {
		inside := whole && part
		if t = pointee(t); t == nil {
			return ""
		}
		if sel[0] == '[' {
			end := strings.IndexByte(sel, ']')
			if end < 0 {
				return ""
			}
			path.WriteString("[]")
			t, sel = element(t), sel[end+1:]
			part = t != nil && pointee(t) == t
			continue
		}
		name, rest, ok := firstField(sel)
		s, isStruct := typeCore(t).(*types.Struct)
		if !ok || !isStruct {
			return ""
		}
		if named := typeName(t); named != "" && !inside {
			owner = named
			path.Reset()
		}
		path.WriteString("." + name)
		f := field(s, name)
		if f == nil {
			return ""
		}
		_, isPointer := f.Type().Underlying().(*types.Pointer)
		part = f.Embedded() || !isPointer
		t, sel = f.Type(), rest
	}
	if owner == "" {
		return ""
	}
	return owner + path.String()
}

// variable names a variable that is itself an identity.
func variable(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Global:
		return valueName(v)
	case *ssa.Alloc:
		return v.Parent().String() + ":" + v.Name()
	}
	return ""
}

func pointee(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// typeName names the type that a field belongs to. A generic type is a container
// of many uses; its locks belong to the field that holds it.
func typeName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.TypeParams().Len() > 0 {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// innards reports whether a class is inside the sync package's own types, where
// no program can take it by another way.
func innards(class string) bool {
	return strings.HasPrefix(class, "sync.") || strings.HasPrefix(class, "internal/sync.")
}

func field(s *types.Struct, name string) *types.Var {
	for f := range s.Fields() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

func element(t types.Type) types.Type {
	switch t := typeCore(t).(type) {
	case *types.Map:
		return t.Elem()
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	}
	return nil
}

// fresh reports whether a lock that is taken at some instruction belongs to an
// object that the function, or a constructor it calls, made and that no other
// goroutine can have by then.
func fresh(r Ref, at ssa.Instruction) bool { return r.Sel != "" && made(r.Base, at, 3) }

// made reports whether a value is a new object that is not shared yet. A
// variable that a closure captures or a go statement gets is shared from then
// on.
func made(v ssa.Value, at ssa.Instruction, n int) bool {
	fn, result := (*ssa.Function)(nil), 0
	switch v := v.(type) {
	case *ssa.Alloc:
	case *ssa.Call:
		fn = v.Call.StaticCallee()
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if !ok {
			return false
		}
		fn, result = call.Call.StaticCallee(), v.Index
	default:
		return false
	}
	if shared(v, at) {
		return false
	}
	if _, ok := v.(*ssa.Alloc); ok {
		return true
	}
	return fn != nil && n > 0 && makes(fn, result, n-1)
}

// shared reports whether a goroutine that this function starts, or somebody who
// keeps a closure of it, can reach a value by the time of an instruction.
func shared(v ssa.Value, at ssa.Instruction) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Go:
			if flowsTo(ref, at) {
				return true
			}
		case *ssa.MakeClosure:
			if _, spawned := spawn(ref); (spawned || escapes(ref)) && flowsTo(ref, at) {
				return true
			}
		case *ssa.Store:
			// A captured variable is a cell that the value is stored to.
			if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v && cell != v && shared(cell, at) {
				return true
			}
		}
	}
	return false
}

// flowsTo reports whether control can flow from one instruction to another. An
// instruction of another function is reached, for all that is known.
func flowsTo(from, to ssa.Instruction) bool {
	if from.Parent() != to.Parent() {
		return true
	}
	a, b := from.Block(), to.Block()
	if a == b && slices.Index(a.Instrs, from) < slices.Index(a.Instrs, to) {
		return true
	}
	seen := make(map[*ssa.BasicBlock]bool)
	for work := slices.Clone(a.Succs); len(work) > 0; {
		blk := work[len(work)-1]
		work = work[:len(work)-1]
		if blk == b {
			return true
		}
		if !seen[blk] {
			seen[blk] = true
			work = append(work, blk.Succs...)
		}
	}
	return false
}

// spawn returns the go statement that runs a closure.
func spawn(mc *ssa.MakeClosure) (*ssa.Go, bool) {
	for _, ref := range *mc.Referrers() {
		if g, ok := ref.(*ssa.Go); ok {
			return g, true
		}
	}
	return nil, false
}

// makes reports whether every return of a function gives a new object, or nil.
func makes(fn *ssa.Function, result, n int) bool {
	found := false
	for _, blk := range fn.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		v := unload(ret.Results[result])
		if c, ok := v.(*ssa.Const); ok && c.IsNil() {
			continue
		}
		if !made(v, ret, n) {
			return false
		}
		found = true
	}
	return found
}

// pair notes an acquisition under every other lock that the path holds.
func (w *walker) pair(a *Acquire, s *state) {
	if s.coarse || a.Class == "" || fresh(a.Ref, a.Site) {
		return
	}
	for i := range s.locks {
		e := &s.locks[i]
		if e.released || e.handed || !w.ordered(e.Holding, a) || slices.Contains(a.Without, e.Class) {
			continue
		}
		w.notePair(Pair{Held: e.Holding, Then: a, Gates: w.gates(s, e.Class, a.Class), released: without(s, nil)})
	}
}

// ordered reports whether taking one lock under the other says something about
// an order. Locks of one class do when both are named by parameters.
func (w *walker) ordered(h Holding, a *Acquire) bool {
	if h.Class == "" || fresh(h.Ref, h.Site) {
		return false
	}
	if h.Class != a.Class {
		return true
	}
	return h.Ref.Base != a.Ref.Base && h.Ref.Sel == a.Ref.Sel &&
		slices.Contains(w.fn.Params, asParam(h.Ref.Base)) && slices.Contains(w.fn.Params, asParam(a.Ref.Base))
}

type pairKey struct {
	held, then ssa.Instruction
	class      string
}

// notePair keeps one pair for each two places, with the gates that all paths
// agree on.
func (w *walker) notePair(p Pair) {
	k := pairKey{p.Held.Site, p.Then.Site, p.Held.Class + "|" + p.Then.Class}
	if i, ok := w.pairs[k]; ok {
		old := &w.out.Pairs[i]
		old.Gates = common(old.Gates, p.Gates)
		for _, r := range p.released {
			if !slices.Contains(old.released, r) {
				old.released = append(slices.Clip(old.released), r)
			}
		}
		old.Then.Certain = old.Then.Certain || p.Then.Certain
		return
	}
	w.pairs[k] = len(w.out.Pairs)
	w.out.Pairs = append(w.out.Pairs, p)
}

// gates are the locks that a path holds, without the given ones.
func (w *walker) gates(s *state, except ...string) []Gate {
	var gates []Gate
	for i := range s.locks {
		e := &s.locks[i]
		if !e.released && !e.handed && e.Class != "" && !slices.Contains(except, e.Class) {
			gates = append(gates, Gate{e.Class, e.Mode})
		}
	}
	return gates
}

// without lists the classes that the caller held and that are released now.
func without(s *state, more []string) []string {
	out := more
	for i := range s.locks {
		if e := &s.locks[i]; e.released && e.Class != "" && !slices.Contains(out, e.Class) {
			out = append(slices.Clip(out), e.Class)
		}
	}
	return out
}

// noteCall records what is held around the calls of a function of the package.
func (w *walker) noteCall(fn *ssa.Function, s *state) {
	if fn == nil || s.coarse {
		return
	}
	held := w.gates(s)
	if old, ok := w.out.around[fn]; ok {
		held = common(old, held)
	}
	w.out.around[fn] = held
}

// inside is a lock that a callee holds where it calls what it was given. A
// callee of another package has no place to show; the call stands for it.
func (w *walker) inside(in ssa.Instruction, pc *ParamCall, cal callee, held Ref, h Delta) Holding {
	out := Holding{Ref: held, Class: w.b.class(held), Mode: h.Mode, Site: pc.Site, Called: true, Callee: cal.fn}
	if out.Class == "" {
		out.Class = w.b.class(h.Ref)
	}
	if out.Site == nil {
		out.Site = in
	}
	return out
}

// pairBack notes what a function passed to a callee takes under the locks that
// the callee holds when it calls it.
func (w *walker) pairBack(in ssa.Instruction, ref Ref, via *Acquire, pc *ParamCall, f callee, held Holding, s *state) {
	a := &Acquire{Ref: ref, Class: via.Class, Mode: via.Mode, Site: in, Via: via, Callee: f.fn, Certain: f.certain && via.Certain}
	if s.coarse || a.Class == "" || fresh(ref, in) || slices.Contains(via.Without, held.Class) || !w.ordered(held, a) {
		return
	}
	w.notePair(Pair{Held: held, Then: a, Callback: pc, Gates: w.gates(s, held.Class, a.Class), released: without(s, nil)})
}

// otherName notes that a lock is released which this path has not taken by that
// name: elements of a list that are locked in one loop and released in another.
// Which of them is still held is then beyond the walk.
func (w *walker) otherName(ref Ref, s *state) {
	class := w.b.class(ref)
	if class == "" {
		return
	}
	for i := range s.locks {
		if e := &s.locks[i]; !e.released && e.Class == class {
			w.out.otherNames[class] = true
		}
	}
}

// ByOtherName reports whether the function releases locks of a held lock's class
// by names that it has not locked them by.
func (f *Func) ByOtherName(h Holding) bool { return f.otherNames[h.Class] }
