package fix_test

import (
	"errors"
	"go/format"
	"slices"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/fix"
)

// replace returns a finding in file whose fix replaces the nth occurrence of
// old in content, and of further pairs likewise.
func replace(t *testing.T, file, content, old, new string, nth int) finding.Finding {
	t.Helper()
	start := 0
	for i := 0; ; i++ {
		j := strings.Index(content[start:], old)
		if j < 0 {
			t.Fatalf("no occurrence %d of %q", nth, old)
		}
		start += j
		if i == nth {
			break
		}
		start += len(old)
	}
	pos := finding.Position{File: file, Line: 1 + strings.Count(content[:start], "\n"), Column: start - strings.LastIndex(content[:start], "\n"), Offset: start}
	return finding.Finding{
		Rule: "cancelsafe/break-in-select", Message: old, Pos: pos, End: pos,
		Fixes: []finding.Fix{
			{Message: "replace", Edits: []finding.Edit{{File: file, Start: start, End: start + len(old), New: new}}},
			{Message: "an alternative", Edits: []finding.Edit{{File: file, Start: 0, End: 1, New: "!"}}},
		},
	}
}

func apply(files map[string]string, list ...finding.Finding) *fix.Result {
	return fix.Apply(list, func(name string) ([]byte, error) {
		content, ok := files[name]
		if !ok {
			return nil, errors.New(name + " is gone")
		}
		return []byte(content), nil
	})
}

func one(t *testing.T, res *fix.Result) string {
	t.Helper()
	if len(res.Files) != 1 {
		t.Fatalf("%d files changed, want 1; skipped %+v", len(res.Files), res.Skipped)
	}
	return string(res.Files[0].New)
}

const src = `package p

import (
	"fmt"
	"strings"

	str "strconv"
)

func f() {
	fmt.Println(strings.ToUpper("a"))
	fmt.Println(str.Itoa(1))
}
`

func TestApply(t *testing.T) {
	res := apply(map[string]string{"p.go": src},
		replace(t, "p.go", src, "str.Itoa(1)", "1", 0),
		replace(t, "p.go", src, `strings.ToUpper("a")`, `"A"`, 0))
	want := `package p

import (
	"fmt"
)

func f() {
	fmt.Println("A")
	fmt.Println(1)
}
`
	if got := one(t, res); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if len(res.Applied) != 2 || len(res.Skipped) != 0 || res.Applied[0].Pos.Line != 11 {
		t.Errorf("applied %+v, skipped %+v", res.Applied, res.Skipped)
	}
	if d := res.Files[0].Diff("a/p.go", "b/p.go"); !strings.HasPrefix(d, "--- a/p.go\n+++ b/p.go\n@@") || !strings.Contains(d, "-\t\"strings\"\n") {
		t.Errorf("diff:\n%s", d)
	}
}

func TestImportsStay(t *testing.T) {
	// Still used elsewhere.
	content := strings.Replace(src, "str.Itoa(1)", `strings.ToLower("b")`, 1)
	got := one(t, apply(map[string]string{"p.go": content}, replace(t, "p.go", content, `strings.ToUpper("a")`, `"A"`, 0)))
	if !strings.Contains(got, `"strings"`) {
		t.Errorf("an import in use was dropped:\n%s", got)
	}
	// Not used before either: not for us to judge. A variable of an import's
	// name is not the import.
	content = "package p\n\nimport _ \"embed\"\n\nfunc f(embed struct{ x int }) int { return embed.x }\n"
	got = one(t, apply(map[string]string{"p.go": content}, replace(t, "p.go", content, "embed.x", "1", 0)))
	if !strings.Contains(got, `_ "embed"`) {
		t.Errorf("a blank import was dropped:\n%s", got)
	}
}

