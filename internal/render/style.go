package render

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/asynclint/asynclint/internal/rule"
)

// A Style says how text is laid out.
type Style struct {
	Color bool
	Width int // columns of the terminal; 0 means unknown
}

// Terminal returns the style for a file, and whether it is a terminal: people
// read snippets, pipes read lines. The environment has the last word on colour:
// NO_COLOR (any value) and TERM=dumb switch it off, CLICOLOR_FORCE (any value but
// 0) switches it on even in a pipe, and NO_COLOR wins over CLICOLOR_FORCE.
func Terminal(f *os.File, getenv func(string) string) (Style, bool) {
	fd := int(f.Fd())
	tty := term.IsTerminal(fd)
	s := Style{Color: wantColor(tty, getenv)}
	if cols, err := strconv.Atoi(getenv("COLUMNS")); err == nil && cols > 0 {
		s.Width = cols
	} else if cols, _, err := term.GetSize(fd); tty && err == nil {
		s.Width = cols
	}
	return s, tty
}

func wantColor(tty bool, getenv func(string) string) bool {
	force := getenv("CLICOLOR_FORCE")
	switch {
	case getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return tty && getenv("TERM") != "dumb"
}

// width is the number of columns to fill when the terminal's is unknown or absurd.
func (s Style) width() int {
	if s.Width == 0 {
		return 120
	}
	return max(s.Width, 40)
}

// An ink is the parameter list of an ANSI "select graphic rendition" sequence.
// Only the eight basic colours are used: the terminal's own theme picks shades
// that can be read on its background.
type ink string

const (
	plain   ink = ""
	bold    ink = "1"
	faint   ink = "2"
	red     ink = "1;31" // errors and failures
	yellow  ink = "1;33" // warnings
	teal    ink = "1;36" // notes
	blue    ink = "34"   // line numbers, bars, secondary positions
	cyan    ink = "36"   // code in prose
	removed ink = "31"
	added   ink = "32"
)

func levelInk(l rule.Level) ink {
	switch l {
	case rule.Error:
		return red
	case rule.Warning:
		return yellow
	}
	return teal
}

// paint returns the text in the given ink, or as it is when colour is off.
func (s Style) paint(i ink, text string) string {
	if !s.Color || i == plain || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}
