package summary

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// lockCall runs an operation on a lock.
func (w *walker) lockCall(in ssa.Instruction, lc lockCall, s state, out []state) []state {
	if !lc.ref.Known() {
		return append(out, s)
	}
	w.name(lc.ref)
	switch lc.op {
	case opUnlock, opRUnlock:
		w.unlock(in, lc.ref, lc.mode, &s)
	case opTryLock, opTryRLock:
		return w.tryLock(in, lc, s, out)
	default:
		if w.lock(in, lc.ref, lc.mode, nil, &s) {
			return out // this path waits for itself
		}
	}
	return append(out, s)
}

// name remembers the registers in a lock's name.
func (w *walker) name(r Ref) {
	w.bases[r.Base] = true
	if strings.Contains(r.Sel, "[") {
		for v := range w.regIndexes(r) {
			w.bases[v] = true
		}
	}
}

// regIndexes finds the registers that index a Ref.
func (w *walker) regIndexes(r Ref) map[ssa.Value]bool {
	found := make(map[ssa.Value]bool)
	for in := range w.ids {
		if v, ok := in.(ssa.Value); ok && strings.Contains(r.Sel, "["+indexName(v)+"]") {
			found[v] = true
		}
	}
	return found
}

// tryLock forks on the result.
func (w *walker) tryLock(in ssa.Instruction, lc lockCall, s state, out []state) []state {
	call, ok := in.(*ssa.Call)
	if !ok {
		return append(out, s)
	}
	bit := uint32(0)
	if i, ok := w.byKey[w.subject(call, "").key]; ok {
		bit = 1 << i
	}
	failed := s
	failed.learn(bit, false)
	if s.holds(refKey(lc.ref)) == nil {
		s.add(entry{Holding: Holding{Ref: lc.ref, Class: w.b.class(lc.ref), Mode: lc.mode, Site: in}, key: refKey(lc.ref)})
		s.learn(bit, true)
		out = append(out, s)
	}
	return append(out, failed)
}

// lock takes a lock, directly or as the effect of a call. It reports whether the
// path certainly stops there.
func (w *walker) lock(in ssa.Instruction, ref Ref, mode Mode, by *callee, s *state) (stuck bool) {
	key := refKey(ref)
	class := w.b.class(ref)
	if i := s.find(key, mode, true); i >= 0 {
		if by == nil {
			w.taken(&Acquire{Ref: ref, Class: class, Mode: mode, Site: in, Certain: true, Retaken: true}, s, nil)
		}
		s.remove(i) // taken back for the caller
		return false
	}
	h := Holding{Ref: ref, Class: class, Mode: mode, Site: in}
	if by != nil {
		h.Called, h.Callee = true, by.fn
	}
	if e := s.holds(key); e != nil && by == nil && !e.handed {
		if e.Site == in && !e.Called {
			w.noteKept(in, Repeats, e, nil, s)
		} else {
			w.relock(Relock{Site: in, Ref: ref, Mode: mode, Held: e.Holding, Certain: true}, s)
		}
		if conflict(e.Mode, mode) {
			return true
		}
		if e.Site == in {
			return false // read again in the next round: one entry stands for all
		}
	}
	if by == nil {
		// A lock that was released in its other mode before is the caller's no
		// longer: an upgrade.
		upgraded := s.find(key, 1-mode, true) >= 0
		w.taken(&Acquire{Ref: ref, Class: class, Mode: mode, Site: in, Certain: true, Retaken: upgraded}, s, nil)
	}
	s.add(entry{Holding: h, key: key})
	return false
}

// conflict reports whether taking a lock in mode b waits for a holder in mode a
// whatever other goroutines do.
func conflict(a, b Mode) bool { return a == Write || b == Write }

// acquire checks what a callee acquires against what this path holds. The lock
// may be one that has no name here.
func (w *walker) acquire(in ssa.Instruction, ref Ref, via *Acquire, cal callee, conds []Cond, s *state) {
	a := &Acquire{
		Ref: ref, Class: w.b.class(ref), Mode: via.Mode, Site: in, Via: via, Callee: cal.fn, Certain: cal.certain && via.Certain,
		Retaken: via.Retaken, Without: via.Without,
	}
	if a.Class == "" {
		a.Class = via.Class
	}
	if ref.Known() {
		key := refKey(ref)
		e := s.holds(key)
		switch {
		case s.find(key, Write, true) >= 0 || s.find(key, Read, true) >= 0:
			a.Retaken = true // the caller's lock was released before
		case e != nil && via.Retaken:
			w.pair(a, s) // ours, released and taken back
			return
		case e != nil && e.handed:
			return // released by somebody else, perhaps already
		case e != nil:
			w.relock(Relock{Site: in, Ref: ref, Mode: a.Mode, Held: e.Holding, Via: via, Callee: cal.fn, Certain: a.Certain}, s)
			return
		}
	}
	w.taken(a, s, conds)
}

