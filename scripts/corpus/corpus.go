package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/scripts/internal/modcopy"
)

// A corpus is one run of the command.
type corpus struct {
	dir          string
	out, against string
	flags        []string
}

// A result is what asynclint said of one module.
type result struct {
	module   string
	Findings []finding.Finding
	Failures []finding.Failure
}

func (c *corpus) run(modules []string) error {
	bin := filepath.Join(c.dir, "asynclint")
	if err := os.MkdirAll(c.dir, 0o777); err != nil {
		return err
	}
	if out, err := exec.Command("go", "build", "-o", bin, "./cmd/asynclint").CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./cmd/asynclint at the root of the repository: %w\n%s", err, out)
	}
	var results []*result
	for _, m := range modules {
		fmt.Fprintln(os.Stderr, m)
		r, err := c.module(bin, m)
		if err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
		results = append(results, r)
		if err := c.keep(r); err != nil {
			return err
		}
	}
	fmt.Print(table(results))
	for _, r := range results {
		for _, f := range r.Failures {
			fmt.Printf("\nfailure in %s: %s: %s\n", r.module, f.Package, f.Reason)
		}
	}
	if c.against == "" {
		return nil
	}
	return c.compare(results)
}

// module runs asynclint on one module.
func (c *corpus) module(bin, version string) (*result, error) {
	dir, pattern := filepath.Join(c.dir, "std"), "std"
	if version == "std" {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/std\n\ngo 1.26\n"), 0o666); err != nil {
			return nil, err
		}
	} else {
		var err error
		if dir, err = modcopy.Get(c.dir, version); err != nil {
			return nil, err
		}
		pattern = "./..."
	}
	cmd := exec.Command(bin, append(append([]string{"-config=none", "-format=json", "-level=note"}, c.flags...), pattern)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if status := new(exec.ExitError); errors.As(err, &status) && slices.Contains([]int{1, 3}, status.ExitCode()) {
		err = nil // findings, or packages that could not be analysed
	}
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, stderr.String())
	}
	r := &result{module: version}
	if err := json.Unmarshal(out, r); err != nil {
		return nil, fmt.Errorf("output of asynclint: %w", err)
	}
	return r, nil
}

// file names what a run keeps of a module.
func file(dir, module, ext string) string {
	return filepath.Join(dir, strings.NewReplacer("/", "_", "@", "_").Replace(module)+ext)
}

// keep writes the findings for a later run, and for a person who judges them.
func (c *corpus) keep(r *result) error {
	if c.out == "" {
		return nil
	}
	if err := os.MkdirAll(c.out, 0o777); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, f := range r.Findings {
		text.WriteString(line(f) + "\n")
		for _, rel := range f.Related {
			fmt.Fprintf(&text, "\t%s:%d: %s\n", rel.Pos.File, rel.Pos.Line, rel.Message)
		}
	}
	return errors.Join(
		os.WriteFile(file(c.out, r.module, ".json"), data, 0o666),
		os.WriteFile(file(c.out, r.module, ".txt"), []byte(text.String()), 0o666),
	)
}

func line(f finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.Pos.File, f.Pos.Line, f.Pos.Column, f.Level, f.Message)
}

// table counts errors, warnings and notes by rule and module: "3/1/0" is three
// errors and a warning.
func table(results []*result) string {
	var b strings.Builder
	b.WriteString("| module | errors/warnings/notes | by rule |\n| --- | ---: | --- |\n")
	total := make(map[string]counts)
	for _, r := range results {
		all, byRule := tally(r.Findings)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.module, all, byName(byRule))
		for name, n := range byRule {
			total[name] = total[name].plus(n)
		}
	}
	var all counts
	for _, n := range total {
		all = all.plus(n)
	}
	fmt.Fprintf(&b, "| all %d | %s | %s |\n", len(results), all, byName(total))
	return b.String()
}

// counts are findings by level.
type counts [rule.Error + 1]int

func (c counts) String() string {
	return fmt.Sprintf("%d/%d/%d", c[rule.Error], c[rule.Warning], c[rule.Note])
}

func (c counts) plus(d counts) counts {
	for i := range c {
		c[i] += d[i]
	}
	return c
}

func tally(findings []finding.Finding) (all counts, byRule map[string]counts) {
	byRule = make(map[string]counts)
	for _, f := range findings {
		all[f.Level]++
		n := byRule[f.Rule]
		n[f.Level]++
		byRule[f.Rule] = n
	}
	return all, byRule
}

func byName(byRule map[string]counts) string {
	var names []string
	for name := range byRule {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %s", name, byRule[name])
	}
	return strings.Join(names, ", ")
}

// compare prints what a run reports and an earlier one did not, and the reverse.
// Findings are the same if rule, level and fingerprint are.
func (c *corpus) compare(results []*result) error {
	for _, r := range results {
		data, err := os.ReadFile(file(c.against, r.module, ".json"))
		if err != nil {
			return fmt.Errorf("%w (-against wants a directory that -o has written for the same modules)", err)
		}
		var before result
		if err := json.Unmarshal(data, &before); err != nil {
			return fmt.Errorf("%s: %w", file(c.against, r.module, ".json"), err)
		}
		for _, l := range difference(before.Findings, r.Findings) {
			fmt.Printf("%s: %s\n", r.module, l)
		}
	}
	return nil
}

// difference lists what is gone (-) and what is new (+).
func difference(before, after []finding.Finding) []string {
	key := func(f finding.Finding) string { return f.Rule + " " + f.Level.String() + " " + f.Fingerprint }
	missing := func(sign string, from, in []finding.Finding) (lines []string) {
		have := make(map[string]bool)
		for _, f := range in {
			have[key(f)] = true
		}
		for _, f := range from {
			if !have[key(f)] {
				lines = append(lines, sign+" "+line(f))
			}
		}
		return lines
	}
	return append(missing("-", before, after), missing("+", after, before)...)
}
