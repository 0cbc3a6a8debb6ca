// Package upstream runs the checks that package bundle describes.
package upstream

import (
	"flag"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/loopclosure"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/testinggoroutine"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/staticcheck/sa1015"
	"honnef.co/go/tools/staticcheck/sa1017"
	"honnef.co/go/tools/staticcheck/sa2000"
	"honnef.co/go/tools/staticcheck/sa2001"
	"honnef.co/go/tools/staticcheck/sa2002"
	"honnef.co/go/tools/staticcheck/sa2003"
	"honnef.co/go/tools/staticcheck/sa4011"

	"github.com/asynclint/asynclint/internal/bundle"
)

// Analyzers returns the analyzers of a bundle.
func Analyzers(name string) []*analysis.Analyzer {
	switch name {
	case "vet":
		return []*analysis.Analyzer{
			atomic.Analyzer,
			copylock.Analyzer,
			loopclosure.Analyzer,
			lostcancel.Analyzer,
			sigchanyzer.Analyzer,
			testinggoroutine.Analyzer,
			unusedresult.Analyzer,
			waitgroup.Analyzer,
		}
	case "staticcheck":
		return []*analysis.Analyzer{
			sa1015.Analyzer,
			sa1017.Analyzer,
			sa2000.Analyzer,
			sa2001.Analyzer,
			sa2002.Analyzer,
			sa2003.Analyzer,
			sa4011.Analyzer,
		}
	}
	return nil
}

// Run takes over the process and runs the named bundles on the unit that the
// command line names. The analyzers need facts of every dependency, and x/tools'
// own driver is the one that they are tested with; it reads os.Args, so this is
// for the main function of a program only. Run returns only when it has not
// started.
func Run(list string) error {
	names, err := bundle.Parse(list)
	if err != nil {
		return err
	}
	var analyzers []*analysis.Analyzer
	for _, name := range names {
		analyzers = slices.Concat(analyzers, Analyzers(name))
	}
	flag.String("bundle", "", "checks to run") // known to the command line, read before
	unitchecker.Main(analyzers...)
	return nil
}
