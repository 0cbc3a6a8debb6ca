// Package reporttest runs a pass over fixtures and holds what it reports to the
// form that every finding has.
package reporttest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/rule"
)

// maxMessage is the length up to which a message without its rule's name is read
// at a glance, in runes.
const maxMessage = 140

// Run is analysistest.Run with one more demand: every diagnostic has the style
// that [Style] describes and positions inside the package.
func Run(t *testing.T, dir string, a *analysis.Analyzer, patterns ...string) []*analysistest.Result {
	t.Helper()
	results := analysistest.Run(t, dir, a, patterns...)
	Check(t, results)
	return results
}

// Check holds the diagnostics of analysistest runs to their form. It is for tests
// that need another runner than [Run], such as RunWithSuggestedFixes.
func Check(t *testing.T, results []*analysistest.Result) {
	t.Helper()
	for _, res := range results {
		names, files := contents(res)
		for _, d := range res.Diagnostics {
			at := res.Action.Package.Fset.Position(d.Pos)
			if err := Style(d.Message, names); err != nil {
				t.Errorf("%s: message %q: %v", at, d.Message, err)
			}
			if !files(d.Pos) || d.End.IsValid() && !files(d.End) {
				t.Errorf("%s: %q is not in the package", at, d.Message)
			}
			for _, rel := range d.Related {
				if !files(rel.Pos) {
					t.Errorf("%s: related %q of %q is not in the package", at, rel.Message, d.Message)
				}
				if err := clause(rel.Message, names); err != nil {
					t.Errorf("%s: related %q: %v", at, rel.Message, err)
				}
			}
		}
	}
}

// contents returns the identifiers of a package, and whether a position is in it.
func contents(res *analysistest.Result) (names map[string]bool, inside func(token.Pos) bool) {
	names = make(map[string]bool)
	for _, f := range res.Action.Package.Syntax {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names[id.Name] = true
			}
			return true
		})
	}
	return names, func(p token.Pos) bool {
		for _, f := range res.Action.Package.Syntax {
			if f.FileStart <= p && p <= f.FileEnd {
				return true
			}
		}
		return false
	}
}

var (
	ruleSuffix = regexp.MustCompile(` \(([a-z]+/[a-z0-9-]+)\)$`)
	firstName  = regexp.MustCompile(`^\(?\*?([\pL_][\pL\pN_]*)`)
	importPath = regexp.MustCompile(`\w\.\w+/\w`)
	lineNumber = regexp.MustCompile(`\bline \d|:\d+:\d+`)
)

// Style returns what is wrong with a diagnostic's message: it must be one
// lower-case clause of at most 140 runes, without a period, line numbers, import
// paths or the tool's own name, and end in the name of a rule in parentheses. Most
// drivers show nothing else, and compare messages to know a finding again. Names
// are the identifiers of the source; a message may begin with one in its own case.
func Style(message string, names map[string]bool) error {
	m := ruleSuffix.FindStringSubmatch(message)
	if m == nil || rule.Lookup(m[1]) == nil {
		return fmt.Errorf("does not end in the name of a rule in parentheses")
	}
	text := strings.TrimSuffix(message, m[0])
	if n := utf8.RuneCountInString(text); n > maxMessage {
		return fmt.Errorf("has %d runes, more than %d", n, maxMessage)
	}
	return clause(text, names)
}

func clause(text string, names map[string]bool) error {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "(*"))
	name := firstName.FindStringSubmatch(text)
	switch {
	case strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text:
		return fmt.Errorf("is empty or has blanks around it")
	case strings.ContainsAny(text, "\n\t"):
		return fmt.Errorf("is more than one line")
	case strings.HasSuffix(text, "."):
		return fmt.Errorf("ends in a period")
	case unicode.IsUpper(first) && (name == nil || !names[name[1]]):
		return fmt.Errorf("begins in upper case, and not with a name of the source")
	case strings.Contains(text, "asynclint"):
		return fmt.Errorf("speaks about the tool")
	case lineNumber.MatchString(text):
		return fmt.Errorf("has a line number, which an edit elsewhere changes")
	case importPath.MatchString(text):
		return fmt.Errorf("has an import path where a package name is enough")
	}
	return nil
}
