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
	Rule string `json:"rule"`
	// Level says how sure the finding is.
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
	// Pos is where the operation that goes wrong begins.
	Pos Position `json:"pos"`
	// End is the first position behind that operation, or equal to Pos.
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
	File   string `json:"file"`   // absolute inside the program; in output relative to the working directory if inside it
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // in bytes, from 1
	Offset int    `json:"offset"` // in bytes, from 0
}

// A Related is a secondary position.
type Related struct {
	Pos     Position `json:"pos"`     // where it begins
	End     Position `json:"end"`     // the first position behind it, or equal to Pos
	Message string   `json:"message"` // what happens here, in a clause
}

// A Fix is a set of edits that repairs a finding.
type Fix struct {
	Message string `json:"message"` // what the edits do, as a verb phrase
	Edits   []Edit `json:"edits"`   // all of them together; they do not overlap
}

// An Edit replaces the bytes [Start, End) of a file.
type Edit struct {
	File  string `json:"file"`  // as in Position
	Start int    `json:"start"` // offset in bytes, from 0
	End   int    `json:"end"`   // offset in bytes of the first byte to keep
	New   string `json:"new"`   // the text to put there
}

// A Suppression is the comment that hides a finding.
type Suppression struct {
	Reason string   `json:"reason,omitempty"` // as the comment gives it
	Pos    Position `json:"pos"`              // of the comment
}

// A Failure is a package that could not be analysed, or only in part.
type Failure struct {
	Package string `json:"package"`        // import path
	Pass    string `json:"pass,omitempty"` // the pass that could not finish; empty when no pass could run
	Reason  string `json:"reason"`         // what went wrong, possibly in several lines
}
