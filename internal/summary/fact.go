package summary

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// factVersion changes with the meaning of the fields below. A fact of another
// version is no fact.
const factVersion = 2

// A Fact is what importers learn about a package: the summaries of the
// functions that do something to a lock they can name. Sites and trails stay
// behind, since their positions mean nothing elsewhere.
type Fact struct {
	Version int
	Funcs   []funcFact // sorted by Name
}

// AFact implements analysis.Fact.
func (*Fact) AFact() {}

func (f *Fact) String() string {
	var names []string
	for _, fn := range f.Funcs {
		names = append(names, fn.Name)
	}
	return "locks(" + strings.Join(names, ", ") + ")"
}

type funcFact struct {
	Name       string // types.Func.FullName of the origin
	Params     int
	Outcomes   []outcomeFact
	Acquires   []acquireFact
	ParamCalls []paramCallFact
	Incomplete bool
}

// A refFact is a Ref rooted at a parameter, or at a package-level variable when
// Param is -1. Param is -2 when it has no name outside its function.
type refFact struct {
	Param  int
	Global string // "path.name"
	Sel    string
}

type deltaFact struct {
	Ref  refFact
	Mode Mode
	Held bool
}

type condFact struct {
	Param  int
	Suffix string
	Holds  bool
}

type outcomeFact struct {
	Deltas  []deltaFact
	Results []ResultFact
	Conds   []condFact
}

type acquireFact struct {
	Ref     refFact
	Class   string
	Retaken bool
	Without []string
	Mode    Mode
	Conds   []condFact
	Certain bool
	Chain   []string // the functions on the way to the Lock
}

type paramCallFact struct {
	Param int
	Held  []deltaFact
}

// export builds the package's fact, or nil when importers have nothing to
// learn.
func (b *builder) export() *Fact {
	fact := &Fact{Version: factVersion}
	for _, fn := range b.pkg.Funcs {
		f := b.done[fn]
		obj, ok := fn.Object().(*types.Func)
		if f == nil || !ok {
			continue
		}
		if ff := exportFunc(f); ff != nil {
			ff.Name = obj.FullName()
			fact.Funcs = append(fact.Funcs, *ff)
		}
	}
	if len(fact.Funcs) == 0 {
		return nil
	}
	slices.SortFunc(fact.Funcs, func(x, y funcFact) int { return cmp.Compare(x.Name, y.Name) })
	return fact
}

func exportFunc(f *Func) *funcFact {
	e := exporter{f.Params}
	ff := &funcFact{Params: len(f.Params), Incomplete: f.Incomplete}
	effect := len(f.Outcomes) == 0 && !f.Incomplete // never returns
	for _, a := range f.Acquires {
		ref, named := e.ref(a.Ref)
		if conds, ok := e.conds(a.Conds); ok && (named || a.Class != "") {
			ff.Acquires = append(ff.Acquires, acquireFact{ref, a.Class, a.Retaken, a.Without, a.Mode, conds, a.Certain, a.Chain()})
			effect = true
		}
	}
	for _, o := range f.Outcomes {
		of := outcomeFact{Results: o.Results}
		for _, d := range o.Deltas {
			if ref, ok := e.ref(d.Ref); ok {
				of.Deltas = append(of.Deltas, deltaFact{ref, d.Mode, d.Held})
				effect = true
			}
		}
		of.Conds, _ = e.conds(o.Conds)
		ff.Outcomes = append(ff.Outcomes, of)
	}
	for _, pc := range f.ParamCalls {
		pf := paramCallFact{Param: slices.Index(f.Params, pc.Param)}
		for _, d := range pc.Held {
			if ref, ok := e.ref(d.Ref); ok {
				pf.Held = append(pf.Held, deltaFact{ref, d.Mode, d.Held})
			}
		}
		if len(pf.Held) > 0 {
			ff.ParamCalls = append(ff.ParamCalls, pf)
			effect = true
		}
	}
	if !effect {
		return nil
	}
	return ff
}

type exporter struct{ params []*ssa.Parameter }

func (e exporter) ref(r Ref) (refFact, bool) {
	switch base := r.Base.(type) {
	case *ssa.Parameter:
		if i := slices.Index(e.params, base); i >= 0 {
			return named(refFact{Param: i, Sel: r.Sel})
		}
	case *ssa.Global:
		return named(refFact{Param: -1, Global: valueName(base), Sel: r.Sel})
	}
	return refFact{Param: -2}, false
}

