// Package docgen writes the documents that are derived from the code: the rule
// pages and tables from the catalogue, the schema and the field tables of the JSON
// output from the Go types that are encoded.
//
// `go generate ./internal/docgen` writes them. A test fails while one is stale, so
// what a reader finds in docs is what the code does.
package docgen

//go:generate go run ./cmd -C ../..

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// Command is what a contributor runs when a document is stale.
const Command = "go generate ./internal/docgen"

// rulesDir holds nothing but generated pages.
const rulesDir = "docs/rules"

// Files returns the content of every generated document by its slash-separated
// path below root. Documents of which only a part is generated are read from
// there.
func Files(root string) (map[string][]byte, error) {
	files := map[string][]byte{rulesDir + "/README.md": rulesIndex()}
	for _, r := range rule.All() {
		files[rulesDir+"/"+r.ID()+".md"] = rulePage(r)
	}
	schema, err := outputSchema(root)
	if err != nil {
		return nil, fmt.Errorf("schema of the JSON output: %w", err)
	}
	if files["docs/output.schema.json"], err = schema.encode(); err != nil {
		return nil, fmt.Errorf("schema of the JSON output: %w", err)
	}
	for _, part := range []struct {
		file, name string
		content    []byte
	}{
		{"README.md", "rules", rulesTable(rule.All(), rulesDir+"/")},
		{"docs/json.md", "fields", schema.tables()},
	} {
		text, err := os.ReadFile(filepath.Join(root, part.file))
		if err != nil {
			return nil, err
		}
		if files[part.file], err = splice(text, part.name, part.content); err != nil {
			return nil, fmt.Errorf("%s: %w", part.file, err)
		}
	}
	return files, nil
}

// Stale returns the sorted paths of the documents that are not what they should
// be: missing, different, or a page of a rule that is gone.
func Stale(root string) ([]string, error) {
	files, err := Files(root)
	if err != nil {
		return nil, err
	}
	var stale []string
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Equal(got, want) {
			stale = append(stale, name)
		}
	}
	orphans, err := orphans(root, files)
	if err != nil {
		return nil, err
	}
	stale = append(stale, orphans...)
	slices.Sort(stale)
	return stale, nil
}

// Write brings every document up to date and removes the pages of rules that are
// gone. It returns the paths that it touched.
func Write(root string) ([]string, error) {
	files, err := Files(root)
	if err != nil {
		return nil, err
	}
	stale, err := Stale(root)
	if err != nil {
		return nil, err
	}
	for _, name := range stale {
		path := filepath.Join(root, name)
		content, wanted := files[name]
		if !wanted {
			if err := os.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// orphans returns the rule pages on disk that no rule has.
func orphans(root string, files map[string][]byte) ([]string, error) {
	pages, err := filepath.Glob(filepath.Join(root, rulesDir, "*", "*.md"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, page := range pages {
		rel, err := filepath.Rel(root, page)
		if err != nil {
			return nil, err
		}
		if name := filepath.ToSlash(rel); files[name] == nil {
			names = append(names, name)
		}
	}
	return names, nil
}

// splice replaces what stands between the markers of a generated part. The
// markers are comments of their own lines: <!-- NAME:begin ... --> and
// <!-- NAME:end -->.
func splice(text []byte, name string, content []byte) ([]byte, error) {
	begin, end := "<!-- "+name+":begin", "<!-- "+name+":end -->"
	head, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		return nil, fmt.Errorf("there is no line %q for the generated part to follow", begin+" -->")
	}
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		return nil, fmt.Errorf("there is no line %q to end the generated part", end)
	}
	return fmt.Appendf(nil, "%s%s: %s -->\n\n%s\n%s%s", head, begin, Command, content, end, tail), nil
}

// notice is the first line of documents that are generated whole.
const notice = "<!-- Generated from internal/rule: edit the catalogue and run `" + Command + "`. -->\n\n"

func rulePage(r *rule.Rule) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s# %s\n\n%s.\n\n", notice, r.ID(), capital(r.Title))
	b.WriteString("| level | suggested fix | since |\n| --- | --- | --- |\n")
	fmt.Fprintf(&b, "| %s | %s | %s |\n\n", render.Levels(r), r.Fix, r.Since)
	b.WriteString(render.Markdown(r))
	if dir := "testdata/src/" + r.ID(); r.Pass != "directive" {
		fmt.Fprintf(&b, "\nWhole programs: [one that is reported](../../../%s/bad), [one that is not](../../../%s/good).\n", dir, dir)
	}
	return b.Bytes()
}

func rulesIndex() []byte {
	var b bytes.Buffer
	b.WriteString(notice + "# Rules\n\n" +
		"A finding of level error is certain: some run of the code as written goes wrong. A warning rests on an\n" +
		"assumption about code that cannot be seen. A note is true as stated and often intended; `-level=note` shows it.\n" +
		"The level below is the highest at which a rule reports.\n")
	for _, pass := range rule.Passes() {
		fmt.Fprintf(&b, "\n## %s\n\n%s", pass, rulesTable(rule.Matching(pass), ""))
	}
	return b.Bytes()
}

// rulesTable lists rules, with links below the given directory.
func rulesTable(rules []*rule.Rule, dir string) []byte {
	var b bytes.Buffer
	b.WriteString("| rule | level | what it reports |\n| --- | --- | --- |\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [`%s`](%s%s.md) | %s | %s |\n", r.ID(), dir, r.ID(), r.Level, cell(r.Title))
	}
	return b.Bytes()
}

// cell makes a text fit into a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
