package rewrite

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// call rewrites calls of controlled methods and functions.
func (f *file) call(n *ast.CallExpr) {
	if f.handled[n] && f.goForm(n) == "" {
		return // a go statement takes the call apart
	}
	fun := ast.Unparen(n.Fun)
	if f.handled[n] {
		f.callee(fun)
		return
	}
	switch {
	case f.closeCall(n, fun), f.checkCall(n, fun), f.testingCall(n, fun), f.ifaceCall(n, fun), f.atomicCall(n):
		return
	}
	if m, ok := f.controlledMethod(fun); ok {
		f.rewriteMethodCall(n, m)
		return
	}
	f.callee(fun)
	if fn, ok := f.functionOf(fun); ok && fn.call != "" {
		f.open(f.off(n.Lparen)+1, f.site(n.Pos(), f.text(fun))+", ")
	}
}

// closeCall rewrites `close(ch)`.
func (f *file) closeCall(n *ast.CallExpr, fun ast.Expr) bool {
	id, ok := fun.(*ast.Ident)
	if !ok || !f.isBuiltin(id, "close") {
		return false
	}
	f.replace(f.off(id.Pos()), f.off(id.End()), f.rt("Close"))
	f.open(f.off(n.Lparen)+1, f.site(n.Pos(), f.text(n))+", ")
	return true
}

// A bound is a use of a controlled method through a selector.
type bound struct {
	method
	sel     *ast.SelectorExpr
	obj     *types.Func
	operand string // pointer to the receiver, or the receiver itself
}

// controlledMethod looks a method selector up in the table and spells out the
// path through embedded fields to its receiver. A path through fields that
// this package cannot name belongs to a type of another package, which has a
// method of its own for it if it is instrumented (see promotedShims).
func (f *file) controlledMethod(fun ast.Expr) (*bound, bool) {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	s := f.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal {
		return nil, false
	}
	obj, ok := s.Obj().(*types.Func)
	if !ok {
		return nil, false
	}
	m, ok := lookupMethod(obj)
	if !ok {
		return nil, false
	}
	path, t, ok := fieldPath(f.Types, s)
	if !ok {
		f.note(sel.Sel.Pos(), "%s, promoted through a field of another package", f.text(sel))
		return nil, false
	}
	operand := f.edited(sel.X) + path
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !isValueReceiver(obj) {
		operand = "&" + operand
	}
	return &bound{method: m, sel: sel, obj: obj, operand: operand}, true
}

func lookupMethod(obj *types.Func) (method, bool) {
	recv := obj.Signature().Recv()
	if recv == nil || obj.Pkg() == nil {
		return method{}, false
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return method{}, false
	}
	m, ok := methods[obj.Pkg().Path()+"."+named.Obj().Name()+"."+obj.Name()]
	return m, ok
}

// fieldPath is the text of the embedded fields between a selector's operand
// and the method's receiver, and the type of the last one.
func fieldPath(from *types.Package, s *types.Selection) (path string, t types.Type, ok bool) {
	t = s.Recv()
	index := s.Index()
	for _, i := range index[:len(index)-1] {
		u := core(t)
		if p, isPtr := u.(*types.Pointer); isPtr {
			u = p.Elem().Underlying()
		}
		st, isStruct := u.(*types.Struct)
		if !isStruct {
			return "", nil, false
		}
		field := st.Field(i)
		if !field.Exported() && field.Pkg() != from {
			return "", nil, false
		}
		path += "." + field.Name()
		t = field.Type()
	}
	return path, t, true
}

func isValueReceiver(obj *types.Func) bool {
	_, ptr := obj.Signature().Recv().Type().(*types.Pointer)
	return !ptr
}

// rewriteMethodCall puts `x.M(args)` as `Name(s, &x, args)`.
func (f *file) rewriteMethodCall(n *ast.CallExpr, m *bound) {
	site := f.site(m.sel.Sel.Pos(), f.text(m.sel))
	if m.at {
		f.absorb(f.off(m.sel.X.Pos()), f.off(m.sel.X.End()), f.rt("At")+"("+site+", "+m.operand+")")
		return
	}
	f.absorb(f.off(n.Pos()), f.off(n.Lparen)+1, f.rt(m.name)+"("+site+", "+m.operand+", ")
}

// methodText is the call of a controlled method as text.
func (f *file) methodText(m *bound, site, operand string, args []string) string {
	if m.at {
		return f.rt("At") + "(" + site + ", " + operand + ")." + m.obj.Name() + "(" + strings.Join(args, ", ") + ")"
	}
	return f.rt(m.name) + "(" + strings.Join(append([]string{site, operand}, args...), ", ") + ")"
}

// selector rewrites functions of other packages, wherever they stand, and
// controlled methods as values.
func (f *file) selector(n *ast.SelectorExpr) {
	if f.handled[n] {
		return // the callee of a call, which sees to it
	}
	if f.callee(n) {
		return
	}
	if m, ok := f.controlledMethod(n); ok {
		site := f.site(n.Sel.Pos(), f.text(n))
		if m.at {
			f.absorb(f.off(n.X.Pos()), f.off(n.X.End()), f.rt("At")+"("+site+", "+m.operand+")")
			return
		}
		if bind := bindForm(m.obj.Signature()); bind != "" {
			f.absorb(f.off(n.Pos()), f.off(n.End()), f.rt(bind)+"("+site+", "+f.rt(m.name)+", "+m.operand+")")
			return
		}
		f.note(n.Sel.Pos(), "%s as a value", f.text(n))
		return
	}
	f.methodExpr(n)
}

