package summary

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// call runs a call in a state and appends the states after it. It serves go
// and defer statements' calls too, when they run.
func (w *walker) call(in ssa.Instruction, c *ssa.CallCommon, s state, out []state) []state {
	if lc, ok := w.b.lockCallOf(c); ok {
		return w.lockCall(in, lc, s, out)
	}
	w.noteOp(in, &s)
	if waits(c) {
		w.mayWait(&s)
	}
	for _, arg := range calledArgs(c) {
		for _, cal := range w.b.funcs(arg, nil, true, depth) {
			w.enter(in, cal, &s)
		}
	}
	if p := paramOf(c); p != nil {
		w.paramCall(in, p, &s)
	}
	all := w.b.callees(c)
	if len(all) == 1 && all[0].certain {
		return w.run(in, all[0], s, out)
	}
	for _, cal := range all {
		w.enter(in, cal, &s)
	}
	return append(out, s)
}

// run applies all of a callee's summary: what it acquires, and each outcome.
func (w *walker) run(in ssa.Instruction, cal callee, s state, out []state) []state {
	if lc, ok := boundLock(cal); ok {
		return w.lockCall(in, lc, s, out)
	}
	w.enter(in, cal, &s)
	sum := w.b.summaryOf(cal)
	if sum == nil {
		return append(out, s)
	}
	if sum.Incomplete {
		w.forgetLocks(sum, cal, &s)
		return append(out, s)
	}
	if len(sum.Outcomes) == 0 {
		return out // it never returns
	}
	fork := len(sum.Outcomes) > 1
	hidden := w.hidden(in, sum, cal, &s)
	for _, o := range sum.Outcomes {
		t := s
		if !w.assume(sum, cal, o.Conds, &t) {
			continue
		}
		for _, d := range o.Deltas {
			if ref := w.subst(sum, cal, d.Ref); ref.Known() && !slices.Contains(hidden, d.Ref) {
				w.delta(in, cal, Delta{ref, d.Mode, d.Held}, &t)
			}
		}
		if call, ok := in.(*ssa.Call); ok && fork {
			w.results(call, o.Results, &t)
		}
		out = append(out, t)
	}
	return out
}

// hidden finds the locks whose fate a caller cannot tell: two outcomes differ in
// them, and neither a result nor a condition at entry says which one it was.
// What decides, a field perhaps, may well decide the same way in the call that
// undoes the effect, so the walk stops following these locks.
func (w *walker) hidden(in ssa.Instruction, sum *Func, cal callee, s *state) []Ref {
	var refs []Ref
	for i, a := range sum.Outcomes {
		for _, b := range sum.Outcomes[:i] {
			if toldApart(a, b) {
				continue
			}
			for _, d := range slices.Concat(a.Deltas, b.Deltas) {
				if slices.Contains(a.Deltas, d) && slices.Contains(b.Deltas, d) || slices.Contains(refs, d.Ref) {
					continue
				}
				refs = append(refs, d.Ref)
				ref := w.subst(sum, cal, d.Ref)
				w.drop(s, func(e *entry) bool {
					if e.Ref == ref && e.Crossed {
						w.out.ReleasedLater[e.Site] = true // it may have been
					}
					return e.Ref == ref
				})
				if key := refKey(ref); ref.Known() && !d.Held && s.find(key, d.Mode, true) < 0 {
					// The caller's lock may be released from here on.
					h := Holding{Ref: ref, Class: w.b.class(ref), Mode: d.Mode, Site: in}
					s.add(entry{Holding: h, key: key, released: true, handed: true})
				}
			}
		}
	}
	return refs
}

// toldApart reports whether a result or a condition at entry says which of two
// outcomes it was.
func toldApart(a, b Outcome) bool {
	return opposed(a.Results, b.Results, func(x, y ResultFact) bool { return x.Index == y.Index && x.Suffix == y.Suffix && x.Holds != y.Holds }) ||
		opposed(a.Conds, b.Conds, func(x, y Cond) bool { return x.Value == y.Value && x.Suffix == y.Suffix && x.Holds != y.Holds })
}

// parks lists the classes of the caller's locks that a function releases in one
// outcome and leaves alone in another that cannot be told apart.
func (f *Func) parks() []string {
	var classes []string
	for _, a := range f.Outcomes {
		for _, b := range f.Outcomes {
			for _, d := range a.Deltas {
				if !d.Held && !slices.Contains(b.Deltas, d) && !toldApart(a, b) {
					classes = append(classes, classOf(d.Ref))
				}
			}
		}
	}
	return classes
}

