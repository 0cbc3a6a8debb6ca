package analyze

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/wire"
)

// Entries turns the results of a run into the wire form, by analyzer. Findings
// that a comment suppresses or that lie below the level threshold, which no
// diagnostic stands for, are left out unless all is set.
func (u *Unit) Entries(results []Result, all bool) map[string]*wire.Entry {
	c := &converter{unit: u, content: make(map[string][]byte)}
	entries := make(map[string]*wire.Entry)
	var own []finding.Finding // one list, because fingerprints count in it
	var shown []slot          // for each of own
	for _, res := range results {
		e := new(wire.Entry)
		entries[res.Analyzer.Name] = e
		found, foreign := pair(res)
		for _, p := range found {
			own = append(own, c.finding(p.finding))
			shown = append(shown, slot{e, p.visible || all})
		}
		for _, d := range foreign {
			e.Diagnostics = append(e.Diagnostics, c.foreign(d))
		}
		if err := errors.Join(append([]error{res.Err}, c.problems...)...); err != nil {
			e.Error = err.Error()
		}
		c.problems = nil
	}
	finding.SetFingerprints(own, c.read)
	for i, s := range shown {
		if s.show {
			s.entry.Diagnostics = append(s.entry.Diagnostics, diagnostic(own[i]))
		}
	}
	return entries
}

// A slot says where a finding goes, and whether it goes there.
type slot struct {
	entry *wire.Entry
	show  bool
}

// A paired finding knows whether a diagnostic stands for it.
type paired struct {
	finding *report.Finding
	visible bool
}

// pair tells the findings of a pass that it emitted as diagnostics from those
// that it kept back. Diagnostics for which there is no finding come from an
// analyzer that is not asynclint's.
func pair(res Result) (found []paired, foreign []analysis.Diagnostic) {
	type site struct {
		pos     token.Pos
		message string
	}
	reported := make(map[site]bool)
	for _, d := range res.Diagnostics {
		reported[site{d.Pos, d.Message}] = true
	}
	if value, ok := res.Value.(*report.Result); ok && value != nil {
		for i := range value.Findings {
			f := &value.Findings[i]
			at := site{f.Pos, f.Text()}
			found = append(found, paired{f, reported[at]})
			delete(reported, at)
		}
	}
	for _, d := range res.Diagnostics {
		if reported[site{d.Pos, d.Message}] {
			foreign = append(foreign, d)
		}
	}
	return found, foreign
}

// A converter resolves positions. It reads the files of findings only.
type converter struct {
	unit     *Unit
	content  map[string][]byte
	problems []error
}

func (c *converter) read(name string) ([]byte, error) {
	if content, ok := c.content[name]; ok {
		return content, nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c.content[name] = content
	return content, nil
}

func (c *converter) finding(f *report.Finding) finding.Finding {
	out := finding.Finding{
		Rule:    f.Rule.ID(),
		Level:   f.Level,
		Message: f.Text(),
		Help:    f.Help,
		URL:     f.Rule.URL(),
		Package: wire.ImportPath(c.unit.Pkg.Path()),
	}
	out.Pos, out.End = c.span(f.Pos, f.End)
	for _, rel := range f.Related {
		r := finding.Related{Message: rel.Message}
		r.Pos, r.End = c.span(rel.Pos, rel.End)
		out.Related = append(out.Related, r)
	}
	for _, fix := range f.Fixes {
		edits, err := c.edits(fix)
		if err != nil {
			c.problems = append(c.problems, fmt.Errorf("internal error: fix of %s: %w", f.Rule.ID(), err))
			continue
		}
		if len(edits) > 0 {
			out.Fixes = append(out.Fixes, finding.Fix{Message: fix.Message, Edits: edits})
		}
	}
	if d := f.Suppression; d != nil {
		at, _ := c.span(d.Pos, d.End)
		out.Suppressed = &finding.Suppression{Reason: d.Reason, Pos: at}
	}
	return out
}

// span resolves a range. A range without an end is empty.
func (c *converter) span(pos, end token.Pos) (finding.Position, finding.Position) {
	from := c.position(pos)
	if !end.IsValid() {
		return from, from
	}
	to := c.position(end)
	if to.File != from.File {
		return from, from
	}
	return from, to
}

// position resolves one place. Where a //line comment says that the code stands
// elsewhere, as in the files that cgo writes, that place is meant; its offset
// is found from line and column, because the compiled file's is of no use.
func (c *converter) position(pos token.Pos) finding.Position {
	at, real := c.unit.Fset.Position(pos), c.unit.Fset.PositionFor(pos, false)
	out := finding.Position{File: absolute(at.Filename), Line: at.Line, Column: max(at.Column, 1), Offset: at.Offset}
	if at.Filename != real.Filename || at.Line != real.Line {
		content, _ := c.read(at.Filename)
		out.Offset = finding.Offset(content, out.Line, out.Column)
	}
	return out
}

func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}

