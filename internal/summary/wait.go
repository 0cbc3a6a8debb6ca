package summary

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/registry"
)

// A WaitKind says what an operation waits for.
type WaitKind int8

const (
	Sending     WaitKind = iota // a receiver, or room in the buffer
	Receiving                   // a sender or a close
	Selecting                   // one of several channel operations, no default
	Joining                     // the counter of a WaitGroup or an errgroup
	CondWaiting                 // Signal or Broadcast
	Outside                     // what the registry says
	Foreign                     // a function that somebody else supplies
)

// An Op is an operation that may block.
type Op struct {
	Kind WaitKind
	In   ssa.Instruction
	// Cases are the channel operations, one unless it is a select. For Joining
	// and CondWaiting the only case's Chan is the object waited on, and for
	// Foreign the function or interface value.
	Cases []Case
	Entry registry.Entry // for Outside
	Fn    *types.Func    // the function called, for Outside and Joining
}

// A Case is one way for an operation to go on.
type Case struct {
	Chan ssa.Value
	Send bool
}

// A Wait is an operation that may block somewhere below a function, with the
// locks that this function holds there.
type Wait struct {
	Op *Op
	// Site is the operation, or the call in this function on the way to it;
	// Via is the wait inside the callee then.
	Site ssa.Instruction
	Via  *Wait
	// On names, for each case, what is waited on as this function sees it.
	On []Ref
	// Held are the locks that this function took itself and holds there on some
	// path, Free the caller's locks that it has released there.
	Held []Holding
	Free []Ref
	// Conds must hold at entry.
	Conds []Cond
	// Certain is false when a call on the way may run something else.
	Certain bool

	hops int
}

const (
	// maxHops is how many calls may lie between a lock and the wait that it is
	// held across. Further away, what looks like a wait under a lock is mostly a
	// path that other state excludes.
	maxHops = 2
	// maxWaits bounds the waits kept of one function.
	maxWaits = 48
)

type waitKey struct {
	site ssa.Instruction
	via  *Wait
}

// noteOp notes the wait at an instruction itself.
func (w *walker) noteOp(in ssa.Instruction, s *state) {
	if op := w.b.waitOp(in); op != nil {
		x := &Wait{Op: op, Site: in, Certain: true}
		for _, c := range op.Cases {
			x.On = append(x.On, RefOf(c.Chan))
		}
		w.noteWait(x, s)
	}
}

// inheritWaits notes what a callee waits for.
func (w *walker) inheritWaits(in ssa.Instruction, cal callee, s *state) {
	sum := w.b.waiting(cal)
	if sum == nil {
		return
	}
	for _, inner := range sum.Waits {
		if inner.hops >= maxHops || !w.possible(w.here(sum, cal, inner.Conds), s) {
			continue
		}
		x := &Wait{
			Op: inner.Op, Site: in, Via: inner, Certain: inner.Certain && cal.certain,
			hops: inner.hops + 1,
		}
		for _, on := range inner.On {
			x.On = append(x.On, w.subst(sum, cal, on))
		}
		for _, free := range inner.Free {
			if ref := w.subst(sum, cal, free); ref.Known() {
				x.Free = append(x.Free, ref)
			}
		}
		w.noteWait(x, s)
	}
}

// noteWait adds a wait, or what this path holds to the wait as noted before by a
// path that had released the same locks of the caller.
func (w *walker) noteWait(x *Wait, s *state) {
	if s.coarse {
		return
	}
	inner := x.Free
	for i := range s.locks {
		switch e := &s.locks[i]; {
		case e.released:
			x.Free = append(x.Free, e.Ref)
		case !e.handed && !slices.Contains(inner, e.Ref):
			x.Held = append(x.Held, e.Holding)
		}
	}
	x.Conds = w.entryConds(s)
	key := waitKey{x.Site, x.Via}
	i := slices.IndexFunc(w.waits[key], func(o *Wait) bool { return slices.Equal(o.Free, x.Free) })
	if i < 0 {
		if len(w.out.Waits) < maxWaits {
			if w.waits == nil {
				w.waits = make(map[waitKey][]*Wait)
			}
			w.waits[key] = append(w.waits[key], x)
			w.out.Waits = append(w.out.Waits, x)
		}
		return
	}
	old := w.waits[key][i]
	old.Conds = common(old.Conds, x.Conds)
	for _, h := range x.Held {
		if !slices.ContainsFunc(old.Held, func(o Holding) bool { return o.Ref == h.Ref }) {
			old.Held = append(old.Held, h)
		}
	}
}

// noteTake remembers where this function takes a lock, also one that means
// nothing to its callers.
func (w *walker) noteTake(a *Acquire) {
	if !slices.ContainsFunc(w.out.Takes, func(t *Acquire) bool { return t.Ref == a.Ref && t.Mode == a.Mode && t.Site == a.Site }) {
		w.out.Takes = append(w.out.Takes, a)
	}
}

// waiting returns what is known of the waits of a callee, or nil.
func (b *builder) waiting(c callee) *Func {
	if c.fn == nil {
		return nil
	}
	if f := b.done[c.fn]; f != nil {
		return f
	}
	return b.quiet[c.fn]
}

