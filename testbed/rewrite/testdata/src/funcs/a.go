package funcs

import (
	"context"
	"maps"
	"math/rand"
	randv2 "math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"sync"
	. "time"
)

var start = Now()

var once = sync.OnceValue(func() int { return 1 })

var sleep = Sleep

func all(ctx context.Context) error {
	Sleep(Second)
	<-After(2 * Millisecond)
	AfterFunc(1, func() {})
	for range Tick(Second) {
		break
	}
	t := NewTimer(Since(start))
	t.Stop()
	k := NewTicker(Until(start))
	k.Reset(1)
	k.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), Second)
	defer cancel()
	with := context.WithCancelCause
	_, stop := with(ctx)
	stop(context.Cause(ctx))
	context.AfterFunc(ctx, func() {})
	_ = rand.Intn(3) + randv2.IntN(3) + randv2.N(4) + rand.New(rand.NewSource(1)).Int()
	rand.Shuffle(2, func(i, j int) {})
	_ = slices.Sorted(maps.Keys(map[int]int{}))
	runtime.Gosched()
	_ = runtime.NumGoroutine()
	reflect.Select([]reflect.SelectCase{})
	reflect.ValueOf(make(chan int)).Recv()
	sync.OnceFunc(func() {})()
	_ = sync.OnceValue[int](func() int { return once() })
	defer runtime.Gosched()
	return context.Cause(ctx)
}
