// Package sleepnote has what is worth a hint only: with -level=note each of
// these is reported, without it none.
package sleepnote

import (
	"context"
	"time"
)

func oneShot(ctx context.Context) {
	time.Sleep(time.Second) // want `time.Sleep\(time.Second\) does not watch ctx`
}

func polledOften(ctx context.Context, ready func() bool) {
	for ctx.Err() == nil && !ready() {
		time.Sleep(50 * time.Millisecond) // want `in a loop does not watch ctx`
	}
	for !ready() {
		if ctx.Err() != nil {
			return
		}
		time.Sleep(50 * time.Millisecond) // want `in a loop does not watch ctx`
	}
}

// Three times 100 ms are over soon.
func fewRounds(ctx context.Context, call func() error) {
	for i := 0; i < 3; i++ {
		if call() == nil {
			return
		}
		time.Sleep(time.Duration(i) * 100 * time.Millisecond) // want `in a loop does not watch ctx`
	}
}

// From a millisecond on, up to who knows what.
func grows(ctx context.Context, call func() error) {
	delay := time.Millisecond
	for call() != nil && ctx.Err() == nil {
		if ctx.Err() != nil {
			return
		}
		time.Sleep(delay) // want `in a loop does not watch ctx`
		delay *= 2
	}
}

// Nobody waits for the goroutine, and what it does later harms nobody.
type table struct{ closed chan struct{} }

func (t *table) Close() { close(t.closed) }

func (t *table) lockForAWhile(unlock func()) {
	go func() {
		time.Sleep(5 * time.Second) // want `in a goroutine does not watch t.closed`
		unlock()
	}()
}

// A framework's own context may never be done.
type appContext struct{ context.Context }

func command(ctx *appContext, ready func() bool) {
	for !ready() {
		time.Sleep(5 * time.Second) // want `in a loop does not watch ctx`
	}
}

// The channel stops another goroutine; nobody says that it means this one.
type pair struct {
	quit chan struct{}
	done chan struct{}
}

func (p *pair) Stop() {
	close(p.quit)
	<-p.done
}

func (p *pair) watcher() {
	<-p.quit
	close(p.done)
}

func (p *pair) other(ready func() bool) {
	for !ready() {
		time.Sleep(time.Minute) // want `in a loop does not watch p.quit`
	}
}

// The sleep is the last thing that the loop does.
func once(ctx context.Context, codes []int, code int) bool {
	for _, c := range codes {
		if c == code {
			time.Sleep(5 * time.Second) // want `time.Sleep\(5 \* time.Second\) does not watch ctx`
			return true
		}
	}
	return false
}

// A command's context may well be Background.
type cli struct{ ctx context.Context }

func (c *cli) Context() context.Context { return c.ctx }

func runCommand(cmd *cli, ready func() bool) {
	for !ready() {
		time.Sleep(5 * time.Second) // want `in a loop does not watch cmd.Context\(\)`
	}
}

// The channel ends the function, but not this loop, whose delays are short.
func behindLoop(quit <-chan struct{}, out chan<- int, deliver func(int) bool) {
	for i := range 1000 {
		if !deliver(i) {
			time.Sleep(200 * time.Millisecond) // want `in a loop does not watch quit`
		}
	}
	select {
	case out <- 1:
	case <-quit:
		return
	}
}
