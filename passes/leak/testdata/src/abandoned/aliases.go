package abandoned

import (
	"context"
	"fmt"
	"sync"
	"time"
)

func produce(out chan<- int) {
	out <- slow() // want `sending on out when the select returns through ctx.Done`
}

func byParameter(ctx context.Context) {
	ch := make(chan int)
	go produce(ch)
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

func forward[T any](out chan T, v T) {
	out <- v // want `sending on out when the select returns through ctx.Done`
}

func generic(ctx context.Context) {
	ch := make(chan string)
	go forward(ch, "x")
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

type worker struct{ out chan int }

func (w *worker) run() {
	w.out <- slow() // want `sending on w.out when the select returns through ctx.Done`
}

func byField(ctx context.Context) {
	w := &worker{out: make(chan int)}
	go w.run()
	select {
	case <-w.out:
	case <-ctx.Done():
	}
}

type boundWorker struct{ out chan int }

func (w *boundWorker) run() {
	w.out <- slow() // want `sending on w.out when the select returns through ctx.Done`
}

func methodValue(ctx context.Context) {
	w := &boundWorker{out: make(chan int)}
	run := w.run
	go run()
	select {
	case <-w.out:
	case <-ctx.Done():
	}
}

type request struct {
	n     int
	reply chan int
}

func serve(reqs chan request) {
	for r := range reqs {
		r.reply <- r.n // want `sending on r.reply when the select returns through time.After`
	}
}

func throughChannel() int {
	reqs := make(chan request)
	defer close(reqs)
	go serve(reqs)
	reply := make(chan int)
	reqs <- request{1, reply}
	select {
	case v := <-reply:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

func receiveOne(in <-chan int) int { return <-in }

func calleeReceives() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	return receiveOne(ch)
}

func reassigned() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	v := <-ch
	ch = make(chan int, 1)
	go func() { ch <- slow() }()
	if maybe() {
		return v
	}
	return <-ch
}

func inBranch(ctx context.Context, async bool) int {
	var ch chan int
	if async {
		ch = make(chan int)
		go func() { ch <- slow() }() // want `sending on ch when the select returns through ctx.Done`
	}
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

// Whoever calls it receives.
func generator() <-chan int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	return ch
}

var registry = map[string]chan int{}

func escapes() {
	ch := make(chan int)
	registry["x"] = ch
	go func() { ch <- slow() }()
	select {
	case <-ch:
	case <-time.After(time.Second):
	}
}

func escapesField(w *worker) {
	ch := make(chan int)
	w.out = ch
	go func() { ch <- slow() }()
	select {
	case <-ch:
	case <-time.After(time.Second):
	}
}

func printed() int {
	ch := make(chan int)
	fmt.Println(ch)
	go func() { ch <- slow() }()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

// Another goroutine receives what the function leaves.
func collected() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		go func() { <-ch }()
		return 0
	}
}

// The timer is stopped before anybody could miss the callback.
func stoppedTimer() {
	ch := make(chan int)
	t := time.AfterFunc(time.Minute, func() { ch <- 1 })
	if maybe() && t.Stop() {
		return
	}
	<-ch
}

func firedTimer(ctx context.Context) {
	ch := make(chan int)
	time.AfterFunc(time.Minute, func() { ch <- 1 }) // want `sending on ch when the select returns through ctx.Done`
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

func once() int {
	ch := make(chan int)
	done := make(chan struct{})
	var o sync.Once
	stop := func() { o.Do(func() { close(done) }) }
	defer stop()
	go func() {
		select {
		case ch <- slow():
		case <-done:
		}
	}()
	if maybe() {
		stop()
		return 0
	}
	return <-ch
}

// Accepts as long as the outside sends something: how often is not known.
func acceptLoop(next func() (int, error)) int {
	ch := make(chan int)
	go func() {
		for {
			v, err := next()
			if err != nil {
				return
			}
			ch <- v // want `sending on ch when acceptLoop returns after the first result`
		}
	}()
	return <-ch
}

func each(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// The callback only sends: nobody receives through it.
func callback(ctx context.Context, walk func(func(int))) {
	ch := make(chan int)
	walk(func(v int) { ch <- v })
	go func() { ch <- slow() }() // want `sending on ch when the select returns through ctx.Done`
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

func callbackInside(ctx context.Context) {
	ch := make(chan int)
	go func() {
		each(2, func(v int) {
			ch <- v // want `sending on ch when the select returns through ctx.Done`
		})
	}()
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

type stream interface{ ~chan int }

// The channel's type is a type parameter.
func anyChannel[C stream](ctx context.Context) {
	ch := make(C)
	go func() {
		ch <- slow() // want `sending on ch when the select returns through ctx.Done`
		close(ch)
	}()
	select {
	case <-ch:
		<-ch
	case <-ctx.Done():
	}
}

type tree[T any] struct {
	left, right *tree[T]
	v           T
}

func (t *tree[T]) walk(out chan<- T) {
	if t != nil {
		t.left.walk(out)
		out <- t.v // want `sending on out when first returns after the first result`
		t.right.walk(out)
	}
}

// A tree of two elements is enough. Recursion is followed one level deep.
func first[T any](t *tree[T]) T {
	ch := make(chan T)
	go func() {
		t.walk(ch)
		close(ch)
	}()
	return <-ch
}
