package witness

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Limits of the table. A wider or longer one is no longer read; the page and
// the trace have everything.
const (
	maxColumns = 6
	maxWidth   = 34
	maxRows    = 60
)

// WriteTable writes the finding and its interleaving, a column a goroutine:
//
//	step  time   g0 TestX                g1 (*queue).run
//	   4  400ns  q.go:31 q.mu.Lock
//	   5  500ns                          q.go:44 q.mu.Lock
//	   5  500ns                          blocks on mutex #1
func (t *Timeline) WriteTable(w io.Writer) error {
	var b strings.Builder
	t.writeHead(&b)
	t.writeRows(&b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing a witness: %w", err)
	}
	return nil
}

func (t *Timeline) writeHead(b *strings.Builder) {
	f := t.Finding
	fmt.Fprintf(b, "%s", f.Kind)
	if f.Detail != "" {
		fmt.Fprintf(b, ": %s", f.Detail)
	}
	b.WriteByte('\n')
	for i := range f.Goroutines {
		fmt.Fprintf(b, "  %s\n", f.Goroutines[i].Blocked())
	}
	fmt.Fprintf(b, "found in schedule %d (%s); this witness: %s\n", f.Schedule, f.Strategy, cost(f))
}

// cost says how far a witness is from what an undisturbed scheduler would do.
func cost(f *explore.Found) string {
	s := fmt.Sprintf("%d steps, %d preemptions", f.Steps, f.Preemptions)
	if f.ClockJumps > 0 {
		s += fmt.Sprintf(", %d clock jumps (somebody was slow)", f.ClockJumps)
	}
	if !f.Confirmed {
		s += "; a fresh process did not repeat it"
	}
	return s
}

func (t *Timeline) writeRows(b *strings.Builder) {
	if len(t.Rows) == 0 {
		return
	}
	shown := t.columns()
	rows, hidden := t.visible(shown)
	width := make([]int, len(shown))
	header := make([]string, len(shown))
	for i, l := range shown {
		header[i] = clip(fmt.Sprintf("g%d %s", l.ID, l.Name))
		width[i] = utf8.RuneCountInString(header[i])
	}
	for _, r := range rows {
		if i := columnOf(shown, r.G); i >= 0 {
			width[i] = max(width[i], utf8.RuneCountInString(r.cell()))
		}
	}
	b.WriteByte('\n')
	line(b, "step", "time", header, width)
	if len(rows) < len(t.Rows)-hidden {
		fmt.Fprintf(b, "   ... %d earlier events\n", len(t.Rows)-hidden-len(rows))
	}
	for _, r := range rows {
		cells := make([]string, len(shown))
		if i := columnOf(shown, r.G); i >= 0 {
			cells[i] = r.cell()
		} else if len(cells) > 0 {
			cells[0] = clip("(" + r.Text + ")")
		}
		line(b, fmt.Sprint(r.Step), r.Clock(), cells, width)
	}
	if hidden > 0 {
		fmt.Fprintf(b, "   (%d events of %d other goroutines are not shown)\n", hidden, len(t.Lanes)-len(shown))
	}
}

// columns chooses the goroutines to show: all if they fit, else those that the
// finding names, and the root.
func (t *Timeline) columns() []*Lane {
	if len(t.Lanes) <= maxColumns {
		return t.Lanes
	}
	var shown []*Lane
	for _, l := range t.Lanes {
		if l.Involved && len(shown) < maxColumns {
			shown = append(shown, l)
		}
	}
	if columnOf(shown, 0) < 0 && len(shown) < maxColumns {
		shown = slices.Insert(shown, 0, t.lane(0))
	}
	return shown
}

// visible returns the last rows of the shown goroutines, and how many rows
// belong to others.
func (t *Timeline) visible(shown []*Lane) (rows []*Row, hidden int) {
	for _, r := range t.Rows {
		if r.G == explore.Clock || columnOf(shown, r.G) >= 0 {
			rows = append(rows, r)
		} else {
			hidden++
		}
	}
	if len(rows) > maxRows {
		rows = rows[len(rows)-maxRows:]
	}
	return rows, hidden
}

func columnOf(shown []*Lane, g int) int {
	return slices.IndexFunc(shown, func(l *Lane) bool { return l.ID == g })
}

// cell is the row as its goroutine's column shows it.
func (r *Row) cell() string {
	if r.Kind != "op" || r.File == "" {
		return clip(r.Text)
	}
	return clip(r.Place() + " " + r.Text)
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxWidth {
		return string(r[:maxWidth-1]) + "…"
	}
	return s
}

func line(b *strings.Builder, step, clock string, cells []string, width []int) {
	s := fmt.Sprintf("%6s %10s", step, clock)
	for i, c := range cells {
		s += "  " + c + strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
	}
	b.WriteString(strings.TrimRight(s, " ") + "\n")
}
