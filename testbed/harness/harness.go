// Package harness builds instrumented test binaries and runs them as worker
// processes.
//
// [Build] rewrites a package, the packages of its module that it depends on,
// and the dependencies asked for; adds the runtime and a worker's entry; and
// compiles the test binary once, all by -overlay: nothing is written into the
// user's module and its go.mod stays as it is. A [Program] is the result; its
// [Program.Run] executes one job in a process of its own, and
// [Program.Explore] confirms what a job found in another.
package harness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/asynclint/asynclint/testbed/rewrite"
)

// Config says what to build and how.
type Config struct {
	Dir     string // where patterns are resolved; "" is the current directory
	Sources fs.FS  // the runtime's packages: rt, explore, worker and job
	// Instrument are import path patterns of dependencies to instrument too,
	// such as "golang.org/x/sync/...".
	Instrument []string
	Race       bool // build with the race detector
	Atomics    bool // make operations of sync/atomic scheduling points
	// LeakProfile builds with Go's goroutine leak profile, an experiment that
	// rebuilds the standard library once. Jobs with HandBack need it.
	LeakProfile bool
	Tags        string   // build tags, as for go build
	Env         []string // for the go command; nil means the current environment
}

// A Program is an instrumented test binary.
type Program struct {
	ImportPath string
	Module     string
	ModuleDir  string
	Dir        string   // the package's
	Targets    []string // test functions in source order, then job.MainTarget if it is a program
	Sites      int      // instrumented operations
	// Notes are operations that the testbed met and cannot control.
	Notes []rewrite.Note
	// Foreign are dependencies that synchronise and were not instrumented.
	Foreign []string

	binary string
	work   string // temporary directory
	env    []string
}

// Errors that Build and Run wrap.
var (
	ErrBuild  = errors.New("the instrumented package does not build")
	ErrLoad   = errors.New("the package cannot be loaded")
	ErrTarget = errors.New("there is no such test")
	ErrWorker = errors.New("the worker process failed")
)

// Close removes the program's temporary files.
func (p *Program) Close() error {
	if err := os.RemoveAll(p.work); err != nil {
		return fmt.Errorf("removing the testbed's temporary files: %w", err)
	}
	return nil
}

// Has reports whether the program has the target.
func (p *Program) Has(target string) bool {
	for _, t := range p.Targets {
		if t == target {
			return true
		}
	}
	return false
}

// Relative is a file's path as findings show it: relative to the module.
func relativeTo(dir string) func(string) string {
	return func(file string) string {
		if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
		return filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
	}
}
