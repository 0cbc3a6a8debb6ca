// Package store keeps recent events in memory.
package store

import (
	"errors"
	"sync"
)

// An Event is what a tenant wants delivered.
type Event struct {
	Tenant string `json:"tenant"`
	Topic  string `json:"topic"`
	Target string `json:"target"`
	Body   string `json:"body"`
}

const maxBody = 1 << 20

// ErrTooLarge says that an event is larger than the relay accepts.
var ErrTooLarge = errors.New("event too large")

// A Store keeps the last events of each topic.
type Store struct {
	mu     sync.RWMutex
	topics map[string][]Event
	limit  int
}

// New returns a store that keeps limit events a topic.
func New(limit int) *Store {
	return &Store{topics: make(map[string][]Event), limit: limit}
}

// Append adds an event to its topic.
func (s *Store) Append(e Event) error {
	s.mu.Lock()
	if len(e.Body) > maxBody {
		return ErrTooLarge
	}
	s.topics[e.Topic] = append(s.topics[e.Topic], e)
	s.mu.Unlock()
	return nil
}

// Len returns the number of events kept for a topic.
func (s *Store) Len(topic string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.topics[topic])
}

// Trim drops the oldest events of a topic that has more than the limit.
func (s *Store) Trim(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if over := s.Len(topic) - s.limit; over > 0 {
		s.topics[topic] = s.topics[topic][over:]
	}
}

// Stats returns the number of events kept for each topic.
func (s *Store) Stats() map[string]int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	stats := make(map[string]int)
	for topic := range s.topics {
		stats[topic] = s.Len(topic)
	}
	return stats
}
