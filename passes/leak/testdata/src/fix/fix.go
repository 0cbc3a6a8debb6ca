package fix

import (
	"context"
	"sync"
	"time"
)

func slow() int       { return 1 }
func fallible() error { return nil }

func one(ctx context.Context) int {
	ch := make(chan int)
	go func() {
		ch <- slow() // want `sending on ch`
	}()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func zero(ctx context.Context) int {
	ch := make(chan int, 0)
	go func() {
		defer close(ch)
		ch <- slow() // want `sending on ch`
	}()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func two() int {
	var first = make(chan int)
	go func() { first <- slow() }() // want `sending on first`
	go func() { first <- slow() }() // want `sending on first`
	return <-first
}

func each(jobs []func() error) error {
	var wg sync.WaitGroup
	errs := make(chan error)
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := job(); err != nil {
				errs <- err // want `sending on errs`
				return
			}
			errs <- nil
		}()
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func numbered(n int) int {
	ch := make(chan int)
	for i := 0; i < n; i++ {
		go func() { ch <- slow() + i }() // want `sending on ch`
	}
	return <-ch
}

func round(ctx context.Context) {
	for {
		ch := make(chan int)
		go func() { ch <- slow() }() // want `sending on ch`
		select {
		case <-ch:
		case <-ctx.Done():
			return
		}
	}
}

// No fix: the goroutine goes on after its value was taken.
func goesOn(ctx context.Context, handled func()) {
	ch := make(chan int)
	go func() {
		ch <- slow() // want `sending on ch`
		handled()
	}()
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

// No fix: the channel's size is used.
func measured(ctx context.Context) int {
	ch := make(chan int)
	go func() { ch <- slow() }() // want `sending on ch`
	select {
	case <-ch:
	case <-ctx.Done():
	}
	return cap(ch)
}

// No fix: the number of sends is not known where the channel is made.
func unknown(more func() bool) int {
	ch := make(chan int)
	for more() {
		go func() { ch <- slow() }() // want `sending on ch`
	}
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		return 0
	}
}

// No fix: the slice grows between.
func grows(jobs []func() error) error {
	errs := make(chan error)
	jobs = append(jobs, fallible)
	for _, job := range jobs {
		go func() { errs <- job() }() // want `sending on errs`
	}
	return <-errs
}
