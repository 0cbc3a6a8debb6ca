package render

import (
	"fmt"
	"slices"
	"strings"
)

// A frame is the excerpt of one file: the marked lines, and lines between them.
type frame struct {
	path  string
	at    place // shown in the frame's head line
	marks []*mark
	lost  []*mark // those that no line can be shown for
	src   *source // nil when the file cannot be read
}

// longSpan is the number of lines up to which a marked span is shown whole.
const longSpan = 5

// shortGap is the number of lines between two marked ones up to which they are
// shown: they are the context in which the marks make sense.
const shortGap = 3

// lines returns the numbers of the lines to show, sorted.
func (f *frame) lines() []int {
	var ns []int
	for _, m := range f.marks {
		ns = append(ns, m.from.line, m.to.line)
		if m.to.line-m.from.line < longSpan {
			for n := m.from.line; n < m.to.line; n++ {
				ns = append(ns, n)
			}
		}
	}
	slices.Sort(ns)
	ns = slices.Compact(ns)
	var shown []int
	for i, n := range ns {
		first := n
		if i > 0 && n-ns[i-1] <= shortGap+1 {
			first = ns[i-1] + 1
		}
		for ; first <= n; first++ {
			shown = append(shown, first)
		}
	}
	return shown
}

// prune moves the marks whose lines the file does not have to lost: the file
// changed after it was analysed, or cannot be read at all.
func (f *frame) prune() {
	f.marks = slices.DeleteFunc(f.marks, func(m *mark) bool {
		_, from := f.src.line(m.from.line)
		_, to := f.src.line(m.to.line)
		if !from || !to {
			f.lost = append(f.lost, m)
		}
		return !from || !to
	})
}

// A painter writes the frames of one finding with a common gutter.
type painter struct {
	b      *strings.Builder
	style  Style
	level  ink
	gutter int // columns of the widest line number
}

func (p *painter) ink(m *mark) ink {
	if m.primary() {
		return p.level
	}
	return blue
}

// line writes one line behind the gutter: number and bar, then text.
func (p *painter) line(number, bar, text string) {
	head := p.style.paint(blue, fmt.Sprintf("%*s %s", p.gutter, number, bar))
	p.b.WriteString(strings.TrimRight(head+" "+text, " ") + "\n")
}

// head writes the position of a frame, with an arrow for the finding's own.
func (p *painter) head(arrow string, f *frame) {
	fmt.Fprintf(p.b, "%s %s:%d:%d\n", p.style.paint(blue, strings.Repeat(" ", p.gutter)+arrow), printable(f.path), f.at.line, f.at.column)
}

// frame writes the excerpt below its head line.
func (p *painter) frame(f *frame) {
	if len(f.marks) > 0 {
		p.line("", "|", "")
		p.excerpt(f)
	}
	for _, m := range f.lost {
		if m.label != "" {
			p.line("", "|", fmt.Sprintf("%s:%d:%d: %s", printable(f.path), m.from.line, m.from.column, m.label))
		}
	}
}

func (p *painter) excerpt(f *frame) {
	lanes := newLanes(f.marks, p.ink)
	previous := 0
	for _, n := range f.lines() {
		if previous != 0 && n > previous+1 {
			head := p.style.paint(blue, "...") + strings.Repeat(" ", p.gutter)
			p.b.WriteString(strings.TrimRight(head+lanes.bars(previous+1).render(p.style), " ") + "\n")
		}
		p.source(f, n, lanes)
		previous = n
	}
}

// source writes one line of source and the marks below it.
func (p *painter) source(f *frame, n int, lanes *lanes) {
	text, _ := f.src.line(n)
	d := newDisplay(text)
	w := p.window(f, n, d, lanes)
	bars := lanes.bars(n)
	for lane, m := range lanes.of {
		if m != nil && m.from.line == n && lanes.opensInMargin(m, d) {
			bars.put(lane, '/', p.ink(m))
		}
	}
	margin := bars.render(p.style)
	margin += strings.Repeat(" ", max(0, lanes.width()-len(bars.glyphs)))
	p.line(fmt.Sprint(n), "|", margin+d.text(w))

	for _, r := range p.below(f, n, d, w, lanes) {
		p.line("", "|", r.render(p.style))
	}
}

// window chooses the part of a line to show: around the finding's own mark if it
// is on the line, else around all marks of the line.
func (p *painter) window(f *frame, n int, d display, lanes *lanes) window {
	from, to, own := d.width, 0, false
	for _, m := range f.marks {
		if m.from.line != n && m.to.line != n || own && !m.primary() {
			continue
		}
		a, b := d.indent(), d.width
		if m.from.line == n {
			a = d.column(m.from.column)
		}
		if m.to.line == n {
			b = d.column(m.to.column)
		}
		if m.primary() && !own {
			from, to, own = a, b, true
			continue
		}
		from, to = min(from, a), max(to, b)
	}
	room := p.style.width() - p.gutter - 3 - lanes.width()
	return d.window(min(from, to), to, room)
}

// below returns the rows of marks below a line.
func (p *painter) below(f *frame, n int, d display, w window, lanes *lanes) []*row {
	var segments []segment
	for _, m := range f.marks {
		if m.from.line == n && !m.multiline() {
			a := w.column(d.column(m.from.column))
			b := max(w.column(d.column(m.to.column)), a+1)
			segments = append(segments, segment{lanes.width() + a, lanes.width() + b, m})
		}
	}
	rows := underline(segments, p.ink)
	for _, r := range rows {
		lanes.carry(r, n, d)
	}
	for lane, m := range lanes.of {
		switch {
		case m.from.line == n && !lanes.opensInMargin(m, d):
			r := p.rail(lane, lanes.width()+w.column(d.column(m.from.column)), m)
			r.put(lane, ' ', plain)
			rows = append(rows, lanes.carry(r, n, d))
		case m.to.line == n:
			last := max(w.column(d.column(m.to.column))-1, 0)
			r := p.rail(lane, lanes.width()+last, m)
			r.put(lane, '|', p.ink(m))
			if m.label != "" {
				r.putLabel(lanes.width()+last+2, m.label, p.ink(m))
			}
			rows = append(rows, lanes.carry(r, n, d))
		}
	}
	return rows
}

// rail joins a lane to a column of the source: "|____^".
func (p *painter) rail(lane, column int, m *mark) *row {
	r := new(row)
	for c := lane + 1; c < column; c++ {
		r.put(c, '_', p.ink(m))
	}
	r.put(column, m.glyph(), p.ink(m))
	return r
}
