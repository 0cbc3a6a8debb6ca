package model

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A libModel stands for a library function: it acts on the state and returns
// the result, none for one that is not known.
type libModel func(m *machine, s *state, g *gor, site ssa.CallInstruction, args []value) value

// libraryModel returns the model of a library function, or nil.
func libraryModel(fn *ssa.Function) libModel {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil {
		return nil
	}
	switch obj.Pkg().Path() {
	case "sync":
		switch obj.FullName() {
		case "(*sync.WaitGroup).Add":
			return waitGroupAdd
		case "(*sync.WaitGroup).Done":
			return waitGroupDone
		case "(*sync.WaitGroup).Wait":
			return nothing
		case "(*sync.WaitGroup).Go":
			return groupGo
		case "(*sync.Once).Do":
			return onceDo
		}
	case "golang.org/x/sync/errgroup":
		switch obj.Name() {
		case "Go", "TryGo":
			return groupGo
		case "Wait", "SetLimit":
			return nothing
		case "WithContext":
			return groupWithContext
		}
	case "time":
		if obj.FullName() == "time.AfterFunc" {
			return afterFunc
		}
	case "context":
		switch obj.Name() {
		case "Background", "TODO", "WithoutCancel":
			return background
		case "WithCancel", "WithCancelCause":
			return withCancel
		case "WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause":
			return withDeadline
		case "WithValue":
			return withValue
		}
	case "os/signal":
		if obj.Name() == "NotifyContext" {
			return withDeadline
		}
	}
	return nil
}

func nothing(*machine, *state, *gor, ssa.CallInstruction, []value) value { return value{} }

func waitGroupAdd(m *machine, s *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	m.add(s, args[0], args[1])
	return value{}
}

func waitGroupDone(m *machine, s *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	m.add(s, args[0], integer(-1))
	return value{}
}

// add changes a counter. Adding a length that is not known yet keeps the sum
// symbolic until a loop over the same thing decides it.
func (m *machine) add(s *state, counter, n value) {
	counter = s.counter(counter)
	if counter.kind != pointer || s.heap[counter.n].escaped {
		return
	}
	v := s.heap[counter.n].val.at(counter.path)
	m.store(s, counter, m.binop(s, token.ADD, v, n))
}

// counter returns the pointer to a counter, which is made up for one that is
// out of sight.
func (s *state) counter(v value) value {
	if !v.symbolic() || v.n == 0 {
		return v
	}
	for _, o := range s.outer {
		if o.sym == v.n {
			return value{kind: pointer, n: o.object}
		}
	}
	n := s.alloc(object{val: integer(0)})
	s.outer = append(s.outer, outer{v.n, n})
	return value{kind: pointer, n: n}
}

// groupGo starts a goroutine that a WaitGroup or an errgroup counts. The error
// of a goroutine of an errgroup ends the group's context.
func groupGo(m *machine, s *state, g *gor, site ssa.CallInstruction, args []value) value {
	ctx, group := 0, s.counter(args[0])
	if group.kind == pointer {
		ctx = s.heap[group.n].inherit
	}
	m.add(s, group, integer(1))
	m.spawn(s, g, site, args[1], nil, group, ctx)
	return value{}
}

func groupWithContext(m *machine, s *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	ctx := m.derive(s, args[0], false)
	group := value{kind: pointer, n: s.alloc(object{val: integer(0), inherit: ctx.n + 1})}
	return value{kind: aggregate, elems: []value{group, ctx}}
}

func onceDo(m *machine, s *state, g *gor, site ssa.CallInstruction, args []value) value {
	if o := args[0]; o.kind == pointer && !s.heap[o.n].escaped {
		if n := m.resolve(s, s.heap[o.n].val.at(o.path)); n.kind == number && n.n > 0 {
			return value{}
		}
		m.add(s, o, integer(1))
	}
	if fn := args[1]; fn.kind == function && len(g.frames) < maxFrames {
		if body := m.body(fn); body != nil {
			_, stay := site.(*ssa.Defer)
			m.push(g, body, fn.elems, nil, nil, site, stay)
			return value{}
		}
	}
	m.escape(s, args[1], nil)
	return value{}
}

// afterFunc starts the function as a goroutine at once: time is not modelled.
// Neither is stopping the timer; whoever keeps it may do that at any time.
func afterFunc(m *machine, s *state, g *gor, site ssa.CallInstruction, args []value) value {
	if v := site.Value(); v != nil && len(*v.Referrers()) > 0 {
		m.escape(s, args[1], nil)
		return value{}
	}
	m.spawn(s, g, site, args[1], nil, value{}, 0)
	return value{}
}

func background(m *machine, s *state, _ *gor, _ ssa.CallInstruction, _ []value) value {
	return value{kind: context, n: s.alloc(object{kind: ctxObject})}
}

func withCancel(m *machine, s *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	ctx := m.derive(s, args[0], false)
	return value{kind: aggregate, elems: []value{ctx, {kind: cancel, n: ctx.n}}}
}

func withDeadline(m *machine, s *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	ctx := m.derive(s, args[0], true)
	return value{kind: aggregate, elems: []value{ctx, {kind: cancel, n: ctx.n}}}
}

func withValue(_ *machine, _ *state, _ *gor, _ ssa.CallInstruction, args []value) value {
	if args[0].kind == context {
		return args[0]
	}
	return value{}
}

// derive makes a context under parent. A parent out of sight may end.
func (m *machine) derive(s *state, parent value, fires bool) value {
	o := object{kind: ctxObject, fires: fires}
	if parent.kind == context {
		o.inherit = parent.n + 1
	} else {
		o.fires = true
	}
	return value{kind: context, n: s.alloc(o)}
}

// over reports whether a context's Done channel can be received from.
func (s *state) over(ctx int) bool {
	for {
		o := s.heap[ctx]
		if o.ended || o.fires {
			return true
		}
		if o.inherit == 0 {
			return false
		}
		ctx = o.inherit - 1
	}
}

// retainsNothing reports whether a function of the standard library only reads
// its arguments while it runs.
func retainsNothing(fn *ssa.Function) bool {
	switch fn.Pkg.Pkg.Path() {
	case "fmt", "log", "log/slog", "errors", "strings", "strconv", "bytes", "sort", "math", "unicode",
		"path", "path/filepath", "unsafe", "sync/atomic":
		return true
	}
	return false
}
