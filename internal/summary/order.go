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

func classOf(r Ref) string {
	owner := variable(r.Base)
	t := r.Base.Type()
	var path strings.Builder
	for sel := r.Sel; sel != ""; {
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
			continue
		}
		name, rest, ok := firstField(sel)
		s, isStruct := typeCore(t).(*types.Struct)
		if !ok || !isStruct {
			return ""
		}
		if named := typeName(t); named != "" {
			owner = named
			path.Reset()
		}
		path.WriteString("." + name)
		t, sel = fieldType(s, name), rest
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

func typeName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// innards reports whether a class is inside the sync package's own types, where
// no program can take it by another way.
func innards(class string) bool {
	return strings.HasPrefix(class, "sync.") || strings.HasPrefix(class, "internal/sync.")
}

func fieldType(s *types.Struct, name string) types.Type {
	for f := range s.Fields() {
		if f.Name() == name {
			return f.Type()
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

// fresh reports whether a lock belongs to an object that this function made and
// that no other goroutine can have yet. A variable that a closure captures or a
// go statement gets is shared.
func fresh(r Ref) bool {
	switch base := r.Base.(type) {
	case *ssa.Alloc:
		for _, ref := range *base.Referrers() {
			switch ref.(type) {
			case *ssa.MakeClosure, *ssa.Go:
				return false
			}
		}
		return r.Sel != ""
	case *ssa.Call:
		return constructed(base.Call.StaticCallee()) != nil && r.Sel != ""
	}
	return false
}

// pair notes an acquisition under every other lock that the path holds.
func (w *walker) pair(a *Acquire, s *state) {
	if s.coarse || a.Class == "" || fresh(a.Ref) {
		return
	}
	for i := range s.locks {
		e := &s.locks[i]
		if e.released || e.handed || !w.ordered(e.Holding, a) || slices.Contains(a.Without, e.Class) {
			continue
		}
		w.notePair(Pair{Held: e.Holding, Then: a, Gates: w.gates(s, e.Class, a.Class)})
	}
}

// ordered reports whether taking one lock under the other says something about
// an order. Locks of one class do when both are named by parameters.
func (w *walker) ordered(h Holding, a *Acquire) bool {
	if h.Class == "" || fresh(h.Ref) {
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
	if s.coarse || a.Class == "" || fresh(ref) || slices.Contains(via.Without, held.Class) || !w.ordered(held, a) {
		return
	}
	w.notePair(Pair{Held: held, Then: a, Callback: pc, Gates: w.gates(s, held.Class, a.Class)})
}
