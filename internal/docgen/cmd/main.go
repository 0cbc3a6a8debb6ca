// Command docgen writes the generated documents of asynclint.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/asynclint/asynclint/internal/docgen"
)

func main() {
	root := flag.String("C", ".", "the root `directory` of the repository")
	flag.Parse()
	written, err := docgen.Write(*root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
	for _, name := range written {
		fmt.Println(name)
	}
}
