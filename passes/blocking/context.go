package blocking

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/chanuse"
)

// contextInScope returns the innermost context variable that is visible at the
// sleep and can be cancelled, one from outside the loop before one of a single
// turn. hidden means that the innermost one cannot be cancelled although it was
// made from another: the code wants it so.
func (c *checker) contextInScope(s *site) (w *watch, hidden bool) {
	vars := c.visible(s, func(v *types.Var) bool { return chanuse.IsContext(v.Type()) })
	if s.loop != nil {
		slices.SortStableFunc(vars, func(a, b *types.Var) int {
			return cmp.Compare(bit(within(at(a.Pos()), s.loop)), bit(within(at(b.Pos()), s.loop)))
		})
	}
	for _, v := range vars {
		w := &watch{
			name: v.Name(), done: v.Name() + ".Done()", err: v.Name() + ".Err()",
			pos: v.Pos(), role: "is in scope", obj: v,
		}
		o := c.origin(v)
		if o == detached {
			return nil, true
		}
		if c.over(v, s) {
			continue
		}
		// A goroutine that does not use the context around it may be meant to
		// outlive it.
		outlives := s.inTask && v.Pos() < s.fn.Pos() && !c.uses(s.body, w)
		switch {
		case c.isParam(v):
			// A type that merely implements the interface is a framework's
			// own context; whether it is ever done is the framework's matter.
			w.role, w.weak = "is a parameter", !types.IsInterface(v.Type())
			w.sure = !w.weak && !outlives
		case o == never:
			continue
		default:
			w.sure = o == inherited && !outlives
		}
		return w, false
	}
	return nil, false
}

// over reports whether a plain call of its cancel function stands between the
// making of a context and the sleep.
func (c *checker) over(v *types.Var, s *site) bool {
	cancel := c.origins[v].cancel
	if cancel == nil {
		return false
	}
	found := false
	ast.Inspect(s.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && c.TypesInfo.Uses[id] == cancel && v.Pos() < n.Pos() && n.Pos() < s.call.Pos() {
				found = true
			}
		}
		return !found
	})
	return found
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// visible returns the local variables that the code at the sleep can name and
// that satisfy ok, innermost scope first, later declarations first.
func (c *checker) visible(s *site, ok func(*types.Var) bool) (vars []*types.Var) {
	pos := s.call.Pos()
	names := make(map[string]bool)
	for scope := c.Pkg.Scope().Innermost(pos); scope != nil && scope != c.Pkg.Scope(); scope = scope.Parent() {
		var here []*types.Var
		for _, name := range scope.Names() {
			v, isVar := scope.Lookup(name).(*types.Var)
			if !isVar || names[name] || v.Pos() >= pos || name == "_" {
				continue
			}
			names[name] = true
			if ok(v) {
				here = append(here, v)
			}
		}
		slices.SortFunc(here, func(a, b *types.Var) int { return int(b.Pos() - a.Pos()) })
		vars = append(vars, here...)
	}
	return vars
}

func (c *checker) isParam(v *types.Var) bool {
	return v.Kind() == types.ParamVar || v.Kind() == types.RecvVar
}

type origin int

const (
	unknownOrigin origin = iota
	inherited            // made from another context
	timed                // made from Background with a timeout or a cancel function
	never                // nothing ends it before the function is over
	detached             // WithoutCancel
)

// origin says where a context comes from, by its first assignment. A parameter
// that is assigned Background somewhere had no context to begin with only there.
func (c *checker) origin(v *types.Var) origin {
	c.readContexts()
	o := c.originOf(c.origins[v].from, 0)
	if src := c.origins[v]; o == timed && src.cancel != nil && !src.timeout && !c.cancels[src.cancel] {
		return never
	}
	return o
}

// A source is what a context variable is first assigned.
type source struct {
	from    ast.Expr
	cancel  types.Object // the local variable that holds its cancel function
	timeout bool         // it ends by itself, too
}

