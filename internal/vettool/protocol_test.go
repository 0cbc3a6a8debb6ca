package vettool_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/vettool"
	"github.com/asynclint/asynclint/internal/wire"
)

// call runs the tool in this process.
func call(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = testTool().Main(args, &out, &errs)
	return out.String(), errs.String(), code
}

// unit writes a package without imports and its configuration, which edit may
// change, and returns the names of the configuration and the source.
func unit(t *testing.T, src string, edit func(cfg map[string]any)) (cfgFile, srcFile string) {
	t.Helper()
	dir := write(t, map[string]string{"p.go": src})
	srcFile = filepath.Join(dir, "p.go")
	cfg := map[string]any{
		"ID": "example.com/m/p", "ImportPath": "example.com/m/p", "Compiler": "gc", "GoVersion": "go1.26",
		"ModulePath": "example.com/m", "GoFiles": []string{srcFile}, "VetxOutput": filepath.Join(dir, "vet.out"),
	}
	if edit != nil {
		edit(cfg)
	}
	data, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfgFile = filepath.Join(dir, "vet.cfg")
	if err := os.WriteFile(cfgFile, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return cfgFile, srcFile
}

func TestCalled(t *testing.T) {
	for args, want := range map[string]bool{
		"": false, "./...": false, "-flags": true, "-V=full": true, "-json x.cfg": true, "x.cfg": true,
		"-flags ./...": false, "help": false, "-json ./...": false,
	} {
		if got := vettool.Called(strings.Fields(args)); got != want {
			t.Errorf("Called(%q) = %t", args, got)
		}
	}
}

// The go command wants three fields or more, the second "version", the last
// with the build ID.
func TestVersion(t *testing.T) {
	stdout, stderr, code := call("-V=full")
	if code != 0 || !regexp.MustCompile(`^\S+ version devel buildID=[0-9a-f]{64}\n$`).MatchString(stdout) {
		t.Errorf("-V=full: exit code %d, %q, %q", code, stdout, stderr)
	}
	if _, stderr, code := call("-V=short"); code != 2 || !strings.Contains(stderr, "-V=full") {
		t.Errorf("-V=short: exit code %d, %q", code, stderr)
	}
}

func TestFlags(t *testing.T) {
	stdout, _, code := call("-flags")
	var flags []struct {
		Name, Usage string
		Bool        bool
	}
	if err := json.Unmarshal([]byte(stdout), &flags); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v in %s", code, err, stdout)
	}
	isBool := make(map[string]bool)
	for _, f := range flags {
		isBool[f.Name] = f.Bool
		if f.Usage == "" {
			t.Errorf("flag %s without usage", f.Name)
		}
	}
	for name, want := range map[string]bool{
		"json": true, "diff": true, "c": false, "bundle": false, "asynclint.all": true,
		"leak": true, "leak.level": false, "leak.related": true, "leak.disable": false, "plain": true,
	} {
		if got, ok := isBool[name]; !ok || got != want {
			t.Errorf("flag -%s: listed %t, bool %t, want bool %t", name, ok, got, want)
		}
	}
	if _, ok := isBool["fix"]; ok {
		t.Error("-fix is listed, but the go command has that flag itself")
	}
}

