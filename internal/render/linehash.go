package render

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// lineHash returns the primaryLocationLineHash of a line, by which GitHub knows an
// alert again after the code has moved. GitHub's upload action computes it for
// results without one, its REST API does not; a result must get the same value
// either way, so this is the action's function. A line's hash covers the text of
// 100 UTF-16 units from its start, blanks and tabs left out and all line ends
// alike; a count behind the colon tells equal hashes of a file apart.
func (s *source) lineHash(line int) string {
	if s == nil {
		return ""
	}
	if s.hashes == nil {
		s.hashes = lineHashes(string(s.data))
	}
	if line < 1 || line > len(s.hashes) {
		return ""
	}
	return s.hashes[line-1]
}

const (
	hashedUnits = 100
	hashFactor  = 37
	endOfFile   = 0xFFFF
)

var hashedText = strings.NewReplacer(" ", "", "\t", "", "\r\n", "\n", "\r", "\n")

func lineHashes(text string) []string {
	units := append(utf16.Encode([]rune(hashedText.Replace(text))), endOfFile)
	var hashes []string
	seen := make(map[uint64]int)
	for i := range units {
		if i > 0 && units[i-1] != '\n' {
			continue
		}
		var h uint64 // a polynomial over the units, zeros behind the end
		for j := i; j < i+hashedUnits; j++ {
			h *= hashFactor
			if j < len(units) {
				h += uint64(units[j])
			}
		}
		seen[h]++
		hashes = append(hashes, fmt.Sprintf("%x:%d", h, seen[h]))
	}
	return hashes
}
