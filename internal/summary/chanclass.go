package summary

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Waitable is everything the package does with the channels, WaitGroups or
// condition variables of one group: those that the package assigns to each
// other, passes as arguments, stores in fields or returns. The grouping ignores
// order and instances.
type Waitable struct {
	Makes  []*ssa.MakeChan
	Sends  []ServeSite
	Recvs  []ServeSite
	Closes []ServeSite // closes of a channel
	Dones  []ServeSite // Done of a WaitGroup, bodies given to Go
	Adds   []ServeSite // Add of a WaitGroup
	Wakes  []ServeSite // Signal and Broadcast
	Locker string      // class of the lock of a condition variable
	// OpenSend and OpenRecv: somebody outside the package may send or close,
	// or may receive.
	OpenSend, OpenRecv bool
	// Foreign: some of the channels are made outside the package.
	Foreign bool
}

// A ServeSite is an operation that lets somebody else go on.
type ServeSite struct {
	Fn *ssa.Function
	// In is the operation, nil for the end of a function given to Go.
	In ssa.Instruction
	On ssa.Value
	// Polls is set for an operation of a select with other cases or a default.
	Polls bool
}

// Cap returns the least capacity that the group's channels are made with. It is
// not known when some come from outside or a size is computed.
func (u *Waitable) Cap() (n int64, known bool) {
	if len(u.Makes) == 0 || u.Foreign {
		return 0, false
	}
	for i, m := range u.Makes {
		c, ok := m.Size.(*ssa.Const)
		if !ok || c.Value == nil {
			return 0, false
		}
		size, ok := constant.Int64Val(c.Value)
		if !ok {
			return 0, false
		}
		if i == 0 || size < n {
			n = size
		}
	}
	return n, true
}

// A resultKey is a result of a function of the package.
type resultKey struct {
	fn *ssa.Function
	i  int
}

// groups joins the variables and values that hold the same waitables. Keys are
// *types.Var for fields and package-level variables, ssa.Value for others, and
// resultKey.
type groups struct {
	b      *builder
	parent map[any]any
	use    map[any]*Waitable
}

func (g *groups) find(k any) any {
	for {
		p, ok := g.parent[k]
		if !ok {
			return k
		}
		if q, ok := g.parent[p]; ok {
			g.parent[k] = q
		}
		k = p
	}
}

func (g *groups) of(k any) *Waitable {
	k = g.find(k)
	u := g.use[k]
	if u == nil {
		u = new(Waitable)
		g.use[k] = u
	}
	return u
}

func (g *groups) union(a, b any) {
	if a == nil || b == nil {
		return
	}
	a, b = g.find(a), g.find(b)
	if a == b {
		return
	}
	g.parent[b] = a
	from := g.use[b]
	if from == nil {
		return
	}
	delete(g.use, b)
	to := g.of(a)
	to.Makes = append(to.Makes, from.Makes...)
	to.Sends = append(to.Sends, from.Sends...)
	to.Recvs = append(to.Recvs, from.Recvs...)
	to.Closes = append(to.Closes, from.Closes...)
	to.Dones = append(to.Dones, from.Dones...)
	to.Adds = append(to.Adds, from.Adds...)
	to.Wakes = append(to.Wakes, from.Wakes...)
	if to.Locker == "" {
		to.Locker = from.Locker
	} else if from.Locker != "" && from.Locker != to.Locker {
		to.Locker = "?"
	}
	to.OpenSend = to.OpenSend || from.OpenSend
	to.OpenRecv = to.OpenRecv || from.OpenRecv
	to.Foreign = to.Foreign || from.Foreign
}

