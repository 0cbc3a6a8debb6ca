// The store looks at its map itself while it holds its own lock.
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
	if len(s.m) > 1 {
		clear(s.m)
	}
}

func main() {
	s := &store{m: map[string]string{}}
	s.put("a", "1")
	s.put("b", "2")
	fmt.Println(s.len())
}
