// Package abandoned holds the shapes of leak/abandoned-sender, one function
// each: those that leak, and those that look alike and do not.
package abandoned

import (
	"context"
	"errors"
	"log"
	"os"
	"time"
)

var errNo = errors.New("no")

func slow() int       { time.Sleep(time.Second); return 1 }
func fallible() error { return errNo }
func maybe() bool     { return os.Getenv("MAYBE") != "" }

func timeout(d time.Duration) int {
	ch := make(chan int)
	go func() {
		ch <- slow() // want `sending on ch when the select returns through time.After\(d\)`
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(d):
		return 0
	}
}

func timer(d time.Duration) int {
	t := time.NewTimer(d)
	defer t.Stop()
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select returns through t.C`
	select {
	case v := <-ch:
		return v
	case <-t.C:
	}
	return 0
}

func fits(ctx context.Context) int {
	ch := make(chan int, 1)
	go func() { ch <- slow() }()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func drains(ctx context.Context) error {
	ch := make(chan error)
	go func() { ch <- fallible() }()
	select {
	case err := <-ch:
		return err
	case <-ctx.Done():
		<-ch
		return ctx.Err()
	}
}

func drainsLater(ctx context.Context) error {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := 0; i < 3; i++ {
			ch <- i
		}
	}()
	defer func() {
		for range ch {
		}
	}()
	for v := range ch {
		if v > 1 {
			return errNo
		}
	}
	return nil
}

func leavesRange(check func(int) error) error {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := 0; i < 3; i++ {
			ch <- i // want `sending on ch when leavesRange returns before it receives again`
		}
	}()
	for v := range ch {
		if err := check(v); err != nil {
			return err
		}
	}
	return nil
}

func finishesRange() (sum int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := 0; i < 3; i++ {
			ch <- i
		}
	}()
	for v := range ch {
		sum += v
	}
	return sum
}

func labelled(stop chan bool) (n int) {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select returns through stop`
loop:
	for {
		select {
		case <-stop:
			break loop
		case n = <-ch:
			break loop
		}
	}
	return n
}

// An unlabelled break leaves the select only: the loop receives again.
func comesRound() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	for {
		select {
		case <-time.After(time.Second):
			break
		case v := <-ch:
			return v
		}
	}
}

func jumps() int {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when jumps returns before it receives`
	if maybe() {
		goto out
	}
	return <-ch
out:
	return 0
}

func namedResult(ctx context.Context) (n int, err error) {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select returns through ctx.Done`
	select {
	case n = <-ch:
	case <-ctx.Done():
		err = ctx.Err()
	}
	return
}

func giveUpEarly() error {
	ch := make(chan error)
	go func() { ch <- fallible() }() // want `sending on ch when giveUpEarly returns before it receives`
	if err := fallible(); err != nil {
		return err
	}
	return <-ch
}

// The program ends where the receiver would leave.
func dies() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Minute):
		log.Fatal("too slow")
	}
	return 0
}

func panics() int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Minute):
		panic("too slow")
	}
}

func polls() (n int) {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch when the select takes its default`
	select {
	case n = <-ch:
	default:
	}
	return n
}

// Channels of the two goroutines that answer: whoever comes second stays.
func eitherOf() error {
	a, b := make(chan error), make(chan error)
	go func() { a <- fallible() }() // want `sending on a when the select returns through b`
	go func() { b <- fallible() }() // want `sending on b when the select returns through a`
	select {
	case err := <-a:
		return err
	case err := <-b:
		return err
	}
}

// One goroutine that answers on one of two channels.
func oneOfTwo() (int, error) {
	vals, errs := make(chan int), make(chan error)
	go func() {
		if err := fallible(); err != nil {
			errs <- err
			return
		}
		vals <- 1
	}()
	select {
	case v := <-vals:
		return v, nil
	case err := <-errs:
		return 0, err
	}
}

// What was received says which way the sender went.
func twoSteps() (int, error) {
	vals, errs := make(chan int), make(chan error)
	go func() {
		err := fallible()
		errs <- err
		if err != nil {
			return
		}
		vals <- 1
	}()
	if err := <-errs; err != nil {
		return 0, err
	}
	return <-vals, nil
}

type answer struct {
	n   int
	err error
}

func twoStepsStruct() (int, error) {
	ch := make(chan answer)
	go func() {
		err := fallible()
		ch <- answer{err: err}
		if err == nil {
			ch <- answer{n: 1}
		}
	}()
	if a := <-ch; a.err != nil {
		return 0, a.err
	}
	return (<-ch).n, nil
}

func sameCondition(async bool) int {
	ch := make(chan int)
	if async {
		go func() { ch <- slow() }()
	}
	if !async {
		return 0
	}
	return <-ch
}

func nilArm(wait bool) int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	var after <-chan time.Time
	select {
	case v := <-ch:
		return v
	case <-after: // never
		return 0
	}
}
