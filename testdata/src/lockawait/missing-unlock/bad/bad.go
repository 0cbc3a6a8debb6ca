// A lookup that fails leaves the cache locked, so the next caller waits for
// ever.
package main

import (
	"errors"
	"fmt"
	"sync"
)

type cache struct {
	mu sync.Mutex
	m  map[string]string
}

var errNotFound = errors.New("not found")

func (c *cache) get(k string) (string, error) {
	c.mu.Lock()
	v, ok := c.m[k]
	if !ok {
		return "", errNotFound // want `this return leaves c.mu locked, and another path of \(\*cache\).get unlocks it: whoever locks it next waits forever \(lockawait/missing-unlock\)`
	}
	c.mu.Unlock()
	return v, nil
}

func main() {
	c := &cache{m: map[string]string{"a": "1"}}
	var wg sync.WaitGroup
	for _, k := range []string{"b", "a"} {
		wg.Go(func() { fmt.Println(c.get(k)) })
	}
	wg.Wait()
}
