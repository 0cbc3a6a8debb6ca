package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// suppressed is what the line forms say behind a finding that a comment hides.
func suppressed(f *finding.Finding) string {
	switch {
	case f.Suppressed == nil:
		return ""
	case f.Suppressed.Reason == "":
		return " [suppressed]"
	}
	return " [suppressed: " + oneLine(f.Suppressed.Reason) + "]"
}

// Failures writes what could not be analysed, and why; nothing when all could.
func Failures(w io.Writer, r *Report, s Style) error {
	out := bufio.NewWriter(w)
	for _, f := range r.Failures {
		what := f.Package + ": could not be analysed"
		if f.Pass != "" {
			what = f.Package + ": pass " + f.Pass + " could not finish"
		}
		first, rest, _ := strings.Cut(strings.TrimSpace(f.Reason), "\n")
		fmt.Fprintf(out, "%s: %s: %s\n", s.paint(red, "failure"), what, printable(first))
		for line := range strings.Lines(rest) {
			fmt.Fprintf(out, "    %s\n", printable(strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), "\r\n")))
		}
	}
	return out.Flush()
}

// Summary writes the closing line: findings by level, packages, time.
func Summary(w io.Writer, r *Report, s Style) error {
	var found []string
	for _, level := range []rule.Level{rule.Error, rule.Warning, rule.Note} {
		if n := r.Count(level); n > 0 {
			found = append(found, s.paint(levelInk(level), count(n, level.String())))
		}
	}
	line := strings.Join(found, ", ")
	if line == "" {
		line = "no findings"
	}
	line += " in " + count(r.Packages, "package")
	if n := len(r.Failures); n > 0 {
		line += ", " + s.paint(red, count(n, "failure"))
	}
	if r.Suppressed > 0 {
		line += fmt.Sprintf(", %d suppressed", r.Suppressed)
	}
	if r.Elapsed > 0 {
		line += s.paint(faint, " ("+elapsed(r.Elapsed)+")")
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// elapsed rounds to what a reader can use: 340ms, 1.2s, 2m5s.
func elapsed(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
