package explore

import (
	"fmt"
	"strings"
)

// A Pos is a position in the source under test.
type Pos struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Text string `json:"text,omitempty"` // the operation as written, such as "s.mu.Lock"
}

func (p Pos) String() string {
	switch {
	case p.File == "":
		return "unknown position"
	case p.Line == 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// A Kind says what went wrong in an execution.
type Kind uint8

// The kinds of findings.
const (
	// Deadlock: the root goroutine is blocked and nothing can happen any more.
	Deadlock Kind = iota + 1
	// Leak: the root returned, and a goroutine is blocked for ever.
	Leak
	// Running: the root returned long ago, and a goroutine still runs.
	Running
	// Panic: a goroutine panicked, or did what the runtime does not survive
	// (unlock of an unlocked mutex).
	Panic
	// TestFailed: the test said so, by t.Error or t.Fatal.
	TestFailed
	// LostValue: a value was sent to a buffered channel and never received.
	LostValue
	// LockHeld: a goroutine was blocked for long while others waited for a lock of its.
	LockHeld
	// Stall: work was queued for long while every worker slot was blocked.
	Stall
	// Livelock: the step limit was reached without the root getting anywhere.
	Livelock
	// BlockedOutside: a goroutine is blocked in an operation that is not controlled.
	BlockedOutside
	// Nondeterminism: a replay went differently.
	Nondeterminism
)

var kindNames = [...]string{
	Deadlock: "deadlock", Leak: "leak", Running: "goroutine still running", Panic: "panic", TestFailed: "test failed",
	LostValue: "lost value", LockHeld: "lock held while blocked", Stall: "worker stall",
	Livelock: "livelock", BlockedOutside: "stuck", Nondeterminism: "nondeterminism",
}

func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// MarshalText implements encoding.TextMarshaler.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Kind) UnmarshalText(b []byte) error {
	for i, name := range kindNames {
		if i > 0 && name == string(b) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind of finding %q", b)
}

// A Key identifies a finding across executions: its kind and the operations
// that are stuck, whatever the goroutines' numbers and the way that led there.
type Key uint64

func (k Key) String() string { return fmt.Sprintf("%016x", uint64(k)) }

// MarshalText implements encoding.TextMarshaler.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Key) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%x", (*uint64)(k))
	return err
}

// KeyOf makes a key of a kind and the codes of what is involved, in any order.
func KeyOf(kind Kind, codes ...uint64) Key {
	h := uint64(kind) * 0x9e3779b97f4a7c15
	for _, c := range codes {
		r := rng(c)
		h += r.next()
	}
	return Key(h)
}

// A Finding is something that went wrong in an execution.
type Finding struct {
	Kind Kind `json:"kind"`
	Key  Key  `json:"signature"`
	// Detail says what happened in one clause, such as the value of a panic.
	Detail string `json:"detail,omitempty"`
	// Goroutines are those involved; the first is the one the finding is about.
	Goroutines []Goroutine `json:"goroutines,omitempty"`
}

// A Goroutine is one of an execution, as it was when the execution ended.
type Goroutine struct {
	ID      int    `json:"id"`
	Name    string `json:"name,omitempty"` // the function it runs
	Started Pos    `json:"started,omitzero"`
	State   string `json:"state"` // blocked, runnable, running, outside, ended
	Op      Op     `json:"op,omitempty"`
	At      Pos    `json:"at,omitzero"`
	// Object names what the operation is on, such as "chan #3".
	Object string `json:"object,omitempty"`
	// Waits are the goroutines that hold what this one waits for.
	Waits []int  `json:"waits,omitempty"`
	Holds []Held `json:"holds,omitempty"`
	// Since is the virtual time, in nanoseconds, at which it blocked.
	Since int64  `json:"since,omitempty"`
	Note  string `json:"note,omitempty"` // such as a signal that found nobody
	Stack string `json:"stack,omitempty"`
}

// Held is a lock that a goroutine holds.
type Held struct {
	Object string `json:"object"`
	At     Pos    `json:"at"` // where it was taken
}

// Blocked renders the goroutine's state as one clause.
func (g *Goroutine) Blocked() string {
	var b strings.Builder
	fmt.Fprintf(&b, "g%d", g.ID)
	if g.Name != "" {
		fmt.Fprintf(&b, " %s", g.Name)
	}
	fmt.Fprintf(&b, ": %s", g.State)
	if g.Op != OpNone {
		fmt.Fprintf(&b, " in %s", g.Op)
	}
	if g.At.File != "" {
		fmt.Fprintf(&b, " at %s", g.At)
	}
	for i, w := range g.Waits {
		if i == 0 {
			b.WriteString(", waits for")
		}
		fmt.Fprintf(&b, " g%d", w)
	}
	for _, h := range g.Holds {
		fmt.Fprintf(&b, ", holds %s taken at %s", h.Object, h.At)
	}
	if g.Note != "" {
		fmt.Fprintf(&b, ", %s", g.Note)
	}
	return b.String()
}

// An EventKind says what an event of an execution's history is.
type EventKind uint8

// The kinds of events.
const (
	EvOp    EventKind = iota + 1 // an operation begins
	EvPark                       // it blocks
	EvWake                       // it can go on; Peer is who saw to that
	EvSpawn                      // a goroutine starts; Peer is the new one
	EvEnd                        // a goroutine ends
	EvPanic                      // a goroutine panics
	EvTimer                      // a timer fires
	EvNote                       // a remark
)

var eventNames = [...]string{
	EvOp: "op", EvPark: "park", EvWake: "wake", EvSpawn: "spawn", EvEnd: "end", EvPanic: "panic", EvTimer: "timer", EvNote: "note",
}

func (k EventKind) String() string { return eventNames[k] }

// MarshalText implements encoding.TextMarshaler.
func (k EventKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *EventKind) UnmarshalText(b []byte) error {
	for i, name := range eventNames {
		if i > 0 && name == string(b) {
			*k = EventKind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind of event %q", b)
}

// An Event is one line of an execution's history.
type Event struct {
	Step int       `json:"step"`
	Time int64     `json:"time"` // virtual nanoseconds since the start
	G    int       `json:"g"`    // Clock for timers
	Kind EventKind `json:"event"`
	Op   Op        `json:"op,omitempty"`
	At   Pos       `json:"at,omitzero"`
	Obj  string    `json:"object,omitempty"`
	Peer int       `json:"peer,omitempty"`
	Note string    `json:"note,omitempty"`
}
