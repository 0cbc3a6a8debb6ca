package analyze

import (
	"errors"
	"flag"
	"fmt"
	"strconv"

	"golang.org/x/tools/go/analysis"
)

// A Selection is what flags say about analyzers.
type Selection struct {
	analyzers []*analysis.Analyzer
	chosen    map[*analysis.Analyzer]*choice
}

// Declare adds to fs, for each analyzer, the flag -NAME and every flag of its
// own as -NAME.FLAG, as the go command's tools have them. The values of the
// latter go straight to the analyzer.
func Declare(fs *flag.FlagSet, analyzers []*analysis.Analyzer) *Selection {
	s := &Selection{analyzers, make(map[*analysis.Analyzer]*choice)}
	for _, a := range analyzers {
		s.chosen[a] = new(choice)
		fs.Var(s.chosen[a], a.Name, fmt.Sprintf("enable the %s pass", a.Name))
		a.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, a.Name+"."+f.Name, f.Usage) })
	}
	return s
}

// Enabled returns the analyzers that are to run: if one is switched on by name,
// only those that are, otherwise all that are not switched off.
func (s *Selection) Enabled() []*analysis.Analyzer {
	var on, rest []*analysis.Analyzer
	for _, a := range s.analyzers {
		switch *s.chosen[a] {
		case yes:
			on = append(on, a)
		case unset:
			rest = append(rest, a)
		}
	}
	if len(on) > 0 {
		return on
	}
	return rest
}

// A choice is a boolean flag that remembers whether it was given.
type choice int

const (
	unset choice = iota
	yes
	no
)

// String implements flag.Value.
func (c *choice) String() string { return strconv.FormatBool(c == nil || *c != no) }

// IsBoolFlag lets the flag stand without a value.
func (c *choice) IsBoolFlag() bool { return true }

// Set implements flag.Value.
func (c *choice) Set(s string) error {
	b, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return errors.New("want true or false")
	case b:
		*c = yes
	default:
		*c = no
	}
	return nil
}
