package rt

import (
	"fmt"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// metrics are what an execution measures in virtual time: for how long locks
// were held by goroutines that were blocked, and for how long work was queued
// while everybody who serves the queue was blocked elsewhere.
//
// Only time in which nobody could run counts as a stall: a clock jump stands
// for a slow machine, and would blame the program for it.
type metrics struct {
	held   []charge // by position that blocked, with a lock held
	stalls []stall
}

// A charge is blocked time, charged to the position that blocked.
type charge struct {
	op    explore.Op
	site  Site
	lock  Site // LockHeld: where the lock was taken
	total int64
	g     *goroutine // the last one
	by    []int      // LockHeld: goroutines that waited for the lock, the last time
}

// A stall is what happened at one queue.
type stall struct {
	queue   *object
	total   int64
	tokens  bool // the queue is for slots, not for work
	workers int
	charges []charge
}

// unblocked is called when g, which was parked, can go on.
func (m *metrics) unblocked(e *exec, g *goroutine) {
	if g.worker != nil {
		g.worker.blocked(g.site, g.op, e.clock.now-g.since)
	}
	if e.opts.LockHeld <= 0 || len(g.held) == 0 {
		return
	}
	switch g.op {
	case explore.OpLock, explore.OpRLock, explore.OpOnce:
		return // to wait for a second lock is another matter
	}
	d := e.clock.now - g.since
	if d < int64(e.opts.LockHeld) {
		return
	}
	for _, h := range g.held {
		c := chargeOf(&m.held, g.op, g.site, h.site)
		c.total += d
		c.g = g
		c.by = c.by[:0]
		for _, other := range e.gs {
			if other.state == parked && other.obj == h.o && other.op != explore.OpCondWait {
				c.by = append(c.by, other.id)
			}
		}
	}
}

// chargeOf returns the entry for a position.
func chargeOf(cs *[]charge, op explore.Op, s, lock Site) *charge {
	for i := range *cs {
		if c := &(*cs)[i]; c.op == op && c.site == s && c.lock == lock {
			return c
		}
	}
	*cs = append(*cs, charge{op: op, site: s, lock: lock})
	return &(*cs)[len(*cs)-1]
}

// idles is called before the clock moves by d because nobody can run: every
// goroutine is blocked. Work is queued on a channel if its buffer holds values
// or senders are blocked on it, and those that serve it are the goroutines that
// have received from it. A channel of empty values with a buffer hands out
// slots: it is full when senders are blocked on it, and those that have a slot
// are the goroutines that sent, or were started by one that had just sent, and
// have not received since. (The limit of an errgroup is such a channel; a
// semaphore.Weighted keeps its waiters in a list of its own and is not seen.)
func (m *metrics) idles(e *exec, d int64) {
	if e.opts.Stall <= 0 || d <= 0 {
		return
	}
	for _, o := range e.objects.all {
		if o.class != chanClass || o.timer != nil || o.left == nil {
			continue
		}
		queued := o.sendq.peek(e) != nil
		if !o.tokens {
			queued = queued || o.left() > 0
		}
		if !queued {
			continue
		}
		var blocked []*goroutine
		for _, g := range e.gs {
			if g.state == parked && (o.tokens && g.token == o || !o.tokens && g.served(o)) {
				blocked = append(blocked, g)
			}
		}
		if len(blocked) == 0 {
			continue
		}
		s := m.stallOf(o)
		s.total += d
		s.workers = len(blocked)
		for _, g := range blocked {
			c := chargeOf(&s.charges, g.op, g.site, 0)
			c.total += d
			c.g = g
		}
	}
}

func (m *metrics) stallOf(o *object) *stall {
	for i := range m.stalls {
		if m.stalls[i].queue == o {
			return &m.stalls[i]
		}
	}
	m.stalls = append(m.stalls, stall{queue: o, tokens: o.tokens})
	return &m.stalls[len(m.stalls)-1]
}

// serves notes that g received from o.
func (g *goroutine) serves(o *object) {
	if g.e.opts.Stall <= 0 {
		return
	}
	if g.token == o {
		g.token = nil
	}
	if !g.served(o) {
		g.serving = append(g.serving, o)
	}
}

func (g *goroutine) served(o *object) bool {
	for _, x := range g.serving {
		if x == o {
			return true
		}
	}
	return false
}

// sent notes that g sent on o: it has a slot, if o hands out slots.
func (g *goroutine) sent(o *object) {
	if o.tokens && g.e.opts.Stall > 0 {
		g.token = o
	}
}

// inherit gives the slot that g took last to the goroutine it starts.
func (g *goroutine) inherit(child *goroutine) {
	child.token, g.token = g.token, nil
}

// findings reports what was blocked for longer than the options allow.
func (m *metrics) findings(e *exec, all []explore.Finding) []explore.Finding {
	for _, c := range m.held {
		f := explore.Finding{Kind: explore.LockHeld, Key: explore.KeyOf(explore.LockHeld, c.code(), uint64(c.lock))}
		if e.run.Recording {
			f.Detail = fmt.Sprintf("the lock taken at %s was held for %v while blocked in %s", c.lock.Pos(), time.Duration(c.total), c.op)
			if len(c.by) > 0 {
				f.Detail += fmt.Sprintf(", and %d goroutines waited for it", len(c.by))
			}
			f.Goroutines = []explore.Goroutine{c.describe(e)}
			for _, id := range c.by {
				f.Goroutines = append(f.Goroutines, e.describe(e.gs[id]))
			}
		}
		all = append(all, f)
	}
	for _, s := range m.stalls {
		if s.total < int64(e.opts.Stall) {
			continue
		}
		var codes []uint64
		for _, c := range s.charges {
			codes = append(codes, c.code())
		}
		f := explore.Finding{Kind: explore.Stall, Key: explore.KeyOf(explore.Stall, codes...)}
		if e.run.Recording {
			what := "work waited on"
			if s.tokens {
				what = "goroutines waited for a slot of"
			}
			f.Detail = fmt.Sprintf("%s %s for %v while all %d that serve it were blocked", what, s.queue.name(), time.Duration(s.total), s.workers)
			for _, c := range s.charges {
				f.Goroutines = append(f.Goroutines, c.describe(e))
			}
		}
		all = append(all, f)
	}
	return all
}

func (c *charge) code() uint64 { return uint64(c.op)<<32 | uint64(c.site) }

// describe describes the goroutine that was blocked, as it was then.
func (c *charge) describe(e *exec) explore.Goroutine {
	return explore.Goroutine{
		ID: c.g.id, Name: c.g.name(), Started: c.g.started.Pos(), State: "blocked", Op: c.op, At: c.site.Pos(),
		Note: fmt.Sprintf("for %v in all", time.Duration(c.total)),
	}
}
