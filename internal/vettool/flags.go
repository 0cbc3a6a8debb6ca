package vettool

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// options are the driver's own flags.
type options struct {
	json    bool
	fix     bool
	diff    bool
	all     bool   // report suppressed and minor findings too
	context int    // lines of source around a finding in text mode; -1 is none
	bundle  string // not empty: see package bundle
	flags   bool
}

// newFlagSet declares the driver's flags and, for each analyzer, -NAME and
// -NAME.FLAG. The returned map holds what was said about the analyzers.
func newFlagSet(analyzers []*analysis.Analyzer, opts *options) (*flag.FlagSet, map[*analysis.Analyzer]*choice) {
	fs := flag.NewFlagSet("asynclint", flag.ContinueOnError)
	fs.BoolVar(&opts.json, "json", false, "emit JSON output")
	fs.BoolVar(&opts.fix, "fix", false, "apply the first fix of each finding instead of printing it")
	fs.BoolVar(&opts.diff, "diff", false, "with -fix, print a unified diff and change no file")
	fs.IntVar(&opts.context, "c", -1, "print the offending line with this many lines of context")
	fs.BoolVar(&opts.all, "asynclint.all", false, "report suppressed findings and those below the level too (for the asynclint command)")
	fs.StringVar(&opts.bundle, "bundle", "", "run the bundled checks of vet, staticcheck or both instead of asynclint's own")
	fs.BoolVar(&opts.flags, "flags", false, "print the flags as JSON")
	chosen := make(map[*analysis.Analyzer]*choice)
	for _, a := range analyzers {
		chosen[a] = new(choice)
		fs.Var(chosen[a], a.Name, fmt.Sprintf("enable the %s pass", a.Name))
		a.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, a.Name+"."+f.Name, f.Usage) })
	}
	return fs, chosen
}

// parseFlags returns the options, the analyzers that the flags leave enabled
// and the arguments behind the flags. Flag values of analyzers go straight to
// the analyzers.
func parseFlags(args []string, analyzers []*analysis.Analyzer, output io.Writer) (*options, []*analysis.Analyzer, []string, error) {
	opts := new(options)
	fs, chosen := newFlagSet(analyzers, opts)
	fs.SetOutput(output)
	if err := fs.Parse(args); err != nil {
		return nil, nil, nil, err
	}
	return opts, enabled(analyzers, chosen), fs.Args(), nil
}

// enabled applies the rule that the go command's tools share: if a pass is
// switched on by name, only such passes run; otherwise all that are not
// switched off.
func enabled(analyzers []*analysis.Analyzer, chosen map[*analysis.Analyzer]*choice) []*analysis.Analyzer {
	var on, rest []*analysis.Analyzer
	for _, a := range analyzers {
		switch *chosen[a] {
		case yes:
			on = append(on, a)
		case unset:
			rest = append(rest, a)
		}
	}
	if len(on) > 0 {
		return on
	}
	return rest
}

// printFlags answers -flags: the go command accepts these and passes them on.
// The flags -fix and -V are part of its own protocol and not listed.
func printFlags(w io.Writer, analyzers []*analysis.Analyzer) error {
	type description struct {
		Name  string
		Bool  bool
		Usage string
	}
	var list []description
	fs, _ := newFlagSet(analyzers, new(options))
	fs.VisitAll(func(f *flag.Flag) {
		if f.Name == "fix" || f.Name == "flags" {
			return
		}
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		list = append(list, description{f.Name, ok && b.IsBoolFlag(), strings.ReplaceAll(f.Usage, "`", "")})
	})
	data, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// A choice is a boolean flag that remembers whether it was given.
type choice int

const (
	unset choice = iota
	yes
	no
)

// String implements flag.Value.
func (c *choice) String() string { return strconv.FormatBool(c == nil || *c != no) }

// IsBoolFlag lets the flag stand without a value.
func (c *choice) IsBoolFlag() bool { return true }

// Set implements flag.Value.
func (c *choice) Set(s string) error {
	b, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return fmt.Errorf("want true or false")
	case b:
		*c = yes
	default:
		*c = no
	}
	return nil
}
