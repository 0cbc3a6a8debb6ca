// The program uses every construct that the rewriter replaces, in ways whose
// outcome does not depend on the schedule, and panics when an outcome is wrong.
// It is run as it is and, instrumented, under many schedules.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand"
	randv2 "math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

func check[T comparable](what string, got, want T) {
	if got != want {
		panic(fmt.Sprintf("%s: got %v, want %v", what, got, want))
	}
}

type named chan int

func sends() {
	ch := make(named, 2)
	ch <- 1<<2 | 1
	ch <- len("abc")
	check("len", len(ch), 2)
	v, ok := <-ch
	check("received", v, 5)
	check("open", ok, true)
	close(ch)
	check("after close", <-ch, 3)
	_, ok = <-ch
	check("closed", ok, false)
	var any1 any
	errs := make(chan error, 1)
	errs <- nil
	any1, ok = <-errs
	check("nil error", any1 == nil && ok, true)
	func() {
		defer func() { check("send on closed", fmt.Sprint(recover()), "send on closed channel") }()
		ch <- 1
	}()
	func() {
		defer func() { check("double close", fmt.Sprint(recover()), "close of closed channel") }()
		close(ch)
	}()
}

func ranges() {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range 10 {
			ch <- i
		}
	}()
	sum := 0
	var funcs []func() int
outer:
	for v := range ch {
		v := v * 2
		funcs = append(funcs, func() int { return v })
		switch {
		case v == 2:
			continue
		case v == 4:
			goto next
		case v == 16:
			break outer
		}
		for range 3 {
			if v == 6 {
				continue outer
			}
		}
	next:
		sum += v
	}
	check("sum", sum, 4+8+10+12+14)
	check("per iteration", funcs[3](), 6)
	<-ch
	_, ok := <-ch
	check("drained", ok, false)

	m := map[string]int{"a": 1, "b": 2, "c": 3}
	n := 0
	for k := range m {
		delete(m, "a")
		delete(m, "b")
		delete(m, "c")
		n++
		_ = k
	}
	check("deleted entries are not visited", n, 1)
	var last string
	for last = range map[string]bool{"x": true} {
	}
	check("assigned key", last, "x")
	check("sorted keys", fmt.Sprint(slices.Sorted(maps.Keys(map[int]bool{3: true, 1: true}))), "[1 3]")
}

func operand(trace *[]string, name string, ch chan int) chan int {
	*trace = append(*trace, name)
	return ch
}

func selects() (result int) {
	a, b := make(chan int, 1), make(chan int, 1)
	var trace []string
	var list [2]int
	a <- 7
	select {
	case list[len(trace)-2] = <-operand(&trace, "a", a):
	case operand(&trace, "never", nil) <- func() int { // evaluated, not sent
		trace = append(trace, "value")
		return 1
	}():
		panic("sent on nil")
	}
	check("evaluation", fmt.Sprint(trace), "[a never value]")
	check("assigned", list[1], 7)
	select {
	case v, ok := <-a:
		panic(fmt.Sprint(v, ok))
	default:
		result++
	}
loop:
	for i := 0; ; i++ {
		select {
		case b <- i:
			if i == 0 {
				break // the select only
			}
			continue loop
		case v := <-b:
			result += v
			if i > 3 {
				break loop
			}
		}
	}
	done := make(chan struct{})
	close(done)
	select {
	case <-done:
		return result
	case <-time.After(time.Hour):
		panic("an hour has passed")
	}
}

type guard struct {
	sync.Mutex
	n int
}

type nested struct {
	*guard
	rw   sync.RWMutex
	once sync.Once
	pool sync.Pool
}

func locked[L sync.Locker](l L, f func()) {
	l.Lock()
	defer l.Unlock()
	f()
}

