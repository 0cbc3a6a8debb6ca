// Package rule is the catalogue of everything asynclint can report.
//
// A diagnostic cannot be emitted without its entry here, and the rule pages,
// the README table, `asynclint explain` and the SARIF rule objects are all
// generated from these entries, so there is one place that says what a rule
// means. The package imports only std: every layer may depend on it.
package rule

import (
	"fmt"
	"slices"
	"strings"
)

// A Level says how sure a finding is, and so what a team should do with it.
type Level int

const (
	// Off marks a rule that the user switched off. No finding carries it.
	Off Level = iota
	// Note is a hint: true as stated, often intended. Hidden unless asked for.
	Note
	// Warning rests on an assumption about code that cannot be seen.
	Warning
	// Error is certain: some run of the code as written goes wrong.
	Error
)

var levelNames = [...]string{Off: "off", Note: "note", Warning: "warning", Error: "error"}

func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return levelNames[l]
}

// ParseLevel is the inverse of [Level.String].
func ParseLevel(s string) (Level, error) {
	if i := slices.Index(levelNames[:], s); i >= 0 {
		return Level(i), nil
	}
	return Off, fmt.Errorf("unknown level %q: want off, note, warning or error", s)
}

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Level) UnmarshalText(b []byte) (err error) {
	*l, err = ParseLevel(string(b))
	return err
}

// A Fix says what a rule's suggested fix may be trusted with.
type Fix int

const (
	// NoFix: the repair is a design decision; the rule page says which.
	NoFix Fix = iota
	// SafeFix keeps the meaning of every run that did not go wrong.
	SafeFix
	// ReviewFix is the documented remedy, but changes behaviour that a
	// reader should confirm.
	ReviewFix
)

func (f Fix) String() string {
	return [...]string{NoFix: "none", SafeFix: "safe", ReviewFix: "needs review"}[f]
}

// A Rule is one entry of the catalogue. The texts are Markdown; Bad and Good
// are Go source.
type Rule struct {
	Pass string // the analyzer that reports it, such as "lockawait"
	Slug string // the name after the pass; it reads well after "allow"

	Level  Level  // the highest level the rule reports at
	Lowest Level  // the lowest one; equal to Level when the rule has only one
	Title  string // one lower-case clause without a final period
	What   string // what the rule reports, precisely
	Why    string // why that is a bug
	Fine   string // when the same shape is right code
	Bad    string // a short example that is reported
	Good   string // the same example, repaired
	Limits string // what the rule does not see
	Help   string // one line: what to do about a finding
	Fix    Fix    // what the suggested fix may be trusted with
	Since  string // the first version that has the rule
}

// ID is the rule's stable name, "pass/slug".
func (r *Rule) ID() string { return r.Pass + "/" + r.Slug }

// URL is the address of the rule's page.
func (r *Rule) URL() string {
	return "https://github.com/asynclint/asynclint/blob/main/docs/rules/" + r.ID() + ".md"
}

// All returns every rule, sorted by ID.
func All() []*Rule {
	all := slices.Concat(blockingRules, cancelsafeRules, directiveRules, leakRules, lockawaitRules)
	slices.SortFunc(all, func(a, b *Rule) int { return strings.Compare(a.ID(), b.ID()) })
	return all
}

// Lookup returns the rule with the given ID, or nil.
func Lookup(id string) *Rule {
	for _, r := range All() {
		if r.ID() == id {
			return r
		}
	}
	return nil
}

// Passes returns the names of the passes, sorted.
func Passes() []string {
	var names []string
	for _, r := range All() {
		names = append(names, r.Pass)
	}
	return slices.Compact(names)
}

// Matching returns the rules that a pattern names: a rule ID, a pass name for
// all its rules, or "all". It returns nil when the pattern names nothing.
func Matching(pattern string) []*Rule {
	var found []*Rule
	for _, r := range All() {
		if pattern == "all" || pattern == r.Pass || pattern == r.ID() {
			found = append(found, r)
		}
	}
	return found
}