func TestTextAndJSON(t *testing.T) {
	cfg, src := unit(t, "package p\n\nfunc plain() { old() }\n\nfunc old() {}\n", nil)
	stdout, stderr, code := call("-c=0", cfg)
	want := src + ":3:16: old is old (cancelsafe/break-in-select)\n3\tfunc plain() { old() }\n" + src + ":3:6: plain name\n"
	if code != 1 || stdout != "" || stderr != want {
		t.Errorf("text: exit code %d, stdout %q, stderr\n%s\nwant\n%s", code, stdout, stderr, want)
	}

	stdout, stderr, code = call("-json", cfg)
	var tree wire.Tree
	if err := json.Unmarshal([]byte(stdout), &tree); err != nil || code != 0 || stderr != "" {
		t.Fatalf("json: exit code %d, stderr %q, error %v", code, stderr, err)
	}
	entries := tree["example.com/m/p"]
	if len(entries) != 4 || len(entries["leak"].Diagnostics) != 0 || len(entries["cancelsafe"].Diagnostics) != 1 {
		t.Fatalf("json: %s", stdout)
	}
	d := entries["cancelsafe"].Diagnostics[0]
	if d.Posn != src+":3:16" || d.End != src+":3:21" || d.Category != "break-in-select" || d.Finding == nil || d.Finding.Pos.Offset != 26 ||
		!reflect.DeepEqual(d.SuggestedFixes, []wire.SuggestedFix{{Message: "call renew", Edits: []wire.TextEdit{{Filename: src, Start: 26, End: 31, New: "renew()"}}}}) {
		t.Errorf("diagnostic %+v", d)
	}
	if p := entries["plain"].Diagnostics; len(p) != 1 || p[0].Finding != nil || p[0].Posn != src+":3:6" {
		t.Errorf("foreign diagnostics %+v", p)
	}
}

// The go command names the file for the findings; nothing goes to stdout then.
func TestStdoutFile(t *testing.T) {
	var name string
	cfg, _ := unit(t, "package p\n", func(cfg map[string]any) {
		name = filepath.Join(filepath.Dir(cfg["VetxOutput"].(string)), "vet.stdout")
		cfg["Stdout"] = name
	})
	stdout, stderr, code := call("-json", cfg)
	data, err := os.ReadFile(name)
	if code != 0 || stdout != "" || stderr != "" || err != nil || !strings.Contains(string(data), `"example.com/m/p"`) {
		t.Errorf("exit code %d, stdout %q, stderr %q, file %q, error %v", code, stdout, stderr, data, err)
	}
}

// A pass that panics is reported with what it had found; the others are not
// touched, and the text names the place and holds nothing that varies.
func TestPanicIsContained(t *testing.T) {
	cfg, _ := unit(t, "package p\n\nfunc Boom() { old() }\n\nfunc old() {}\n", nil)
	stdout, stderr, code := call("-json", cfg)
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, stderr %s", code, stderr)
	}
	res := decode(t, stdout)
	if len(res.Findings) != 1 || res.Findings[0].Rule != "cancelsafe/break-in-select" {
		t.Errorf("findings of the other passes: %+v", res.Findings)
	}
	if len(res.Failures) != 1 || res.Failures[0].Pass != "blocking" || res.Failures[0].Package != "example.com/m/p" {
		t.Fatalf("failures %+v", res.Failures)
	}
	reason := res.Failures[0].Reason
	if !strings.Contains(reason, "assignment to entry in nil map") || !strings.Contains(reason, "explode (toolsuite_test.go:") || strings.Contains(reason, "0x") {
		t.Errorf("reason: %s", reason)
	}
	if !strings.Contains(stdout, "about to panic") {
		t.Error("what the pass found before is lost")
	}
	if again, _, _ := call("-json", cfg); again != stdout {
		t.Errorf("a second run differs:\n%s\n%s", stdout, again)
	}
	if _, stderr, code := call(cfg); code != 1 || !strings.Contains(stderr, "asynclint: blocking: internal error") || !strings.Contains(stderr, "old is old") {
		t.Errorf("text: exit code %d, %s", code, stderr)
	}
}

