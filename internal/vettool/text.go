package vettool

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/wire"
)

// printText prints findings as the go command's own tools do and returns the
// exit code.
func printText(entries map[string]*wire.Entry, context int, w io.Writer) int {
	code := exitOK
	for _, name := range sortedNames(entries) {
		if e := entries[name]; e.Error != "" {
			fmt.Fprintf(w, "asynclint: %s: %s\n", name, e.Error)
			code = exitFindings
		}
	}
	for _, name := range sortedNames(entries) {
		for _, d := range entries[name].Diagnostics {
			code = exitFindings
			fmt.Fprintf(w, "%s: %s\n", d.Posn, d.Message)
			printContext(w, d, context)
			for _, rel := range d.Related {
				fmt.Fprintf(w, "%s: \t%s\n", rel.Posn, rel.Message)
			}
		}
	}
	return code
}

// printContext prints the lines of a finding with n lines around them.
func printContext(w io.Writer, d wire.Diagnostic, n int) {
	if n < 0 || d.Finding == nil {
		return
	}
	content, err := os.ReadFile(d.Finding.Pos.File)
	if err != nil {
		return
	}
	lines := strings.Split(string(content), "\n")
	for i := max(d.Finding.Pos.Line-n, 1); i <= min(d.Finding.End.Line+n, len(lines)); i++ {
		fmt.Fprintf(w, "%d\t%s\n", i, lines[i-1])
	}
}

func sortedNames(entries map[string]*wire.Entry) []string {
	var names []string
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
