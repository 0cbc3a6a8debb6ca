// The cache tells its user of an eviction with its lock held, and the user asks
// the cache something.
package main

import (
	"fmt"
	"sync"
)

// A Cache holds at most one value.
type Cache struct {
	mu       sync.Mutex
	key      string
	handlers []func(key string)
}

// OnEvict registers a function to call with every key that has to go.
func (c *Cache) OnEvict(f func(key string)) {
	c.handlers = append(c.handlers, f)
}

// Put stores a key.
func (c *Cache) Put(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key != "" {
		for _, evicted := range c.handlers {
			evicted(c.key) // want `c.mu is held while a function from handlers runs, which users of the package supply`
		}
	}
	c.key = key
}

// Key returns the key stored.
func (c *Cache) Key() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.key
}

func main() {
	c := new(Cache)
	c.OnEvict(func(old string) { fmt.Println(old, "goes, there is", c.Key()) })
	c.Put("a")
	c.Put("b")
}
