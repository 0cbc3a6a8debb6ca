// The table knows its size under the lock that it holds.
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
	return t.sizeLocked()
}

func (t *table) sizeLocked() int { return len(t.rows) }

func (t *table) lookup(k string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.sizeLocked() == 0 {
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
	fmt.Println(t.lookup("a") <= t.size())
	wg.Wait()
}
