// The second round of the loop waits for the lock that the first one keeps
// until the function returns.
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
		l.mu.Lock()
		defer l.mu.Unlock() // want `deferred in a loop, this releases l.mu only when the function returns: the next round waits for it forever \(lockawait/defer-unlock-in-loop\)`
		l.done[id] = true
	}
}

func main() {
	l := &ledger{done: map[int]bool{}}
	l.finish([]int{1, 2})
	fmt.Println(len(l.done))
}
