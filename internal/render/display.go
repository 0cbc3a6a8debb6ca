package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// tabWidth is the number of columns that a tab in source advances to. Four keeps
// deeply nested code on screen; gofmt aligns nothing with tabs inside a line.
const tabWidth = 4

// A display is one line of source as a terminal shows it.
type display struct {
	cells []cell
	width int
}

// A cell is what one rune, or one byte that is not UTF-8, becomes on screen.
type cell struct {
	text   string
	column int // first screen column, from 0
	width  int // 0 for a mark that combines with the cell before it
	offset int // of its first byte in the line
}

func newDisplay(line []byte) display {
	var d display
	for offset := 0; offset < len(line); {
		r, size := utf8.DecodeRune(line[offset:])
		c := cell{text: string(r), column: d.width, width: runeWidth(r), offset: offset}
		switch {
		case r == '\t':
			c.width = tabWidth - d.width%tabWidth
			c.text = strings.Repeat(" ", c.width)
		case hostile(r):
			c.text, c.width = string(unicode.ReplacementChar), 1
		}
		d.cells = append(d.cells, c)
		d.width += c.width
		offset += size
	}
	return d
}

// runeWidth is the number of columns a terminal gives to a rune.
func runeWidth(r rune) int {
	switch {
	case r < 0x7F:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200B' || r == '\u200D':
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// hostile reports whether a rune must not reach a terminal: control characters can
// drive it, and bidirectional controls can make code read as what it is not.
func hostile(r rune) bool {
	return unicode.IsControl(r) || '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// printable replaces what must not reach a terminal in a text that is not source.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if hostile(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// textWidth is the number of columns of a text without tabs.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// column returns the screen column, from 0, of a byte column, from 1. Behind the
// line's end it is the line's width.
func (d display) column(byteColumn int) int {
	for _, c := range d.cells {
		if c.offset+1 >= byteColumn {
			return c.column
		}
	}
	return d.width
}

// indent is the screen column of the first cell that is not blank.
func (d display) indent() int {
	for _, c := range d.cells {
		if strings.TrimSpace(c.text) != "" {
			return c.column
		}
	}
	return d.width
}

// A window is the part of a line that is shown: screen columns [from, to).
type window struct {
	from, to int
	width    int // of the whole line
}

// window chooses what to show of the line in at most room columns so that the
// columns [from, to) are visible, in the middle when both sides must be cut.
func (d display) window(from, to, room int) window {
	if d.width <= room {
		return window{0, d.width, d.width}
	}
	inner := room - 2 // an ellipsis on either side
	first := max(0, from-max(0, inner-(to-from))/2)
	if first <= 1 {
		first = 0
	}
	last := first + inner
	if last >= d.width {
		first, last = d.width-inner, d.width
	}
	return window{first, last, d.width}
}

// all is the whole line.
func (d display) all() string { return d.text(window{0, d.width, d.width}) }

// text is the visible part of the line, with an ellipsis where it is cut.
func (d display) text(w window) string {
	var b strings.Builder
	if w.from > 0 {
		b.WriteString("…")
	}
	for _, c := range d.cells {
		switch {
		case c.column >= w.from && c.column+c.width <= w.to:
			b.WriteString(c.text)
		case c.column < w.to && c.column+c.width > w.from: // a wide cell on the edge
			b.WriteString(strings.Repeat(" ", min(c.column+c.width, w.to)-max(c.column, w.from)))
		}
	}
	if w.to < w.width {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " ")
}

// column maps a column of the line to one of the visible text, clamped to it.
func (w window) column(c int) int {
	c = min(max(c, w.from), w.to) - w.from
	if w.from > 0 {
		c++
	}
	return c
}