// taken notes that this function takes a lock.
func (w *walker) taken(a *Acquire, s *state, conds []Cond) {
	a.Without = without(s, a.Without)
	w.pair(a, s)
	w.noteAcquire(a, s, conds)
}

// noteAcquire adds to what this function may acquire. An acquisition without
// conditions makes conditional ones of the same lock superfluous. What a callee
// asks of our own parameters is a condition of ours too.
func (w *walker) noteAcquire(a *Acquire, s *state, more []Cond) {
	if s.coarse {
		return
	}
	w.noteTake(a)
	if a.Ref.Known() && a.Ref.Base.Parent() == w.fn && fresh(a.Ref, a.Site) {
		return // nobody else can want it yet
	}
	if !w.visible(a.Ref) {
		if _, local := a.Ref.Base.(*ssa.Alloc); local || a.Class == "" || w.nameless >= maxNameless {
			return
		}
		nameless := *a
		nameless.Ref = Ref{}
		a = &nameless
	}
	a.Conds = w.entryConds(s)
	for _, c := range more {
		if w.atEntry(c.Value) && !slices.Contains(a.Conds, c) {
			a.Conds = append(a.Conds, c)
		}
	}
	same := 0
	for i, old := range w.out.Acquires {
		if old.Ref != a.Ref || old.Mode != a.Mode || old.Class != a.Class || old.Retaken != a.Retaken {
			continue
		}
		if implied(old.Conds, a.Conds) {
			return
		}
		if implied(a.Conds, old.Conds) {
			w.out.Acquires[i] = a
			return
		}
		same++
	}
	if same < 4 {
		w.out.Acquires = append(w.out.Acquires, a)
		w.nameless += btoi(!a.Ref.Known())
	}
}

// implied reports whether conditions weak are among conditions strong.
func implied(weak, strong []Cond) bool {
	for _, c := range weak {
		if !slices.Contains(strong, c) {
			return false
		}
	}
	return true
}

// entryConds are the facts of a state that were already so at entry: those
// about parameters and about variables of enclosing functions.
func (w *walker) entryConds(s *state) []Cond {
	var conds []Cond
	for i, a := range w.atoms {
		if s.known&(1<<i) != 0 && w.atEntry(a.subject) {
			conds = append(conds, Cond{a.subject, a.suffix, s.truth&(1<<i) != 0})
		}
	}
	return conds
}

// atEntry reports whether a register has its value before the function starts.
func (w *walker) atEntry(v ssa.Value) bool {
	switch v := v.(type) {
	case nil, *ssa.Const, *ssa.Global, *ssa.FreeVar:
		return false
	case *ssa.Parameter:
		return true
	default:
		fn := v.Parent()
		return fn != nil && fn != w.fn
	}
}

func (w *walker) relock(r Relock, s *state) {
	k := relockKey{r.Site, r.Held.Site, r.Via}
	if s.coarse || w.relocks[k] {
		return
	}
	w.relocks[k] = true
	_, r.Deferred = r.Site.(*ssa.Defer)
	r.Pending = w.pending(r.Held, s)
	r.Trail = s.trail.list()
	w.out.Relocks = append(w.out.Relocks, r)
}

// delta applies one net effect of a call.
func (w *walker) delta(in ssa.Instruction, cal callee, d Delta, s *state) {
	w.name(d.Ref)
	if d.Held {
		w.lock(in, d.Ref, d.Mode, &cal, s)
		return
	}
	w.unlock(in, d.Ref, d.Mode, s)
}

// unlock releases a lock, the caller's when this function has not taken it.
func (w *walker) unlock(in ssa.Instruction, ref Ref, mode Mode, s *state) {
	key := refKey(ref)
	i := s.find(key, mode, false)
	if i < 0 {
		// Unlock of a lock that is held for reading is a bug of another kind;
		// either way the lock is no longer ours.
		i = s.find(key, 1-mode, false)
	}
	if i < 0 {
		i = s.findThrough(ref, mode)
	}
	if i < 0 {
		w.otherName(ref, s)
		if !w.visible(ref) {
			w.b.passed[ref] = true
		}
		if w.visible(ref) && s.find(key, mode, true) < 0 {
			s.add(entry{Holding: Holding{Ref: ref, Class: w.b.class(ref), Mode: mode, Site: in}, key: key, released: true})
		}
		return
	}
	e := s.locks[i]
	if _, seen := w.out.Released[e.Site]; e.Crossed {
		w.out.ReleasedLater[e.Site] = true
	} else if !seen {
		w.out.Released[e.Site] = in.Pos()
	}
	if e.Callee != nil {
		w.out.HandedOver[e.Callee] = true
	}
	s.forget(e.learned & w.shared)
	s.remove(i)
}