func TestPackageNames(t *testing.T) {
	for path, name := range map[string]string{
		"example.com/x/v2": "x", "gopkg.in/yaml.v3": "yaml", "github.com/u/go-thing": "thing", "github.com/u/thing-go": "thing",
		"github.com/u/my-thing": "thing", "net/http": "http",
	} {
		content := "package p\n\nimport \"" + path + "\"\n\nvar _ = " + name + ".X\n"
		got := one(t, apply(map[string]string{"p.go": content}, replace(t, "p.go", content, name+".X", "1", 0)))
		if strings.Contains(got, "import") {
			t.Errorf("the import of %s, used as %s, stays:\n%s", path, name, got)
		}
	}
}

func TestOverlap(t *testing.T) {
	first := replace(t, "p.go", src, `fmt.Println(strings.ToUpper("a"))`, "fmt.Println()", 0)
	second := replace(t, "p.go", src, `"a"`, `"b"`, 0)
	for _, order := range [][]finding.Finding{{first, second}, {second, first}} {
		second := order[slices.IndexFunc(order, func(f finding.Finding) bool { return f.Message == `"a"` })]
		res := apply(map[string]string{"p.go": src}, order...)
		if got := one(t, res); !strings.Contains(got, "fmt.Println()") {
			t.Errorf("the first fix is missing:\n%s", got)
		}
		if len(res.Skipped) != 1 || res.Skipped[0].Finding.Message != second.Message || !strings.Contains(res.Skipped[0].Reason, "overlaps") {
			t.Errorf("skipped %+v", res.Skipped)
		}
	}
	// Two findings with one edit share it.
	same := replace(t, "p.go", src, `"a"`, `"b"`, 0)
	same.Message = "another message"
	if res := apply(map[string]string{"p.go": src}, second, same); len(res.Applied) != 2 || len(res.Skipped) != 0 || strings.Count(one(t, res), `"b"`) != 1 {
		t.Errorf("applied %d, skipped %+v", len(res.Applied), res.Skipped)
	}
	// Insertions at one place have no order.
	insert := func(text string) finding.Finding {
		f := replace(t, "p.go", src, "func f", "", 0)
		f.Message = text
		f.Fixes[0].Edits[0].End = f.Fixes[0].Edits[0].Start
		f.Fixes[0].Edits[0].New = text
		return f
	}
	if res := apply(map[string]string{"p.go": src}, insert("// a\n"), insert("// b\n")); len(res.Applied) != 1 || len(res.Skipped) != 1 {
		t.Errorf("insertions: applied %d, skipped %d; want one each", len(res.Applied), len(res.Skipped))
	}
}

// A fix over several files goes in as a whole or not at all.
func TestAllOrNothing(t *testing.T) {
	files := map[string]string{"p.go": src, "q.go": "package p\n\nvar q = 1\n"}
	both := replace(t, "p.go", src, `"a"`, `"b"`, 0)
	both.Fixes[0].Edits = append(both.Fixes[0].Edits, finding.Edit{File: "q.go", Start: 19, End: 20, New: "2"})
	if res := apply(files, both); len(res.Files) != 2 || string(res.Files[1].New) != "package p\n\nvar q = 2\n" {
		t.Errorf("files %q", res.Files)
	}
	blocked := replace(t, "p.go", src, `ToUpper("a")`, `ToLower("a")`, 0)
	blocked.Pos.Line--
	res := apply(files, blocked, both)
	if len(res.Files) != 1 || res.Files[0].Name != "p.go" || len(res.Skipped) != 1 {
		t.Errorf("files %q, skipped %+v", res.Files, res.Skipped)
	}
}

func TestSkipped(t *testing.T) {
	generated := "// Code generated by x. DO NOT EDIT.\n\n" + src
	for name, test := range map[string]struct {
		content string
		finding func() finding.Finding
		reason  string
	}{
		"generated": {generated, func() finding.Finding { return replace(t, "p.go", generated, `"a"`, `"b"`, 0) }, "generated"},
		"truncated": {"package p\n", func() finding.Finding { return replace(t, "p.go", src, `"a"`, `"b"`, 0) }, "changed since"},
		"no parse":  {"pack", func() finding.Finding { return replace(t, "p.go", src, "p", "q", 0) }, "does not parse"},
		"gone":      {src, func() finding.Finding { return replace(t, "other.go", src, `"a"`, `"b"`, 0) }, "other.go is gone"},
		"breaks it": {src, func() finding.Finding { return replace(t, "p.go", src, "func f() {", "func f( {", 0) }, "would not parse"},
	} {
		res := apply(map[string]string{"p.go": test.content}, test.finding())
		if len(res.Files) != 0 || len(res.Applied) != 0 || len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Reason, test.reason) {
			t.Errorf("%s: files %q, applied %d, skipped %+v", name, res.Files, len(res.Applied), res.Skipped)
		}
	}
}

