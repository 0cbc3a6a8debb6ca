package vettool

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// The process is short and its garbage goes with it, so collecting seldom
	// saves a seventh of the time of a small package, for some 20 MB.
	seldom = 400 // percent, as GOGC
	// A large package is collected more often than usual: SSA form and types
	// stay alive to the end, and without it the process would be twice as large
	// as go vet's, for a fifth less processor time.
	often = 30
	// roomyHeap is the size up to which the heap may grow between collections
	// without becoming the largest process of the run; go vet's own is of
	// this size.
	roomyHeap = 72 << 20
	// Of a package from hugeHeap on, go vet's own process is of a size to match,
	// and marking takes long: it is collected less often.
	hugeHeap  = 256 << 20
	lessOften = 55
)

// collectSeldom lets the heap grow to roomyHeap before it is collected often. It
// looks at the live heap after every collection.
func collectSeldom() {
	debug.SetGCPercent(seldom)
	adjust := func(again func()) {
		debug.SetGCPercent(percent(liveHeap()))
		again()
	}
	var watch func()
	watch = func() {
		type sentinel struct{ _ [2]uint64 } // garbage by the next collection
		runtime.AddCleanup(new(sentinel), adjust, watch)
	}
	watch()
}

// percent is the GOGC value after a collection that left so many bytes live.
func percent(live uint64) int {
	if live*(1+seldom/100) <= roomyHeap {
		return seldom
	}
	switch {
	case live >= hugeHeap:
		return lessOften
	case live >= roomyHeap:
		return often
	}
	return max(often, int((roomyHeap-live)*100/live))
}

func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
