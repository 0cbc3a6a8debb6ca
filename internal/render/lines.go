package render

import (
	"bufio"
	"fmt"
	"io"
)

// Lines writes one line a finding, for pipes and logs:
//
//	file:line:column: level: message (rule)
//
// The line is all there is: related positions and sources are for [Snippets] and
// the formats for programs. A suppressed finding ends in the comment's reason.
func Lines(w io.Writer, r *Report) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(out, "%s:%d:%d: %s: %s (%s)%s\n",
			printable(r.path(f.Pos.File)), f.Pos.Line, f.Pos.Column, f.Level, oneLine(message(f)), f.Rule, suppressed(f))
	}
	return out.Flush()
}
