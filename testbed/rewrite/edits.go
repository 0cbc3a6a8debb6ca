package rewrite

import (
	"slices"
	"strings"
)

// An edit is one change to a file's bytes. Insertions lean: a close belongs to
// the text on its left, an open to the text on its right, which decides both
// the order of insertions at one offset and whether a sub-range includes them.
type edit struct {
	kind editKind
	off  int // where the text goes
	end  int // a replacement covers [off, end); else end == off
	text string
	seq  int // order of creation: inner constructs before outer ones
}

type editKind uint8

const (
	closing editKind = iota
	opening
	replacing
)

// edits are the changes to one file; they never change its number of lines.
//
// The rewriter walks a file in post-order, so the edits of an inner construct
// exist before those of the construct around it. At one offset the order is
// therefore: closes, inner first; then opens, outer first; then a replacement.
type edits struct {
	src  []byte
	list []edit
	made int // edits created so far
}

// open inserts text before the construct that starts at off.
func (e *edits) open(off int, text string) { e.add(opening, off, off, text) }

// close inserts text after the construct that ends at off.
func (e *edits) close(off int, text string) { e.add(closing, off, off, text) }

// replace puts text in place of [off, end), which holds no other edit, and
// keeps the newlines that stood there at the end of the text. The text must
// therefore end where a line may break.
func (e *edits) replace(off, end int, text string) {
	e.add(replacing, off, end, text+e.newlines(off, end))
}

// newlines returns as many newlines as [off, end) of the source has.
func (e *edits) newlines(off, end int) string {
	return strings.Repeat("\n", strings.Count(string(e.src[off:end]), "\n"))
}

// absorb replaces [off, end) and everything inside it, edits included.
func (e *edits) absorb(off, end int, text string) {
	e.list = slices.DeleteFunc(e.list, func(d edit) bool { return d.within(off, end) })
	e.replace(off, end, text)
}

func (e *edits) add(kind editKind, off, end int, text string) {
	e.list = append(e.list, edit{kind: kind, off: off, end: end, text: text, seq: e.made})
	e.made++
}

// within reports whether the edit belongs to the construct [off, end).
func (d edit) within(off, end int) bool {
	switch d.kind {
	case closing:
		return off < d.off && d.off <= end
	case opening:
		return off <= d.off && d.off < end
	}
	return off <= d.off && d.end <= end
}

// render returns the edited text of [off, end).
func (e *edits) render(off, end int) string {
	var in []edit
	for _, d := range e.list {
		if d.within(off, end) {
			in = append(in, d)
		}
	}
	slices.SortStableFunc(in, func(a, b edit) int {
		switch {
		case a.off != b.off:
			return a.off - b.off
		case a.kind != b.kind:
			return int(a.kind) - int(b.kind)
		case a.kind == opening:
			return b.seq - a.seq
		}
		return a.seq - b.seq
	})
	var b strings.Builder
	at := off
	for _, d := range in {
		b.Write(e.src[at:d.off])
		b.WriteString(d.text)
		at = max(at, d.end)
	}
	b.Write(e.src[at:end])
	return b.String()
}
