package deliver

import (
	"sync"

	"github.com/asynclint/asynclint/testdata/demo/store"
)

// A Pool delivers events with a fixed number of goroutines.
type Pool struct {
	jobs chan store.Event
	wg   sync.WaitGroup

	mu     sync.Mutex
	closed bool
	done   int
}

// NewPool starts n goroutines that call do.
func NewPool(n int, do func(store.Event)) *Pool {
	p := &Pool{jobs: make(chan store.Event, 64)}
	for range n {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			for e := range p.jobs {
				do(e)
				p.mu.Lock()
				p.done++
				p.mu.Unlock()
			}
		}()
	}
	return p
}

// Submit queues an event.
func (p *Pool) Submit(e store.Event) {
	p.jobs <- e
}

// Close waits until everything queued is delivered.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	close(p.jobs)
	p.wg.Wait()
}
