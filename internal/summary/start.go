package summary

import (
	"go/types"
	"slices"
	"strings"

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
	sites   map[*ssa.Function][]site // its calls, spawned or not
	spawns  map[*ssa.Function][]*ssa.Go
	values  map[*ssa.Function]bool
	tests   map[*ssa.Function]bool     // functions of test files
	runs    map[*ssa.Parameter]*ssa.Go // the parameters that are called; nil unless by a go statement
	memo    map[*ssa.Function][]Start
	main    bool
}

// A site is one call of a function with what its parameters are given.
type site struct {
	call ssa.CallInstruction
	args []ssa.Value
}

func (b *builder) starts() *starts {
	s := &starts{
		callers: make(map[*ssa.Function][]*ssa.Function),
		sites:   make(map[*ssa.Function][]site),
		spawns:  make(map[*ssa.Function][]*ssa.Go),
		values:  make(map[*ssa.Function]bool),
		tests:   make(map[*ssa.Function]bool),
		runs:    make(map[*ssa.Parameter]*ssa.Go),
		memo:    make(map[*ssa.Function][]Start),
		main:    b.pkg.SSA.Pkg.Name() == "main",
	}
	for _, fn := range b.pkg.Funcs {
		if strings.HasSuffix(b.pass.Fset.Position(fn.Pos()).Filename, "_test.go") {
			s.tests[fn] = true
		}
	}
	b.collectRuns(s)
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
//
// What test files do with the package says nothing about the program, which does
// it in other goroutines and under other locks.
func (b *builder) addStarts(s *starts, fn *ssa.Function, in ssa.Instruction) {
	if s.tests[fn] {
		if call, ok := in.(ssa.CallInstruction); !ok || !slices.ContainsFunc(b.callees(call.Common()), func(c callee) bool { return s.tests[c.fn] }) {
			return
		}
	}
	atOnce := make(map[ssa.Value]bool)
	if call, ok := in.(ssa.CallInstruction); ok {
		c := call.Common()
		atOnce[c.Value] = true
		b.runsNow(s, fn, call, atOnce)
		spawn, isGo := in.(*ssa.Go)
		for _, cal := range b.callees(c) {
			if cal.fn != nil {
				s.sites[cal.fn] = append(s.sites[cal.fn], site{call, cal.args})
			}
			switch {
			case cal.fn == nil:
			case isGo:
				s.spawns[cal.fn] = append(s.spawns[cal.fn], spawn)
			default:
				s.callers[cal.fn] = append(s.callers[cal.fn], fn)
			}
		}
	}
	switch in.(type) {
	case *ssa.DebugRef, *ssa.MakeClosure:
		return // what happens to the closure is said by its uses
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

// runsNow gives the functions that a call passes down to somebody who calls them
// the calling function for a caller, or the go statement that runs them.
func (b *builder) runsNow(s *starts, fn *ssa.Function, call ssa.CallInstruction, atOnce map[ssa.Value]bool) {
	run := func(arg ssa.Value, spawn *ssa.Go) {
		for _, cal := range b.funcs(arg, nil, true, depth) {
			if cal.fn == nil {
				continue
			}
			atOnce[arg] = true
			if spawn != nil {
				s.spawns[cal.fn] = append(s.spawns[cal.fn], spawn)
			} else {
				s.callers[cal.fn] = append(s.callers[cal.fn], fn)
			}
		}
	}
	spawn, _ := call.(*ssa.Go)
	for _, arg := range calledArgs(call.Common()) {
		run(arg, spawn)
	}
	for _, cal := range b.callees(call.Common()) {
		if cal.fn == nil {
			continue
		}
		for i, p := range cal.fn.Params {
			if g, ok := s.runs[p]; ok && i < len(cal.args) {
				if g == nil {
					g = spawn
				}
				run(cal.args[i], g)
			}
		}
	}
}

// collectRuns finds the parameters that are called: by their function, by a
// closure in it, or by a callee that they are passed on to; and the go statement
// that does it, if one does.
func (b *builder) collectRuns(s *starts) {
	spawned := make(map[*ssa.Function]*ssa.Go)
	b.eachCall(func(fn *ssa.Function, call ssa.CallInstruction) {
		if g, ok := call.(*ssa.Go); ok {
			for _, cal := range b.callees(g.Common()) {
				spawned[cal.fn] = g
			}
		}
	})
	note := func(v ssa.Value, fn *ssa.Function, g *ssa.Go) (changed bool) {
		r := RefOf(v)
		p := asParam(r.Base)
		if p == nil || r.Sel != "" {
			return false
		}
		for ; g == nil && fn != nil && fn != p.Parent(); fn = fn.Parent() {
			g = spawned[fn]
		}
		if old, ok := s.runs[p]; !ok || old == nil && g != nil {
			s.runs[p] = g
			return true
		}
		return false
	}
	for range depth { // as deep as functions are passed on
		changed := false
		b.eachCall(func(fn *ssa.Function, call ssa.CallInstruction) {
			spawn, _ := call.(*ssa.Go)
			c := call.Common()
			if _, ok := c.Value.Type().Underlying().(*types.Signature); ok && !c.IsInvoke() {
				changed = note(c.Value, fn, spawn) || changed
			}
			for _, cal := range b.callees(c) {
				if cal.fn == nil {
					continue
				}
				for i, p := range cal.fn.Params {
					if g, ok := s.runs[p]; ok && i < len(cal.args) {
						if g == nil {
							g = spawn
						}
						changed = note(cal.args[i], fn, g) || changed
					}
				}
			}
		})
		if !changed {
			return
		}
	}
}

func (b *builder) eachCall(do func(*ssa.Function, ssa.CallInstruction)) {
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				if call, ok := in.(ssa.CallInstruction); ok {
					do(fn, call)
				}
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
	if len(list) == 0 {
		list = append(list, Start{fn, FromValue, true}) // only called by itself
	}
	s.memo[fn] = list
	return list
}

// start tells how fn itself may be entered.
func (s *starts) start(fn *ssa.Function) (list []Start, ok bool) {
	if gos := s.spawns[fn]; len(gos) > 0 {
		often := len(gos) > 1 || sharedInLoop(gos[0])
		list = append(list, Start{fn, FromGo, often})
	}
	if s.values[fn] || s.dynamic(fn) {
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

// outside reports whether callers that the package does not show may exist: fn
// is exported. A method of an unexported type that the package itself calls is
// taken to be for the package, and so is everything in a main package.
func (s *starts) outside(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	if !ok || !obj.Exported() || s.tests[fn] {
		return false
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		return !s.main
	}
	if s.uncalled(fn) {
		return true // an interface of somebody else's reaches it
	}
	named, ok := types.Unalias(pointee(recv.Type())).(*types.Named)
	return !s.main && ok && named.Obj().Exported()
}

// dynamic reports whether fn is an unexported method that nothing calls by name:
// an interface or a table of the package reaches it.
func (s *starts) dynamic(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	return ok && !obj.Exported() && obj.Signature().Recv() != nil && s.uncalled(fn)
}

func (s *starts) uncalled(fn *ssa.Function) bool {
	return len(s.callers[fn]) == 0 && len(s.spawns[fn]) == 0
}

// sharedInLoop reports whether a go statement runs more than once and gives its
// goroutines an object in common. One goroutine for each object is not that.
func sharedInLoop(g *ssa.Go) bool {
	if !inLoop(g.Block()) {
		return false
	}
	given := g.Call.Args
	if mc, ok := g.Call.Value.(*ssa.MakeClosure); ok {
		given = append(slices.Clip(given), mc.Bindings...)
	}
	return slices.ContainsFunc(given, func(v ssa.Value) bool {
		in, ok := v.(ssa.Instruction)
		return pointerLike(v.Type()) && (!ok || !inLoop(in.Block()))
	})
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
//
// Two starts that each run once and lead to both functions are taken to be the
// loops of two objects, which each keep to themselves.
func (r *Result) Together(f, g *ssa.Function) (may, certain bool) {
	ofF, ofG := r.starts.of(f), r.starts.of(g)
	for _, a := range ofF {
		for _, b := range ofG {
			switch {
			case a.Fn == b.Fn && !a.Often:
			case a.Kind == FromInside && b.Kind == FromInside:
			case !a.Often && !b.Often && f != g && slices.Contains(ofG, a) && slices.Contains(ofF, b):
			default:
				may = true
				if a.Kind != FromValue && b.Kind != FromValue {
					certain = true
				}
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
				for _, g := range slices.Concat(f.around[fn], f.atEntry(b.class)) {
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

// given reports whether every caller of a function gives it a new object for a
// parameter.
func (s *starts) given(p *ssa.Parameter) bool {
	fn := p.Parent()
	if fn == nil || s.values[fn] || len(s.spawns[fn]) > 0 || s.outside(fn) || len(s.sites[fn]) == 0 {
		return false
	}
	i := slices.Index(fn.Params, p)
	return i >= 0 && !slices.ContainsFunc(s.sites[fn], func(c site) bool {
		return i >= len(c.args) || !made(RefOf(c.args[i]).Base, c.call, 3)
	})
}
