package summary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A StartKind says how a function comes to run.
type StartKind int8

const (
	FromInside  StartKind = iota // by nothing the package shows: main, init, unused code
	FromOutside                  // importers call it, or it is a method that interfaces reach
	FromValue                    // somebody calls it through a function value
	FromGo                       // a go statement starts it
)

// A Start is a function at which a goroutine enters the package.
type Start struct {
	Fn   *ssa.Function
	Kind StartKind
	// Often is set when two goroutines may be in it at the same time.
	Often bool
}

// starts is the package's call graph from the callee's side.
type starts struct {
	callers map[*ssa.Function][]*ssa.Function
	spawns  map[*ssa.Function][]*ssa.Go
	values  map[*ssa.Function]bool
	memo    map[*ssa.Function][]Start
	main    bool
}

func (b *builder) starts() *starts {
	s := &starts{
		callers: make(map[*ssa.Function][]*ssa.Function),
		spawns:  make(map[*ssa.Function][]*ssa.Go),
		values:  make(map[*ssa.Function]bool),
		memo:    make(map[*ssa.Function][]Start),
		main:    b.pkg.SSA.Pkg.Name() == "main",
	}
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				b.addStarts(s, fn, in)
			}
		}
	}
	return s
}

// addStarts adds what one instruction calls, spawns or uses as a value.
func (b *builder) addStarts(s *starts, fn *ssa.Function, in ssa.Instruction) {
	atOnce := make(map[ssa.Value]bool)
	if call, ok := in.(ssa.CallInstruction); ok {
		c := call.Common()
		atOnce[c.Value] = true
		b.runsNow(s, fn, c, atOnce)
		spawn, isGo := in.(*ssa.Go)
		for _, cal := range b.callees(c) {
			switch {
			case cal.fn == nil:
			case isGo:
				s.spawns[cal.fn] = append(s.spawns[cal.fn], spawn)
			default:
				s.callers[cal.fn] = append(s.callers[cal.fn], fn)
			}
		}
	}
	for _, op := range in.Operands(nil) {
		switch v := (*op).(type) {
		case *ssa.Function, *ssa.MakeClosure:
			if !atOnce[v] {
				b.addValue(s, v)
			}
		}
	}
}

// runsNow gives the functions that a call runs before it returns, because its
// callee calls what it is given, the calling function for a caller.
func (b *builder) runsNow(s *starts, fn *ssa.Function, c *ssa.CallCommon, atOnce map[ssa.Value]bool) {
	run := func(arg ssa.Value) {
		for _, cal := range b.funcs(arg, nil, true, depth) {
			if cal.fn != nil {
				s.callers[cal.fn] = append(s.callers[cal.fn], fn)
				atOnce[arg] = true
			}
		}
	}
	for _, arg := range calledArgs(c) {
		run(arg)
	}
	for _, cal := range b.callees(c) {
		sum := b.summaryOf(cal)
		if sum == nil {
			continue
		}
		for _, pc := range sum.ParamCalls {
			if i := slices.Index(sum.Params, pc.Param); i >= 0 && i < len(cal.args) {
				run(cal.args[i])
			}
		}
	}
}

// addValue marks a function that is used as a value.
func (b *builder) addValue(s *starts, v ssa.Value) {
	if mc, ok := v.(*ssa.MakeClosure); ok && !escapes(mc) {
		return
	}
	for _, cal := range b.funcs(v, nil, true, depth) {
		if cal.fn != nil {
			s.values[cal.fn] = true
		}
	}
}

// of returns where the goroutines that run fn may have entered the package.
func (s *starts) of(fn *ssa.Function) []Start {
	if list, ok := s.memo[fn]; ok {
		return list
	}
	var list []Start
	seen := map[*ssa.Function]bool{fn: true}
	for queue := []*ssa.Function{fn}; len(queue) > 0; queue = queue[1:] {
		f := queue[0]
		if st, ok := s.start(f); ok {
			list = append(list, st...)
		}
		for _, up := range s.callers[f] {
			if !seen[up] {
				seen[up] = true
				queue = append(queue, up)
			}
		}
	}
	s.memo[fn] = list
	return list
}

