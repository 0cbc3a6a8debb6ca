package summary

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Peers answers who lets a wait go on and which locks they take on the way.
// It reads the whole package when it is made, so it is made when there is a
// question. It serves one caller at a time.
type Peers struct {
	b       *builder
	groups  *groups
	callers map[*ssa.Function][]callSite
	taken   map[*ssa.Function]map[string]bool // see above
	// supplied are the fields that users of the package put values into.
	supplied map[*types.Var]bool
}

// A callSite is a call of a function of the package, go statements included.
type callSite struct {
	fn  *ssa.Function
	in  ssa.CallInstruction
	cal callee
}

// Peers reads the package for questions about its waits.
func (r *Result) Peers() *Peers {
	b := r.builder
	p := &Peers{b: b, groups: b.groups(), callers: make(map[*ssa.Function][]callSite), taken: make(map[*ssa.Function]map[string]bool)}
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				call, ok := in.(ssa.CallInstruction)
				if !ok {
					continue
				}
				for _, cal := range b.callees(call.Common()) {
					if cal.fn != nil {
						p.callers[cal.fn] = append(p.callers[cal.fn], callSite{fn, call, cal})
					}
				}
				for _, arg := range calledArgs(call.Common()) {
					for _, cal := range b.funcs(arg, nil, true, depth) {
						if cal.fn != nil {
							p.callers[cal.fn] = append(p.callers[cal.fn], callSite{fn, call, cal})
						}
					}
				}
			}
		}
	}
	return p
}

// Of returns what the package does with a channel, WaitGroup or condition
// variable.
func (p *Peers) Of(v ssa.Value) *Waitable {
	if k := p.groups.key(v, depth); k != nil {
		return p.groups.of(k)
	}
	return &Waitable{OpenSend: true, OpenRecv: true}
}

// Serving returns the sites that count for an operation: those in tests only for
// one in a test.
func (p *Peers) Serving(op *Op, sites []ServeSite) []ServeSite {
	if p.b.inTest(op.In.Parent()) {
		return sites
	}
	return slices.DeleteFunc(slices.Clone(sites), func(s ServeSite) bool { return p.b.inTest(s.Fn) })
}

// A Need is a lock that a goroutine takes before it gets to an operation.
type Need struct {
	Serve ServeSite
	// Fn takes the lock at Take and reaches Serve through At afterwards.
	Fn   *ssa.Function
	At   ssa.Instruction
	Take *Acquire
	// Exact is set when the lock is certainly the one asked about, as long as
	// Serve is on the object asked about. Otherwise it is one of its class.
	Exact bool
	// Beside is set when what is waited for and the lock lie in one struct.
	Beside bool
}

// maxUp bounds how far up the callers of a serving operation are followed.
const maxUp = 4

// A question is a wait on an object under a lock, in the terms of one function.
type question struct {
	on   Ref
	held Holding
}

// during reports whether a function can be at an instruction when the question
// is asked: not before it has made the channel, nor the closure that asks, nor
// started the goroutine that does.
func (p *Peers) during(fn *ssa.Function, at ssa.Instruction, site ServeSite, q question) bool {
	for _, m := range p.Of(site.On).Makes {
		if m.Parent() == fn && !Follows(m, at) {
			return false
		}
	}
	for asks := q.held.Site.Parent(); asks != nil && asks != fn; asks = asks.Parent() {
		if mc := makeClosure(asks); mc != nil && mc.Parent() == fn && !Follows(mc, at) {
			return false
		}
		calls := p.callers[asks]
		if len(calls) > 0 && !slices.ContainsFunc(calls, func(c callSite) bool {
			_, spawned := c.in.(*ssa.Go)
			return !spawned || c.fn != fn || Follows(c.in, at)
		}) {
			return false
		}
	}
	return true
}

// Needs reports how the goroutine at a serving operation depends on a lock that
// is held where on is waited for, or nil. All is set when every way to the
// operation that is known takes the lock.
func (p *Peers) Needs(site ServeSite, on Ref, held Holding) (need *Need, all bool) {
	if !p.above(site.Fn)[held.Class] {
		return nil, false
	}
	f := frame{fn: site.Fn, at: site.In, on: RefOf(site.On)}
	need, all = p.needs(site, f, question{on, held}, maxUp, make(map[*ssa.Function]bool))
	if need != nil {
		a, _, ok := relative(on, held.Ref)
		need.Beside = ok && strings.Count(a, ".") == 1
	}
	return need, all
}

// Unrelated reports whether one of the operations is certainly reached without
// a lock of the class. It is quick where Needs is not.
func (p *Peers) Unrelated(sites []ServeSite, class string) bool {
	return slices.ContainsFunc(sites, func(s ServeSite) bool { return !p.above(s.Fn)[class] })
}

