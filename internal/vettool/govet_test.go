package vettool_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/inprocess"
	"github.com/asynclint/asynclint/internal/wire"
)

// module is two packages of one module, a module it requires through a replace
// directive, and tests inside and outside the package.
var module = map[string]string{
	"go.mod":     "module example.com/m\n\ngo 1.26\n\nrequire example.com/dep v0.0.0\n\nreplace example.com/dep => ./dep\n",
	"dep/go.mod": "module example.com/dep\n\ngo 1.26\n",
	"dep/dep.go": "package dep\n\nimport \"time\"\n\n// Doze sleeps, but facts of other modules are not computed.\nfunc Doze() { time.Sleep(1) }\n",
	"low/low.go": "package low\n\nimport \"time\"\n\nfunc Nap() { time.Sleep(1) }\n",
	// Facts must pass through a package that has nothing to say itself.
	"mid/mid.go": "package mid\n\nimport \"example.com/m/low\"\n\ntype T struct{}\n\nfunc (T) M() {}\n\nvar F = low.Nap\n",
	// The external test of low makes the go command compile back against low's
	// test variant; that variant is analysed for its facts only.
	"only/only.go":       "package only\n\nimport \"time\"\n\nfunc Doze() { time.Sleep(1) }\n",
	"back/back.go":       "package back\n\nimport \"example.com/m/low\"\n\nfunc Rest() { low.Nap() }\n",
	"low/low_test.go":    "package low\n\nvar ForTest = Nap\n",
	"low/export_test.go": "package low_test\n\nimport (\n\t\"example.com/m/back\"\n\t\"example.com/m/low\"\n)\n\nfunc helper() {\n\tback.Rest()\n\tlow.ForTest()\n}\n",
	"top/top.go":         "package top\n\nimport (\n\t\"example.com/dep\"\n\t\"example.com/m/low\"\n\t\"example.com/m/mid\"\n)\n\nfunc Top() {\n\tlow.Nap()\n\tdep.Doze()\n\tmid.F()\n\tlow.Nap() //asynclint:ignore leak/abandoned-sender this one is wanted\n}\n",
	"top/top_test.go":    "package top\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/low\"\n)\n\nfunc helper() { low.Nap() }\n\nfunc TestTop(t *testing.T) { helper() }\n",
	"top/export_test.go": "package top_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/top\"\n)\n\nfunc TestOutside(t *testing.T) { top.Top() }\n",
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

// goTool runs `go SUBCOMMAND -vettool=<this test> ARGS...` in dir.
func goTool(t *testing.T, dir, subcommand string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", slices.Concat([]string{subcommand, "-" + subcommand + "tool=" + self}, args)...)
	cmd.Dir = dir
	cmd.Env = append([]string{"GOWORK=off"}, os.Environ()...)
	cmd.Env = append(cmd.Env, asTool+"=1", "GOFLAGS=", "GOPROXY=off")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// brief renders findings in a form that is easy to compare.
func brief(dir string, list []finding.Finding) []string {
	var lines []string
	for _, f := range list {
		rel, _ := filepath.Rel(dir, f.Pos.File)
		line := fmt.Sprintf("%s:%d:%d-%d %s %s: %s", filepath.ToSlash(rel), f.Pos.Line, f.Pos.Column, f.End.Column, f.Level, f.Package, f.Message)
		if f.Suppressed != nil {
			line += " // " + f.Suppressed.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

// A vendored package is as foreign as one in the module cache, and the modules
// of a workspace are as much the user's as one alone.
func TestGoVetModules(t *testing.T) {
	t.Run("vendor", func(t *testing.T) {
		dir := write(t, module)
		cmd := exec.Command("go", "mod", "vendor")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go mod vendor: %v\n%s", err, out)
		}
		stdout, stderr, code := goTool(t, dir, "vet", "-json", "-asynclint.all", "-mod=vendor", "./top")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		equalLines(t, "findings", brief(dir, decode(t, stdout).Findings), []string{outside, visible[2], hidden, visible[3]})
	})
	t.Run("workspace", func(t *testing.T) {
		dir := write(t, map[string]string{
			"go.work":  "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
			"a/go.mod": "module example.com/a\n\ngo 1.26\n",
			"a/a.go":   "package a\n\nimport \"example.com/b\"\n\nfunc f() { b.Nap() }\n",
			"b/go.mod": "module example.com/b\n\ngo 1.26\n",
			"b/b.go":   "package b\n\nimport \"time\"\n\nfunc Nap() { time.Sleep(1) }\n",
		})
		t.Setenv("GOWORK", filepath.Join(dir, "go.work"))
		stdout, stderr, code := goTool(t, dir, "vet", "-json", "./a")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		equalLines(t, "findings", brief(dir, decode(t, stdout).Findings), []string{"a/a.go:5:12-19 error example.com/a: Nap sleeps (leak/abandoned-sender)"})
	})
}

func TestGoVetFix(t *testing.T) {
	const before = "package p\n\nimport \"strings\"\n\nfunc f() int { return old(strings.ToUpper(\"x\")) }\n\nfunc g() int {\n\t//nolint:asynclint\n\treturn old(\"\")\n}\n\nfunc old(string) int { return 1 }\n\nfunc renew() int { return 2 }\n"
	const after = "package p\n\nfunc f() int { return renew() }\n\nfunc g() int {\n\t//nolint:asynclint\n\treturn old(\"\")\n}\n\nfunc old(string) int { return 1 }\n\nfunc renew() int { return 2 }\n"
	files := map[string]string{
		"go.mod":      "module example.com/m\n\ngo 1.26\n",
		"p/p.go":      before,
		"p/p_test.go": "package p\n\nvar _ = f\n",
		"q/gen.go":    "// Code generated by hand. DO NOT EDIT.\n\npackage q\n\nvar x = old()\n\nfunc old() int { return 1 }\n",
	}
	for name, test := range map[string]struct {
		subcommand string
		args       []string
		code       int
		want       string
	}{
		"vet -fix":       {"vet", []string{"-fix"}, 0, after},
		"vet -fix -diff": {"vet", []string{"-fix", "-diff"}, 1, before},
		"fix":            {"fix", nil, 0, after},
		"fix -diff":      {"fix", []string{"-diff"}, 1, before},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, files)
			stdout, stderr, code := goTool(t, dir, test.subcommand, append(test.args, "./...")...)
			if code != test.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", code, test.code, stderr)
			}
			got, err := os.ReadFile(filepath.Join(dir, "p/p.go"))
			if err != nil || string(got) != test.want {
				t.Errorf("p.go is now:\n%s\nwant:\n%s(error %v)", got, test.want, err)
			}
			if gen, _ := os.ReadFile(filepath.Join(dir, "q/gen.go")); string(gen) != files["q/gen.go"] {
				t.Errorf("the generated file was changed:\n%s", gen)
			}
			if test.code == 1 {
				for _, line := range []string{"-import \"strings\"\n", "+func f() int { return renew() }\n"} {
					if !strings.Contains(stdout, line) {
						t.Errorf("the diff has no line %q:\n%s", line, stdout)
					}
				}
			}
			// Once more: nothing is left to do.
			if test.code == 0 {
				if stdout, stderr, code := goTool(t, dir, "vet", "-fix", "-diff", "./..."); code != 0 || stdout != "" {
					t.Errorf("again: exit code %d\n%s%s", code, stdout, stderr)
				}
			}
		})
	}
}

func equalLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got:\n\t%s\nwant:\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

var (
	visible = []string{
		"low/low.go:5:14-27 warning example.com/m/low: Sleep sleeps (leak/abandoned-sender)",
		"only/only.go:5:15-28 warning example.com/m/only: Sleep sleeps (leak/abandoned-sender)",
		"top/top.go:10:2-11 error example.com/m/top: Nap sleeps (leak/abandoned-sender)",
		"top/top_test.go:9:17-26 error example.com/m/top: Nap sleeps (leak/abandoned-sender)",
	}
	variants = []string{
		"back/back.go:5:15-24 error example.com/m/back: Nap sleeps (leak/abandoned-sender)",
		"low/export_test.go:9:2-13 error example.com/m/low_test: Rest sleeps (leak/abandoned-sender)",
	}
	hidden = "top/top.go:13:2-11 error example.com/m/top: Nap sleeps (leak/abandoned-sender) // this one is wanted"
	// The external test calls Top, which the variant of top that it was
	// compiled against exports as a function that sleeps.
	outside = "top/export_test.go:9:34-43 error example.com/m/top_test: Top sleeps (leak/abandoned-sender)"
)

// everything is what there is to say about the module, in order.
func everything() []string {
	return slices.Concat(variants, []string{visible[0], visible[1], outside, visible[2], hidden, visible[3]})
}

