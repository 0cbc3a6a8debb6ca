package exploretest

import (
	"math/rand/v2"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Objects of random scripts, by index.
const (
	Unbuffered = iota
	Buffered
	Mutex
	RWMutex
	Group
	Cond
	Shared
	numObjects
)

// instrs is what random scripts consist of. Some are pairs, so that scripts are
// not all faults and deadlocks.
var instrs = [][]Instr{
	{{Op: explore.OpSend, Obj: Unbuffered}}, {{Op: explore.OpRecv, Obj: Unbuffered}},
	{{Op: explore.OpSend, Obj: Buffered}}, {{Op: explore.OpRecv, Obj: Buffered}},
	{{Op: explore.OpSend, Obj: Buffered}}, {{Op: explore.OpRecv, Obj: Unbuffered}},
	{{Op: explore.OpClose, Obj: Buffered}},
	{{Op: explore.OpLock, Obj: Mutex}}, {{Op: explore.OpUnlock, Obj: Mutex}},
	{{Op: explore.OpLock, Obj: Mutex}, {Op: explore.OpAtomic, Obj: Shared}, {Op: explore.OpUnlock, Obj: Mutex}},
	{{Op: explore.OpTryLock, Obj: Mutex}},
	{{Op: explore.OpLock, Obj: RWMutex}, {Op: explore.OpYield}, {Op: explore.OpUnlock, Obj: RWMutex}},
	{{Op: explore.OpRLock, Obj: RWMutex}, {Op: explore.OpRLock, Obj: RWMutex}, {Op: explore.OpRUnlock, Obj: RWMutex}, {Op: explore.OpRUnlock, Obj: RWMutex}},
	{{Op: explore.OpRLock, Obj: RWMutex}}, {{Op: explore.OpRUnlock, Obj: RWMutex}},
	{{Op: explore.OpTryLock, Obj: RWMutex}}, {{Op: explore.OpTryRLock, Obj: RWMutex}},
	{{Op: explore.OpAdd, Obj: Group}}, {{Op: explore.OpDone, Obj: Group}}, {{Op: explore.OpWait, Obj: Group}},
	{{Op: explore.OpLock, Obj: Mutex}, {Op: explore.OpCondWait, Obj: Cond, L: Mutex}, {Op: explore.OpUnlock, Obj: Mutex}},
	{{Op: explore.OpSignal, Obj: Cond}}, {{Op: explore.OpBroadcast, Obj: Cond}},
}

// Random returns a script of the given number of goroutines besides the root,
// with up to size pieces each.
func Random(r *rand.Rand, goroutines, size int) Script {
	s := Script{Objects: make([]explore.Sync, numObjects)}
	s.Objects[Buffered].Cap = 2
	s.Objects[RWMutex].RW = true
	var root []Instr
	for g := 1; g <= goroutines; g++ {
		root = append(root, Instr{Op: explore.OpGo, Obj: g})
	}
	s.Goroutines = append(s.Goroutines, append(root, piece(r, size)...))
	for range goroutines {
		s.Goroutines = append(s.Goroutines, piece(r, size))
	}
	return s
}

func piece(r *rand.Rand, size int) (code []Instr) {
	for range 1 + r.IntN(size) {
		code = append(code, instrs[r.IntN(len(instrs))]...)
	}
	return code
}
