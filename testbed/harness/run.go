package harness

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/job"
)

// Times of a worker process: how long it may take beyond its own budget, and
// how often its result file is looked at.
const (
	graceTime = 30 * time.Second
	pollTime  = 100 * time.Millisecond
)

// Run executes the job in a process of its own.
func (p *Program) Run(ctx context.Context, j job.Job, progress func(job.Progress)) (*explore.Report, error) {
	if !p.Has(j.Target) {
		return nil, fmt.Errorf("%w: %s has no %s", ErrTarget, p.ImportPath, j.Target)
	}
	result, err := os.CreateTemp(p.work, "result-")
	if err != nil {
		return nil, fmt.Errorf("making a worker's result file: %w", err)
	}
	defer func() {
		_ = result.Close()           // it was only read
		_ = os.Remove(result.Name()) // Close of the program removes what is left
	}()
	j.Result = result.Name()
	text, err := json.Marshal(j)
	if err != nil {
		return nil, fmt.Errorf("writing a worker's job: %w", err)
	}
	if j.MaxTime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 2*j.MaxTime+graceTime) // the search, and that for simpler witnesses
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, p.binary, "-test.run=^"+job.TestName+"$", "-test.timeout=0", "-test.cpu=1")
	cmd.Dir = p.Dir
	cmd.Env = append(p.environ(), job.Env+"="+string(text), "GODEBUG="+godebug(p.environ()))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWorker, err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	r := &reader{src: bufio.NewReader(result), progress: progress}
	tick := time.NewTicker(pollTime)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := r.poll(); err != nil {
				return nil, err
			}
		case exit := <-done:
			if err := r.poll(); err != nil {
				return nil, err
			}
			return r.outcome(ctx, exit, &out)
		}
	}
}

// godebug returns the value of GODEBUG for a worker. A module of a Go version
// before 1.23 asks for the timer channels of that time, which the runtime does
// not have in a bubble; the virtual timers do not depend on it.
func godebug(env []string) string {
	value := ""
	for _, v := range env {
		if rest, ok := strings.CutPrefix(v, "GODEBUG="); ok {
			value = rest + ","
		}
	}
	return value + "asynctimerchan=0"
}

func (p *Program) environ() []string {
	if p.env != nil {
		return p.env
	}
	return os.Environ()
}

// A reader takes a worker's messages as they come.
type reader struct {
	src      *bufio.Reader
	partial  []byte
	progress func(job.Progress)
	last     job.Message
}

func (r *reader) poll() error {
	for {
		line, err := r.src.ReadBytes('\n')
		r.partial = append(r.partial, line...)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a worker's answer: %w", err)
		}
		var m job.Message
		if err := json.Unmarshal(r.partial, &m); err != nil {
			return fmt.Errorf("%w: its answer is damaged: %w", ErrWorker, err)
		}
		r.partial = r.partial[:0]
		if m.Progress == nil {
			r.last = m
		} else if r.progress != nil {
			r.progress(*m.Progress)
		}
	}
}

// outcome is what a worker that has ended came to.
func (r *reader) outcome(ctx context.Context, exit error, out *bytes.Buffer) (*explore.Report, error) {
	switch {
	case r.last.Error != "":
		return r.last.Report, errors.New(r.last.Error)
	case r.last.Report != nil:
		return r.last.Report, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%w: it was stopped without an answer: %w", ErrWorker, ctx.Err())
	}
	if exit == nil {
		exit = errors.New("it ended without an answer; a TestMain that does not call m.Run, or a call of os.Exit, can do that")
	}
	return nil, fmt.Errorf("%w: %w\n%s", ErrWorker, exit, excerpt(out.Bytes()))
}

// excerpt is the beginning and the end of a process's output: a fatal error
// begins with its reason, a failed test ends with it.
func excerpt(b []byte) []byte {
	const part = 2000
	b = bytes.TrimSpace(b)
	if len(b) <= 2*part {
		return b
	}
	return slices.Concat(b[:part], []byte("\n...\n"), b[len(b)-part:])
}