func opposed[T any](a, b []T, differ func(T, T) bool) bool {
	return slices.ContainsFunc(a, func(x T) bool {
		return slices.ContainsFunc(b, func(y T) bool { return differ(x, y) })
	})
}

// boundLock recognises a method value of a lock, "unlock := mu.Unlock".
func boundLock(cal callee) (lockCall, bool) {
	if cal.fn != nil || len(cal.args) != 1 {
		return lockCall{}, false
	}
	op, ok := lockFunc(cal.obj)
	if !ok || op > opRUnlock {
		return lockCall{}, false
	}
	return lockCall{op: op, mode: op.mode(), ref: RefOf(cal.args[0])}, true
}

// enter records what a callee acquires, calls back and writes.
func (w *walker) enter(in ssa.Instruction, cal callee, s *state) {
	w.inheritWaits(in, cal, s)
	w.noteCall(cal.fn, s)
	sum := w.b.summaryOf(cal)
	if sum == nil {
		return
	}
	for _, a := range sum.Acquires {
		if w.test && len(s.locks) == 0 {
			break // it meets no lock here, and matters to no caller
		}
		if conds := w.here(sum, cal, a.Conds); w.possible(conds, s) {
			w.acquire(in, w.subst(sum, cal, a.Ref), a, cal, conds, s)
		}
	}
	for i := range sum.ParamCalls {
		w.callBack(in, sum, cal, &sum.ParamCalls[i], s)
	}
	if len(sum.Writes) > 0 {
		for i, a := range w.atoms {
			if slices.ContainsFunc(a.fields, func(f *types.Var) bool { return sum.Writes[f] }) {
				s.forget(1 << i)
			}
		}
		w.drop(s, func(e *entry) bool { return reroutes(&e.Holding, sum.Writes) })
	}
}

// reroutes reports whether stores to the given fields may make a lock's name
// mean another object: a pointer field on the way to it, not the lock itself.
func reroutes(h *Holding, written map[*types.Var]bool) bool {
	steps := strings.Split(h.Ref.Sel, ".")
	for f := range written {
		if pointerLike(f.Type()) && len(steps) > 2 && slices.Contains(steps[1:len(steps)-1], f.Name()) {
			return true
		}
	}
	return false
}

// callBack follows a function that this call passes to a callee which calls it.
func (w *walker) callBack(in ssa.Instruction, sum *Func, cal callee, pc *ParamCall, s *state) {
	i := slices.Index(sum.Params, pc.Param)
	if i < 0 || i >= len(cal.args) {
		return
	}
	arg := cal.args[i]
	for _, f := range w.b.funcs(arg, nil, true, depth) {
		fsum := w.b.summaryOf(f)
		if fsum == nil {
			continue
		}
		for _, a := range fsum.Acquires {
			if len(a.Conds) > 0 {
				continue
			}
			ref := w.subst(fsum, f, a.Ref)
			for _, h := range pc.Held {
				w.pairBack(in, ref, a, pc, f, w.inside(in, pc, cal, w.subst(sum, cal, h.Ref), h), s)
			}
			for _, h := range pc.Held {
				held := w.subst(sum, cal, h.Ref)
				if ref.Known() && held == ref && !a.Retaken {
					w.relock(Relock{
						Site: in, Ref: ref, Mode: a.Mode, Via: a, Callee: f.fn, Callback: pc, Certain: a.Certain && cal.certain,
						Held: w.inside(in, pc, cal, held, h),
					}, s)
				}
			}
			w.acquire(in, ref, a, f, nil, s)
		}
	}
	if p, ok := unload(arg).(*ssa.Parameter); ok {
		w.noteParamCall(in, p, s, func(held []Delta) []Delta {
			for _, h := range pc.Held {
				if ref := w.subst(sum, cal, h.Ref); w.visible(ref) {
					held = append(held, Delta{ref, h.Mode, true})
				}
			}
			return held
		})
	}
}

// paramOf returns the parameter whose function or method a call runs.
func paramOf(c *ssa.CallCommon) *ssa.Parameter {
	p, _ := unload(c.Value).(*ssa.Parameter)
	return p
}

// unload sees through the variable that a captured parameter is spilled to.
func unload(v ssa.Value) ssa.Value {
	if u, ok := v.(*ssa.UnOp); ok {
		if a, ok := u.X.(*ssa.Alloc); ok {
			if val := onlyStore(a); val != nil {
				return val
			}
		}
	}
	return v
}

func (w *walker) paramCall(in ssa.Instruction, p *ssa.Parameter, s *state) {
	if p.Parent() == w.fn {
		w.noteParamCall(in, p, s, func(h []Delta) []Delta { return h })
	}
}

