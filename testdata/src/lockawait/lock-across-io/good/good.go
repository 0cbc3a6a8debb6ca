// The registry sleeps between two attempts and takes its lock afterwards.
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
	for range 2 {
		time.Sleep(100 * time.Millisecond)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
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
