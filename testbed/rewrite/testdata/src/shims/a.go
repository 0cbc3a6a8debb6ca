package shims

import "sync"

type cache struct{ sync.Mutex }

type nested struct {
	*cache
	n int
}

type generic[K comparable, V any] struct {
	sync.RWMutex
	m map[K]V
}

type explicit struct{ sync.Mutex }

func (e *explicit) Lock() { e.Mutex.Lock() }

type group struct{ sync.WaitGroup }

func all() {
	var l sync.Locker = &cache{}
	l.Lock()
	l = nested{cache: &cache{}}
	l.Lock()
	l = &generic[int, string]{}
	l.Lock()
	var w interface{ Wait() } = &group{}
	w.Wait()
	type local struct{ sync.Mutex }
	l = &local{}
	l.Lock()
}
