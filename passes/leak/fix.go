package leak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/model"
)

// grow returns the fix that gives the channel of a leak room for every send, or
// nil where that could change the meaning of a run that does not leak.
//
// It keeps the meaning when these hold:
//   - every mention of the channel's variable is a send, a receive, a range or a
//     close, so nobody measures it and no code elsewhere has it;
//   - every sender is a goroutine started by a go statement with a function
//     literal that sends at most once, as the last thing it does, so that no
//     sender relies on its value having been received;
//   - the number of goroutines is known where the channel is made: go statements
//     outside of loops, or in one loop over something that has the same length
//     there.
func (x *source) grow(l model.Leak) []analysis.SuggestedFix {
	call, ok := x.at[l.Chan.Pos()].(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || len(call.Args) > 2 {
		return nil
	}
	cur, ok := x.pass.ResultOf[inspectAnalyzer].(*inspector.Inspector).Root().FindNode(call)
	if !ok {
		return nil
	}
	v, fn := x.variable(cur)
	if v == nil {
		return nil
	}
	c := counting{x: x, made: cur, fn: fn, v: v}
	size := c.size()
	if size == "" {
		return nil
	}
	edit := analysis.TextEdit{Pos: call.Rparen, End: call.Rparen, NewText: []byte(", " + size)}
	if len(call.Args) == 2 {
		edit = analysis.TextEdit{Pos: call.Args[1].Pos(), End: call.Args[1].End(), NewText: []byte(size)}
	} else if call.Args[0].End() != call.Rparen {
		edit.Pos = call.Args[0].End()
	}
	return []analysis.SuggestedFix{{
		Message:   fmt.Sprintf("make %s a buffered channel of size %s", v.Name(), size),
		TextEdits: []analysis.TextEdit{edit},
	}}
}

// variable returns the local variable that is declared with the value of the
// make call as its only value, and the function around it.
func (x *source) variable(made inspector.Cursor) (*types.Var, inspector.Cursor) {
	var id *ast.Ident
	switch parent := made.Parent().Node().(type) {
	case *ast.AssignStmt:
		i := slices.Index(parent.Rhs, ast.Expr(made.Node().(*ast.CallExpr)))
		if parent.Tok != token.DEFINE || i < 0 || len(parent.Lhs) != len(parent.Rhs) {
			return nil, made
		}
		id, _ = parent.Lhs[i].(*ast.Ident)
	case *ast.ValueSpec:
		i := slices.Index(parent.Values, ast.Expr(made.Node().(*ast.CallExpr)))
		if i >= 0 && len(parent.Names) == len(parent.Values) {
			id = parent.Names[i]
		}
	}
	if id == nil {
		return nil, made
	}
	v, _ := x.pass.TypesInfo.Defs[id].(*types.Var)
	for fn := range made.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return v, fn
	}
	return nil, made
}

// A counting counts the sends on one channel variable.
type counting struct {
	x    *source
	made inspector.Cursor // the make call
	fn   inspector.Cursor // the function around it
	v    *types.Var
}

// size returns the source text of the number of sends, or "".
func (c *counting) size() string {
	senders := make(map[ast.Node]bool) // go statements
	var order []inspector.Cursor
	for id := range c.fn.Preorder((*ast.Ident)(nil)) {
		if c.x.pass.TypesInfo.Uses[id.Node().(*ast.Ident)] != c.v {
			continue
		}
		switch parent := id.Parent().Node().(type) {
		case *ast.SendStmt:
			if parent.Chan != id.Node() {
				return ""
			}
			start, ok := c.sender(id.Parent())
			if !ok {
				return ""
			}
			if !senders[start.Node()] {
				senders[start.Node()] = true
				order = append(order, start)
			}
		case *ast.UnaryExpr:
			if parent.Op != token.ARROW {
				return ""
			}
		case *ast.RangeStmt:
			if parent.X != id.Node() {
				return ""
			}
		case *ast.CallExpr:
			f, _ := ast.Unparen(parent.Fun).(*ast.Ident)
			if f == nil || c.x.pass.TypesInfo.Uses[f] != types.Universe.Lookup("close") {
				return ""
			}
		default:
			return ""
		}
	}
	constant, variable := 0, ""
	for _, start := range order {
		n := c.times(start)
		k, err := strconv.Atoi(n)
		switch {
		case n == "" || err != nil && variable != "":
			return ""
		case err == nil:
			constant += k
		default:
			variable = n
		}
	}
	switch {
	case variable == "" && constant == 0:
		return ""
	case variable == "":
		return strconv.Itoa(constant)
	case constant == 0:
		return variable
	}
	return fmt.Sprintf("%s+%d", variable, constant)
}

// sender returns the go statement whose function literal does the send, if the
// send is the last thing that happens there.
func (c *counting) sender(send inspector.Cursor) (inspector.Cursor, bool) {
	for lit := range send.Enclosing((*ast.FuncLit)(nil)) {
		start := lit.Parent().Parent() // FuncLit, CallExpr, GoStmt
		if _, ok := start.Node().(*ast.GoStmt); !ok {
			return send, false
		}
		fn := c.x.function(lit.Node().(*ast.FuncLit))
		return start, fn != nil && sendsLast(fn)
	}
	return send, false
}

