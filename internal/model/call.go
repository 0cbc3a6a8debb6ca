package model

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// operands evaluates the function and the arguments of a call. The receiver of
// an interface call is the first argument, and its function is unknown.
func (m *machine) operands(s *state, f *frame, call *ssa.CallCommon) (value, []value) {
	var args []value
	var fn value
	if call.IsInvoke() {
		args = append(args, m.eval(s, f, call.Value))
	} else if _, ok := call.Value.(*ssa.Builtin); !ok {
		fn = m.eval(s, f, call.Value)
	}
	for _, a := range call.Args {
		args = append(args, m.eval(s, f, a))
	}
	return fn, args
}

// call performs a call or a deferred call. The program counter stands behind
// it already; for a deferred call it stays at the RunDefers instruction.
//
// A function of the package is interpreted when it gets something that the entry
// made. All other calls are opaque: they return something new, and what they are
// given has escaped. That includes recursion beyond one level, and calls deeper
// than maxFrames.
func (m *machine) call(s *state, g *gor, instr ssa.CallInstruction, fn value, args []value, isDeferred bool) {
	f := g.top()
	common := instr.Common()
	var result ssa.Value
	if v, ok := instr.(*ssa.Call); ok && !isDeferred {
		result = v
		f.bind(v, value{})
	}
	set := func(v value) {
		if result != nil {
			f.bind(result, v)
		}
	}
	switch {
	case common.IsInvoke():
		set(m.invoke(s, common, args))
		return
	case fn.kind == none: // a builtin
		set(m.builtin(s, common, args))
		return
	case fn.kind == cancel:
		s.mut(fn.n).ended = true
		return
	}
	if fn.kind == function {
		if model := libraryModel(fn.fn); model != nil {
			set(model(m, s, g, instr, args))
			return
		}
		if body := m.body(fn); body != nil && len(g.frames) < maxFrames && !recursive(g, body) && m.matters(s, fn, common, args) {
			m.push(g, body, fn.elems, args, result, instr, isDeferred)
			return
		}
		if fn.fn.Pkg != nil && retainsNothing(fn.fn) {
			return
		}
	}
	m.escape(s, fn, nil)
	m.escapeArgs(s, common.Signature(), args, false)
}

// body returns the function whose instructions stand for a call of fn, or nil.
func (m *machine) body(v value) *ssa.Function {
	fn := v.fn
	if fn.Blocks == nil && fn.Origin() != nil {
		fn = fn.Origin()
	}
	if fn.Blocks == nil {
		return nil
	}
	return fn
}

func recursive(g *gor, fn *ssa.Function) bool {
	n := 0
	for i := range g.frames {
		if g.frames[i].info.fn == fn {
			n++
		}
	}
	return n > 1
}

func (m *machine) push(g *gor, fn *ssa.Function, free, args []value, result ssa.Value, site ssa.Instruction, stay bool) {
	caller := g.top()
	info := m.info(fn)
	f := frame{
		id:     m.frameID(caller.id, site, caller.visit(site.Block())),
		info:   info,
		block:  fn.Blocks[0],
		visits: make([]uint8, info.cycles),
		result: result,
		stay:   stay,
	}
	f.receive(fn, free, args)
	g.frames = append(g.frames, f)
}

// receive binds the parameters and free variables.
func (f *frame) receive(fn *ssa.Function, free, args []value) {
	for i, p := range fn.Params {
		if i < len(args) {
			f.bind(p, args[i])
		}
	}
	for i, v := range fn.FreeVars {
		if i < len(free) {
			f.bind(v, free[i])
		}
	}
}

// A frameKey names an activation by the call that made it.
type frameKey struct {
	parent int
	site   ssa.Instruction
	visit  int
}

func (m *machine) frameID(parent int, site ssa.Instruction, visit int) int {
	k := frameKey{parent, site, visit}
	id, ok := m.frames[k]
	if !ok {
		id = len(m.frames) + 1
		m.frames[k] = id
	}
	return id
}

