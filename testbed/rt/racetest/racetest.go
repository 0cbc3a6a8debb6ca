// Package racetest has bodies that are run under the race detector. They have
// a package of their own, because package rt must be compiled without
// instrumentation and they with it.
package racetest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynclint/asynclint/testbed/rt"
)

// Racy has one data race, whatever the schedule.
func Racy() {
	x := 0
	rt.Go(0, func() { x++ })
	x++
}

// RacyInOneOrder has a data race only if the goroutine runs first.
func RacyInOneOrder() {
	x := 0
	var mu sync.Mutex
	first := false
	rt.Go(0, func() {
		x++
		rt.MuLock(0, &mu)
		first = true
		rt.MuUnlock(0, &mu)
	})
	rt.MuLock(0, &mu)
	ran := first
	rt.MuUnlock(0, &mu)
	if !ran {
		x++
	}
}

// Clean uses every primitive to order its accesses, and has no data race.
func Clean() {
	handOvers()
	locks()
	groups()
}

func handOvers() {
	unbuffered, buffered, done := make(chan int), make(chan int, 1), make(chan int)
	var x, y, z, w int
	rt.Go(0, func() {
		x = 1
		rt.Send(0, unbuffered).V(1)
		y = 1
		rt.Send(0, buffered).V(1)
		rt.Recv(0, unbuffered)
		z++
		rt.Select(0, false, rt.SelSend(unbuffered).V(1), rt.SelRecv[int](nil))
		w = 1
		rt.Close(0, done)
	})
	rt.Recv(0, unbuffered)
	x++
	rt.Recv(0, buffered)
	y++
	z = 1
	rt.Send(0, unbuffered).V(1)
	rt.Select(0, false, rt.SelRecv(unbuffered), rt.SelRecv[int](nil))
	z++
	rt.Recv(0, done)
	w++
}

func locks() {
	var mu sync.Mutex
	var rw sync.RWMutex
	var once sync.Once
	var n atomic.Int32
	cond := sync.NewCond(&mu)
	var x, o int
	finished := make(chan int)
	for range 2 {
		rt.Go(0, func() {
			rt.OnceDo(0, &once, func() { o = 1 })
			_ = o
			rt.MuLock(0, &mu)
			x++
			rt.CondBroadcast(0, cond)
			for x < 2 {
				rt.CondWait(0, cond)
			}
			rt.MuUnlock(0, &mu)
			rt.RWRLock(0, &rw)
			_ = o
			rt.RWRUnlock(0, &rw)
			rt.RWLock(0, &rw)
			o++
			rt.RWUnlock(0, &rw)
			rt.At(0, &n).Add(1)
			rt.Send(0, finished).V(1)
		})
	}
	rt.Recv(0, finished)
	rt.Recv(0, finished)
	x, o = 0, 0
}

func groups() {
	var wg sync.WaitGroup
	results := make([]int, 4)
	for i := range results {
		rt.WgGo(0, &wg, func() { results[i] = rt.Rand().Intn(10) })
	}
	rt.WgWait(0, &wg)
	for i := range results {
		results[i] = 0
	}
	fired := 0
	rt.T(0).AfterFunc(time.Second, func() { fired++ })
	rt.T(0).Sleep(time.Minute)
	m := map[int]int{1: 1, 2: 2}
	for it := rt.MapIter(0, m); it.Next(); {
		m[it.Key]++
	}
}
