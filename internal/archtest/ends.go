package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
)

// Ends returns the places in a package that crash or end the process, or that run
// before main: calls of panic, os.Exit and log.Fatal or log.Panic in any form, and
// init functions. Linters that load passes of others refuse those that have them.
func (p *Package) Ends() ([]string, error) {
	var found []string
	fset := token.NewFileSet()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if what := ending(n); what != "" {
				found = append(found, fmt.Sprintf("%s/%s:%d: %s", p.rel(), name, fset.Position(n.Pos()).Line, what))
			}
			return true
		})
	}
	return found, nil
}

// ending names what a node does to the process, or is "".
func ending(n ast.Node) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			return "func init"
		}
	case *ast.CallExpr:
		switch fun := n.Fun.(type) {
		case *ast.Ident:
			if fun.Name == "panic" {
				return "panic"
			}
		case *ast.SelectorExpr:
			pkg, ok := fun.X.(*ast.Ident)
			if !ok {
				break
			}
			switch name := pkg.Name + "." + fun.Sel.Name; name {
			case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
				return name
			}
		}
	}
	return ""
}
