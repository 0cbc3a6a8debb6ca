package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

const helpAbove = `asynclint finds concurrency mistakes in Go code.

Usage:
  asynclint [flags] [packages]
`

const helpBelow = `
Packages are patterns as for go vet; without one, ./... is meant. A directory
in another module than the working directory's is analysed from there, so
asynclint ./a/... ./b/... covers two modules in one run. Inside a module, ./...
ends at nested modules, as it does for go vet. In a workspace (go.work), and in
a directory that belongs to no module, DIR/... covers every module below DIR.

Settings for a team are in .asynclint.yml, in the working directory or above,
up to the root of the repository. Flags win over it.

Exit codes:
  0  no finding at or above -fail-on
  1  findings at or above -fail-on, or -diff is not empty
  2  wrong flag, argument or configuration: nothing was analysed
  3  something could not be analysed: it is named, the rest is still reported;
     3 wins over 1

As a vet tool:
  go vet -vettool=$(which asynclint) ./...
`

// help prints how to use the command.
func help(e *env) int {
	var b strings.Builder
	b.WriteString(helpAbove)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  asynclint %s\n", strings.TrimSpace(c.name+" "+c.args))
	}
	b.WriteString("\nCommands:\n")
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s\n", c.name, c.short)
	}
	w.Flush()
	b.WriteString("\nFlags:\n")
	newFlagSet(new(options)).VisitAll(func(f *flag.Flag) { describeFlag(&b, f) })
	b.WriteString(helpBelow)
	_, err := io.WriteString(e.stdout, b.String())
	return e.wrote(err)
}

// describeFlag prints a flag and, below it, its usage wrapped to 72 columns.
func describeFlag(w io.Writer, f *flag.Flag) {
	arg, usage := flag.UnquoteUsage(f)
	name := "-" + f.Name
	if f.DefValue == "true" {
		name += "=false"
	} else if arg != "" {
		name += " " + arg
	}
	fmt.Fprintf(w, "  %s\n", name)
	if f.DefValue == "true" {
		usage = "do not " + usage
	}
	line := "     "
	for word := range strings.FieldsSeq(usage) {
		if len(line)+1+len(word) > 76 {
			fmt.Fprintln(w, line)
			line = "     "
		}
		line += " " + word
	}
	fmt.Fprintln(w, line)
}
