package breakinselect

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The branch of a context that outlives the loop's turns.
func contextParameter(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			break // want `the loop goes on although ctx is done`
		case v := <-in:
			fmt.Println(v)
		}
	}
}

// An alias of the channel.
func contextVariable(ctx context.Context, in <-chan int) {
	done := ctx.Done()
	for {
		select {
		case <-done:
			fmt.Println("leaving")
			break // want `the loop goes on although done is done`
		case v := <-in:
			fmt.Println(v)
		}
	}
}

// A loop with a count goes on through the rest of its work.
func counted(ctx context.Context, jobs []func()) error {
	for _, job := range jobs {
		select {
		case <-ctx.Done():
			break // want `the loop goes on although ctx is done`
		default:
		}
		job()
	}
	return ctx.Err()
}

// The way out behind the select has nothing to do with the context.
func unrelatedExit(ctx context.Context, next func() (int, bool)) int {
	sum := 0
	for {
		select {
		case <-ctx.Done():
			break // want `the loop may go on although ctx is done`
		default:
		}
		v, ok := next()
		if !ok {
			break
		}
		sum += v
	}
	return sum
}

type server struct {
	ctx  context.Context
	stop chan struct{}
	jobs chan int
	quit <-chan struct{}
}

func (s *server) Close() { close(s.stop) }

func (s *server) closedField() {
	for {
		select {
		case <-s.stop:
			break // want `the loop goes on although s.stop is closed`
		case j := <-s.jobs:
			fmt.Println(j)
		}
	}
}

func (s *server) contextField() {
	for {
		select {
		case <-s.ctx.Done():
			break // want `the loop goes on although s.ctx is done`
		case j := <-s.jobs:
			fmt.Println(j)
		}
	}
}

// Nothing in the package closes quit: its name and type say what it is for.
func (s *server) namedField() {
	for {
		select {
		case <-s.quit:
			break // want `the loop may go on although s.quit is closed`
		case j := <-s.jobs:
			fmt.Println(j)
		}
	}
}

// A closed channel gives its zero value for ever.
func closedData(in <-chan int) {
	for {
		select {
		case v, ok := <-in:
			if !ok {
				break // want `the loop goes on receiving from in after it is closed`
			}
			fmt.Println(v)
		case <-time.After(time.Second):
			fmt.Println("idle")
		}
	}
}

func closedDataElse(in <-chan int, tick <-chan time.Time) {
	for {
		select {
		case v, ok := <-in:
			if ok {
				fmt.Println(v)
			} else {
				break // want `the loop goes on receiving from in after it is closed`
			}
		case <-tick:
		}
	}
}

// A draining loop over a channel may be meant.
func drains(ctx context.Context, in <-chan int, out chan<- int) {
	for v := range in {
		select {
		case out <- v:
		case <-ctx.Done():
			break // want `the loop may go on although ctx is done`
		}
	}
}

// The select stands in a switch: leaving it leaves the switch as well, and
// nothing more.
func inSwitch(ctx context.Context, mode int, in <-chan int) {
	for {
		switch mode {
		case 1:
			select {
			case <-ctx.Done():
				break // want `the loop goes on although ctx is done`
			case mode = <-in:
			}
		}
	}
}

// The inner loop is left by nothing, the outer one does not matter.
func nested(ctx context.Context, in <-chan int) {
	for i := 0; i < 3; i++ {
		for {
			select {
			case <-ctx.Done():
				break // want `the loop goes on although ctx is done`
			case <-in:
			}
		}
	}
}

// An error made in the branch is never looked at in the loop.
func forgottenError(ctx context.Context, in <-chan int) error {
	var err error
	for i := range 10 {
		select {
		case <-ctx.Done():
			err = errors.New("cancelled")
			break // want `the loop goes on although ctx is done`
		case v := <-in:
			fmt.Println(i, v)
		}
	}
	return err
}

// The call fails when the context is done, and its failure means another try.
func retries(ctx context.Context, call func(context.Context) error) {
	for {
		select {
		case <-ctx.Done():
			break // want `the loop goes on although ctx is done`
		default:
		}
		err := call(ctx)
		if err != nil {
			continue
		}
		return
	}
}

func literal(ctx context.Context, in <-chan int) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				break // want `the loop goes on although ctx is done`
			case <-in:
			}
		}
	}()
}

func generic[T any](ctx context.Context, in <-chan T, f func(T)) {
	for {
		select {
		case <-ctx.Done():
			break // want `the loop goes on although ctx is done`
		case v := <-in:
			f(v)
		}
	}
}

// A context made from it is done with it.
func rederived(ctx context.Context, jobs []func(context.Context)) {
	for _, job := range jobs {
		select {
		case <-ctx.Done():
			break // want `the loop goes on although ctx is done`
		default:
		}
		ctx = context.WithValue(ctx, 1, 2)
		job(ctx)
	}
}

// The loop asks another context.
func (s *server) asksOther(ctx context.Context) {
	for {
		if ctx.Err() != nil {
			break
		}
		select {
		case <-s.ctx.Done():
			break // want `the loop may go on although s.ctx is done`
		case j := <-s.jobs:
			fmt.Println(j)
		}
	}
}

// The package closes it.
type feed struct{ items chan int }

func newFeed() *feed         { return &feed{items: make(chan int)} }
func (f *feed) finish()      { close(f.items) }
func (f *feed) add(item int) { f.items <- item }

func (f *feed) consume(idle func()) {
	for {
		select {
		case item, ok := <-f.items:
			if !ok {
				break // want `the loop goes on receiving from f.items after it is closed`
			}
			fmt.Println(item)
		case <-time.After(time.Second):
			idle()
		}
	}
}

// Whatever the close means, the loop has nothing else to do.
type notice struct{ published chan struct{} }

func (n *notice) Publish() { close(n.published) }

func (n *notice) await(ctx context.Context) {
	for {
		select {
		case <-n.published:
			break // want `the loop may go on although n.published is closed`
		case <-ctx.Done():
			return
		}
	}
}