func decode(t *testing.T, stdout string) *wire.Results {
	t.Helper()
	res, err := wire.Decode(strings.NewReader(stdout), nil)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, stdout)
	}
	return res
}

func TestGoVet(t *testing.T) {
	dir := write(t, module)

	t.Run("all", func(t *testing.T) {
		stdout, stderr, code := goTool(t, dir, "vet", "-json", "-asynclint.all", "./...")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		res := decode(t, stdout)
		equalLines(t, "findings", brief(dir, res.Findings), everything())
		equalLines(t, "packages", res.Packages, []string{
			"example.com/m/back", "example.com/m/low", "example.com/m/low_test", "example.com/m/mid", "example.com/m/only", "example.com/m/top", "example.com/m/top_test",
		})
		if len(res.Failures) > 0 {
			t.Errorf("failures: %+v", res.Failures)
		}
		for _, f := range res.Findings {
			if f.Fingerprint == "" || f.URL == "" || f.Help == "" || len(f.Related) != 1 || f.Related[0].Pos.Line != f.Pos.Line {
				t.Errorf("finding is not complete: %+v", f)
			}
		}

		// Saying the default is another key in the go command's cache.
		again, _, _ := goTool(t, dir, "vet", "-json", "-asynclint.all", "-plain.again", "./back", "./low", "./mid", "./only", "./top")
		if !reflect.DeepEqual(decode(t, again), res) {
			t.Errorf("a second run without cache differs:\n%s\n%s", stdout, again)
		}
	})

	t.Run("visible", func(t *testing.T) {
		stdout, stderr, code := goTool(t, dir, "vet", "-json", "./...")
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		equalLines(t, "findings", brief(dir, decode(t, stdout).Findings), slices.Concat(variants, []string{visible[0], visible[1], outside, visible[2], visible[3]}))
	})

	t.Run("text", func(t *testing.T) {
		_, stderr, code := goTool(t, dir, "vet", "-c=0", "./only")
		want := "only/only.go:5:15: Sleep sleeps (leak/abandoned-sender)\n5\tfunc Doze() { time.Sleep(1) }\nonly/only.go:5:25: \tfor this long\n5\tfunc Doze() { time.Sleep(1) }\n"
		if code != 1 || stderr != want {
			t.Errorf("exit code %d, stderr:\n%s\nwant 1 and:\n%s", code, stderr, want)
		}
	})

	t.Run("selection", func(t *testing.T) {
		for flag, want := range map[string][]string{
			"-leak=false":                    nil,
			"-cancelsafe":                    nil,
			"-leak":                          {visible[1]},
			"-leak.level=error":              nil,
			"-leak.disable=abandoned-sender": nil,
		} {
			stdout, stderr, code := goTool(t, dir, "vet", "-json", flag, "./only")
			if code != 0 {
				t.Errorf("%s: exit code %d: %s", flag, code, stderr)
				continue
			}
			equalLines(t, flag, brief(dir, decode(t, stdout).Findings), want)
		}
	})

	t.Run("inprocess", func(t *testing.T) {
		res, err := inprocess.Run(context.Background(), inprocess.Options{
			Dir: dir, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off"),
			Patterns: []string{"./..."}, Tests: true, Analyzers: testAnalyzers(),
		})
		if err != nil {
			t.Fatal(err)
		}
		stdout, _, _ := goTool(t, dir, "vet", "-json", "-asynclint.all", "./...")
		if want := decode(t, stdout); !reflect.DeepEqual(res, want) {
			t.Errorf("in process:\n%+v\nunder go vet:\n%+v", res, want)
		}
		// Facts of a package of the module that the pattern does not name.
		res, err = inprocess.Run(context.Background(), inprocess.Options{
			Dir: dir, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off"),
			Patterns: []string{"./top"}, Tests: false, Analyzers: testAnalyzers(), Flags: []string{"-blocking=false"},
		})
		if err != nil {
			t.Fatal(err)
		}
		equalLines(t, "one package", brief(dir, res.Findings), []string{visible[2], hidden})
	})
}
