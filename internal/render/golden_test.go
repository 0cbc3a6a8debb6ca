package render_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what a renderer writes with a file of testdata.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s differs (-want +got); `go test ./internal/render -update` accepts it\n%s", file, diff)
	}
}

func TestSnippets(t *testing.T) {
	table := findings()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			r := report(t)
			r.Findings = []finding.Finding{table[name]}
			golden(t, "snippet-"+name+".txt", func(w io.Writer) error {
				return render.Snippets(w, r, render.Style{Width: 80})
			})
		})
	}
	t.Run("all in colour", func(t *testing.T) {
		golden(t, "snippets-colour.txt", func(w io.Writer) error {
			return render.Snippets(w, report(t), render.Style{Color: true, Width: 100})
		})
	})
}

func TestLines(t *testing.T) {
	golden(t, "lines.txt", func(w io.Writer) error { return render.Lines(w, report(t)) })
}

func TestFailuresAndSummary(t *testing.T) {
	for name, style := range map[string]render.Style{"plain": {}, "colour": {Color: true}} {
		golden(t, "end-"+name+".txt", func(w io.Writer) error {
			if err := render.Failures(w, report(t), style); err != nil {
				return err
			}
			if err := render.Summary(w, report(t), style); err != nil {
				return err
			}
			return render.Summary(w, &render.Report{Packages: 1}, style)
		})
	}
}

func TestJSON(t *testing.T) {
	golden(t, "report.json", func(w io.Writer) error { return render.JSON(w, report(t)) })
}

// entry is a rule of no pass: the goldens must not change with the catalogue.
var entry = &rule.Rule{
	Pass: "lockawait", Slug: "lock-across-tea", Level: rule.Error, Lowest: rule.Note,
	Title: "a lock is held while `brew` waits for the kettle",
	What:  "`mu` is held while brew waits. The wait has no end of its own: it ends when `kettle.Ready()` is called by someone who, in turn, may want the lock.\n\nA second paragraph.",
	Why:   "Everyone who wants the lock waits for the water, 世界中 included.",
	Fine:  "A kettle that is known to be hot.",
	Bad:   "mu.Lock()\nif dry {\n\tbrew() // waits\n}\nmu.Unlock()",
	Good:  "brew()\nmu.Lock()\nmu.Unlock()",
	Help:  "brew before you lock",
	Fix:   rule.ReviewFix,
	Since: "v0.1.0",
}

func TestRules(t *testing.T) {
	rules := []*rule.Rule{{Pass: "leak", Slug: "tea", Level: rule.Warning, Title: "tea gets `cold`"}, entry}
	golden(t, "rules.txt", func(w io.Writer) error { return render.Rules(w, rules, render.Style{}) })
	golden(t, "rules-colour.txt", func(w io.Writer) error { return render.Rules(w, rules, render.Style{Color: true}) })
}

func TestExplain(t *testing.T) {
	for name, style := range map[string]render.Style{"plain": {}, "colour": {Color: true, Width: 200}, "narrow": {Width: 10}} {
		golden(t, "explain-"+name+".txt", func(w io.Writer) error { return render.Explain(w, entry, style) })
	}
}
