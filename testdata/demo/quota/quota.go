// Package quota limits what tenants may send.
package quota

import "sync"

// Shared is what all tenants may use together.
type Shared struct {
	mu      sync.Mutex
	free    int
	tenants []*Tenant
}

// A Tenant has an allowance of its own, and draws on the shared one beyond it.
type Tenant struct {
	mu     sync.Mutex
	left   int
	shared *Shared
}

// NewShared returns a shared allowance of n events.
func NewShared(n int) *Shared {
	return &Shared{free: n}
}

// Spend takes n events from the tenant, or from the shared allowance.
func (t *Tenant) Spend(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left >= n {
		t.left -= n
		return true
	}
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	if t.shared.free < n {
		return false
	}
	t.shared.free -= n
	return true
}

// Reclaim takes back what the tenants have not used.
func (s *Shared) Reclaim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		s.free += t.drain()
	}
}

func (t *Tenant) drain() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.left
	t.left = 0
	return n
}
