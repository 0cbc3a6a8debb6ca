package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asynclint/asynclint/testbed"
	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	testjob "github.com/asynclint/asynclint/testbed/job"
)

// exploreOptions are the flags of the commands explore and replay.
type exploreOptions struct {
	run      *regexp.Regexp
	job      testjob.Job
	build    harness.Config
	format   string
	html     string
	trace    string
	parallel int
	strict   string // -time

	args []string
}

func (o *exploreOptions) flags(replaying bool) *flag.FlagSet {
	fs := flag.NewFlagSet("explore", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	oneOf(fs, &o.format, "format", []string{"text", "json"}, "output `FORMAT`: text or json")
	fs.StringVar(&o.html, "html", "", "write the (first) finding as a timeline page to `FILE`")
	fs.StringVar(&o.trace, "trace", "", "write the (first) finding as a Chrome trace to `FILE`")
	fs.Func("instrument", "also control the dependencies that match `PATTERN`, such as example.com/pool/... (may be given again)", func(v string) error {
		o.build.Instrument = append(o.build.Instrument, v)
		return nil
	})
	fs.BoolVar(&o.build.Race, "race", false, "build with the race detector")
	fs.BoolVar(&o.build.LeakProfile, "leak-profile", false, "ask Go's goroutine leak profile about schedules that reach the step limit (rebuilds the standard library once)")
	fs.BoolVar(&o.build.Atomics, "atomics", false, "make operations of sync/atomic scheduling points")
	fs.StringVar(&o.build.Tags, "tags", "", "build `TAGS`, as for go build")
	fs.StringVar(&o.build.Dir, "C", "", "run in `DIR`")
	fs.IntVar(&o.job.MaxSteps, "steps", 0, "give a schedule up after `N` operations (default 20000)")
	if replaying {
		return fs
	}
	fs.Func("run", "explore the tests whose names match `REGEXP`; main stands for a program's main function", func(v string) (err error) {
		o.run, err = regexp.Compile(v)
		return err
	})
	fs.IntVar(&o.job.Schedules, "schedules", 1000, "try `N` schedules of each test")
	oneOf(fs, &o.job.Strategy, "strategy", explore.Names(), "`NAME` of the strategy: "+strings.Join(explore.Names(), ", "))
	oneOf(fs, &o.strict, "time", []string{"strict", "jumps"}, "virtual time: strict lets timers fire only when nothing else can run; jumps also earlier, as if the rest were slow")
	fs.DurationVar(&o.job.MaxTime, "max", 60*time.Second, "begin no schedule of a test after `DURATION`")
	fs.Uint64Var(&o.job.Seed, "seed", 0, "make the random strategies draw others by `N`")
	fs.BoolVar(&o.job.StopAtFirst, "first", false, "stop a test at its first finding")
	fs.BoolVar(&o.job.LostValues, "lost-values", false, "report values that are left in channels at the end")
	fs.DurationVar(&o.job.LockHeld, "lock-held", 0, "report goroutines blocked for `DURATION` of virtual time while others wait for a lock of theirs")
	fs.DurationVar(&o.job.Stall, "stall", 0, "report work that is queued for `DURATION` of virtual time while every worker slot is blocked")
	fs.IntVar(&o.parallel, "p", 1, "explore `N` tests at a time")
	return fs
}

// parse reads the command line; flags may stand behind arguments.
func (o *exploreOptions) parse(args []string, replaying bool) error {
	fs := o.flags(replaying)
	for {
		if err := fs.Parse(args); err != nil {
			return explainFlagError(fs, err)
		}
		rest := fs.Args()
		if len(rest) == 0 {
			break
		}
		o.args = append(o.args, rest[0])
		args = rest[1:]
	}
	o.job.Strict = o.strict == "strict"
	if o.job.Schedules < 0 || o.job.MaxSteps < 0 || o.job.MaxTime < 0 || o.job.LockHeld < 0 || o.job.Stall < 0 || o.parallel < 0 {
		return errors.New("a number of schedules, steps or tests, or a duration, cannot be negative")
	}
	return nil
}

// exploreHelp prints the flags of a testbed command.
func (e *env) exploreHelp(usage string, replaying bool) int {
	var b strings.Builder
	b.WriteString(usage)
	new(exploreOptions).flags(replaying).VisitAll(func(f *flag.Flag) { describeFlag(&b, f) })
	_, err := io.WriteString(e.stdout, b.String())
	return e.wrote(err)
}

const exploreUsage = `asynclint explore runs tests again and again, one goroutine at a time, under a
scheduler that chooses every interleaving, and reports deadlocks, leaked
goroutines, panics and the like, each with a trace that replays it.

Usage:
  asynclint explore [flags] [packages]

Exit codes: 0 no finding, 1 findings, 2 wrong usage, 3 a package does not build
or a test could not be explored.

Flags:
`

// exploreCommand is the subcommand explore.
func exploreCommand(e *env, args []string) int {
	o := &exploreOptions{}
	if err := o.parse(args, false); errors.Is(err, flag.ErrHelp) {
		return e.exploreHelp(exploreUsage, false)
	} else if err != nil {
		return e.usage("%v", err)
	}
	if len(o.args) == 0 {
		o.args = []string{"."}
	}
	o.job.Minimize, o.job.HandBack = true, o.build.LeakProfile
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	programs, err := testbed.Build(ctx, o.build, o.args...)
	if err != nil {
		return e.incomplete(err)
	}
	defer e.closeAll(programs)
	out := &exploreOutput{dir: o.build.Dir}
	for _, p := range programs {
		out.add(p)
		for _, t := range p.Targets {
			if o.wants(p, t) {
				out.Tests = append(out.Tests, &exploredTest{Package: p.ImportPath, Test: t, program: p})
			}
		}
	}
	if len(out.Tests) == 0 {
		if o.run != nil {
			return e.usage("no test of %s matches -run=%s", strings.Join(o.args, " "), o.run)
		}
		return e.usage("%s: no tests and no main function to explore", strings.Join(o.args, " "))
	}
	e.exploreAll(ctx, o, out)
	return e.writeExplored(o, out)
}

// wants reports whether a target is to be explored. A main function is only
// when it is asked for, or when there is nothing else.
func (o *exploreOptions) wants(p *harness.Program, target string) bool {
	if o.run != nil {
		return o.run.MatchString(target)
	}
	return target != testjob.MainTarget || len(p.Targets) == 1
}

// exploreAll explores the tests, some at a time.
func (e *env) exploreAll(ctx context.Context, o *exploreOptions, out *exploreOutput) {
	_, tty := e.style(e.stderr, "")
	show := &exploreProgress{w: e.stderr, live: tty && o.format == "text"}
	slots := make(chan struct{}, max(1, o.parallel))
	var wg sync.WaitGroup
	for _, t := range out.Tests {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			j := o.job
			j.Target = t.Test
			report, err := t.program.Explore(ctx, j, func(p testjob.Progress) { show.show(t, p) })
			t.Report = report
			if err != nil {
				t.Error = err.Error()
			}
		})
	}
	wg.Wait()
	show.clear()
}

