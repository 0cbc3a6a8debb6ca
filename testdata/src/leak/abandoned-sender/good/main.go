// Command good asks two mirrors for a page and goes on without them: the
// channels have room for every answer, so that late mirrors end as well.
package main

import (
	"context"
	"fmt"
	"time"
)

// fetch gives up when ctx is done. The answer finds room whenever it comes.
func fetch(ctx context.Context, mirror func() string) (string, error) {
	res := make(chan string, 1)
	go func() {
		res <- mirror()
	}()
	select {
	case s := <-res:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fastest takes the first answer and lets the others off by closing done.
func fastest(a, b func() string) string {
	first := make(chan string)
	done := make(chan struct{})
	defer close(done)
	for _, mirror := range []func() string{a, b} {
		go func() {
			select {
			case first <- mirror():
			case <-done:
			}
		}()
	}
	return <-first
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	near := func() string { return "near" }
	far := func() string {
		time.Sleep(2 * time.Millisecond)
		return "far"
	}
	for range 2 {
		if _, err := fetch(ctx, far); err != nil {
			fmt.Println("no page:", err)
		}
		fmt.Println(fastest(near, far))
	}
}
