// The forwarder waits for each of its two channels in a select of its own, so
// it sees the end at any time.
package main

import (
	"context"
	"fmt"
	"sync"
)

func forward(ctx context.Context, in <-chan int, out chan<- int) {
	for {
		select {
		case v := <-in:
			select {
			case out <- v:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	in, out := make(chan int), make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() { forward(ctx, in, out) })
	in <- 1
	fmt.Println(<-out)
	cancel()
	wg.Wait()
}
