package deferloop

// The body always leaves.
func (t *T) first(xs []int) int {
	for _, x := range xs {
		if x == 0 {
			continue
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.n + x
	}
	return 0
}

func (t *T) breaks(xs []int) {
	for range xs {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.n++
		break
	}
}

// Another lock each round.
func elements(ts []*T) {
	for _, t := range ts {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
}

func indexes(ts []T) {
	for i := range ts {
		ts[i].mu.Lock()
		defer ts[i].mu.Unlock()
	}
}

// A function of its own.
func (t *T) literal(xs []int) {
	for _, x := range xs {
		func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.n += x
		}()
	}
}

// Taken once.
func (t *T) once(xs []int) {
	held := false
	for range xs {
		if !held {
			t.mu.Lock()
			defer t.mu.Unlock()
			held = true
		}
		t.n++
	}
}

// A lock made in the round.
func fresh(xs []int) {
	for range xs {
		t := &T{}
		t.mu.Lock()
		defer t.mu.Unlock()
	}
}
