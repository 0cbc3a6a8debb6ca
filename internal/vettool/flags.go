package vettool

import (
	"encoding/json"
	"flag"
	"io"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/analyze"
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

// newFlagSet declares the driver's flags and those of the analyzers.
func newFlagSet(analyzers []*analysis.Analyzer, opts *options) (*flag.FlagSet, *analyze.Selection) {
	fs := flag.NewFlagSet("asynclint", flag.ContinueOnError)
	fs.BoolVar(&opts.json, "json", false, "emit JSON output")
	fs.BoolVar(&opts.fix, "fix", false, "apply the first fix of each finding instead of printing it")
	fs.BoolVar(&opts.diff, "diff", false, "with -fix, print a unified diff and change no file")
	fs.IntVar(&opts.context, "c", -1, "print the offending line with this many lines of context")
	fs.BoolVar(&opts.all, "asynclint.all", false, "report suppressed findings and those below the level too (for the asynclint command)")
	fs.StringVar(&opts.bundle, "bundle", "", "run the bundled checks of vet, staticcheck or both instead of asynclint's own")
	fs.BoolVar(&opts.flags, "flags", false, "print the flags as JSON")
	return fs, analyze.Declare(fs, analyzers)
}

// parseFlags returns the options, the analyzers that the flags leave enabled
// and the arguments behind the flags.
func parseFlags(args []string, analyzers []*analysis.Analyzer, output io.Writer) (*options, []*analysis.Analyzer, []string, error) {
	opts := new(options)
	fs, selection := newFlagSet(analyzers, opts)
	fs.SetOutput(output)
	if err := fs.Parse(args); err != nil {
		return nil, nil, nil, err
	}
	return opts, selection.Enabled(), fs.Args(), nil
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
