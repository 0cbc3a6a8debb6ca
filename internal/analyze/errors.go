package analyze

import (
	"errors"
	"fmt"
	"strings"
)

// maxErrors bounds how many syntax or type errors of a package are shown.
const maxErrors = 10

// SourceErrors collects the errors of a package that cannot be analysed.
type SourceErrors struct {
	lines []string
	more  int
}

// Add adds an error; nil is none.
func (s *SourceErrors) Add(err error) {
	switch {
	case err == nil:
	case len(s.lines) < maxErrors:
		s.lines = append(s.lines, err.Error())
	default:
		s.more++
	}
}

// Err returns the first errors, one a line, and the number of the others. It
// returns nil when there are none.
func (s *SourceErrors) Err() error {
	if len(s.lines) == 0 {
		return nil
	}
	text := strings.Join(s.lines, "\n")
	if s.more > 0 {
		text += fmt.Sprintf("\n... and %d more errors", s.more)
	}
	return errors.New(text)
}
