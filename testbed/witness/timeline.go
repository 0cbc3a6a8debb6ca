// Package witness shows how a finding of the testbed came about: as a table of
// goroutine columns, as a page with a lane a goroutine, and as a Chrome trace.
//
// All three are views of a [Timeline], which is the history that a replay
// recorded, put in order: which goroutines there were, and what each did,
// waited for and was woken by.
package witness

import (
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A Timeline is the history of one execution.
type Timeline struct {
	Test    string         `json:"test"`
	Finding *explore.Found `json:"finding"`
	Lanes   []*Lane        `json:"lanes"` // by goroutine number
	Rows    []*Row         `json:"rows"`  // in the order in which things happened
}

// A Lane is one goroutine.
type Lane struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Started string `json:"started,omitempty"` // the go statement
	// Involved says that the finding names the goroutine.
	Involved bool   `json:"involved"`
	Spans    []Span `json:"spans"`
	// Fate is how the goroutine ended up, in one clause.
	Fate string `json:"fate"`
}

// A Span is a stretch of rows [From, To) during which a goroutine was in one
// state.
type Span struct {
	From  int    `json:"from"`
	To    int    `json:"to"`
	State string `json:"state"` // "runnable" or "parked"
	What  string `json:"what,omitempty"`
	Open  bool   `json:"open,omitempty"` // it never ended
}

// A Row is one event.
type Row struct {
	Step int    `json:"step"`
	Time int64  `json:"time"` // virtual nanoseconds
	G    int    `json:"g"`    // explore.Clock for timers
	Kind string `json:"kind"`
	Text string `json:"text"` // what happened, without the place
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Obj  string `json:"object,omitempty"`
	// Peer is the goroutine at the other end of a spawn or a wake-up, or -2.
	Peer int `json:"peer"`
}

const noPeer = -2

// New puts the recorded events of a finding in order. A finding without events
// (one that no replay confirmed) gives a timeline without rows.
func New(test string, found *explore.Found) *Timeline {
	short := *found
	short.Goroutines = slices.Clone(found.Goroutines)
	for i := range short.Goroutines {
		short.Goroutines[i].Name = path.Base(short.Goroutines[i].Name)
	}
	found = &short
	t := &Timeline{Test: test, Finding: found}
	for _, e := range found.Events {
		t.add(e)
	}
	t.lane(0).Name = test
	for _, g := range found.Goroutines {
		l := t.lane(g.ID)
		l.Involved = true
		l.Fate = g.Blocked()
		if g.Name != "" {
			l.Name = g.Name
		}
		if g.Started.File != "" {
			l.Started = g.Started.String()
		}
	}
	for _, l := range t.Lanes {
		t.endSpan(l, len(t.Rows), true)
	}
	slices.SortFunc(t.Lanes, func(a, b *Lane) int { return a.ID - b.ID })
	return t
}

// lane returns the lane of a goroutine, which begins with its first event.
func (t *Timeline) lane(id int) *Lane {
	for _, l := range t.Lanes {
		if l.ID == id {
			return l
		}
	}
	l := &Lane{ID: id, Name: fmt.Sprintf("goroutine %d", id), Spans: []Span{{From: len(t.Rows), State: "runnable"}}}
	t.Lanes = append(t.Lanes, l)
	return l
}

func (t *Timeline) endSpan(l *Lane, at int, open bool) {
	if n := len(l.Spans); n > 0 && l.Spans[n-1].To == 0 {
		l.Spans[n-1].To = at
		l.Spans[n-1].Open = open
	}
}

func (t *Timeline) add(e explore.Event) {
	row := &Row{Step: e.Step, Time: e.Time, G: e.G, Kind: e.Kind.String(), File: e.At.File, Line: e.At.Line, Col: e.At.Col, Obj: e.Obj, Peer: noPeer}
	at := len(t.Rows)
	var lane *Lane
	if e.G != explore.Clock {
		lane = t.lane(e.G)
	}
	switch e.Kind {
	case explore.EvOp:
		row.Text = operation(e)
	case explore.EvPark:
		row.Text = "blocks on " + object(e)
		t.endSpan(lane, at, false)
		lane.Spans = append(lane.Spans, Span{From: at, State: "parked", What: operation(e)})
	case explore.EvWake:
		row.Peer = e.Peer
		row.Text = "woken by " + who(e.Peer)
		t.endSpan(lane, at, false)
		lane.Spans = append(lane.Spans, Span{From: at, State: "runnable"})
	case explore.EvSpawn:
		row.Peer = e.Peer
		row.Text = "starts " + who(e.Peer)
		if child := t.lane(e.Peer); e.At.File != "" {
			child.Started = e.At.String()
			if e.Note != "" {
				child.Name = path.Base(e.Note) // a function's name begins with its package's path
			}
		}
	case explore.EvEnd:
		row.Text = "ends"
		t.Rows = append(t.Rows, row)
		t.endSpan(lane, at+1, false)
		lane.Fate = "ended"
		return
	case explore.EvPanic:
		row.Text = "panics: " + e.Note
	case explore.EvTimer:
		row.Text = "timer fires"
		if e.Note != "" {
			row.Text = e.Note
		}
	default:
		row.Text = e.Note
	}
	t.Rows = append(t.Rows, row)
}

// operation names what an event is about as the source writes it.
func operation(e explore.Event) string {
	if e.At.Text != "" {
		return e.At.Text
	}
	return e.Op.String()
}

func object(e explore.Event) string {
	if e.Obj != "" {
		return e.Obj
	}
	return operation(e)
}

func who(g int) string {
	if g == explore.Clock {
		return "the clock"
	}
	return fmt.Sprintf("g%d", g)
}

// Place is where the row's operation stands, without the directory.
func (r *Row) Place() string {
	if r.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", path.Base(r.File), r.Line)
}

// Clock is the row's virtual time for people.
func (r *Row) Clock() string { return time.Duration(r.Time).String() }
