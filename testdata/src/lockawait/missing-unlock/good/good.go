// The lookup releases the cache on every path.
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
	defer c.mu.Unlock()
	v, ok := c.m[k]
	if !ok {
		return "", errNotFound
	}
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
