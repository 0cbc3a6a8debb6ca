// The forwarder receives from in before its select begins. When it is told to
// stop while in is quiet, it cannot see it, and main waits for it in vain.
package main

import (
	"context"
	"fmt"
	"sync"
)

func forward(ctx context.Context, in <-chan int, out chan<- int) {
	for {
		select {
		case out <- <-in: // want `<-in is received before the select begins: ctx.Done\(\) cannot interrupt it, and the value is lost unless out takes it \(cancelsafe/operand-before-select\)`
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
