package rt

import (
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// OnceDo is once.Do(f): the first caller runs f, the others wait for it to end.
func OnceDo(s Site, once *sync.Once, f func()) {
	g := enter()
	if g == nil {
		once.Do(f)
		return
	}
	o := g.e.object(unsafe.Pointer(once), onceClass)
	g.point(explore.OpOnce, o, s)
	if o.owner != nil {
		g.wait(&o.recvq)
	}
	if o.done || g.e.phase == native {
		once.Do(f) // f has run, unless we have been handed back
		return
	}
	o.owner = g
	defer func() { // f may panic: then it counts as having run
		o.owner, o.done = nil, true
		for !g.dying() {
			w, ok := o.recvq.pop(g.e)
			if !ok {
				break
			}
			g.e.wake(w.g)
		}
	}()
	once.Do(f)
}

// A once runs a function that has results, which it keeps, or panics, which it
// repeats.
type once[R any] struct {
	sync.Once
	run      func() R
	result   R
	returned bool
	panicked any
}

func (o *once[R]) do() R {
	OnceDo(0, &o.Once, func() {
		defer func() {
			if !o.returned {
				o.panicked = recover()
				panic(o.panicked)
			}
		}()
		o.result = o.run()
		o.run = nil
		o.returned = true
	})
	if !o.returned {
		panic(o.panicked)
	}
	return o.result
}

// OnceFunc is sync.OnceFunc.
func OnceFunc(f func()) func() {
	o := &once[struct{}]{run: func() struct{} { f(); return struct{}{} }}
	return func() { o.do() }
}

// OnceValue is sync.OnceValue.
func OnceValue[R any](f func() R) func() R {
	o := &once[R]{run: f}
	return o.do
}

// OnceValues is sync.OnceValues.
func OnceValues[R1, R2 any](f func() (R1, R2)) func() (R1, R2) {
	type pair struct {
		r1 R1
		r2 R2
	}
	o := &once[pair]{run: func() pair { r1, r2 := f(); return pair{r1, r2} }}
	return func() (R1, R2) {
		p := o.do()
		return p.r1, p.r2
	}
}
