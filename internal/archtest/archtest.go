// Package archtest holds the module to its architecture: which package may import
// which, and that nothing below the commands ends or crashes the process.
//
// The rules are about non-test code and about everything that a package reaches,
// not only what it imports itself: a pass that reached os/exec through a helper
// could no longer run inside other people's linters.
package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// Module is the path of this module. Paths below it are written without it here.
const Module = "github.com/asynclint/asynclint"

// A Package is what `go list -json` says about one.
type Package struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	GoFiles    []string
	Deps       []string // everything it reaches
	Module     *struct{ Path string }
}

// A Graph is the packages of the module and all they reach, by import path.
type Graph map[string]*Package

// Load lists the module that the directory belongs to.
func Load(dir string) (Graph, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,Standard,GoFiles,Deps,Module", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		var status *exec.ExitError
		if errors.As(err, &status) {
			err = fmt.Errorf("%w: %s", err, status.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	g := make(Graph)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := new(Package)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return g, nil
		} else if err != nil {
			return nil, fmt.Errorf("output of go list: %w", err)
		}
		g[p.ImportPath] = p
	}
}

// Own returns the sorted packages of the module by their path below it.
func (g Graph) Own() []string {
	var own []string
	for path := range g {
		if rel, ok := strings.CutPrefix(path, Module+"/"); ok {
			own = append(own, rel)
		}
	}
	slices.Sort(own)
	return own
}

// A Rule forbids some packages to reach some others.
type Rule struct {
	Why  string
	From func(path string) bool
	// Not reports whether the package may not be reached from a package that
	// From selects; it gets both.
	Not func(from string, to *Package) bool
}

// Violations returns what breaks the rule, one line each, sorted.
func (g Graph) Violations(r Rule) []string {
	var found []string
	for _, from := range g.Own() {
		if !r.From(from) {
			continue
		}
		for _, dep := range g[Module+"/"+from].Deps {
			if to := g[dep]; to != nil && r.Not(from, to) {
				found = append(found, fmt.Sprintf("%s reaches %s: %s", from, to.rel(), r.Why))
			}
		}
	}
	slices.Sort(found)
	return found
}

// rel is the path below the module, or the whole path of a foreign package.
func (p *Package) rel() string {
	return strings.TrimPrefix(p.ImportPath, Module+"/")
}

// own reports whether the package belongs to this module.
func (p *Package) own() bool {
	return strings.HasPrefix(p.ImportPath, Module+"/")
}

// under returns a function that reports whether a path is one of the given ones
// or below one of them.
func under(roots ...string) func(string) bool {
	return func(path string) bool {
		return slices.ContainsFunc(roots, func(root string) bool {
			return path == root || strings.HasPrefix(path, root+"/")
		})
	}
}

// Rules are the import rules of this module.
func Rules() []Rule {
	passes := under("passes")
	front := under("cmd", "internal/cli", "internal/render", "internal/config", "internal/vettool",
		"internal/inprocess", "internal/analyze", "internal/wire", "internal/bundle", "internal/fix", "internal/suite", "internal/docgen")
	return []Rule{
		{
			Why:  "a pass runs inside other people's linters: it knows neither the command nor its formats",
			From: passes,
			Not:  func(_ string, to *Package) bool { return front(to.rel()) || to.ImportPath == "os/exec" },
		},
		{
			Why:  "what two passes share belongs to internal",
			From: passes,
			Not: func(from string, to *Package) bool {
				return passes(to.rel()) && pass(from) != pass(to.rel())
			},
		},
		{
			Why:  "passes depend on std and golang.org/x/tools alone",
			From: passes,
			Not: func(_ string, to *Package) bool {
				return !to.Standard && !to.own() && !strings.HasPrefix(to.ImportPath, "golang.org/x/")
			},
		},
		{
			Why:  "only the suite knows which passes there are, and only the front end uses the suite",
			From: func(p string) bool { return under("internal")(p) && !under("internal/suite", "internal/cli")(p) },
			Not:  func(_ string, to *Package) bool { return passes(to.rel()) },
		},
		{
			Why:  "the front end is the end of the import graph",
			From: func(p string) bool { return !under("cmd", "internal/cli")(p) },
			Not:  func(_ string, to *Package) bool { return under("cmd", "internal/cli")(to.rel()) },
		},
		{
			Why:  "every layer may depend on the catalogue and the tables, so they depend on none",
			From: under("internal/rule", "internal/registry"),
			Not:  func(_ string, to *Package) bool { return !to.Standard },
		},
		{
			Why:  "a renderer turns findings into bytes; it sees findings and the catalogue only",
			From: under("internal/render"),
			Not: func(_ string, to *Package) bool {
				return to.own() && !under("internal/finding", "internal/rule")(to.rel())
			},
		},
		{
			Why:  "rt is compiled into programs of others and explore into rt: they bring nothing but std",
			From: under("testbed/explore", "testbed/rt"),
			Not: func(_ string, to *Package) bool {
				return !to.Standard && !under("testbed/explore", "testbed/rt")(to.rel())
			},
		},
	}
}

// pass returns the name of the pass that a package belongs to.
func pass(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "passes/"), "/")
	return name
}
