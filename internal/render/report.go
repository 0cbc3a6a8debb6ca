// Package render turns the outcome of a run into bytes for people and programs.
//
// Every format is one function that takes the same [Report] and a writer:
// [Snippets] and [Lines] for people, [JSON] and [SARIF] for programs. [Failures]
// and [Summary] say in words what a finding cannot; the catalogue has [Rules] and
// [Explain]. A renderer decides nothing: levels, suppression and order are settled
// when the report arrives, and the same report always gives the same bytes.
package render

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// A Report is the outcome of one run.
type Report struct {
	// Findings are those to show, in the order in which to show them. Suppressed
	// ones are among them only when the user asked to see them.
	Findings []finding.Finding
	// Failures are the packages that could not be analysed, or only in part.
	Failures []finding.Failure
	// Packages counts the packages looked at, test variants not counted apart.
	Packages int
	// Suppressed counts the findings that comments hide, shown or not.
	Suppressed int
	// Version is the version of asynclint, such as "v0.1.0" or "(devel)".
	Version string
	// Dir is the absolute directory that shown paths are relative to. A file
	// outside it keeps its absolute path.
	Dir string
	// Elapsed is for the summary line only; no other output depends on the clock.
	Elapsed time.Duration
	// ReadFile reads the source for snippets, column conversion and line hashes.
	// Nil means os.ReadFile. A file that cannot be read costs the report its
	// snippet and nothing else.
	ReadFile func(name string) ([]byte, error)
}

// Count returns the number of findings of one level that nothing suppresses.
func (r *Report) Count(level rule.Level) int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Level == level && f.Suppressed == nil {
			n++
		}
	}
	return n
}

// path returns the name under which a file is shown: with forward slashes, and
// relative to the base directory when it is inside.
func (r *Report) path(file string) string {
	if r.Dir != "" && filepath.IsAbs(file) {
		if rel, err := filepath.Rel(r.Dir, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
	}
	return filepath.ToSlash(file)
}

// sources returns a cache over the report's files, for one rendering.
func (r *Report) sources() *sources {
	read := r.ReadFile
	if read == nil {
		read = os.ReadFile
	}
	return &sources{dir: r.Dir, read: read, files: make(map[string]*source)}
}

// message is the finding's text without the rule's name, for formats that show
// the name in a place of its own.
func message(f *finding.Finding) string {
	return strings.TrimSuffix(f.Message, " ("+f.Rule+")")
}

// oneLine joins the lines of a text, which foreign checks may have several of, and
// makes it fit for a terminal.
func oneLine(s string) string { return printable(strings.Join(strings.Fields(s), " ")) }