// key names the holder of a value.
func (g *groups) key(v ssa.Value, n int) any {
	if n == 0 || v == nil {
		return nil
	}
	n--
	switch v := v.(type) {
	case *ssa.Const:
		return nil
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return g.keyAt(v.X, n)
		}
	case *ssa.Field:
		if f := fieldVar(v.X.Type(), v.Field); f != nil {
			return f
		}
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Alloc, *ssa.Global:
		return g.keyAt(v, n)
	case *ssa.Index:
		return g.key(v.X, n)
	case *ssa.Lookup:
		return g.key(v.X, n)
	case *ssa.Slice:
		return g.key(v.X, n)
	case *ssa.ChangeType:
		return g.key(v.X, n)
	case *ssa.FreeVar:
		if b := binding(v); b != nil {
			return g.key(b, n)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			return g.key(t.X, n)
		case *ssa.Next:
			if r, ok := t.Iter.(*ssa.Range); ok && v.Index == 2 {
				return g.key(r.X, n)
			}
		case *ssa.Call:
			if fn := g.source(&t.Call); fn != nil {
				return resultKey{fn, v.Index}
			}
		}
	case *ssa.Call:
		if bi, ok := v.Call.Value.(*ssa.Builtin); ok && bi.Name() == "append" {
			return g.key(v.Call.Args[0], n)
		}
		if fn := g.source(&v.Call); fn != nil {
			return resultKey{fn, 0}
		}
	}
	return v
}

// keyAt names a variable by its address.
func (g *groups) keyAt(addr ssa.Value, n int) any {
	if n == 0 {
		return nil
	}
	n--
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		if f := fieldVar(a.X.Type(), a.Field); f != nil {
			return f
		}
	case *ssa.IndexAddr:
		return g.key(a.X, n)
	case *ssa.Global:
		if v, ok := a.Object().(*types.Var); ok {
			return v
		}
	case *ssa.FreeVar:
		if b := binding(a); b != nil {
			return g.keyAt(b, n)
		}
	case *ssa.Alloc, *ssa.Parameter, *ssa.Phi:
		return a
	default:
		return g.key(addr, n)
	}
	return addr
}

// source returns the function of the package that a call certainly runs.
func (g *groups) source(c *ssa.CallCommon) *ssa.Function {
	if all := g.b.callees(c); len(all) == 1 {
		return all[0].fn
	}
	return nil
}

// waitable reports whether values of a type are, or contain as elements, what
// the groups are about.
func waitable(t types.Type) bool {
	for range 4 {
		switch u := t.Underlying().(type) {
		case *types.Chan:
			return true
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		case *types.Pointer:
			t = u.Elem()
		case *types.Struct:
			return waitGroupOrCond(t)
		default:
			return false
		}
	}
	return false
}

func waitGroupOrCond(t types.Type) bool {
	switch typeName(t) {
	case "sync.WaitGroup", "sync.Cond", "golang.org/x/sync/errgroup.Group":
		return true
	}
	return false
}

// open marks a value as shared with somebody outside, who gets the rights that
// a type gives.
func (g *groups) open(k any, t types.Type) {
	if k == nil {
		return
	}
	dir := chanDir(t)
	u := g.of(k)
	u.OpenRecv = u.OpenRecv || dir != types.SendOnly
	u.OpenSend = u.OpenSend || dir != types.RecvOnly
}

// collect reads the whole package.
func (b *builder) groups() *groups {
	g := &groups{b: b, parent: make(map[any]any), use: make(map[any]*Waitable)}
	fns := b.pkg.Funcs
	if init := b.pkg.SSA.Func("init"); init != nil {
		fns = append(fns[:len(fns):len(fns)], init)
	}
	taken := make(map[*ssa.Function]bool)
	for _, fn := range fns {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				g.instr(fn, in, taken)
			}
		}
	}
	for _, fn := range fns {
		if exported(fn) || taken[fn] {
			for _, p := range fn.Params {
				if waitable(p.Type()) {
					// Whoever calls it has the other end.
					u := g.of(p)
					u.OpenSend, u.OpenRecv, u.Foreign = true, true, true
				}
			}
		}
	}
	return g
}

// exported reports whether other packages may call a function.
func exported(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	return ok && obj.Exported() && obj.Pkg().Name() != "main"
}

