// Package inprocess runs the analyzers in one process, on packages that
// go/packages loads.
//
// It is the driver for where `go vet -vettool` does not fit: a go command that
// speaks another protocol, a build system with a go/packages driver of its own.
// It finds the same, but has no cache and holds all packages in memory.
//
// As under go vet, only packages of the main modules are analysed. Everything
// else comes from export data.
package inprocess

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/asynclint/asynclint/internal/analyze"
	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/wire"
)

// Options say what to analyse and how.
type Options struct {
	Dir        string   // working directory; empty is the current one
	Env        []string // as exec.Cmd.Env; nil is the current environment
	Patterns   []string // as for go list
	BuildFlags []string // such as "-tags=integration"
	Tests      bool     // analyse test files as well

	Analyzers []*analysis.Analyzer
	// Narrow prepares the analyzers that Flags leave enabled; it may be nil.
	Narrow func([]*analysis.Analyzer) []*analysis.Analyzer
	// Flags are flags of the analyzers in the form of the vet tool, such as
	// "-leak=false". They are set for the rest of the program's life.
	Flags []string
}

// Run analyses the packages. The results hold every finding, suppressed and
// minor ones too. A package that cannot be analysed is among the failures; an
// error means that nothing could be loaded.
func Run(ctx context.Context, opts Options) (*wire.Results, error) {
	fs := flag.NewFlagSet("asynclint", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	selection := analyze.Declare(fs, opts.Analyzers)
	if err := fs.Parse(opts.Flags); err != nil {
		return nil, err
	}
	analyzers := selection.Enabled()
	if opts.Narrow != nil {
		analyzers = opts.Narrow(analyzers)
	}
	if err := analysis.Validate(analyzers); err != nil {
		return nil, err
	}
	g, err := load(ctx, &opts)
	if err != nil {
		return nil, err
	}
	g.run(analyzers)
	return g.results()
}

// A graph is the packages to analyse with the facts that flow between them.
type graph struct {
	nodes []*node // dependencies first
}

// A node is one package of a main module.
type node struct {
	pkg     *packages.Package
	root    bool // findings are wanted, not only facts
	imports []*node
	done    chan struct{}

	facts   *analyze.Facts
	entries map[string]*wire.Entry
	failure string // why the package could not be analysed
}

// load finds the packages. Since go/packages keeps syntax only for the packages
// it is asked for, it is asked twice: which packages of the main modules do the
// patterns need, and then for those.
func load(ctx context.Context, opts *Options) (*graph, error) {
	config := func(mode packages.LoadMode) *packages.Config {
		return &packages.Config{
			Mode: mode, Context: ctx, Dir: opts.Dir, Env: opts.Env, BuildFlags: opts.BuildFlags, Tests: opts.Tests,
			Fset: token.NewFileSet(), ParseFile: parseFile,
		}
	}
	listed, err := packages.Load(config(packages.NeedName|packages.NeedFiles|packages.NeedImports|packages.NeedDeps|packages.NeedModule|packages.NeedForTest), opts.Patterns...)
	if err != nil {
		return nil, fmt.Errorf("listing packages: %w", err)
	}
	roots := make(map[string]bool)
	for _, p := range wanted(listed) {
		roots[p.ID] = true
	}
	patterns := slices.Clone(opts.Patterns)
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	packages.Visit(listed, nil, func(p *packages.Package) {
		if inMainModule(p) && p.ForTest == "" && !roots[p.ID] && !strings.HasSuffix(p.ID, ".test") {
			patterns = append(patterns, p.PkgPath)
		}
	})
	loaded, err := packages.Load(config(packages.NeedName|packages.NeedFiles|packages.NeedCompiledGoFiles|packages.NeedImports|packages.NeedModule|packages.NeedForTest|
		packages.NeedTypes|packages.NeedTypesSizes|packages.NeedTypesInfo|packages.NeedSyntax), patterns...)
	if err != nil {
		return nil, fmt.Errorf("loading packages: %w", err)
	}
	return newGraph(loaded, roots), nil
}

// parseFile is go/packages' own way to parse, with a bound on the depth.
func parseFile(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if err == nil {
		err = analyze.CheckDepth(fset, f, len(src))
	}
	return f, err
}

// wanted returns the packages whose findings are wanted. Where a package has a
// variant with its test files, that one stands for both. The main programs that
// go test generates are nobody's code, and a directory with external tests only
// is no package besides these.
func wanted(list []*packages.Package) []*packages.Package {
	variants, tested := make(map[string]bool), make(map[string]bool)
	for _, p := range list {
		tested[p.ForTest] = true
		if p.ForTest == p.PkgPath {
			variants[p.PkgPath] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(p *packages.Package) bool {
		if p.ForTest != "" {
			return false
		}
		testMain := strings.HasSuffix(p.ID, ".test") && p.Name == "main"
		onlyTests := tested[p.PkgPath] && len(p.GoFiles) == 0 && len(p.Errors) == 0
		return variants[p.PkgPath] || testMain || onlyTests
	})
}

func inMainModule(p *packages.Package) bool { return p.Module != nil && p.Module.Main }

// newGraph builds the graph of the roots and of what they import from the main
// modules.
//
// The go command compiles a package q again, as "q [p.test]", when it imports p
// and the external test of p imports q. Nobody can ask go/packages for the
// source of such a variant, so the facts of q itself stand in for its facts:
// the source is the same, only the p that it was compiled against has more.
func newGraph(loaded []*packages.Package, roots map[string]bool) *graph {
	withSource := make(map[*packages.Package]bool)
	plain := make(map[string]*packages.Package)
	for _, p := range loaded {
		withSource[p] = true
		if p.ForTest == "" {
			plain[p.PkgPath] = p
		}
	}
	g := new(graph)
	nodes := make(map[*packages.Package]*node)
	var visit func(p *packages.Package) *node
	visit = func(p *packages.Package) *node {
		if n := nodes[p]; n != nil {
			return n
		}
		n := &node{pkg: p, root: roots[p.ID], done: make(chan struct{})}
		nodes[p] = n
		for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
			dep := p.Imports[path]
			if !withSource[dep] {
				dep = plain[dep.PkgPath]
			}
			if dep != nil && inMainModule(dep) {
				n.imports = append(n.imports, visit(dep))
			}
		}
		g.nodes = append(g.nodes, n)
		return n
	}
	for _, p := range loaded {
		if roots[p.ID] {
			visit(p)
		}
	}
	return g
}

// run analyses all packages, each as soon as its imports are done, as many at a
// time as there are processors.
func (g *graph) run(analyzers []*analysis.Analyzer) {
	facts := analyze.FactAnalyzers(analyzers)
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for _, n := range g.nodes {
		all.Go(func() {
			defer close(n.done)
			for _, dep := range n.imports {
				<-dep.done
			}
			free <- struct{}{}
			defer func() { <-free }()
			if n.root {
				n.run(analyzers)
			} else {
				n.run(facts)
			}
		})
	}
	all.Wait()
}

func (n *node) run(analyzers []*analysis.Analyzer) {
	p := n.pkg
	n.facts = analyze.NewFacts()
	imports := make(map[string]*analyze.Facts)
	for _, dep := range n.imports {
		imports[dep.pkg.PkgPath] = dep.facts
	}
	n.facts.Inherit(imports)
	if n.failure = failure(p); n.failure != "" {
		return
	}
	unit := &analyze.Unit{
		Fset:         p.Fset,
		Files:        p.Syntax,
		OtherFiles:   p.OtherFiles,
		IgnoredFiles: p.IgnoredFiles,
		Pkg:          p.Types,
		Info:         p.TypesInfo,
		Sizes:        p.TypesSizes,
		Facts:        n.facts,
	}
	if m := p.Module; m != nil {
		unit.Module = &analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	n.entries = unit.Entries(unit.Run(analyzers), true)
}

// failure returns why a package cannot be analysed, or "".
func failure(p *packages.Package) string {
	if len(p.Errors) == 0 && !p.IllTyped && p.Types != nil && len(p.Syntax) > 0 {
		return ""
	}
	var problems analyze.SourceErrors
	for _, e := range p.Errors {
		problems.Add(e)
	}
	if err := problems.Err(); err != nil {
		return err.Error()
	}
	return "a package that it imports cannot be compiled"
}

// results puts together what the packages said.
func (g *graph) results() (*wire.Results, error) {
	if len(g.nodes) == 0 {
		return nil, errors.New("no packages to analyse")
	}
	var trees []wire.Tree
	var failures []finding.Failure
	for _, n := range g.nodes {
		switch {
		case n.root && n.failure == "":
			trees = append(trees, wire.Tree{n.pkg.PkgPath: n.entries})
		case n.root:
			failures = append(failures, finding.Failure{Package: n.pkg.PkgPath, Reason: n.failure})
		default:
			// The errors of a package that nobody asked for show in those that
			// import it, but not that its facts are missing.
			for name, e := range n.entries {
				if e.Error != "" {
					failures = append(failures, finding.Failure{Package: n.pkg.PkgPath, Pass: name, Reason: e.Error})
				}
			}
		}
	}
	res := wire.Collect(trees)
	res.Merge(&wire.Results{Failures: failures})
	return res, nil
}
