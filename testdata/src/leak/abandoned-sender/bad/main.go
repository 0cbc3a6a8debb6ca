// Command bad asks two mirrors for a page and goes on without them: each mirror
// that answers too late waits for ever for somebody to take its answer.
package main

import (
	"context"
	"fmt"
	"time"
)

// fetch gives up when ctx is done. The goroutine does not know.
func fetch(ctx context.Context, mirror func() string) (string, error) {
	res := make(chan string)
	go func() {
		res <- mirror() // want `goroutine blocks forever sending on res when the select returns through ctx.Done \(leak/abandoned-sender\)`
	}()
	select {
	case s := <-res:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fastest takes the first answer. The second one has no taker.
func fastest(a, b func() string) string {
	first := make(chan string)
	for _, mirror := range []func() string{a, b} {
		go func() {
			first <- mirror() // want `goroutine blocks forever sending on first when fastest returns after the first result \(leak/abandoned-sender\)`
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
	for range 2 { // each round leaves a goroutine behind
		if _, err := fetch(ctx, far); err != nil {
			fmt.Println("no page:", err)
		}
		fmt.Println(fastest(near, far))
	}
}