func (g *groups) instr(fn *ssa.Function, in ssa.Instruction, taken map[*ssa.Function]bool) {
	switch in := in.(type) {
	case *ssa.MakeChan:
		u := g.of(in)
		u.Makes = append(u.Makes, in)
	case *ssa.FieldAddr:
		g.field(in)
	case *ssa.Store:
		if f, ok := in.Val.(*ssa.Function); ok {
			taken[f] = true
		}
		if waitable(in.Val.Type()) {
			g.union(g.keyAt(in.Addr, depth), g.key(in.Val, depth))
		}
		if fa, ok := in.Addr.(*ssa.FieldAddr); ok && typeName(pointee(fa.X.Type())) == "sync.Cond" {
			g.of(g.keyAt(fa.X, depth)).Locker = g.b.lockerClass(in.Val)
		}
	case *ssa.Phi:
		if waitable(in.Type()) {
			for _, e := range in.Edges {
				g.union(in, g.key(e, depth))
			}
		}
	case *ssa.MapUpdate:
		if waitable(in.Value.Type()) {
			g.union(g.key(in.Map, depth), g.key(in.Value, depth))
		}
	case *ssa.MakeInterface:
		if waitable(in.X.Type()) {
			g.open(g.key(in.X, depth), in.X.Type())
		}
	case *ssa.Return:
		g.returned(fn, in)
	case *ssa.Send:
		u := g.of(g.key(in.Chan, depth))
		u.Sends = append(u.Sends, ServeSite{Fn: fn, In: in, On: in.Chan})
		if waitable(in.X.Type()) {
			g.open(g.key(in.X, depth), in.X.Type())
		}
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			u := g.of(g.key(in.X, depth))
			u.Recvs = append(u.Recvs, ServeSite{Fn: fn, In: in, On: in.X})
		}
	case *ssa.Select:
		polls := len(in.States) > 1 || !in.Blocking
		for _, st := range in.States {
			u := g.of(g.key(st.Chan, depth))
			site := ServeSite{Fn: fn, In: in, On: st.Chan, Polls: polls}
			if st.Dir == types.SendOnly {
				u.Sends = append(u.Sends, site)
				if waitable(st.Send.Type()) {
					g.open(g.key(st.Send, depth), st.Send.Type())
				}
			} else {
				u.Recvs = append(u.Recvs, site)
			}
		}
	case ssa.CallInstruction:
		g.call(fn, in, taken)
	}
}

// field opens the channels of fields that other packages see.
func (g *groups) field(in *ssa.FieldAddr) {
	f := fieldVar(in.X.Type(), in.Field)
	if f == nil || !f.Exported() || !waitable(f.Type()) || g.b.pkg.SSA.Pkg.Name() == "main" {
		return
	}
	t := pointee(in.X.Type())
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Exported() || f.Pkg() != g.b.pkg.SSA.Pkg {
		// Users may put a channel of their own there and have its other end.
		u := g.of(f)
		u.OpenSend, u.OpenRecv = true, true
		u.Foreign = u.Foreign || chanDir(f.Type()) != types.SendRecv
	}
}

func (g *groups) returned(fn *ssa.Function, in *ssa.Return) {
	for i, v := range in.Results {
		if !waitable(v.Type()) {
			continue
		}
		g.union(resultKey{fn, i}, g.key(v, depth))
		if exported(fn) {
			g.open(resultKey{fn, i}, v.Type())
		}
	}
}

