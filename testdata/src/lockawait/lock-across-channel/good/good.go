// The manager sends an update after it has released its lock.
package main

import (
	"fmt"
	"sync"
)

type manager struct {
	mu      sync.Mutex
	status  string
	applied int
	updates chan string
	done    chan struct{}
}

func (m *manager) set(status string) {
	m.mu.Lock()
	m.status = status
	m.mu.Unlock()
	m.updates <- status
}

func (m *manager) run() {
	defer close(m.done)
	for range m.updates {
		m.mu.Lock()
		m.applied++
		m.mu.Unlock()
	}
}

func main() {
	m := &manager{updates: make(chan string), done: make(chan struct{})}
	go m.run()
	m.set("starting")
	m.set("running")
	close(m.updates)
	<-m.done
	fmt.Println(m.status, m.applied)
}
