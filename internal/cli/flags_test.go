package cli

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/rule"
)

func TestParseFlags(t *testing.T) {
	o, err := parseFlags(strings.Fields("-level note ./a -tests=false ./b --format=sarif -rules=-leak,+leak/abandoned-sender -- ./c"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.patterns, " "); got != "./a ./b ./c" {
		t.Errorf("patterns %q", got)
	}
	if !o.level.Set || o.level.Level != rule.Note || o.failOn.Set || o.tests || o.format != "sarif" {
		t.Errorf("level %v, fail-on %v, tests %v, format %q", o.level, o.failOn, o.tests, o.format)
	}
	if len(o.rules) != 2 || o.rules[0].on || !o.rules[1].on || o.rules[1].only {
		t.Errorf("rules %+v", o.rules)
	}
	if !o.given["tests"] || o.given["tags"] {
		t.Errorf("given %v", o.given)
	}
}

func TestParseFlagsHelp(t *testing.T) {
	for _, arg := range []string{"-h", "-help", "--help"} {
		if _, err := parseFlags([]string{"./...", arg}); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: error %v", arg, err)
		}
	}
}

// Every flag must be in the help text with a usage of its own.
func TestHelpIsComplete(t *testing.T) {
	var out strings.Builder
	if code := Main([]string{"help"}, nil, &out, &out); code != exitClean {
		t.Fatalf("exit code %d", code)
	}
	newFlagSet(new(options)).VisitAll(func(f *flag.Flag) {
		if !strings.Contains(out.String(), "\n  -"+f.Name) || f.Usage == "" {
			t.Errorf("help does not describe -%s", f.Name)
		}
	})
	for _, c := range commands() {
		if !strings.Contains(out.String(), "\n  "+c.name+" ") {
			t.Errorf("help does not describe %s", c.name)
		}
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > 81 {
			t.Errorf("line of %d columns: %s", len(line)-1, line)
		}
	}
}
