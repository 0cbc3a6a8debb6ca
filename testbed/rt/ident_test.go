package rt

import (
	"sync"
	"testing"
)

// TestIdentity checks that goroutines never share an identity, whatever they
// inherit, and keep it.
func TestIdentity(t *testing.T) {
	takeCensus()
	seen := map[uintptr]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	const n = 20
	hold := make(chan struct{})
	arrive := func(id uintptr) {
		mu.Lock()
		if seen[id] {
			t.Errorf("two goroutines that live are %#x", id)
		}
		seen[id] = true
		if len(seen) == 2*n {
			close(hold)
		}
		mu.Unlock()
		<-hold
		if again := getg(); again != id {
			t.Errorf("the identity changed from %#x to %#x", id, again)
		}
		wg.Done()
	}
	for range n {
		wg.Add(2)
		go rootFrame(func() {
			go func() { arrive(getg()) }() // of uninstrumented code: it inherits the label
			arrive(getg())
		})
	}
	wg.Wait()
}

func BenchmarkIdentity(b *testing.B) {
	rootFrame(func() {
		takeCensus()
		for b.Loop() {
			getg()
		}
	})
}

func BenchmarkIdentityAmongOthers(b *testing.B) {
	rootFrame(func() {
		census.Store(0)
		for b.Loop() {
			getg()
		}
	})
}
