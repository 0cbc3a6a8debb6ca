package render

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
)

// maxPatch is the number of changed lines above which a fix is only named: a
// longer change is better read as a diff.
const maxPatch = 12

// A patch is a suggested fix as changed lines of one file.
type patch struct {
	message string
	hunks   []hunk // empty when there is nothing to show in short
}

// A hunk replaces some whole lines by others. One of the two may be empty.
type hunk struct {
	line     int // the first replaced line, or the one that insertions go before
	old, new []string
}

// newPatch returns the finding's preferred fix, or nil when it has none.
func newPatch(r *Report, srcs *sources, f *finding.Finding) *patch {
	if len(f.Fixes) == 0 {
		return nil
	}
	fix := f.Fixes[0]
	p := &patch{message: fix.Message}
	if p.message == "" {
		p.message = "apply the suggested edits"
	}
	edits := slices.Clone(fix.Edits)
	if len(edits) == 0 || slices.ContainsFunc(edits, func(e finding.Edit) bool { return r.path(e.File) != r.path(f.Pos.File) }) {
		return p
	}
	src := srcs.file(f.Pos.File)
	slices.SortStableFunc(edits, func(a, b finding.Edit) int { return cmp.Compare(a.Start, b.Start) })
	if src == nil || !applicable(edits, len(src.data)) {
		return p
	}
	for len(edits) > 0 {
		n := src.group(edits)
		p.hunks = append(p.hunks, src.hunk(edits[:n]))
		edits = edits[n:]
	}
	changed := 0
	for _, h := range p.hunks {
		changed += len(h.old) + len(h.new)
	}
	if changed > maxPatch {
		p.hunks = nil
	}
	return p
}

// applicable reports whether sorted edits lie inside a file of the given size and
// do not overlap.
func applicable(edits []finding.Edit, size int) bool {
	last := 0
	for _, e := range edits {
		if e.Start < last || e.End < e.Start || e.End > size {
			return false
		}
		last = e.End
	}
	return true
}

// group returns how many of the edits, from the first on, touch the same or
// adjacent lines and so belong into one hunk.
func (s *source) group(edits []finding.Edit) int {
	n := 1
	for ; n < len(edits); n++ {
		end, _ := s.position(edits[n-1].End)
		start, _ := s.position(edits[n].Start)
		if start > end+1 {
			break
		}
	}
	return n
}

// hunk applies edits to the lines that they touch.
func (s *source) hunk(edits []finding.Edit) hunk {
	first, _ := s.position(edits[0].Start)
	last, column := s.position(edits[len(edits)-1].End)
	if column == 1 && last > first { // up to and with the line end before
		last--
	}
	from, to := s.starts[first-1], len(s.data)
	if last < len(s.starts) {
		to = s.starts[last]
	}
	var b bytes.Buffer
	at := from
	for _, e := range edits {
		b.Write(s.data[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(s.data[at:max(at, to)])

	h := hunk{line: first, old: splitLines(s.data[from:to]), new: splitLines(b.Bytes())}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[0] == h.new[0] {
		h.line, h.old, h.new = h.line+1, h.old[1:], h.new[1:]
	}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[len(h.old)-1] == h.new[len(h.new)-1] {
		h.old, h.new = h.old[:len(h.old)-1], h.new[:len(h.new)-1]
	}
	return h
}

func splitLines(text []byte) []string {
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, strings.TrimRight(string(line), "\r\n"))
	}
	return lines
}

// lastLine is the highest line number that the patch shows.
func (p *patch) lastLine() int {
	if p == nil || len(p.hunks) == 0 {
		return 0
	}
	h := p.hunks[len(p.hunks)-1]
	return h.line + max(len(h.old), len(h.new))
}

// patch writes the changed lines with the numbers of the file as it is.
func (p *painter) patch(pt *patch) {
	if len(pt.hunks) == 0 {
		return
	}
	p.line("", "|", "")
	for i, h := range pt.hunks {
		if i > 0 {
			p.b.WriteString(p.style.paint(blue, "...") + "\n")
		}
		for j, text := range h.old {
			p.change(h.line+j, "-", removed, text, difference(text, h.new, j))
		}
		for j, text := range h.new {
			p.change(h.line+j, "+", added, text, difference(text, h.old, j))
		}
	}
	p.line("", "|", "")
}

// difference returns the byte column from which a line differs from the j-th of
// the others, or 1 when there is none.
func difference(text string, others []string, j int) int {
	n := 0
	if j < len(others) {
		for n < min(len(text), len(others[j])) && text[n] == others[j][n] {
			n++
		}
	}
	return n + 1
}

// change writes one changed line, cut around its first difference if it is long.
func (p *painter) change(line int, sign string, i ink, text string, at int) {
	d := newDisplay([]byte(text))
	w := d.window(d.column(at), d.column(at), p.style.width()-p.gutter-3)
	number := p.style.paint(blue, fmt.Sprintf("%*d", p.gutter, line))
	fmt.Fprintf(p.b, "%s %s\n", number, p.style.paint(i, strings.TrimRight(sign+" "+d.text(w), " ")))
}
