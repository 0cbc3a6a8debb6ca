package wire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
)

// Results are what all package processes of a run said.
type Results struct {
	// Packages are the import paths that were analysed, sorted. A package and
	// its external test package count as two.
	Packages []string
	Findings []finding.Finding
	Failures []finding.Failure
}

// A Convert gives a finding to a diagnostic that came without one: that of an
// analyzer that is not asynclint's. It returns false for a diagnostic that is
// not wanted.
type Convert func(pkg, analyzer string, d Diagnostic) (finding.Finding, bool)

// Decode reads the standard output of `go vet -json`: the objects of many
// packages, one behind the other, in the order in which they were done. Lines
// that begin with # between them, which some versions of the go command print,
// are skipped. The result is sorted and without duplicates, so it does not
// depend on that order. A nil convert drops the diagnostics of others.
//
// When the stream breaks off, the results up to there come with the error.
func Decode(r io.Reader, convert Convert) (*Results, error) {
	res := new(Results)
	data, err := io.ReadAll(r)
	if err != nil {
		return res, fmt.Errorf("reading the output of go vet: %w", err)
	}
	dec := json.NewDecoder(strings.NewReader(dropComments(string(data))))
	for {
		var t Tree
		err = dec.Decode(&t)
		if err != nil {
			break
		}
		res.add(t, convert)
	}
	res.normalize()
	if !errors.Is(err, io.EOF) {
		return res, fmt.Errorf("the output of go vet is not the JSON that asynclint writes: %w", err)
	}
	return res, nil
}

// dropComments removes the lines that begin with #. No line inside the JSON
// does: newlines in strings are escaped.
func dropComments(s string) string {
	if !strings.HasPrefix(s, "#") && !strings.Contains(s, "\n#") {
		return s
	}
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Collect puts together what package processes said.
func Collect(trees []Tree) *Results {
	res := new(Results)
	for _, t := range trees {
		res.add(t, nil)
	}
	res.normalize()
	return res
}

func (res *Results) add(t Tree, convert Convert) {
	for id, analyzers := range t {
		pkg := ImportPath(id)
		res.Packages = append(res.Packages, pkg)
		for name, e := range analyzers {
			if e == nil {
				continue
			}
			if e.Error != "" {
				res.Failures = append(res.Failures, finding.Failure{Package: pkg, Pass: name, Reason: e.Error})
			}
			for _, d := range e.Diagnostics {
				if d.Finding != nil {
					res.Findings = append(res.Findings, *d.Finding)
				} else if convert != nil {
					if f, ok := convert(pkg, name, d); ok {
						res.Findings = append(res.Findings, f)
					}
				}
			}
		}
	}
}

// normalize sorts and merges. Passes that failed in one package for one reason,
// such as a prerequisite of all of them, make one failure without a pass name.
func (res *Results) normalize() {
	slices.Sort(res.Packages)
	res.Packages = slices.Compact(res.Packages)
	res.Findings = finding.Sort(res.Findings)

	type cause struct{ pkg, reason string }
	passes := make(map[cause]map[string]bool)
	for _, f := range res.Failures {
		c := cause{f.Package, f.Reason}
		if passes[c] == nil {
			passes[c] = make(map[string]bool)
		}
		passes[c][f.Pass] = true
	}
	res.Failures = nil
	for c, names := range passes {
		f := finding.Failure{Package: c.pkg, Reason: c.reason}
		if len(names) == 1 {
			f.Pass = slices.Collect(maps.Keys(names))[0]
		}
		res.Failures = append(res.Failures, f)
	}
	SortFailures(res.Failures)
}

// Merge adds the results of another run over the same packages.
func (res *Results) Merge(other *Results) {
	res.Packages = append(res.Packages, other.Packages...)
	res.Findings = append(res.Findings, other.Findings...)
	res.Failures = append(res.Failures, other.Failures...)
	res.normalize()
}

// SortFailures orders failures by package, pass and reason.
func SortFailures(list []finding.Failure) {
	slices.SortFunc(list, func(a, b finding.Failure) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Pass, b.Pass), cmp.Compare(a.Reason, b.Reason))
	})
}

// ImportPath removes the test-variant suffix from a package ID:
// "p [p.test]" is "p".
func ImportPath(id string) string {
	path, _, _ := strings.Cut(id, " ")
	return path
}

// Failures reads the standard error of a `go vet` run that did not end well.
// The go command groups messages under a line "# package"; what stands before
// the first such line, such as an unknown flag or a missing module, belongs to
// no package and comes with Package empty.
func Failures(stderr string) []finding.Failure {
	var list []finding.Failure
	var pkg string
	var lines []string
	flush := func() {
		if reason := strings.TrimSpace(strings.Join(lines, "\n")); reason != "" {
			list = append(list, finding.Failure{Package: pkg, Reason: reason})
		}
		lines = nil
	}
	for line := range strings.Lines(stderr) {
		line = strings.TrimRight(line, "\r\n")
		switch header, ok := strings.CutPrefix(line, "# "); {
		case ok:
			// A test variant of the same package repeats the header with its
			// name in brackets.
			if strings.HasPrefix(header, "[") {
				continue
			}
			flush()
			pkg = ImportPath(header)
		case strings.HasPrefix(line, "exit status "), strings.HasPrefix(line, "go: downloading "), strings.HasPrefix(line, "go: finding "):
		default:
			lines = append(lines, line)
		}
	}
	flush()
	SortFailures(list)
	return slices.Compact(list)
}
