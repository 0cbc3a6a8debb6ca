package explore

import (
	"fmt"
	"time"
)

// Config is what an exploration is allowed and asked to do. Its zero value
// means: the portfolio, 1000 schedules, clock jumps, 20 000 steps a schedule.
type Config struct {
	Name     string // of the test, for traces
	Source   uint64 // hash of the program's source, for traces
	Strategy string // see [New]
	// Use, if set, is the strategy instead. A replay does not need it.
	Use Strategy `json:"-"`

	Schedules int           // how many executions; 0 means 1000
	MaxTime   time.Duration // wall time after which no execution is begun; 0 means no limit
	MaxSteps  int           // of one execution; 0 means 20 000
	Seed      uint64
	Strict    bool // no clock jumps: the clock moves only when nobody can run

	StopAtFirst bool // end with the first execution that has a finding
	Minimize    bool // look for a simpler witness of each finding
	// Only restricts the search to these kinds of findings; nil means all.
	Only []Kind

	// Progress, if set, is called now and then, and once at the end.
	Progress func(*Report) `json:"-"`
}

func (c *Config) withDefaults() Config {
	d := *c
	if d.Schedules == 0 {
		d.Schedules = 1000
	}
	if d.MaxSteps == 0 {
		d.MaxSteps = 20_000
	}
	return d
}

// A Report is what an exploration came to.
type Report struct {
	Name      string        `json:"name,omitempty"`
	Strategy  string        `json:"strategy"`
	Schedules int           `json:"schedules"`         // executions begun by the strategy
	Failing   int           `json:"failing"`           // of these, with a finding
	Limited   int           `json:"limited,omitempty"` // of these, ended by the step limit
	Steps     int64         `json:"steps"`
	Elapsed   time.Duration `json:"elapsed_ns"`
	Found     []*Found      `json:"found,omitempty"` // in the order of discovery
	// Exhausted says what has been visited completely, if anything.
	Exhausted Coverage `json:"exhausted,omitzero"`
	// Uncontrolled lists operations that the scheduler does not control, once each.
	Uncontrolled []string `json:"uncontrolled,omitempty"`
	// LimitedRuns are the first few executions that the step limit ended: what
	// was blocked in them may or may not be stuck.
	LimitedRuns []LimitedRun `json:"-"`
}

// A LimitedRun is an execution that the step limit ended.
type LimitedRun struct {
	Schedule int
	Strategy string
	Trace    *Trace
}

const maxLimitedRuns = 3

// Found is a finding, and how it was come by.
type Found struct {
	Finding
	Schedule int    `json:"schedule"` // the first execution that showed it, from 1
	Strategy string `json:"strategy"` // of that execution
	Count    int    `json:"count"`    // executions that showed it
	// Confirmed says that the trace, replayed, showed it again.
	Confirmed bool `json:"confirmed"`

	// About the witness: the first execution, or the simpler one that was found.
	Trace       string  `json:"trace"`
	Steps       int     `json:"steps"`
	Preemptions int     `json:"preemptions"`
	ClockJumps  int     `json:"clock_jumps"`
	Minimal     bool    `json:"minimal,omitempty"` // no run with fewer delays shows it
	Events      []Event `json:"events,omitempty"`
}

// Summary says in one line what the exploration came to.
func (r *Report) Summary() string {
	switch {
	case len(r.Found) > 0:
		return fmt.Sprintf("%d schedules, %d failing, %d distinct findings", r.Schedules, r.Failing, len(r.Found))
	case r.Exhausted.Complete:
		return fmt.Sprintf("exhausted: %d schedules, no finding (%s)", r.Exhausted.Runs, r.Exhausted.Bound)
	case r.Exhausted.Runs > 0:
		return fmt.Sprintf("%d schedules, no finding (%s: exhausted)", r.Schedules, r.Exhausted.Bound)
	}
	return fmt.Sprintf("%d schedules, no finding", r.Schedules)
}

// seedOf is the seed of the n-th execution of an exploration.
func seedOf(base uint64, n int) uint64 {
	r := rng(base + uint64(n)*0x9e3779b97f4a7c15)
	return r.next()
}

// Explore executes p again and again under the configured strategy. It returns
// an error only if the configuration makes no sense.
func Explore(p Program, c Config) (*Report, error) {
	c = c.withDefaults()
	strategy := c.Use
	if strategy == nil {
		var err error
		if strategy, err = New(c.Strategy, !c.Strict); err != nil {
			return nil, err
		}
	}
	x := &exploration{Config: c, p: p, strategy: strategy}
	x.report = &Report{Name: c.Name, Strategy: strategy.Name()}
	x.start = time.Now()
	x.search()
	if c.Minimize {
		for _, f := range x.report.Found {
			x.simplify(f)
		}
	}
	x.finish()
	return x.report, nil
}

// An exploration is the state of one call of Explore.
type exploration struct {
	Config
	p        Program
	strategy Strategy
	run      Run
	report   *Report
	start    time.Time
}

func (x *exploration) search() {
	for n := range x.Schedules {
		if x.MaxTime > 0 && time.Since(x.start) > x.MaxTime {
			return
		}
		o, ok := x.execute(x.strategy, n, false)
		if !ok {
			return
		}
		x.report.Schedules++
		x.report.Steps += int64(x.run.Steps)
		if o.End == Limited {
			x.report.Limited++
			if len(x.report.LimitedRuns) < maxLimitedRuns {
				x.report.LimitedRuns = append(x.report.LimitedRuns,
					LimitedRun{x.report.Schedules, x.strategyName(), x.run.trace(x.Source, x.Name)})
			}
		}
		x.note(o.Uncontrolled)
		fresh := x.count(o.Findings)
		if n == 0 && len(fresh) == 0 && o.End != Abandoned {
			x.checkDeterminism()
		}
		if len(fresh) > 0 {
			x.record(fresh)
		}
		if x.StopAtFirst && len(x.report.Found) > 0 {
			return
		}
		if x.Progress != nil && n%256 == 255 {
			x.report.Elapsed = time.Since(x.start)
			x.Progress(x.report)
		}
	}
}