// above returns the classes of the locks that a function and its callers take, as
// far up as needs looks. Most questions end here.
func (p *Peers) above(fn *ssa.Function) map[string]bool {
	if set, ok := p.taken[fn]; ok {
		return set
	}
	set := make(map[string]bool)
	seen := map[*ssa.Function]bool{fn: true}
	level := []*ssa.Function{fn}
	for up := 0; up <= maxUp && len(level) > 0; up++ {
		var next []*ssa.Function
		for _, g := range level {
			if sum := p.b.done[g]; sum != nil {
				for _, t := range sum.Takes {
					set[t.Class] = true
				}
			}
			for _, c := range p.callers[g] {
				if _, spawned := c.in.(*ssa.Go); !spawned && !seen[c.fn] {
					seen[c.fn] = true
					next = append(next, c.fn)
				}
			}
		}
		level = next
	}
	delete(set, "")
	p.taken[fn] = set
	return set
}

// A frame is a function on the way to a serving operation.
type frame struct {
	fn *ssa.Function
	at ssa.Instruction // the operation or the call that leads to it; nil: the end of fn
	on Ref             // what is served, as this function sees it
}

func (p *Peers) needs(site ServeSite, f frame, q question, up int, seen map[*ssa.Function]bool) (need *Need, all bool) {
	var weak *Need
	if sum := p.b.done[f.fn]; sum != nil {
		for _, t := range sum.Takes {
			if t.Class == "" || t.Class != q.held.Class || !conflict(t.Mode, q.held.Mode) || !reaches(t.Site, f.at) ||
				fresh(t.Ref, t.Site) || remade(t, f.at) || p.indebts(f.fn, t, site) || !p.during(f.fn, t.Site, site, q) {
				continue
			}
			n := &Need{Serve: site, Fn: f.fn, At: f.at, Take: t}
			if n.Exact = p.same(q, f, t.Ref, 3); n.Exact {
				return n, true
			}
			if weak == nil {
				weak = n
			}
		}
	}
	if weak != nil {
		return weak, true
	}
	if up == 0 || seen[f.fn] || p.adds(f.fn, site) {
		return nil, false
	}
	seen[f.fn] = true
	defer delete(seen, f.fn)
	all = true
	calls := 0
	for _, c := range p.callers[f.fn] {
		if p.b.inTest(c.fn) && !p.b.inTest(f.fn) {
			continue
		}
		if _, spawned := c.in.(*ssa.Go); spawned {
			all = false // the goroutine starts here
			continue
		}
		calls++
		n, a := p.needs(site, frame{c.fn, c.in, p.lift(f.fn, f.on, c)}, q, up-1, seen)
		all = all && a
		if n != nil && (need == nil || n.Exact && !need.Exact) {
			need = n
		}
	}
	return need, need != nil && all && (calls == 1 || !exported(f.fn))
}

// remade reports whether the way from taking a lock to an operation behind it
// always makes the lock anew: in the next round of a loop it is another one.
func remade(t *Acquire, at ssa.Instruction) bool {
	base, ok := t.Ref.Base.(ssa.Instruction)
	if !ok || at == nil || t.Site == nil || base.Parent() != at.Parent() {
		return false
	}
	before := func(x, y ssa.Instruction) bool {
		return x.Block() == y.Block() && slices.Index(x.Block().Instrs, x) < slices.Index(y.Block().Instrs, y)
	}
	if before(t.Site, at) {
		return false
	}
	if base.Block() == at.Block() {
		return before(base, at)
	}
	seen := map[*ssa.BasicBlock]bool{base.Block(): true}
	work := slices.Clone(t.Site.Block().Succs)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if b == at.Block() {
			return false
		}
		work = append(work, b.Succs...)
	}
	return true
}

// indebts reports whether a function takes the lock before or while it adds to the
// WaitGroup that it serves later: nobody waits for it before that. The order of
// the lock and an Add in a callee is not asked for.
func (p *Peers) indebts(fn *ssa.Function, t *Acquire, site ServeSite) bool {
	for _, add := range p.Of(site.On).Adds {
		if add.Fn == fn && Follows(t.Site, add.In) && !Follows(add.In, t.Site) {
			return true
		}
		if add.Fn != fn && p.calls(fn, add.Fn, 3) || t.Callee != nil && p.calls(t.Callee, add.Fn, 3) {
			return true
		}
	}
	return false
}

