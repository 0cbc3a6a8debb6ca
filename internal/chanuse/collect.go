package chanuse

import (
	"go/ast"
	"go/token"
	"go/types"
)

// file records the operations of one file and joins the groups that its
// assignments, calls, literals and returns connect.
func (x *Index) file(f *ast.File) {
	for _, d := range f.Decls {
		w := walker{x: x}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				w.fn, w.decl = d, d
				if obj, ok := x.info.Defs[d.Name].(*types.Func); ok {
					w.results = obj.Signature().Results()
				}
				w.walk(d.Body)
			}
		default:
			w.walk(d)
		}
	}
}

// A walker reads one function.
type walker struct {
	x       *Index
	fn      ast.Node
	decl    *ast.FuncDecl
	results *types.Tuple
}

func (w walker) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			inner := w
			inner.fn, inner.results = n, nil
			if sig, ok := w.x.info.TypeOf(n).(*types.Signature); ok {
				inner.results = sig.Results()
			}
			inner.walk(n.Body)
			return false
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i := range n.Lhs {
					w.flow(n.Lhs[i], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					w.flow(n.Names[i], n.Values[i])
				}
			}
		case *ast.CompositeLit:
			w.literal(n)
		case *ast.ReturnStmt:
			if w.results != nil && len(n.Results) == w.results.Len() {
				for i, r := range n.Results {
					w.into(w.results.At(i), r)
				}
			}
		case *ast.SendStmt:
			w.record(n.Chan, func(u *Use) { u.Sends = append(u.Sends, w.site(n)) })
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				w.record(n.X, func(u *Use) { u.Receives = append(u.Receives, w.site(n)) })
			}
		case *ast.RangeStmt:
			if _, ok := IsChan(w.x.info.TypeOf(n.X)); ok {
				w.record(n.X, func(u *Use) { u.Receives = append(u.Receives, w.site(n)) })
			} else if n.Value != nil {
				if _, ok := IsChan(w.x.info.TypeOf(n.Value)); ok {
					w.x.union(w.x.object(n.Value), w.x.object(n.X))
				}
			}
		case *ast.CallExpr:
			w.call(n)
		}
		return true
	})
}

func (w walker) site(n ast.Node) Site { return Site{Node: n, Func: w.fn, Decl: w.decl} }

func (w walker) record(e ast.Expr, add func(*Use)) {
	if obj := w.x.object(e); obj != nil {
		add(w.x.of(obj))
	}
}

// flow joins what an assignment connects.
func (w walker) flow(lhs, rhs ast.Expr) {
	if _, ok := IsChan(w.x.info.TypeOf(lhs)); ok {
		w.into(w.x.object(lhs), rhs)
	}
}

// into notes that the value of an expression goes into an object.
func (w walker) into(to types.Object, from ast.Expr) {
	x := w.x
	if to == nil {
		return
	}
	if _, ok := IsChan(to.Type()); !ok {
		return
	}
	if call, ok := ast.Unparen(from).(*ast.CallExpr); ok {
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "make" {
			if _, builtin := x.info.Uses[id].(*types.Builtin); builtin {
				u := x.of(to)
				u.Makes = append(u.Makes, w.site(call))
				return
			}
		}
	}
	switch {
	case x.IsDone(from):
		x.of(to).Context = true
	case x.isTicks(from):
		x.of(to).Timer = true
	default:
		x.union(to, x.object(from))
	}
}

func (w walker) literal(lit *ast.CompositeLit) {
	t := w.x.info.TypeOf(lit)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				if v, ok := w.x.info.Uses[key].(*types.Var); ok {
					w.into(v.Origin(), kv.Value)
				}
			}
		} else if i < st.NumFields() {
			w.into(st.Field(i).Origin(), el)
		}
	}
}

// call joins arguments with parameters and records close.
func (w walker) call(call *ast.CallExpr) {
	x := w.x
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && len(call.Args) == 1 {
		if b, ok := x.info.Uses[id].(*types.Builtin); ok {
			if b.Name() == "close" {
				w.record(call.Args[0], func(u *Use) { u.Closes = append(u.Closes, w.site(call)) })
			}
			return
		}
	}
	if x.info.Types[call.Fun].IsType() {
		return
	}
	var params *types.Tuple
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		if sig, ok := x.info.TypeOf(lit).(*types.Signature); ok {
			params = sig.Params()
		}
	} else if fn := x.callee(call); fn != nil {
		if fn.Pkg() == x.pkg {
			params = fn.Signature().Params()
		} else if fn.Pkg() != nil && fn.Pkg().Path() == "os/signal" && len(call.Args) > 0 {
			w.record(call.Args[0], func(u *Use) { u.Signal = true })
			return
		}
	}
	for i, arg := range call.Args {
		if _, ok := IsChan(x.info.TypeOf(arg)); !ok {
			continue
		}
		if params != nil && i < params.Len() {
			w.into(params.At(i), arg)
		} else if params == nil {
			w.record(arg, func(u *Use) { u.Foreign = true })
		}
	}
}
