package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/fix"
	"github.com/asynclint/asynclint/internal/rule"
)

// applyFixes writes the fixed files and says on stderr what was fixed and what
// was not. It returns the number of findings fixed.
func applyFixes(e *env, s *settings, shown []finding.Finding) (int, error) {
	res := fix.Apply(shown, os.ReadFile)
	var errs []error
	for _, f := range res.Files {
		if err := writeInPlace(f.Name, f.New); err != nil {
			errs = append(errs, fmt.Errorf("cannot write a fixed file: %w", err))
		}
	}
	for _, f := range res.Applied {
		review := ""
		if r := rule.Lookup(f.Rule); r != nil && r.Fix == rule.ReviewFix {
			review = "; changes behaviour, please review"
		}
		fmt.Fprintf(e.stderr, "fixed: %s: %s (%s)%s\n", s.position(f), f.Fixes[0].Message, f.Rule, review)
	}
	saySkipped(e, s, res)
	return len(res.Applied), errors.Join(errs...)
}

// printDiff prints what applyFixes would do as a unified diff that git apply
// and patch -p1 understand in the working directory. It reports whether there
// is any difference.
func printDiff(e *env, o *options, s *settings, shown []finding.Finding) (bool, error) {
	res := fix.Apply(shown, os.ReadFile)
	var b strings.Builder
	for _, f := range res.Files {
		name := s.shown(f.Name)
		b.WriteString(f.Diff("a/"+name, "b/"+name))
	}
	saySkipped(e, s, res)
	if o.out != "" {
		return len(res.Files) > 0, writeOut(s.path(o.out), []byte(b.String()))
	}
	_, err := io.WriteString(e.stdout, b.String())
	return len(res.Files) > 0, err
}

func saySkipped(e *env, s *settings, res *fix.Result) {
	for _, skip := range res.Skipped {
		fmt.Fprintf(e.stderr, "not fixed: %s: %s (%s)\n", s.position(skip.Finding), skip.Reason, skip.Finding.Rule)
	}
}

// writeInPlace replaces the content of a file and keeps its mode.
func writeInPlace(name string, content []byte) error {
	fi, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, fi.Mode().Perm())
}

// shown returns the name of a file relative to the working directory when it is
// below it.
func (s *settings) shown(file string) string {
	if rel, err := filepath.Rel(s.dir, file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return filepath.ToSlash(file)
}

func (s *settings) position(f finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d", s.shown(f.Pos.File), f.Pos.Line, f.Pos.Column)
}
