package rewrite

import (
	"go/ast"
	"go/types"
)

// testbedPath is the package whose Check function runs an exploration.
const testbedPath = "github.com/asynclint/asynclint/testbed"

// checkCall hands `testbed.Check(t, f, options...)` to the worker. The options
// were read in the process that started it; they are still evaluated, so that
// what they use stays used.
func (f *file) checkCall(n *ast.CallExpr, fun ast.Expr) bool {
	obj := f.funcObject(fun)
	if obj == nil || obj.Pkg().Path() != testbedPath || obj.Name() != "Check" || f.cfg.Worker == "" {
		return false
	}
	f.usesWorker = true
	f.absorb(f.off(fun.Pos()), f.off(fun.End()), workerName+".Check")
	if len(n.Args) > 2 {
		last := n.Args[len(n.Args)-1]
		if n.Ellipsis.IsValid() {
			f.replace(f.off(n.Ellipsis), f.off(n.Ellipsis)+len("..."), "")
		}
		f.open(f.off(n.Args[2].Pos()), "func() { _ = []any{")
		f.close(f.off(last.End()), "} }")
	}
	qualifier := ""
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		qualifier = f.text(sel.X) + "."
	}
	f.keepAlive[testbedPath+qualifier] = "var _ " + qualifier + "Option"
	return true
}

// testingCall rewrites t.Run, whose function runs on a goroutine of package
// testing, and drops t.Parallel, which would wait for other tests.
func (f *file) testingCall(n *ast.CallExpr, fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := f.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || s.Obj().Pkg() == nil || s.Obj().Pkg().Path() != "testing" {
		return false
	}
	path, t, ok := fieldPath(f.Types, s)
	if !ok || types.TypeString(t, nil) != "*testing.T" {
		return false
	}
	operand := f.edited(sel.X) + path
	switch s.Obj().Name() {
	case "Run":
		f.absorb(f.off(n.Pos()), f.off(n.Lparen)+1, f.rt("TRun")+"("+f.site(n.Pos(), f.text(sel))+", "+operand+", ")
	case "Parallel":
		f.absorb(f.off(n.Pos()), f.off(n.End()), "func() { _ = "+operand+" }()")
	default:
		return false
	}
	return true
}

// ifaceCall rewrites calls of Lock and the like whose receiver is an interface
// or a type parameter: the dynamic type decides whether rt performs them.
func (f *file) ifaceCall(n *ast.CallExpr, fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := f.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	obj, ok := s.Obj().(*types.Func)
	if !ok || !types.IsInterface(obj.Signature().Recv().Type()) {
		return false
	}
	sig := types.NewSignatureType(nil, nil, nil, obj.Signature().Params(), obj.Signature().Results(), false)
	name, ok := ifaceMethods[obj.Name()+" "+types.TypeString(sig, nil)]
	if !ok {
		return false
	}
	path, _, ok := fieldPath(f.Types, s)
	if !ok {
		return false
	}
	operand := f.edited(sel.X) + path
	f.absorb(f.off(n.Pos()), f.off(n.Lparen)+1, f.rt(name)+"("+f.site(sel.Sel.Pos(), f.text(sel))+", "+operand+", ")
	return true
}

// atomicCall puts a scheduling point inside the operand of an operation of
// sync/atomic.
func (f *file) atomicCall(n *ast.CallExpr) bool {
	if !f.cfg.Atomics {
		return false
	}
	fun := ast.Unparen(n.Fun)
	if obj := f.funcObject(fun); obj != nil && obj.Pkg().Path() == "sync/atomic" && len(n.Args) > 0 {
		if _, isPtr := f.typeOf(n.Args[0]).Underlying().(*types.Pointer); !isPtr {
			return false
		}
		f.open(f.off(n.Args[0].Pos()), f.rt("At")+"("+f.site(n.Pos(), f.text(fun))+", ")
		f.close(f.off(n.Args[0].End()), ")")
		return true
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := f.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || s.Obj().Pkg() == nil || s.Obj().Pkg().Path() != "sync/atomic" {
		return false
	}
	path, t, ok := fieldPath(f.Types, s)
	if !ok {
		return false
	}
	operand := f.edited(sel.X) + path
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr {
		operand = "&" + operand
	}
	f.absorb(f.off(sel.X.Pos()), f.off(sel.X.End()), f.rt("At")+"("+f.site(sel.Sel.Pos(), f.text(sel))+", "+operand+")")
	return true
}

// linkname lists declarations that bind to another package's code.
func (f *file) linkname(n *ast.FuncDecl) {
	if n.Body == nil {
		f.note(n.Pos(), "%s, which has no Go body", n.Name.Name)
	}
}

// noteFunc lists a function that blocks or spawns where the testbed cannot see.
func (f *file) noteFunc(x ast.Expr, obj *types.Func) {
	path := obj.Pkg().Path()
	if uncontrolledFuncs[path+"."+obj.Name()] || mayBlock(path, "", obj.Name()) {
		f.note(x.Pos(), "%s.%s", path, obj.Name())
	}
}

// noteMethod lists a method of a type that belongs to the world outside.
func (f *file) noteMethod(x ast.Expr) {
	sel, ok := x.(*ast.SelectorExpr)
	if !ok {
		return
	}
	s := f.Info.Selections[sel]
	if s == nil || s.Kind() == types.FieldVal || s.Obj().Pkg() == nil {
		return
	}
	path := s.Obj().Pkg().Path()
	if typ := receiverName(s.Obj()); typ != "" && mayBlock(path, typ, s.Obj().Name()) {
		f.note(sel.Sel.Pos(), "%s.%s.%s", path, typ, s.Obj().Name())
	}
}

// receiverName is the name of the type that declares a method.
func receiverName(obj types.Object) string {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return ""
	}
	t := fn.Signature().Recv().Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}
