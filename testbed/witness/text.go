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
		if f.Kind == explore.TestFailed { // the stack is what the test printed
			fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(f.Goroutines[i].Stack, "\n", "\n  "))
			continue
		}
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
	rows, earlier, hidden := t.visible(shown)
	width := make([]int, len(shown))
	header := make([]string, len(shown))
	for i, l := range shown {
		header[i] = clip(fmt.Sprintf("g%d %s", l.ID, l.Name))
		width[i] = utf8.RuneCountInString(header[i])
	}
	for _, r := range rows {
		i, cell := place(shown, r)
		width[i] = max(width[i], utf8.RuneCountInString(cell))
	}
	b.WriteByte('\n')
	line(b, "step", "time", header, width)
	if earlier > 0 {
		fmt.Fprintf(b, "   ... %d earlier events\n", earlier)
	}
	for _, r := range rows {
		cells := make([]string, len(shown))
		i, cell := place(shown, r)
		cells[i] = cell
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

// visible returns the last rows of the shown goroutines, how many there are
// before them, and how many belong to others.
func (t *Timeline) visible(shown []*Lane) (rows []*Row, earlier, hidden int) {
	for _, r := range t.Rows {
		switch {
		case r.internal():
		case r.G == explore.Clock || columnOf(shown, r.G) >= 0:
			rows = append(rows, r)
		default:
			hidden++
		}
	}
	earlier = max(0, len(rows)-maxRows)
	return rows[earlier:], earlier, hidden
}

// internal says that the row is one of the short critical sections of package
// context, which the table leaves out.
func (r *Row) internal() bool {
	return r.Kind == "op" && strings.HasPrefix(r.File, "context/") && strings.Contains(r.Text, ".mu.")
}

func columnOf(shown []*Lane, g int) int {
	return slices.IndexFunc(shown, func(l *Lane) bool { return l.ID == g })
}

// place is the column of a visible row and what stands there. The clock has no
// column; what it does stands in the first one, in parentheses.
func place(shown []*Lane, r *Row) (column int, cell string) {
	if i := columnOf(shown, r.G); i >= 0 {
		return i, r.cell()
	}
	return 0, clip("(" + r.Text + ")")
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
