package render

import (
	"fmt"
	"strings"

	"github.com/asynclint/asynclint/internal/rule"
)

// Markdown returns a rule's entry as Markdown without a title: the body of its
// page under docs/rules, and what code scanning sites show beside an alert.
func Markdown(r *rule.Rule) string {
	var b strings.Builder
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, text)
		}
	}
	code := func(text string) string { return "```go\n" + text + "\n```" }

	section("What it reports", r.What)
	section("Why that is a bug", r.Why)
	section("Example", code(r.Bad))
	section("Instead", code(r.Good))
	section("What to do", sentence(r.Help))
	section("When the same shape is right", r.Fine)
	section("Limits", r.Limits)
	section("Suppress", "On the line of the finding, or alone on the line above it, with your reason:\n\n"+
		code("//asynclint:ignore "+r.ID()+" REASON"))
	return strings.TrimSuffix(b.String(), "\n")
}

// sentence gives a clause of the catalogue a capital and a period.
func sentence(clause string) string {
	if clause == "" {
		return ""
	}
	return strings.ToUpper(clause[:1]) + clause[1:] + "."
}
