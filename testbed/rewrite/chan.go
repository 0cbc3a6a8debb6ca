package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// send rewrites `ch <- v` to `Send(s, ch).V(v)`: the element type comes from
// the channel alone, so v is converted by assignability as it was.
func (f *file) send(n *ast.SendStmt) {
	if f.handled[n] {
		return
	}
	f.open(f.off(n.Pos()), f.rt("Send")+"("+f.site(n.Arrow, f.text(n.Chan)+" <-")+", ")
	f.replace(f.off(n.Arrow), f.off(n.Arrow)+len("<-"), ").V(")
	f.close(f.off(n.End()), ")")
}

// receive rewrites `<-ch` to `Recv(s, ch)`, or Recv2 in comma-ok form.
func (f *file) receive(n *ast.UnaryExpr) {
	if n.Op != token.ARROW || f.handled[n] {
		return
	}
	name := "Recv"
	if f.valueOK[n] {
		name = "Recv2"
	}
	f.replace(f.off(n.OpPos), f.off(n.OpPos)+len("<-"), f.rt(name)+"("+f.site(n.OpPos, "<-"+f.text(n.X))+", ")
	f.close(f.off(n.End()), ")")
}

// rangeStmt rewrites a range over a channel to a loop of receives, and puts a
// range over a map in an order that depends on the keys only.
func (f *file) rangeStmt(n *ast.RangeStmt) {
	t := f.typeOf(n.X)
	if t == nil {
		return
	}
	switch core(t).(type) {
	case *types.Chan:
		f.rangeChan(n)
	case *types.Map:
		if n.Key == nil || isBlank(n.Key) && (n.Value == nil || isBlank(n.Value)) {
			return // the order cannot be seen
		}
		f.rangeMap(n)
	}
}

// rangeMap goes over the keys in an order of their own; an entry that is
// deleted before its turn is skipped, as the language has it.
func (f *file) rangeMap(n *ast.RangeStmt) {
	if n.Tok == token.DEFINE && !f.atLeast("go1.22") {
		f.note(n.For, "map iteration order in a file of %s", f.version)
		return // there is one variable for all iterations
	}
	it := f.fresh("m")
	head := " " + it + " := " + f.rt("MapIter") + "(" + f.site(n.For, "range "+f.text(n.X)) + ", "
	var left, right []string
	for i, x := range []ast.Expr{n.Key, n.Value} {
		if x != nil && !isBlank(x) {
			left = append(left, f.edited(x))
			right = append(right, it+[]string{".Key", ".Val"}[i])
		}
	}
	assign := strings.Join(left, ", ") + " " + n.Tok.String() + " " + strings.Join(right, ", ")
	f.absorb(f.off(n.For)+len("for"), f.off(n.X.Pos()), head)
	f.close(f.off(n.X.End()), "); "+it+".Next(); ")
	f.open(f.off(n.Body.Lbrace)+1, assign+"; { ")
	f.close(f.off(n.Body.Rbrace), " }")
}

// rangeChan keeps break, continue, labels and goto as they are: the loop stays
// a loop. The body gets a block of its own, as the iteration variable belongs
// to the scope around it. Before go1.22 the variable is one for all iterations.
func (f *file) rangeChan(n *ast.RangeStmt) {
	ch, ok := f.fresh("c"), f.fresh("ok")
	site := f.site(n.For, "range "+f.text(n.X))
	head := " " + ch + " := ("
	value, assign := "_", ""
	switch {
	case n.Key == nil || isBlank(n.Key):
	case n.Tok == token.ASSIGN:
		value = f.fresh("v")
		assign = f.edited(n.Key) + " = " + value + "; "
	case f.atLeast("go1.22"):
		value = f.edited(n.Key)
	default:
		value = f.fresh("v")
		name := f.edited(n.Key)
		head = " " + ch + ", " + name + " := " + f.rt("RangeVar") + "("
		assign = name + " = " + value + "; "
	}
	f.absorb(f.off(n.For)+len("for"), f.off(n.X.Pos()), head)
	f.close(f.off(n.X.End()), "); ; ")
	lbrace := f.off(n.Body.Lbrace) + 1
	f.open(lbrace, value+", "+ok+" := "+f.rt("Recv2")+"("+site+", "+ch+"); if !"+ok+" { break }; "+assign+"{ ")
	f.close(f.off(n.Body.Rbrace), " }")
}

// receiveOf returns the receive operation of a communication clause, or nil.
func receiveOf(comm ast.Stmt) *ast.UnaryExpr {
	var x ast.Expr
	switch comm := comm.(type) {
	case *ast.ExprStmt:
		x = comm.X
	case *ast.AssignStmt:
		x = comm.Rhs[0]
	}
	recv, _ := ast.Unparen(x).(*ast.UnaryExpr)
	return recv
}

func (f *file) typeOf(x ast.Expr) types.Type {
	if tv, ok := f.Info.Types[x]; ok {
		return tv.Type
	}
	if id, ok := x.(*ast.Ident); ok {
		if obj := f.Info.ObjectOf(id); obj != nil {
			return obj.Type()
		}
	}
	return nil
}

// core is the underlying type, or for a type parameter the one that all types
// of its set share.
func core(t types.Type) types.Type {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	iface, _ := tp.Constraint().Underlying().(*types.Interface)
	var common types.Type
	for i := 0; iface != nil && i < iface.NumEmbeddeds(); i++ {
		union, ok := iface.EmbeddedType(i).(*types.Union)
		if !ok {
			common = iface.EmbeddedType(i).Underlying()
			continue
		}
		for j := range union.Len() {
			u := union.Term(j).Type().Underlying()
			if common != nil && !types.Identical(common, u) {
				return nil
			}
			common = u
		}
	}
	return common
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}
