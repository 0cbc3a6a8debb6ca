// Package vettool makes a program a tool for `go vet -vettool` and
// `go fix -fixtool`.
//
// The go command runs the tool once a package, dependencies first, each time in
// a process of its own, and keeps what it wrote (facts, findings) in the build
// cache. The protocol is
//
//	tool -V=full          name the executable, for the cache key
//	tool -flags           list the flags that the go command may pass on
//	tool [flags] x.cfg    analyse the package that x.cfg describes
//
// x/tools' unitchecker speaks it too. This driver exists because that one must
// type-check every dependency in order to pass types on in its facts files,
// which is nine tenths of the work of a run; here the types come from the
// compiler's export data, facts are all there is in a facts file, and a process
// for a package outside the user's modules ends before it has parsed anything.
// It also keeps a pass that panics from taking the others with it.
package vettool

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/analyze"
	"github.com/asynclint/asynclint/internal/wire"
)

// Exit codes of the protocol.
const (
	exitOK       = 0
	exitFindings = 1 // findings in text mode, or the package could not be analysed
	exitUsage    = 2
)

// Called reports whether the arguments are those of the go command's protocol.
func Called(args []string) bool {
	switch {
	case len(args) == 0:
		return false
	case len(args) == 1 && (strings.HasPrefix(args[0], "-V=") || args[0] == "-flags"):
		return true
	}
	return strings.HasSuffix(args[len(args)-1], ".cfg")
}

// A Tool is a vet tool.
type Tool struct {
	Analyzers []*analysis.Analyzer
	// Narrow prepares the analyzers that flags leave enabled; it may be nil.
	Narrow func([]*analysis.Analyzer) []*analysis.Analyzer
	// Bundle runs the checks that -bundle=NAMES asks for, with the whole
	// command line, and does not return if it can; it may be nil.
	Bundle func(names string) error
}

// Main answers one call of the go command and returns the exit code.
func (t *Tool) Main(args []string, stdout, stderr io.Writer) int {
	fail := func(code int, err error) int {
		fmt.Fprintf(stderr, "asynclint: %v\n", err)
		return code
	}
	if len(args) == 1 && strings.HasPrefix(args[0], "-V=") {
		if err := printVersion(stdout, args[0]); err != nil {
			return fail(exitUsage, err)
		}
		return exitOK
	}
	opts, selected, rest, err := parseFlags(args, t.Analyzers, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage // the flag package has said it
	case opts.flags:
		if err := printFlags(stdout, t.Analyzers); err != nil {
			return fail(exitUsage, err)
		}
		return exitOK
	case len(rest) != 1:
		return fail(exitUsage, fmt.Errorf("want one .cfg file behind the flags, as go vet passes it; got %q", rest))
	case opts.bundle != "":
		if t.Bundle == nil {
			return fail(exitUsage, errors.New("-bundle is not available"))
		}
		if err := t.Bundle(opts.bundle); err != nil {
			return fail(exitUsage, err)
		}
		return exitOK
	}
	if t.Narrow != nil {
		selected = t.Narrow(selected)
	}
	cfg, err := readConfig(rest[0])
	if err != nil {
		return fail(exitFindings, err)
	}
	code, err := run(cfg, opts, selected, stdout, stderr)
	if err != nil {
		// The lines begin with positions, which the go command shortens; a
		// prefix would hide them from it.
		fmt.Fprintln(stderr, err)
		return exitFindings
	}
	return code
}

// printVersion answers -V=full. The go command takes the last field for the
// identity of the tool in its cache keys.
func printVersion(w io.Writer, arg string) error {
	if arg != "-V=full" {
		return fmt.Errorf("unsupported flag %s: want -V=full", arg)
	}
	name, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the executable: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading the executable: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("reading the executable: %w", err)
	}
	_, err = fmt.Fprintf(w, "asynclint version devel buildID=%x\n", h.Sum(nil))
	return err
}

// run analyses one package.
func run(cfg *config, opts *options, analyzers []*analysis.Analyzer, stdout, stderr io.Writer) (int, error) {
	factAnalyzers := analyze.FactAnalyzers(analyzers)
	if cfg.VetxOnly {
		analyzers = factAnalyzers
	}
	facts, err := importFacts(cfg)
	if err != nil {
		return exitFindings, err
	}
	if cfg.VetxOnly && (!cfg.mainModule() || len(analyzers) == 0) {
		return exitOK, writeFacts(cfg, facts)
	}

	collectSeldom()
	if err := analyze.RegisterFacts(factAnalyzers); err != nil {
		return exitFindings, err
	}
	fset := token.NewFileSet()
	files, err := parse(cfg, fset)
	if err != nil {
		return exitFindings, err
	}
	unit, mentioned, err := check(cfg, fset, files)
	if err != nil {
		return exitFindings, err
	}
	facts.Retain(func(path string) bool { return mentioned[path] != nil })
	unit.Facts = facts
	results := unit.Run(analyzers)
	if err := writeFacts(cfg, facts); err != nil {
		return exitFindings, err
	}
	entries := unit.Entries(results, opts.all && !opts.fix)
	if cfg.VetxOnly {
		// No findings are wanted, but a failure must not go unseen.
		for name, e := range entries {
			if e.Diagnostics = nil; e.Error == "" {
				delete(entries, name)
			}
		}
		if len(entries) == 0 {
			return exitOK, nil
		}
	}
	return output(cfg, opts, entries, stdout, stderr)
}

// importFacts returns the facts that the imports' processes wrote.
func importFacts(cfg *config) (*analyze.Facts, error) {
	imports := make(map[string]*analyze.Facts)
	for path, name := range cfg.PackageVetx {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("facts of %s: %w", path, err)
		}
		if len(data) == 0 {
			continue
		}
		f, err := analyze.DecodeFacts(data)
		if err != nil {
			return nil, fmt.Errorf("facts of %s: %w", path, err)
		}
		imports[path] = f
	}
	facts := analyze.NewFacts()
	facts.Inherit(imports)
	return facts, nil
}

func writeFacts(cfg *config, facts *analyze.Facts) error {
	if cfg.VetxOutput == "" {
		return nil
	}
	data, err := facts.Encode()
	if err != nil {
		return err
	}
	return os.WriteFile(cfg.VetxOutput, data, 0o666)
}

// output writes what was found in the form that the flags ask for.
func output(cfg *config, opts *options, entries map[string]*wire.Entry, stdout, stderr io.Writer) (code int, err error) {
	if cfg.Stdout != "" {
		f, err := os.Create(cfg.Stdout)
		if err != nil {
			return exitFindings, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		stdout = f
	}
	switch {
	case opts.fix:
		return applyFixes(cfg, opts, entries, stdout, stderr)
	case opts.json:
		return exitOK, wire.Tree{cfg.ID: entries}.Write(stdout)
	default:
		return printText(entries, opts.context, stderr), nil
	}
}
