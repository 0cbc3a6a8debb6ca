// Package sleepnofix has sleeps whose repair only the author knows.
package sleepnofix

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Which value means that it was cancelled?
func count(ctx context.Context, ready func() bool) int {
	n := 0
	for !ready() {
		time.Sleep(5 * time.Second) // want `does not watch ctx`
		n++
	}
	return n
}

// A return would keep the lock.
func locked(ctx context.Context, mu *sync.Mutex, ready func() bool) {
	mu.Lock()
	for !ready() {
		time.Sleep(5 * time.Second) // want `does not watch ctx`
	}
	mu.Unlock()
}

// Which error is a closed channel?
func stopped(stop <-chan struct{}, call func() error) error {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return fmt.Errorf("stopped after %d calls", n)
		default:
		}
		if call() == nil {
			return nil
		}
		time.Sleep(5 * time.Second) // want `does not watch stop`
	}
}
