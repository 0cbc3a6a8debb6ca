package summary

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// An Inversion is two locks that are taken in both orders, by functions that
// may run at the same time with no other lock to keep them apart.
type Inversion struct {
	// One and Two take them in opposite orders, One being earlier in the source.
	One, Two Order
	// Same is set when both act on the same two objects: package-level
	// variables, variables of one frame, or fields of one object.
	Same bool
	// Certain is set when, further, nothing on the way is a guess.
	Certain bool
	// Others are further pairs that share a function and a lock with this one.
	Others []Inversion
	// Writer is set when both sides only read one of the locks, so that a writer
	// has to come between them.
	Writer ssa.Instruction
}

// An Order is a pair of locks with the function that takes them so.
type Order struct {
	Func *Func
	Pair
}

// Writer returns the first place in the source that locks a class exclusively,
// in an object that others can have, while fn may run in another goroutine; or
// nil.
func (r *Result) Writer(class string, fn *ssa.Function) ssa.Instruction {
	for _, w := range r.writers[class] {
		if may, _ := r.Together(w.Parent(), fn); may {
			return w
		}
	}
	return nil
}

// Foreign reports whether code of other packages may write-lock a held lock: it
// came from a caller, or its field or variable is exported.
func (r *Result) Foreign(h Holding) bool {
	if h.Class == "" {
		return asParam(h.Ref.Base) != nil
	}
	name := h.Class[strings.LastIndexByte(h.Class, '.')+1:]
	return token.IsExported(name) && !r.starts.main
}

func (b *builder) writers() map[string][]ssa.Instruction {
	found := make(map[string][]ssa.Instruction)
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				call, ok := in.(ssa.CallInstruction)
				if !ok {
					continue
				}
				lc, ok := b.lockCallOf(call.Common())
				if !ok || lc.op != opLock || lc.mode != Write || fresh(lc.ref, in) {
					continue
				}
				if c := b.class(lc.ref); c != "" {
					found[c] = append(found[c], in)
				}
			}
		}
	}
	return found
}

// Inversions returns the inversions of the package, one for each two classes:
// the one that is most certain, then the one with the shortest way to it.
func (r *Result) Inversions() []Inversion {
	orders := make(map[[2]string][]Order)
	var keys [][2]string
	for _, f := range r.Funcs {
		for _, p := range f.Pairs {
			k := [2]string{p.Held.Class, p.Then.Class}
			if k[0] == k[1] || // see Swaps
				f.ReleasedLater[p.Held.Site] || f.ByOtherName(p.Held) || r.unshared(p.Held.Ref) || r.unshared(p.Then.Ref) {
				continue
			}
			if orders[k] == nil {
				keys = append(keys, k)
			}
			orders[k] = append(orders[k], Order{f, p})
		}
	}
	var found []Inversion
	for _, k := range keys {
		if k[0] > k[1] {
			continue // its mirror does both
		}
		if inv, ok := r.best(orders[k], orders[[2]string{k[1], k[0]}]); ok {
			found = append(found, inv)
		}
	}
	slices.SortStableFunc(found, func(a, b Inversion) int {
		return cmp.Or(-cmp.Compare(btoi(a.Certain), btoi(b.Certain)), cmp.Compare(where(a.One), where(b.One)))
	})
	return merge(found)
}

// merge puts inversions together that have a function and a lock in common: a
// function that takes its locks in an order of its own is one mistake, however
// many others it disagrees with.
func merge(all []Inversion) []Inversion {
	type hub struct {
		fn    *Func
		class string
	}
	var out []Inversion
	at := make(map[hub]int)
	for _, inv := range all {
		var hubs []hub
		for _, f := range []*Func{inv.One.Func, inv.Two.Func} {
			hubs = append(hubs, hub{f, inv.One.Held.Class}, hub{f, inv.One.Then.Class})
		}
		into := len(out)
		for _, h := range hubs {
			if i, ok := at[h]; ok {
				into = min(into, i)
			}
		}
		if into == len(out) {
			out = append(out, inv)
		} else {
			out[into].Others = append(out[into].Others, inv)
		}
		for _, h := range hubs {
			if _, ok := at[h]; !ok {
				at[h] = into
			}
		}
	}
	return out
}

// maxOrders bounds how many orders of one kind are compared with each other.
const maxOrders = 32

func (r *Result) best(ones, twos []Order) (best Inversion, ok bool) {
	for _, one := range ones[:min(len(ones), maxOrders)] {
		for _, two := range twos[:min(len(twos), maxOrders)] {
			inv, meets := r.meet(one, two)
			if meets && (!ok || better(inv, best)) {
				best, ok = inv, true
			}
		}
	}
	return best, ok
}

func better(a, b Inversion) bool {
	if a.Certain != b.Certain {
		return a.Certain
	}
	if a.Same != b.Same {
		return a.Same
	}
	steps := func(i Inversion) int { return i.One.steps() + i.Two.steps() }
	return steps(a) < steps(b)
}