// sendsLast reports whether every send of a function is followed by nothing but
// its end, by closing a channel, or by counting down a WaitGroup.
func sendsLast(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		after := false
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send:
				if after {
					return false
				}
				after = true
			case *ssa.Select:
				return false
			case *ssa.Defer:
				if !quiet(&instr.Call) {
					return false
				}
			case *ssa.Call:
				if after && !quiet(&instr.Call) {
					return false
				}
			case *ssa.Go, *ssa.Store, *ssa.MapUpdate, *ssa.Panic:
				if after {
					return false
				}
			case *ssa.UnOp:
				if after && instr.Op == token.ARROW {
					return false
				}
			}
		}
		if after && !endsQuietly(b, make(map[*ssa.BasicBlock]bool)) {
			return false
		}
	}
	return true
}

// endsQuietly reports whether only quiet things happen behind block b.
func endsQuietly(b *ssa.BasicBlock, seen map[*ssa.BasicBlock]bool) bool {
	for _, s := range b.Succs {
		if seen[s] {
			return false // a loop: the send may come again
		}
		seen[s] = true
		for _, instr := range s.Instrs {
			switch instr := instr.(type) {
			case *ssa.Return, *ssa.RunDefers, *ssa.Jump:
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return false
				}
			case *ssa.Call:
				if !quiet(&instr.Call) {
					return false
				}
			default:
				return false
			}
		}
		if !endsQuietly(s, seen) {
			return false
		}
	}
	return true
}

// quiet reports whether a call only closes a channel or counts down a
// WaitGroup.
func quiet(call *ssa.CallCommon) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name() == "close"
	}
	fn := call.StaticCallee()
	return fn != nil && fn.String() == "(*sync.WaitGroup).Done"
}

// times returns the source text of how often a go statement runs for each time
// the channel is made, or "".
func (c *counting) times(start inspector.Cursor) string {
	var loops []inspector.Cursor
	for loop := range start.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if !loop.Contains(c.made) {
				loops = append(loops, loop)
			}
			continue
		}
		if loop.Node() != c.fn.Node() {
			return "" // started by another function literal
		}
		break
	}
	switch len(loops) {
	case 0:
		return "1"
	case 1:
		return c.rounds(loops[0].Node())
	}
	return ""
}

// rounds returns the source text of how many rounds a loop has, if it reads the
// same where the channel is made.
func (c *counting) rounds(loop ast.Node) string {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		id, ok := loop.X.(*ast.Ident)
		if !ok {
			if lit, ok := loop.X.(*ast.BasicLit); ok && lit.Kind == token.INT {
				return lit.Value
			}
			return ""
		}
		if !c.steady(id) {
			return ""
		}
		switch t := c.x.pass.TypesInfo.TypeOf(id).Underlying().(type) {
		case *types.Slice, *types.Map, *types.Array:
			return "len(" + id.Name + ")"
		case *types.Basic:
			if t.Kind() == types.Int {
				return id.Name
			}
		}
	case *ast.ForStmt:
		return c.counted(loop)
	}
	return ""
}

// counted understands for i := 0; i < n; i++.
func (c *counting) counted(loop *ast.ForStmt) string {
	init, ok1 := loop.Init.(*ast.AssignStmt)
	cond, ok2 := loop.Cond.(*ast.BinaryExpr)
	post, ok3 := loop.Post.(*ast.IncDecStmt)
	if !ok1 || !ok2 || !ok3 || init.Tok != token.DEFINE || len(init.Lhs) != 1 || cond.Op != token.LSS || post.Tok != token.INC {
		return ""
	}
	info := c.x.pass.TypesInfo
	i, _ := init.Lhs[0].(*ast.Ident)
	left, _ := cond.X.(*ast.Ident)
	inc, _ := post.X.(*ast.Ident)
	if i == nil || left == nil || inc == nil || info.Uses[left] != info.Defs[i] || info.Uses[inc] != info.Defs[i] {
		return ""
	}
	if from := info.Types[init.Rhs[0]].Value; from == nil || from.ExactString() != "0" || c.writes(loop.Body, info.Defs[i]) {
		return ""
	}
	switch n := ast.Unparen(cond.Y).(type) {
	case *ast.BasicLit:
		if n.Kind == token.INT {
			return n.Value
		}
	case *ast.Ident:
		if b, ok := info.TypeOf(n).Underlying().(*types.Basic); ok && (b.Kind() == types.Int || b.Kind() == types.UntypedInt) && c.steady(n) {
			return n.Name
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && info.Uses[f] == types.Universe.Lookup("len") {
			if arg, ok := n.Args[0].(*ast.Ident); ok && c.steady(arg) {
				return "len(" + arg.Name + ")"
			}
		}
	}
	return ""
}

// steady reports whether a name means the same where the channel is made, and
// is not assigned to in the function from there on.
func (c *counting) steady(id *ast.Ident) bool {
	obj := c.x.pass.TypesInfo.Uses[id]
	if _, ok := obj.(*types.Const); ok {
		return true
	}
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return false
	}
	scope := c.x.pass.Pkg.Scope().Innermost(c.made.Node().Pos())
	if scope == nil {
		return false
	}
	if _, found := scope.LookupParent(id.Name, c.made.Node().Pos()); found != obj {
		return false
	}
	return !c.writes(c.fn.Node(), obj)
}

// writes reports whether code behind the make call may assign to a variable.
func (c *counting) writes(in ast.Node, obj types.Object) bool {
	info := c.x.pass.TypesInfo
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && info.Uses[id] == obj
	}
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		if n == nil || n.End() < c.made.Node().Pos() {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, is)
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && info.Uses[f] == types.Universe.Lookup("delete") {
				found = found || is(n.Args[0])
			}
		case *ast.IndexExpr: // a map grows by assignment
			if m := info.TypeOf(n.X); m != nil && is(n.X) {
				if _, ok := m.Underlying().(*types.Map); ok {
					found = true
				}
			}
		}
		return !found
	})
	return found
}
