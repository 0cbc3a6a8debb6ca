package rt

import "runtime"

// Finalizers and cleanups run when the garbage collector says so, on a
// goroutine of its own, which no schedule can repeat. None is promised to run
// at all, so during an exploration none is registered.

// SetFinalizer is runtime.SetFinalizer.
func SetFinalizer(obj, finalizer any) {
	if enter() == nil {
		runtime.SetFinalizer(obj, finalizer)
	}
}

// AddCleanup is runtime.AddCleanup.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	if enter() == nil {
		return runtime.AddCleanup(ptr, cleanup, arg)
	}
	return runtime.Cleanup{}
}
