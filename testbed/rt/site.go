package rt

import (
	"strconv"
	"strings"

	"github.com/asynclint/asynclint/testbed/explore"
)

// A Site is the position of one operation in the source under test.
// The zero Site is an unknown position.
type Site uint32

// siteTable holds what Sites was given, in the order of package
// initialisation, which is the same in every run of one binary.
var siteTable = struct {
	file []string // by site
	text []string // "LINE:COL TEXT", by site
	sum  uint64   // of all files, independent of their order
}{file: []string{""}, text: []string{""}}

// Sites registers the operations of one file and returns the first's site.
// sum identifies the contents of the file: the sums of all files together are
// what a trace is checked against before it is replayed.
func Sites(file string, sum uint64, sites ...string) Site {
	first := Site(len(siteTable.file))
	for _, text := range sites {
		siteTable.file = append(siteTable.file, file)
		siteTable.text = append(siteTable.text, text)
		sum = sum*1099511628211 ^ hashString(text)
	}
	siteTable.sum += sum ^ hashString(file)
	return first
}

// SourceHash identifies the instrumented source of this binary.
func SourceHash() uint64 { return siteTable.sum }

// Pos resolves the site to a position for people.
func (s Site) Pos() explore.Pos {
	if s == 0 || int(s) >= len(siteTable.file) {
		return explore.Pos{}
	}
	where, text, _ := strings.Cut(siteTable.text[s], " ")
	line, col, _ := strings.Cut(where, ":")
	p := explore.Pos{File: siteTable.file[s], Text: text}
	p.Line, _ = strconv.Atoi(line) // a malformed entry becomes line 0: the position is for people only
	p.Col, _ = strconv.Atoi(col)
	return p
}

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
