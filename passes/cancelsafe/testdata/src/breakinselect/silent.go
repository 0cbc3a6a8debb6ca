package breakinselect

import (
	"context"
	"fmt"
	"os"
	"time"
)

// A break in a branch that carries work skips the rest of the branch.
func work(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-in:
			if v < 0 {
				break
			}
			fmt.Println(v)
		}
	}
}

// No loop: break is just the end of the select.
func noLoop(ctx context.Context, in <-chan int) {
	select {
	case <-ctx.Done():
		break
	case <-in:
	}
}

func noLoopInLiteral(ctx context.Context, in <-chan int) {
	for range 3 {
		func() {
			select {
			case <-ctx.Done():
				break
			case <-in:
			}
		}()
	}
}

func labelled(ctx context.Context, in <-chan int) {
loop:
	for {
		select {
		case <-ctx.Done():
			break loop
		case <-in:
		}
	}
}

// What follows the select leaves the loop.
func returnBehind(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			break
		case <-in:
			continue
		}
		return
	}
}

func exitBehind(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			break
		case <-in:
			continue
		}
		os.Exit(1)
	}
}

// What follows looks at the context.
func asksContext(ctx context.Context, tick <-chan time.Time, flush func()) {
	for {
		select {
		case <-ctx.Done():
			break
		case <-tick:
		}
		flush()
		if ctx.Err() != nil {
			return
		}
	}
}

func loopAsksContext(ctx context.Context, tick <-chan time.Time, flush func()) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			break
		case <-tick:
		}
		flush()
	}
}

// What follows fails when the context is done.
func callFails(ctx context.Context, call func(context.Context) error) error {
	for {
		select {
		case <-ctx.Done():
			break
		case <-time.After(time.Second):
		}
		if err := call(ctx); err != nil {
			return err
		}
	}
}

// The branch sets what the loop or the code behind the select reads.
func flag(ctx context.Context, in <-chan int) {
	running := true
	for running {
		select {
		case <-ctx.Done():
			running = false
			break
		case <-in:
		}
	}
}

func flagBehind(ctx context.Context, in <-chan int) error {
	var err error
	for {
		select {
		case <-ctx.Done():
			err = ctx.Err()
			break
		case <-in:
		}
		if err != nil {
			return err
		}
	}
}

// The value of the other branch is missing.
func missingValue(ctx context.Context, in <-chan *int) {
	for {
		var v *int
		select {
		case <-ctx.Done():
			break
		case v = <-in:
		}
		if v == nil {
			return
		}
	}
}

type flagged struct {
	stop    chan struct{}
	in      chan int
	running bool
	other   chan int
}

func (f *flagged) Stop()         { f.running = false; close(f.stop) }
func (f *flagged) stopped() bool { return !f.running }

func (f *flagged) loopAsksOwner() {
	for f.running {
		select {
		case <-f.stop:
			break
		case <-f.in:
		}
	}
}

func (f *flagged) behindAsksOwner() {
	for {
		select {
		case <-f.stop:
			break
		case <-f.in:
		}
		if f.stopped() {
			return
		}
	}
}

// A nil channel is never ready again.
func setsNil(a, b <-chan int) {
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
				break
			}
			fmt.Println(v)
		case v, ok := <-b:
			if !ok {
				b = nil
				break
			}
			fmt.Println(v)
		}
	}
}

// Each turn has a channel or a context of its own.
func ownChannel(chans []chan int) {
	for _, ch := range chans {
		select {
		case v, ok := <-ch:
			if !ok {
				break
			}
			fmt.Println(v)
		case <-time.After(time.Second):
		}
	}
}

func ownContext(parent context.Context, in <-chan int) {
	for range 3 {
		ctx, cancel := context.WithTimeout(parent, time.Second)
		select {
		case <-ctx.Done():
			break
		case <-in:
		}
		cancel()
	}
}

func indexed(chans []chan int) {
	for i := range chans {
		select {
		case _, ok := <-chans[i]:
			if !ok {
				break
			}
		default:
		}
	}
}

// A reconnect replaces the channel.
func reconnects(connect func() chan int) {
	in := connect()
	for {
		select {
		case v, ok := <-in:
			if !ok {
				in = connect()
				break
			}
			fmt.Println(v)
		case <-time.After(time.Second):
		}
	}
}

// Somebody sends to wake: it carries events, not the end.
func woken(ctx context.Context, in <-chan int) {
	stopwatch := make(chan struct{}, 1)
	go func() { stopwatch <- struct{}{} }()
	for {
		select {
		case <-stopwatch:
			break
		case <-in:
		case <-ctx.Done():
			return
		}
	}
}

// Ticks come again.
func ticks(in <-chan int) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			break
		case v := <-in:
			fmt.Println(v)
		}
	}
}

// The branch decides itself: break is the side on which it goes on.
func decides(ctx context.Context, in <-chan int, pending func() bool) {
	for {
		select {
		case <-ctx.Done():
			if pending() {
				break
			}
			return
		case v := <-in:
			fmt.Println(v)
		}
	}
}

// The break belongs to the switch, and the return behind it to the function.
func innerSwitch(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			switch ctx.Err() {
			case context.Canceled:
				break
			}
			return
		case <-in:
		}
	}
}

// The second ok is another question's answer in the same variable.
func reusedOK(in <-chan string, seen map[string]int) {
	for {
		select {
		case s, ok := <-in:
			if !ok {
				return
			}
			n, ok := seen[s]
			if !ok {
				seen[s] = 1
				break
			}
			seen[s] = n + 1
		case <-time.After(time.Second):
		}
	}
}

// Nobody closes it: the branch is dead, not wrong.
type pipe struct {
	requests chan int
	stop     chan struct{}
}

func newPipe() *pipe { return &pipe{requests: make(chan int), stop: make(chan struct{})} }

func (p *pipe) loop() {
loop:
	for {
		select {
		case r, ok := <-p.requests:
			if !ok {
				break
			}
			fmt.Println(r)
		case <-p.stop:
			break loop
		}
	}
}

// Each turn waits until the gate is open: closing it means to go on.
type gate struct{ open chan struct{} }

func (g *gate) Open() { close(g.open) }

func (g *gate) work(ctx context.Context, step func()) {
	for {
		select {
		case <-g.open:
			break
		case <-ctx.Done():
			return
		}
		step()
	}
}

// The branch leaves when it can, and waits another turn when it cannot.
func lingers(in <-chan int, busy func() bool) {
	for {
		select {
		case v, ok := <-in:
			if !ok {
				if !busy() {
					return
				}
				break
			}
			fmt.Println(v)
		case <-time.After(time.Second):
		}
	}
}
