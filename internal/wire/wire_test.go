package wire_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/wire"
)

func example(pkg, file string, line int) finding.Finding {
	pos := finding.Position{File: file, Line: line, Column: 2, Offset: 10 * line}
	return finding.Finding{
		Rule: "lockawait/double-lock", Level: rule.Error, Package: pkg, Pos: pos, End: pos,
		Message: "s.mu is locked again (lockawait/double-lock)",
	}
}

func diagnostic(f finding.Finding) wire.Diagnostic {
	return wire.Diagnostic{Category: "double-lock", Posn: "a.go:3:2", End: "a.go:3:2", Message: f.Message, Finding: &f}
}

func encode(t *testing.T, trees ...wire.Tree) string {
	t.Helper()
	var b bytes.Buffer
	for _, tree := range trees {
		if err := tree.Write(&b); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// What is written must be what `go vet` itself can read: a list of
// diagnostics, or an object with a member "error".
func TestStockForm(t *testing.T) {
	f := example("m/p", "/m/p/a.go", 3)
	out := encode(t, wire.Tree{"m/p": {
		"leak":      {},
		"lockawait": {Diagnostics: []wire.Diagnostic{diagnostic(f)}},
		"blocking":  {Error: "cannot go on", Diagnostics: []wire.Diagnostic{diagnostic(f)}},
	}})
	var stock map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &stock); err != nil {
		t.Fatal(err)
	}
	var diags []struct{ Posn, End, Message, Category string }
	if err := json.Unmarshal(stock["m/p"]["lockawait"], &diags); err != nil || len(diags) != 1 || diags[0].Posn != "a.go:3:2" || diags[0].Message != f.Message {
		t.Errorf("diagnostics %+v, error %v", diags, err)
	}
	var failed struct {
		Err string `json:"error"`
	}
	if err := json.Unmarshal(stock["m/p"]["blocking"], &failed); err != nil || failed.Err != "cannot go on" {
		t.Errorf("error entry %+v, error %v", failed, err)
	}
	if got := string(stock["m/p"]["leak"]); got != "[]" {
		t.Errorf("empty entry is %s, want []", got)
	}
}

func TestDecodeStream(t *testing.T) {
	p, q := example("m/p", "/m/p/a.go", 3), example("m/q", "/m/q/b.go", 7)
	foreign := wire.Diagnostic{Posn: "/m/q/b.go:9:1", Message: "lost cancel"}
	one := wire.Tree{"m/p": {"lockawait": {Diagnostics: []wire.Diagnostic{diagnostic(p)}}}}
	two := wire.Tree{"m/q [m/q.test]": {
		"lockawait":  {Error: "panic", Diagnostics: []wire.Diagnostic{diagnostic(q)}},
		"lostcancel": {Diagnostics: []wire.Diagnostic{foreign}},
	}}
	convert := func(pkg, analyzer string, d wire.Diagnostic) (finding.Finding, bool) {
		return finding.Finding{Rule: "vet/" + analyzer, Package: pkg, Message: d.Message}, true
	}
	want := &wire.Results{
		Packages: []string{"m/p", "m/q"},
		Findings: []finding.Finding{{Rule: "vet/lostcancel", Package: "m/q", Message: "lost cancel"}, p, q},
		Failures: []finding.Failure{{Package: "m/q", Pass: "lockawait", Reason: "panic"}},
	}
	for name, stream := range map[string]string{
		"in order":  encode(t, one, two),
		"reversed":  encode(t, two, one),
		"twice":     encode(t, one, two, one),
		"headers":   "# m/p\n" + encode(t, one) + "# m/q\n# [m/q]\n" + encode(t, two),
		"one line":  strings.ReplaceAll(strings.ReplaceAll(encode(t, one, two), "\n", ""), "\t", ""),
		"with CRLF": strings.ReplaceAll(encode(t, one, two), "\n", "\r\n"),
	} {
		got, err := wire.Decode(strings.NewReader(stream), convert)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
	got, err := wire.Decode(strings.NewReader(encode(t, two)), nil)
	if err != nil || len(got.Findings) != 1 {
		t.Errorf("without convert: %+v, %v; want the one finding of asynclint", got.Findings, err)
	}
}

func TestDecodeBroken(t *testing.T) {
	p := example("m/p", "/m/p/a.go", 3)
	whole := encode(t, wire.Tree{"m/p": {"lockawait": {Diagnostics: []wire.Diagnostic{diagnostic(p)}}}})
	for name, tail := range map[string]string{"cut": whole[:len(whole)/2], "noise": "segmentation fault", "other type": "[1]"} {
		got, err := wire.Decode(strings.NewReader(whole+tail), nil)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if len(got.Findings) != 1 {
			t.Errorf("%s: %d findings before the damage, want 1", name, len(got.Findings))
		}
	}
	if got, err := wire.Decode(strings.NewReader(""), nil); err != nil || len(got.Packages) != 0 {
		t.Errorf("empty stream: %+v, %v", got, err)
	}
}

// A prerequisite of all passes that fails is one failure of the package.
func TestFailuresMerge(t *testing.T) {
	stream := encode(t, wire.Tree{"m/p": {"leak": {Error: "no SSA"}, "blocking": {Error: "no SSA"}, "lockawait": {Error: "other"}}})
	got, err := wire.Decode(strings.NewReader(stream), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []finding.Failure{{Package: "m/p", Reason: "no SSA"}, {Package: "m/p", Pass: "lockawait", Reason: "other"}}
	if !reflect.DeepEqual(got.Failures, want) {
		t.Errorf("failures %+v, want %+v", got.Failures, want)
	}
	got.Merge(&wire.Results{Packages: []string{"m/p"}, Failures: want})
	if !reflect.DeepEqual(got.Failures, want) || len(got.Packages) != 1 {
		t.Errorf("merged with itself: %+v", got)
	}
}

func TestStderr(t *testing.T) {
	for _, test := range []struct {
		name, stderr string
		want         []finding.Failure
	}{
		{"nothing", "", nil},
		{"downloads", "go: downloading example.com/x v1.0.0\n", nil},
		{"no package", "flag provided but not defined: -x\nusage: go vet\n", []finding.Failure{{Reason: "flag provided but not defined: -x\nusage: go vet"}}},
		{"type error", "# m/p\n# [m/p]\nvet: ./a.go:3:2: undefined: x\n", []finding.Failure{{Package: "m/p", Reason: "vet: ./a.go:3:2: undefined: x"}}},
		{"variants", "# m/p [m/p.test]\na.go:1:1: bad\n# m/p\na.go:1:1: bad\n# m/q\nb.go:2:2: worse\nexit status 2\n", []finding.Failure{
			{Package: "m/p", Reason: "a.go:1:1: bad"}, {Package: "m/q", Reason: "b.go:2:2: worse"},
		}},
	} {
		if got := wire.Failures(test.stderr); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("{\"p\":{\"leak\":[{\"posn\":\"a.go:1:1\",\"message\":\"m\"}]}}\n# q\n{}")
	f.Add(`{"p":{"leak":{"error":"e"},"x":null}}`)
	f.Fuzz(func(t *testing.T, s string) {
		res, err := wire.Decode(strings.NewReader(s), func(string, string, wire.Diagnostic) (finding.Finding, bool) {
			return finding.Finding{Rule: "x"}, true
		})
		if res == nil {
			t.Fatalf("no result with error %v", err)
		}
		wire.Failures(s)
	})
}
