package atomics

import "sync/atomic"

type stats struct {
	n    atomic.Int64
	flag *atomic.Bool
	raw  int32
}

type embeds struct{ atomic.Int32 }

func all(s *stats, e *embeds) bool {
	s.n.Add(1)
	atomic.AddInt32(&s.raw, 2)
	for !atomic.CompareAndSwapInt32(&s.raw, atomic.LoadInt32(&s.raw), 3) {
	}
	e.Store(4)
	var p atomic.Pointer[stats]
	p.Store(s)
	return s.flag.Load() && s.flag.CompareAndSwap(true, p.Load() == nil)
}
