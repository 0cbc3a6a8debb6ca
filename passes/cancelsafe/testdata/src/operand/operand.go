package operand

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

type batch struct{}

type iterator struct {
	next  chan batch
	fetch chan batch
	mu    sync.Mutex
	ctx   context.Context
}

// The function behind the operand waits in a receive of its own.
func (it *iterator) nextBatch() batch { return <-it.fetch }

func callWaits(ctx context.Context, it *iterator) {
	for {
		select {
		case it.next <- it.nextBatch(): // want `it.nextBatch\(\) waits before the select begins: ctx.Done\(\) cannot interrupt it, and the result is lost unless it.next takes it`
		case <-ctx.Done():
			return
		}
	}
}

// One condition, or one earlier return, makes a wait of the function one that may be.
func (it *iterator) cached(have bool) batch {
	if have {
		return batch{}
	}
	return <-it.fetch
}

func callMayWait(ctx context.Context, it *iterator) {
	select {
	case it.next <- it.cached(true): // want `it.cached\(true\) may wait before the select begins`
	case <-ctx.Done():
	}
}

func (it *iterator) deep() batch { return it.nextBatch() }

func twoCalls(ctx context.Context, it *iterator) {
	select {
	case it.next <- it.deep(): // want `it.deep\(\) waits`
	case <-ctx.Done():
	}
}

// Channel expressions are operands, too.
func subscribe() <-chan int {
	time.Sleep(time.Second)
	return nil
}

func channelExpression(ctx context.Context) {
	select {
	case <-subscribe(): // want `subscribe\(\) waits before the select begins: ctx.Done\(\) cannot interrupt it`
	case <-ctx.Done():
	}
}

func channelOfChannels(chans <-chan chan int, d time.Duration) {
	select {
	case v := <-<-chans: // want `<-chans is received before the select begins: time.After\(d\) cannot interrupt it \(`
		_ = v
	case <-time.After(d):
	}
}

// A default does not help either.
func defaultCase(in <-chan int, out chan<- int) {
	select {
	case out <- <-in: // want `<-in is received before the select begins: the default cannot interrupt it`
	default:
	}
}

// A buffered channel may hold a value.
func buffered(out chan<- int, quit <-chan struct{}) {
	tokens := make(chan int, 4)
	tokens <- 1
	select {
	case out <- <-tokens: // want `<-tokens is received before the select begins: quit cannot interrupt it, and the value is lost unless out takes it`
	case <-quit:
	}
}

// The table of blocking calls knows the libraries.
func library(out chan<- *http.Response, conns chan<- net.Conn, errs chan<- error, l net.Listener, quit <-chan struct{}) {
	accept := func() net.Conn { c, _ := l.Accept(); return c }
	get := func(url string) *http.Response { r, _ := http.Get(url); return r }
	select {
	case errs <- exec.Command("make").Run(): // want `exec.Command\("make"\).Run waits`
	case out <- func() *http.Response { r, _ := http.Get("x"); return r }(): // want `the function literal waits before the select begins: quit cannot interrupt it`
	case conns <- accept(): // a function value is not followed
	case out <- get("y"):
	case <-quit:
	}
}

// What operands are for.
func quick(ctx context.Context, it *iterator, in <-chan int, out chan<- int, d time.Duration) {
	t := time.NewTimer(d)
	var wg sync.WaitGroup
	select {
	case <-ctx.Done():
	case <-it.ctx.Done():
	case <-time.After(d):
	case <-t.C:
	case <-it.channel():
	case out <- it.locked():
	case out <- len(in):
	case <-async(&wg):
	}
}

func (it *iterator) channel() <-chan batch { return it.next }

// A lock is no wait that a select could have cut off.
func (it *iterator) locked() int {
	it.mu.Lock()
	defer it.mu.Unlock()
	return 1
}

// The wait is another goroutine's.
func async(wg *sync.WaitGroup) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

// A call that is given the context can be interrupted.
func interruptible(ctx context.Context, out chan<- int, get func(context.Context) int) {
	select {
	case out <- get(ctx):
	case out <- waits(ctx):
	case <-ctx.Done():
	}
}

func waits(ctx context.Context) int {
	<-ctx.Done()
	return 0
}

// So can a function that watches an end itself.
func (it *iterator) watching() batch {
	select {
	case b := <-it.fetch:
		return b
	case <-it.ctx.Done():
		return batch{}
	}
}

func watches(ctx context.Context, it *iterator) {
	select {
	case it.next <- it.watching():
	case <-ctx.Done():
	}
}

// With one case there is nothing to interrupt.
func single(in <-chan int, out chan<- int) {
	select {
	case out <- <-in:
	}
}

// A polling select waits for nothing.
func (it *iterator) poll() batch {
	select {
	case b := <-it.fetch:
		return b
	default:
		return batch{}
	}
}

func polls(ctx context.Context, it *iterator) {
	select {
	case it.next <- it.poll():
	case <-ctx.Done():
	}
}

func recursive(n int) int {
	if n == 0 {
		return 0
	}
	return recursive(n - 1)
}

func calls(ctx context.Context, out chan<- int) {
	select {
	case out <- recursive(3):
	case <-ctx.Done():
	}
}

// A channel that is made with room takes a value at once.
func (it *iterator) prefilled() <-chan batch {
	ready := make(chan batch, 1)
	ready <- batch{}
	return ready
}

// Nobody may be there to receive.
func (it *iterator) announce() <-chan batch {
	it.next <- batch{}
	return it.fetch
}

func unbuffered() *iterator { return &iterator{next: make(chan batch)} }

func sends(ctx context.Context, it *iterator) {
	select {
	case <-it.prefilled():
	case <-it.announce(): // want `it.announce\(\) may wait before the select begins: ctx.Done\(\) cannot interrupt it`
	case <-ctx.Done():
	}
}

// What is behind a writer may be memory.
func encode(ctx context.Context, out chan<- []byte, v any) {
	select {
	case out <- encoded(v):
	case <-ctx.Done():
	}
}

func encoded(v any) []byte {
	var buf bytes.Buffer
	json.NewEncoder(&buf).Encode(v)
	return buf.Bytes()
}

// There is room for the result: only the other case is of no use.
func roomy(ctx context.Context, cmd *exec.Cmd) <-chan error {
	res := make(chan error, 1)
	go func() {
		select {
		case res <- cmd.Wait(): // want `cmd.Wait\(\) waits before the select begins: ctx.Done\(\) cannot interrupt it`
		case <-ctx.Done():
		}
	}()
	return res
}
