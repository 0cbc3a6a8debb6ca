// The corpus command runs asynclint on published modules and counts what it
// reports: before a change and after it, to see what the change does to real code.
//
//	go run ./scripts/corpus -o before          # then change something
//	go run ./scripts/corpus -o after -against before
//
// Arguments name modules (example.com/m@v1.2.3, or std); without them, all of
// scripts/corpus/modules.txt are run. The copies stay in a directory, so that
// later runs find them and Go's build cache as they were.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed modules.txt
var list string

func main() {
	c := new(corpus)
	dir := flag.String("dir", filepath.Join(os.TempDir(), "asynclint-corpus"), "keep copies of the modules in `DIR`")
	flag.StringVar(&c.out, "o", "", "write each module's findings to files in `DIR`, as JSON and as text")
	flag.StringVar(&c.against, "against", "", "print what is new and what is gone since the run that wrote `DIR`")
	flags := flag.String("flags", "", "pass these `FLAGS` on to asynclint (divided by spaces)")
	flag.Parse()
	c.dir, c.flags = *dir, strings.Fields(*flags)
	if err := c.run(wanted(flag.Args())); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

// wanted returns the modules to run.
func wanted(args []string) []string {
	if len(args) > 0 {
		return args
	}
	var modules []string
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			modules = append(modules, line)
		}
	}
	slices.Sort(modules)
	return modules
}
