package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/asynclint/asynclint/internal/rule"
)

// textColumns is the widest that prose is set: longer lines are hard to follow.
const textColumns = 88

// Rules writes rules as a table: name, level, title.
func Rules(w io.Writer, rules []*rule.Rule, s Style) error {
	out := bufio.NewWriter(w)
	widest := 0
	for _, r := range rules {
		widest = max(widest, len(r.ID()))
	}
	for _, r := range rules {
		name, level := fmt.Sprintf("%-*s", widest, r.ID()), fmt.Sprintf("%-7s", r.Level)
		fmt.Fprintf(out, "%s  %s  %s\n", s.paint(bold, name), s.paint(levelInk(r.Level), level), prose(r.Title, s))
	}
	fmt.Fprintf(out, "\n%s\n", prose("`asynclint explain RULE` tells what a rule reports, why, and what to do instead.", s))
	return out.Flush()
}

// Explain writes a rule's whole entry. The catalogue's texts are Markdown with
// little markup: paragraphs and code in backquotes.
func Explain(w io.Writer, r *rule.Rule, s Style) error {
	e := &explainer{out: bufio.NewWriter(w), style: s, columns: min(s.width(), textColumns)}
	fmt.Fprintf(e.out, "%s: %s\n", s.paint(bold, r.ID()), prose(r.Title, s))

	e.section("What it reports", r.What)
	e.section("Why that is a bug", r.Why)
	e.section("When the same shape is right", r.Fine)
	e.code("Reported", removed, r.Bad)
	e.code("Instead", added, r.Good)
	e.section("What to do", sentence(r.Help))
	e.section("Limits", r.Limits)

	fmt.Fprintf(e.out, "\n%s\n", s.paint(bold, "Facts"))
	e.fact("level", Levels(r))
	e.fact("fix", fixText[r.Fix])
	e.fact("since", r.Since)
	e.fact("suppress", "//asynclint:ignore "+r.ID()+" REASON")
	e.fact("page", r.URL())
	return e.out.Flush()
}

type explainer struct {
	out     *bufio.Writer
	style   Style
	columns int
}

// section writes a titled text, indented and wrapped; nothing when it is empty.
func (e *explainer) section(title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(e.out, "\n%s\n", e.style.paint(bold, title))
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			fmt.Fprintln(e.out)
		}
		for _, line := range wrap(paragraph, e.columns-4) {
			fmt.Fprintf(e.out, "    %s\n", prose(line, e.style))
		}
	}
}

// code writes an example behind a bar, so that its own indentation can be seen.
func (e *explainer) code(title string, i ink, text string) {
	fmt.Fprintf(e.out, "\n%s\n", e.style.paint(bold, title))
	for line := range strings.Lines(text) {
		shown := strings.TrimRight(newDisplay([]byte(strings.TrimRight(line, "\n"))).all(), " ")
		fmt.Fprintf(e.out, "    %s\n", strings.TrimRight(e.style.paint(i, "|")+" "+shown, " "))
	}
}

func (e *explainer) fact(name, value string) {
	fmt.Fprintf(e.out, "    %-9s %s\n", name, value)
}

var fixText = map[rule.Fix]string{
	rule.NoFix:     "none: the repair is a design decision",
	rule.SafeFix:   "safe: every run that did not go wrong keeps its meaning",
	rule.ReviewFix: "to be reviewed: the usual remedy, but it changes behaviour",
}

// Levels says in words at which levels a rule reports.
func Levels(r *rule.Rule) string {
	if r.Lowest == r.Level {
		return r.Level.String()
	}
	return fmt.Sprintf("%s; down to %s where it rests on an assumption", r.Level, r.Lowest)
}

// prose colours the code in a line of Markdown and, without colour, leaves the
// backquotes in place: they are how plain text marks code. The line was wrapped
// before, so code that was broken over two lines stays as it is.
func prose(line string, s Style) string {
	if !s.Color || strings.Count(line, "`")%2 != 0 {
		return line
	}
	var b strings.Builder
	for i, part := range strings.Split(line, "`") {
		if i%2 == 1 {
			part = s.paint(cyan, part)
		}
		b.WriteString(part)
	}
	return b.String()
}
