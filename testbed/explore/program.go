package explore

// A Program can be executed again and again, each time from its initial state.
type Program interface {
	// Execute runs the program once and asks r at every choice. It returns when
	// nothing can happen any more, when r says so, or at a limit of its own.
	Execute(r *Run) Outcome
}

// An End says why an execution ended.
type End uint8

// The ways an execution can end.
const (
	Quiescent End = iota // nothing could happen any more
	Limited              // the step limit was reached
	Abandoned            // the strategy saw that the rest is redundant
	Failed               // a panic ended it
	Stuck                // an operation that is not controlled blocked it
)

func (e End) String() string {
	return [...]string{"quiescent", "step limit", "abandoned", "failed", "stuck"}[e]
}

// MarshalText implements encoding.TextMarshaler.
func (e End) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// An Outcome is what one execution came to.
type Outcome struct {
	End End
	// Findings has a Kind and a Key each; the rest is filled in when the run
	// was recorded ([Run.Recording]).
	Findings []Finding
	// Events is the history of the execution, if it was recorded.
	Events []Event
	// Drew and Inexact are those of the run: there are other runs than those that
	// different choices lead to.
	Drew, Inexact bool
	// Uncontrolled lists operations met that are not under control.
	Uncontrolled []string
}

// A System is a state machine that is stepped from outside.
type System interface {
	// Reset goes back to the initial state.
	Reset()
	// Enabled appends what can happen next to buf, in an order that depends on
	// the state only. Clock jumps are offered only if jumps is set.
	Enabled(buf []Action, jumps bool) []Action
	// Step performs the i-th enabled action up to the goroutine's next visible
	// operation. It asks choose(n) for data choices and returns what it touched.
	Step(i int, choose func(n int) int) Footprint
	// Verdict returns the findings of a state in which nothing is enabled, or
	// of any state when the execution has failed; done says that it has ended.
	Verdict() (findings []Finding, done bool)
}

// Stepped makes a system a program.
func Stepped(s System) Program { return &stepped{System: s} }

type stepped struct {
	System
	buf []Action
}

func (p *stepped) Execute(r *Run) Outcome {
	p.Reset()
	last := -2
	for {
		findings, done := p.Verdict()
		p.buf = p.Enabled(p.buf[:0], r.Jumps)
		switch {
		case done:
			return Outcome{End: Failed, Findings: findings}
		case len(p.buf) == 0:
			return Outcome{End: Quiescent, Findings: findings}
		case r.Steps >= r.MaxSteps:
			return Outcome{End: Limited}
		}
		i := r.Pick(p.buf, indexOf(p.buf, last))
		if i < 0 {
			return Outcome{End: Abandoned}
		}
		if g := p.buf[i].G; g != Clock {
			last = g
		}
		r.Stepped(p.Step(i, r.Choose))
	}
}

// indexOf returns the index of goroutine g's action, or -1.
func indexOf(acts []Action, g int) int {
	for i := range acts {
		if acts[i].G == g {
			return i
		}
	}
	return -1
}
