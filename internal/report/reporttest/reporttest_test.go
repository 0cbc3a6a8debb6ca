package reporttest_test

import (
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/report/reporttest"
)

func TestStyle(t *testing.T) {
	names := map[string]bool{"Store": true, "Überall": true}
	for _, message := range []string{
		"s.mu is locked again while it is held (lockawait/double-lock)",
		"Store.mu is held (lockawait/double-lock)",
		"(*Store).Flush locks s.mu (lockawait/double-lock)",
		"Überall is locked (lockawait/double-lock)",
		"f may wait, e.g. for a/b (lockawait/missing-unlock)",
		strings.Repeat("é", 140) + " (leak/abandoned-sender)",
	} {
		if err := reporttest.Style(message, names); err != nil {
			t.Errorf("%q: %v", message, err)
		}
	}
	for message, want := range map[string]string{
		"s.mu is locked": "name of a rule",
		"s.mu is locked (lockawait/no-such-rule)":             "name of a rule",
		"s.mu is locked. (lockawait/double-lock)":             "period",
		"The lock is held (lockawait/double-lock)":            "upper case",
		"s.mu is locked\nand again (lockawait/double-lock)":   "one line",
		"s.mu, locked at line 3 (lockawait/double-lock)":      "line number",
		"s.mu, locked at a.go:3:1 (lockawait/double-lock)":    "line number",
		"asynclint saw a lock (lockawait/double-lock)":        "the tool",
		"github.com/a/b.F locks s.mu (lockawait/double-lock)": "import path",
		" (lockawait/double-lock)":                            "empty",
		strings.Repeat("x", 141) + " (lockawait/double-lock)": "141 runes",
		"s.mu is locked  (lockawait/double-lock)":             "blanks",
	} {
		if err := reporttest.Style(message, names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error about %q", message, err, want)
		}
	}
}
