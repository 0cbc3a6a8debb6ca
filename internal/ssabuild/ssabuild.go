// Package ssabuild builds the SSA form of the package under analysis.
//
// It stands in for x/tools' passes/buildssa, which requires ctrlflow and
// thereby makes every dependency, std included, be analysed for its facts.
// What ctrlflow knows about functions that never return comes from a small
// table here and from the package's own source.
package ssabuild

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// A Package is the SSA form of the package under analysis.
type Package struct {
	SSA *ssa.Package
	// Funcs are the functions whose bodies were built, each followed by its
	// function literals, in source order.
	Funcs []*ssa.Function
}

// Analyzer builds a [Package].
var Analyzer = &analysis.Analyzer{
	Name:       "asynclintssa",
	Doc:        "build the SSA form of the package",
	Run:        run,
	ResultType: reflect.TypeFor[*Package](),
}

// ErrBuild is wrapped by the error of a package that go/ssa cannot build.
var ErrBuild = errors.New("cannot build SSA form")

func run(pass *analysis.Pass) (result any, err error) {
	defer func() {
		if x := recover(); x != nil {
			result, err = (*Package)(nil), fmt.Errorf("%w of %s: %v\n%s", ErrBuild, pass.Pkg.Path(), x, debug.Stack())
		}
	}()

	prog := ssa.NewProgram(pass.Fset, 0)
	prog.SetNoReturn(noReturn(pass))
	for _, imp := range pass.Pkg.Imports() {
		prog.CreatePackage(imp, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, relevant(pass), pass.TypesInfo, false)
	pkg.Build()

	p := &Package{SSA: pkg}
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				obj, _ := pass.TypesInfo.Defs[d.Name].(*types.Func)
				if obj == nil {
					continue
				}
				if fn := prog.FuncValue(obj); fn != nil && fn.Blocks != nil {
					p.add(fn)
				}
			}
		}
	}
	// Function literals of package-level variables belong to the synthesized
	// initializer.
	if init := pkg.Func("init"); init != nil {
		for _, anon := range init.AnonFuncs {
			p.add(anon)
		}
	}
	return p, nil
}

func (p *Package) add(fn *ssa.Function) {
	p.Funcs = append(p.Funcs, fn)
	for _, anon := range fn.AnonFuncs {
		p.add(anon)
	}
}
