package breakfix

import (
	"context"
	"errors"
	"fmt"
)

// Nothing follows the loop and nothing is returned.
func last(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			fmt.Println("leaving")
			break // want `the loop goes on`
		case v := <-in:
			fmt.Println(v)
		}
	}
}

// A result is due behind the loop.
func result(ctx context.Context, jobs []func()) error {
	for _, job := range jobs {
		select {
		case <-ctx.Done():
			break // want `the loop goes on`
		default:
			job()
		}
	}
	return ctx.Err()
}

// Two breaks leave one loop by one label.
func twoBreaks(ctx context.Context, in <-chan int) error {
	for range 10 {
		select {
		case <-ctx.Done():
			break // want `the loop goes on`
		case v, ok := <-in:
			if !ok {
				break // want `the loop goes on`
			}
			fmt.Println(v)
		}
	}
	return errors.New("over")
}

// The loop has a label already, and the function uses the usual name.
func labelled(ctx context.Context, in <-chan int) int {
	n := 0
outer:
	for i := range 3 {
		if i > n {
			continue outer
		}
		select {
		case <-ctx.Done():
			break // want `the loop goes on`
		case v := <-in:
			n += v
		}
	}
	if n > 7 {
	loop:
		for {
			break loop
		}
		for {
			select {
			case <-ctx.Done():
				break // want `the loop goes on`
			case v, ok := <-in:
				if !ok {
					return n
				}
				n += v
			}
		}
	}
	return n
}
