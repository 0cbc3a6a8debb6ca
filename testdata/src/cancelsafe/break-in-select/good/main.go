// The worker returns when it is told to stop, and main sees it end.
package main

import (
	"context"
	"fmt"
	"sync"
)

func worker(ctx context.Context, in <-chan int, wg *sync.WaitGroup) {
	defer wg.Done()
	sum := 0
	defer func() { fmt.Println("sum", sum) }()
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-in:
			if v == 0 {
				break // nothing to add: the loop goes on, as it should
			}
			sum += v
		}
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	in := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go worker(ctx, in, &wg)
	in <- 1
	in <- 0
	cancel()
	wg.Wait()
}
