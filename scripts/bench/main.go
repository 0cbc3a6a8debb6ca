//go:build linux

// The bench command measures asynclint beside go vet and staticcheck: processor
// time and peak memory of an analysis that is cached nowhere, and of the same one
// again. It writes the table of docs/benchmarks.md:
//
//	go run ./scripts/bench -o docs/benchmarks.md
//
// Every tool starts from a copy of one build cache that holds what compiling the
// module and its tests leaves there, and nothing that any of the tools has said. It
// runs on Linux, whose unit for the size of a process measure.go knows.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/scripts/internal/modcopy"
)

// modules are of different sizes, and import different shares of what they compile.
var modules = []string{
	"github.com/hashicorp/memberlist@v0.7.0",
	"github.com/quic-go/quic-go@v0.65.0",
	"google.golang.org/grpc@v1.85.0",
	"github.com/nats-io/nats-server/v2@v2.15.2",
}

func main() {
	b := &bench{log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }}
	dir := flag.String("dir", filepath.Join(os.TempDir(), "asynclint-bench"), "keep modules, tools and caches in `DIR`")
	only := flag.String("modules", "", "measure only modules that contain one of `WORDS` (joined by commas)")
	out := flag.String("o", "", "write the table between the markers of `FILE` too")
	flag.IntVar(&b.rounds, "rounds", 3, "measure everything `N` times and take the medians")
	flag.Parse()
	b.dir = *dir
	if err := b.run(*only, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A bench is one run of the command.
type bench struct {
	dir    string
	rounds int
	log    func(format string, args ...any)
}

func (b *bench) run(only, out string) error {
	tools, err := b.build()
	if err != nil {
		return err
	}
	var rows []row
	for _, m := range modules {
		if only != "" && !slices.ContainsFunc(strings.Split(only, ","), func(w string) bool { return strings.Contains(m, w) }) {
			continue
		}
		r, err := b.module(m, tools)
		if err != nil {
			return fmt.Errorf("%s: %w", m, err)
		}
		rows = append(rows, r)
	}
	text, err := b.page(rows)
	if err != nil {
		return err
	}
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return splice(out, text)
}

// module measures all tools on one module, in turns, so that what else the
// machine does hits them alike.
func (b *bench) module(version string, tools []tool) (row, error) {
	b.log("%s", version)
	src, err := modcopy.Get(filepath.Join(b.dir, "modules"), version)
	if err != nil {
		return row{}, err
	}
	filled, err := b.compile(src)
	if err != nil {
		return row{}, err
	}
	r := row{module: version}
	samples := make([][]sample, len(tools))
	for range b.rounds {
		for i, t := range tools {
			s, err := b.measure(t, src, filled)
			if err != nil {
				return r, err
			}
			b.log("  %-12s cold %6.2f s %5.0f MB, warm %6.2f s", t.name, s.cold.seconds, s.cold.megabytes, s.warm.seconds)
			samples[i] = append(samples[i], s)
		}
	}
	for i, t := range tools {
		r.cells = append(r.cells, cell{t.name, median(samples[i])})
	}
	return r, nil
}