// ret returns from the innermost activation.
func (m *machine) ret(s *state, g *gor, instr *ssa.Return) {
	f := g.top()
	var v value
	switch len(instr.Results) {
	case 0:
	case 1:
		v = m.eval(s, f, instr.Results[0])
	default:
		v = value{kind: aggregate}
		for _, r := range instr.Results {
			v.elems = append(v.elems, m.eval(s, f, r))
		}
	}
	if len(g.frames) == 1 {
		s.event(Event{Gor: g.id, Kind: Return, Instr: instr})
		results := g.top().info.fn.Signature.Results()
		if results.Len() == 1 {
			m.escape(s, v, results.At(0).Type())
		}
		for i, e := range v.elems {
			if v.kind == aggregate && i < results.Len() {
				m.escape(s, e, results.At(i).Type())
			}
		}
		m.finish(s, g, v)
		return
	}
	result := f.result
	g.frames = g.frames[:len(g.frames)-1]
	if result != nil {
		g.top().bind(result, v)
	}
}

// finish ends a goroutine that returns v. An errgroup's context ends with the
// first error; whether an unknown result is one is open, so it may end.
func (m *machine) finish(s *state, g *gor, v value) {
	g.status = finished
	g.frames = nil
	if g.group.kind == pointer {
		m.add(s, g.group, integer(-1))
	}
	if g.ctx > 0 && v.kind != nilValue {
		if o := s.mut(g.ctx - 1); v.present() {
			o.ended = true
		} else {
			o.fires = true
		}
	}
}

// spawn starts a goroutine, which runs to its first visible operation before
// anything else happens. Group, if it is a pointer, counts the goroutine; ctx is
// 1 + the context that an error of the goroutine ends, or 0.
//
// A goroutine that gets nothing of the entry's is left out: it cannot serve
// anybody in sight.
func (m *machine) spawn(s *state, g *gor, site ssa.CallInstruction, fn value, args []value, group value, ctx int) {
	f := g.top()
	common := site.Common()
	if fn.kind == function && libraryModel(fn.fn) == nil {
		if body := m.body(fn); body != nil && (m.matters(s, fn, common, args) || group.kind == pointer) {
			if len(s.gors) >= maxGoroutines {
				m.truncated = true
				g.status = cut
				return
			}
			info := m.info(body)
			n := &gor{owner: s.token, id: len(s.gors), start: site, group: group, ctx: ctx}
			n.frames = []frame{{
				id:     m.frameID(f.id, site, f.visit(site.Block())),
				info:   info,
				block:  body.Blocks[0],
				visits: make([]uint8, info.cycles),
			}}
			n.frames[0].receive(body, fn.elems, args)
			s.gors = append(s.gors, n)
			s.event(Event{Gor: g.id, Kind: Start, Instr: site, Arm: n.id})
			return
		}
	}
	if group.kind == pointer {
		s.mut(group.n).escaped = true // nobody in sight will count it down
	}
	if common.IsInvoke() || fn.kind == function && !m.sees(s, fn) {
		m.escapeArgs(s, common.Signature(), args, common.IsInvoke())
		return
	}
	m.escape(s, fn, nil)
	m.escapeArgs(s, common.Signature(), args, false)
}

// invoke calls an interface method. Contexts are the interfaces that are known.
func (m *machine) invoke(s *state, call *ssa.CallCommon, args []value) value {
	if args[0].kind == context {
		if call.Method.Name() == "Done" {
			return value{kind: done, n: args[0].n}
		}
		return value{}
	}
	m.escapeArgs(s, call.Signature(), args, true)
	return value{}
}

func (m *machine) builtin(s *state, call *ssa.CallCommon, args []value) value {
	switch call.Value.(*ssa.Builtin).Name() {
	case "close":
		// A visible close does not come here; this one is out of sight.
	case "len":
		return m.length(s, args[0])
	case "cap":
		if args[0].kind == channel {
			return s.heap[args[0].n].size
		}
	case "append", "copy":
		for _, a := range args {
			m.escape(s, a, nil)
		}
	case "recover":
		return value{kind: nilValue}
	}
	return value{}
}

