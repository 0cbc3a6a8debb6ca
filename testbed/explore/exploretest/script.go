// Package exploretest has programs for tests of the scheduler: scripts of
// operations that the table of semantics alone gives a meaning to.
package exploretest

import "github.com/asynclint/asynclint/testbed/explore"

// An Instr is one operation of a goroutine of a script.
type Instr struct {
	Op  explore.Op
	Obj int // index of the object; of the goroutine that OpGo starts
	L   int // index of the lock of a Cond
}

// A Script is a program: goroutine 0 is the root; the others exist once they
// are started.
type Script struct {
	Objects    []explore.Sync
	Goroutines [][]Instr
}

// A Model executes a script: it is an [explore.System].
type Model struct {
	Script Script

	objects []explore.Sync
	numbers []uint32 // of objects, by first use
	next    uint32
	threads []thread
	touched explore.Footprint
	fault   string
}

type thread struct {
	script  int // index of its instructions
	pc      int
	state   int // one of the constants below
	started bool
	woken   bool
	relock  bool // it has been let go by a Cond and takes the lock
}

const (
	ready = iota
	blocked
	ended
)

// Reset implements [explore.System].
func (m *Model) Reset() {
	m.objects = append(m.objects[:0], m.Script.Objects...)
	m.numbers = make([]uint32, len(m.objects))
	m.next, m.fault = 0, ""
	m.threads = append(m.threads[:0], thread{})
	m.touched = nil
}

// number is the object's number, by first use.
func (m *Model) number(obj int) uint32 {
	if m.numbers[obj] == 0 {
		m.next++
		m.numbers[obj] = m.next
		m.touched = m.touched.Add(m.next)
	}
	return m.numbers[obj]
}

// pending is what thread t does next.
func (m *Model) pending(t *thread) explore.Action {
	switch {
	case !t.started:
		return explore.Action{Op: explore.OpStart}
	case t.relock:
		in := m.Script.Goroutines[t.script][t.pc]
		return explore.Action{Op: explore.OpLock, Obj: m.number(in.L)}
	}
	in := m.Script.Goroutines[t.script][t.pc]
	a := explore.Action{Op: in.Op}
	if in.Op != explore.OpGo && in.Op != explore.OpYield {
		a.Obj = m.number(in.Obj)
	}
	a.Yield = in.Op == explore.OpYield
	return a
}

// Enabled implements [explore.System].
func (m *Model) Enabled(buf []explore.Action, _ bool) []explore.Action {
	for g := range m.threads {
		if t := &m.threads[g]; t.state == ready && m.fault == "" {
			a := m.pending(t)
			a.G = g
			buf = append(buf, a)
		}
	}
	return buf
}

const goroutineObject = 1 << 31

func (m *Model) let(woken []int) {
	for _, g := range woken {
		m.threads[g].state, m.threads[g].woken = ready, true
		m.touched = m.touched.Add(goroutineObject | uint32(g))
	}
}

// try performs op on an object and reports whether it is done.
func (m *Model) try(g int, op explore.Op, obj int) bool {
	t := &m.threads[g]
	o := &m.objects[obj]
	m.touched = m.touched.Add(m.number(obj))
	done, woken := explore.Table[op].Try(o, g, t.woken)
	t.woken = false
	m.let(woken)
	if o.Fault != "" {
		m.fault = o.Fault
	}
	if !done {
		t.state = blocked
		m.touched = m.touched.Add(goroutineObject | uint32(g))
	}
	return done
}

// Step implements [explore.System].
func (m *Model) Step(i int, _ func(int) int) explore.Footprint {
	m.touched = m.touched[:0]
	g := m.Enabled(nil, false)[i].G
	if m.perform(g) {
		m.run(g)
	}
	if t := &m.threads[g]; t.state == ready && m.fault == "" {
		m.pending(t) // numbers what it is about to use
	}
	return m.touched
}

// perform does the pending operation of g and reports whether it is done.
func (m *Model) perform(g int) bool {
	t := &m.threads[g]
	if !t.started {
		t.started = true
		return true
	}
	in := m.Script.Goroutines[t.script][t.pc]
	switch {
	case in.Op == explore.OpGo, in.Op == explore.OpYield: // the child exists since the announcement
		t.pc++
		return true
	case t.relock:
		if !m.try(g, explore.OpLock, in.L) {
			return false
		}
		t.relock = false
	case in.Op == explore.OpCondWait && !t.woken:
		m.try(g, in.Op, in.Obj)
		m.try(g, explore.OpUnlock, in.L)
		return false
	case in.Op == explore.OpCondWait:
		m.try(g, in.Op, in.Obj)
		t.relock = true
		return false // it announces the lock
	default:
		if !m.try(g, in.Op, in.Obj) {
			return false
		}
	}
	m.threads[g].pc++
	return true
}

// run goes on to g's next scheduling point.
func (m *Model) run(g int) {
	for m.fault == "" {
		t := &m.threads[g]
		code := m.Script.Goroutines[t.script]
		if t.pc == len(code) {
			t.state = ended
			return
		}
		in := code[t.pc]
		if in.Op == explore.OpGo {
			m.threads = append(m.threads, thread{script: in.Obj})
			return
		}
		if explore.Table[in.Op].Point {
			return
		}
		m.try(g, in.Op, in.Obj)
		m.threads[g].pc++
	}
}

// Verdict implements [explore.System]: whoever is blocked in the end is stuck.
func (m *Model) Verdict() ([]explore.Finding, bool) {
	if m.fault != "" {
		return []explore.Finding{{Kind: explore.Panic, Key: explore.KeyOf(explore.Panic), Detail: m.fault}}, true
	}
	var codes []uint64
	kind := explore.Leak
	for g := range m.threads {
		switch t := &m.threads[g]; t.state {
		case ready:
			return nil, false
		case blocked:
			if g == 0 {
				kind = explore.Deadlock
			}
			codes = append(codes, uint64(t.script)<<16|uint64(t.pc))
		}
	}
	if len(codes) == 0 {
		return nil, false
	}
	return []explore.Finding{{Kind: kind, Key: explore.KeyOf(kind, codes...)}}, false
}

// Blocked lists the goroutines that are blocked, for comparisons.
func (m *Model) Blocked() (gs []int) {
	for g := range m.threads {
		if m.threads[g].state == blocked {
			gs = append(gs, g)
		}
	}
	return gs
}