// The fixes that break a file are left out, those of other files are not.
func TestBrokenFileAlone(t *testing.T) {
	files := map[string]string{"a.go": src, "b.go": src}
	res := apply(files,
		replace(t, "a.go", src, "func f() {", "func f( {", 0),
		replace(t, "b.go", src, `"a"`, `"b"`, 0))
	if len(res.Files) != 1 || res.Files[0].Name != "b.go" || len(res.Applied) != 1 || len(res.Skipped) != 1 {
		t.Errorf("files %q, applied %d, skipped %+v", res.Files, len(res.Applied), res.Skipped)
	}
}

func TestNotFixable(t *testing.T) {
	f := replace(t, "p.go", src, `"a"`, `"b"`, 0)
	for name, edit := range map[string]func(*finding.Finding){
		"rule without fix": func(f *finding.Finding) { f.Rule = "lockawait/double-lock" },
		"bundled":          func(f *finding.Finding) { f.Rule = "vet/lostcancel" },
		"suppressed":       func(f *finding.Finding) { f.Suppressed = new(finding.Suppression) },
		"no fix":           func(f *finding.Finding) { f.Fixes = nil },
		"empty fix":        func(f *finding.Finding) { f.Fixes = []finding.Fix{{Message: "m"}} },
	} {
		g := f
		edit(&g)
		if res := apply(map[string]string{"p.go": src}, g); len(res.Files)+len(res.Applied)+len(res.Skipped) != 0 {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

// A formatted file stays formatted; a file that is not is not reformatted.
func TestFormat(t *testing.T) {
	messy := strings.Replace(src, "func f() {", "func f()  {", 1)
	got := one(t, apply(map[string]string{"p.go": messy}, replace(t, "p.go", messy, `"a"`, `"b"`, 0)))
	if got != strings.Replace(messy, `"a"`, `"b"`, 1) {
		t.Errorf("more was changed than the fix:\n%s", got)
	}
	got = one(t, apply(map[string]string{"p.go": src}, replace(t, "p.go", src, "fmt.Println(str", "if  true  {\nfmt.Println(str.Itoa(2)) }\nfmt.Println(str", 0)))
	if formatted, err := format.Source([]byte(got)); err != nil || string(formatted) != got {
		t.Errorf("not formatted (%v):\n%s", err, got)
	}
}

func FuzzApply(f *testing.F) {
	f.Add(src, 10, 20, "x", 15, 30, "y")
	f.Add("package p", 0, 0, "", 9, 9, "\n")
	f.Fuzz(func(t *testing.T, content string, s1, e1 int, n1 string, s2, e2 int, n2 string) {
		list := []finding.Finding{
			{Rule: "cancelsafe/break-in-select", Message: "1", Pos: finding.Position{File: "p.go", Line: 1}, Fixes: []finding.Fix{{Edits: []finding.Edit{{File: "p.go", Start: s1, End: e1, New: n1}}}}},
			{Rule: "cancelsafe/break-in-select", Message: "2", Pos: finding.Position{File: "p.go", Line: 2}, Fixes: []finding.Fix{{Edits: []finding.Edit{{File: "p.go", Start: s2, End: e2, New: n2}}}}},
		}
		res := apply(map[string]string{"p.go": content}, list...)
		if n := len(res.Applied) + len(res.Skipped); n != 2 {
			t.Errorf("%d of 2 fixes accounted for", n)
		}
		if len(res.Applied) > 0 != (len(res.Files) == 1) {
			t.Errorf("%d applied, %d files", len(res.Applied), len(res.Files))
		}
	})
}
