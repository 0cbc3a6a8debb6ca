// Package chanuse says what a package does with each of its channels: where it
// makes, closes, sends to and receives from them.
//
// A channel is known by the variables and fields that hold it. Variables that
// the package assigns to each other, passes as arguments, stores in fields or
// returns hold the same channel as far as the index is concerned: they form one
// [Use]. The grouping ignores order and instances, so "never sent to" is a fact
// about everything the package does, and "closed" means that some channel of
// the group is.
package chanuse

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// A Use is what a package does with the channels of one group.
type Use struct {
	Makes, Sends, Receives, Closes []Site

	// Context: the value of a context's Done method is among the channels.
	Context bool
	// Timer: a channel of package time that delivers ticks is among them.
	Timer bool
	// Signal: package os/signal sends to it.
	Signal bool
	// Foreign: the package hands it to a function it does not declare, which
	// may do anything with it.
	Foreign bool
}

// A Site is one operation.
type Site struct {
	Node ast.Node
	Func ast.Node // innermost *ast.FuncDecl or *ast.FuncLit, or nil
	Decl *ast.FuncDecl
}

// An Index answers for the channels of one package.
type Index struct {
	build  func()
	info   *types.Info
	pkg    *types.Package
	parent map[types.Object]types.Object
	use    map[types.Object]*Use
}

// Analyzer gives passes the [Index] of a package. The source is read when the
// first question is asked, so requiring it costs nothing.
var Analyzer = &analysis.Analyzer{
	Name:       "asynclintchanuse",
	Doc:        "index what a package does with its channels",
	ResultType: reflect.TypeFor[*Index](),
	Run: func(pass *analysis.Pass) (any, error) {
		x := &Index{
			info:   pass.TypesInfo,
			pkg:    pass.Pkg,
			parent: make(map[types.Object]types.Object),
			use:    make(map[types.Object]*Use),
		}
		x.build = sync.OnceFunc(func() {
			for _, f := range pass.Files {
				x.file(f)
			}
		})
		return x, nil
	},
}

// Of returns what the package does with the channel that the expression
// denotes, or nil when the expression names no variable, field or result.
func (x *Index) Of(e ast.Expr) *Use {
	x.build()
	obj := x.object(e)
	if obj == nil {
		return nil
	}
	return x.ofObject(obj)
}

// OfVar returns what the package does with the channels in a variable or field.
func (x *Index) OfVar(v *types.Var) *Use {
	x.build()
	return x.ofObject(v.Origin())
}

func (x *Index) ofObject(obj types.Object) *Use {
	if u := x.use[x.find(obj)]; u != nil {
		return u
	}
	return newUse(obj)
}

// Variable returns the variable or field that an expression names, the generic
// one for a field of an instance, or nil.
func Variable(info *types.Info, e ast.Expr) types.Object {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	if v, ok := info.ObjectOf(id).(*types.Var); ok {
		return v.Origin()
	}
	return nil
}

// IsChan reports whether a type is a channel, through names and constraints.
func IsChan(t types.Type) (*types.Chan, bool) {
	if t == nil {
		return nil, false
	}
	c, ok := t.Underlying().(*types.Chan)
	return c, ok
}

// object returns what holds the channel of an expression: a variable, a field,
// or the result variable of a function of the package.
func (x *Index) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return Variable(x.info, e)
	case *ast.IndexExpr:
		return x.object(e.X) // the elements of one container form one group
	case *ast.StarExpr:
		return x.object(e.X)
	case *ast.CallExpr:
		if tv := x.info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
			return x.object(e.Args[0])
		}
		if fn := x.callee(e); fn != nil && fn.Pkg() == x.pkg {
			if res := fn.Signature().Results(); res.Len() == 1 {
				return res.At(0)
			}
		}
	}
	return nil
}

// callee returns the function or method that a call names, or nil.
func (x *Index) callee(call *ast.CallExpr) *types.Func {
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	case *ast.IndexExpr:
		id, _ = fun.X.(*ast.Ident)
	}
	if id == nil {
		return nil
	}
	fn, _ := x.info.Uses[id].(*types.Func)
	if fn == nil {
		return nil
	}
	return fn.Origin()
}

func (x *Index) find(o types.Object) types.Object {
	for {
		p, ok := x.parent[o]
		if !ok {
			return o
		}
		if q, ok := x.parent[p]; ok {
			x.parent[o] = q // halve the path
		}
		o = p
	}
}

// of returns the group of an object, made on demand.
func (x *Index) of(o types.Object) *Use {
	o = x.find(o)
	u := x.use[o]
	if u == nil {
		u = newUse(o)
		x.use[o] = u
	}
	return u
}

// newUse returns the use of a channel that nothing is known of but what holds
// it: the fields of package time hold the channels of timers.
func newUse(o types.Object) *Use {
	return &Use{Timer: o.Pkg() != nil && o.Pkg().Path() == "time"}
}

// union joins the groups of two objects. Sites keep the order in which the
// groups were joined; nothing depends on it but their number.
func (x *Index) union(a, b types.Object) {
	if a == nil || b == nil {
		return
	}
	if a, b = x.find(a), x.find(b); a == b {
		return
	}
	x.parent[b] = a
	from := x.use[b]
	delete(x.use, b)
	if from == nil {
		return
	}
	to := x.of(a)
	to.Makes = append(to.Makes, from.Makes...)
	to.Sends = append(to.Sends, from.Sends...)
	to.Receives = append(to.Receives, from.Receives...)
	to.Closes = append(to.Closes, from.Closes...)
	to.Context = to.Context || from.Context
	to.Timer = to.Timer || from.Timer
	to.Signal = to.Signal || from.Signal
	to.Foreign = to.Foreign || from.Foreign
}

// isDoneMethod reports whether fn is Done of context.Context or of a type that
// implements it.
func isDoneMethod(fn *types.Func) bool {
	if fn == nil || fn.Name() != "Done" || fn.Signature().Recv() == nil {
		return false
	}
	return IsContext(fn.Signature().Recv().Type())
}

// IsContext reports whether a type is context.Context or implements it, judged
// by the four methods.
func IsContext(t types.Type) bool {
	if t == nil {
		return false
	}
	for _, name := range [...]string{"Deadline", "Done", "Err", "Value"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if fn, ok := obj.(*types.Func); !ok || fn == nil {
			return false
		}
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Done")
	res := obj.(*types.Func).Signature().Results()
	if res.Len() != 1 {
		return false
	}
	_, ok := IsChan(res.At(0).Type())
	return ok
}

// isTicks reports whether the expression is a channel of package time.
func (x *Index) isTicks(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fn := x.callee(e)
		return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "time"
	case *ast.SelectorExpr:
		v, ok := x.info.ObjectOf(e.Sel).(*types.Var)
		return ok && v.IsField() && v.Pkg() != nil && v.Pkg().Path() == "time"
	}
	return false
}

// IsDone reports whether the expression calls a context's Done method.
func (x *Index) IsDone(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && isDoneMethod(x.callee(call))
}

// Pos is where the operation stands.
func (s Site) Pos() token.Pos { return s.Node.Pos() }
