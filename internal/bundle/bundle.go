// Package bundle describes the concurrency checks of other maintained linters
// that asynclint can run beside its own: those of `go vet` and of staticcheck.
//
// Their findings keep their names and links. Package upstream holds the
// analyzers themselves; this package knows only what the front end needs to
// merge their findings with asynclint's own.
package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/rule"
)

// Bundles are the names that -with takes.
var Bundles = []string{"staticcheck", "vet"}

// A Check is one check of another linter.
type Check struct {
	Bundle   string // "vet" or "staticcheck"
	Analyzer string // its name there, such as "lostcancel" or "SA2002"
	// Level is the level of its findings: Error for what is wrong in every
	// run that gets there.
	Level rule.Level
	Title string // one lower-case clause
	Help  string // what to do about a finding
	URL   string // the page that documents it
	// YieldsTo are rules, asynclint's or bundled, that say the same more
	// precisely or are found more often. Of two findings at one place the one
	// of such a rule is shown.
	YieldsTo []string
}

// ID is the check's name as a rule: "vet/lostcancel".
func (c *Check) ID() string { return c.Bundle + "/" + c.Analyzer }

// Checks returns all checks, sorted by ID.
func Checks() []*Check { return slices.Clone(checks) }

// Lookup returns the check with the given ID, or nil.
func Lookup(id string) *Check {
	i := slices.IndexFunc(checks, func(c *Check) bool { return c.ID() == id })
	if i < 0 {
		return nil
	}
	return checks[i]
}

// byAnalyzer returns the check of an analyzer, or nil.
func byAnalyzer(name string) *Check {
	i := slices.IndexFunc(checks, func(c *Check) bool { return c.Analyzer == name })
	if i < 0 {
		return nil
	}
	return checks[i]
}

// Parse splits and checks a list of bundles, such as "vet,staticcheck".
func Parse(list string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(Bundles, name) {
			return nil, fmt.Errorf("unknown bundle %q: want %s", name, strings.Join(Bundles, " or "))
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no bundle named: want %s", strings.Join(Bundles, " or "))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func vet(name, dir string, level rule.Level, title, help string, yieldsTo ...string) *Check {
	return &Check{
		Bundle: "vet", Analyzer: name, Level: level, Title: title, Help: help, YieldsTo: yieldsTo,
		URL: "https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/" + dir,
	}
}

func staticcheck(name string, level rule.Level, title, help string, yieldsTo ...string) *Check {
	return &Check{
		Bundle: "staticcheck", Analyzer: name, Level: level, Title: title, Help: help, YieldsTo: yieldsTo,
		URL: "https://staticcheck.dev/docs/checks/#" + name,
	}
}

// checks is sorted by ID.
var checks = []*Check{
	staticcheck("SA1015", rule.Warning, "time.Tick leaks its ticker", "use time.NewTicker and stop it"),
	staticcheck("SA1017", rule.Warning, "a channel given to signal.Notify has no buffer", "give the channel a buffer of at least one",
		"vet/sigchanyzer"),
	staticcheck("SA2000", rule.Error, "WaitGroup.Add is called inside the goroutine", "call Add before the go statement",
		"vet/waitgroup"),
	staticcheck("SA2001", rule.Warning, "a critical section is empty", "defer the unlock, or say in a comment why waiting for the lock is enough"),
	staticcheck("SA2002", rule.Error, "a goroutine of a test calls FailNow or a relative", "report with Error and return, or send the error to the test",
		"vet/testinggoroutine"),
	staticcheck("SA2003", rule.Error, "Lock is deferred where Unlock was meant", "defer the Unlock",
		"lockawait/double-lock", "lockawait/missing-unlock"),
	staticcheck("SA4011", rule.Warning, "a break has no effect", "break out of the loop with a label, or return",
		"cancelsafe/break-in-select"),
	vet("atomic", "atomic", rule.Error, "the result of an atomic operation is assigned to its operand", "call the operation without the assignment"),
	vet("copylocks", "copylock", rule.Warning, "a lock is copied", "pass a pointer"),
	vet("loopclosure", "loopclosure", rule.Error, "a goroutine captures a loop variable that changes", "pass the variable as an argument, or set go 1.22 in go.mod"),
	vet("lostcancel", "lostcancel", rule.Warning, "the cancel function of a context is not called on every path", "defer the cancel function"),
	vet("sigchanyzer", "sigchanyzer", rule.Warning, "a channel given to signal.Notify has no buffer", "give the channel a buffer of at least one"),
	vet("testinggoroutine", "testinggoroutine", rule.Error, "a goroutine of a test calls FailNow or a relative", "report with Error and return, or send the error to the test"),
	vet("unusedresult", "unusedresult", rule.Warning, "the result of a call is not used", "use the result, or drop the call"),
	vet("waitgroup", "waitgroup", rule.Error, "WaitGroup.Add is called inside the goroutine", "call Add before the go statement"),
}
