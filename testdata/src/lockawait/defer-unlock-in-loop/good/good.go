// Each round has a function of its own, which releases the lock at its end.
package main

import (
	"fmt"
	"sync"
)

type ledger struct {
	mu   sync.Mutex
	done map[int]bool
}

func (l *ledger) finish(jobs []int) {
	for _, id := range jobs {
		func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.done[id] = true
		}()
	}
}

func main() {
	l := &ledger{done: map[int]bool{}}
	l.finish([]int{1, 2})
	fmt.Println(len(l.done))
}