// matters reports whether a call has to be followed: the function is a closure
// over something that the entry made, or is handed something that may hold it.
func (m *machine) matters(s *state, fn value, call *ssa.CallCommon, args []value) bool {
	if m.seesAny(s, fn.elems) {
		return true
	}
	for i, a := range args {
		if i < len(call.Args) && carries(call.Args[i].Type()) && m.sees(s, a) {
			return true
		}
	}
	return false
}

// sees reports whether a value leads to something that the entry made.
func (m *machine) sees(s *state, v value) bool {
	switch v.kind {
	case pointer, channel, done, cancel:
		return true
	case function:
		if v.fn.Blocks == nil {
			return false
		}
	}
	return m.seesAny(s, v.elems)
}

func (m *machine) seesAny(s *state, vs []value) bool {
	for _, v := range vs {
		if m.sees(s, v) {
			return true
		}
	}
	return false
}

// escapeArgs hands arguments to code that is not explored. The parameter types
// say what it may do with a channel.
func (m *machine) escapeArgs(s *state, sig *types.Signature, args []value, invoke bool) {
	offset := 0
	if invoke || sig.Recv() != nil && len(args) > sig.Params().Len() {
		m.escape(s, args[0], nil)
		offset = 1
	}
	for i, a := range args[offset:] {
		var t types.Type
		if i < sig.Params().Len() {
			t = sig.Params().At(i).Type()
		}
		m.escape(s, a, t)
	}
}

// escape marks everything that v leads to as shared with code that is not
// explored; t is the static type under which that code sees v, or nil. Escaping
// is for good, and it is what keeps the model honest: whoever waits for an
// escaped object can always be served.
//
// Two things stay in sight because they take nothing away: a channel under a
// send-only type, and a channel that a function literal only sends on. Values
// may arrive on it from outside then, which fed records.
func (m *machine) escape(s *state, v value, t types.Type) {
	switch v.kind {
	case pointer, channel, context:
		o := s.heap[v.n]
		if o.escaped {
			return
		}
		if v.kind == context {
			return // others can only watch it
		}
		if v.kind == channel && t != nil {
			if c, ok := t.Underlying().(*types.Chan); ok && c.Dir() == types.SendOnly {
				s.mut(v.n).fed = true
				return
			}
		}
		s.mut(v.n).escaped = true
		m.escape(s, o.val, nil)
		for _, b := range o.buf {
			m.escape(s, b, nil)
		}
	case cancel:
		s.mut(v.n).fires = true
	case function:
		for i, e := range v.elems {
			if ch := m.content(s, e); ch.kind == channel && i < len(v.fn.FreeVars) && onlySends(v.fn.FreeVars[i]) {
				s.mut(ch.n).fed = true
				continue
			}
			m.escape(s, e, nil)
		}
	case aggregate:
		for _, e := range v.elems {
			m.escape(s, e, nil)
		}
	}
}

// content returns what a captured variable holds.
func (m *machine) content(s *state, v value) value {
	if v.kind != pointer || s.heap[v.n].escaped {
		return v
	}
	return s.heap[v.n].val.at(v.path)
}

// onlySends reports whether a function literal does nothing with a captured
// channel variable but send on the channel. Whoever calls it takes nobody's
// sends away.
func onlySends(v *ssa.FreeVar) bool {
	for _, r := range *v.Referrers() {
		load, ok := r.(*ssa.UnOp)
		if !ok {
			return false
		}
		for _, use := range *load.Referrers() {
			switch use := use.(type) {
			case *ssa.Send:
				if use.X == load {
					return false
				}
			case *ssa.Select:
				for _, st := range use.States {
					if st.Chan == load && st.Dir != types.SendOnly || st.Send == load {
						return false
					}
				}
			default:
				return false
			}
		}
	}
	return true
}