// runDefers runs the deferred calls, last first.
func (w *walker) runDefers(s state, out []state) []state {
	defers := s.defers
	s.defers = nil
	states := []state{s}
	for i := len(defers) - 1; i >= 0; i-- {
		var next []state
		for _, t := range states {
			next = w.call(defers[i], &defers[i].Call, t, next)
			if len(next) > maxStates {
				w.out.Incomplete = true
				break
			}
		}
		states = next
	}
	return append(out, states...)
}

// exit records one way to return.
func (w *walker) exit(ret *ssa.Return, s state) {
	if s.coarse {
		w.out.Incomplete = true
		return
	}
	facts := w.resultFacts(ret, &s)
	w.keep(ret, Returns, &s, facts)
	o := &Outcome{Results: facts, Conds: w.entryConds(&s)}
	var key strings.Builder
	for i := range s.locks {
		e := &s.locks[i]
		if e.handed || !w.visible(e.Ref) {
			continue // whoever took it over may have released it by now
		}
		d := Delta{e.Ref, e.Mode, !e.released}
		o.Deltas = append(o.Deltas, d)
		key.WriteString(e.key)
		key.WriteByte("wr"[d.Mode])
		key.WriteByte("-+"[btoi(d.Held)])
	}
	// Returns with the same effect are one outcome: all that tells outcomes
	// apart is what callers need to know.
	k := key.String()
	if old := w.exits[k]; old != nil {
		old.Results = common(old.Results, o.Results)
		old.Conds = common(old.Conds, o.Conds)
		return
	}
	w.exits[k] = o
	w.order = append(w.order, k)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func common[T comparable](a, b []T) []T {
	return slices.DeleteFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// resultFacts are what a return says about its boolean, error and pointer
// results.
func (w *walker) resultFacts(ret *ssa.Return, s *state) []ResultFact {
	var facts []ResultFact
	for i, v := range ret.Results {
		suffix := "==nil"
		switch t := v.Type().Underlying().(type) {
		case *types.Basic:
			if t.Info()&types.IsBoolean == 0 {
				continue
			}
			suffix = ""
		case *types.Pointer, *types.Interface, *types.Signature, *types.Map, *types.Slice, *types.Chan:
		default:
			continue
		}
		if truth, known := w.value(v, suffix, s); known {
			facts = append(facts, ResultFact{i, suffix, truth})
		}
	}
	return facts
}

// keep notes every lock that a path took and leaves with.
func (w *walker) keep(exit ssa.Instruction, kind ExitKind, s *state, facts []ResultFact) {
	for i := range s.locks {
		if e := &s.locks[i]; !e.released && !e.handed {
			w.noteKept(exit, kind, e, facts, s)
		}
	}
}

func (w *walker) noteKept(exit ssa.Instruction, kind ExitKind, e *entry, facts []ResultFact, s *state) {
	id := keptKey{exit, e.Site}
	if s.coarse || w.keeps[id] {
		return
	}
	w.keeps[id] = true
	k := Kept{Exit: exit, Kind: kind, Held: e.Holding, Results: facts, Trail: s.trail.list()}
	if kind == Repeats {
		k.Pending = w.pending(e.Holding, s)
	}
	w.out.Kept = append(w.out.Kept, k)
}

// finish turns the exits into outcomes.
func (w *walker) finish() {
	const maxOutcomes = 6
	for _, k := range w.order {
		w.out.Outcomes = append(w.out.Outcomes, *w.exits[k])
	}
	if len(w.out.Outcomes) > maxOutcomes {
		w.out.Incomplete = true
	}
}

// positionOf returns an instruction's position, or the nearest one before it in
// its block.
func positionOf(in ssa.Instruction) token.Pos {
	if in.Pos().IsValid() {
		return in.Pos()
	}
	instrs := in.Block().Instrs
	for i := slices.Index(instrs, in); i >= 0; i-- {
		if p := instrs[i].Pos(); p.IsValid() {
			return p
		}
	}
	return in.Parent().Pos()
}
