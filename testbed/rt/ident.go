package rt

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// The goroutine in control is known anyway; its identity tells it from
// goroutines that uninstrumented code has started. There is no assembly here to
// read the runtime's record of it: the go command runs the assembler in the
// package's directory, and an injected package has none.
//
// The identity is an address in the goroutine's slot for profiler labels, which
// package pprof reaches by the same names. New goroutines inherit the slot.
// While there are no goroutines besides those counted here, nobody can have
// inherited an identity of ours unseen; otherwise a goroutine proves that its
// label is its own by the root frame of its stack. A program that sets profiler
// labels itself loses the identity; the rewriter lists such calls.

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(unsafe.Pointer)

// A label begins with the layout of a label set, which profilers read: it is
// an empty list.
type label struct {
	list []struct{ key, value string }
	// rooted labels belong to goroutines that have rootFrame; others were given
	// to goroutines of uninstrumented code.
	rooted bool
}

// census is the number of goroutines that are accounted for.
var census atomic.Int32

// takeCensus accounts for the goroutines that there are, when an execution begins.
func takeCensus() { census.Store(int32(runtime.NumGoroutine())) }

// strangers reports whether there are goroutines that uninstrumented code has
// started since the execution began.
func strangers() bool { return int32(runtime.NumGoroutine()) > census.Load() }

// newIdentity gives the running goroutine an identity of its own.
func newIdentity(rooted bool) uintptr {
	p := unsafe.Pointer(&label{rooted: rooted})
	setLabels(p)
	return uintptr(p)
}

// getg returns the identity of the running goroutine, which stays the same for
// as long as it lives. It gives it one if need be.
func getg() uintptr {
	p := getLabels()
	if p == nil {
		return newIdentity(false)
	}
	if int32(runtime.NumGoroutine()) == census.Load() || !(*label)(p).rooted || hasRootFrame() {
		return uintptr(p)
	}
	return newIdentity(false)
}

// rootFrame runs f with an identity of the goroutine's own. It is the first
// function of every goroutine that the scheduler starts.
//
//go:noinline
func rootFrame(f func()) {
	newIdentity(true)
	f()
}

// rootEntry finds rootFrame on a stack.
var rootEntry = funcEntry(rootFrame)

func funcEntry(f func(func())) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

// hasRootFrame looks for rootFrame at the bottom of the stack.
func hasRootFrame() bool {
	var pcs [64]uintptr
	for skip := 0; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == rootEntry {
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}
