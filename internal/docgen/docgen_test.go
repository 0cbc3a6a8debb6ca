package docgen

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/asynclint/asynclint/internal/rule"
)

const repository = "../.."

func TestUpToDate(t *testing.T) {
	stale, err := Stale(repository)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) > 0 {
		t.Errorf("stale: %s\nrun: %s", strings.Join(stale, ", "), Command)
	}
}

// TestWrite damages a copy in each way that counts as stale and repairs it.
func TestWrite(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"internal/finding", "internal/render", "docs"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(repository, dir))); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name, content string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit("README.md", "before\n<!-- rules:begin -->\nstale text\n<!-- rules:end -->\nafter\n")
	edit("docs/json.md", "<!-- fields:begin --><!-- fields:end -->\n")
	edit("docs/output.schema.json", "{}")
	edit("docs/rules/leak/gone.md", "a rule that is no more")
	missing := "docs/rules/" + rule.DoubleLock.ID() + ".md"
	if err := os.Remove(filepath.Join(root, missing)); err != nil {
		t.Fatal(err)
	}

	want := []string{"README.md", "docs/json.md", "docs/output.schema.json", "docs/rules/leak/gone.md", missing}
	written, err := Write(root)
	if err != nil || !slices.Equal(written, want) {
		t.Fatalf("Write = %v, %v; want %v", written, err, want)
	}
	if stale, err := Stale(root); err != nil || len(stale) > 0 {
		t.Errorf("after Write: stale %v, %v", stale, err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(readme); !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "\nafter\n") || strings.Contains(s, "stale text") {
		t.Errorf("README.md:\n%s", s)
	}
}

func TestSpliceNeedsBothMarkers(t *testing.T) {
	for _, text := range []string{"", "<!-- x:begin -->", "<!-- x:end -->", "<!-- x:end --> <!-- x:begin -->"} {
		if got, err := splice([]byte(text), "x", nil); err == nil {
			t.Errorf("splice(%q) = %q", text, got)
		}
	}
}

// Every relative link of a generated document leads somewhere.
func TestLinks(t *testing.T) {
	files, err := Files(repository)
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#]+)\)`)
	links := 0
	for name, content := range files {
		for _, m := range link.FindAllSubmatch(content, -1) {
			target := string(m[1])
			if strings.Contains(target, "://") || filepath.Ext(name) != ".md" {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(repository, filepath.Dir(name), target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, target)
			}
		}
	}
	if links < len(rule.All()) {
		t.Errorf("found only %d links", links)
	}
}

// The example document that the renderer's golden test holds is valid; a document
// that breaks the format in one place is not.
func TestSchema(t *testing.T) {
	schema := compile(t, filepath.Join(repository, "docs", "output.schema.json"))
	example, err := os.ReadFile(filepath.Join(repository, "internal", "render", "testdata", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	valid := func(document string) bool {
		t.Helper()
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		err = schema.Validate(doc)
		if err != nil && document == string(example) {
			t.Errorf("%#v", err)
		}
		return err == nil
	}
	valid(string(example))
	for _, change := range [][2]string{
		{`"version": 1,`, `"version": 2,`},
		{`"level": "error"`, `"level": "fatal"`},
		{`"level": "error"`, `"level": "off"`},
		{`"line": 12`, `"line": "12"`},
		{`"fingerprint"`, `"print"`},
		{`"edits": [`, `"edits": null, "x": [`},
		{`"suppressed": {`, `"suppressed": null, "x": {`},
	} {
		broken := strings.Replace(string(example), change[0], change[1], 1)
		if broken == string(example) {
			t.Fatalf("the example has no %s", change[0])
		}
		if valid(broken) {
			t.Errorf("valid with %s", change[1])
		}
	}
	if !valid(strings.Replace(string(example), `"version": 1,`, `"version": 1, "later": true,`, 1)) {
		t.Error("a field that a later version adds makes the document invalid")
	}
}

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("output.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("output.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}
