package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the output on the demo in testdata and README.md")

const (
	root = "../.."
	demo = "./testdata/demo/..."
)

// lintDemo runs the program at the root of the repository, as README.md tells its
// reader to, and returns what it prints.
func lintDemo(t *testing.T, flags ...string) []byte {
	t.Helper()
	// The go command repeats an earlier result unless a file changed that the
	// test itself has read.
	err := filepath.WalkDir(filepath.Join(root, "testdata", "demo"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("asynclint", append(append([]string{"-config=none"}, flags...), demo)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if status := new(exec.ExitError); !errors.As(err, &status) || status.ExitCode() != 1 {
		t.Fatalf("asynclint %s: %v, want exit code 1\n%s%s", strings.Join(cmd.Args[1:], " "), err, out, stderr.String())
	}
	return out
}

// The demo has one mistake for every rule, and nothing else is reported.
func TestDemoHasOneOfEach(t *testing.T) {
	var report struct{ Findings []finding.Finding }
	if err := json.Unmarshal(lintDemo(t, "-format=json", "-level=note"), &report); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	for _, f := range report.Findings {
		got[f.Rule]++
	}
	want := make(map[string]int)
	for _, r := range rule.All() {
		if r.Pass != "directive" {
			want[r.ID()] = 1
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings by rule (-want +got):\n%s", diff)
	}
}

func TestDemoOutput(t *testing.T) {
	got := lintDemo(t)
	golden := filepath.Join("testdata", "demo.txt")
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the output on the demo differs (-want +got); `go test ./cmd/asynclint -update` accepts it\n%s", diff)
	}
}

// An example in README.md: what the program shows of one finding on the demo.
var example = regexp.MustCompile("(?s)(<!-- demo: (\\S+) -->\n\n```text\n).*?(```\n)")

// colours are the escape sequences of the form for terminals, without which it is
// what stands in README.md.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestReadme holds the examples in README.md to what the program prints.
func TestReadme(t *testing.T) {
	name := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	text := example.ReplaceAllStringFunc(string(readme), func(block string) string {
		examples++
		m := example.FindStringSubmatch(block)
		head, id, foot := m[1], m[2], m[3]
		if rule.Lookup(id) == nil {
			t.Fatalf("README.md has an example of %s, which is no rule", id)
		}
		out := lintDemo(t, "-color=always", "-rules="+id)
		return head + strings.TrimRight(colours.ReplaceAllString(string(out), ""), "\n") + "\n" + foot
	})
	if examples < 3 {
		t.Errorf("README.md has %d examples, want three", examples)
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(readme), text); diff != "" {
		t.Errorf("README.md differs from what the program prints (-want +got); `go test ./cmd/asynclint -update` accepts it\n%s", diff)
	}
}
