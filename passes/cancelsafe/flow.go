package cancelsafe

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"

	"github.com/asynclint/asynclint/internal/chanuse"
	"github.com/asynclint/asynclint/internal/ssabuild"
)

// An outcome says what follows a break out of a select.
type outcome int

const (
	leaves       outcome = iota // the loop is left, or the code has a way to notice
	mayComeRound                // the way out does not depend on the cancellation
	runsOut                     // it comes round, idly, until its own condition ends it
	comesRound                  // every path returns to the select
)

// A path is the search of the control flow from the end of a select.
type path struct {
	c   *checker
	ls  *loopSelect
	end *ending

	// ended are the context, what is derived from it, and the error variables
	// that are not nil once it is done. aware are these and everything else that
	// may have another value because this branch was taken.
	ended, aware map[types.Object]bool

	seen    map[*cfg.Block]bool
	round   bool // the select is reached again
	exit    bool // a path leaves the loop other than by its own condition
	noticed bool // a condition reads something aware
	opaque  bool // the loop's condition calls a function
}

// after follows the control flow from the end of the select, as the branch
// leaves it, until the select is reached again or the loop is left.
//
// Comparisons with nil of errors that the end sets are decided. Any other
// condition that reads the context, the channel or what the select assigns, or
// that asks the value that owns the channel, counts as noticing.
func (c *checker) after(ls *loopSelect, clause *ast.CommClause, end *ending) outcome {
	p := &path{
		c: c, ls: ls, end: end,
		ended: make(map[types.Object]bool),
		aware: make(map[types.Object]bool),
		seen:  make(map[*cfg.Block]bool),
	}
	p.learn(clause)
	g := cfg.New(ls.body, ssabuild.MayReturn(c.TypesInfo))
	for _, b := range g.Blocks {
		if b.Kind == cfg.KindSelectDone && b.Stmt == ls.sel && b.Live {
			p.visit(b, nil)
		}
	}
	switch {
	case !p.round, p.noticed && p.exit:
		return leaves
	case p.exit, p.opaque:
		return mayComeRound
	}
	if r, ok := ls.loop.(*ast.RangeStmt); ok {
		switch c.TypesInfo.TypeOf(r.X).Underlying().(type) {
		case *types.Chan, *types.Signature:
			return mayComeRound // may be meant to drain the sender
		}
	}
	if bounded(ls) {
		return runsOut
	}
	return comesRound
}

// bounded reports whether the loop has an end of its own and nothing to do but
// the select.
func bounded(ls *loopSelect) bool {
	switch loop := ls.loop.(type) {
	case *ast.ForStmt:
		return loop.Cond != nil && len(loop.Body.List) == 1
	case *ast.RangeStmt:
		return len(loop.Body.List) == 1
	}
	return false
}

// learn fills in what the code behind the select can know the end by: what the
// select assigns, and what the loop computes from that.
func (p *path) learn(clause *ast.CommClause) {
	for obj := range p.end.objects {
		if obj != p.end.root || len(p.end.objects) == 1 {
			p.aware[obj], p.ended[obj] = true, true
		}
	}
	inEnd := func(n ast.Node) bool { return within(n, clause) && !within(n, clause.Comm) }
	ast.Inspect(p.ls.sel.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				fails := inEnd(n) && !(len(n.Rhs) == len(n.Lhs) && p.c.isNil(n.Rhs[i]))
				p.assign(l, fails)
			}
		case *ast.IncDecStmt:
			p.assign(n.X, false)
		case *ast.CallExpr:
			// A method that the branch calls may change what a condition reads.
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && inEnd(n) {
				if obj := p.c.objectOf(sel.X); obj != nil && obj != p.end.root {
					p.aware[obj] = true
				}
			}
		}
		return true
	})
	for range 2 { // through one more variable, whatever the order
		ast.Inspect(p.ls.loop, func(n ast.Node) bool {
			as, ok := n.(*ast.AssignStmt)
			if !ok || within(as, p.ls.sel) {
				return true
			}
			for i, l := range as.Lhs {
				r := as.Rhs[0]
				if len(as.Rhs) == len(as.Lhs) {
					r = as.Rhs[i]
				}
				if p.mentions(r, p.ended) {
					p.assign(l, true)
				} else if p.mentions(r, p.aware) || p.asksOwner(r) {
					p.assign(l, false)
				}
			}
			return true
		})
	}
}

