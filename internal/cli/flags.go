package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/rule"
)

// options are the flags of a lint run as the user gave them. What the
// configuration may give too is merged with it in settings.go.
type options struct {
	format, color, driver string
	level, failOn         config.Level
	rules                 []ruleSwitch
	tests                 bool
	tags                  string
	dir                   string // -C
	with                  []string
	fix, diff             bool
	config                string
	showSuppressed        bool
	out                   string

	given    map[string]bool // names of the flags on the command line
	patterns []string
}

func newFlagSet(o *options) *flag.FlagSet {
	fs := flag.NewFlagSet("asynclint", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	oneOf(fs, &o.format, "format", []string{"text", "json", "sarif"}, "output `FORMAT`: text, json or sarif")
	fs.Func("level", "lowest `LEVEL` shown: note, warning (default) or error", func(v string) error {
		return setLevel(&o.level, v, "note", "warning", "error")
	})
	fs.Func("fail-on", "lowest `LEVEL` of a shown finding that makes the exit code 1: note, warning (default), error or off", func(v string) error {
		return setLevel(&o.failOn, v, "note", "warning", "error", "off")
	})
	fs.Func("rules", "rules to run: `LIST` such as -leak,+leak/abandoned-sender changes the set, leak,lockawait replaces it; all stands for every rule", o.addRules)
	fs.BoolVar(&o.tests, "tests", true, "show findings in _test.go files")
	fs.StringVar(&o.tags, "tags", "", "build `TAGS`, as for go build")
	fs.Func("with", "also run the concurrency checks of others: a `LIST` of vet, staticcheck", o.setBundles)
	fs.BoolVar(&o.fix, "fix", false, "apply the suggested fixes of the findings shown")
	fs.BoolVar(&o.diff, "diff", false, "print the suggested fixes as a unified diff instead of the findings; exit with 1 when there are any")
	fs.BoolVar(&o.showSuppressed, "show-suppressed", false, "also show findings that comments suppress")
	fs.StringVar(&o.config, "config", "", "configuration `FILE`, or none (default: the nearest .asynclint.yml at or above the working directory)")
	fs.StringVar(&o.dir, "C", "", "run in `DIR`")
	oneOf(fs, &o.color, "color", []string{"auto", "always", "never"}, "`WHEN` to use colour: auto, always or never; always also shows source snippets in a pipe")
	fs.StringVar(&o.out, "o", "", "write the output to `FILE` instead of standard output")
	oneOf(fs, &o.driver, "driver", []string{"vet", "inprocess"}, "`DRIVER` that analyses: vet (go vet and its cache) or inprocess (one process, no cache)")
	return fs
}

// parseFlags reads the command line. Flags may stand behind patterns: no pattern
// begins with a dash. It returns flag.ErrHelp for -h and -help.
func parseFlags(args []string) (*options, error) {
	o := &options{given: make(map[string]bool)}
	fs := newFlagSet(o)
	for {
		if err := fs.Parse(args); err != nil {
			return nil, explainFlagError(fs, err)
		}
		rest := fs.Args()
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			o.patterns = append(o.patterns, rest...)
			break
		}
		if len(rest) == 0 {
			break
		}
		o.patterns = append(o.patterns, rest[0])
		args = rest[1:]
	}
	fs.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	return o, o.conflict()
}

// explainFlagError names the nearest flag when there is none of the given name.
func explainFlagError(fs *flag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := rule.NearestOf(name, names); near != "" {
		return fmt.Errorf("unknown flag -%s: did you mean -%s?", name, near)
	}
	return fmt.Errorf("unknown flag -%s", name)
}

// conflict reports flags that contradict each other.
func (o *options) conflict() error {
	switch {
	case o.fix && o.diff:
		return errors.New("-fix and -diff exclude each other: -diff shows what -fix would do")
	case o.diff && o.format != "text":
		return fmt.Errorf("-diff prints a diff, not -format=%s, which carries the fixes by itself", o.format)
	}
	for _, p := range o.patterns {
		if p == "" || p[0] == '-' {
			return fmt.Errorf("%q is no package: want patterns such as ./...", p)
		}
	}
	return nil
}

// oneOf defines a flag with few valid values, of which the first is the default.
func oneOf(fs *flag.FlagSet, value *string, name string, valid []string, usage string) {
	*value = valid[0]
	fs.Func(name, usage, func(v string) error {
		if !slices.Contains(valid, v) {
			return fmt.Errorf("%s", wantOneOf(v, valid))
		}
		*value = v
		return nil
	})
}

func wantOneOf(v string, valid []string) string {
	want := "want " + strings.Join(valid[:len(valid)-1], ", ") + " or " + valid[len(valid)-1]
	if near := rule.NearestOf(v, valid); near != "" {
		want += fmt.Sprintf("; did you mean %q?", near)
	}
	return want
}

func setLevel(l *config.Level, v string, valid ...string) error {
	if !slices.Contains(valid, v) {
		return errors.New(wantOneOf(v, valid))
	}
	level, err := rule.ParseLevel(v)
	*l = config.Level{Level: level, Set: true}
	return err
}

// A ruleSwitch is one element of -rules.
type ruleSwitch struct {
	name config.Pattern
	on   bool
	only bool // it has no sign: the list replaces the set
}

func (o *options) addRules(list string) error {
	for elem := range strings.SplitSeq(list, ",") {
		elem = strings.TrimSpace(elem)
		name := strings.TrimLeft(elem, "+-")
		if err := config.CheckPattern(name); err != nil {
			return err
		}
		o.rules = append(o.rules, ruleSwitch{
			name: config.Pattern(name),
			on:   elem[0] != '-',
			only: elem[0] != '-' && elem[0] != '+',
		})
	}
	return nil
}

func (o *options) setBundles(list string) error {
	o.with = nil
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue // -with= switches off what the configuration asks for
		}
		if err := config.CheckBundle(name); err != nil {
			return err
		}
		o.with = append(o.with, name)
	}
	return nil
}
