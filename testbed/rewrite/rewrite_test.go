package rewrite_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/asynclint/asynclint/testbed/rewrite"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const rtPath = "github.com/asynclint/asynclint/testbed/rt"

// load type-checks the packages in testdata/src, with some files replaced.
func load(t *testing.T, overlay map[string][]byte) []*packages.Package {
	t.Helper()
	dirs, err := filepath.Glob("testdata/src/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no packages in testdata/src: %v", err)
	}
	for i := range dirs {
		dirs[i] = "./" + filepath.ToSlash(dirs[i])
	}
	cfg := &packages.Config{Mode: packages.LoadSyntax, Overlay: overlay}
	pkgs, err := packages.Load(cfg, dirs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("%s: %v", pkg.ID, err)
		}
	}
	return pkgs
}

func rewriteAll(t *testing.T, pkg *packages.Package) []*rewrite.File {
	t.Helper()
	files, err := rewrite.Rewrite(&rewrite.Package{
		Fset: pkg.Fset, Files: pkg.Syntax, Types: pkg.Types, Info: pkg.TypesInfo, Src: os.ReadFile,
	}, &rewrite.Config{
		Runtime: rtPath,
		Context: "context", // the copy exists only in an instrumented program
		Worker:  "github.com/asynclint/asynclint/testbed/worker",
		Name:    rewrite.BaseName,
		Atomics: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestGolden rewrites one package a construct, compares it with its golden
// file, and type-checks the result.
func TestGolden(t *testing.T) {
	pkgs := load(t, nil)
	overlay := map[string][]byte{}
	for _, pkg := range pkgs {
		for _, f := range rewriteAll(t, pkg) {
			overlay[f.Path] = f.Text
			var got strings.Builder
			got.Write(f.Text)
			for _, n := range f.Notes {
				fmt.Fprintf(&got, "// uncontrolled: %s at %s:%d\n", n.What, filepath.Base(n.Pos.Filename), n.Pos.Line)
			}
			golden := filepath.Join("testdata", pkg.Name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("%s: output differs from %s; run the test with -update and read the difference", f.Path, golden)
			}
		}
	}
	rewritten := load(t, overlay)
	for i, pkg := range rewritten {
		for j := range pkg.Syntax {
			sameLines(t, pkgs[i].Fset, pkgs[i].Syntax[j], pkg.Fset, pkg.Syntax[j])
		}
	}
}

// sameLines checks that functions, labels, loops, switches and composite
// literals of the original stand on the lines on which they stood. What the
// rewriting adds stands after the last line, or is none of these.
func sameLines(t *testing.T, fset0 *token.FileSet, f0 *ast.File, fset1 *token.FileSet, f1 *ast.File) {
	t.Helper()
	last := fset0.File(f0.FileStart).LineCount()
	lines := func(fset *token.FileSet, f *ast.File) string {
		var b strings.Builder
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil || fset.Position(n.Pos()).Line > last {
				return false
			}
			line := fset.Position(n.Pos()).Line
			switch n := n.(type) {
			case *ast.FuncDecl:
				fmt.Fprintf(&b, "func %s %d-%d\n", n.Name.Name, line, fset.Position(n.End()).Line)
			case *ast.LabeledStmt:
				fmt.Fprintf(&b, "label %s %d\n", n.Label.Name, line)
			case *ast.BranchStmt:
				if n.Label != nil {
					fmt.Fprintf(&b, "%s %s %d\n", n.Tok, n.Label.Name, line)
				}
			case *ast.ForStmt, *ast.RangeStmt:
				fmt.Fprintf(&b, "loop %d-%d\n", line, fset.Position(n.End()).Line)
			case *ast.SwitchStmt, *ast.SelectStmt:
				fmt.Fprintf(&b, "switch %d-%d\n", line, fset.Position(n.End()).Line)
			case *ast.DeferStmt:
				fmt.Fprintf(&b, "defer %d\n", line)
			case *ast.GenDecl:
				if n.Tok == token.TYPE {
					fmt.Fprintf(&b, "type %d-%d\n", line, fset.Position(n.End()).Line)
				}
			}
			return true
		})
		return b.String()
	}
	if a, b := lines(fset0, f0), lines(fset1, f1); a != b {
		t.Errorf("%s: lines moved:\n%s\nbecame\n%s", fset0.Position(f0.Pos()).Filename, a, b)
	}
}
