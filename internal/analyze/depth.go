package analyze

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
)

const (
	// maxDepth is how deep the syntax tree of a file may be. Type checker, SSA
	// builder and passes are recursive, and a stack that overflows ends a Go
	// program without a chance to say so. The parser's own limit is twice
	// this. Generated string constants of many thousand terms, which nest to
	// the left, stay below.
	maxDepth = 50_000
	// maxBranches is how deep control statements may nest; the branches of an
	// else-if chain count as nested. What the SSA builder needs for them grows
	// with the square: 4,000 take 0.2 GB, 20,000 would take 4.
	maxBranches = 4_000
	// A control statement takes so many bytes at least, as in "if x {}".
	branchBytes = 7
)

// CheckDepth returns an error when the syntax tree of f, which was parsed from
// size bytes, is too deep to be analysed. It does not recurse deeper itself.
func CheckDepth(fset *token.FileSet, f *ast.File, size int) error {
	if size < min(maxDepth, maxBranches*branchBytes) {
		return nil
	}
	var depth, branches int
	var open []bool // for each node above, whether it is a control statement
	var err error
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			depth--
			if open[depth] {
				branches--
			}
			open = open[:depth]
			return true
		}
		branch := isBranch(n)
		switch {
		case err != nil:
			return false
		case depth == maxDepth:
			err = tooDeep(fset, n, "syntax", maxDepth)
			return false // Inspect does not come back with nil then
		case branch && branches == maxBranches:
			err = tooDeep(fset, n, "control statements", maxBranches)
			return false
		}
		open = append(open, branch)
		depth++
		if branch {
			branches++
		}
		return true
	})
	return err
}

func isBranch(n ast.Node) bool {
	switch n.(type) {
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}

// tooDeep returns the error in the form of the parser, which drivers expect.
func tooDeep(fset *token.FileSet, n ast.Node, what string, limit int) error {
	var list scanner.ErrorList
	list.Add(fset.Position(n.Pos()), fmt.Sprintf("%s nested deeper than %d levels; the package is not analysed", what, limit))
	return list
}