// edits resolves a fix and checks it: each edit lies within one file of the
// package that can be edited, and no two overlap. A fix in a file that another
// program wrote from the user's (cgo) is dropped without an error.
func (c *converter) edits(fix analysis.SuggestedFix) ([]finding.Edit, error) {
	files := make(map[*token.File]bool)
	for _, f := range c.unit.Files {
		files[c.unit.Fset.File(f.FileStart)] = true
	}
	var edits []finding.Edit
	for _, e := range fix.TextEdits {
		if !e.End.IsValid() {
			e.End = e.Pos
		}
		tf := c.unit.Fset.File(e.Pos)
		switch {
		case tf == nil || !files[tf]:
			return nil, fmt.Errorf("%q edits something outside the package", fix.Message)
		case e.End < e.Pos || int(e.End) > tf.Base()+tf.Size():
			return nil, fmt.Errorf("%q has an edit that ends before it begins or in another file", fix.Message)
		}
		if c.unit.Fset.Position(e.Pos).Filename != tf.Name() {
			return nil, nil
		}
		edits = append(edits, finding.Edit{
			File:  absolute(tf.Name()),
			Start: tf.Offset(e.Pos),
			End:   tf.Offset(e.End),
			New:   string(e.NewText),
		})
	}
	slices.SortStableFunc(edits, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for i := 1; i < len(edits); i++ {
		if edits[i].File == edits[i-1].File && edits[i].Start < edits[i-1].End {
			return nil, fmt.Errorf("%q has edits that overlap", fix.Message)
		}
	}
	return edits, nil
}

// diagnostic gives a finding the form that `go vet` prints.
func diagnostic(f finding.Finding) wire.Diagnostic {
	d := wire.Diagnostic{
		Category: path.Base(f.Rule),
		Posn:     posn(f.Pos),
		End:      posn(f.End),
		Message:  f.Message,
		Finding:  &f,
	}
	for _, rel := range f.Related {
		d.Related = append(d.Related, wire.Related{Posn: posn(rel.Pos), End: posn(rel.End), Message: rel.Message})
	}
	for _, fix := range f.Fixes {
		s := wire.SuggestedFix{Message: fix.Message}
		for _, e := range fix.Edits {
			s.Edits = append(s.Edits, wire.TextEdit{Filename: e.File, Start: e.Start, End: e.End, New: e.New})
		}
		d.SuggestedFixes = append(d.SuggestedFixes, s)
	}
	return d
}

// foreign converts a diagnostic that stands for no finding of ours.
func (c *converter) foreign(d analysis.Diagnostic) wire.Diagnostic {
	from, to := c.span(d.Pos, d.End)
	out := wire.Diagnostic{Category: d.Category, Posn: posn(from), End: posn(to), Message: d.Message}
	for _, rel := range d.Related {
		from, to := c.span(rel.Pos, rel.End)
		out.Related = append(out.Related, wire.Related{Posn: posn(from), End: posn(to), Message: rel.Message})
	}
	for _, fix := range d.SuggestedFixes {
		edits, err := c.edits(fix)
		if err != nil {
			c.problems = append(c.problems, fmt.Errorf("internal error: fix %w", err))
			continue
		}
		s := wire.SuggestedFix{Message: fix.Message}
		for _, e := range edits {
			s.Edits = append(s.Edits, wire.TextEdit{Filename: e.File, Start: e.Start, End: e.End, New: e.New})
		}
		out.SuggestedFixes = append(out.SuggestedFixes, s)
	}
	return out
}

func posn(p finding.Position) string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}
