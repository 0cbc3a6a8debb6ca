// The asynclint command finds concurrency pitfalls in Go code.
//
//	asynclint ./...
//
// Run `asynclint help` for its flags. The same program is a tool for the go
// command: `go vet -vettool=$(which asynclint) ./...`.
package main

import (
	"os"

	"github.com/asynclint/asynclint/internal/bundle/upstream"
	"github.com/asynclint/asynclint/internal/cli"
	"github.com/asynclint/asynclint/internal/suite"
	"github.com/asynclint/asynclint/internal/vettool"
)

func main() {
	args := os.Args[1:]
	if vettool.Called(args) {
		tool := &vettool.Tool{Analyzers: suite.Analyzers(), Narrow: suite.Narrow, Bundle: upstream.Run}
		os.Exit(tool.Main(args, os.Stdout, os.Stderr))
	}
	os.Exit(cli.Main(args, os.Stdin, os.Stdout, os.Stderr))
}
