package ssabuild

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// relevant returns the files with the bodies of functions left out that no pass
// can have anything to say about: test functions in which nothing waits, starts
// a goroutine or touches a lock. Nobody calls a test, so leaving its body out
// changes no other function's analysis; and tests are most of the code of many
// packages. The files themselves stay as they are: copies are shallow.
func relevant(pass *analysis.Pass) []*ast.File {
	files := slices.Clone(pass.Files)
	for i, f := range files {
		if !strings.HasSuffix(pass.Fset.File(f.FileStart).Name(), "_test.go") {
			continue
		}
		decls := slices.Clone(f.Decls)
		for j, d := range decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || !isTest(fn) || concurrent(pass.TypesInfo, fn.Body) {
				continue
			}
			short := *fn
			short.Body = nil
			decls[j] = &short
		}
		short := *f
		short.Decls = decls
		files[i] = &short
	}
	return files
}

// IsTest reports whether a function is a test, which only the testing package
// calls.
func IsTest(fn *ssa.Function) bool {
	decl, ok := fn.Syntax().(*ast.FuncDecl)
	return ok && isTest(decl) && strings.HasSuffix(fn.Prog.Fset.File(decl.Pos()).Name(), "_test.go")
}

// isTest reports whether only the testing package calls a function of a test
// file.
func isTest(fn *ast.FuncDecl) bool {
	if fn.Type.Params.NumFields() != 1 {
		return false
	}
	for _, prefix := range [...]string{"Test", "Benchmark", "Fuzz"} {
		if strings.HasPrefix(fn.Name.Name, prefix) {
			return fn.Recv == nil
		}
	}
	return false
}

// concurrent reports whether a body has an operation on a channel, a go or
// select statement, a literal that may be kept and called, or a call of
// something named like an operation on a lock, a group, a timer or a context.
func concurrent(info *types.Info, body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.RangeStmt:
			if t := info.TypeOf(n.X); t != nil {
				_, ch := t.Underlying().(*types.Chan)
				found = found || ch
			}
		case *ast.Ident:
			found = found || telling[n.Name]
		}
		return !found
	})
	return found
}

// telling are the names of functions and methods that lock, wait or start
// something.
var telling = map[string]bool{
	"Lock": true, "Unlock": true, "RLock": true, "RUnlock": true, "TryLock": true, "TryRLock": true, "RLocker": true, "Locker": true,
	"Wait": true, "Done": true, "Go": true, "Do": true, "Broadcast": true, "Signal": true, "Acquire": true, "Release": true,
	"Sleep": true, "After": true, "AfterFunc": true, "Tick": true, "NewTimer": true, "NewTicker": true,
	"WithCancel": true, "WithTimeout": true, "WithDeadline": true, "close": true, "Parallel": true,
}
