package report

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/rule"
)

// Settings are the flags that every pass has. They are flags, and not a file,
// because the go command's cache sees flags only.
type Settings struct {
	// Level is the lowest level that is emitted as a diagnostic.
	Level rule.Level
	// Disabled lists slugs of rules that are off.
	Disabled []string
	// Related says whether diagnostics carry related positions. Drivers that
	// turn each of them into a finding of its own switch it off.
	Related bool
}

// Flags returns the default settings and the flag set through which drivers
// change them.
func Flags(pass string) (*Settings, flag.FlagSet) {
	s := &Settings{Level: rule.Warning, Related: true}
	fs := flag.NewFlagSet(pass, flag.ContinueOnError)
	fs.TextVar(&s.Level, "level", rule.Warning, "lowest `level` reported: note, warning or error")
	fs.BoolVar(&s.Related, "related", true, "attach related positions to diagnostics")
	fs.Func("disable", "comma-separated `slugs` of rules to switch off", func(v string) error {
		s.Disabled = nil
		for slug := range strings.SplitSeq(v, ",") {
			if slug = strings.TrimSpace(slug); slug == "" {
				continue
			}
			if rule.Lookup(pass+"/"+slug) == nil {
				return fmt.Errorf("unknown rule %s/%s", pass, slug)
			}
			s.Disabled = append(s.Disabled, slug)
		}
		return nil
	})
	return s, *fs
}

func (s *Settings) disabled(r *rule.Rule) bool { return slices.Contains(s.Disabled, r.Slug) }
