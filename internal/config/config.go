// Package config reads .asynclint.yml, the settings that a team shares.
//
// The file is checked completely before anything runs: an unknown key, rule or
// level is an error that names file, line and the nearest valid name, because a
// misspelt exclude that silently excludes nothing (or everything) costs a team
// its trust in the tool. Flags given on the command line win over the file.
package config

import (
	"github.com/asynclint/asynclint/internal/rule"
)

// Config is the content of .asynclint.yml. The JSON tags and descriptions make
// docs/asynclint.schema.json, which editors use for completion.
type Config struct {
	Version  int        `yaml:"version" json:"version,omitempty" jsonschema:"Version of this file's format. The only one is 1."`
	Rules    RuleLevels `yaml:"rules" json:"rules,omitempty" jsonschema:"Level by rule (lockawait/double-lock), pass (lockawait) or all. The narrower name wins. Each finding of the rule gets exactly this level; off switches the rule off."`
	Level    Level      `yaml:"level" json:"level,omitempty" jsonschema:"Lowest level that is shown. Default: warning."`
	FailOn   Level      `yaml:"fail-on" json:"fail-on,omitempty" jsonschema:"Lowest level of a shown finding that makes the command exit with 1; off for never. Default: warning."`
	Tests    *bool      `yaml:"tests" json:"tests,omitempty" jsonschema:"Whether findings in _test.go files are shown. Default: true."`
	Tags     []string   `yaml:"tags" json:"tags,omitempty" jsonschema:"Build tags, as for go build -tags."`
	Exclude  []Exclude  `yaml:"exclude" json:"exclude,omitempty" jsonschema:"Findings to leave out, by file."`
	With     []Bundle   `yaml:"with" json:"with,omitempty" jsonschema:"Check suites of others to run beside asynclint's own rules."`
	Registry []Entry    `yaml:"registry" json:"registry,omitempty" jsonschema:"What functions of your own libraries do, for rules that need to know."`

	// File is the path that the settings came from, empty when there is none.
	File string `yaml:"-" json:"-"`
}

// RuleLevels maps a rule, a pass or "all" to the level of its findings.
type RuleLevels map[string]rule.Level

// Of returns the level that the map gives a rule such as "lockawait/double-lock"
// and whether it gives one. The rule itself comes before its pass, and the pass
// before "all".
func (r RuleLevels) Of(id string) (rule.Level, bool) {
	for _, name := range []string{id, passOf(id), "all"} {
		if l, ok := r[name]; ok {
			return l, true
		}
	}
	return rule.Off, false
}

// A Level is a level that may be absent.
type Level struct {
	rule.Level
	Set bool
}

// Or returns the level, or a default when the file does not give one.
func (l Level) Or(def rule.Level) rule.Level {
	if l.Set {
		return l.Level
	}
	return def
}

// An Exclude leaves out the findings in some files. In YAML it is a path glob,
// or a mapping with the members path and rules.
type Exclude struct {
	// Path is a glob relative to the directory of the configuration file:
	// * matches within a path element, ** any number of elements.
	Path string `yaml:"path" json:"path" jsonschema:"Glob relative to this file's directory; ** stands for any number of directories."`
	// Rules restricts the exclude to some rules; empty means all of them.
	Rules []Pattern `yaml:"rules" json:"rules,omitempty" jsonschema:"Rules or passes that are left out; all when absent."`
}

// A Pattern names rules: a rule ID, a pass or "all".
type Pattern string

// Matches reports whether the pattern names the rule.
func (p Pattern) Matches(id string) bool {
	return p == "all" || string(p) == id || string(p) == passOf(id)
}

// A Bundle is the name of a suite of checks by others.
type Bundle string
