package blocking

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asynclint/asynclint/internal/chanuse"
)

// A watch is what a sleep could wait for besides its timer.
type watch struct {
	name string // the context or channel as the source would write it
	done string // the channel expression to receive from
	err  string // the error to return; empty for a plain channel
	pos  token.Pos
	role string // what stands at pos

	obj  types.Object // the variable or field that is watched
	sure bool         // it is cancellable, and meant for this function
	weak bool         // it may have nothing to do with this function
}

// watchable returns the best thing to watch at a sleep: a context in lexical
// scope, a stop channel that the function already watches elsewhere, a context
// that a parameter or the receiver gives, any other stop channel; or nil.
func (c *checker) watchable(s *site) *watch {
	w, hidden := c.contextInScope(s)
	if hidden {
		return nil
	}
	for _, find := range []func(*site) *watch{c.watchedStop, c.contextFrom, c.contextField, c.stopField} {
		if w != nil {
			break
		}
		w = find(s)
	}
	if w == nil || c.afterEnd(s, w) {
		return nil
	}
	return w
}

// contextInScope returns the innermost context variable that is visible at the
// sleep and can be cancelled. hidden means that the innermost one cannot be
// cancelled although it was made from another: the code wants it so.
func (c *checker) contextInScope(s *site) (w *watch, hidden bool) {
	for _, v := range c.visible(s, func(v *types.Var) bool { return chanuse.IsContext(v.Type()) }) {
		w := &watch{
			name: v.Name(), done: v.Name() + ".Done()", err: v.Name() + ".Err()",
			pos: v.Pos(), role: "is in scope", obj: v,
		}
		if c.isParam(v) {
			w.role = "is a parameter"
			w.sure = types.IsInterface(v.Type())
			return w, false
		}
		switch c.origin(v) {
		case never:
			continue
		case detached:
			return nil, true
		case inherited:
			w.sure = true
		}
		return w, false
	}
	return nil, false
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
	timed                // made from Background with a cancel function or a timeout
	never                // Background or TODO
	detached             // WithoutCancel
)

// origin says where a local context comes from, by its first assignment.
func (c *checker) origin(v *types.Var) origin {
	if c.origins == nil {
		c.origins = make(map[types.Object]ast.Expr)
		for _, f := range c.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for i, l := range n.Lhs {
						id, ok := l.(*ast.Ident)
						if !ok || !chanuse.IsContext(c.TypesInfo.TypeOf(l)) {
							continue
						}
						obj := c.TypesInfo.ObjectOf(id)
						if _, set := c.origins[obj]; !set {
							c.origins[obj] = n.Rhs[min(i, len(n.Rhs)-1)]
						}
					}
				case *ast.ValueSpec:
					for i, id := range n.Names {
						if len(n.Values) > 0 && chanuse.IsContext(c.TypesInfo.TypeOf(id)) {
							c.origins[c.TypesInfo.Defs[id]] = n.Values[min(i, len(n.Values)-1)]
						}
					}
				}
				return true
			})
		}
	}
	return c.originOf(c.origins[v], 0)
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
			return c.originOf(c.origins[v], depth+1)
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

