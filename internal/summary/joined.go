package summary

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// joins knows which functions signal the end of something, and where others
// wait for it: close of a channel and a receive from it, Done and Wait of a
// WaitGroup, each told apart by class as locks are.
type joins struct {
	signals map[string][]*ssa.Function
	waits   map[*ssa.Function][]wait
}

type wait struct {
	at    ssa.Instruction
	class string
}

func (b *builder) joins() *joins {
	j := &joins{signals: make(map[string][]*ssa.Function), waits: make(map[*ssa.Function][]wait)}
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				j.add(b, fn, in)
			}
		}
	}
	return j
}

func (j *joins) add(b *builder, fn *ssa.Function, in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			j.wait(b, fn, in, in.X)
		}
	case ssa.CallInstruction:
		c := in.Common()
		if bi, ok := c.Value.(*ssa.Builtin); ok && bi.Name() == "close" {
			j.signal(b, fn, c.Args[0])
			return
		}
		callee := c.StaticCallee()
		if callee == nil || len(c.Args) == 0 {
			return
		}
		obj, ok := callee.Object().(*types.Func)
		if !ok {
			return
		}
		switch obj.FullName() {
		case "(*sync.WaitGroup).Wait":
			if _, ok := in.(*ssa.Call); ok {
				j.wait(b, fn, in, c.Args[0])
			}
		case "(*sync.WaitGroup).Done":
			j.signal(b, fn, c.Args[0])
		}
	}
}

func (j *joins) wait(b *builder, fn *ssa.Function, in ssa.Instruction, v ssa.Value) {
	if c := b.class(RefOf(v)); c != "" {
		j.waits[fn] = append(j.waits[fn], wait{in, c})
	}
}

func (j *joins) signal(b *builder, fn *ssa.Function, v ssa.Value) {
	if c := b.class(RefOf(v)); c != "" && !slices.Contains(j.signals[c], fn) {
		j.signals[c] = append(j.signals[c], fn)
	}
}

// after reports whether one order comes only after the goroutines that take the
// other one have ended: its function waits, before it takes its first lock, for
// a signal that all of them give.
func (r *Result) after(one, two Order) bool {
	goroutines := r.starts.of(two.Func.Fn)
	if len(goroutines) == 0 || slices.ContainsFunc(goroutines, func(s Start) bool { return s.Kind != FromGo }) {
		return false
	}
	return slices.ContainsFunc(r.joins.waits[one.Func.Fn], func(w wait) bool {
		return precedes(w.at, one.Held.Site) && !slices.ContainsFunc(goroutines, func(s Start) bool { return !r.signals(s.Fn, w.class) })
	})
}

// signals reports whether a goroutine that starts at fn signals a class.
func (r *Result) signals(fn *ssa.Function, class string) bool {
	return slices.ContainsFunc(r.joins.signals[class], func(g *ssa.Function) bool {
		return slices.ContainsFunc(r.starts.of(g), func(s Start) bool { return s.Fn == fn })
	})
}

// precedes reports whether every path to one instruction runs another before.
func precedes(first, then ssa.Instruction) bool {
	a, b := first.Block(), then.Block()
	if a == nil || b == nil || a.Parent() != b.Parent() {
		return false
	}
	if a == b {
		return slices.Index(a.Instrs, first) < slices.Index(a.Instrs, then)
	}
	return a.Dominates(b)
}
