// The table asks itself for its size while it holds its own read lock, and a
// writer may come in between.
package main

import (
	"fmt"
	"sync"
)

type table struct {
	mu   sync.RWMutex
	rows map[string]int
}

func (t *table) size() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.rows)
}

func (t *table) lookup(k string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.size() == 0 { // want `t.size read-locks t.mu, which this path already read-locks: it deadlocks if a writer asks for it in between \(lockawait/recursive-rlock\)`
		return 0
	}
	return t.rows[k]
}

func (t *table) put(k string, v int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[k] = v
}

func main() {
	t := &table{rows: map[string]int{}}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		t.put("a", 1)
	}()
	fmt.Println(t.lookup("a") <= 1)
	wg.Wait()
}