// steps is how many calls lie between the two locks of an order.
func (o Order) steps() int {
	return len(o.Then.Chain()) + btoi(o.Held.Called) + 4*btoi(!o.Then.Certain)
}

// meet decides whether two opposite orders can stop each other. What a test does
// on purpose is not held against the program.
func (r *Result) meet(one, two Order) (Inversion, bool) {
	inv := Inversion{One: one, Two: two}
	if where(two) < where(one) {
		inv.One, inv.Two = two, one
	}
	if r.starts.tests[one.Func.Fn] != r.starts.tests[two.Func.Fn] || r.gated(one, two) || r.after(one, two) || r.after(two, one) || !sameRole(one.Held.Ref, two.Then.named()) || !sameRole(two.Held.Ref, one.Then.named()) {
		return inv, false
	}
	if _, certain := r.Together(one.Func.Fn, two.Func.Fn); !certain {
		return inv, false
	}
	inv.Same = sameObjects(one, two)
	if !inv.Same && (r.roles.many(one.Held.Class) || r.roles.many(one.Then.Class)) {
		return inv, false
	}
	inv.Certain = inv.Same && one.Then.Certain && two.Then.Certain
	if !conflict(one.Held.Mode, two.Then.Mode) || !conflict(one.Then.Mode, two.Held.Mode) {
		// Both sides only read one of the locks (or both): writers have to come in
		// between, which is too far-fetched unless the objects are the same.
		inv.Certain = false
		class := one.Held.Class
		if conflict(one.Held.Mode, two.Then.Mode) {
			class = one.Then.Class
		}
		if inv.Writer = r.Writer(class, one.Func.Fn); inv.Writer == nil || !inv.Same {
			return inv, false
		}
	}
	return inv, true
}

func where(o Order) token.Pos { return o.Then.Site.Pos() }

// gated reports whether a third lock is held around both orders, by at least
// one side exclusively.
func (r *Result) gated(one, two Order) bool {
	others := r.around(two)
	return slices.ContainsFunc(r.around(one), func(g Gate) bool {
		return slices.ContainsFunc(others, func(h Gate) bool { return g.Class == h.Class && conflict(g.Mode, h.Mode) })
	})
}

func (r *Result) around(o Order) []Gate {
	all := slices.Concat(o.Gates, r.gates[o.Func.Fn])
	for _, g := range o.Func.atEntry(classOf) {
		if !slices.Contains(o.released, g.Class) {
			all = append(all, g)
		}
	}
	return slices.DeleteFunc(all, func(g Gate) bool { return g.Class == o.Held.Class || g.Class == o.Then.Class })
}

// atEntry lists the locks that a function releases without having taken them,
// whichever way it returns: it expects them to be held.
func (f *Func) atEntry(class func(Ref) string) []Gate {
	var gates []Gate
	for i, o := range f.Outcomes {
		var released []Gate
		for _, d := range o.Deltas {
			if c := class(d.Ref); !d.Held && c != "" {
				released = append(released, Gate{c, d.Mode})
			}
		}
		if i == 0 {
			gates = released
		} else {
			gates = common(gates, released)
		}
	}
	return gates
}

// sameObjects reports whether two orders name the same two locks, not only two
// of the same classes.
func sameObjects(one, two Order) bool {
	a, b, c, d := one.Held.Ref, one.Then.Ref, two.Then.Ref, two.Held.Ref
	if !a.Known() || !b.Known() || !c.Known() || !d.Known() {
		return false
	}
	if a == c && b == d {
		// Variables are the same in every function; anything else is within one
		// function, which two goroutines run with the same arguments.
		return one.Func == two.Func || isMemory(a.Base) && isMemory(b.Base)
	}
	if a.Base != b.Base || c.Base != d.Base || !identical(a.Base.Type(), c.Base.Type()) {
		return false
	}
	return elements(a.Sel) == elements(c.Sel) && elements(b.Sel) == elements(d.Sel)
}

func identical(a, b types.Type) bool { return a != nil && b != nil && types.Identical(a, b) }

// elements drops the indexes from a selector: any element may be the same one.
func elements(sel string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(sel, '[')
		j := strings.IndexByte(sel, ']')
		if i < 0 || j < i {
			b.WriteString(sel)
			return b.String()
		}
		b.WriteString(sel[:i] + "[]")
		sel = sel[j+1:]
	}
}

// unshared reports whether a lock belongs to a parameter that is always a new
// object.
func (r *Result) unshared(ref Ref) bool {
	p := asParam(ref.Base)
	return p != nil && ref.Sel != "" && r.starts.given(p)
}

// named is the lock as the function nearest to the holder names it.
func (a *Acquire) named() Ref {
	for ; a != nil; a = a.Via {
		if a.Ref.Known() {
			return a.Ref
		}
	}
	return Ref{}
}

// sameRole reports whether two locks of one class may be one object: unless each
// is known to be a part of something else.
func sameRole(a, b Ref) bool {
	if !a.Known() || !b.Known() {
		return true
	}
	x, y := role(a), role(b)
	return x == y || x == "" || y == "" || x == classOf(a) || y == classOf(b)
}
