package analyze

import (
	"fmt"
	"go/ast"
	"go/token"
)

// maxDepth is how deep the syntax tree of a file may be. Type checker, SSA
// builder and passes are recursive, and a stack that overflows ends a Go
// program without a chance to say so. Generated string constants of many
// thousand terms, which nest to the left, stay below.
const maxDepth = 50_000

// CheckDepth returns an error when the syntax tree of f, which was parsed from
// size bytes, is too deep to be analysed. It does not recurse deeper itself.
func CheckDepth(fset *token.FileSet, f *ast.File, size int) error {
	if size < maxDepth {
		return nil // each level takes a byte at least
	}
	depth := 0
	var deepest token.Pos
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth >= maxDepth {
			deepest = n.Pos()
			return false // without a matching call with nil
		}
		depth++
		return true
	})
	if deepest.IsValid() {
		return fmt.Errorf("%s: nested deeper than %d levels; the package is not analysed", fset.Position(deepest), maxDepth)
	}
	return nil
}
