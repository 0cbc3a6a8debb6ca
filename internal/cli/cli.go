// Package cli is the front end: what happens between the command line and the
// rendered findings.
//
// A run reads the flags (flags.go) and .asynclint.yml (settings.go), decides
// which invocations of the go command cover the patterns (modules.go), has a
// driver analyse them (driver.go, vet.go), finds out what could not be
// analysed and why (load.go), filters and relabels the findings (filter.go),
// applies fixes (fix.go) and hands a report to package render. Each step is a
// function from the result of the one before; only the driver starts processes.
package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// Exit codes of the command.
const (
	exitClean    = 0 // no finding at or above -fail-on
	exitFindings = 1 // at least one, or a non-empty -diff
	exitUsage    = 2 // wrong flag, argument or configuration; nothing was analysed
	// exitIncomplete: something could not be analysed. It wins over
	// exitFindings: repairing the findings shown would not make the run
	// clean, and a script that treats 1 as "known findings" must not take an
	// incomplete run for one.
	exitIncomplete = 3
)

// env is the world of one invocation.
type env struct {
	stdout, stderr io.Writer
	getenv         func(string) string
}

// A command is a subcommand. Its run gets the arguments behind its name and
// returns the exit code.
type command struct {
	name  string
	args  string // for the usage line
	short string // one line for the list of commands
	run   func(*env, []string) int
}

// commands are the subcommands besides linting, which has no name.
func commands() []command {
	return []command{
		{"explore", "[flags] [packages]", "run tests under a scheduler that tries their interleavings", exploreCommand},
		{"explain", "RULE", "say what a rule reports, why, and what to do", explain},
		{"help", "", "show this text", func(e *env, _ []string) int { return help(e) }},
		{"replay", "[flags] TRACE [package]", "run one schedule that explore has found", replayCommand},
		{"rules", "", "list the rules with their levels", rules},
		{"version", "", "print the version", version},
	}
}

// Main runs the command with the arguments behind its name and returns the exit
// code. No command reads standard input yet.
func Main(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	e := &env{stdout: stdout, stderr: stderr, getenv: os.Getenv}
	if len(args) == 0 {
		return lint(e, args)
	}
	var names []string
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(e, args[1:])
		}
		names = append(names, c.name)
	}
	if word := args[0]; !strings.ContainsAny(word, "-./\\") {
		if near := rule.NearestOf(word, names); near != "" {
			return e.usage("unknown command %q: did you mean %q? (A package of that name is ./%s)", word, near, word)
		}
	}
	return lint(e, args)
}

// usage reports a mistake of the caller.
func (e *env) usage(format string, args ...any) int {
	fmt.Fprintf(e.stderr, "asynclint: "+format+"\n", args...)
	fmt.Fprintln(e.stderr, "Run `asynclint help` for usage.")
	return exitUsage
}

// wrote turns an error of writing output into an exit code: output that got
// lost is a run that did not complete.
func (e *env) wrote(err error) int {
	if err != nil {
		fmt.Fprintf(e.stderr, "asynclint: %v\n", err)
		return exitIncomplete
	}
	return exitClean
}

// style returns how to lay out text on w, and whether w is a terminal.
func (e *env) style(w io.Writer, color string) (render.Style, bool) {
	var s render.Style
	var tty bool
	if f, ok := w.(*os.File); ok {
		s, tty = render.Terminal(f, e.getenv)
	}
	switch color {
	case "always":
		s.Color = true
	case "never":
		s.Color = false
	}
	return s, tty
}