const replayUsage = `asynclint replay runs a test once, along a trace that explore has printed, and
shows what happens.

Usage:
  asynclint replay [flags] TRACE [package]

Exit codes: 0 the finding did not show, 1 it showed, 2 wrong usage, 3 the trace
does not fit the source or the test could not be run.

Flags:
`

// replayCommand is the subcommand replay.
func replayCommand(e *env, args []string) int {
	o := &exploreOptions{}
	if err := o.parse(args, true); errors.Is(err, flag.ErrHelp) {
		return e.exploreHelp(replayUsage, true)
	} else if err != nil {
		return e.usage("%v", err)
	}
	if len(o.args) < 1 || len(o.args) > 2 {
		return e.usage("replay wants a trace and, if the test is not in this directory, its package")
	}
	trace, err := explore.ParseTrace(o.args[0])
	if err != nil {
		return e.usage("%v", err)
	}
	pattern := "."
	if len(o.args) == 2 {
		pattern = o.args[1]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	programs, err := testbed.Build(ctx, o.build, pattern)
	if err != nil {
		return e.incomplete(err)
	}
	defer e.closeAll(programs)
	target, check, err := testjob.ParseName(trace.Name)
	if err != nil {
		return e.usage("%v", err)
	}
	i := slices.IndexFunc(programs, func(p *harness.Program) bool { return p.Has(target) })
	if i < 0 {
		return e.incomplete(fmt.Errorf("the trace is of %s, which %s does not have", target, pattern))
	}
	p := programs[i]
	t := &exploredTest{Package: p.ImportPath, Test: target, program: p}
	out := &exploreOutput{dir: o.build.Dir, Tests: []*exploredTest{t}, replay: true}
	out.add(p)
	o.job.Target, o.job.Check, o.job.Replay = target, check, o.args[0]
	if t.Report, err = p.Run(ctx, o.job, nil); err != nil {
		t.Error = err.Error()
	}
	return e.writeExplored(o, out)
}

func (e *env) incomplete(err error) int {
	fmt.Fprintf(e.stderr, "asynclint: %v\n", err)
	return exitIncomplete
}

func (e *env) closeAll(programs []*harness.Program) {
	for _, p := range programs {
		if err := p.Close(); err != nil {
			fmt.Fprintf(e.stderr, "asynclint: %v\n", err)
		}
	}
}

// exploreProgress shows on a terminal how an exploration gets on.
type exploreProgress struct {
	w    io.Writer
	live bool
	mu   sync.Mutex
	on   bool
}

func (p *exploreProgress) show(t *exploredTest, n testjob.Progress) {
	if !p.live {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = true
	fmt.Fprintf(p.w, "\r\x1b[K%s: %d schedules, %.0f a second, %d findings", t.Test, n.Schedules, float64(n.Schedules)/max(n.Elapsed.Seconds(), 1e-9), n.Findings)
}

func (p *exploreProgress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.on {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
