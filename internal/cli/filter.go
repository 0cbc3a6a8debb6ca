package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// A policy says which findings are shown and at which level. It is applied here
// and not in the analyzers, so that changing it costs no new analysis: the go
// command caches what the analyzers said, and only analyzer flags enter its key.
type policy struct {
	threshold rule.Level
	levels    config.RuleLevels
	switches  []ruleSwitch
	tests     bool
	exclude   []config.Exclude
	root      string // the excludes' globs are relative to it
}

// level returns the level of a rule's finding that the rule itself gives a
// level: Off when it is switched off.
//
// A level in the configuration replaces the finding's own, up or down: the team
// has decided what the rule is worth to it. -rules only switches: a rule that
// the configuration has off comes back at its own level.
func (p *policy) level(id string, own rule.Level) rule.Level {
	l := own
	if given, ok := p.levels.Of(id); ok {
		l = given
	}
	switch on := p.on(id, l != rule.Off); {
	case !on:
		return rule.Off
	case l == rule.Off:
		return own
	}
	return l
}

// on reports whether -rules leaves a rule on that is on or off before it. The
// last element that names the rule decides.
func (p *policy) on(id string, before bool) bool {
	if slices.ContainsFunc(p.switches, func(s ruleSwitch) bool { return s.only }) {
		before = false
	}
	for _, s := range p.switches {
		if s.name.Matches(id) {
			before = s.on
		}
	}
	return before
}

// idle reports whether every rule of a pass is off, so that the pass need not run.
func (p *policy) idle(pass string) bool {
	return !slices.ContainsFunc(rule.Matching(pass), func(r *rule.Rule) bool {
		return p.level(r.ID(), r.Level) != rule.Off
	})
}

// apply returns the findings to show, with their levels, and the number of
// suppressed ones among them.
func (p *policy) apply(all []finding.Finding) (shown []finding.Finding, suppressed int) {
	all = settleIgnores(all)
	for _, f := range all {
		f.Level = p.level(f.Rule, f.Level)
		if f.Level == rule.Off || f.Level < p.threshold || p.excluded(&f) {
			continue
		}
		if f.Suppressed != nil {
			suppressed++
		}
		shown = append(shown, f)
	}
	return shown, suppressed
}

// excluded reports whether the finding lies in a file that is left out.
func (p *policy) excluded(f *finding.Finding) bool {
	if !p.tests && strings.HasSuffix(f.Pos.File, "_test.go") {
		return true
	}
	if len(p.exclude) == 0 {
		return false
	}
	rel, err := filepath.Rel(p.root, f.Pos.File)
	if err != nil {
		return false // on another volume than the configuration: no glob can name it
	}
	rel = filepath.ToSlash(rel)
	return slices.ContainsFunc(p.exclude, func(e config.Exclude) bool {
		named := len(e.Rules) == 0 || slices.ContainsFunc(e.Rules, func(r config.Pattern) bool { return r.Matches(f.Rule) })
		return named && doublestar.MatchUnvalidated(e.Path, rel)
	})
}

// settleIgnores drops the reports of useless suppressions that did suppress
// something in another variant of the package. A file is analysed with and
// without the package's tests, or in several runs, and a comment is of no use
// only when it is of no use in all of them.
func settleIgnores(all []finding.Finding) []finding.Finding {
	type line struct {
		file string
		line int
	}
	useful := make(map[line]bool)
	for i := range all {
		if s := all[i].Suppressed; s != nil {
			useful[line{s.Pos.File, s.Pos.Line}] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(f finding.Finding) bool {
		return f.Rule == rule.UnusedIgnore.ID() && useful[line{f.Pos.File, f.Pos.Line}]
	})
}
