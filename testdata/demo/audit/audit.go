// Package audit remembers what was delivered.
package audit

import (
	"sync"

	"github.com/asynclint/asynclint/testdata/demo/store"
)

// A Trail lists deliveries. Its zero value is ready for use.
type Trail struct {
	mu      sync.Mutex
	targets []string
}

// Record adds deliveries to the trail.
func (t *Trail) Record(events ...store.Event) {
	for _, e := range events {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.targets = append(t.targets, e.Tenant+" to "+e.Target)
	}
}
