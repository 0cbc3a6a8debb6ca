package sleep

import (
	"context"
	"math/rand"
	"time"
)

// Nothing to watch.
func nothing(ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
}

// A context that is never done.
func background(ready func(context.Context) bool) {
	ctx := context.Background()
	for !ready(ctx) {
		time.Sleep(time.Second)
	}
}

func values(ready func(context.Context) bool) {
	ctx := context.WithValue(context.TODO(), 1, 2)
	for !ready(ctx) {
		time.Sleep(time.Second)
	}
}

// The code took care that it is not cancelled.
func detaches(ctx context.Context, ready func(context.Context) bool) {
	ctx = context.WithoutCancel(ctx)
	for !ready(ctx) {
		time.Sleep(time.Second)
	}
}

func detachesAnew(ctx context.Context, ready func(context.Context) bool) {
	if detached := context.WithoutCancel(ctx); true {
		for !ready(detached) {
			time.Sleep(time.Second)
		}
	}
}

// Too short to be noticed.
func tiny(ctx context.Context, ready func() bool) {
	const pause = 10 * time.Millisecond
	wait := 5 * time.Millisecond
	for !ready() {
		time.Sleep(pause)
		time.Sleep(wait)
		time.Sleep(time.Duration(rand.Intn(10)) * time.Millisecond)
	}
}

// A grace period begins when the context is done.
func grace(ctx context.Context, closed func() bool) {
	<-ctx.Done()
	for !closed() {
		time.Sleep(time.Second)
	}
}

func graceInSelect(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			time.Sleep(time.Second)
			return
		case <-in:
		}
	}
}

func graceInIf(ctx context.Context, in func()) {
	for {
		if err := ctx.Err(); err != nil {
			time.Sleep(time.Second)
			return
		}
		in()
	}
}

func deferred(ctx context.Context, closed func() bool) {
	defer func() {
		for !closed() {
			time.Sleep(time.Second)
		}
	}()
}

// The context comes into scope behind the sleep.
func later(start func() context.Context, ready func() bool) context.Context {
	for !ready() {
		time.Sleep(time.Second)
	}
	ctx := start()
	return ctx
}

// A channel that the function closes itself tells others that it has ended.
func completes(ready func() bool) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !ready() {
			time.Sleep(time.Second)
		}
	}()
	return done
}

// It stands for work that somebody will write.
func simulateLoad(ctx context.Context) {
	for {
		time.Sleep(time.Second)
	}
}

// A test double of a method does not say which function is meant.
type clock struct{}

func (clock) Sleep(time.Duration) {}

func otherSleep(ctx context.Context, time clock, ready func() bool) {
	for !ready() {
		time.Sleep(1 << 40)
	}
}

// A goroutine that only stays has no turn to end in.
func parks(ctx context.Context) {
	<-time.After(time.Second)
	for {
		time.Sleep(time.Hour)
	}
}

// Nobody can cancel it before the function is over.
func ownContext(call func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for call(ctx) != nil {
		time.Sleep(time.Second)
	}
}

// Each way round passes something that the context ends.
func seeing(ctx context.Context, try func(context.Context) error, more func() bool) error {
	for {
		if more() {
			if err := try(ctx); err != nil {
				return err
			}
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Waiting for a worker's end is not being told to end.
func collects(done <-chan int, ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
	<-done
}

// A context without a channel is never done.
func neverDone(ctx context.Context, call func() error, d time.Duration) {
	for call() != nil {
		if done := ctx.Done(); done != nil {
			select {
			case <-done:
				return
			case <-time.After(d):
				continue
			}
		}
		time.Sleep(d)
	}
}

func neverDoneElse(ctx context.Context, call func() error, d time.Duration) {
	for call() != nil {
		if ctx.Done() == nil {
			time.Sleep(d)
		} else {
			select {
			case <-ctx.Done():
				return
			case <-time.After(d):
			}
		}
	}
}

// A yield, to let the clock move on.
func yields(ctx context.Context, taken func(int64) bool) int64 {
	for {
		if id := time.Now().UnixNano(); !taken(id) {
			return id
		}
		time.Sleep(time.Nanosecond)
	}
}

// A limit in time is not somebody who waits.
func limited(limit *time.Ticker, step func() bool) {
	for {
		select {
		case <-limit.C:
			return
		default:
		}
		if !step() {
			time.Sleep(time.Second)
		}
	}
}