// adds reports whether a function itself adds to the WaitGroup that it serves.
// What its callers did before is then of no account.
func (p *Peers) adds(fn *ssa.Function, site ServeSite) bool {
	return slices.ContainsFunc(p.Of(site.On).Adds, func(add ServeSite) bool { return p.calls(fn, add.Fn, 3) })
}

// calls reports whether a function is another one or calls it, a few levels
// down.
func (p *Peers) calls(fn, target *ssa.Function, n int) bool {
	if fn == target {
		return true
	}
	if n == 0 {
		return false
	}
	return slices.ContainsFunc(p.callers[target], func(c callSite) bool {
		_, spawned := c.in.(*ssa.Go)
		return !spawned && p.calls(fn, c.fn, n-1)
	})
}

// lift names an object of a function in the terms of a caller. The parts of an
// object made there keep their names, so that two parts of it stay together.
func (p *Peers) lift(fn *ssa.Function, r Ref, c callSite) Ref {
	if i := slices.Index(fn.Params, asParam(r.Base)); i >= 0 && i < len(c.cal.args) && !strings.Contains(r.Sel, "@") {
		a := RefOf(c.cal.args[i])
		if a.Known() {
			a.Sel += r.Sel
		}
		return a
	}
	w := &walker{b: p.b, fn: c.fn}
	return w.subst(&Func{Fn: fn, Params: fn.Params}, c.cal, r)
}

// same reports whether the lock that a frame takes is the one asked about: the
// same variable, or one that lies to what is served as the lock held lies to
// what is waited on. Frames that see the two apart are judged where their
// callers bring them together.
func (p *Peers) same(q question, f frame, lock Ref, up int) bool {
	if !lock.Known() {
		return false
	}
	if lock == q.held.Ref {
		if _, param := lock.Base.(*ssa.Parameter); !param || f.on == q.on {
			return true
		}
	}
	if a, b, ok := relative(q.on, q.held.Ref); ok {
		if c, d, ok := relative(f.on, lock); ok && a == c && b == d {
			return true
		}
	}
	if up == 0 {
		return false
	}
	calls := p.callers[f.fn]
	for _, c := range calls {
		if !p.same(q, frame{c.fn, c.in, p.lift(f.fn, f.on, c)}, p.lift(f.fn, lock, c), up-1) {
			return false
		}
	}
	return len(calls) > 0
}

// relative returns how two objects are reached from the innermost object that
// both are seen to belong to.
func relative(x, y Ref) (a, b string, ok bool) {
	if !x.Known() || x.Base != y.Base {
		return "", "", false
	}
	cut := 0
	for i := 0; i < min(len(x.Sel), len(y.Sel)) && x.Sel[:i] == y.Sel[:i]; i++ {
		if step(x.Sel[i]) && step(y.Sel[i]) {
			cut = i
		}
	}
	a, b = x.Sel[cut:], y.Sel[cut:]
	return a, b, a != "" && b != "" && !strings.Contains(a+b, "@")
}

// step reports whether a byte begins a step of a selection.
func step(c byte) bool { return c == '.' || c == '[' }

// reaches reports whether control can come from one instruction to another one
// of the same function, where nil is the function's end. Deferred calls run
// there, last first.
func reaches(from, to ssa.Instruction) bool {
	_, fromDeferred := from.(*ssa.Defer)
	_, toDeferred := to.(*ssa.Defer)
	switch {
	case to == nil:
		return true
	case fromDeferred && toDeferred:
		return from != to && Follows(to, from)
	case fromDeferred:
		return false
	case toDeferred:
		return true
	}
	return Follows(from, to)
}

// Follows reports whether to can be executed after from.
func Follows(from, to ssa.Instruction) bool {
	fb, tb := from.Block(), to.Block()
	if fb == tb {
		for _, in := range fb.Instrs {
			if in == from && in != to {
				return true // to comes later in the block
			}
			if in == to {
				break
			}
		}
	}
	seen := make([]bool, len(fb.Parent().Blocks))
	work := append([]*ssa.BasicBlock(nil), fb.Succs...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == tb {
			return true
		}
		if !seen[b.Index] {
			seen[b.Index] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

// Users are the functions that take a lock of a class.
func (r *Result) Users(class string) map[*ssa.Function]bool { return r.users[class] }

// usersByClass lists the functions that take a lock themselves, by its class.
func usersByClass(funcs []*Func) map[string]map[*ssa.Function]bool {
	users := make(map[string]map[*ssa.Function]bool)
	for _, f := range funcs {
		for _, t := range f.Takes {
			if t.Via != nil || t.Callee != nil {
				continue
			}
			if users[t.Class] == nil {
				users[t.Class] = make(map[*ssa.Function]bool)
			}
			users[t.Class][f.Fn] = true
		}
	}
	return users
}
