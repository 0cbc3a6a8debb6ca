package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/suite"
)

// settings are what a run goes by: the flags over the configuration file over
// the defaults.
type settings struct {
	dir      string // absolute working directory
	patterns []string
	tags     string
	with     []string
	registry []config.Entry
	policy   policy
	failOn   rule.Level

	inProcess bool
}

// resolve finds and reads the configuration and puts the flags over it.
//
// Both thresholds default to warning. What is shown by default should also stop
// a build by default, or it is noise that nobody has to act on; a note is a
// hint, and never fails a run unless asked to.
func resolve(o *options) (*settings, error) {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot find the working directory: %w", err)
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return nil, fmt.Errorf("-C %s: not a directory", o.dir)
	}
	cfg, err := loadConfig(dir, o.config)
	if err != nil {
		return nil, err
	}
	s := &settings{
		dir:      dir,
		patterns: o.patterns,
		tags:     strings.Join(cfg.Tags, ","),
		with:     o.with,
		registry: cfg.Registry,
		policy: policy{
			threshold: cfg.Level.Or(rule.Warning),
			levels:    cfg.Rules,
			switches:  o.rules,
			tests:     cfg.Tests == nil || *cfg.Tests,
			exclude:   cfg.Exclude,
			root:      filepath.Dir(cfg.File),
		},
		failOn:    cfg.FailOn.Or(rule.Warning),
		inProcess: o.driver == "inprocess",
	}
	if len(s.patterns) == 0 {
		s.patterns = []string{"./..."}
	}
	if o.given["tags"] {
		s.tags = o.tags
	}
	if o.given["tests"] {
		s.policy.tests = o.tests
	}
	if !o.given["with"] {
		for _, b := range cfg.With {
			s.with = append(s.with, string(b))
		}
	}
	if len(s.with) > 0 && s.inProcess {
		return nil, errors.New("the checks of others run through go vet: -driver=inprocess needs -with=")
	}
	slices.Sort(s.with)
	s.with = slices.Compact(s.with)
	s.policy.threshold = o.level.Or(s.policy.threshold)
	s.failOn = o.failOn.Or(s.failOn)
	return s, nil
}

// path makes the name of a file that a flag gives absolute: like every relative
// name, it is seen from the directory that -C names.
func (s *settings) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

// analyzerFlags are the flags that the own analyzers get. What to show is left
// to the policy, except that a pass whose rules are all off does not run. The
// registry entries go to the passes that take them: in a flag, because flags
// enter the key of the go command's cache and files do not.
func (s *settings) analyzerFlags() []string {
	var flags, entries []string
	for _, e := range s.registry {
		entries = append(entries, e.Flag())
	}
	slices.Sort(entries)
	for _, a := range suite.Analyzers() {
		switch {
		case a != suite.Directive && s.policy.idle(a.Name):
			flags = append(flags, "-"+a.Name+"=false")
		case len(entries) > 0 && a.Flags.Lookup("registry") != nil:
			flags = append(flags, "-"+a.Name+".registry="+strings.Join(entries, ","))
		}
	}
	return flags
}

// loadConfig reads the named file, or the one that governs dir.
func loadConfig(dir, name string) (*config.Config, error) {
	switch name {
	case "none":
		return new(config.Config), nil
	case "":
		found, err := config.Find(dir)
		if err != nil || found == "" {
			return new(config.Config), err
		}
		name = found
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	return config.Load(name)
}