func TestFailedPrerequisite(t *testing.T) {
	broken := &analysis.Analyzer{Name: "broken", Doc: "fail", Run: func(*analysis.Pass) (any, error) { return nil, io.ErrUnexpectedEOF }}
	nothing := func(*analysis.Pass) (any, error) { return nil, nil }
	one := &analysis.Analyzer{Name: "one", Doc: "one", Requires: []*analysis.Analyzer{broken}, Run: nothing}
	two := &analysis.Analyzer{Name: "two", Doc: "two", Requires: []*analysis.Analyzer{broken}, Run: nothing}
	after := &analysis.Analyzer{Name: "after", Doc: "after", Requires: []*analysis.Analyzer{two}, Run: nothing}
	root := &analysis.Analyzer{Name: "root", Doc: "root", Run: func(*analysis.Pass) (any, error) { return nil, io.ErrNoProgress }}
	afterRoot := &analysis.Analyzer{Name: "afterroot", Doc: "after root", Requires: []*analysis.Analyzer{root}, Run: nothing}
	cfg, _ := unit(t, "package p\n", nil)
	var out bytes.Buffer
	tool := &vettool.Tool{Analyzers: []*analysis.Analyzer{one, two, after, root, afterRoot}}
	if code := tool.Main([]string{"-json", cfg}, &out, io.Discard); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	res := decode(t, out.String())
	var got []string
	for _, f := range res.Failures {
		got = append(got, f.Pass+": "+f.Reason)
	}
	// What fails for all passes is said once; what a root said, its dependent
	// does not repeat.
	equalLines(t, "failures", got, []string{": unexpected EOF", "root: " + io.ErrNoProgress.Error()})
}

func TestBadInput(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		edit func(map[string]any)
		want string
	}{
		"type errors":   {"package p\n\nvar x int = \"a\"\n\nvar y = z\n", nil, "p.go:3:13: cannot use \"a\""},
		"second error":  {"package p\n\nvar x int = \"a\"\n\nvar y = z\n", nil, "p.go:5:9: undefined: z"},
		"many errors":   {"package p\n" + strings.Repeat("var _ = z\n", 50), nil, "... and 40 more errors"},
		"syntax error":  {"package p\n\nfunc {\n", nil, "p.go:3:6: "},
		"invalid UTF-8": {"package p\n\nvar x = \"\xff\xfe\"\n\x80", nil, "illegal UTF-8 encoding"},
		"empty file":    {"", nil, "expected 'package'"},
		"missing file":  {"package p", func(c map[string]any) { c["GoFiles"] = []string{"/nowhere/p.go"} }, "/nowhere/p.go"},
		"no files":      {"package p", func(c map[string]any) { c["GoFiles"] = nil }, "has no Go files"},
		"no path":       {"package p", func(c map[string]any) { c["ImportPath"] = "" }, "not the configuration"},
		"newer Go":      {"package p", func(c map[string]any) { c["GoVersion"] = "go1.999" }, "go1.999"},
		"no export data": {"package p\n\nimport _ \"fmt\"\n", nil,
			"passed no export data for fmt; run asynclint with -driver=inprocess"},
		"bad export data": {"package p\n\nimport _ \"fmt\"\n", func(c map[string]any) {
			c["PackageFile"] = map[string]any{"fmt": c["GoFiles"].([]string)[0]}
		}, "export data of fmt"},
		"bad facts": {"package p", func(c map[string]any) {
			c["PackageVetx"] = map[string]any{"q": c["GoFiles"].([]string)[0]}
		}, "facts of q: not a facts file"},
		"missing facts":   {"package p", func(c map[string]any) { c["PackageVetx"] = map[string]any{"q": "/nowhere/vet.out"} }, "facts of q"},
		"too deep":        {"package p\n\nvar x = \"\"" + strings.Repeat(" + \"a\"", 60_000) + "\n", nil, "syntax nested deeper than 50000"},
		"many branches":   {"package p\n\nfunc f(x int) {\n\tif x == 0 {\n\t}" + strings.Repeat(" else if x == 1 {\n\t}", 5_000) + "\n}\n", nil, "control statements nested deeper than 4000"},
		"parser's limit":  {"package p\n\nvar x = " + strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000) + "\n", nil, "exceeded max nesting depth"},
		"unwritable fact": {"package p", func(c map[string]any) { c["VetxOutput"] = "/nowhere/vet.out" }, "/nowhere/vet.out"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _ := unit(t, test.src, test.edit)
			for _, mode := range [][]string{{cfg}, {"-json", cfg}, {"-fix", cfg}} {
				stdout, stderr, code := call(mode...)
				if code != 1 || stdout != "" || !strings.Contains(stderr, test.want) {
					t.Errorf("%v: exit code %d, stdout %q, stderr %.300q; want 1 and %q", mode[:len(mode)-1], code, stdout, stderr, test.want)
				}
			}
		})
	}
	t.Run("not JSON", func(t *testing.T) {
		dir := write(t, map[string]string{"vet.cfg": "ID: p"})
		if _, stderr, code := call(filepath.Join(dir, "vet.cfg")); code != 1 || !strings.Contains(stderr, "not the configuration") {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
		if _, stderr, code := call(filepath.Join(dir, "other.cfg")); code != 1 || !strings.Contains(stderr, "other.cfg") {
			t.Errorf("missing: exit code %d, stderr %q", code, stderr)
		}
	})
	t.Run("usage", func(t *testing.T) {
		for _, args := range [][]string{{"-nosuch", "x.cfg"}, {"-leak=maybe", "x.cfg"}, {"-leak.level=loud", "x.cfg"}, {"x.cfg", "y.cfg"}, {"-bundle=vet", "x.cfg"}} {
			if _, stderr, code := call(args...); code != 2 || stderr == "" {
				t.Errorf("%v: exit code %d, stderr %q", args, code, stderr)
			}
		}
	})
}