// call joins arguments with parameters and records what methods and builtins do.
func (g *groups) call(fn *ssa.Function, in ssa.CallInstruction, taken map[*ssa.Function]bool) {
	c := in.Common()
	if bi, ok := c.Value.(*ssa.Builtin); ok {
		switch bi.Name() {
		case "close":
			u := g.of(g.key(c.Args[0], depth))
			u.Closes = append(u.Closes, ServeSite{Fn: fn, In: in, On: c.Args[0]})
		case "append":
			for _, a := range c.Args {
				if waitable(a.Type()) {
					g.union(g.key(c.Args[0], depth), g.key(a, depth))
				}
			}
		}
		return
	}
	if g.method(fn, in, c) {
		return
	}
	for _, a := range c.Args {
		if f, ok := a.(*ssa.Function); ok {
			taken[f] = true
		}
	}
	all := g.b.callees(c)
	for _, cal := range all {
		if cal.fn == nil {
			continue
		}
		for i, p := range cal.fn.Params {
			if i < len(cal.args) && waitable(p.Type()) {
				g.union(p, g.key(cal.args[i], depth))
			}
		}
	}
	if len(all) == 0 || all[0].fn == nil {
		for _, a := range c.Args {
			if waitable(a.Type()) {
				g.open(g.key(a, depth), a.Type())
			}
		}
		if v, ok := in.(*ssa.Call); ok && waitable(v.Type()) {
			u := g.of(v)
			u.OpenSend, u.OpenRecv, u.Foreign = true, true, true
		}
	}
}

// method records the methods of WaitGroups and condition variables.
func (g *groups) method(fn *ssa.Function, in ssa.CallInstruction, c *ssa.CallCommon) bool {
	callee := c.StaticCallee()
	if callee == nil || callee.Blocks != nil {
		return false
	}
	obj, ok := callee.Object().(*types.Func)
	if !ok || obj.Pkg() == nil {
		return false
	}
	on := func() *Waitable { return g.of(g.key(c.Args[0], depth)) }
	switch obj.FullName() {
	case "(*sync.WaitGroup).Done":
		u := on()
		u.Dones = append(u.Dones, ServeSite{Fn: fn, In: in, On: c.Args[0]})
	case "(*sync.WaitGroup).Add":
		if n, ok := c.Args[1].(*ssa.Const); ok && n.Value != nil && constant.Sign(n.Value) < 0 {
			u := on()
			u.Dones = append(u.Dones, ServeSite{Fn: fn, In: in, On: c.Args[0]})
		} else {
			u := on()
			u.Adds = append(u.Adds, ServeSite{Fn: fn, In: in, On: c.Args[0]})
		}
	case "(*sync.WaitGroup).Go", "(*golang.org/x/sync/errgroup.Group).Go", "(*golang.org/x/sync/errgroup.Group).TryGo":
		for _, cal := range g.b.funcs(c.Args[1], nil, true, depth) {
			if cal.fn != nil {
				u := on()
				u.Dones = append(u.Dones, ServeSite{Fn: cal.fn, On: c.Args[0]})
			}
		}
	case "(*sync.WaitGroup).Wait", "(*golang.org/x/sync/errgroup.Group).Wait", "(*sync.Cond).Wait":
	case "(*sync.Cond).Signal", "(*sync.Cond).Broadcast":
		u := on()
		u.Wakes = append(u.Wakes, ServeSite{Fn: fn, In: in, On: c.Args[0]})
	case "sync.NewCond":
		if v, ok := in.(*ssa.Call); ok {
			u := g.of(v)
			u.Locker = g.b.lockerClass(c.Args[0])
		}
	default:
		return false
	}
	return true
}

// lockerClass is the class of the lock behind a sync.Locker.
func (b *builder) lockerClass(v ssa.Value) string {
	r := RefOf(v)
	if a, ok := r.Base.(*ssa.Alloc); ok && r.Sel == "" {
		if len(*a.Referrers()) == 1 {
			return "new" // nobody else has it
		}
		return "?" // who knows what else points to it
	}
	if _, ok := r.Base.(*ssa.Parameter); ok && r.Sel == "" {
		return "?"
	}
	r.Sel = strings.TrimSuffix(r.Sel, ".RLocker()")
	return b.class(r)
}

func chanDir(t types.Type) types.ChanDir {
	if c, ok := t.Underlying().(*types.Chan); ok {
		return c.Dir()
	}
	return types.SendRecv
}
