package abandoned

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

func deadline(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select returns through ctx.Done`
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Only the sender cancels, and it does so after it was heard.
func cancelledBySender() int {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int)
	go func() {
		defer cancel()
		ch <- slow()
	}()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func senderWatches(ctx context.Context) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ch := make(chan int)
	go func() {
		select {
		case ch <- slow():
		case <-ctx.Done():
		}
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

// The sender watches a context that nobody ends.
func senderWatchesNothing() int {
	ctx := context.Background()
	ch := make(chan int)
	go func() {
		select {
		case ch <- slow(): // want `sending on ch when the select returns through time.After`
		case <-ctx.Done():
		}
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

func senderTries() int {
	ch := make(chan int)
	go func() {
		select {
		case ch <- slow():
		default:
		}
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

func doneByDefer() int {
	ch, done := make(chan int), make(chan struct{})
	defer close(done)
	go func() {
		select {
		case ch <- slow():
		case <-done:
		}
	}()
	if maybe() {
		return 0
	}
	return <-ch
}

func doneForgotten() int {
	ch, done := make(chan int), make(chan struct{})
	go func() {
		select {
		case ch <- slow(): // want `sending on ch when doneForgotten returns before it receives`
		case <-done:
		}
	}()
	if maybe() {
		return 0
	}
	v := <-ch
	close(done)
	return v
}

func group(ctx context.Context, items []int) error {
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan int)
	g.Go(func() error {
		defer close(work)
		for _, it := range items {
			select {
			case work <- it:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		for it := range work {
			if it == 0 {
				return errNo
			}
		}
		return nil
	})
	return g.Wait()
}

func groupPlainSend(items []int) error {
	var g errgroup.Group
	work := make(chan int)
	g.Go(func() error {
		defer close(work)
		for _, it := range items {
			work <- it // want `sending on work when its receiver returns before it receives again`
		}
		return nil
	})
	g.Go(func() error {
		for it := range work {
			if it == 0 {
				return errNo
			}
		}
		return nil
	})
	return g.Wait()
}

// The context of the group ends when the reader fails, not before.
func groupLeaves() error {
	g, ctx := errgroup.WithContext(context.Background())
	ch := make(chan int)
	g.Go(func() error {
		ch <- slow()
		return nil
	})
	g.Go(func() error {
		select {
		case <-ch:
		case <-ctx.Done():
		}
		return nil
	})
	return g.Wait()
}

type service struct {
	done   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *service) stop() { close(s.done) }

// The sender itself makes the receiver leave, after its send.
func (s *service) leavesAfter() int {
	ch := make(chan int)
	go func() {
		defer s.stop()
		ch <- slow()
	}()
	select {
	case v := <-ch:
		return v
	case <-s.done:
		return 0
	}
}

func (s *service) leavesAfterCancel() int {
	ch := make(chan int)
	go func() {
		defer s.cancel()
		ch <- slow()
	}()
	select {
	case v := <-ch:
		return v
	case <-s.ctx.Done():
		return 0
	}
}

func (s *service) leavesBefore() int {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select returns through s.done`
	select {
	case v := <-ch:
		return v
	case <-s.done:
		return 0
	}
}

func bounded(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	<-ctx.Done()
	return 1
}

// The sender cancels a context of its own, which the receiver does not watch.
func boundedSender(ctx context.Context) int {
	ch := make(chan int)
	go func() { ch <- bounded(ctx) }() // want `sending on ch when the select returns through ctx.Done`
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}
