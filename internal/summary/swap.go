package summary

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Swap is a function that locks two of its parameters one after the other, and
// that is called with the same two objects in both orders.
type Swap struct {
	Order
	One, Two ssa.CallInstruction // in source order
	Certain  bool
}

// Swaps returns the swaps of the package. A function that itself locks in both
// orders chooses between them, by address or by name, and is left alone.
func (r *Result) Swaps() []Swap {
	var found []Swap
	for _, f := range r.Funcs {
		for _, p := range f.Pairs {
			i, j := slices.Index(f.Params, asParam(p.Held.Ref.Base)), slices.Index(f.Params, asParam(p.Then.Ref.Base))
			if p.Held.Class != p.Then.Class || i < 0 || j < 0 || f.mirrors(p) {
				continue
			}
			if s, ok := r.swap(Order{f, p}, i, j); ok {
				found = append(found, s)
			}
		}
	}
	return found
}

// mirrors reports whether a function has a pair with the roles exchanged.
func (f *Func) mirrors(p Pair) bool {
	return slices.ContainsFunc(f.Pairs, func(q Pair) bool { return q.Held.Ref == p.Then.Ref && q.Then.Ref == p.Held.Ref })
}

// swap looks for two calls that give parameters i and j the same two objects,
// exchanged, and that may run at the same time.
func (r *Result) swap(o Order, i, j int) (Swap, bool) {
	sites := r.starts.sites[o.Func.Fn]
	for k, one := range sites {
		for _, two := range sites[k+1:] {
			if n := max(i, j); n >= len(one.args) || n >= len(two.args) {
				continue
			}
			a, b := RefOf(one.args[i]), RefOf(one.args[j])
			if !a.Known() || !b.Known() || a == b || a != RefOf(two.args[j]) || b != RefOf(two.args[i]) {
				continue
			}
			may, certain := r.Together(one.call.Parent(), two.call.Parent())
			if spawned(one.call) || spawned(two.call) {
				may, certain = true, true
			}
			if may {
				return Swap{Order: o, One: one.call, Two: two.call, Certain: certain && o.Then.Certain && conflict(o.Held.Mode, o.Then.Mode)}, true
			}
		}
	}
	return Swap{}, false
}

func spawned(call ssa.CallInstruction) bool {
	_, ok := call.(*ssa.Go)
	return ok
}
