package cli

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

func TestPolicyLevel(t *testing.T) {
	levels := config.RuleLevels{"lockawait": rule.Note, "lockawait/double-lock": rule.Off, "vet": rule.Error}
	for _, tt := range []struct {
		switches string
		id       string
		own      rule.Level
		want     rule.Level
	}{
		{"", "leak/abandoned-sender", rule.Warning, rule.Warning},
		{"", "lockawait/missing-unlock", rule.Error, rule.Note},
		{"", "lockawait/double-lock", rule.Error, rule.Off},
		{"", "vet/copylocks", rule.Warning, rule.Error},
		{"+lockawait", "lockawait/missing-unlock", rule.Error, rule.Note},  // on already: keeps the given level
		{"+lockawait", "lockawait/double-lock", rule.Error, rule.Error},    // comes back at its own
		{"-all", "leak/abandoned-sender", rule.Error, rule.Off},            // "all" covers the checks of others too
		{"-all", "vet/copylocks", rule.Warning, rule.Off},                  //
		{"-all,+vet/copylocks", "vet/copylocks", rule.Warning, rule.Error}, //
		{"leak", "leak/abandoned-sender", rule.Error, rule.Error},          // without a sign: only these
		{"leak", "vet/copylocks", rule.Warning, rule.Off},                  //
		{"leak,-leak/abandoned-sender", "leak/abandoned-sender", rule.Error, rule.Off},
		{"-leak/abandoned-sender,+leak", "leak/abandoned-sender", rule.Error, rule.Error}, // the last word counts
	} {
		o := new(options)
		if tt.switches != "" {
			if err := o.addRules(tt.switches); err != nil {
				t.Fatal(err)
			}
		}
		p := &policy{levels: levels, switches: o.rules}
		if got := p.level(tt.id, tt.own); got != tt.want {
			t.Errorf("-rules=%q: level of %s (own %v) = %v, want %v", tt.switches, tt.id, tt.own, got, tt.want)
		}
	}
}

func TestPolicyIdle(t *testing.T) {
	o := new(options)
	if err := o.addRules("-leak,-cancelsafe/break-in-select"); err != nil {
		t.Fatal(err)
	}
	p := &policy{switches: o.rules}
	for pass, want := range map[string]bool{"leak": true, "cancelsafe": false, "lockawait": false} {
		if got := p.idle(pass); got != want {
			t.Errorf("idle(%s) = %v, want %v", pass, got, want)
		}
	}
}

func at(id, file string, line int) finding.Finding {
	return finding.Finding{Rule: id, Level: rule.Error, Pos: finding.Position{File: filepath.FromSlash(file), Line: line, Column: 1}}
}

func TestPolicyApply(t *testing.T) {
	hidden := at("leak/abandoned-sender", "/m/a.go", 7)
	hidden.Suppressed = &finding.Suppression{Pos: finding.Position{File: filepath.FromSlash("/m/a.go"), Line: 6}}
	note := at("lockawait/missing-unlock", "/m/a.go", 9)
	note.Level = rule.Note
	all := []finding.Finding{
		at("leak/abandoned-sender", "/m/a.go", 1),
		at("directive/unused-ignore", "/m/a.go", 6), // useless in one variant, used in the other: see hidden
		hidden,
		at("directive/unused-ignore", "/m/a.go", 8),
		note,
		at("leak/abandoned-sender", "/m/a_test.go", 1),
		at("leak/abandoned-sender", "/m/gen/x/b.go", 1),
		at("lockawait/double-lock", "/m/gen/x/b.go", 2),
		at("leak/abandoned-sender", "/elsewhere/c.go", 1),
	}
	p := &policy{
		threshold: rule.Warning,
		root:      filepath.FromSlash("/m"),
		exclude:   []config.Exclude{{Path: "gen/**", Rules: []config.Pattern{"leak"}}},
	}
	shown, suppressed := p.apply(all)
	var got []string
	for _, f := range shown {
		got = append(got, filepath.ToSlash(f.Pos.File)+" "+f.Rule)
	}
	want := []string{
		"/m/a.go leak/abandoned-sender",
		"/m/a.go leak/abandoned-sender", // the suppressed one
		"/m/a.go directive/unused-ignore",
		"/m/gen/x/b.go lockawait/double-lock",
		"/elsewhere/c.go leak/abandoned-sender",
	}
	if !slices.Equal(got, want) || suppressed != 1 {
		t.Errorf("shown:\n%q\nsuppressed %d\nwant:\n%q\nsuppressed 1", got, suppressed, want)
	}
	if len(all) != 9 || all[1].Rule != "directive/unused-ignore" {
		t.Error("apply changed its argument")
	}
}

func TestFails(t *testing.T) {
	warning := at("leak/abandoned-sender", "/m/a.go", 1)
	warning.Level = rule.Warning
	hidden := at("leak/abandoned-sender", "/m/a.go", 2)
	hidden.Suppressed = new(finding.Suppression)
	for _, tt := range []struct {
		failOn rule.Level
		shown  []finding.Finding
		want   bool
	}{
		{rule.Warning, nil, false},
		{rule.Warning, []finding.Finding{warning}, true},
		{rule.Error, []finding.Finding{warning}, false},
		{rule.Off, []finding.Finding{warning}, false},
		{rule.Note, []finding.Finding{hidden}, false}, // shown on demand, still suppressed
	} {
		s := &settings{failOn: tt.failOn}
		if got := s.fails(tt.shown); got != tt.want {
			t.Errorf("fail-on %v with %d findings: %v, want %v", tt.failOn, len(tt.shown), got, tt.want)
		}
	}
}
