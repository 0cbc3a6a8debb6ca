package blocking

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"time"

	"golang.org/x/tools/go/types/typeutil"
)

// Delays below tiny are left alone. A delay of at least longDelay is one that
// somebody notices even when the loop looks at its end between the delays; one
// below shortDelay is no error by itself.
const (
	tiny       = 20 * time.Millisecond
	shortDelay = 250 * time.Millisecond
	longDelay  = time.Second
)

// A delay is what is known about the argument of a sleep.
type delay struct {
	max time.Duration // upper bound; negative when unknown
	// grows: the delay begins tiny and is lengthened from round to round.
	grows bool
}

func (c *checker) delayOf(e ast.Expr) delay {
	if v := c.TypesInfo.Types[e].Value; v != nil {
		return delay{max: nanoseconds(v)}
	}
	if max, ok := c.atMost(e, 0); ok {
		return delay{max: time.Duration(max)}
	}
	d := delay{max: -1}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		c.readValues()
		obj := c.TypesInfo.Uses[id]
		if first := c.firsts[obj]; first != nil {
			start, ok := c.atMost(first, 0)
			d.grows = ok && start < float64(tiny) && c.reassigned[obj]
		}
	}
	return d
}

func nanoseconds(v constant.Value) time.Duration {
	if n, ok := constant.Int64Val(constant.ToInt(v)); ok {
		return time.Duration(max(n, 0))
	}
	return math.MaxInt64
}

// atMost bounds an expression from above: constants, random numbers below a
// constant, counters of loops with a constant end, variables with a constant
// value that nothing changes, and sums and products of these.
func (c *checker) atMost(e ast.Expr, depth int) (float64, bool) {
	if depth > 6 {
		return 0, false
	}
	if v := c.TypesInfo.Types[e].Value; v != nil {
		f, _ := constant.Float64Val(constant.ToFloat(v))
		return f, v.Kind() == constant.Int || v.Kind() == constant.Float
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		x, okX := c.atMost(e.X, depth+1)
		y, okY := c.atMost(e.Y, depth+1)
		switch {
		case !okX || !okY:
			return 0, false
		case e.Op == token.ADD:
			return x + y, true
		case e.Op == token.MUL:
			return x * y, true
		}
	case *ast.CallExpr:
		if c.TypesInfo.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return c.atMost(e.Args[0], depth+1)
		}
		fn, ok := typeutil.Callee(c.TypesInfo, e).(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "math/rand" && fn.Pkg().Path() != "math/rand/v2" {
			return 0, false
		}
		if len(e.Args) == 1 {
			return c.atMost(e.Args[0], depth+1)
		}
		return 1, fn.Name() == "Float64" || fn.Name() == "Float32"
	case *ast.Ident:
		c.readValues()
		if loop := c.counters[c.TypesInfo.Uses[e]]; loop != nil {
			n, ok := c.rounds(loop)
			return float64(n), ok
		}
		if init := c.onlyValue(e); init != nil {
			return c.atMost(init, depth+1)
		}
	}
	return 0, false
}

// onlyValue returns the initial value of a variable of this package that is
// never assigned again and whose address is not taken, or nil. Any importer may
// set an exported variable.
func (c *checker) onlyValue(id *ast.Ident) ast.Expr {
	obj, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok || obj.IsField() || obj.Pkg() != c.Pkg || obj.Exported() && obj.Parent() == c.Pkg.Scope() {
		return nil
	}
	if c.reassigned[obj] {
		return nil
	}
	return c.firsts[obj]
}

// readValues notes, once, the first value that the package gives each variable,
// which variables it changes after that, and which count the rounds of a loop.
func (c *checker) readValues() {
	if c.firsts != nil {
		return
	}
	c.firsts = make(map[types.Object]ast.Expr)
	c.reassigned = make(map[types.Object]bool)
	c.counters = make(map[types.Object]ast.Stmt)
	set := func(l, r ast.Expr) {
		id, ok := ast.Unparen(l).(*ast.Ident)
		if !ok {
			return
		}
		obj := c.TypesInfo.ObjectOf(id)
		if _, again := c.firsts[obj]; again || r == nil {
			c.reassigned[obj] = true
		} else {
			c.firsts[obj] = r
		}
	}
	for _, f := range c.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if len(n.Rhs) == len(n.Lhs) && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
						set(l, n.Rhs[i])
					} else {
						set(l, nil)
					}
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if len(n.Values) == len(n.Names) {
						set(name, n.Values[i])
					} else {
						set(name, nil)
					}
				}
			case *ast.IncDecStmt:
				set(n.X, nil)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					set(n.X, nil)
				}
			case *ast.ForStmt:
				if init, ok := n.Init.(*ast.AssignStmt); ok && len(init.Lhs) == 1 {
					if id, ok := init.Lhs[0].(*ast.Ident); ok {
						c.count(id, n)
					}
				}
			case *ast.RangeStmt:
				for _, v := range []ast.Expr{n.Key, n.Value} {
					if v != nil {
						set(v, nil)
					}
				}
				if id, ok := n.Key.(*ast.Ident); ok {
					c.count(id, n)
				}
			case *ast.Field:
				for _, name := range n.Names {
					set(name, nil)
				}
			}
			return true
		})
	}
}

// count notes that a loop declares the variable that counts its rounds.
func (c *checker) count(id *ast.Ident, loop ast.Stmt) {
	if obj := c.TypesInfo.Defs[id]; obj != nil {
		c.counters[obj] = loop
	}
}

// total bounds what a loop that counts to a constant sleeps altogether.
func (c *checker) total(s *site) (time.Duration, bool) {
	if s.delay.max < 0 {
		return 0, false
	}
	times, ok := c.rounds(s.loop)
	if !ok || times > 1e6 {
		return 0, false
	}
	return s.delay.max * time.Duration(times), true
}

// rounds bounds the iterations of `for i := 0; i < n; i++` and `for range n`
// with a constant n. No loop is one round.
func (c *checker) rounds(loop ast.Stmt) (int64, bool) {
	constInt := func(e ast.Expr) (int64, bool) {
		v := c.TypesInfo.Types[e].Value
		if v == nil {
			return 0, false
		}
		return constant.Int64Val(constant.ToInt(v))
	}
	switch loop := loop.(type) {
	case nil:
		return 1, true
	case *ast.RangeStmt:
		return constInt(loop.X)
	case *ast.ForStmt:
		cond, ok := loop.Cond.(*ast.BinaryExpr)
		if _, counts := loop.Post.(*ast.IncDecStmt); !ok || !counts {
			return 0, false
		}
		switch cond.Op {
		case token.LSS, token.LEQ, token.NEQ:
			n, ok := constInt(cond.Y)
			return n + 1, ok
		}
	}
	return 0, false
}
