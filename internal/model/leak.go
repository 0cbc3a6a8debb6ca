package model

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// An EventKind says what happened in an [Event].
type EventKind uint8

const (
	Branch  EventKind = iota // took a branch on a condition that is not known; Arm is its outcome
	Choose                   // passed a channel operation or took select case Arm; -1 is the default
	Receive                  // the same, and it received on a channel made by the entry
	Start                    // started goroutine Arm
	Close                    // closed a channel
	Return                   // returned from the goroutine's function
	Again                    // went round a loop again that only the outside ends
)

// An Event is a step of a schedule that explains it.
type Event struct {
	prev  *Event
	Gor   int
	Kind  EventKind
	Instr ssa.Instruction
	Arm   int
	ch    int   // Choose and Receive: the channel object, or -1
	offer []int // Choose and Receive: the channels it would have received from
}

// A Leak is a goroutine that waits in a send for ever because whoever received
// from the channel has returned.
type Leak struct {
	Chan  *ssa.MakeChan
	Send  ssa.Instruction // *ssa.Send or *ssa.Select
	Arm   int             // the case of the select
	Start ssa.Instruction // what started the goroutine; nil for the entry itself

	// Leave is the choice with which the receiver left, and Return where it
	// returned; either is nil when there is none. Received counts what it had
	// received.
	Leave    *Event
	Return   ssa.Instruction
	Receiver ssa.Instruction // what started the receiver; nil for the entry
	Receives []ssa.Instruction
	Received int
	Last     bool // Leave received from this channel
	Unheard  bool // nothing receives from the channel at all

	// Rounds counts how often loops had to go round again that only the
	// outside ends: the leak assumes that so many things happened there.
	Rounds int

	cost int
}

// A Result is what the exploration of an entry has shown.
type Result struct {
	Leaks    []Leak
	Made     map[*ssa.MakeChan]bool // channels that were explored
	Complete bool                   // every schedule within the model was seen
	States   int
}

// Explore runs a function with unknown arguments, and the goroutines it starts,
// over all schedules and all outcomes of what is not known, up to a number of
// states.
func Explore(pkg *ssa.Package, entry *ssa.Function, maxStates int) Result {
	m := &machine{
		pkg: pkg, entry: entry, maxStates: maxStates,
		infos:     make(map[*ssa.Function]*funcInfo),
		syms:      newSymtab(),
		frames:    make(map[frameKey]int),
		choices:   make(map[choice]int),
		receivers: make(map[*ssa.MakeChan]map[ssa.Instruction][]ssa.Instruction),
	}
	info := m.info(entry)
	s := &state{}
	s.gors = []*gor{{frames: []frame{{info: info, block: entry.Blocks[0], visits: make([]uint8, info.cycles)}}}}
	work := m.settle(s)
	slices.Reverse(work)
	seen := make(map[string]bool)
	var leaks []Leak
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if k := m.key(s); seen[k] {
			continue
		} else {
			seen[k] = true
		}
		if m.states++; m.states > m.maxStates {
			m.truncated = true
			break
		}
		m.note(s)
		next := m.successors(s)
		if len(next) == 0 {
			leaks = append(leaks, m.judge(s)...)
		}
		slices.Reverse(next)
		work = append(work, next...)
	}
	return Result{Leaks: m.best(leaks), Made: m.made, Complete: !m.truncated, States: m.states}
}

// note records which goroutines receive from which channels.
func (m *machine) note(s *state) {
	for _, o := range s.heap {
		if o.kind == chanObject && !m.made[o.site] {
			if m.made == nil {
				m.made = make(map[*ssa.MakeChan]bool)
			}
			m.made[o.site] = true
		}
	}
	for _, g := range s.gors {
		if g.status != pending {
			continue
		}
		op := m.operation(s, g)
		if op == nil {
			continue
		}
		for _, a := range op.arms {
			if a.send || a.ch.kind != channel {
				continue
			}
			site := s.heap[a.ch.n].site
			if m.receivers[site] == nil {
				m.receivers[site] = make(map[ssa.Instruction][]ssa.Instruction)
			}
			if !slices.Contains(m.receivers[site][g.start], op.instr) {
				m.receivers[site][g.start] = append(m.receivers[site][g.start], op.instr)
			}
		}
	}
}

// judge finds the senders that are stuck in a state in which nothing can move.
// Senders on a closed channel are not stuck: they panic.
func (m *machine) judge(s *state) []Leak {
	alive := m.alive(s)
	var leaks []Leak
	for _, g := range s.gors {
		if g.status != pending || alive[g.id] {
			continue
		}
		op := m.operation(s, g)
		if op == nil {
			continue
		}
		for i, a := range op.arms {
			if !a.send || a.ch.kind != channel || s.heap[a.ch.n].closed {
				continue
			}
			l := Leak{Chan: s.heap[a.ch.n].site, Send: op.instr, Arm: i, Start: g.start}
			leaks = append(leaks, m.explain(s, l, g, a.ch.n)...)
		}
	}
	return leaks
}

