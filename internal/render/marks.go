package render

import (
	"cmp"
	"slices"
	"strings"
)

// A mark is a span of one file with what to say about it.
type mark struct {
	from, to place // to is the first place behind the span
	label    string
	step     int // place in the order of reading, from 1; 0 for the finding itself
}

// A place is a line and a byte column, both from 1.
type place struct{ line, column int }

// primary reports whether the mark is the finding's own position.
func (m *mark) primary() bool { return m.step == 0 }

func (m *mark) multiline() bool { return m.to.line > m.from.line }

func (m *mark) glyph() rune {
	if m.primary() {
		return '^'
	}
	return '-'
}

// A row is one line of marks below a line of source. Glyphs have fixed columns;
// the label, if any, is last, so its width does not matter to anything.
type row struct {
	glyphs   []rune
	inks     []ink // one a glyph
	label    string
	labelAt  int // column
	labelInk ink
}

func (r *row) put(column int, g rune, i ink) {
	for len(r.glyphs) <= column {
		r.glyphs, r.inks = append(r.glyphs, ' '), append(r.inks, plain)
	}
	r.glyphs[column], r.inks[column] = g, i
}

func (r *row) putLabel(column int, label string, i ink) {
	r.label, r.labelAt, r.labelInk = label, column, i
}

func (r *row) render(s Style) string {
	var b strings.Builder
	for i := 0; i < len(r.glyphs); {
		j := i
		for j < len(r.glyphs) && r.inks[j] == r.inks[i] {
			j++
		}
		b.WriteString(s.paint(r.inks[i], string(r.glyphs[i:j])))
		i = j
	}
	if r.label != "" {
		b.WriteString(strings.Repeat(" ", max(0, r.labelAt-len(r.glyphs))))
		b.WriteString(s.paint(r.labelInk, r.label))
	}
	return strings.TrimRight(b.String(), " ")
}

// A segment is a mark of a single line, in columns of the row.
type segment struct {
	from, to int
	*mark
}

// underline returns the rows that mark segments of one line: the underlines, with
// the last label behind them, then the other labels hanging below their segments.
//
//	s.mu.Lock(); s.mu.Lock()
//	-----------  ^^^^^^^^^^^ waits for ever
//	|
//	s.mu is locked here
func underline(segments []segment, inkOf func(*mark) ink) []*row {
	if len(segments) == 0 {
		return nil
	}
	// From right to left; of two that begin together the one with more to say
	// on its right goes first.
	slices.SortStableFunc(segments, func(a, b segment) int {
		return cmp.Or(cmp.Compare(b.from, a.from), cmp.Compare(b.to, a.to))
	})
	under := new(row)
	end := 0
	for _, primary := range []bool{false, true} { // primary marks on top
		for _, seg := range segments {
			end = max(end, seg.to)
			for c := seg.from; c < seg.to && seg.primary() == primary; c++ {
				under.put(c, seg.glyph(), inkOf(seg.mark))
			}
		}
	}
	rows := []*row{under}
	hanging := segments
	if last := segments[0]; last.to == end && last.label != "" {
		under.putLabel(end+1, last.label, inkOf(last.mark))
		hanging = segments[1:]
	}
	hanging = slices.DeleteFunc(slices.Clone(hanging), func(s segment) bool { return s.label == "" })
	if len(hanging) == 0 {
		return rows
	}
	connect := func(segs []segment) *row {
		r := new(row)
		for _, s := range segs {
			r.put(s.from, '|', inkOf(s.mark))
		}
		return r
	}
	rows = append(rows, connect(hanging))
	for i, seg := range hanging {
		left := slices.DeleteFunc(slices.Clone(hanging[i+1:]), func(s segment) bool { return s.from == seg.from })
		r := connect(left)
		r.putLabel(seg.from, seg.label, inkOf(seg.mark))
		rows = append(rows, r)
	}
	return rows
}
