package rt

import (
	"runtime"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Options is what an exploration of real code is asked to do.
type Options struct {
	explore.Config

	// LostValues reports values left in channels at the end. To abandon a result
	// in a buffered channel is an idiom, so it is off by default.
	LostValues bool
	// LockHeld reports goroutines that were blocked for so long, in virtual time,
	// while others waited for a lock that they held. 0 means never.
	LockHeld time.Duration
	// Stall reports worker slots that were all blocked for so long while work was
	// queued. 0 means never.
	Stall time.Duration
	// HandBack asks the runtime's goroutine leak profile about executions that
	// reach the step limit. It leaves goroutines behind, so it is the last thing
	// that an exploration does; the process should end soon after.
	HandBack bool
	// Watchdog is how long, in real time, nothing may happen before an execution
	// counts as stuck in an operation that is not instrumented. 0 means 2 s.
	Watchdog time.Duration
	// NoBubble turns precise detection of such operations off.
	NoBubble bool

	inBubble  bool
	givesBack bool // hand back instead of killing at the step limit
}

// Explore runs body again and again under a controlled scheduler. The body runs
// on goroutine g0; an execution ends when it has returned and nothing that it
// started can go on.
//
// One exploration at a time may be in progress in a process.
func Explore(opts Options, body func()) (*explore.Report, error) {
	var r *explore.Report
	var err error
	opts.controlled(func(p *program) { r, err = explore.Explore(p, p.opts.Config) }, body)
	if err == nil && opts.HandBack && r.Limited > 0 {
		opts.handBack(r, body)
	}
	return r, err
}

// Replay runs body once, along a trace. The report holds the whole history.
func Replay(opts Options, trace *explore.Trace, body func()) (*explore.Report, error) {
	var r *explore.Report
	var err error
	opts.controlled(func(p *program) { r, err = explore.Replay(p, p.opts.Config, trace) }, body)
	return r, err
}

// controlled sets the process up for executions, calls f, and restores it.
func (opts Options) controlled(f func(*program), body func()) {
	if opts.Source == 0 {
		opts.Source = SourceHash()
	}
	if opts.Watchdog == 0 {
		opts.Watchdog = 2 * time.Second
	}
	opts.inBubble = haveBubble && !opts.NoBubble && !opts.givesBack
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := &program{opts: &opts, body: body, runners: new(runners)}
	f(p)
	if p.jobs != nil {
		close(p.jobs)
	} else {
		p.runners.close()
	}
}

// A program is a body that can be executed: explore.Program.
type program struct {
	opts *Options
	body func()
	last *exec // whose memory the next one uses
	// runners run the goroutines of all executions; they live in the bubble.
	runners *runners

	// To and from the goroutine that executes in a bubble.
	jobs chan *exec
	done chan struct{}
}

// Execute implements [explore.Program].
func (p *program) Execute(r *explore.Run) explore.Outcome {
	e := p.newExec(r)
	if !p.opts.inBubble {
		e.execute(p.body)
		return e.outcome
	}
	if p.jobs == nil {
		p.jobs, p.done = make(chan *exec), make(chan struct{})
		go p.serve(p.jobs, p.done, p.runners)
	}
	p.jobs <- e
	p.watch(e, p.done)
	return e.outcome
}

// serve executes in a bubble until jobs is closed. A bubble complains when
// goroutines stay behind in it, blocked outside; that has been reported by then.
func (p *program) serve(jobs chan *exec, done chan struct{}, free *runners) {
	finished := false
	defer func() {
		if r := recover(); r != nil && !finished {
			panic(r)
		}
	}()
	bubbleRun(func() {
		for e := range jobs {
			e.execute(p.body)
			done <- struct{}{}
		}
		free.close()
		finished = true
	})
}

// watch waits for an execution in a bubble. What blocks in a system call or on
// a native lock is not blocked for good as far as bubbles go, so the execution
// may hang: then it is left behind.
func (p *program) watch(e *exec, done chan struct{}) {
	watchdog := time.NewTimer(p.opts.Watchdog)
	defer watchdog.Stop()
	for steps := -1; ; {
		select {
		case <-done:
			return
		case <-watchdog.C:
		}
		if now := e.run.Steps; now != steps {
			steps = now
			watchdog.Reset(p.opts.Watchdog)
			continue
		}
		active.Store(nil)
		e.abandon()
		p.last, p.jobs, p.runners = nil, nil, new(runners) // the bubble is lost
		e.outcome = explore.Outcome{End: explore.Stuck, Findings: e.hung(), Uncontrolled: e.uncontrolled}
		return
	}
}

// execute is one execution, on the goroutine that drives it.
func (e *exec) execute(body func()) {
	takeCensus()
	e.driver = getg()
	e.done = make(chan struct{}, 1) // a channel made in a bubble belongs to it
	e.outside.signal = make(chan struct{}, 1)
	active.Store(e)
	defer active.Store(nil)
	e.spawn(nil, 0, body, body)
	e.drive()
	if e.opts.givesBack && e.end == explore.Limited {
		e.outcome = explore.Outcome{End: e.end, Findings: e.handBack()}
		return
	}
	e.outcome = explore.Outcome{End: e.end, Findings: e.findings(), Uncontrolled: e.uncontrolled}
	e.kill()
	if e.run.Recording {
		e.addStacks(e.outcome.Findings)
		e.outcome.Events = e.events
	}
}

func (p *program) newExec(r *explore.Run) *exec {
	e := &exec{opts: p.opts, run: r, runners: p.runners}
	e.random = generator{x: r.Seed, seed: r.Seed}
	if old := p.last; old != nil {
		clear(old.gs)
		clear(old.ready)
		clear(old.clock.heap)
		e.gs, e.ready, e.acts, e.touched = old.gs[:0], old.ready[:0], old.acts[:0], old.touched[:0]
		e.clock.heap = old.clock.heap[:0]
		e.objects = old.objects
		e.objects.reset()
	}
	p.last = e
	return e
}

// drive keeps the execution going until it is over. Goroutines hand the baton
// to each other; the driver gets it at the end, and whenever somebody is outside.
func (e *exec) drive() {
	next := e.next(true)
	for !e.over {
		if next != nil {
			e.handOver(next)
			if !e.baton() {
				return
			}
		} else if !e.awaitArrival() && !e.sweep() {
			if e.outside.away > 0 {
				e.stuck()
			} else {
				e.finish(explore.Quiescent)
			}
		}
		if e.over {
			return
		}
		e.admit()
		next = e.next(true)
	}
}

// baton waits until the driver has the baton: it was handed over, or its holder
// is blocked outside. It returns false if that makes the execution pointless.
func (e *exec) baton() bool {
	if e.opts.inBubble {
		bubbleWait()
		select {
		case <-e.done:
		default:
			e.wentOutside(e.running)
		}
		return true
	}
	watchdog := time.NewTimer(e.opts.Watchdog)
	defer watchdog.Stop()
	for steps := e.run.Steps; ; {
		select {
		case <-e.done:
			if !e.over && strangers() && e.outside.waiting.Load() == 0 {
				time.Sleep(100 * time.Microsecond) // a guess, where a bubble knows
			}
			return true
		case <-watchdog.C:
		}
		if now := e.run.Steps; now != steps {
			steps = now
			watchdog.Reset(e.opts.Watchdog)
			continue
		}
		e.wentOutside(e.running)
		e.stuck()
		return false
	}
}

// stuck ends an execution in which everybody is blocked, somebody outside.
func (e *exec) stuck() {
	e.over, e.end = true, explore.Stuck
}

// kill ends every goroutine that is left, one at a time, and gives back the
// real locks that they held: the next execution finds the package variables of
// the program in the state that this one left.
func (e *exec) kill() {
	e.phase = killing
	for i := 0; i < len(e.gs); i++ { // the dying start no goroutines
		g := e.gs[i]
		switch g.state {
		case ended:
		case foreign:
			zombies.Lock()
			zombies.gs = append(zombies.gs, g)
			zombies.Unlock()
		default:
			e.handOver(g)
			e.killed(g)
		}
	}
	for _, o := range e.objects.all {
		if o.free != nil {
			o.free()
		}
	}
}

// killed waits for g to end. If its deferred functions block outside it is left behind.
func (e *exec) killed(g *goroutine) {
	if e.opts.inBubble {
		bubbleWait()
		select {
		case <-e.done:
			return
		default:
		}
	} else {
		watchdog := time.NewTimer(e.opts.Watchdog)
		defer watchdog.Stop()
		select {
		case <-e.done:
			return
		case <-watchdog.C:
		}
	}
	zombies.Lock()
	zombies.gs = append(zombies.gs, g)
	zombies.Unlock()
}

// addStacks completes findings with the stacks that the goroutines had when
// they were killed.
func (e *exec) addStacks(fs []explore.Finding) {
	for i := range fs {
		for j := range fs[i].Goroutines {
			if d := &fs[i].Goroutines[j]; d.Stack == "" {
				d.Stack = e.gs[d.ID].stack
			}
		}
	}
}
