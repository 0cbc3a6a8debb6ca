package harness

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// alwaysInstrumented are dependencies that consist of synchronisation: a
// program that uses them can hardly be explored without them.
var alwaysInstrumented = []string{"golang.org/x/sync/..."}

// A plan is what goes into one program.
type plan struct {
	root    *packages.Package // the package under test, without its tests
	module  *packages.Module
	sources []*packages.Package // type-checked, with syntax; the root's with its tests
	foreign []string
}

func (c *Config) load(ctx context.Context, mode packages.LoadMode, tests bool, overlay map[string][]byte, patterns []string) ([]*packages.Package, error) {
	cfg := &packages.Config{Context: ctx, Mode: mode, Dir: c.Dir, Tests: tests, Env: c.Env, Overlay: overlay}
	if c.Tags != "" {
		cfg.BuildFlags = []string{"-tags=" + c.Tags}
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLoad, err)
	}
	return pkgs, nil
}

const metadata = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule | packages.NeedForTest

const syntax = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedModule |
	packages.NeedForTest | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedExportFile

// plan finds, for each package that the patterns name, what to instrument.
func (c *Config) plan(ctx context.Context, patterns []string) ([]*plan, error) {
	roots, err := c.load(ctx, metadata, true, nil, patterns)
	if err != nil {
		return nil, err
	}
	byPath := map[string]*plan{}
	var plans []*plan
	deps := map[*plan]map[string]bool{}
	for _, pkg := range roots {
		for _, e := range pkg.Errors {
			return nil, fmt.Errorf("%w: %s: %v", ErrLoad, pkg.PkgPath, e)
		}
		if pkg.ForTest != "" || strings.HasSuffix(pkg.ID, ".test") {
			continue
		}
		if pkg.Module == nil {
			return nil, fmt.Errorf("%w: %s is in no module; the testbed needs a go.mod", ErrLoad, pkg.PkgPath)
		}
		if len(pkg.GoFiles)+len(pkg.OtherFiles)+len(pkg.IgnoredFiles) == 0 && len(pkg.Errors) == 0 && pkg.Name == "" {
			return nil, fmt.Errorf("%w: no Go files in %s", ErrLoad, pkg.PkgPath)
		}
		p := &plan{root: pkg, module: pkg.Module}
		plans = append(plans, p)
		byPath[pkg.PkgPath] = p
		deps[p] = map[string]bool{}
	}
	for _, pkg := range roots {
		path := pkg.PkgPath
		if pkg.ForTest != "" {
			path = pkg.ForTest
		}
		if p := byPath[path]; p != nil {
			c.collect(p, pkg, deps[p])
		}
	}
	for _, p := range plans {
		if err := c.loadSources(ctx, p, deps[p]); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

// collect walks the imports of a root and sorts its dependencies.
func (c *Config) collect(p *plan, root *packages.Package, instrument map[string]bool) {
	seen := map[string]bool{}
	synchronises := map[string]bool{}
	var visit func(*packages.Package)
	visit = func(pkg *packages.Package) {
		if seen[pkg.ID] {
			return
		}
		seen[pkg.ID] = true
		for _, imp := range pkg.Imports {
			visit(imp)
		}
		switch {
		case strings.HasPrefix(pkg.PkgPath+"/", ownPath): // what explores is not explored
		case pkg.Module == nil || pkg.PkgPath == p.root.PkgPath || pkg.ForTest == p.root.PkgPath:
		case pkg.Module.Path == p.module.Path || c.wanted(pkg.PkgPath):
			instrument[pkg.PkgPath] = true
		case pkg.Imports["sync"] != nil || pkg.Imports["time"] != nil:
			synchronises[pkg.PkgPath] = true
		}
	}
	visit(root)
	for path := range synchronises {
		if !slices.Contains(p.foreign, path) {
			p.foreign = append(p.foreign, path)
		}
	}
	slices.Sort(p.foreign)
}

// wanted reports whether a dependency is to be instrumented.
func (c *Config) wanted(path string) bool {
	for _, pattern := range append(alwaysInstrumented, c.Instrument...) {
		if prefix, ok := strings.CutSuffix(pattern, "/..."); ok && (path == prefix || strings.HasPrefix(path, prefix+"/")) || path == pattern {
			return true
		}
	}
	return false
}

// loadSources type-checks what the plan instruments.
func (c *Config) loadSources(ctx context.Context, p *plan, deps map[string]bool) error {
	pkgs, err := c.load(ctx, syntax, true, nil, []string{p.root.PkgPath})
	if err != nil {
		return err
	}
	augmented := slices.ContainsFunc(pkgs, func(pkg *packages.Package) bool {
		return pkg.ForTest == p.root.PkgPath && pkg.PkgPath == p.root.PkgPath
	})
	for _, pkg := range pkgs {
		if strings.HasSuffix(pkg.ID, ".test") || augmented && pkg.ForTest == "" {
			continue
		}
		p.sources = append(p.sources, pkg)
	}
	if len(deps) > 0 {
		var paths []string
		for path := range deps {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		more, err := c.load(ctx, syntax, false, nil, paths)
		if err != nil {
			return err
		}
		p.sources = append(p.sources, more...)
	}
	for _, pkg := range p.sources {
		for _, e := range pkg.Errors {
			return fmt.Errorf("%w: %v", ErrBuild, e)
		}
	}
	return nil
}

// targets lists the test functions of a package in source order.
func targets(pkg *packages.Package) []string {
	var names []string
	for _, file := range pkg.Syntax {
		if !strings.HasSuffix(pkg.Fset.Position(file.Package).Filename, "_test.go") {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && isTest(pkg.TypesInfo, fn) {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}

func isTest(info *types.Info, fn *ast.FuncDecl) bool {
	if fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
		return false
	}
	obj, ok := info.Defs[fn.Name].(*types.Func)
	if !ok {
		return false
	}
	sig := obj.Signature()
	return sig.Params().Len() == 1 && sig.Results().Len() == 0 && types.TypeString(sig.Params().At(0).Type(), nil) == "*testing.T"
}

// hasMain reports whether the package is a program.
func hasMain(pkg *packages.Package) bool {
	return pkg.Name == "main" && pkg.Types.Scope().Lookup("main") != nil
}

// inside reports whether a file belongs to the module's own tree.
func inside(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}
