// Package job is what a worker process is told and what it answers. It is
// compiled into both ends: the process that asks, and the instrumented test
// binary.
package job

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Env is the environment variable that holds a worker's [Job] as JSON.
// A test binary that has it is a worker.
const Env = "ASYNCLINT_TESTBED_JOB"

// TestName is the test function that the harness adds to a package; it is the
// entry of a worker.
const TestName = "TestAsynclintWorker"

// MainTarget is the target that stands for a program's main function.
const MainTarget = "main"

// A Job is one thing for a worker process to do.
type Job struct {
	// Target is a test function, or MainTarget.
	Target string `json:"target"`
	// Check, if not 0, says that the exploration is the body of the n-th call
	// of testbed.Check that the test makes; the test around it runs natively.
	Check int `json:"check,omitempty"`
	// Replay is a trace to follow once instead of exploring.
	Replay string `json:"replay,omitempty"`
	// Result is the file that takes the worker's messages.
	Result string `json:"result"`

	Strategy    string         `json:"strategy,omitempty"`
	Schedules   int            `json:"schedules,omitempty"`
	MaxTime     time.Duration  `json:"max_time,omitempty"`
	MaxSteps    int            `json:"max_steps,omitempty"`
	Seed        uint64         `json:"seed,omitempty"`
	Strict      bool           `json:"strict,omitempty"`
	StopAtFirst bool           `json:"stop_at_first,omitempty"`
	Minimize    bool           `json:"minimize,omitempty"`
	Only        []explore.Kind `json:"only,omitempty"`

	// See rt.Options.
	LostValues bool          `json:"lost_values,omitempty"`
	LockHeld   time.Duration `json:"lock_held,omitempty"`
	Stall      time.Duration `json:"stall,omitempty"`
	HandBack   bool          `json:"hand_back,omitempty"`
}

// Name is how traces call the target: "TestX", or "TestX#2" for a call of Check.
func (j *Job) Name() string {
	if j.Check > 0 {
		return fmt.Sprintf("%s#%d", j.Target, j.Check)
	}
	return j.Target
}

// ParseName is the inverse of [Job.Name].
func ParseName(name string) (target string, check int, err error) {
	target, n, ok := strings.Cut(name, "#")
	if !ok {
		return target, 0, nil
	}
	if check, err = strconv.Atoi(n); err != nil || check < 1 {
		return "", 0, fmt.Errorf("%q is not the name of a test and a call of testbed.Check", name)
	}
	return target, check, nil
}

// A Message is one line of a worker's result file.
type Message struct {
	// Progress is the state of an exploration that goes on.
	Progress *Progress `json:"progress,omitempty"`
	// Report is the end of a job that could be done.
	Report *explore.Report `json:"report,omitempty"`
	// Error is the end of a job that could not; with a replay that went
	// another way, it stands beside the report.
	Error string `json:"error,omitempty"`
}

// Progress counts what an exploration has done so far.
type Progress struct {
	Schedules int           `json:"schedules"`
	Steps     int64         `json:"steps"`
	Findings  int           `json:"findings"`
	Elapsed   time.Duration `json:"elapsed_ns"`
}

// Write appends the message to w as one line.
func (m *Message) Write(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(m); err != nil {
		return fmt.Errorf("writing a worker's answer: %w", err)
	}
	return nil
}
