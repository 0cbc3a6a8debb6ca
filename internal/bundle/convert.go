package bundle

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/wire"
)

// A Converter gives the diagnostics of bundled checks the form of asynclint's
// findings. It remembers the files that it has read.
type Converter struct {
	read  func(string) ([]byte, error)
	files map[string]*source
}

type source struct {
	content   []byte
	lines     []string
	generated bool
}

// NewConverter returns a converter that reads files through read.
func NewConverter(read func(name string) ([]byte, error)) *Converter {
	return &Converter{read: read, files: make(map[string]*source)}
}

// Convert is a [wire.Convert]. As for asynclint's own rules, what is below an
// error in a generated file is dropped, and comments suppress: //lint:ignore
// with a reason, and //nolint with the name of the linter or of the check.
func (c *Converter) Convert(pkg, analyzer string, d wire.Diagnostic) (finding.Finding, bool) {
	check := byAnalyzer(analyzer)
	if check == nil {
		return finding.Finding{}, false
	}
	f := finding.Finding{
		Rule:    check.ID(),
		Level:   check.Level,
		Message: d.Message,
		Help:    check.Help,
		URL:     check.URL,
		Package: pkg,
		Pos:     c.position(d.Posn),
		End:     c.position(d.End),
	}
	if f.End.File != f.Pos.File {
		f.End = f.Pos
	}
	src := c.source(f.Pos.File)
	if src.generated && check.Level < rule.Error {
		return finding.Finding{}, false
	}
	for _, rel := range d.Related {
		r := finding.Related{Pos: c.position(rel.Posn), End: c.position(rel.End), Message: rel.Message}
		if r.End.File != r.Pos.File {
			r.End = r.Pos
		}
		f.Related = append(f.Related, r)
	}
	for _, s := range d.SuggestedFixes {
		fix := finding.Fix{Message: s.Message}
		for _, e := range s.Edits {
			fix.Edits = append(fix.Edits, finding.Edit{File: e.Filename, Start: e.Start, End: e.End, New: e.New})
		}
		if !src.generated {
			f.Fixes = append(f.Fixes, fix)
		}
	}
	f.Suppressed = src.suppression(check, f.Pos)
	return f, true
}

// Finish completes the findings of a bundled run: fingerprints, by package.
func (c *Converter) Finish(list []finding.Finding) {
	byPackage := func(a, b finding.Finding) int { return strings.Compare(a.Package, b.Package) }
	slices.SortStableFunc(list, byPackage)
	for start := 0; start < len(list); {
		end := start
		for end < len(list) && list[end].Package == list[start].Package {
			end++
		}
		finding.SetFingerprints(list[start:end], func(name string) ([]byte, error) {
			return c.source(name).content, nil
		})
		start = end
	}
	finding.Sort(list)
}

func (c *Converter) source(name string) *source {
	if src := c.files[name]; src != nil {
		return src
	}
	src := new(source)
	c.files[name] = src
	content, err := c.read(name)
	if err != nil {
		return src // positions keep their lines; the rest stays empty
	}
	src.content = content
	src.lines = strings.Split(string(content), "\n")
	if bytes.Contains(content, []byte("Code generated")) {
		f, _ := parser.ParseFile(token.NewFileSet(), name, content, parser.PackageClauseOnly|parser.ParseComments)
		src.generated = f != nil && ast.IsGenerated(f)
	}
	return src
}

// position reads "file:line:column", of which the last two may be missing.
func (c *Converter) position(posn string) finding.Position {
	var numbers []int
	for range 2 {
		i := strings.LastIndexByte(posn, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(posn[i+1:])
		if err != nil {
			break
		}
		posn, numbers = posn[:i], append(numbers, n)
	}
	p := finding.Position{File: posn, Line: 1, Column: 1}
	switch len(numbers) {
	case 1:
		p.Line = numbers[0]
	case 2:
		p.Line, p.Column = numbers[1], max(numbers[0], 1)
	}
	if posn != "" {
		p.Offset = finding.Offset(c.source(posn).content, p.Line, p.Column)
	}
	return p
}

var (
	lintIgnore = regexp.MustCompile(`//lint:ignore\s+(\S+)\s+(\S.*)$`)
	nolint     = regexp.MustCompile(`//\s*nolint(?::\s*([\w\-/]+(?:\s*,\s*[\w\-/]+)*))?`)
)

// suppression looks for a comment on the line of a finding or alone on the line
// above that hides it.
func (s *source) suppression(check *Check, at finding.Position) *finding.Suppression {
	for _, line := range []int{at.Line, at.Line - 1} {
		if line < 1 || line > len(s.lines) {
			continue
		}
		text := strings.TrimRight(s.lines[line-1], "\r")
		i := strings.Index(text, "//")
		if i < 0 || line != at.Line && strings.TrimSpace(text[:i]) != "" {
			continue
		}
		reason, ok := check.hiddenBy(text)
		if !ok {
			continue
		}
		pos := finding.Position{File: at.File, Line: line, Column: i + 1}
		pos.Offset = finding.Offset(s.content, pos.Line, pos.Column)
		return &finding.Suppression{Reason: reason, Pos: pos}
	}
	return nil
}

// hiddenBy reports whether a line has a comment that hides findings of the
// check, and the reason that the comment gives.
func (c *Check) hiddenBy(line string) (reason string, ok bool) {
	if m := lintIgnore.FindStringSubmatch(line); m != nil {
		return m[2], slices.Contains(strings.Split(m[1], ","), c.Analyzer)
	}
	m := nolint.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	if m[1] == "" {
		return "", true
	}
	linter := c.Bundle
	if linter == "vet" {
		linter = "govet"
	}
	for name := range strings.SplitSeq(m[1], ",") {
		switch strings.TrimSpace(name) {
		case linter, c.Analyzer, "all":
			return "", true
		}
	}
	return "", false
}

// Merge puts asynclint's own findings and bundled ones together and drops each
// bundled one that yields to another at the same place, which is a line that
// both cover. It does not matter whether the other is suppressed: who has
// accepted it there has accepted both.
func Merge(own, bundled []finding.Finding) []finding.Finding {
	all := slices.Concat(own, bundled)
	yields := func(f finding.Finding) bool {
		check := Lookup(f.Rule)
		return check != nil && slices.ContainsFunc(all, func(g finding.Finding) bool {
			return g.Pos.File == f.Pos.File && slices.Contains(check.YieldsTo, g.Rule) &&
				g.Pos.Line <= max(f.End.Line, f.Pos.Line) && f.Pos.Line <= max(g.End.Line, g.Pos.Line)
		})
	}
	merged := make([]finding.Finding, 0, len(all))
	for _, f := range all {
		if !yields(f) {
			merged = append(merged, f)
		}
	}
	return finding.Sort(merged)
}
