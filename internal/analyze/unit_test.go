package analyze_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/analyze"
	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// load type-checks one file without imports, which stays on disk for the test.
func load(t *testing.T, src string) *analyze.Unit {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(name, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	u := &analyze.Unit{Fset: fset, Files: []*ast.File{f}, Info: analyze.NewInfo(), Facts: analyze.NewFacts()}
	if u.Pkg, err = (&types.Config{Importer: importer.Default()}).Check("m/p", fset, u.Files, u.Info); err != nil {
		t.Fatal(err)
	}
	return u
}

var settings, _ = report.Flags("cancelsafe")

// reporting returns a pass that reports what findings makes of the file.
func reporting(findings func(f *ast.File) []report.Finding) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "cancelsafe", Doc: "report", Requires: []*analysis.Analyzer{report.DirectiveAnalyzer}, ResultType: report.ResultType,
		Run: func(pass *analysis.Pass) (any, error) {
			r := report.New(pass, settings)
			for _, f := range findings(pass.Files[0]) {
				f.Rule = rule.BreakInSelect
				r.Report(f)
			}
			return r.Done()
		},
	}
}

func run(t *testing.T, src string, findings func(f *ast.File) []report.Finding) (entry entryView) {
	t.Helper()
	u := load(t, src)
	e := u.Entries(u.Run([]*analysis.Analyzer{reporting(findings)}), true)["cancelsafe"]
	view := entryView{err: e.Error}
	for _, d := range e.Diagnostics {
		view.posns = append(view.posns, filepath.Base(d.Posn))
		view.offsets = append(view.offsets, d.Finding.Pos.Offset)
		view.fixes += len(d.Finding.Fixes)
	}
	return view
}

type entryView struct {
	err     string
	posns   []string
	offsets []int
	fixes   int
}

// Where a //line comment says that code stands elsewhere, findings go there,
// and a fix, which could only edit the wrong file, is left out.
func TestLineComments(t *testing.T) {
	const src = "package p\n\n//line grammar.y:30:5\nfunc f() {}\n"
	got := run(t, src, func(f *ast.File) []report.Finding {
		fn := f.Decls[0].(*ast.FuncDecl)
		return []report.Finding{{
			Pos: fn.Pos(), End: fn.End(), Message: "m",
			Fixes: []analysis.SuggestedFix{{Message: "fix", TextEdits: []analysis.TextEdit{{Pos: fn.Pos(), End: fn.End()}}}},
		}}
	})
	if got.err != "" || len(got.posns) != 1 || got.posns[0] != "grammar.y:30:5" || got.fixes != 0 {
		t.Errorf("got %+v", got)
	}
	// Within the same file the offset is that of the line that is named.
	got = run(t, "package p\n\n//line p.go:1:1\nfunc f() {}\n", func(f *ast.File) []report.Finding {
		return []report.Finding{{Pos: f.Decls[0].Pos(), Message: "m"}}
	})
	if len(got.posns) != 1 || got.posns[0] != "p.go:1:1" || got.offsets[0] != 0 {
		t.Errorf("got %+v", got)
	}
}

// A fix that cannot be applied is kept out and reported as the analyzer's
// fault; its finding stays. (Package report refuses most such fixes before, so
// this analyzer does without it.)
func TestBadFixes(t *testing.T) {
	u := load(t, "package p\n\nfunc f() {}\n")
	base := u.Files[0].FileStart
	for name, edits := range map[string][]analysis.TextEdit{
		"outside":  {{Pos: base + 1<<20}},
		"backward": {{Pos: base + 20, End: base + 15}},
		"too far":  {{Pos: base + 15, End: base + 1<<20}},
		"no place": {{}},
		"overlap":  {{Pos: base + 15, End: base + 20}, {Pos: base + 18, End: base + 22}},
	} {
		a := &analysis.Analyzer{Name: "a", Doc: "a", Run: func(pass *analysis.Pass) (any, error) {
			pass.Report(analysis.Diagnostic{Pos: base, Message: "m", SuggestedFixes: []analysis.SuggestedFix{{Message: "fix", TextEdits: edits}}})
			return nil, nil
		}}
		e := u.Entries(u.Run([]*analysis.Analyzer{a}), false)["a"]
		if len(e.Diagnostics) != 1 || len(e.Diagnostics[0].SuggestedFixes) != 0 || !strings.Contains(e.Error, "internal error: fix") {
			t.Errorf("%s: %+v; want the finding without its fix, and an error", name, e)
		}
	}
}

// Two findings of one pass at one place with different messages are both kept,
// each once, in the order of the report.
func TestEntriesPairing(t *testing.T) {
	got := run(t, "package p\n\nfunc f() {}\n", func(f *ast.File) []report.Finding {
		at := f.Decls[0].Pos()
		return []report.Finding{{Pos: at, Message: "b"}, {Pos: at, Message: "a"}, {Pos: at, Message: "a"}}
	})
	if len(got.posns) != 2 {
		t.Errorf("got %+v", got)
	}
}

// Object facts have no place here; an analyzer that wants them says so at once.
func TestObjectFacts(t *testing.T) {
	u := load(t, "package p\n\nfunc F() {}\n")
	for name, use := range map[string]func(*analysis.Pass){
		"export":  func(p *analysis.Pass) { p.ExportObjectFact(p.Pkg.Scope().Lookup("F"), nil) },
		"import":  func(p *analysis.Pass) { p.ImportObjectFact(p.Pkg.Scope().Lookup("F"), nil) },
		"all":     func(p *analysis.Pass) { p.AllObjectFacts() },
		"package": func(p *analysis.Pass) { p.AllPackageFacts() },
	} {
		a := &analysis.Analyzer{Name: "a", Doc: "a", Run: func(p *analysis.Pass) (any, error) { use(p); return nil, nil }}
		if res := u.Run([]*analysis.Analyzer{a}); res[0].Err == nil || !strings.Contains(res[0].Err.Error(), "ImportPackageFact") {
			t.Errorf("%s: error %v", name, res[0].Err)
		}
	}
	wrong := &analysis.Analyzer{Name: "wrong", Doc: "wrong", Run: func(*analysis.Pass) (any, error) { return 1, nil }}
	if res := u.Run([]*analysis.Analyzer{wrong}); res[0].Err == nil || !strings.Contains(res[0].Err.Error(), "int instead of") {
		t.Errorf("wrong result type: error %v", res[0].Err)
	}
}
