// The poller sleeps for ten seconds between two looks. Told to stop, it keeps
// everyone waiting who joins it: main gives up after a second.
package main

import (
	"context"
	"fmt"
	"time"
)

func poll(ctx context.Context, ready func() bool) error {
	for !ready() {
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(10 * time.Second) // want `time\.Sleep\(10 \* time\.Second\) in a loop does not watch ctx: the task cannot end before the delay does \(blocking/uncancellable-sleep\)`
	}
	return nil
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- poll(ctx, func() bool { return false }) }()
	time.Sleep(100 * time.Millisecond) // the poller falls asleep
	cancel()
	select {
	case err := <-ended:
		fmt.Println("poller ended:", err)
	case <-time.After(time.Second):
		panic("the poller outlived its cancellation")
	}
}
