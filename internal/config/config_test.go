package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/rule"
)

func TestParse(t *testing.T) {
	c, err := Parse([]byte(`# team settings
version: 1
rules:
  all: note
  lockawait: warning
  "lockawait/double-lock": off
level: error
fail-on: error
tests: false
tags: [integration, e2e]
exclude:
  - ./gen/**
  - path: "**/*.pb.go"
    rules: [leak, lockawait/double-lock]
with: [vet, staticcheck]
`))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]rule.Level{
		"lockawait/double-lock":    rule.Off,     // the rule itself
		"lockawait/missing-unlock": rule.Warning, // its pass
		"leak/abandoned-sender":    rule.Note,    // all
	} {
		if got, ok := c.Rules.Of(id); !ok || got != want {
			t.Errorf("level of %s is %v, %v, want %v", id, got, ok, want)
		}
	}
	if c.Level.Or(rule.Note) != rule.Error || c.FailOn.Or(rule.Note) != rule.Error {
		t.Errorf("level %v, fail-on %v", c.Level, c.FailOn)
	}
	if c.Tests == nil || *c.Tests {
		t.Error("tests: false was not read")
	}
	if strings.Join(c.Tags, " ") != "integration e2e" {
		t.Errorf("tags %v", c.Tags)
	}
	if len(c.Exclude) != 2 || c.Exclude[0].Path != "gen/**" || c.Exclude[1].Path != "**/*.pb.go" || len(c.Exclude[1].Rules) != 2 {
		t.Errorf("exclude %+v", c.Exclude)
	}
	if len(c.With) != 2 || c.With[0] != "vet" {
		t.Errorf("with %v", c.With)
	}
}

func TestParseNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n"} {
		c, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if c.Level.Set || len(c.Rules) != 0 {
			t.Errorf("%q gives %+v", text, c)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"key", "levle: error", `1:1: unknown key "levle": did you mean "level"?`},
		{"nested key", "exclude:\n  - path: a\n    rule: [leak]", `3:5: unknown key "rule": did you mean "rules"?`},
		{"rule", "rules:\n  lockawait/double-lok: off", `2:3: unknown rule "lockawait/double-lok": did you mean "lockawait/double-lock"?`},
		{"slug", "rules:\n  double-lock: off", `2:3: unknown rule "double-lock": did you mean "lockawait/double-lock"?`},
		{"rule far off", "rules:\n  zzzzzzzz: off", "2:3: unknown rule \"zzzzzzzz\": `asynclint rules` lists them"},
		{"level", "rules:\n  leak: warn", `2:9: unknown level "warn": want off, note, warning or error`},
		{"near level", "level: errror", `1:8: unknown level "errror": want off, note, warning or error; did you mean "error"?`},
		{"level is a list", "level: [error]", "1:8: want a level, found a list"},
		{"exclude rule", "exclude:\n  - path: a\n    rules: [leek]", `3:13: unknown rule "leek": did you mean "leak"?`},
		{"exclude without path", "exclude:\n  - rules: [leak]", `2:10: an exclude needs a path`},
		{"glob", "exclude:\n  - 'a[b'", `2:5: malformed glob "a[b"`},
		{"glob above", "exclude:\n  - ../x/**", `2:5: the glob "../x/**" leaves the directory`},
		{"suite", "with: [vett]", `1:8: unknown suite "vett": did you mean "vet"?`},
		{"version", "level: error\nversion: 2", `2:10: unknown version 2`},
		{"type", "tests: sometimes", "1:8: "},
		{"list for map", "rules: [leak]", "1:8: want lines such as"},
		{"not a mapping", "- a\n- b", "1:1: want key: value lines, found a list"},
		{"syntax", "rules:\n\t- x", "2:1: "},
		{"unclosed", "rules: [", "1:8: "},
		{"duplicate", "level: error\nlevel: note", "2:1: "},
		{"two documents", "level: error\n---\nlevel: note", "3:6: a second YAML document"},
		{"registry key", "registry:\n  - import: a\n    symbole: b", `3:5: unknown key "symbole": did you mean "symbol"?`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), ".asynclint.yml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(file)
			if err == nil {
				t.Fatal("no error")
			}
			if want := file + ":" + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %v", err, want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "repo", "a", "b")
	for _, dir := range []string{deep, filepath.Join(root, "repo", ".git")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(elem ...string) string {
		name := filepath.Join(append([]string{root}, elem...)...)
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	expect := func(want string) {
		t.Helper()
		if got, err := Find(deep); err != nil || got != want {
			t.Errorf("Find = %q, %v, want %q", got, err, want)
		}
	}
	write(".asynclint.yml")
	expect("") // a file above the repository has no say
	expectFile := write("repo", ".asynclint.yml")
	expect(expectFile)
	expectFile = write("repo", "a", ".asynclint.yaml")
	expect(expectFile)
	write("repo", "a", ".asynclint.yml")
	if _, err := Find(deep); err == nil || !strings.Contains(err.Error(), "remove one") {
		t.Errorf("two files in one directory: error %v", err)
	}
}
