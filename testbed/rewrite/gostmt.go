package rewrite

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// Arities for which package rt has a Go function; others take the general form.
const (
	maxGoParams   = 8 // fixed parameters of Go1 ... Go8
	maxGoVariadic = 4 // fixed parameters before a variadic one
	maxGoResults  = 3
)

// goStmt rewrites a go statement. The function value and the arguments are
// evaluated where the statement stands, as the language has it:
//
//	go f(x, y)     Go2(s, f)(x, y)
//	go mu.Lock()   { _p := &mu; Go(s, func() { MuLock(s, _p) }) }
//	go f[T](g())   { _a, _b := g(); Go(s, func() { f[T](_a, _b) }) }
//
// The first form keeps the function at the bottom of the goroutine's stack and
// converts the arguments by assignability; the second is for callees that are
// no function values: builtins, controlled methods, generic functions.
func (f *file) goStmt(n *ast.GoStmt) {
	call := n.Call
	site := f.site(n.Go, "go "+f.text(call.Fun))
	if name := f.goForm(call); name != "" {
		f.replace(f.off(n.Go), f.off(call.Pos()), f.rt(name)+"("+site+", ")
		if name == "Go" {
			f.absorb(f.off(call.Fun.End()), f.off(n.End()), ")")
			return
		}
		f.close(f.off(call.Fun.End()), ")")
		return
	}
	f.goHoisted(n, site)
}

// goForm names the function of package rt for a call of an ordinary function
// value, or returns "" when the call needs the general form.
func (f *file) goForm(call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	sig, ok := coreSignature(f.typeOf(fun))
	if !ok || f.isConversionOrBuiltin(fun) || f.controlled(fun) || f.isGeneric(fun) || len(call.Args) == 1 && f.isTuple(call.Args[0]) {
		return ""
	}
	params, results := sig.Params().Len(), sig.Results().Len()
	name := "Go"
	switch {
	case sig.Variadic():
		if params-1 > maxGoVariadic {
			return ""
		}
		name += fmt.Sprintf("%dV", params-1)
	case params > maxGoParams:
		return ""
	case params > 0 || results > 0:
		name += fmt.Sprint(params)
	}
	if results > maxGoResults {
		return ""
	}
	if results > 0 {
		name += fmt.Sprintf("R%d", results)
	}
	return name
}

// goHoisted evaluates what the language evaluates at the go statement into
// variables and makes the call in a function literal.
func (f *file) goHoisted(n *ast.GoStmt, site string) {
	call := n.Call
	var names, values []string
	hoist := func(value string) string {
		name := f.fresh("g")
		names, values = append(names, name), append(values, value)
		return name
	}
	callee := f.lateCallee(call, hoist)
	var args []string
	switch {
	case len(call.Args) == 1 && f.isTuple(call.Args[0]) && len(names) > 0:
		// f(g()) with a hoisted f: two statements, as one cannot mix both forms.
		tuple := f.typeOf(call.Args[0]).(*types.Tuple)
		for range tuple.Len() {
			args = append(args, f.fresh("g"))
		}
		values[len(values)-1] += "; " + strings.Join(args, ", ") + " := " + f.edited(call.Args[0])
	case len(call.Args) == 1 && f.isTuple(call.Args[0]):
		values = append(values, f.edited(call.Args[0]))
		for range f.typeOf(call.Args[0]).(*types.Tuple).Len() {
			args = append(args, f.fresh("g"))
		}
		names = append(names, args...)
	default:
		for _, arg := range call.Args {
			text := f.edited(arg)
			if !f.isLateSafe(arg) {
				text = hoist(text)
			}
			args = append(args, text)
		}
	}
	text := f.rt("Go") + "(" + site + ", func() { " + callee(args) + " })"
	if len(names) > 0 {
		text = strings.Join(names, ", ") + " := " + strings.Join(values, ", ") + "; " + text
	}
	f.absorb(f.off(n.Pos()), f.off(n.End()), "{ "+text+"; ")
	f.close(f.off(n.End()), "}")
}

// lateCallee returns the text of the call as a function of its arguments.
// The receiver of a controlled method and a function value are hoisted.
func (f *file) lateCallee(call *ast.CallExpr, hoist func(string) string) func(args []string) string {
	fun := ast.Unparen(call.Fun)
	dots := ""
	if call.Ellipsis.IsValid() {
		dots = "..."
	}
	if m, ok := f.controlledMethod(fun); ok {
		recv := hoist(m.operand)
		site := f.site(m.sel.Sel.Pos(), f.text(m.sel))
		return func(args []string) string { return f.methodText(m, site, recv, args) }
	}
	if id, ok := fun.(*ast.Ident); ok && f.isBuiltin(id, "close") {
		site := f.site(call.Pos(), f.text(call))
		return func(args []string) string { return f.rt("Close") + "(" + site + ", " + args[0] + ")" }
	}
	text := f.edited(fun)
	switch tv := f.Info.Types[fun]; {
	case tv.IsType():
		text = "_ = " + text // a conversion is no statement by itself
	case !tv.IsBuiltin() && !f.isGeneric(fun) && !f.hasSite(fun):
		text = hoist(text)
	}
	site := ""
	if f.hasSite(fun) {
		site = f.site(call.Pos(), f.text(fun)) + ", "
	}
	return func(args []string) string { return text + "(" + site + strings.Join(args, ", ") + dots + ")" }
}

// isLateSafe reports whether evaluating x later gives the same value, so that
// untyped constants and nil need no variable.
func (f *file) isLateSafe(x ast.Expr) bool {
	tv := f.Info.Types[x]
	if tv.Value != nil || tv.IsNil() || tv.IsType() {
		return true
	}
	_, lit := ast.Unparen(x).(*ast.FuncLit)
	return lit
}

func (f *file) isTuple(x ast.Expr) bool {
	_, ok := f.typeOf(x).(*types.Tuple)
	return ok
}

func (f *file) isConversionOrBuiltin(fun ast.Expr) bool {
	tv := f.Info.Types[fun]
	return tv.IsType() || tv.IsBuiltin()
}

// isGeneric reports whether fun names a generic function without its type
// arguments, so that it has no value.
func (f *file) isGeneric(fun ast.Expr) bool {
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	case *ast.IndexExpr:
		return f.isGeneric(ast.Unparen(fun.X)) && !f.fullyInstantiated(fun.X, 1)
	case *ast.IndexListExpr:
		return f.isGeneric(ast.Unparen(fun.X)) && !f.fullyInstantiated(fun.X, len(fun.Indices))
	default:
		return false
	}
	fn, ok := f.Info.Uses[id].(*types.Func)
	return ok && fn.Signature().TypeParams().Len() > 0
}

func (f *file) fullyInstantiated(x ast.Expr, n int) bool {
	var id *ast.Ident
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	}
	fn, ok := f.Info.Uses[id].(*types.Func)
	return ok && fn.Signature().TypeParams().Len() == n
}

func coreSignature(t types.Type) (*types.Signature, bool) {
	if t == nil {
		return nil, false
	}
	sig, ok := core(t).(*types.Signature)
	return sig, ok
}

func (f *file) isBuiltin(id *ast.Ident, name string) bool {
	b, ok := f.Info.Uses[id].(*types.Builtin)
	return ok && b.Name() == name
}
