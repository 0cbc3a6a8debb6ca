package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/wire"
)

// examples are the packages that every way to run the analyzers is tried on:
// the demo and the bad and good program of every rule.
var examples = []string{"./testdata/demo/...", "./testdata/src/..."}

// command runs a program at the root of the repository and returns what it
// prints. An exit code other than the wanted one fails the test.
func command(t *testing.T, wantCode int, env []string, name string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != wantCode {
		t.Fatalf("%s %s: exit code %d, want %d\n%s%s", name, strings.Join(args, " "), code, wantCode, &out, &errs)
	}
	return out.String(), errs.String()
}

// vetArgs are the arguments of a go vet with this program as its tool.
func vetArgs(t *testing.T, args ...string) []string {
	t.Helper()
	self, err := exec.LookPath("asynclint")
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]string{"vet", "-vettool=" + self}, args, examples)
}

// units splits the output of go vet -json into the objects of the packages and
// sorts them: their order is that in which the processes ended.
func units(t *testing.T, stdout string) []string {
	t.Helper()
	var list []string
	dec := json.NewDecoder(strings.NewReader(stdout))
	for dec.More() {
		var one json.RawMessage
		if err := dec.Decode(&one); err != nil {
			t.Fatal(err)
		}
		list = append(list, string(one))
	}
	slices.Sort(list)
	return list
}

// The front end, go vet and the in-process driver find the same, whatever the
// number of processors, and say it in the same bytes.
func TestDriversAgree(t *testing.T) {
	absRoot, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	stdout, _ := command(t, 0, nil, "go", vetArgs(t, "-json", "-asynclint.all")...)
	vet, err := wire.Decode(strings.NewReader(stdout), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(vet.Findings) < 10 || len(vet.Failures) != 0 {
		t.Fatalf("%d findings, failures %+v; want at least 10 and none", len(vet.Findings), vet.Failures)
	}

	t.Run("determinism", func(t *testing.T) {
		// The flag says the default: the go command has another key for it.
		again, _ := command(t, 0, []string{"GOMAXPROCS=1"}, "go", vetArgs(t, "-json", "-asynclint.all", "-leak.related=true")...)
		if diff := gocmp.Diff(units(t, stdout), units(t, again)); diff != "" {
			t.Errorf("GOMAXPROCS=1 prints something else (-before +after):\n%s", diff)
		}
	})

	t.Run("text", func(t *testing.T) {
		_, stderr := command(t, 1, nil, "go", vetArgs(t)...)
		var got, want []string
		for line := range strings.Lines(stderr) {
			if m := regexp.MustCompile(`^(\S+:\d+:\d+: )(\S.*)`).FindString(strings.TrimSpace(line)); m != "" && !strings.Contains(line, ": \t") {
				got = append(got, m)
			}
		}
		stdout, _ := command(t, 0, nil, "go", vetArgs(t, "-json")...)
		visible, err := wire.Decode(strings.NewReader(stdout), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range visible.Findings {
			if f.Suppressed != nil {
				t.Errorf("suppressed, but visible without -asynclint.all: %+v", f)
			}
			rel, err := filepath.Rel(absRoot, f.Pos.File)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(rel), f.Pos.Line, f.Pos.Column, f.Message))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("go vet prints:\n%s\nits JSON says:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})

	t.Run("front end", func(t *testing.T) {
		type report struct{ Findings []finding.Finding }
		var outputs []string
		for _, driver := range []string{"vet", "inprocess"} {
			args := append([]string{"-config=none", "-driver=" + driver, "-format=json", "-level=note", "-show-suppressed"}, examples...)
			out, _ := command(t, 1, nil, "asynclint", args...)
			outputs = append(outputs, out)
			var r report
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatal(err)
			}
			for i := range r.Findings {
				r.Findings[i].Pos.File = filepath.Join(absRoot, r.Findings[i].Pos.File)
			}
			key := func(f finding.Finding) string {
				return fmt.Sprintf("%s:%d:%d %s %s %s %s", f.Pos.File, f.Pos.Line, f.Pos.Column, f.Level, f.Message, f.Package, f.Fingerprint)
			}
			got, want := keys(r.Findings, key), keys(vet.Findings, key)
			if !slices.Equal(got, want) {
				t.Errorf("-driver=%s:\n%s\ngo vet:\n%s", driver, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		if diff := gocmp.Diff(outputs[0], outputs[1]); diff != "" {
			t.Errorf("the drivers print different bytes (-vet +inprocess):\n%s", diff)
		}
	})
}

func keys(list []finding.Finding, key func(finding.Finding) string) []string {
	list = slices.SortedFunc(slices.Values(list), func(a, b finding.Finding) int { return cmp.Compare(key(a), key(b)) })
	var out []string
	for _, f := range list {
		out = append(out, key(f))
	}
	return out
}

// The checks of others run through the same program.
func TestBundle(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":    "module example.com/m\n\ngo 1.26\n",
		"p.go":      "package p\n\nimport \"sync\"\n\nfunc f() {\n\tvar wg sync.WaitGroup\n\tgo func() {\n\t\twg.Add(1)\n\t\tdefer wg.Done()\n\t}()\n\twg.Wait()\n}\n\nfunc g(mu *sync.Mutex) {\n\tmu.Lock()\n\tmu.Unlock()\n}\n",
		"p_test.go": "package p\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) {\n\tf()\n\tgo func() { t.Fatal(1) }()\n\tg(nil)\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := command(t, 1, []string{"GOWORK=off", "GOFLAGS="}, "asynclint", "-config=none", "-C", dir, "-with=vet,staticcheck", "-format=json", "./...")
	var report struct{ Findings []finding.Finding }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s %s", f.Pos.File, f.Pos.Line, f.Rule, f.Level))
	}
	want := []string{
		"p.go:8 vet/waitgroup error", // not staticcheck/SA2000 as well
		"p.go:16 staticcheck/SA2001 warning",
		"p_test.go:7 vet/testinggoroutine error",
	}
	got = slices.DeleteFunc(got, func(s string) bool { return strings.Contains(s, " lockawait/") || strings.Contains(s, " leak/") })
	if !slices.Equal(got, want) {
		t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
