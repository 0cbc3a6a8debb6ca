package render

import (
	"bytes"
	"path/filepath"
	"slices"
	"unicode"
	"unicode/utf8"
)

// sources reads every file of a report at most once.
type sources struct {
	dir   string
	read  func(string) ([]byte, error)
	files map[string]*source
}

// file returns the named file, or nil when it cannot be read.
func (s *sources) file(name string) *source {
	if src, done := s.files[name]; done {
		return src
	}
	abs := name
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(s.dir, abs)
	}
	var src *source
	if data, err := s.read(abs); err == nil {
		src = newSource(data)
	}
	s.files[name] = src
	return src
}

// A source is the text of a file with an index of its lines. Its methods accept
// positions that the file does not have, because the file may have changed since
// it was analysed: they clamp, and line reports false.
type source struct {
	data   []byte
	starts []int    // offset of each line's first byte
	hashes []string // see lineHash
}

func newSource(data []byte) *source {
	src := &source{data: data, starts: []int{0}}
	for i, b := range data {
		if b == '\n' {
			src.starts = append(src.starts, i+1)
		}
	}
	return src
}

// line returns the text of a line, counted from 1, without its line end.
func (s *source) line(n int) ([]byte, bool) {
	if s == nil || n < 1 || n > len(s.starts) {
		return nil, false
	}
	end := len(s.data)
	if n < len(s.starts) {
		end = s.starts[n] - 1
	}
	return bytes.TrimSuffix(s.data[s.starts[n-1]:end], []byte("\r")), true
}

// wordAt returns the number of bytes of the name, keyword or number at a place.
func (s *source) wordAt(p place) int {
	text, ok := s.line(p.line)
	if !ok || p.column < 1 || p.column > len(text) {
		return 0
	}
	rest := text[p.column-1:]
	word := bytes.TrimLeftFunc(rest, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
	return len(rest) - len(word)
}

// position converts a byte offset into a line and a byte column, both from 1.
func (s *source) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(s.data))
	i, found := slices.BinarySearch(s.starts, offset)
	if !found {
		i--
	}
	return i + 1, offset - s.starts[i] + 1
}

// utf16Column converts a byte column of a line into one counted in UTF-16 code
// units, both from 1. Without the line's text it can only return the byte column,
// which is the same number as long as the line is ASCII.
func (s *source) utf16Column(line, column int) int {
	text, ok := s.line(line)
	if !ok {
		return max(column, 1)
	}
	units := 1
	for rest := text[:min(max(column-1, 0), len(text))]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if units++; r > 0xFFFF {
			units++
		}
		rest = rest[size:]
	}
	return units
}