// start tells how fn itself may be entered.
func (s *starts) start(fn *ssa.Function) (list []Start, ok bool) {
	if gos := s.spawns[fn]; len(gos) > 0 {
		often := len(gos) > 1 || inLoop(gos[0].Block()) || slices.ContainsFunc(gos, func(g *ssa.Go) bool { return s.often(g.Parent()) })
		list = append(list, Start{fn, FromGo, often})
	}
	if s.values[fn] {
		list = append(list, Start{fn, FromValue, true})
	}
	if s.outside(fn) {
		list = append(list, Start{fn, FromOutside, true})
	}
	if len(list) == 0 && len(s.callers[fn]) == 0 {
		list = append(list, Start{fn, FromInside, false})
	}
	return list, len(list) > 0
}

// often reports whether a function that spawns runs more than once: it can be
// called from outside, or stands in a loop of its caller.
func (s *starts) often(fn *ssa.Function) bool {
	for range depth {
		if s.outside(fn) || s.values[fn] || len(s.callers[fn]) > 1 {
			return true
		}
		if gos := s.spawns[fn]; len(gos) == 1 {
			if inLoop(gos[0].Block()) {
				return true
			}
			fn = gos[0].Parent()
			continue
		}
		if len(s.callers[fn]) == 0 {
			return false
		}
		fn = s.callers[fn][0]
	}
	return false
}

// outside reports whether callers that the package does not show may exist: fn
// is exported, or a method that nothing calls by name. A program's own main
// package has no importers.
func (s *starts) outside(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return false
	}
	method := obj.Signature().Recv() != nil
	if method && len(s.callers[fn]) == 0 && len(s.spawns[fn]) == 0 {
		return true
	}
	return obj.Exported() && !s.main
}

func inLoop(blk *ssa.BasicBlock) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := slices.Clone(blk.Succs)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == blk {
			return true
		}
		if !seen[b] {
			seen[b] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

// Together reports whether two functions may run at the same time in two
// goroutines: entered at two starts, or twice at one. It is certain when both
// starts are calls from outside or go statements.
func (r *Result) Together(f, g *ssa.Function) (may, certain bool) {
	for _, a := range r.starts.of(f) {
		for _, b := range r.starts.of(g) {
			if a.Fn == b.Fn && !a.Often || a.Kind == FromInside && b.Kind == FromInside {
				continue
			}
			may = true
			if a.Kind != FromValue && b.Kind != FromValue {
				certain = true
			}
		}
	}
	return may, certain
}

// entryGates computes what every caller of each function holds around it.
// Functions that are entered from anywhere else have none.
func (b *builder) entryGates(s *starts) map[*ssa.Function][]Gate {
	gates := make(map[*ssa.Function][]Gate)
	open := func(fn *ssa.Function) bool {
		return len(s.callers[fn]) == 0 || len(s.spawns[fn]) > 0 || s.values[fn] || s.outside(fn)
	}
	// From above: a function not yet reached has every gate, which only shrinks.
	var queue []*ssa.Function
	for _, fn := range b.pkg.Funcs {
		if open(fn) {
			gates[fn] = nil
			queue = append(queue, fn)
		}
	}
	callees := make(map[*ssa.Function][]*ssa.Function)
	for fn, ups := range s.callers {
		for _, up := range ups {
			callees[up] = append(callees[up], fn)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		up := queue[0]
		for _, fn := range callees[up] {
			if open(fn) {
				continue
			}
			held := slices.Clone(gates[up])
			if f := b.done[up]; f != nil {
				for _, g := range f.around[fn] {
					if !slices.Contains(held, g) {
						held = append(held, g)
					}
				}
			}
			old, reached := gates[fn]
			if reached {
				held = common(slices.Clone(old), held)
				if len(held) == len(old) {
					continue
				}
			}
			gates[fn] = held
			queue = append(queue, fn)
		}
	}
	return gates
}
