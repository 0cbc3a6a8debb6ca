package model

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// components finds the loops (Tarjan).
func (i *funcInfo) components() {
	n := len(i.fn.Blocks)
	i.cyclic, i.comp = make([]int, n), make([]int, n)
	index, low := make([]int, n), make([]int, n)
	onStack := make([]bool, n)
	var stack []int
	next, comps := 1, 0
	var visit func(b *ssa.BasicBlock)
	visit = func(b *ssa.BasicBlock) {
		v := b.Index
		index[v], low[v] = next, next
		next++
		stack = append(stack, v)
		onStack[v] = true
		self := false
		for _, s := range b.Succs {
			switch w := s.Index; {
			case w == v:
				self = true
			case index[w] == 0:
				visit(s)
				low[v] = min(low[v], low[w])
			case onStack[w]:
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		single := stack[len(stack)-1] == v
		for {
			w := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			onStack[w] = false
			i.comp[w] = comps
			i.cyclic[w] = -1
			if !single || self {
				i.cyclic[w] = i.cycles
				i.cycles++
			}
			if w == v {
				break
			}
		}
		comps++
	}
	for _, b := range i.fn.Blocks {
		if index[b.Index] == 0 {
			visit(b)
		}
	}
}

// loops finds the heads of loops that go round as long as something outside
// says so: an accept loop, a loop over a scanner, an endless loop.
func (i *funcInfo) loops() {
	i.open = make([]bool, len(i.fn.Blocks))
	for _, b := range i.fn.Blocks {
		for _, p := range b.Preds {
			if b.Dominates(p) {
				i.open[b.Index] = !counted(b)
			}
		}
	}
}

// counted reports whether the loop that b heads compares a number in its head,
// or ranges over a map.
func counted(b *ssa.BasicBlock) bool {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	switch cond := branch.Cond.(type) {
	case *ssa.BinOp:
		t, ok := cond.X.Type().Underlying().(*types.Basic)
		return ok && t.Info()&types.IsInteger != 0
	case *ssa.Extract:
		_, ok := cond.Tuple.(*ssa.Next)
		return ok
	}
	return false
}

const (
	atExit = -1 // the sides meet at the function's return
	noExit = -2 // the block never reaches a return
)

// postdominators returns the immediate post-dominator of each block, or one of
// the constants above. Ways that end in a panic do not count: nobody has left
// when the program dies.
//
// This is the dominator algorithm of Cooper, Harvey and Kennedy on the reversed
// graph, whose root is a node for the function's end.
func postdominators(blocks []*ssa.BasicBlock) []int {
	r := reverse(blocks)
	exit := len(blocks)
	idom := make([]int, exit+1)
	for i := range idom {
		idom[i] = -1
	}
	idom[exit] = exit
	for changed := true; changed; {
		changed = false
		for k := len(r.order) - 2; k >= 0; k-- { // all but the root, which is last
			v, d := r.order[k], -1
			for _, s := range r.succs[v] {
				switch {
				case !r.seen[s] || idom[s] < 0:
				case d < 0:
					d = s
				default:
					d = r.meet(idom, d, s)
				}
			}
			if d != idom[v] {
				idom[v], changed = d, true
			}
		}
	}
	post := make([]int, exit)
	for v := range post {
		switch {
		case !r.seen[v] || idom[v] < 0:
			post[v] = noExit
		case idom[v] == exit:
			post[v] = atExit
		default:
			post[v] = idom[v]
		}
	}
	return post
}

// A reversed is a control-flow graph seen from its end.
type reversed struct {
	succs  [][]int // of the original graph, the end included
	order  []int   // post-order of the reversed graph
	number []int   // by node: its place in order
	seen   []bool  // the node reaches the end
}

func reverse(blocks []*ssa.BasicBlock) *reversed {
	n := len(blocks) + 1
	r := &reversed{succs: make([][]int, n), number: make([]int, n), seen: make([]bool, n)}
	preds := make([][]int, n)
	edge := func(a, b int) { r.succs[a] = append(r.succs[a], b); preds[b] = append(preds[b], a) }
	for _, b := range blocks {
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			edge(b.Index, n-1)
		}
		for _, s := range b.Succs {
			edge(b.Index, s.Index)
		}
	}
	var walk func(v int)
	walk = func(v int) {
		r.seen[v] = true
		for _, p := range preds[v] {
			if !r.seen[p] {
				walk(p)
			}
		}
		r.number[v] = len(r.order)
		r.order = append(r.order, v)
	}
	walk(n - 1)
	return r
}

// meet returns the nearest node that both a and b are dominated by.
func (r *reversed) meet(idom []int, a, b int) int {
	for a != b {
		for r.number[a] < r.number[b] {
			a = idom[a]
		}
		for r.number[b] < r.number[a] {
			b = idom[b]
		}
	}
	return a
}