// readContexts notes, once, the sources of all context variables, and which
// cancel functions are used other than by a defer of the function itself.
func (c *checker) readContexts() {
	if c.origins != nil {
		return
	}
	c.origins = make(map[types.Object]source)
	c.cancels = make(map[types.Object]bool)
	set := func(id *ast.Ident, src source) {
		obj := c.TypesInfo.ObjectOf(id)
		if _, again := c.origins[obj]; !again && obj != nil && chanuse.IsContext(obj.Type()) {
			c.origins[obj] = src
		}
	}
	held := make(map[types.Object]bool) // cancel functions
	plain := make(map[*ast.Ident]bool)  // their appearances that do not count
	walk := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				id, ok := ast.Unparen(l).(*ast.Ident)
				if !ok {
					continue
				}
				src := source{from: n.Rhs[min(i, len(n.Rhs)-1)]}
				if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
					if cancel, ok := n.Lhs[1].(*ast.Ident); ok {
						src.cancel, src.timeout = c.TypesInfo.ObjectOf(cancel), !c.withCancel(n.Rhs[0])
						held[src.cancel], plain[cancel] = true, true
					}
				}
				set(id, src)
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) > 0 {
					set(id, source{from: n.Values[min(i, len(n.Values)-1)]})
				}
			}
		case *ast.DeferStmt:
			if id, ok := n.Call.Fun.(*ast.Ident); ok {
				plain[id] = true
			}
		case *ast.Ident:
			if obj := c.TypesInfo.Uses[n]; held[obj] && !plain[n] {
				c.cancels[obj] = true
			}
		}
		return true
	}
	for _, f := range c.Files {
		ast.Inspect(f, walk)
	}
}

// withCancel reports whether a call makes a context that only its cancel
// function ends.
func (c *checker) withCancel(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, _ := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if fn == nil {
		return false
	}
	switch fn.FullName() {
	case "context.WithCancel", "context.WithCancelCause":
		return true
	}
	return false
}

func (c *checker) originOf(e ast.Expr, depth int) origin {
	if e == nil || depth > 8 {
		return unknownOrigin
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.TypesInfo.Uses[e].(*types.Var); ok {
			if c.isParam(v) {
				return inherited
			}
			return c.originOf(c.origins[v].from, depth+1)
		}
	case *ast.CallExpr:
		fn, _ := typeutil.Callee(c.TypesInfo, e).(*types.Func)
		if fn == nil {
			return unknownOrigin
		}
		switch fn.FullName() {
		case "context.Background", "context.TODO":
			return never
		case "context.WithoutCancel":
			return detached
		case "context.WithValue":
			return c.originOf(e.Args[0], depth+1)
		case "os/signal.NotifyContext":
			return inherited
		}
		if len(e.Args) > 0 && chanuse.IsContext(c.TypesInfo.TypeOf(e.Args[0])) {
			switch o := c.originOf(e.Args[0], depth+1); o {
			case never, detached:
				if strings.HasPrefix(fn.FullName(), "context.") {
					return timed
				}
				return o
			case inherited:
				return inherited
			}
		}
	}
	return unknownOrigin
}

// contextFrom returns the context that a visible parameter carries. A request
// and a stream have one that ends with them; what else has one, a command for
// instance, often has Background.
func (c *checker) contextFrom(s *site) *watch {
	for _, v := range c.visible(s, func(v *types.Var) bool { return c.isParam(v) && givesContext(v.Type()) }) {
		name := v.Name() + ".Context()"
		return &watch{
			name: name, done: name + ".Done()", err: name + ".Err()",
			pos: v.Pos(), role: "can be asked for", obj: v,
			weak: !types.IsInterface(v.Type()) && v.Type().String() != "*net/http.Request",
		}
	}
	return nil
}

// givesContext reports whether a type has a method Context() context.Context.
func givesContext(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Context")
	fn, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := fn.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && chanuse.IsContext(sig.Results().At(0).Type())
}

// contextField returns a context that the receiver carries in a field.
func (c *checker) contextField(s *site) *watch {
	recv, st := c.receiver(s)
	if st == nil {
		return nil
	}
	for f := range st.Fields() {
		if chanuse.IsContext(f.Type()) && types.IsInterface(f.Type()) && f.Name() != "_" && !f.Embedded() {
			name := recv.Name() + "." + f.Name()
			w := &watch{name: name, done: name + ".Done()", err: name + ".Err()", role: "is the receiver's context", obj: f.Origin()}
			if f.Pkg() == c.Pkg {
				w.pos = f.Pos()
			}
			w.sure = s.loop != nil && c.looksAt(s.loop, w)
			return w
		}
	}
	return nil
}

// receiver returns the receiver of the method around the sleep and its struct.
func (c *checker) receiver(s *site) (*types.Var, *types.Struct) {
	for _, v := range c.visible(s, func(v *types.Var) bool { return v.Kind() == types.RecvVar }) {
		t := v.Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, _ := t.Underlying().(*types.Struct)
		return v, st
	}
	return nil, nil
}
