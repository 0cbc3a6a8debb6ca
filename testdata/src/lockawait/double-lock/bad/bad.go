// The store asks itself for its length while it holds its own lock.
package main

import (
	"fmt"
	"sync"
)

type store struct {
	mu sync.Mutex
	m  map[string]string
}

func (s *store) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m)
}

func (s *store) put(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
	if s.len() > 1 { // want `s.len locks s.mu, which this path already holds: it waits forever \(lockawait/double-lock\)`
		clear(s.m)
	}
}

func main() {
	s := &store{m: map[string]string{}}
	s.put("a", "1")
	s.put("b", "2")
	fmt.Println(s.len())
}