// contextFrom returns the context that a visible parameter carries: a request,
// a stream, a command.
func (c *checker) contextFrom(s *site) *watch {
	for _, v := range c.visible(s, func(v *types.Var) bool { return c.isParam(v) && givesContext(v.Type()) }) {
		name := v.Name() + ".Context()"
		return &watch{name: name, done: name + ".Done()", err: name + ".Err()", pos: v.Pos(), role: "can be asked for", obj: v}
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
			w := &watch{name: name, done: name + ".Done()", err: name + ".Err()", role: "is the receiver's context", obj: f}
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

// watchedStop returns a stop channel that the function of the sleep itself
// receives from elsewhere: the surest sign that it is meant for this function.
func (c *checker) watchedStop(s *site) (w *watch) {
	ast.Inspect(s.body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit || w != nil {
			return false
		}
		u, ok := n.(*ast.UnaryExpr)
		if !ok || u.Op != token.ARROW || !c.endsFunction(s, u.X) {
			return true
		}
		if _, call := ast.Unparen(u.X).(*ast.CallExpr); call || !c.nameable(s, u.X) {
			return true
		}
		w = &watch{name: types.ExprString(u.X), pos: u.Pos(), role: "is received from here", obj: c.objectOf(u.X)}
		w.done = w.name
		w.sure = s.loop != nil && within(u, s.loop)
		return false
	})
	return w
}

// endsFunction reports whether a channel is one that is closed to stop the
// function of the sleep: nothing sends to it, and the package closes it in
// another function, or it carries no data.
func (c *checker) endsFunction(s *site, ch ast.Expr) bool {
	t, ok := chanuse.IsChan(c.TypesInfo.TypeOf(ch))
	use := c.chans.Of(ch)
	if !ok || use == nil || len(use.Sends) > 0 || use.Timer || use.Signal {
		return false
	}
	for _, cl := range use.Closes {
		if cl.Func == s.fn {
			return false
		}
	}
	if use.Context || len(use.Closes) > 0 {
		return true
	}
	st, ok := t.Elem().Underlying().(*types.Struct)
	return ok && st.NumFields() == 0 && !use.Foreign
}

// stopField returns a channel of the receiver that a method closes to stop it.
func (c *checker) stopField(s *site) *watch {
	recv, st := c.receiver(s)
	if st == nil || !s.inTask && s.loop == nil {
		return nil
	}
	for f := range st.Fields() {
		if _, ok := chanuse.IsChan(f.Type()); !ok || f.Pkg() != c.Pkg {
			continue
		}
		use := c.chans.OfVar(f)
		if len(use.Closes) == 0 || len(use.Sends) > 0 {
			continue
		}
		name := recv.Name() + "." + f.Name()
		w := &watch{name: name, done: name, obj: f, weak: true}
		for _, cl := range use.Closes {
			if cl.Func == s.fn {
				w = nil // its own sign of completion
				break
			}
			if cl.Decl != nil && stops(cl.Decl.Name.Name) {
				w.pos, w.role = cl.Pos(), "is closed here"
				w.weak = !(s.inTask && joins(cl.Decl))
			}
		}
		if w != nil && w.pos.IsValid() {
			return w
		}
	}
	return nil
}

// stops reports whether a function's name says that it ends something.
func stops(name string) bool {
	name = strings.ToLower(name)
	for _, w := range [...]string{"close", "stop", "shutdown", "cancel", "quit", "kill", "halt", "terminate"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// joins reports whether a function waits for goroutines: it receives, or calls
// a method named Wait.
func joins(fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" {
				found = true
			}
		}
		return !found
	})
	return found
}

// nameable reports whether the variables of an expression are visible at the
// sleep.
func (c *checker) nameable(s *site, e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		if id, isID := n.(*ast.Ident); isID {
			v, isVar := c.TypesInfo.ObjectOf(id).(*types.Var)
			if isVar && !v.IsField() && v.Parent() != c.Pkg.Scope() {
				_, found := c.Pkg.Scope().Innermost(s.call.Pos()).LookupParent(v.Name(), s.call.Pos())
				ok = ok && found == v
			}
		}
		return ok
	})
	return ok
}

// looksAt reports whether code asks what is watched: receives from it or calls
// its Err or Done.
func (c *checker) looksAt(n ast.Node, w *watch) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && c.objectOf(n.X) == w.obj && w.obj != nil {
				found = true
			}
		case *ast.SelectorExpr:
			if (n.Sel.Name == "Done" || n.Sel.Name == "Err") && w.obj != nil && c.objectOf(n.X) == w.obj {
				found = true
			}
		}
		return !found
	})
	return found
}

// afterEnd reports whether the sleep runs only once what it could watch is over:
// in a deferred function, in the branch of a select or if that asked it, or
// behind a plain receive from it.
func (c *checker) afterEnd(s *site, w *watch) bool {
	child := ast.Node(s.call)
	for up := range s.cur.Enclosing() {
		n := up.Node()
		switch n := n.(type) {
		case *ast.DeferStmt:
			return true
		case *ast.CommClause:
			if n.Comm != nil && c.looksAt(n.Comm, w) {
				return true
			}
			if c.behindReceive(n.Body, child, w) {
				return true
			}
		case *ast.CaseClause:
			if c.behindReceive(n.Body, child, w) {
				return true
			}
		case *ast.BlockStmt:
			if c.behindReceive(n.List, child, w) {
				return true
			}
		case *ast.IfStmt:
			if child == n.Body && c.looksAt(n.Cond, w) && endsWhenTrue(n.Cond) {
				return true
			}
		case *ast.FuncDecl:
			return false
		}
		child = n
	}
	return false
}

// endsWhenTrue reports whether a condition that asks for a context's error
// holds when there is one.
func endsWhenTrue(cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && b.Op == token.NEQ
}

// behindReceive reports whether a statement of the list before child waits for
// the end.
func (c *checker) behindReceive(list []ast.Stmt, child ast.Node, w *watch) bool {
	for _, s := range list {
		if s == child {
			return false
		}
		if e, ok := s.(*ast.ExprStmt); ok {
			if u, ok := e.X.(*ast.UnaryExpr); ok && u.Op == token.ARROW && c.looksAt(u, w) {
				return true
			}
		}
	}
	return false
}

// objectOf returns the variable or field that an expression names, or nil.
func (c *checker) objectOf(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.TypesInfo.ObjectOf(e).(*types.Var); ok {
			return v.Origin()
		}
	case *ast.SelectorExpr:
		if v, ok := c.TypesInfo.ObjectOf(e.Sel).(*types.Var); ok {
			return v.Origin()
		}
	}
	return nil
}

func within(n, outer ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }
