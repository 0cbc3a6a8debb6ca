package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/rule"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		text     string
		patterns string // joined by blanks; "-" for no directive
		reason   string
		nolint   bool
	}{
		{"//asynclint:ignore lockawait/double-lock why", "lockawait/double-lock", "why", false},
		{"//asynclint:ignore\tlockawait,leak  two words \t", "lockawait leak", "two words", false},
		{"//asynclint:ignore lockawait\r", "lockawait", "", false},
		{"//asynclint:ignore", "", "", false},
		{"//asynclint:ignores lockawait why", "-", "", false},
		{"// asynclint:ignore lockawait why", "-", "", false},
		{"/*asynclint:ignore lockawait why*/", "-", "", false},
		{"//lint:ignore asynclint/leak why", "leak", "why", false},
		{"//lint:ignore SA1000,asynclint/leak/abandoned-sender,asynclint/x why", "leak/abandoned-sender x", "why", false},
		{"//lint:ignore SA1000 why", "-", "", false},
		{"//lint:ignore", "-", "", false},
		{"//lint:file-ignore asynclint/leak why", "-", "", false},
		{"//nolint:asynclint", "all", "", true},
		{"// nolint:leak,errcheck , lockawait/double-lock // reason", "leak lockawait/double-lock", "", true},
		{"//nolint: asynclint", "all", "", true},
		{"//nolint:errcheck", "-", "", false},
		{"//nolint", "-", "", false},
		{"//nolint:all", "-", "", false},
		{"//nolint:asynclinter", "-", "", false},
		{"//", "-", "", false},
	} {
		d := parse(tt.text)
		if d == nil {
			if tt.patterns != "-" {
				t.Errorf("%q is no directive", tt.text)
			}
			continue
		}
		if got := strings.Join(d.Patterns, " "); got != tt.patterns || d.Reason != tt.reason || d.Nolint != tt.nolint {
			t.Errorf("%q: patterns %q, reason %q, nolint %v", tt.text, got, d.Reason, d.Nolint)
		}
	}
}

const source = `package p

func f() {
	g()
	g()
}
`

// run gives findings to a reporter of the pass lockawait over the source, and
// returns its error, its result and the diagnostics.
func run(t *testing.T, src string, findings func(*ast.File) []Finding) (error, []Finding, []analysis.Diagnostic) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := fset.AddFile("other.go", -1, 100) // of another package
	elsewhere.SetLines([]int{0, 50})
	var diagnostics []analysis.Diagnostic
	settings, _ := Flags("lockawait")
	pass := &analysis.Pass{
		Analyzer: &analysis.Analyzer{Name: "lockawait"},
		Fset:     fset,
		Files:    []*ast.File{file},
		Report:   func(d analysis.Diagnostic) { diagnostics = append(diagnostics, d) },
		ReadFile: func(string) ([]byte, error) { return []byte(src), nil },
		ResultOf: make(map[*analysis.Analyzer]any),
	}
	pass.ResultOf[DirectiveAnalyzer] = collect(pass)
	r := New(pass, settings)
	for _, f := range findings(file) {
		r.Report(f)
	}
	result, err := r.Done()
	return err, result.(*Result).Findings, diagnostics
}