// scanWaits collects the waits of a function that has nothing to do with locks,
// which no path needs to be walked for.
func (b *builder) scanWaits(fn *ssa.Function) {
	w := &walker{b: b, fn: fn, out: &Func{Fn: fn, Params: fn.Params}}
	var s state
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			w.noteOp(in, &s)
			var c *ssa.CallCommon
			switch in := in.(type) {
			case *ssa.Call:
				c = &in.Call
			case *ssa.Defer:
				c = &in.Call
			default:
				continue
			}
			for _, arg := range calledArgs(c) {
				for _, cal := range b.funcs(arg, nil, true, depth) {
					w.inheritWaits(in, cal, &s)
				}
			}
			for _, cal := range b.callees(c) {
				w.inheritWaits(in, cal, &s)
			}
		}
	}
	if len(w.out.Waits) > 0 {
		b.quiet[fn] = w.out
	}
}

// waitOp returns the operation at an instruction that may block, or nil.
func (b *builder) waitOp(in ssa.Instruction) *Op {
	op, ok := b.ops[in]
	if !ok {
		op = b.classify(in)
		b.ops[in] = op
	}
	return op
}

func (b *builder) classify(in ssa.Instruction) *Op {
	switch in := in.(type) {
	case *ssa.Send:
		return &Op{Kind: Sending, In: in, Cases: []Case{{in.Chan, true}}}
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			return &Op{Kind: Receiving, In: in, Cases: []Case{{in.X, false}}}
		}
	case *ssa.Select:
		if !in.Blocking || len(in.States) == 0 {
			return nil
		}
		op := &Op{Kind: Selecting, In: in}
		for _, st := range in.States {
			op.Cases = append(op.Cases, Case{st.Chan, st.Dir == types.SendOnly})
		}
		return op
	case *ssa.Call:
		return b.classifyCall(in, &in.Call)
	case *ssa.Defer:
		return b.classifyCall(in, &in.Call)
	}
	return nil
}

func (b *builder) classifyCall(in ssa.Instruction, c *ssa.CallCommon) *Op {
	if c.IsInvoke() {
		if entry, ok := b.outside(c.Method); ok {
			return &Op{Kind: Outside, In: in, Fn: c.Method, Entry: entry, Cases: []Case{{Chan: c.Value}}}
		}
		if handlerName(c.Value.Type()) && !b.resolved(c, in) {
			return &Op{Kind: Foreign, In: in, Fn: c.Method, Cases: []Case{{Chan: c.Value}}}
		}
		return nil
	}
	fn := c.StaticCallee()
	if fn == nil {
		if _, ok := c.Value.(*ssa.Builtin); !ok && !b.resolved(c, in) {
			return &Op{Kind: Foreign, In: in, Cases: []Case{{Chan: c.Value}}}
		}
		return nil
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || fn.Blocks != nil {
		return nil
	}
	switch obj.Origin().FullName() {
	case "(*sync.WaitGroup).Wait", "(*golang.org/x/sync/errgroup.Group).Wait":
		return &Op{Kind: Joining, In: in, Fn: obj, Cases: []Case{{Chan: c.Args[0]}}}
	case "(*sync.Cond).Wait":
		return &Op{Kind: CondWaiting, In: in, Fn: obj, Cases: []Case{{Chan: c.Args[0]}}}
	}
	if entry, ok := b.outside(obj); ok {
		op := &Op{Kind: Outside, In: in, Fn: obj, Entry: entry}
		if len(c.Args) > 0 && obj.Signature().Recv() != nil {
			op.Cases = []Case{{Chan: c.Args[0]}}
		}
		return op
	}
	return nil
}

// resolved reports whether it is known what a call runs. What a test supplies
// says nothing about the code that is tested.
func (b *builder) resolved(c *ssa.CallCommon, in ssa.Instruction) bool {
	return slices.ContainsFunc(b.callees(c), func(cal callee) bool {
		return cal.fn == nil || !b.inTest(cal.fn) || b.inTest(in.Parent())
	})
}

// inTest reports whether a function is in a test file.
func (b *builder) inTest(fn *ssa.Function) bool {
	return fn.Pos().IsValid() && strings.HasSuffix(b.pass.Fset.Position(fn.Pos()).Filename, "_test.go")
}

// outside is the registry's answer, remembered.
func (b *builder) outside(fn *types.Func) (registry.Entry, bool) {
	if fn.Pkg() == nil || fn.Pkg() == b.pkg.SSA.Pkg {
		return registry.Entry{}, false
	}
	fn = fn.Origin()
	e, ok := b.external[fn]
	if !ok {
		if entry, found := registry.Blocking(fn); found && entry.Kind != registry.Lock {
			e = &entry
		}
		b.external[fn] = e
	}
	if e == nil {
		return registry.Entry{}, false
	}
	return *e, true
}

// handlerName reports whether an interface is one that users of a package
// implement to be told of events. Interfaces of other names are mostly parts of
// the program, whose methods are as quick as any call.
func handlerName(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() == "net" {
		return false // a net.Listener listens to the network
	}
	name := strings.ToLower(named.Obj().Name())
	for _, word := range [...]string{"handler", "listener", "observer", "callback", "subscriber", "delegate", "hook"} {
		if strings.HasSuffix(name, word) || strings.HasSuffix(name, word+"s") {
			return true
		}
	}
	return false
}

// Private reports whether a lock belongs to an object that its function has made
// and not shared by some instruction: nobody can be waiting for it there.
func (h Holding) Private(at ssa.Instruction) bool { return fresh(h.Ref, at) }
