package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/rule"
)

// passOf returns the part of a rule's name before the slash.
func passOf(id string) string {
	pass, _, _ := strings.Cut(id, "/")
	return pass
}

// Patterns returns every name that may stand for rules, sorted: "all", the
// passes and rules, the bundles and checks of others.
func Patterns() []string {
	names := slices.Concat([]string{"all"}, rule.Passes(), bundle.Bundles)
	for _, r := range rule.All() {
		names = append(names, r.ID())
	}
	for _, c := range bundle.Checks() {
		names = append(names, c.ID())
	}
	slices.Sort(names)
	return names
}

// CheckPattern returns an error when the name stands for no rule. A slug alone
// is refused too, with the full name in the error: two passes may share one.
func CheckPattern(name string) error {
	known := Patterns()
	if slices.Contains(known, name) {
		return nil
	}
	near := rule.NearestOf(name, known)
	for _, id := range known {
		if _, slug, ok := strings.Cut(id, "/"); ok && (slug == name || near == "" && rule.NearestOf(name, []string{slug}) != "") {
			near = id
			break
		}
	}
	if near != "" {
		return fmt.Errorf("unknown rule %q: did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown rule %q: `asynclint rules` lists them", name)
}
