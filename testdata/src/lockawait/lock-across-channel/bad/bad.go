// The manager sends an update with its lock held, and the goroutine that
// receives updates needs the lock to apply one.
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
	defer m.mu.Unlock()
	m.status = status
	m.updates <- status // want `m.mu is held while sending on m.updates, and \(\*manager\).run needs m.mu before it can receive: both wait forever`
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