// A package outside the main modules is not even read when only its facts are
// wanted; the facts of its imports are passed on.
func TestDependency(t *testing.T) {
	facts, _ := unit(t, "package p\n", nil)
	dir := filepath.Dir(facts)
	vetx := filepath.Join(dir, "in.out")
	lower, _ := unit(t, "package q\n", func(c map[string]any) {
		c["ID"], c["ImportPath"], c["VetxOutput"] = "example.com/m/q", "example.com/m/q", vetx
	})
	tool := &vettool.Tool{Analyzers: []*analysis.Analyzer{exportingProbe}}
	if code := tool.Main([]string{"-json", lower}, io.Discard, io.Discard); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	before, err := os.ReadFile(vetx)
	if err != nil || len(before) == 0 {
		t.Fatalf("no facts written: %v", err)
	}
	for name, edit := range map[string]func(map[string]any){
		"std":      func(c map[string]any) { c["ModulePath"] = "" },
		"required": func(c map[string]any) { c["ModuleVersion"] = "v1.0.0" },
		"go1.27":   func(c map[string]any) { c["Module"] = map[string]any{"Path": "example.com/x", "Version": "v1.0.0"} },
	} {
		var out string
		cfg, _ := unit(t, "this is not Go", func(c map[string]any) {
			out = c["VetxOutput"].(string)
			c["VetxOnly"] = true
			c["PackageVetx"] = map[string]any{"example.com/m/q": vetx}
			edit(c)
		})
		var stdout, stderr bytes.Buffer
		code := tool.Main([]string{"-json", cfg}, &stdout, &stderr)
		after, err := os.ReadFile(out)
		if code != 0 || stdout.Len()+stderr.Len() > 0 || err != nil || !bytes.Equal(after, before) {
			t.Errorf("%s: exit code %d, output %q %q, error %v, facts %q want %q", name, code, &stdout, &stderr, err, after, before)
		}
	}
}

// exportingProbe exports the same fact for every package.
var exportingProbe = &analysis.Analyzer{
	Name:      "exporting",
	Doc:       "export a fact",
	FactTypes: []analysis.Fact{new(sleepers)},
	Run: func(pass *analysis.Pass) (any, error) {
		pass.ExportPackageFact(&sleepers{Names: []string{pass.Pkg.Path()}})
		return nil, nil
	},
}

