// Package fix applies the fixes of findings to the contents of files.
//
// It writes nothing: its caller decides whether the result goes to the files,
// into an archive for the go command, or out as a diff.
package fix

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"github.com/aymanbagabas/go-udiff"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// A File is a file that fixes change.
type File struct {
	Name     string
	Old, New []byte
}

// Diff returns the change as a unified diff between files of the given names.
func (f *File) Diff(oldName, newName string) string {
	return udiff.Unified(oldName, newName, string(f.Old), string(f.New))
}

// A Skip is a fix that was not applied.
type Skip struct {
	Finding finding.Finding
	Reason  string // one clause
}

// A Result is the outcome of [Apply].
type Result struct {
	Files   []File            // sorted by name
	Applied []finding.Finding // whose fix is in Files
	Skipped []Skip
}

// Apply computes the files as they are with the first fix of each finding.
// Findings that have no fix, are suppressed, or whose rule the catalogue gives
// no fix take no part.
//
// Fixes are taken in the order of their findings' positions. Each goes in as a
// whole or not at all: one that overlaps what is already taken, lies in a
// generated file or in one that has changed since the analysis is skipped. Two
// fixes that make the same edit share it. The files are formatted if they were
// before, and imports whose last use a fix removed are dropped.
func Apply(findings []finding.Finding, read func(name string) ([]byte, error)) *Result {
	a := &applier{read: read, files: make(map[string]*file)}
	for _, f := range finding.Sort(slices.Clone(findings)) {
		if !fixable(&f) {
			continue
		}
		if err := a.take(f.Fixes[0].Edits); err != nil {
			a.result.Skipped = append(a.result.Skipped, Skip{f, err.Error()})
		} else {
			a.result.Applied = append(a.result.Applied, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		src := a.files[name]
		if len(src.edits) == 0 {
			continue
		}
		content, err := src.finish(name)
		if err != nil {
			return a.without(name, err)
		}
		a.result.Files = append(a.result.Files, File{name, src.content, content})
	}
	return &a.result
}

func fixable(f *finding.Finding) bool {
	r := rule.Lookup(f.Rule)
	return f.Suppressed == nil && len(f.Fixes) > 0 && len(f.Fixes[0].Edits) > 0 && r != nil && r.Fix != rule.NoFix
}

// without starts again without the fixes that touch a file which they broke.
func (a *applier) without(name string, reason error) *Result {
	var rest []finding.Finding
	var broken []Skip
	for _, f := range a.result.Applied {
		if slices.ContainsFunc(f.Fixes[0].Edits, func(e finding.Edit) bool { return e.File == name }) {
			broken = append(broken, Skip{f, reason.Error()})
		} else {
			rest = append(rest, f)
		}
	}
	res := Apply(rest, a.read)
	res.Skipped = slices.Concat(a.result.Skipped, broken, res.Skipped)
	slices.SortStableFunc(res.Skipped, func(x, y Skip) int { return finding.Compare(x.Finding, y.Finding) })
	return res
}

type applier struct {
	read   func(string) ([]byte, error)
	files  map[string]*file
	result Result
}

// A file is a file's content and the edits taken so far, sorted and disjoint.
type file struct {
	content []byte
	err     error // why it must not be edited
	edits   []finding.Edit
}

func (a *applier) file(name string) *file {
	src := a.files[name]
	if src != nil {
		return src
	}
	src = new(file)
	a.files[name] = src
	if src.content, src.err = a.read(name); src.err != nil {
		return src
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, src.content, parser.PackageClauseOnly|parser.ParseComments)
	switch {
	case err != nil:
		src.err = fmt.Errorf("the file does not parse: %w", err)
	case ast.IsGenerated(parsed):
		src.err = fmt.Errorf("%s is generated", name)
	}
	return src
}

// take adds the edits of a fix, all or none.
func (a *applier) take(edits []finding.Edit) error {
	merged := make(map[*file][]finding.Edit)
	for _, e := range edits {
		src := a.file(e.File)
		if src.err != nil {
			return src.err
		}
		if e.Start < 0 || e.End < e.Start || e.End > len(src.content) {
			return fmt.Errorf("%s has changed since it was analysed", e.File)
		}
		list, ok := merged[src]
		if !ok {
			list = src.edits
		}
		list, ok = insert(list, e)
		if !ok {
			return fmt.Errorf("the fix overlaps another one; run again after that is applied")
		}
		merged[src] = list
	}
	for src, list := range merged {
		src.edits = list
	}
	return nil
}

// insert returns the sorted list with e added, or false when e overlaps an edit
// that is not the same. Two insertions at one place overlap: their order would
// be a guess.
func insert(list []finding.Edit, e finding.Edit) ([]finding.Edit, bool) {
	for _, old := range list {
		switch {
		case old == e:
			return list, true
		case e.Start < old.End && old.Start < e.End, e.Start == old.Start:
			return nil, false
		}
	}
	list = append(slices.Clone(list), e)
	slices.SortFunc(list, func(a, b finding.Edit) int { return cmp.Compare(a.Start, b.Start) })
	return list, true
}

// apply returns the content with the edits made.
func (src *file) apply() []byte {
	var out []byte
	at := 0
	for _, e := range src.edits {
		out = append(out, src.content[at:e.Start]...)
		out = append(out, e.New...)
		at = e.End
	}
	return append(out, src.content[at:]...)
}
