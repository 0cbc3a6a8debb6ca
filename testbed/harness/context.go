package harness

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// contextSource returns the source of the program's copy of package context:
// the installed Go's own, so that every detail of its semantics is inherited
// when it is instrumented like the program's files.
//
// Its types are those of the real package, since values cross between code
// that is instrumented and code that is not; only the functions are its own.
func contextSource(goroot string) ([]byte, error) {
	name := filepath.Join(goroot, "src", "context", "context.go")
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the source of package context, which the testbed instruments: %w", err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parsing package context: %w", err)
	}
	aliased := map[string]bool{"Context": true, "CancelFunc": true, "CancelCauseFunc": true}
	shared := map[string]bool{"Canceled": true, "DeadlineExceeded": true}
	var b strings.Builder
	at := 0
	put := func(from, to token.Pos, text string) {
		b.Write(src[at:fset.Position(from).Offset])
		b.WriteString(text)
		at = fset.Position(to).Offset
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.ImportSpec:
				if spec.Path.Value == `"internal/reflectlite"` {
					put(spec.Pos(), spec.End(), `reflectlite "reflect"; std "context"`)
				}
			case *ast.TypeSpec:
				if aliased[spec.Name.Name] {
					put(spec.Type.Pos(), spec.Type.End(), "= std."+spec.Name.Name)
				}
			case *ast.ValueSpec:
				if len(spec.Names) == 1 && shared[spec.Names[0].Name] {
					put(spec.Names[0].Pos(), spec.End(), spec.Names[0].Name+" = std."+spec.Names[0].Name)
				}
			}
		}
	}
	b.Write(src[at:])
	b.WriteString("\nvar _ = errors.New // the shared errors were its only use\n")
	if !strings.Contains(b.String(), `std "context"`) {
		return nil, fmt.Errorf("package context of this Go imports other packages than expected: asynclint needs an update for it")
	}
	return []byte(raiseVersion(b.String())), nil
}
