package rule_test

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/asynclint/asynclint/internal/rule"
)

var (
	slugForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	versionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)
)

// Every page, table and tool shows these texts, so every entry must have them all,
// and in the same form.
func TestEntries(t *testing.T) {
	for _, r := range rule.All() {
		t.Run(r.ID(), func(t *testing.T) {
			if !slugForm.MatchString(r.Slug) || !token.IsIdentifier(r.Pass) || strings.ToLower(r.Pass) != r.Pass {
				t.Error("the ID is not pass/slug with a slug of lower-case words joined by hyphens")
			}
			if r.Lowest < rule.Note || r.Lowest > r.Level || r.Level > rule.Error {
				t.Errorf("levels %v to %v", r.Lowest, r.Level)
			}
			if !versionForm.MatchString(r.Since) {
				t.Errorf("Since is %q", r.Since)
			}
			for name, clause := range map[string]string{"Title": r.Title, "Help": r.Help} {
				checkClause(t, name, clause)
			}
			for name, text := range map[string]string{"What": r.What, "Why": r.Why, "Fine": r.Fine} {
				if text == "" {
					t.Errorf("%s is empty", name)
				}
				checkText(t, name, text)
			}
			checkText(t, "Limits", r.Limits) // a rule may have none
			for name, code := range map[string]string{"Bad": r.Bad, "Good": r.Good} {
				checkCode(t, name, code)
			}
			if r.Bad == r.Good {
				t.Error("Bad and Good are the same")
			}
		})
	}
}

// checkClause wants one lower-case clause without a period.
func checkClause(t *testing.T, name, s string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case s == "":
		t.Errorf("%s is empty", name)
	case unicode.IsUpper(first), strings.HasSuffix(s, "."), strings.Contains(s, "\n"), strings.TrimSpace(s) != s:
		t.Errorf("%s is not one lower-case clause without a period: %q", name, s)
	case len(s) > 100:
		t.Errorf("%s has %d bytes, at most 100 fit into tables", name, len(s))
	}
}

// checkText wants sentences, with balanced code quotes.
func checkText(t *testing.T, name, s string) {
	t.Helper()
	if s != "" && !strings.HasSuffix(s, ".") || strings.TrimSpace(s) != s {
		t.Errorf("%s does not end in a period: %q", name, s)
	}
	if strings.Count(s, "`")%2 != 0 {
		t.Errorf("%s has an unclosed code quote", name)
	}
}

// checkCode wants formatted Go: declarations or statements.
func checkCode(t *testing.T, name, code string) {
	t.Helper()
	if strings.TrimSpace(code) == "" {
		t.Errorf("%s is empty", name)
	}
	formatted, err := format.Source([]byte(code))
	if err != nil {
		t.Errorf("%s is not Go: %v", name, err)
	} else if string(formatted) != code {
		t.Errorf("%s is not formatted; gofmt writes\n%s", name, formatted)
	}
}

func TestIDsAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range rule.All() {
		if seen[r.ID()] {
			t.Errorf("%s is there twice", r.ID())
		}
		seen[r.ID()] = true
	}
}

// A rule that is declared but in no pass's list could be reported and not explained.
func TestEveryDeclaredRuleIsInTheCatalogue(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if name, ok := lit.Type.(*ast.Ident); ok && name.Name == "Rule" {
					declared++
				}
			}
			return true
		})
	}
	if all := len(rule.All()); declared != all || all == 0 {
		t.Errorf("%d rules are declared, the catalogue has %d", declared, all)
	}
}

func TestMatching(t *testing.T) {
	all := rule.All()
	for _, r := range all {
		if got := rule.Matching(r.ID()); len(got) != 1 || got[0] != r {
			t.Errorf("Matching(%q) = %v", r.ID(), got)
		}
		if rule.Lookup(r.ID()) != r {
			t.Errorf("Lookup(%q) is another rule", r.ID())
		}
	}
	if got := rule.Matching("all"); len(got) != len(all) {
		t.Errorf("all matches %d of %d rules", len(got), len(all))
	}
	n := 0
	for _, pass := range rule.Passes() {
		n += len(rule.Matching(pass))
	}
	if n != len(all) {
		t.Errorf("the passes have %d rules together, the catalogue %d", n, len(all))
	}
	for _, nothing := range []string{"", "lock", "lockawait/", "double-lock", "All"} {
		if got := rule.Matching(nothing); got != nil {
			t.Errorf("Matching(%q) = %v", nothing, got)
		}
	}
	if rule.Lookup("lockawait") != nil {
		t.Error("Lookup takes a pass for a rule")
	}
}

func TestNearest(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"lockawait/doublelock", "lockawait/double-lock"},
		{"lockawait/Double-Lock", "lockawait/double-lock"},
		{"lockwait", "lockawait"},
		{"leek", "leak"},
		{"entirely different", ""},
		{"", ""},
	} {
		if got := rule.Nearest(tt.name); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLevels(t *testing.T) {
	for l := rule.Off; l <= rule.Error; l++ {
		text, err := l.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back rule.Level
		if err := back.UnmarshalText(text); err != nil || back != l {
			t.Errorf("%v reads back as %v, %v", l, back, err)
		}
	}
	if l, err := rule.ParseLevel("fatal"); err == nil {
		t.Errorf("fatal is level %v", l)
	}
	for l, want := range map[rule.Level]string{-1: "Level(-1)", 4: "Level(4)"} {
		if got := l.String(); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
	}
}
