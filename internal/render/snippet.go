package render

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// Snippets writes the findings for a person at a terminal: a head line, the source
// with the operation that goes wrong underlined and the related positions labelled,
// and below it what to do.
//
//	error[lockawait/double-lock]: s.mu is locked again while it is held
//	  --> store.go:31:2
//	   |
//	30 |     s.mu.Lock()
//	   |     ----------- s.mu is locked here
//	31 |     s.mu.Lock()
//	   |     ^^^^^^^^^^^
//	   |
//	   = help: release the lock before the call
//	   = more: asynclint explain lockawait/double-lock
//
// The pointer to the rule's page is given once a rule.
func Snippets(w io.Writer, r *Report, s Style) error {
	out := bufio.NewWriter(w)
	srcs := r.sources()
	explained := make(map[string]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		out.WriteString(snippet(r, srcs, f, s, !explained[f.Rule]))
		out.WriteString("\n")
		explained[f.Rule] = true
	}
	return out.Flush()
}

func snippet(r *Report, srcs *sources, f *finding.Finding, s Style, more bool) string {
	frames := frames(r, srcs, f)
	patch := newPatch(r, srcs, f)
	p := &painter{b: new(strings.Builder), style: s, level: levelInk(f.Level)}
	p.gutter = max(len(fmt.Sprint(patch.lastLine())), 2)
	for _, fr := range frames {
		for _, m := range fr.marks {
			p.gutter = max(p.gutter, len(fmt.Sprint(m.to.line)))
		}
	}

	p.title(f)
	for i, fr := range frames {
		arrow := "-->"
		if i > 0 {
			arrow = ":::"
			p.line("", "|", "")
		}
		p.head(arrow, fr)
		p.frame(fr)
	}
	p.line("", "|", "")
	p.notes(f, patch, more)
	return p.b.String()
}

// title writes level, rule and message, wrapped with an indent.
func (p *painter) title(f *finding.Finding) {
	name := fmt.Sprintf("%s[%s]", f.Level, f.Rule)
	const indent = "    "
	for i, line := range wrap(name+": "+oneLine(message(f)), p.style.width()-len(indent)) {
		if i == 0 {
			p.b.WriteString(p.style.paint(p.level, name))
			line = strings.TrimPrefix(line, name)
		} else {
			p.b.WriteString(indent)
		}
		p.b.WriteString(p.style.paint(bold, line) + "\n")
	}
}

// notes writes what stands below the source.
func (p *painter) notes(f *finding.Finding, patch *patch, more bool) {
	if f.Suppressed != nil {
		reason := "by a comment without a reason"
		if f.Suppressed.Reason != "" {
			reason = f.Suppressed.Reason
		}
		p.note("suppressed", reason)
	}
	if f.Help != "" {
		p.note("help", f.Help)
	}
	own := rule.Lookup(f.Rule)
	if patch != nil {
		title := "fix"
		if own != nil && own.Fix == rule.ReviewFix {
			title = "fix to review"
		}
		p.note(title, patch.message)
		p.patch(patch)
	}
	switch {
	case !more:
	case own != nil:
		p.note("more", "asynclint explain "+f.Rule)
	case f.URL != "":
		p.note("more", f.URL)
	}
}

// note writes "= title: text", wrapped below the text's first column.
func (p *painter) note(title, text string) {
	indent := p.gutter + len(" = ") + len(title) + len(": ")
	for i, line := range wrap(oneLine(text), p.style.width()-indent) {
		head := strings.Repeat(" ", indent)
		if i == 0 {
			head = p.style.paint(blue, fmt.Sprintf("%*s =", p.gutter, "")) + " " + p.style.paint(bold, title+":") + " "
		}
		p.b.WriteString(head + line + "\n")
	}
}

// frames sorts a finding's positions by file: its own first, then the others in
// the order in which they are to be read.
func frames(r *Report, srcs *sources, f *finding.Finding) []*frame {
	var all []*frame
	add := func(from, to finding.Position, label string, step int) {
		m := &mark{place{from.Line, from.Column}, place{to.Line, to.Column}, oneLine(label), step}
		if to.File != from.File || to.Line < from.Line || to.Line == from.Line && to.Column < from.Column {
			m.to = m.from
		}
		if m.to == m.from { // only a point is known: show the word there
			m.to.column += srcs.file(from.File).wordAt(m.from)
		}
		if m.multiline() && m.to.column <= 1 { // the line end belongs to the line before
			if text, ok := srcs.file(from.File).line(m.to.line - 1); ok {
				m.to = place{m.to.line - 1, len(text) + 1}
			}
		}
		i := slices.IndexFunc(all, func(fr *frame) bool { return fr.path == r.path(from.File) })
		if i < 0 {
			i = len(all)
			all = append(all, &frame{path: r.path(from.File), at: m.from, src: srcs.file(from.File)})
		}
		all[i].marks = append(all[i].marks, m)
	}
	add(f.Pos, f.End, "", 0)
	for i, rel := range f.Related {
		add(rel.Pos, rel.End, rel.Message, i+1)
	}
	number(all)
	for _, fr := range all {
		fr.prune()
	}
	return all
}

// number prefixes the labels with their place in the reading order when the order
// on screen, by file and line, is another one.
func number(frames []*frame) {
	var shown []*mark // in the order on screen
	for _, fr := range frames {
		secondary := slices.DeleteFunc(slices.Clone(fr.marks), (*mark).primary)
		slices.SortStableFunc(secondary, func(a, b *mark) int {
			return cmp.Or(cmp.Compare(a.from.line, b.from.line), cmp.Compare(a.from.column, b.from.column))
		})
		shown = append(shown, secondary...)
	}
	if slices.IsSortedFunc(shown, func(a, b *mark) int { return cmp.Compare(a.step, b.step) }) {
		return
	}
	for _, m := range shown {
		m.label = fmt.Sprintf("%d. %s", m.step, m.label)
	}
}

// wrap breaks a text into lines of at most width columns, between words.
func wrap(text string, width int) []string {
	width = max(width, 20)
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		n := textWidth(word)
		switch {
		case line == "":
			line, used = word, n
		case used+1+n <= width:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, line)
			line, used = word, n
		}
	}
	return append(lines, line)
}
