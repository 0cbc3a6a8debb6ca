package render

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// SchemaVersion is the version of the JSON format. It grows when a field changes
// its meaning or goes away; new fields do not change it.
const SchemaVersion = 1

// A Document is the output of -format=json.
type Document struct {
	// Version of this format. A reader that knows version 1 must ignore fields
	// that it does not know, and refuse other versions.
	Version int `json:"version"`
	// Tool that wrote the document.
	Tool Tool `json:"tool"`
	// Findings, sorted by file, position and rule.
	Findings []finding.Finding `json:"findings"`
	// Failures are the packages that could not be analysed, or only in part.
	Failures []finding.Failure `json:"failures"`
	// Summary counts what the document holds.
	Summary Counts `json:"summary"`
}

// A Tool names the program that wrote a document.
type Tool struct {
	Name    string `json:"name"`    // always "asynclint"
	Version string `json:"version"` // such as "v0.1.0", or "(devel)" for a build without version
}

// Counts say how much was looked at and found.
type Counts struct {
	Packages   int `json:"packages"`   // packages looked at
	Errors     int `json:"errors"`     // findings of level error that nothing suppresses
	Warnings   int `json:"warnings"`   // findings of level warning that nothing suppresses
	Notes      int `json:"notes"`      // findings of level note that nothing suppresses
	Suppressed int `json:"suppressed"` // findings that a comment suppresses, whether or not the document shows them
	Failures   int `json:"failures"`   // packages that could not be analysed, or only in part
}

// JSON writes the report as one indented document; docs/json.md describes it and
// docs/output.schema.json is its schema. Paths are as people see them: relative to
// the report's directory, with forward slashes.
func JSON(w io.Writer, r *Report) error {
	doc := Document{
		Version:  SchemaVersion,
		Tool:     Tool{Name: "asynclint", Version: r.Version},
		Findings: make([]finding.Finding, 0, len(r.Findings)),
		Failures: append([]finding.Failure{}, r.Failures...),
		Summary: Counts{
			Packages:   r.Packages,
			Errors:     r.Count(rule.Error),
			Warnings:   r.Count(rule.Warning),
			Notes:      r.Count(rule.Note),
			Suppressed: r.Suppressed,
			Failures:   len(r.Failures),
		},
	}
	for _, f := range r.Findings {
		doc.Findings = append(doc.Findings, r.relative(f))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// relative returns a copy of a finding with every path as it is shown.
func (r *Report) relative(f finding.Finding) finding.Finding {
	f.Pos.File, f.End.File = r.path(f.Pos.File), r.path(f.End.File)
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		rel := &f.Related[i]
		rel.Pos.File, rel.End.File = r.path(rel.Pos.File), r.path(rel.End.File)
	}
	f.Fixes = slices.Clone(f.Fixes)
	for i := range f.Fixes {
		f.Fixes[i].Edits = slices.Clone(f.Fixes[i].Edits)
		for j := range f.Fixes[i].Edits {
			f.Fixes[i].Edits[j].File = r.path(f.Fixes[i].Edits[j].File)
		}
	}
	if f.Suppressed != nil {
		s := *f.Suppressed
		s.Pos.File = r.path(s.Pos.File)
		f.Suppressed = &s
	}
	return f
}
