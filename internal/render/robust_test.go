package render_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// TestAnyPosition renders positions that no file has: drivers, caches and edits
// after the analysis produce them. Nothing may crash, and nothing but text and
// line ends may reach the terminal.
func TestAnyPosition(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	paths := []string{store, lenGo, base + "/wide.go", base + "/long.go", base + "/bytes.go", base + "/gone.go", ""}
	position := func() finding.Position {
		return finding.Position{
			File: paths[rnd.IntN(len(paths))],
			Line: rnd.IntN(30) - 2, Column: rnd.IntN(600) - 2, Offset: rnd.IntN(600) - 2,
		}
	}
	for i := range 3000 {
		f := finding.Finding{Rule: rule.DoubleLock.ID(), Level: rule.Level(1 + rnd.IntN(3)), Message: "m\x1b[2J", Pos: position(), End: position()}
		if rnd.IntN(2) == 0 {
			f.End.File = f.Pos.File
		}
		for range rnd.IntN(4) {
			rel := finding.Related{Pos: position(), End: position(), Message: "r\r\n世"}
			rel.End.File = rel.Pos.File
			f.Related = append(f.Related, rel)
		}
		for range rnd.IntN(3) {
			fix := finding.Fix{Message: "x"}
			for range rnd.IntN(3) {
				a := rnd.IntN(200) - 1
				fix.Edits = append(fix.Edits, finding.Edit{File: f.Pos.File, Start: a, End: a + rnd.IntN(50) - 1, New: "a\n\tb"})
			}
			f.Fixes = append(f.Fixes, fix)
		}
		r := &render.Report{Findings: []finding.Finding{f}, Dir: base, ReadFile: read}
		var b bytes.Buffer
		for _, write := range []func(io.Writer) error{
			func(w io.Writer) error { return render.Snippets(w, r, render.Style{Width: rnd.IntN(200)}) },
			func(w io.Writer) error { return render.Lines(w, r) },
		} {
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
		}
		if bad := strings.IndexFunc(b.String(), func(r rune) bool { return r < ' ' && r != '\n' }); bad >= 0 || !utf8.Valid(b.Bytes()) {
			t.Fatalf("finding %d: output has control characters or is not UTF-8:\n%q", i, b.String())
		}
		b.Reset()
		if err := render.JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		if i%20 > 0 { // every SARIF log holds the whole catalogue
			continue
		}
		if err := render.SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
	}
}

// Lines that are too long for the terminal are cut so that the underline stays in
// sight and below what it marks.
func TestNarrowTerminal(t *testing.T) {
	table := findings()
	for _, name := range []string{"wide-runes", "long-line", "fix", "multi-line"} {
		r := report(t)
		r.Findings = []finding.Finding{table[name]}
		golden(t, "narrow-"+name+".txt", func(w io.Writer) error { return render.Snippets(w, r, render.Style{Width: 40}) })
	}
}

// The same report gives the same bytes.
func TestDeterminism(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *render.Report) error{
		"json": render.JSON, "sarif": render.SARIF, "lines": render.Lines,
		"snippets": func(w io.Writer, r *render.Report) error { return render.Snippets(w, r, render.Style{Color: true}) },
	} {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if err := write(b, report(t)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) || first.Len() == 0 {
			t.Errorf("%s differs between two runs", name)
		}
	}
}
