package inprocess_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/inprocess"
	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/wire"
)

// seen is a fact that every analysed package exports: the packages whose facts
// it saw, itself included. It shows which packages were analysed and in which
// order.
type seen struct{ Paths []string }

func (*seen) AFact() {}

var seenProbe = &analysis.Analyzer{
	Name:      "seenprobe",
	Doc:       "export what is seen",
	FactTypes: []analysis.Fact{new(seen)},
	Run: func(pass *analysis.Pass) (any, error) {
		var own seen
		for _, imp := range pass.Pkg.Imports() {
			var s seen
			if pass.ImportPackageFact(imp, &s) {
				own.Paths = append(own.Paths, s.Paths...)
			}
		}
		own.Paths = append(own.Paths, pass.Pkg.Path())
		pass.ExportPackageFact(&own)
		return nil, nil
	},
}

var settings, flags = report.Flags("leak")

// probe reports, at the package clause of each file, what was seen.
var probe = &analysis.Analyzer{
	Name: "leak", Doc: "report what is seen", Flags: flags, ResultType: report.ResultType,
	Requires: []*analysis.Analyzer{seenProbe, report.DirectiveAnalyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		var s seen
		pass.ImportPackageFact(pass.Pkg, &s)
		r := report.New(pass, settings)
		for _, f := range pass.Files {
			r.Report(report.Finding{Rule: rule.AbandonedSender, Pos: f.Package, Message: strings.Join(s.Paths, " ")})
		}
		return r.Done()
	},
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func run(t *testing.T, dir string, edit func(*inprocess.Options)) (*wire.Results, error) {
	t.Helper()
	opts := inprocess.Options{
		Dir: dir, Env: append(os.Environ(), "GOFLAGS=", "GOPROXY=off"),
		Patterns: []string{"./..."}, Tests: true, Analyzers: []*analysis.Analyzer{probe},
	}
	if edit != nil {
		edit(&opts)
	}
	return inprocess.Run(context.Background(), opts)
}

func lines(dir string, res *wire.Results) []string {
	var out []string
	for _, f := range res.Findings {
		rel, _ := filepath.Rel(dir, f.Pos.File)
		out = append(out, filepath.ToSlash(rel)+" "+f.Package+": "+strings.TrimSuffix(f.Message, " (leak/abandoned-sender)"))
	}
	return out
}

// A workspace of two modules, one of which requires a third that is not part of
// it: facts flow within the workspace and stop at its border.
func TestWorkspace(t *testing.T) {
	dir := write(t, map[string]string{
		"go.work":       "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod":      "module example.com/a\n\ngo 1.26\n\nrequire example.com/out v0.0.0\n\nreplace example.com/out => ../out\n",
		"a/a.go":        "package a\n\nimport (\n\t_ \"example.com/b\"\n\t_ \"example.com/out\"\n\t_ \"strings\"\n)\n",
		"a/a_test.go":   "package a_test\n\nimport _ \"example.com/a\"\n",
		"a/tagged.go":   "//go:build special\n\npackage a\n",
		"b/go.mod":      "module example.com/b\n\ngo 1.26\n",
		"b/b.go":        "package b\n",
		"b/b_test.go":   "package b\n",
		"b/x/x_test.go": "package x_test\n", // a directory with external tests only
		"out/go.mod":    "module example.com/out\n\ngo 1.26\n",
		"out/out.go":    "package out\n",
	})
	for name, test := range map[string]struct {
		edit func(*inprocess.Options)
		want []string
	}{
		"all": {func(o *inprocess.Options) { o.Patterns = []string{"./a/...", "./b/..."} }, []string{
			"a/a.go example.com/a: example.com/b example.com/a",
			"a/a_test.go example.com/a_test: example.com/b example.com/a example.com/a_test",
			"b/b.go example.com/b: example.com/b",
			"b/b_test.go example.com/b: example.com/b",
			"b/x/x_test.go example.com/b/x_test: example.com/b/x_test",
		}},
		"one, no tests": {func(o *inprocess.Options) { o.Patterns, o.Tests = []string{"./a"}, false }, []string{
			"a/a.go example.com/a: example.com/b example.com/a",
		}},
		"tags": {func(o *inprocess.Options) {
			o.Patterns, o.Tests, o.BuildFlags = []string{"./a"}, false, []string{"-tags=special"}
		}, []string{
			"a/a.go example.com/a: example.com/b example.com/a",
			"a/tagged.go example.com/a: example.com/b example.com/a",
		}},
		"switched off": {func(o *inprocess.Options) {
			o.Patterns, o.Flags = []string{"./a"}, []string{"-leak=false"}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := run(t, dir, test.edit)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(dir, res); !slices.Equal(got, test.want) || len(res.Failures) != 0 {
				t.Errorf("findings:\n\t%s\nwant:\n\t%s\nfailures %+v", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"), res.Failures)
			}
		})
	}
}

// What cannot be analysed is said with its position, package by package, and
// does not hide the rest.
func TestBroken(t *testing.T) {
	dir := write(t, map[string]string{
		"go.mod":      "module example.com/m\n\ngo 1.26\n",
		"ok/ok.go":    "package ok\n",
		"bad/bad.go":  "package bad\n\nvar x = y\n\n" + strings.Repeat("var _ = z\n", 20),
		"user/u.go":   "package user\n\nimport _ \"example.com/m/bad\"\n",
		"syn/syn.go":  "package syn\n\nfunc {\n",
		"gone/g.go":   "package gone\n\nimport _ \"example.com/nowhere\"\n",
		"deep/d.go":   "package deep\n\nfunc f(x int) {\n\tif x == 0 {\n\t}" + strings.Repeat(" else if x == 1 {\n\t}", 5_000) + "\n}\n",
		"utf8/utf.go": "package utf8\n\nvar s = \"\xff\"\n",
	})
	res, err := run(t, dir, func(o *inprocess.Options) { o.Env = append(o.Env, "GOWORK=off") })
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(dir, res); !slices.Contains(got, "ok/ok.go example.com/m/ok: example.com/m/ok") {
		t.Errorf("the good package is missing in %v", got)
	}
	reasons := make(map[string]string)
	for _, f := range res.Failures {
		reasons[strings.TrimPrefix(f.Package, "example.com/m/")] = f.Reason
	}
	for pkg, want := range map[string]string{
		"bad":  "bad.go:3:9: undefined: y",
		"syn":  "syn.go:3:6",
		"gone": "example.com/nowhere",
		"deep": "nested deeper than",
		"utf8": "utf.go:3:10",
	} {
		if !strings.Contains(reasons[pkg], want) {
			t.Errorf("%s: reason %q, want %q in it", pkg, reasons[pkg], want)
		}
	}
	if !strings.Contains(reasons["bad"], "more errors") {
		t.Errorf("21 errors are all shown:\n%s", reasons["bad"])
	}
	if _, ok := reasons["user"]; !ok {
		t.Errorf("nothing is said about the package that imports a broken one: %v", reasons)
	}
	if _, ok := reasons["ok"]; ok {
		t.Errorf("the good package failed: %v", reasons["ok"])
	}
}

func TestNothingToLoad(t *testing.T) {
	dir := write(t, map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n"})
	if res, err := run(t, dir, nil); err == nil {
		t.Errorf("no error for a pattern without packages: %+v", res)
	}
	for name, flag := range map[string]string{"unknown flag": "-nosuch", "bad level": "-leak.level=loud"} {
		if _, err := run(t, dir, func(o *inprocess.Options) { o.Flags = []string{flag} }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