// assign notes that a variable or field depends on the end. Errors and contexts
// that come of something ended are ended too.
func (p *path) assign(l ast.Expr, ended bool) {
	obj := p.c.objectOf(l)
	if obj == nil {
		return
	}
	p.aware[obj] = true
	if ended && (isError(obj.Type()) || chanuse.IsContext(obj.Type())) {
		p.ended[obj] = true
	}
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// mentions reports whether an expression names one of the objects.
func (p *path) mentions(e ast.Expr, objects map[types.Object]bool) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if v, ok := p.c.TypesInfo.ObjectOf(n).(*types.Var); ok && objects[v.Origin()] {
				found = true
			}
		}
		return !found
	})
	return found
}

// asksOwner reports whether an expression asks the value that owns the channel
// whether it has ended: by a method, by a flag, or by handing it to a function.
func (p *path) asksOwner(e ast.Expr) bool {
	if len(p.end.objects) < 2 {
		return false
	}
	isOwner := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && p.c.TypesInfo.ObjectOf(id) == p.end.root
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && isOwner(sel.X) {
				found = true
			}
			for _, arg := range n.Args {
				if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok {
					arg = u.X
				}
				if sel, ok := ast.Unparen(arg).(*ast.SelectorExpr); ok && isOwner(sel.X) || isOwner(arg) {
					found = true
				}
			}
		case *ast.SelectorExpr:
			if t, ok := p.c.TypesInfo.TypeOf(n).Underlying().(*types.Basic); ok && t.Info()&types.IsBoolean != 0 && isOwner(n.X) {
				found = true
			}
		}
		return !found
	})
	return found
}

func (p *path) visit(b, from *cfg.Block) {
	if !p.inside(b) {
		if from == nil || !p.isHead(from) {
			p.exit = true
		}
		return
	}
	for _, n := range b.Nodes {
		if p.isComm(n) {
			p.round = true
			return
		}
	}
	if p.seen[b] {
		return
	}
	p.seen[b] = true
	succs := b.Succs
	switch len(succs) {
	case 0:
		// A return or a call that never returns; nothing follows the last case.
		p.exit = p.exit || b.Return() != nil || b.Kind != cfg.KindSelectAfterCase
	case 2:
		if len(b.Nodes) > 0 {
			if cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr); ok {
				succs = p.branch(b, cond)
			}
		}
	}
	for _, s := range succs {
		p.visit(s, b)
	}
}

// branch returns the successors that a conditional block can take.
func (p *path) branch(b *cfg.Block, cond ast.Expr) []*cfg.Block {
	if value, known := p.decide(cond); known {
		if value {
			return b.Succs[:1]
		}
		return b.Succs[1:]
	}
	switch {
	case p.mentions(cond, p.aware), p.asksOwner(cond):
		p.noticed = true
		p.exit = p.exit || p.isHead(b)
	case p.isHead(b) && p.hasCall(cond):
		p.opaque = true
	}
	return b.Succs
}

// decide evaluates comparisons with nil of errors that the end sets.
func (p *path) decide(cond ast.Expr) (value, known bool) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			value, known = p.decide(e.X)
			return !value, known
		}
	case *ast.BinaryExpr:
		if e.Op != token.EQL && e.Op != token.NEQ {
			return false, false
		}
		x := e.X
		if p.c.isNil(x) {
			x = e.Y
		} else if !p.c.isNil(e.Y) {
			return false, false
		}
		obj := p.c.objectOf(x)
		if obj != nil && p.ended[obj] && isError(obj.Type()) || p.isErrCall(x) {
			return e.Op == token.NEQ, true
		}
	}
	return false, false
}

func (c *checker) isNil(e ast.Expr) bool { return c.TypesInfo.Types[e].IsNil() }

// isErrCall reports whether an expression asks the ended context for its error.
func (p *path) isErrCall(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Err" && p.ended[p.c.objectOf(sel.X)] && chanuse.IsContext(p.c.TypesInfo.TypeOf(sel.X))
}

// hasCall reports whether an expression calls a function that has a body.
func (p *path) hasCall(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			tv := p.c.TypesInfo.Types[call.Fun]
			found = found || !tv.IsType() && !tv.IsBuiltin()
		}
		return !found
	})
	return found
}

// isHead reports whether a block evaluates the loop's own condition.
func (p *path) isHead(b *cfg.Block) bool {
	return b.Stmt == p.ls.loop && (b.Kind == cfg.KindForLoop || b.Kind == cfg.KindRangeLoop)
}

// inside reports whether a block belongs to an iteration of the loop.
func (p *path) inside(b *cfg.Block) bool {
	if b.Stmt == p.ls.loop {
		return b.Kind != cfg.KindForDone && b.Kind != cfg.KindRangeDone
	}
	return b.Stmt != nil && within(b.Stmt, p.ls.loop)
}

func (p *path) isComm(n ast.Node) bool {
	for _, s := range p.ls.sel.Body.List {
		if comm := s.(*ast.CommClause).Comm; comm != nil && comm == n {
			return true
		}
	}
	return false
}
