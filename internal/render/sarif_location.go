package render

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/asynclint/asynclint/internal/finding"
)

// sourceRoot is the name by which code scanning sites know the root of a checkout.
const sourceRoot = "%SRCROOT%"

// artifact names a file: relative to the source root when it is inside.
func (b *sarifBuilder) artifact(file string) *sarif.ArtifactLocation {
	path := b.report.path(file)
	if filepath.IsAbs(path) {
		return sarif.NewArtifactLocation().WithURI(fileURI(path))
	}
	return sarif.NewArtifactLocation().WithURI((&url.URL{Path: path}).String()).WithURIBaseID(sourceRoot)
}

// fileURI is the file: URI of an absolute path, with one slash before a drive.
func fileURI(path string) string {
	path = strings.TrimSuffix(filepath.ToSlash(path), "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func (b *sarifBuilder) location(from, to finding.Position) *sarif.Location {
	if to.File != from.File || to.Line < from.Line || to.Line == from.Line && to.Column < from.Column {
		to = from
	}
	src := b.sources.file(from.File)
	region := sarifRegion(src, from.Line, from.Column, to.Line, to.Column)
	return sarif.NewLocation().WithPhysicalLocation(
		sarif.NewPhysicalLocation().WithArtifactLocation(b.artifact(from.File)).WithRegion(region))
}

// sarifRegion converts a span from byte columns; its end is exclusive in both worlds.
func sarifRegion(src *source, fromLine, fromColumn, toLine, toColumn int) *sarif.Region {
	return sarif.NewRegion().
		WithStartLine(max(fromLine, 1)).WithStartColumn(src.utf16Column(fromLine, fromColumn)).
		WithEndLine(max(toLine, 1)).WithEndColumn(src.utf16Column(toLine, toColumn))
}

// fix converts a fix, or returns nil when one of its files cannot be read: half a
// fix must not be applied.
func (b *sarifBuilder) fix(f finding.Fix) *sarif.Fix {
	changes := make(map[string]*sarif.ArtifactChange)
	fix := sarif.NewFix().WithDescription(textMessage(f.Message))
	for _, e := range f.Edits {
		src := b.sources.file(e.File)
		if src == nil || !applicable([]finding.Edit{e}, len(src.data)) {
			return nil
		}
		change := changes[e.File]
		if change == nil {
			change = sarif.NewArtifactChange().WithArtifactLocation(b.artifact(e.File))
			changes[e.File] = change
			fix.AddArtifactChange(change)
		}
		fromLine, fromColumn := src.position(e.Start)
		toLine, toColumn := src.position(e.End)
		change.AddReplacement(sarif.NewReplacement().
			WithDeletedRegion(sarifRegion(src, fromLine, fromColumn, toLine, toColumn)).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.New)))
	}
	if len(changes) == 0 {
		return nil
	}
	return fix
}
