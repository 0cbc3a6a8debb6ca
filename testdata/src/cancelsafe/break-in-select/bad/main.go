// The worker is told to stop and answers with a break that leaves only its
// select, so it never ends and main waits for it in vain.
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
			break // want `break leaves only the select, so the loop goes on although ctx is done \(cancelsafe/break-in-select\)`
		case v := <-in:
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
	in <- 2
	cancel()
	wg.Wait()
}
