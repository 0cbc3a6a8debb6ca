package rt

// A runner is a real goroutine that runs goroutines of the program one after
// another: it saves starting one and growing its stack each time. Under the race
// detector there is none, for what ran on it before would seem to have happened
// before.
type runner struct {
	work  chan func()
	baton chan struct{}
	free  bool // it may run another one
}

// runners are those of one exploration that are free.
type runners struct{ idle []*runner }

// start runs f on a free runner, or on a new one.
func (rs *runners) start(g *goroutine, f func()) {
	if n := len(rs.idle); n > 0 {
		g.runner = rs.idle[n-1]
		rs.idle = rs.idle[:n-1]
		g.baton = g.runner.baton
		g.runner.work <- f
		return
	}
	census.Add(1)
	r := &runner{work: make(chan func(), 1), baton: make(chan struct{}, 1)}
	g.runner, g.baton = r, r.baton
	go rootFrame(func() { r.run(f) })
}

// run runs f and what comes after. It ends when f panicked, and its goroutine
// does when f called Goexit.
func (r *runner) run(f func()) {
	for f != nil {
		r.free = false
		f()
		if !r.free {
			return
		}
		f = <-r.work // nil when it is closed
	}
}

// put makes g's runner free, because g has returned. The runner gets its next
// work through a buffer, so it need not have come to its end yet.
func (rs *runners) put(g *goroutine) {
	g.runner.free = true
	rs.idle = append(rs.idle, g.runner)
}

// close ends the free runners.
func (rs *runners) close() {
	for _, r := range rs.idle {
		close(r.work)
	}
	rs.idle = nil
}