// When only facts are wanted, a failure still comes out.
func TestFactsOnlyFailure(t *testing.T) {
	failing := &analysis.Analyzer{
		Name: "failing", Doc: "fail", FactTypes: []analysis.Fact{new(sleepers)},
		Run: func(*analysis.Pass) (any, error) { return nil, io.ErrUnexpectedEOF },
	}
	cfg, _ := unit(t, "package p\n", func(c map[string]any) { c["VetxOnly"] = true })
	var stdout bytes.Buffer
	code := (&vettool.Tool{Analyzers: []*analysis.Analyzer{failing}}).Main([]string{"-json", cfg}, &stdout, io.Discard)
	res := decode(t, stdout.String())
	if code != 0 || len(res.Failures) != 1 || res.Failures[0].Reason != "unexpected EOF" {
		t.Errorf("exit code %d, %+v", code, res)
	}
	stdout.Reset()
	code = (&vettool.Tool{Analyzers: []*analysis.Analyzer{exportingProbe}}).Main([]string{"-json", cfg}, &stdout, io.Discard)
	if code != 0 || stdout.Len() != 0 {
		t.Errorf("without failure: exit code %d, stdout %q", code, &stdout)
	}
}

func TestFixArchive(t *testing.T) {
	for src, want := range map[string]int{"package p\n\nfunc f() { old() }\n\nfunc old() {}\n\nfunc renew() {}\n": 1, "package p\n": 0} {
		var archive string
		cfg, name := unit(t, src, func(c map[string]any) {
			archive = filepath.Join(filepath.Dir(c["VetxOutput"].(string)), "vet.fix.zip")
			c["FixArchive"] = archive
		})
		if _, stderr, code := call("-fix", cfg); code != 0 || stderr != "" {
			t.Fatalf("exit code %d, stderr %q", code, stderr)
		}
		if now, _ := os.ReadFile(name); string(now) != src {
			t.Error("the source was changed although an archive was asked for")
		}
		zr, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer zr.Close()
		if len(zr.File) != want || want == 1 && zr.File[0].Name != name {
			t.Errorf("archive has %d files, want %d", len(zr.File), want)
		}
	}
}

// A function of a megabyte is slow to no purpose, but must come to an end.
func TestHugeFunction(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\n\nfunc f(x int) int {\n")
	for b.Len() < 1<<20 {
		b.WriteString("\tif x > 1 {\n\t\tx++\n\t}\n")
	}
	b.WriteString("\told()\n\treturn x\n}\n\nfunc old() {}\n")
	cfg, _ := unit(t, b.String(), nil)
	stdout, stderr, code := call("-json", cfg)
	if code != 0 || len(decode(t, stdout).Findings) != 1 {
		t.Errorf("exit code %d, stderr %.300q", code, stderr)
	}
}

// Generated constants of many thousand terms are real code and must pass.
func TestLongConstant(t *testing.T) {
	cfg, _ := unit(t, "package p\n\nconst x = \"\""+strings.Repeat(" +\n\t\"a\"", 40_000)+"\n\nfunc f() { old() }\n\nfunc old() {}\n", nil)
	stdout, stderr, code := call("-json", cfg)
	if code != 0 || len(decode(t, stdout).Findings) != 1 {
		t.Errorf("exit code %d, stderr %.300q", code, stderr)
	}
}

func TestSelection(t *testing.T) {
	cfg, _ := unit(t, "package p\n", nil)
	for flags, want := range map[string][]string{
		"":                            {"blocking", "cancelsafe", "leak", "plain"},
		"-leak":                       {"leak"},
		"-leak=true -plain=1":         {"leak", "plain"},
		"-leak=false":                 {"blocking", "cancelsafe", "plain"},
		"-leak=false -plain":          {"plain"},
		"-leak=false -cancelsafe=no":  nil, // not a boolean
		"-leak -leak=false -blocking": {"blocking"},
	} {
		stdout, _, code := call(slices.Concat(strings.Fields("-json "+flags), []string{cfg})...)
		if want == nil {
			if code != 2 {
				t.Errorf("%s: exit code %d, want 2", flags, code)
			}
			continue
		}
		var tree map[string]map[string]json.RawMessage
		if err := json.Unmarshal([]byte(stdout), &tree); err != nil {
			t.Fatalf("%s: %v", flags, err)
		}
		var got []string
		for name := range tree["example.com/m/p"] {
			got = append(got, name)
		}
		slices.Sort(got)
		equalLines(t, flags, got, want)
	}
}
