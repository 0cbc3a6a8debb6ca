package rt

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/asynclint/asynclint/testbed/explore"
)

// At is a scheduling point before an operation on *p that cannot block: an
// atomic, or a method of a sync.Map. It returns p.
//
//go:norace
func At[P any](s Site, p *P) *P {
	g := enter()
	switch {
	case g == nil || p == nil:
	case g.dying():
		g.linger()
	default:
		g.point(explore.OpAtomic, g.e.object(unsafe.Pointer(p), sharedClass), s)
	}
	return p
}

// SyncMapRange is m.Range(f), in the order of the keys.
func SyncMapRange(s Site, m *sync.Map, f func(k, v any) bool) {
	if enter() == nil {
		m.Range(f)
		return
	}
	all := make(map[any]any)
	At(s, m).Range(func(k, v any) bool {
		all[k] = v
		return true
	})
	for it := MapIter(s, all); it.Next(); {
		if v, ok := At(s, m).Load(it.Key); ok && !f(it.Key, v) {
			return
		}
	}
}

// PoolGet is p.Get(). Which value of a pool comes back depends on processors
// and on garbage collections; here it is the one put last.
func PoolGet(s Site, p *sync.Pool) any {
	g := enter()
	if g == nil {
		return p.Get()
	}
	o := g.e.object(unsafe.Pointer(p), poolClass)
	if !g.dying() {
		g.point(explore.OpAtomic, o, s)
	}
	if n := len(o.pooled); n > 0 {
		x := o.pooled[n-1]
		o.pooled = o.pooled[:n-1]
		raceAcquire(unsafe.Pointer(p))
		return x
	}
	if p.New != nil {
		return p.New()
	}
	return nil
}

// PoolPut is p.Put(x).
func PoolPut(s Site, p *sync.Pool, x any) {
	g := enter()
	if g == nil {
		p.Put(x)
		return
	}
	if g.dying() || x == nil {
		return
	}
	o := g.e.object(unsafe.Pointer(p), poolClass)
	g.point(explore.OpAtomic, o, s)
	raceRelease(unsafe.Pointer(p))
	o.pooled = append(o.pooled, x)
}

// Gosched is runtime.Gosched().
func Gosched(s Site) {
	g := enter()
	if g == nil {
		runtime.Gosched()
		return
	}
	g.polled = true
	g.point(explore.OpYield, nil, s)
}

// NumGoroutine is runtime.NumGoroutine, of the goroutines of the execution.
func NumGoroutine() int {
	g := enter()
	if g == nil {
		return runtime.NumGoroutine()
	}
	g.e.run.Inexact = true // it depends on every goroutine's last step
	n := 0
	for _, other := range g.e.gs {
		if other.state != ended {
			n++
		}
	}
	return n
}
