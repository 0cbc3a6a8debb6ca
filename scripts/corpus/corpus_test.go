package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

func found(ruleID string, level rule.Level, print string) finding.Finding {
	return finding.Finding{Rule: ruleID, Level: level, Message: "m", Fingerprint: print, Pos: finding.Position{File: "a.go", Line: 1, Column: 2}}
}

func TestModulesArePinned(t *testing.T) {
	modules := wanted(nil)
	if len(modules) < 12 {
		t.Errorf("only %d modules", len(modules))
	}
	for _, m := range modules {
		if _, version, ok := strings.Cut(m, "@"); m != "std" && (!ok || !strings.HasPrefix(version, "v")) {
			t.Errorf("%s has no version", m)
		}
	}
	if got := wanted([]string{"example.com/m@v1.0.0"}); !slices.Equal(got, []string{"example.com/m@v1.0.0"}) {
		t.Errorf("an argument gives %v", got)
	}
}

func TestTable(t *testing.T) {
	got := table([]*result{
		{module: "m@v1", Findings: []finding.Finding{
			found("leak/abandoned-sender", rule.Error, "1"),
			found("leak/abandoned-sender", rule.Warning, "2"),
			found("lockawait/double-lock", rule.Note, "3"),
		}},
		{module: "n@v1", Findings: []finding.Finding{found("leak/abandoned-sender", rule.Error, "1")}},
	})
	want := `| module | errors/warnings/notes | by rule |
| --- | ---: | --- |
| m@v1 | 1/1/1 | leak/abandoned-sender 1/1/0, lockawait/double-lock 0/0/1 |
| n@v1 | 1/0/0 | leak/abandoned-sender 1/0/0 |
| all 2 | 2/1/1 | leak/abandoned-sender 2/1/0, lockawait/double-lock 0/0/1 |
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDifference(t *testing.T) {
	before := []finding.Finding{found("a/b", rule.Error, "stays"), found("a/b", rule.Error, "goes"), found("a/b", rule.Error, "sinks")}
	after := []finding.Finding{found("a/b", rule.Error, "stays"), found("a/b", rule.Warning, "sinks"), found("a/b", rule.Error, "comes")}
	want := []string{
		"- a.go:1:2: error: m", "- a.go:1:2: error: m",
		"+ a.go:1:2: warning: m", "+ a.go:1:2: error: m",
	}
	if got := difference(before, after); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