func (w *walker) noteParamCall(in ssa.Instruction, p *ssa.Parameter, s *state, more func([]Delta) []Delta) {
	if p.Parent() != w.fn {
		return
	}
	var held []Delta
	for i := range s.locks {
		if e := &s.locks[i]; !e.released && w.visible(e.Ref) {
			held = append(held, Delta{e.Ref, e.Mode, true})
		}
	}
	held = more(held)
	for i := range w.out.ParamCalls {
		pc := &w.out.ParamCalls[i]
		if pc.Param == p && pc.Site == in {
			for _, h := range held {
				if !slices.Contains(pc.Held, h) {
					pc.Held = append(pc.Held, h)
				}
			}
			return
		}
	}
	w.out.ParamCalls = append(w.out.ParamCalls, ParamCall{Param: p, Site: in, Held: held})
}

// subst translates a Ref of a callee into one of this function.
func (w *walker) subst(sum *Func, cal callee, r Ref) Ref {
	if strings.Contains(r.Sel, "@") {
		for i, p := range sum.Params {
			if i < len(cal.args) {
				r.Sel = strings.ReplaceAll(r.Sel, "["+indexName(p)+"]", "["+indexName(cal.args[i])+"]")
			}
		}
		if sum.Fn != nil && strings.Contains(r.Sel, "@"+sum.Fn.Name()+"]") {
			return Ref{} // indexed by something that only the callee knows
		}
	}
	switch base := r.Base.(type) {
	case nil:
		return Ref{}
	case *ssa.Parameter:
		if i := slices.Index(sum.Params, base); i >= 0 {
			if i >= len(cal.args) {
				return Ref{}
			}
			a := RefOf(cal.args[i])
			if !a.Known() {
				return Ref{}
			}
			a.Sel += r.Sel
			return forward(a)
		}
	}
	if cal.stored {
		// A callback kept in a field of owner, called through self. What else it
		// captured belongs to another time, if not to another call.
		if cal.owner.Known() && cal.self.Known() && r.Within(cal.owner) {
			return Ref{cal.self.Base, cal.self.Sel + r.Sel[len(cal.owner.Sel):]}
		}
		if _, ok := r.Base.(*ssa.Global); !ok {
			return Ref{}
		}
	}
	return r // a global, or a variable of a function around both
}

// visible reports whether a Ref means something to the callers of this
// function.
func (w *walker) visible(r Ref) bool {
	if !r.Known() {
		return false
	}
	if strings.Contains(r.Sel, "@"+w.fn.Name()+"]") && !w.paramIndexed(r) {
		return false
	}
	return r.Base.Parent() != w.fn || slices.Contains(w.fn.Params, asParam(r.Base))
}

// paramIndexed reports whether every register that indexes a Ref is a parameter
// of this function.
func (w *walker) paramIndexed(r Ref) bool {
	sel := r.Sel
	for _, p := range w.fn.Params {
		sel = strings.ReplaceAll(sel, "["+indexName(p)+"]", "[]")
	}
	return !strings.Contains(sel, "@"+w.fn.Name()+"]")
}

func asParam(v ssa.Value) *ssa.Parameter {
	p, _ := v.(*ssa.Parameter)
	return p
}

