package vettool

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/asynclint/asynclint/internal/analyze"
)

// parse parses the unit's files. The error holds the first errors of all files.
func parse(cfg *config, fset *token.FileSet) ([]*ast.File, error) {
	var files []*ast.File
	var problems analyze.SourceErrors
	for _, name := range cfg.GoFiles {
		src, err := os.ReadFile(name)
		if err != nil {
			problems.Add(err)
			continue
		}
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		switch list := scanner.ErrorList(nil); {
		case errors.As(err, &list):
			for _, e := range list {
				problems.Add(e)
			}
		case err != nil:
			problems.Add(err)
		default:
			problems.Add(analyze.CheckDepth(fset, f, len(src)))
			files = append(files, f)
		}
	}
	return files, problems.Err()
}

// check type-checks the unit against the export data of its imports. It also
// returns the packages that these mention: no other package's facts can be asked
// for here, nor by a dependent that knows it through this package only.
func check(cfg *config, fset *token.FileSet, files []*ast.File) (*analyze.Unit, map[string]*types.Package, error) {
	var problems analyze.SourceErrors
	im := &importer{cfg: cfg, fset: fset, packages: make(map[string]*types.Package)}
	conf := &types.Config{
		Importer:  im,
		Sizes:     types.SizesFor("gc", build.Default.GOARCH),
		GoVersion: cfg.GoVersion,
		Error:     func(err error) { problems.Add(err) },
	}
	info := analyze.NewInfo()
	pkg, err := conf.Check(cfg.ImportPath, fset, files, info)
	if err := cmp.Or(problems.Err(), err); err != nil {
		return nil, nil, err
	}
	return &analyze.Unit{
		Fset:         fset,
		Files:        files,
		OtherFiles:   cfg.NonGoFiles,
		IgnoredFiles: cfg.IgnoredFiles,
		Pkg:          pkg,
		Info:         info,
		Sizes:        conf.Sizes,
		Module:       cfg.module(),
	}, im.packages, nil
}

// An importer reads the export data that the compiler wrote for the imports.
type importer struct {
	cfg      *config
	fset     *token.FileSet
	packages map[string]*types.Package
}

// Import implements types.Importer.
func (im *importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if mapped, ok := im.cfg.ImportMap[path]; ok {
		path = mapped
	}
	if pkg := im.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	name := im.cfg.PackageFile[path]
	if name == "" {
		return nil, fmt.Errorf("the go command passed no export data for %s; run asynclint with -driver=inprocess, or update asynclint", path)
	}
	pkg, err := im.read(path, name)
	if err != nil {
		return nil, fmt.Errorf("export data of %s: %w; if the go command is newer than asynclint, update asynclint", path, err)
	}
	return pkg, nil
}

func (im *importer) read(path, name string) (*types.Package, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, im.fset, im.packages, path)
}
