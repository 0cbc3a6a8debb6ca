package render

// The lanes of a frame are the columns left of the source in which bars connect
// the first and the last line of spans that cover several lines. Each such span
// has a lane of its own; findings have one or two at most.
//
//	12 | / select {
//	13 | | case <-ctx.Done():
//	...  |
//	18 | | }
//	   | |_^ blocks here
type lanes struct {
	of  []*mark
	ink func(*mark) ink
}

func newLanes(marks []*mark, inkOf func(*mark) ink) *lanes {
	l := &lanes{ink: inkOf}
	for _, m := range marks {
		if m.multiline() {
			l.of = append(l.of, m)
		}
	}
	return l
}

// width is the number of columns that the lanes take, with a blank behind them.
func (l *lanes) width() int {
	if len(l.of) == 0 {
		return 0
	}
	return len(l.of) + 1
}

// opensInMargin reports whether a span begins with its line, so that a slash in
// the lane is enough to show where.
func (l *lanes) opensInMargin(m *mark, d display) bool {
	return d.column(m.from.column) <= d.indent()
}

// bars returns the lanes beside the source line n.
func (l *lanes) bars(n int) *row {
	r := new(row)
	for lane, m := range l.of {
		if m.from.line < n && n <= m.to.line {
			r.put(lane, '|', l.ink(m))
		}
	}
	return r
}

// carry adds to a row below line n the bars of the spans that go on.
func (l *lanes) carry(r *row, n int, d display) *row {
	for lane, m := range l.of {
		open := m.from.line < n || m.from.line == n && l.opensInMargin(m, d)
		if open && n < m.to.line && (lane >= len(r.glyphs) || r.glyphs[lane] == ' ') {
			r.put(lane, '|', l.ink(m))
		}
	}
	return r
}
