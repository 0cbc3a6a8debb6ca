package summary

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/registry"
	"github.com/asynclint/asynclint/internal/ssabuild"
)

// A Result holds the summaries of a package.
type Result struct {
	builder *builder
	Pkg     *ssabuild.Package
	// Funcs has an entry for every function that touches a lock, directly or
	// through what it calls, in source order.
	Funcs []*Func
	byFn  map[*ssa.Function]*Func
	// handed holds the functions that some caller takes over a lock from.
	handed map[*ssa.Function]bool
	called map[*ssa.Function]bool
	parked map[string]bool

	starts  *starts
	joins   *joins
	roles   roles
	gates   map[*ssa.Function][]Gate // what every caller holds
	writers map[string][]ssa.Instruction
	users   map[string]map[*ssa.Function]bool
}

// Passed reports whether some function releases a local lock that it has not
// taken: it is passed between goroutines, and holding it is no one path's doing.
func (r *Result) Passed(lock Ref) bool { return r.builder.passed[lock] }

// Parked reports whether a function of the package releases locks of a class
// when memory says that an earlier call has left one locked.
func (r *Result) Parked(class string) bool { return class != "" && r.parked[class] }

// Of returns the summary of a function, or nil.
func (r *Result) Of(fn *ssa.Function) *Func { return r.byFn[fn] }

// HandsOver reports whether some caller in the package releases a lock that fn
// returned with.
func (r *Result) HandsOver(fn *ssa.Function) bool { return r.handed[fn] }

// Called reports whether the package calls fn directly.
func (r *Result) Called(fn *ssa.Function) bool { return r.called[fn] }

// Analyzer computes a [Result] for a package, and a fact for its importers.
var Analyzer = &analysis.Analyzer{
	Name:       "asynclintsummary",
	Doc:        "summarise what each function does to locks",
	Run:        run,
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer},
	FactTypes:  []analysis.Fact{(*Fact)(nil)},
	ResultType: reflect.TypeFor[*Result](),
}

type builder struct {
	pass    *analysis.Pass
	pkg     *ssabuild.Package
	done    map[*ssa.Function]*Func
	impls   map[implKey][]*ssa.Function
	mutable map[*types.Var]bool
	fields  map[*types.Var][]fieldFunc
	far     map[*types.Package]map[string]*Func // imported summaries by name

	quiet    map[*ssa.Function]*Func // the waits of functions without locks
	ops      map[ssa.Instruction]*Op
	external map[*types.Func]*registry.Entry
	classes  map[Ref]string
	passed   map[Ref]bool // local locks released by who has not taken them
	// condLocks are the locks of condition variables in fields; see cond.go.
	condLocks map[*types.Var]string
}

func run(pass *analysis.Pass) (any, error) {
	b := &builder{
		pass:  pass,
		pkg:   pass.ResultOf[ssabuild.Analyzer].(*ssabuild.Package),
		done:  make(map[*ssa.Function]*Func),
		impls: make(map[implKey][]*ssa.Function),
		far:   make(map[*types.Package]map[string]*Func),

		quiet:    make(map[*ssa.Function]*Func),
		ops:      make(map[ssa.Instruction]*Op),
		external: make(map[*types.Func]*registry.Entry),

		classes: make(map[Ref]string),
		passed:  make(map[Ref]bool),
	}
	b.mutable = mutableFields(b.pkg.Funcs)
	b.collectFieldFuncs()
	b.collectCondLocks()
	for _, group := range b.order() {
		b.group(group)
	}
	if fact := b.export(); fact != nil {
		pass.ExportPackageFact(fact)
	}
	return b.result(), nil
}

// group summarises mutually recursive functions: first as if the calls among
// them had no effect, then once more with what was found, which is enough for
// a function that takes a lock it holds when it is called again.
func (b *builder) group(group []*ssa.Function) {
	for range 2 {
		for i := len(group) - 1; i >= 0; i-- {
			fn := group[i]
			if len(fn.Blocks) == 0 {
				continue
			}
			if !b.touchesLocks(fn) {
				b.scanWaits(fn)
				continue
			}
			b.done[fn] = b.walk(fn)
			if !ssabuild.IsTest(fn) { // a test has no callers that would ask
				b.done[fn].Writes = b.writes(fn)
			}
		}
		if len(group) == 1 && !b.callsItself(group[0]) {
			return
		}
	}
}

func (b *builder) callsItself(fn *ssa.Function) bool {
	for _, to := range b.edges(fn) {
		if to == fn {
			return true
		}
	}
	return false
}

// touchesLocks reports whether a walk of fn can find anything: it operates on a
// lock, calls something that does, or calls what it was given.
func (b *builder) touchesLocks(fn *ssa.Function) bool {
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			switch in := in.(type) {
			case ssa.CallInstruction:
				c := in.Common()
				if _, ok := lockMethod(c); ok {
					return true
				}
				if p := paramOf(c); p != nil && p.Parent() == fn {
					return true
				}
				for _, cal := range b.callees(c) {
					if b.summaryOf(cal) != nil {
						return true
					}
				}
				for _, a := range c.Args {
					if b.touchedValue(a) {
						return true
					}
				}
			case *ssa.MakeClosure:
				if b.touchedValue(in) {
					return true
				}
			}
		}
	}
	return false
}

func (b *builder) touchedValue(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.MakeClosure, *ssa.Function:
		for _, cal := range b.funcs(v, nil, true, depth) {
			if b.summaryOf(cal) != nil {
				return true
			}
			if _, ok := lockFunc(cal.obj); ok {
				return true
			}
		}
	}
	return false
}

// summaryOf returns what is known of a callee, or nil.
func (b *builder) summaryOf(c callee) *Func {
	if c.fn != nil {
		return b.done[c.fn]
	}
	return b.imported(c.obj)
}

// writes collects the fields that fn, and the functions with a summary that it
// calls, store to.
func (b *builder) writes(fn *ssa.Function) map[*types.Var]bool {
	var set map[*types.Var]bool
	add := func(f *types.Var) {
		if set == nil {
			set = make(map[*types.Var]bool)
		}
		set[f] = true
	}
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			switch in := in.(type) {
			case *ssa.Store:
				if f := storedField(in.Addr); f != nil {
					add(f)
				}
			case *ssa.Call:
				for _, cal := range b.callees(&in.Call) {
					if sum := b.summaryOf(cal); sum != nil {
						for f := range sum.Writes {
							add(f)
						}
					}
				}
			}
		}
	}
	return set
}

func (b *builder) result() *Result {
	r := &Result{builder: b, Pkg: b.pkg, byFn: b.done, handed: make(map[*ssa.Function]bool), called: make(map[*ssa.Function]bool), parked: make(map[string]bool)}
	for _, fn := range b.pkg.Funcs {
		if f := b.done[fn]; f != nil {
			r.Funcs = append(r.Funcs, f)
			for _, class := range f.parks() {
				r.parked[class] = true
			}
			for callee := range f.HandedOver {
				r.handed[callee] = true
			}
		}
		for _, to := range b.edges(fn) {
			r.called[to] = true
		}
	}
	r.starts = b.starts()
	r.joins = b.joins()
	r.roles = rolesIn(b.pkg.SSA.Pkg)
	r.gates = b.entryGates(r.starts)
	r.writers = b.writers()
	r.users = usersByClass(r.Funcs)
	return r
}
