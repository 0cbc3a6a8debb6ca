// The poller waits for its timer and for its cancellation at the same time, so
// it ends as soon as it is told to.
package main

import (
	"context"
	"fmt"
	"time"
)

func poll(ctx context.Context, ready func() bool) error {
	for !ready() {
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- poll(ctx, func() bool { return false }) }()
	time.Sleep(100 * time.Millisecond) // the poller begins to wait
	cancel()
	select {
	case err := <-ended:
		fmt.Println("poller ended:", err)
	case <-time.After(time.Second):
		panic("the poller outlived its cancellation")
	}
}