// explain gives one leak for each goroutine that has returned and so may be the
// receiver that is missed. Which of them do receive is known at the end.
func (m *machine) explain(s *state, l Leak, stuck *gor, ch int) []Leak {
	var out []Leak
	for _, h := range s.gors {
		if h.status != finished || h.id == stuck.id {
			continue
		}
		c := l
		c.Receiver = h.start
		var last *Event // the receiver's last choice
		for e := s.trace; e != nil; e = e.prev {
			switch {
			case e.Kind == Branch:
				c.cost++
			case e.Kind == Again && e.Gor != h.id:
				c.Rounds++
			}
			if e.Gor != h.id {
				continue
			}
			switch e.Kind {
			case Return:
				if c.Return == nil && last == nil {
					c.Return = e.Instr
				}
			case Receive, Choose:
				if c.Leave == nil && slices.Contains(e.offer, ch) {
					c.Leave = e
					if e.ch == ch && last != nil {
						c.Leave = last
					}
					c.Last = e.ch == ch && last == nil
				}
				if e.Kind == Receive && e.ch == ch {
					c.Received++
				}
			}
			if last == nil && (e.Kind == Branch || e.Kind == Choose || e.Kind == Receive) {
				last = e
			}
		}
		if c.Leave == nil {
			c.Leave = last
		}
		if sel, ok := c.selected(); ok && answers(stuck, sel.Chan) {
			continue
		}
		out = append(out, c)
	}
	return out
}

// selected returns the select case through which the receiver left.
func (l Leak) selected() (*ssa.SelectState, bool) {
	if l.Leave == nil || l.Leave.Kind != Choose || l.Leave.Arm < 0 {
		return nil, false
	}
	sel, ok := l.Leave.Instr.(*ssa.Select)
	if !ok {
		return nil, false
	}
	return sel.States[l.Leave.Arm], true
}

// best keeps the simplest explanation for each send that is left behind, the
// surest send of a channel first.
func (m *machine) best(leaks []Leak) []Leak {
	var out []Leak
	for _, l := range leaks {
		l.Receives = m.receivers[l.Chan][l.Receiver]
		if l.Unheard = len(m.receivers[l.Chan]) == 0; l.Unheard && m.truncated || !l.Unheard && len(l.Receives) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(o Leak) bool { return o.Chan == l.Chan && o.Start == l.Start && o.Send == l.Send && o.Arm == l.Arm })
		if i < 0 {
			out = append(out, l)
		} else if l.simpler(out[i]) {
			out[i] = l
		}
	}
	slices.SortStableFunc(out, func(a, b Leak) int {
		return cmp.Or(cmp.Compare(a.Chan.Pos(), b.Chan.Pos()), cmp.Compare(a.Rounds, b.Rounds), cmp.Compare(a.Send.Pos(), b.Send.Pos()), cmp.Compare(a.Arm, b.Arm))
	})
	return out
}

// simpler prefers few rounds, then a receiver that leaves through a select,
// then few assumptions.
func (l Leak) simpler(o Leak) bool {
	return cmp.Or(cmp.Compare(l.Rounds, o.Rounds), cmp.Compare(l.rank(), o.rank()), cmp.Compare(l.cost, o.cost)) < 0
}

func (l Leak) rank() int {
	if l.Leave == nil {
		return 2
	}
	if l.Leave.Kind == Choose {
		return 0
	}
	return 1
}

// alive finds the goroutines that a goroutine whose future is not explored may
// yet set free: those that wait for something it can reach, those that wait for
// something these can reach, and so on. It is the criterion by which the Go
// runtime's leak profile tells blocked goroutines from leaked ones.
func (m *machine) alive(s *state) map[int]bool {
	alive, reached := make(map[int]bool), make(map[int]bool)
	var reach func(v value)
	reach = func(v value) {
		switch v.kind {
		case pointer, channel, context, done, cancel:
			if reached[v.n] {
				break
			}
			reached[v.n] = true
			o := s.heap[v.n]
			reach(o.val)
			for _, b := range o.buf {
				reach(b)
			}
			if o.inherit > 0 {
				reach(value{kind: context, n: o.inherit - 1})
			}
		}
		for _, e := range v.elems {
			reach(e)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, g := range s.gors {
			if alive[g.id] || g.status == finished {
				continue
			}
			live := g.status == cut
			if op := (*operation)(nil); g.status == pending {
				if op = m.operation(s, g); op == nil {
					live = true
				} else {
					live = reached[op.target.n] && op.target.kind != none && op.target.kind != nilValue
					for _, a := range op.arms {
						live = live || a.ch.kind != nilValue && reached[a.ch.n]
					}
				}
			}
			if !live {
				continue
			}
			alive[g.id], changed = true, true
			reach(g.group)
			for i := range g.frames {
				for _, b := range g.frames[i].env {
					reach(b.val)
				}
				for _, d := range g.frames[i].defers {
					reach(d.fn)
					for _, a := range d.args {
						reach(a)
					}
				}
			}
		}
	}
	return alive
}