// bindForm names rt's function that binds a receiver, by the method's shape.
func bindForm(sig *types.Signature) string {
	switch [2]int{sig.Params().Len(), sig.Results().Len()} {
	case [2]int{0, 0}:
		return "Bind0"
	case [2]int{0, 1}:
		return "Bind0R"
	case [2]int{1, 0}:
		return "Bind1"
	case [2]int{1, 1}:
		return "Bind1R"
	}
	return ""
}

// methodExpr rewrites `(*sync.Mutex).Lock` and the like to a literal. Only
// methods without parameters and results are put so; others are listed.
func (f *file) methodExpr(n *ast.SelectorExpr) {
	s := f.Info.Selections[n]
	if s == nil || s.Kind() != types.MethodExpr {
		return
	}
	obj, ok := s.Obj().(*types.Func)
	if !ok {
		return
	}
	m, ok := lookupMethod(obj)
	if !ok {
		return
	}
	path, t, ok := fieldPath(f.Types, s)
	sig := obj.Signature()
	if !ok || m.at || sig.Params().Len()+sig.Results().Len() > 0 {
		f.note(n.Sel.Pos(), "method expression %s", f.text(n))
		return
	}
	operand := "_p" + path
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr {
		operand = "&" + operand
	}
	typ := f.edited(n.X)
	f.absorb(f.off(n.Pos()), f.off(n.End()),
		"func(_p "+typ+") { "+f.methodText(&bound{method: m, obj: obj}, f.site(n.Sel.Pos(), f.text(n)), operand, nil)+" }")
}

// ident rewrites a function that a dot import brings in.
func (f *file) ident(n *ast.Ident) {
	if sel, ok := f.parent().(*ast.SelectorExpr); ok && sel.Sel == n || f.handled[n] {
		return
	}
	f.callee(n)
}

// callee rewrites a reference to a function of another package and reports
// whether it was one. What is not controlled it lists.
func (f *file) callee(x ast.Expr) bool {
	switch y := x.(type) {
	case *ast.IndexExpr:
		return f.callee(ast.Unparen(y.X))
	case *ast.IndexListExpr:
		return f.callee(ast.Unparen(y.X))
	}
	obj := f.funcObject(x)
	if obj == nil {
		f.noteMethod(x)
		return false
	}
	path := obj.Pkg().Path()
	fn, ok := functions[path+"."+obj.Name()]
	switch rand, isRand := randMethods[path]; {
	case ok && fn.call != "":
		f.replaceFunc(x, obj, f.rt(fn.call))
	case ok && fn.context:
		if f.cfg.Context == "" {
			return false
		}
		f.usesContext = true
		f.replaceFunc(x, obj, contextName+"."+obj.Name())
	case ok && strings.Contains(fn.selector, "%s"):
		f.replaceFunc(x, obj, f.rt(fmt.Sprintf(fn.selector, f.site(x.Pos(), f.text(x)))))
	case ok:
		f.replaceFunc(x, obj, f.rt(fn.selector))
	case isRand && !strings.HasPrefix(obj.Name(), "New"):
		f.replaceFunc(x, obj, f.rt(rand)+"."+obj.Name())
	default:
		f.noteFunc(x, obj)
		return false
	}
	return true
}

// funcObject is the package-level function of another package that x names.
func (f *file) funcObject(x ast.Expr) *types.Func {
	var id *ast.Ident
	switch x := x.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		if f.Info.Selections[x] != nil {
			return nil
		}
		id = x.Sel
	default:
		return nil
	}
	fn, ok := f.Info.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg() == f.Types || fn.Signature().Recv() != nil {
		return nil
	}
	return fn
}

// functionOf is the table entry of the function that x names.
func (f *file) functionOf(x ast.Expr) (function, bool) {
	obj := f.funcObject(x)
	if obj == nil {
		return function{}, false
	}
	fn, ok := functions[obj.Pkg().Path()+"."+obj.Name()]
	return fn, ok
}

// hasSite reports whether the function that x names takes its site as an argument.
func (f *file) hasSite(x ast.Expr) bool {
	fn, ok := f.functionOf(x)
	return ok && fn.call != ""
}

// controlled reports whether fun is a callee that has no function value after
// rewriting: a controlled method, or a function that takes a site.
func (f *file) controlled(fun ast.Expr) bool {
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := f.Info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if obj, ok := s.Obj().(*types.Func); ok {
				if _, ok := lookupMethod(obj); ok {
					return true
				}
			}
		}
	}
	return f.hasSite(fun)
}

func (f *file) replaceFunc(x ast.Expr, obj *types.Func, text string) {
	f.absorb(f.off(x.Pos()), f.off(x.End()), text)
	decl, ok := keepAlive[obj.Pkg().Path()]
	if !ok {
		return
	}
	qualifier := ""
	if sel, ok := x.(*ast.SelectorExpr); ok {
		qualifier = f.edited(sel.X) + "."
	}
	f.keepAlive[obj.Pkg().Path()+" "+qualifier] = fmt.Sprintf(decl, qualifier)
}