func locks() {
	x := nested{guard: &guard{}}
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			x.Lock()
			x.n++
			x.Unlock()
		}()
	}
	var l sync.Locker = &x
	wg.Go(func() { locked(l, func() { x.n++ }) })
	wg.Go(func() { locked(x.guard, func() { x.n++ }) })
	lock, unlock := x.Lock, x.guard.Unlock
	wg.Go(func() { lock(); x.n++; unlock() })
	wg.Wait()
	check("counted under the lock", x.n, 6)

	(*guard).Lock(nil2(x.guard))
	check("TryLock of a locked mutex", x.TryLock(), false)
	(*sync.Mutex).Unlock(&x.guard.Mutex)
	x.rw.RLock()
	check("a second reader", x.rw.TryRLock(), true)
	check("no writer", x.rw.TryLock(), false)
	x.rw.RUnlock()
	r := x.rw.RLocker()
	r.Lock()
	r.Unlock()
	x.rw.RUnlock()
	for range 2 {
		x.once.Do(func() { x.n++ })
	}
	check("once", x.n, 7)
	value := sync.OnceValue(func() int { x.n++; return x.n })
	check("OnceValue", value()+value(), 16)
	x.pool.Put("p")
	if v := x.pool.Get(); v != nil {
		check("pooled", v.(string), "p")
	}
	var m sync.Map
	m.Store(2, "b")
	m.Store(1, "a")
	v, loaded := m.LoadOrStore(1, "c")
	check("loaded", v.(string)+fmt.Sprint(loaded), "atrue")
	n := 0
	m.Range(func(k, v any) bool { n += k.(int); return true })
	check("ranged", n, 3)

	var cond = sync.NewCond(&x)
	ready := false
	go func() {
		locked(&x, func() { ready = true })
		cond.Broadcast()
	}()
	x.Lock()
	for !ready {
		cond.Wait()
	}
	x.Unlock()
}

func nil2(g *guard) *guard { return g }

type adder struct{ n *atomic.Int64 }

func (a adder) add(xs ...int) (sum int, err error) {
	for _, x := range xs {
		sum += x
	}
	a.n.Add(int64(sum))
	return sum, nil
}

func generic[T cmp.Ordered](out chan<- T, v T) { out <- v }

func pair() (chan<- int, int) { return make(chan int, 1), 1 }

func goroutines() {
	var n atomic.Int64
	a := adder{&n}
	var wg sync.WaitGroup
	wg.Add(1)
	go wg.Done()
	wg.Wait()
	go a.add(1, 2)
	go a.add([]int{3, 4}...)
	x := 5
	go func(x int, err error, _ any) { a.add(x) }(x, nil, nil)
	x = 100 // too late for the goroutine
	out := make(chan string, 1)
	go generic(out, "g")
	check("generic", <-out, "g")
	go generic(pair())
	closed := make(chan int)
	go close(closed)
	<-closed
	var mu sync.Mutex
	p := &mu
	go p.Lock()
	p = nil // too late for the goroutine
	for n.Load() != 15 {
		runtime.Gosched()
		time.Sleep(time.Microsecond)
	}
	for mu.TryLock() {
		mu.Unlock()
		time.Sleep(time.Microsecond)
	}
	check("arguments", n.Load(), 15)
}

func timers() {
	start := time.Now()
	sleep := time.Sleep
	sleep(2 * time.Millisecond)
	check("slept", time.Since(start) >= 2*time.Millisecond, true)
	t := time.NewTimer(time.Hour)
	check("stopped", t.Stop(), true)
	check("reset", t.Reset(time.Millisecond), false)
	<-t.C
	fired := make(chan bool)
	time.AfterFunc(time.Millisecond, func() { fired <- true })
	<-fired
	k := time.NewTicker(time.Millisecond)
	<-k.C
	<-k.C
	k.Stop()
}

func contexts() {
	type key struct{}
	cause := errors.New("cause")
	ctx, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, "v"))
	child, stop := context.WithTimeout(ctx, time.Hour)
	defer stop()
	called := make(chan bool)
	context.AfterFunc(child, func() { close(called) })
	cancel(cause)
	<-child.Done()
	<-called
	check("err", child.Err(), context.Canceled)
	check("cause", context.Cause(child), cause)
	check("value", child.Value(key{}).(string), "v")
	check("free", context.WithoutCancel(child).Err() == nil, true)
	short, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	<-short.Done()
	check("deadline", errors.Is(short.Err(), context.DeadlineExceeded), true)
}

func others() {
	check("random", rand.Intn(1)+randv2.IntN(1)+randv2.N(1), 0)
	ch := make(chan int, 1)
	v := reflect.ValueOf(ch)
	v.Send(reflect.ValueOf(3))
	i, r, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: v}})
	check("reflect", fmt.Sprint(i, r.Int(), ok), "0 3 true")
	var once int32
	check("atomic", atomic.AddInt32(&once, 2), 2)
}

func main() {
	sends()
	ranges()
	selects()
	locks()
	goroutines()
	timers()
	contexts()
	others()
}