// execute runs the program once. ok is false when the strategy is exhausted.
func (x *exploration) execute(s Strategy, n int, recording bool) (o Outcome, ok bool) {
	r := &x.run
	r.reset(s)
	r.MaxSteps, r.Recording = x.MaxSteps, recording
	r.Seed = x.Seed
	if !s.Begin(r, seedOf(x.Seed, n)) {
		return o, false
	}
	o = x.p.Execute(r)
	o.Drew, o.Inexact = r.Drew, r.Inexact
	s.End(&o)
	o.Findings = x.wanted(o.Findings)
	return o, true
}

// wanted filters findings by kind.
func (x *exploration) wanted(fs []Finding) []Finding {
	if x.Only == nil {
		return fs
	}
	var kept []Finding
	for _, f := range fs {
		for _, k := range x.Only {
			if f.Kind == k {
				kept = append(kept, f)
			}
		}
	}
	return kept
}

func (x *exploration) note(uncontrolled []string) {
next:
	for _, u := range uncontrolled {
		for _, v := range x.report.Uncontrolled {
			if u == v {
				continue next
			}
		}
		x.report.Uncontrolled = append(x.report.Uncontrolled, u)
	}
}

// count books an execution's findings and returns the new ones.
func (x *exploration) count(fs []Finding) (fresh []*Found) {
	if len(fs) > 0 {
		x.report.Failing++
	}
	for _, f := range fs {
		if old := x.found(f.Key); old != nil {
			old.Count++
			continue
		}
		now := &Found{
			Finding: f, Schedule: x.report.Schedules, Strategy: x.strategyName(), Count: 1,
			Trace: x.run.trace(x.Source, x.Name).String(),
			Steps: x.run.Steps, Preemptions: x.run.Preemptions, ClockJumps: x.run.ClockJumps,
		}
		x.report.Found = append(x.report.Found, now)
		fresh = append(fresh, now)
	}
	return fresh
}

func (x *exploration) found(k Key) *Found {
	for _, f := range x.report.Found {
		if f.Key == k {
			return f
		}
	}
	return nil
}

func (x *exploration) strategyName() string {
	if p, ok := x.strategy.(*portfolio); ok {
		return p.current.Name()
	}
	return x.strategy.Name()
}

// record replays the last execution to confirm its new findings and to fill in
// what they say.
func (x *exploration) record(fresh []*Found) {
	t := x.run.trace(x.Source, x.Name)
	o, same := x.replay(t, true)
	for _, f := range fresh {
		for _, g := range o.Findings {
			if g.Key == f.Key {
				f.Finding, f.Events, f.Confirmed = g, o.Events, true
			}
		}
	}
	if !same {
		x.nondeterministic(t)
	}
}

// replay executes the trace; same says that it went as when it was recorded.
func (x *exploration) replay(t *Trace, recording bool) (o Outcome, same bool) {
	s := &follow{trace: t}
	o, _ = x.execute(s, 0, recording)
	return o, !s.bad && uint32(x.run.Hash) == t.Hash
}

// checkDeterminism replays the execution that just ended.
func (x *exploration) checkDeterminism() {
	t := x.run.trace(x.Source, x.Name)
	if _, same := x.replay(t, false); !same {
		x.nondeterministic(t)
	}
}

func (x *exploration) nondeterministic(t *Trace) {
	key := KeyOf(Nondeterminism)
	if x.found(key) != nil || len(x.wanted([]Finding{{Kind: Nondeterminism}})) == 0 {
		return
	}
	x.report.Found = append(x.report.Found, &Found{
		Finding: Finding{Kind: Nondeterminism, Key: key,
			Detail: "the same schedule, run again, went differently: the program depends on something that is not controlled, such as package variables that keep their values"},
		Schedule: x.report.Schedules, Strategy: x.strategyName(), Count: 1, Trace: t.String(),
	})
}

func (x *exploration) finish() {
	if e, ok := x.strategy.(exhaustible); ok {
		x.report.Exhausted = e.Exhausted()
	}
	if x.found(KeyOf(Nondeterminism)) != nil {
		x.report.Exhausted = Coverage{} // what was visited is not what was meant
	}
	x.report.Elapsed = time.Since(x.start)
	if x.Progress != nil {
		x.Progress(x.report)
	}
}

// Replay executes the trace once, in full detail. The error says that the trace
// belongs to another program, or that the program went another way.
func Replay(p Program, c Config, t *Trace) (*Report, error) {
	if err := t.Check(c.Source); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	x := &exploration{Config: c, p: p, start: time.Now(), strategy: Follow(t)}
	x.report = &Report{Name: c.Name, Strategy: "replay", Schedules: 1}
	o, same := x.replay(t, true)
	x.report.Steps = int64(x.run.Steps)
	if o.End == Limited {
		x.report.Limited++
	}
	x.note(o.Uncontrolled)
	for _, f := range x.count(o.Findings) {
		f.Events, f.Confirmed = o.Events, same
	}
	x.report.Elapsed = time.Since(x.start)
	if !same {
		return x.report, fmt.Errorf("the program did not follow the trace: it depends on something that is not controlled")
	}
	return x.report, nil
}
