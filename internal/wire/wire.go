// Package wire defines what the package processes of a run say to the command
// that started them.
//
// The outer form is that of `go vet -json`, so the go command and every tool
// that reads it understands the output: one JSON object a package,
//
//	{"example.com/p": {"leak": [DIAGNOSTIC...], "lockawait": {"error": "..."}}}
//
// asynclint's own analyzers add a member "asynclint" to each diagnostic, which
// holds the whole [finding.Finding]; other readers skip it.
package wire

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/asynclint/asynclint/internal/finding"
)

// A Tree is the output of one package process: package ID, then analyzer.
type Tree map[string]map[string]*Entry

// An Entry is what one analyzer has to say about one package.
type Entry struct {
	Diagnostics []Diagnostic
	// Error is the reason why the analyzer could not finish. Diagnostics then
	// holds what it found before.
	Error string
}

// A Diagnostic is one finding in the form of `go vet -json`, and, from
// asynclint's own analyzers, in full.
type Diagnostic struct {
	Category       string           `json:"category,omitempty"`
	Posn           string           `json:"posn"` // file:line:column
	End            string           `json:"end"`
	Message        string           `json:"message"`
	SuggestedFixes []SuggestedFix   `json:"suggested_fixes,omitempty"`
	Related        []Related        `json:"related,omitempty"`
	Finding        *finding.Finding `json:"asynclint,omitempty"`
}

// A SuggestedFix is a set of edits to be made together.
type SuggestedFix struct {
	Message string     `json:"message"`
	Edits   []TextEdit `json:"edits"`
}

// A TextEdit replaces the bytes [Start, End) of a file.
type TextEdit struct {
	Filename string `json:"filename"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	New      string `json:"new"`
}

// A Related is a secondary position of a diagnostic.
type Related struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

// failed is the form of an [Entry] with an error. `go vet` reads only "error".
type failed struct {
	Error       string       `json:"error"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
}

// MarshalJSON writes a list of diagnostics, or an object when there is an
// error.
func (e *Entry) MarshalJSON() ([]byte, error) {
	if e.Error != "" {
		return json.Marshal(failed{e.Error, e.Diagnostics})
	}
	if e.Diagnostics == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(e.Diagnostics)
}

// UnmarshalJSON is the inverse of [Entry.MarshalJSON].
func (e *Entry) UnmarshalJSON(data []byte) error {
	*e = Entry{}
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &e.Diagnostics)
	}
	var f failed
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	e.Error, e.Diagnostics = f.Error, f.Diagnostics
	return nil
}

// Write writes the tree as one indented JSON object with its keys sorted.
func (t Tree) Write(w io.Writer) error {
	data, err := json.MarshalIndent(t, "", "\t")
	if err != nil {
		return fmt.Errorf("encoding the findings: %w", err)
	}
	_, err = w.Write(append(data, '\n'))
	return err
}