// here translates a callee's conditions to the values of this call. Those that
// nothing here decides are dropped.
func (w *walker) here(sum *Func, cal callee, conds []Cond) []Cond {
	if len(conds) == 0 {
		return nil
	}
	out := make([]Cond, 0, len(conds))
	for _, c := range conds {
		if p := asParam(c.Value); p != nil {
			if i := slices.Index(sum.Params, p); i >= 0 {
				if i >= len(cal.args) {
					continue
				}
				c.Value = cal.args[i]
				if a := w.subject(c.Value, c.Suffix); a.subject != nil {
					c.Value = a.subject
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// possible reports whether conditions may hold in a state.
func (w *walker) possible(conds []Cond, s *state) bool {
	for _, c := range conds {
		if truth, known := w.value(c.Value, c.Suffix, s); known && truth != c.Holds {
			return false
		}
	}
	return true
}

// assume reports whether a callee's conditions on entry are possible for a call
// here, and remembers them in the state.
func (w *walker) assume(sum *Func, cal callee, entry []Cond, s *state) bool {
	conds := w.here(sum, cal, entry)
	if !w.possible(conds, s) {
		return false
	}
	for _, c := range conds {
		if bit, ok := w.byKey[w.subject(c.Value, c.Suffix).key]; ok {
			s.learn(1<<bit, c.Holds)
		}
	}
	return true
}

// results records what an outcome says of the results of a call.
func (w *walker) results(call *ssa.Call, facts []ResultFact, s *state) {
	for _, f := range facts {
		var v ssa.Value
		if _, tuple := call.Type().(*types.Tuple); !tuple {
			v = call
		} else if v = extractOf(call, f.Index); v == nil {
			continue
		}
		if i, ok := w.byKey[w.subject(v, f.Suffix).key]; ok {
			s.learn(1<<i, f.Holds)
		}
	}
}

func extractOf(call *ssa.Call, i int) ssa.Value {
	for _, r := range *call.Referrers() {
		if e, ok := r.(*ssa.Extract); ok && e.Index == i {
			return e
		}
	}
	return nil
}

// forgetLocks gives up on the locks that an incompletely known callee may have
// changed.
func (w *walker) forgetLocks(sum *Func, cal callee, s *state) {
	for _, o := range sum.Outcomes {
		for _, d := range o.Deltas {
			ref := w.subst(sum, cal, d.Ref)
			w.drop(s, func(e *entry) bool { return e.Ref == ref })
		}
	}
}

// spawn hands the locks that a new goroutine releases over to it.
func (w *walker) spawn(in *ssa.Go, s *state) {
	for _, cal := range w.b.callees(&in.Call) {
		if lc, ok := boundLock(cal); ok {
			w.hand(lc.ref, s)
			continue
		}
		w.handReleased(cal, s)
	}
	for _, arg := range in.Call.Args {
		for _, cal := range w.b.funcs(arg, nil, true, depth) {
			w.handReleased(cal, s)
		}
	}
}

// handOver hands over the locks that a closure releases, once the closure is
// out of sight: stored, returned or passed to somebody who may call it later.
func (w *walker) handOver(mc *ssa.MakeClosure, s *state) {
	if len(s.locks) == 0 || !escapes(mc) {
		return
	}
	for _, cal := range w.b.funcs(mc, nil, true, depth) {
		if lc, ok := boundLock(cal); ok && (lc.op == opUnlock || lc.op == opRUnlock) {
			w.hand(lc.ref, s)
			continue
		}
		w.handReleased(cal, s)
	}
}

func (w *walker) handReleased(cal callee, s *state) {
	sum := w.b.summaryOf(cal)
	if sum == nil {
		return
	}
	for _, o := range sum.Outcomes {
		for _, d := range o.Deltas {
			if !d.Held {
				w.hand(w.subst(sum, cal, d.Ref), s)
			}
		}
	}
}

func (w *walker) hand(ref Ref, s *state) {
	for i := range s.locks {
		if s.locks[i].Ref == ref && !s.locks[i].released {
			s.edit(i).handed = true
		}
	}
}

// escapes reports whether a closure is used in any way but being called,
// deferred or kept in a variable that only this function sees.
func escapes(mc *ssa.MakeClosure) bool {
	for _, r := range *mc.Referrers() {
		switch r := r.(type) {
		case ssa.CallInstruction:
			if r.Common().Value != mc {
				return true
			}
		case *ssa.Store:
			a, ok := r.Addr.(*ssa.Alloc)
			if !ok || onlyStore(a) == nil {
				return true
			}
		case *ssa.DebugRef:
		default:
			return true
		}
	}
	return false
}

// calledArgs are the function arguments that a function of std calls before it
// returns.
func calledArgs(c *ssa.CallCommon) []ssa.Value {
	fn := c.StaticCallee()
	if fn == nil || fn.Blocks != nil || len(c.Args) == 0 {
		return nil
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil {
		return nil
	}
	switch obj.Origin().FullName() {
	case "(*sync.Once).Do", "(*sync.Map).Range",
		"sort.Slice", "sort.SliceStable", "sort.Search", "sort.Find",
		"slices.SortFunc", "slices.SortStableFunc", "slices.ContainsFunc", "slices.IndexFunc", "slices.DeleteFunc", "slices.BinarySearchFunc",
		"maps.DeleteFunc", "strings.Map", "strings.FieldsFunc", "bytes.Map",
		"path/filepath.Walk", "path/filepath.WalkDir", "io/fs.WalkDir":
		return c.Args
	}
	return nil
}

// waits reports whether a call of std may wait for other goroutines.
func waits(c *ssa.CallCommon) bool {
	fn := c.StaticCallee()
	if fn == nil {
		return false
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return false
	}
	switch obj.FullName() {
	case "(*sync.Cond).Wait", "(*sync.WaitGroup).Wait", "time.Sleep", "runtime.Gosched":
		return true
	}
	return false
}