// named drops the name of an element that only its function can tell apart.
func named(r refFact) (refFact, bool) {
	if strings.Contains(r.Sel, "@") {
		return refFact{Param: -2}, false
	}
	return r, true
}

func (e exporter) conds(conds []Cond) (out []condFact, all bool) {
	for _, c := range conds {
		i := slices.Index(e.params, asParam(c.Value))
		if i < 0 {
			return out, false
		}
		out = append(out, condFact{i, c.Suffix, c.Holds})
	}
	return out, true
}

// Chain names the functions between a call and the Lock behind it.
func (a *Acquire) Chain() []string {
	var names []string
	for ; a != nil; a = a.Via {
		if a.Callee != nil {
			names = append(names, a.Callee.Name())
		} else if a.Far != nil {
			names = append(names, a.Far...)
		}
	}
	return names
}

// Doubts counts the functions on the way to a Lock that may also return without
// going further.
func (a *Acquire) Doubts() int {
	n := 0
	for ; a != nil; a = a.Via {
		if a.Site != nil && !always(a.Site) {
			n++
		}
	}
	return n
}

// always reports whether every way to return from its function passes an
// instruction.
func always(in ssa.Instruction) bool {
	for _, b := range in.Parent().Blocks {
		if _, returns := b.Instrs[len(b.Instrs)-1].(*ssa.Return); returns && !in.Block().Dominates(b) {
			return false
		}
	}
	return true
}

// imported returns the summary of a function of another package of the module,
// or nil.
func (b *builder) imported(obj *types.Func) *Func {
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == b.pkg.SSA.Pkg {
		return nil
	}
	funcs, ok := b.far[obj.Pkg()]
	if !ok {
		var fact Fact
		if b.pass.ImportPackageFact(obj.Pkg(), &fact) && fact.Version == factVersion {
			funcs = make(map[string]*Func, len(fact.Funcs))
			for i := range fact.Funcs {
				funcs[fact.Funcs[i].Name] = b.importFunc(&fact.Funcs[i])
			}
		}
		b.far[obj.Pkg()] = funcs
	}
	if len(funcs) == 0 {
		return nil
	}
	return funcs[obj.Origin().FullName()]
}

func (b *builder) importFunc(ff *funcFact) *Func {
	f := &Func{Incomplete: ff.Incomplete}
	for range ff.Params {
		f.Params = append(f.Params, new(ssa.Parameter)) // an identity, nothing more
	}
	conds := func(in []condFact) (out []Cond) {
		for _, c := range in {
			if c.Param < 0 || c.Param >= len(f.Params) {
				continue
			}
			out = append(out, Cond{f.Params[c.Param], c.Suffix, c.Holds})
		}
		return out
	}
	deltas := func(in []deltaFact) (out []Delta) {
		for _, d := range in {
			if ref := b.importRef(f, d.Ref); ref.Known() {
				out = append(out, Delta{ref, d.Mode, d.Held})
			}
		}
		return out
	}
	for _, o := range ff.Outcomes {
		f.Outcomes = append(f.Outcomes, Outcome{deltas(o.Deltas), o.Results, conds(o.Conds)})
	}
	for _, a := range ff.Acquires {
		ref := b.importRef(f, a.Ref)
		if !ref.Known() && a.Class == "" {
			continue
		}
		far := a.Chain
		if far == nil {
			far = []string{}
		}
		f.Acquires = append(f.Acquires, &Acquire{
			Ref: ref, Class: a.Class, Mode: a.Mode, Conds: conds(a.Conds), Retaken: a.Retaken, Without: a.Without, Certain: a.Certain, Far: far,
		})
	}
	for _, pc := range ff.ParamCalls {
		if pc.Param < 0 || pc.Param >= len(f.Params) {
			continue
		}
		f.ParamCalls = append(f.ParamCalls, ParamCall{Param: f.Params[pc.Param], Held: deltas(pc.Held)})
	}
	return f
}

func (b *builder) importRef(f *Func, r refFact) Ref {
	switch {
	case r.Param < -1:
		return Ref{}
	case r.Param >= 0:
		if r.Param >= len(f.Params) {
			return Ref{}
		}
		return Ref{f.Params[r.Param], r.Sel}
	}
	i := strings.LastIndex(r.Global, ".")
	if i < 0 {
		return Ref{}
	}
	if pkg := b.pkg.SSA.Prog.ImportedPackage(r.Global[:i]); pkg != nil {
		if g := pkg.Var(r.Global[i+1:]); g != nil {
			return Ref{g, r.Sel}
		}
	}
	return Ref{}
}
