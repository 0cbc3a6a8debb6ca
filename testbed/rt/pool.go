package rt

import (
	"slices"
	"sync"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A Pool models an executor with a fixed number of worker slots, as a runtime
// for asynchronous tasks has them: each worker has a queue of its own, takes
// from it in order, and when it is empty steals half of another's, whose choice
// is the strategy's. A task that blocks blocks its worker; [Pool.SpawnBlocking]
// runs it on a goroutine of its own. What tasks wait is measured in virtual
// time, and blocked time is charged to the position that blocked.
//
// It is for programs under exploration that want to show what a blocking call
// does to the tasks behind it. Time jumps would blame the tasks for a slow
// machine: explore such programs under strict time.
type Pool struct {
	mu      sync.Mutex
	work    *sync.Cond
	workers []*worker
	next    int // worker that gets the next task from outside
	pending int // tasks queued or running, blocking ones included
	idle    *sync.Cond
	closed  bool
	stats   PoolStats
}

// A worker is one slot of a pool.
type worker struct {
	pool  *Pool
	queue []task
}

type task struct {
	f      func()
	queued time.Time
	site   Site
}

// PoolStats is what a pool has measured, in virtual time.
type PoolStats struct {
	Delays  []time.Duration // how long each task was queued, sorted
	Longest time.Duration   // of any task on a worker
	Steals  int
	Blocked []SiteTime // on workers, longest first
}

// SiteTime is time charged to a position.
type SiteTime struct {
	Op   explore.Op
	At   explore.Pos
	Time time.Duration
	site Site
}

// NewPool starts a pool of n workers.
func NewPool(n int) *Pool {
	p := &Pool{}
	p.work, p.idle = sync.NewCond(&p.mu), sync.NewCond(&p.mu)
	for range n {
		w := &worker{pool: p}
		p.workers = append(p.workers, w)
		Go(0, w.run)
	}
	return p
}

// Spawn queues a task: on the queue of the worker that runs the caller, or on
// the workers' in turn.
func (p *Pool) Spawn(s Site, f func()) {
	MuLock(s, &p.mu)
	w := p.workers[p.next%len(p.workers)]
	if g := enter(); g != nil && g.worker != nil && g.worker.pool == p {
		w = g.worker
	} else {
		p.next++
	}
	w.queue = append(w.queue, task{f, T(s).Now(), s})
	p.pending++
	MuUnlock(s, &p.mu)
	CondSignal(s, p.work)
}

// SpawnBlocking runs a task that may block on a goroutine of its own.
func (p *Pool) SpawnBlocking(s Site, f func()) {
	MuLock(s, &p.mu)
	p.pending++
	MuUnlock(s, &p.mu)
	Go(s, func() {
		f()
		p.finished()
	})
}

// Close waits until every task has ended, ends the workers, and returns what
// was measured.
func (p *Pool) Close() PoolStats {
	MuLock(0, &p.mu)
	for p.pending > 0 {
		CondWait(0, p.idle)
	}
	p.closed = true
	MuUnlock(0, &p.mu)
	CondBroadcast(0, p.work)
	slices.Sort(p.stats.Delays)
	slices.SortStableFunc(p.stats.Blocked, func(a, b SiteTime) int { return int(b.Time - a.Time) })
	return p.stats
}

func (p *Pool) finished() {
	MuLock(0, &p.mu)
	p.pending--
	last := p.pending == 0
	MuUnlock(0, &p.mu)
	if last {
		CondBroadcast(0, p.idle)
	}
}

// run is a worker's loop.
func (w *worker) run() {
	for {
		t, ok := w.take()
		if !ok {
			return
		}
		g := enter()
		if g != nil {
			g.worker = w
		}
		began := T(0).Now()
		t.f()
		if g != nil {
			g.worker = nil
		}
		w.pool.stats.Longest = max(w.pool.stats.Longest, T(0).Since(began))
		w.pool.finished()
	}
}

// take returns the next task; it waits for one unless the pool is closed.
func (w *worker) take() (task, bool) {
	p := w.pool
	MuLock(0, &p.mu)
	defer MuUnlock(0, &p.mu)
	for len(w.queue) == 0 && !w.steal() {
		if p.closed {
			return task{}, false
		}
		CondWait(0, p.work)
	}
	t := w.queue[0]
	w.queue = w.queue[1:]
	p.stats.Delays = append(p.stats.Delays, T(0).Since(t.queued))
	return t, true
}

// steal takes half of the queue of another worker that has work.
func (w *worker) steal() bool {
	var victims []*worker
	for _, v := range w.pool.workers {
		if len(v.queue) > 0 {
			victims = append(victims, v)
		}
	}
	if len(victims) == 0 {
		return false
	}
	i := 0
	if g := enter(); g != nil && !g.dying() {
		i = g.e.run.Choose(len(victims))
	}
	v := victims[i]
	n := (len(v.queue) + 1) / 2
	w.queue = append(w.queue, v.queue[:n]...)
	v.queue = v.queue[n:]
	w.pool.stats.Steals++
	return true
}

// blocked charges time that a task was blocked on a worker.
func (w *worker) blocked(s Site, op explore.Op, d int64) {
	b := &w.pool.stats.Blocked
	for i := range *b {
		if (*b)[i].site == s && (*b)[i].Op == op {
			(*b)[i].Time += time.Duration(d)
			return
		}
	}
	*b = append(*b, SiteTime{Op: op, At: s.Pos(), Time: time.Duration(d), site: s})
}
