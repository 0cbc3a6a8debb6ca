// Package hub passes events on to the connections that are watching.
package hub

import (
	"context"
	"sync"

	"github.com/asynclint/asynclint/testdata/demo/store"
)

// A Hub knows the live connections.
type Hub struct {
	events   chan store.Event
	onChange func(connections int)

	mu    sync.Mutex
	conns map[string]chan<- store.Event
	sent  int
}

// New returns a hub that calls onChange whenever a connection comes or goes.
func New(onChange func(connections int)) *Hub {
	return &Hub{
		events:   make(chan store.Event),
		onChange: onChange,
		conns:    make(map[string]chan<- store.Event),
	}
}

// Run passes events on until ctx is done.
func (h *Hub) Run(ctx context.Context) {
	for {
		select {
		case e := <-h.events:
			h.broadcast(e)
		case <-ctx.Done():
			return
		}
	}
}

func (h *Hub) broadcast(e store.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.conns {
		select {
		case c <- e:
			h.sent++
		default: // a slow connection misses events
		}
	}
}

// Publish passes an event on if anybody is watching.
func (h *Hub) Publish(e store.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.conns) > 0 {
		h.events <- e
	}
}

// Join adds a connection.
func (h *Hub) Join(name string, c chan<- store.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[name] = c
	h.onChange(len(h.conns))
}
