package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// lint analyses packages: the command without a name.
func lint(e *env, args []string) int {
	o, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		return help(e)
	}
	if err != nil {
		return e.usage("%v", err)
	}
	s, err := resolve(o)
	if err != nil {
		return e.usage("%v", err)
	}
	started := time.Now()
	r := look(e, o, s)
	var different bool
	switch {
	case o.fix:
		var fixed int
		if fixed, err = applyFixes(e, s, r.Findings); fixed > 0 {
			r = look(e, o, s) // the lines have moved, and some findings are gone
		}
		err = errors.Join(err, write(e, o, s, r))
	case o.diff:
		different, err = printDiff(e, o, s, r.Findings)
	default:
		err = write(e, o, s, r)
	}
	r.Elapsed = time.Since(started)
	if err = errors.Join(err, conclude(e, o, r)); err != nil {
		return e.wrote(err)
	}
	switch {
	case len(r.Failures) > 0:
		return exitIncomplete
	case o.diff && different, !o.diff && s.fails(r.Findings):
		return exitFindings
	}
	return exitClean
}

// look analyses the packages and returns what there is to show.
func look(e *env, o *options, s *settings) *render.Report {
	_, live := e.style(e.stderr, o.color)
	p := startProgress(e.stderr, live && e.getenv("TERM") != "dumb")
	res := analyse(e, s, p)
	p.end()
	r := &render.Report{
		Failures: res.Failures,
		Packages: countPackages(res.Packages),
		Version:  toolVersion(),
		Dir:      s.dir,
	}
	r.Findings, r.Suppressed = s.policy.apply(res.Findings)
	if !o.showSuppressed {
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.Suppressed != nil })
	}
	return r
}

// countPackages counts a package and its external tests once.
func countPackages(paths []string) int {
	seen := make(map[string]bool)
	for _, p := range paths {
		seen[strings.TrimSuffix(p, "_test")] = true
	}
	return len(seen)
}

// fails reports whether a finding reaches the level that fails the run.
func (s *settings) fails(shown []finding.Finding) bool {
	return s.failOn != rule.Off && slices.ContainsFunc(shown, func(f finding.Finding) bool {
		return f.Suppressed == nil && f.Level >= s.failOn
	})
}

// write renders the findings in the chosen format.
func write(e *env, o *options, s *settings, r *render.Report) error {
	var buf bytes.Buffer
	var err error
	style, tty := e.style(e.stdout, o.color)
	switch {
	case o.format == "json":
		err = render.JSON(&buf, r)
	case o.format == "sarif":
		err = render.SARIF(&buf, r)
	case o.color == "always" || tty && o.out == "":
		err = render.Snippets(&buf, r, style)
	default:
		err = render.Lines(&buf, r)
	}
	if err != nil {
		return err
	}
	if o.out != "" {
		return writeOut(s.path(o.out), buf.Bytes())
	}
	_, err = e.stdout.Write(buf.Bytes())
	return err
}

func writeOut(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o666); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// conclude says on stderr what could not be analysed, and how much was found.
// The count is left out where standard output is for a program, which finds it
// there: a log that mixes both streams stays readable to that program.
func conclude(e *env, o *options, r *render.Report) error {
	style, _ := e.style(e.stderr, o.color)
	err := render.Failures(e.stderr, r, style)
	if o.format == "text" || o.out != "" {
		err = errors.Join(err, render.Summary(e.stderr, r, style))
	}
	return err
}
