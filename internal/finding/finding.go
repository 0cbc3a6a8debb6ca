// Package finding defines the finding as the command sees it: resolved
// positions and plain data, no longer tied to a loaded package. It is what the
// vet protocol carries from the package processes to the front end, what the
// front end filters and merges, and what the renderers show.
package finding

import "github.com/asynclint/asynclint/internal/rule"

// A Finding is one report about the user's code.
type Finding struct {
	// Rule is the stable name: "lockawait/double-lock" for asynclint's own
	// rules, "vet/lostcancel" or "staticcheck/SA2002" for a bundled check.
	Rule  string     `json:"rule"`
	Level rule.Level `json:"level"`
	// Message is one clause; for asynclint's own rules it ends in the rule's
	// name in parentheses.
	Message string `json:"message"`
	// Help says what to do about it, in one line.
	Help string `json:"help,omitempty"`
	// URL is the page that documents the rule.
	URL string `json:"url,omitempty"`
	// Package is the import path, without a test-variant suffix.
	Package string `json:"package"`
	// Pos and End delimit the operation that goes wrong.
	Pos Position `json:"pos"`
	End Position `json:"end"`
	// Related are secondary positions, in the order in which to read them.
	Related []Related `json:"related,omitempty"`
	// Fixes are alternatives; the first is preferred.
	Fixes []Fix `json:"fixes,omitempty"`
	// Fingerprint identifies the finding across edits that move lines.
	Fingerprint string `json:"fingerprint"`
	// Suppressed is set when a comment in the source hides the finding.
	Suppressed *Suppression `json:"suppressed,omitempty"`
}

// A Position is a place in a file.
type Position struct {
	File   string `json:"file"`   // absolute inside the program, relative to the module or work directory in output
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // in bytes, from 1
	Offset int    `json:"offset"` // in bytes, from 0
}

// A Related is a secondary position.
type Related struct {
	Pos     Position `json:"pos"`
	End     Position `json:"end"`
	Message string   `json:"message"`
}

// A Fix is a set of edits that repairs a finding.
type Fix struct {
	Message string `json:"message"`
	Edits   []Edit `json:"edits"`
}

// An Edit replaces the bytes [Start, End) of a file.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// A Suppression is the comment that hides a finding.
type Suppression struct {
	Reason string   `json:"reason,omitempty"`
	Pos    Position `json:"pos"`
}

// A Failure is a package that could not be analysed, or only in part.
type Failure struct {
	Package string `json:"package"`
	Pass    string `json:"pass,omitempty"` // empty when no pass could run
	Reason  string `json:"reason"`
}
