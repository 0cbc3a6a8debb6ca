// The registry sleeps between two attempts with its lock held, and a lookup
// that needs no more than a map access waits for it.
package main

import (
	"fmt"
	"sync"
	"time"
)

type registry struct {
	mu    sync.Mutex
	known map[string]bool
}

func (r *registry) register(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range 2 {
		time.Sleep(100 * time.Millisecond) // want `r.mu is held across time.Sleep`
	}
	r.known[name] = true
}

func (r *registry) has(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[name]
}

func main() {
	r := &registry{known: map[string]bool{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.register("a")
	}()
	fmt.Println(r.has("b"))
	<-done
	fmt.Println(r.has("a"))
}