// A finding that breaks what the catalogue promises is kept out and named.
func TestReportRefuses(t *testing.T) {
	outside := token.Pos(1_000)
	for name, tt := range map[string]struct {
		damage func(*Finding)
		want   string
	}{
		"no rule":           {func(f *Finding) { f.Rule = nil }, `finding "m" names no rule`},
		"another pass":      {func(f *Finding) { f.Rule = rule.AbandonedSender }, "leak/abandoned-sender: reported by pass lockawait"},
		"no position":       {func(f *Finding) { f.Pos = token.NoPos }, "no position in the package"},
		"foreign position":  {func(f *Finding) { f.Pos = token.Pos(len(source) + 20) }, "no position in the package"},
		"position nowhere":  {func(f *Finding) { f.Pos = outside }, "no position in the package"},
		"end before pos":    {func(f *Finding) { f.End = f.Pos - 1 }, "ends before it begins"},
		"end elsewhere":     {func(f *Finding) { f.End = outside }, "ends before it begins"},
		"no message":        {func(f *Finding) { f.Message = "" }, "is not one line"},
		"two lines":         {func(f *Finding) { f.Message = "a\nb" }, "is not one line"},
		"level too high":    {func(f *Finding) { f.Level = rule.Error + 1 }, "the catalogue allows"},
		"level too low":     {func(f *Finding) { f.Level = rule.Note }, "the catalogue allows warning to error"},
		"fix without class": {func(f *Finding) { f.Fixes = []analysis.SuggestedFix{{Message: "x"}} }, "the catalogue says none"},
		"related elsewhere": {func(f *Finding) { f.Related = []analysis.RelatedInformation{{Pos: outside, Message: "here"}} }, `related "here"`},
		"fix elsewhere": {func(f *Finding) {
			f.Rule, f.Fixes = fixable, []analysis.SuggestedFix{{Message: "x", TextEdits: []analysis.TextEdit{{Pos: outside}}}}
		}, `fix "x" edits no range`},
		"fix turned round": {func(f *Finding) {
			f.Rule, f.Fixes = fixable, []analysis.SuggestedFix{{Message: "x", TextEdits: []analysis.TextEdit{{Pos: f.Pos, End: f.Pos - 1}}}}
		}, `fix "x" edits no range`},
	} {
		t.Run(name, func(t *testing.T) {
			err, findings, diagnostics := run(t, source, func(file *ast.File) []Finding {
				good := Finding{Rule: rule.DoubleLock, Pos: file.Name.Pos(), End: file.Name.End(), Message: "m"}
				broken := good
				tt.damage(&broken)
				return []Finding{broken, good}
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
			if len(findings) != 1 || len(diagnostics) != 1 {
				t.Errorf("%d findings and %d diagnostics, want the good one only", len(findings), len(diagnostics))
			}
		})
	}
}

// fixable is a rule of the pass that may carry fixes.
var fixable = &rule.Rule{Pass: "lockawait", Slug: "fixable", Level: rule.Error, Lowest: rule.Error, Fix: rule.SafeFix}

func TestReportSortsAndMerges(t *testing.T) {
	err, findings, _ := run(t, source, func(file *ast.File) []Finding {
		pos := file.Decls[0].(*ast.FuncDecl).Body.List
		at := func(i int, r *rule.Rule, message string) Finding {
			return Finding{Rule: r, Pos: pos[i].Pos(), Message: message}
		}
		return []Finding{
			at(1, rule.DoubleLock, "b"), at(0, rule.MissingUnlock, "x"), at(1, rule.DoubleLock, "a"),
			at(0, rule.DoubleLock, "z"), at(1, rule.DoubleLock, "b"),
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.Rule.Slug+" "+f.Message)
	}
	if want := []string{"double-lock z", "missing-unlock x", "double-lock a", "double-lock b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGeneratedFilesGetNoFixes(t *testing.T) {
	for header, fixes := range map[string]int{"": 1, "// Code generated by hand. DO NOT EDIT.\n\n": 0} {
		err, findings, diagnostics := run(t, header+source, func(file *ast.File) []Finding {
			at := file.Name
			return []Finding{{Rule: fixable, Pos: at.Pos(), Message: "m", Fixes: []analysis.SuggestedFix{
				{Message: "rename", TextEdits: []analysis.TextEdit{{Pos: at.Pos(), End: at.End(), NewText: []byte("q")}}},
			}}}
		})
		if err != nil || len(findings) != 1 || len(findings[0].Fixes) != fixes || len(diagnostics[0].SuggestedFixes) != fixes {
			t.Errorf("header %q: %v, findings %+v", header, err, findings)
		}
	}
}
