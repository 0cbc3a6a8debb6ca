package model

import "golang.org/x/tools/go/ssa"

// A bitset is a set of registers.
type bitset []uint64

func (s bitset) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s bitset) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s bitset) remove(i int)   { s[i/64] &^= 1 << (i % 64) }

// liveness finds, for each block, the registers that are read in it or behind
// it before they are written. All others are dropped when the block is entered:
// states that differ in them only are one state.
func (i *funcInfo) liveness() {
	blocks := i.fn.Blocks
	i.live = make([]bitset, len(blocks))
	words := len(i.regs)/64 + 1
	for b := range blocks {
		i.live[b] = make(bitset, words)
	}
	var operands []*ssa.Value
	for changed := true; changed; {
		changed = false
		for k := len(blocks) - 1; k >= 0; k-- {
			b := blocks[k]
			in := make(bitset, words)
			for _, s := range b.Succs {
				for w, bits := range i.live[s.Index] {
					in[w] |= bits
				}
				i.edge(in, b, s)
			}
			for n := len(b.Instrs) - 1; n >= 0; n-- {
				instr := b.Instrs[n]
				if v, ok := instr.(ssa.Value); ok {
					in.remove(i.regs[v])
				}
				if _, ok := instr.(*ssa.Phi); ok {
					continue // its operands are read on the edges
				}
				operands = instr.Operands(operands[:0])
				for _, op := range operands {
					if reg, ok := i.regs[*op]; ok {
						in.add(reg)
					}
				}
			}
			for w := range in {
				if in[w] != i.live[k][w] {
					changed = true
				}
			}
			i.live[k] = in
		}
	}
}

// edge adds what the phis of a successor read when it is entered from b.
func (i *funcInfo) edge(in bitset, b, succ *ssa.BasicBlock) {
	for _, instr := range succ.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			return
		}
		for p, pred := range succ.Preds {
			if reg, ok := i.regs[phi.Edges[p]]; ok && pred == b {
				in.add(reg)
			}
		}
	}
}

// prune drops the registers that nothing reads from the entry of a block on.
func (f *frame) prune(b *ssa.BasicBlock) {
	live := f.info.live[b.Index]
	kept := f.env[:0]
	for _, e := range f.env {
		if live.has(e.reg) {
			kept = append(kept, e)
		}
	}
	f.env = kept
}
