// Package goker prepares the GoKer benchmark for exploration: the 63 kernels of
// real blocking bugs that come with Go, in the test data of package runtime,
// and the leaks that Go's own test expects of each.
package goker

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Kernel is one program of the benchmark.
type Kernel struct {
	Name string // of its function, such as "Kubernetes6632"
	File string
	// Leaks match the expected leaked goroutines as "function(...) [wait reason]".
	Leaks []*regexp.Regexp
}

// Write puts all kernels into dir as one module, "goker", with a test for each
// named Test<Kernel>, and returns them by name.
//
// Each kernel runs one instance: the loop that replicates it makes one turn,
// and the leak profile and the time it gives goroutines to settle are gone.
// Lines stay what they are.
func Write(goroot, dir string) ([]*Kernel, error) {
	from := filepath.Join(goroot, "src", "runtime", "testdata", "testgoroutineleakprofile", "goker")
	names, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no GoKer kernels in %s: %v", from, err)
	}
	leaks, err := expected(filepath.Join(goroot, "src", "runtime", "goroutineleakprofile_test.go"))
	if err != nil {
		return nil, err
	}
	files := map[string]string{"go.mod": "module goker\n\ngo 1.26\n"}
	var kernels []*Kernel
	var tests strings.Builder
	tests.WriteString("package main\n\nimport \"testing\"\n\n")
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a kernel: %w", err)
		}
		base := filepath.Base(name)
		text, kernel, err := single(base, src)
		if err != nil {
			return nil, err
		}
		files[base] = text
		if kernel == "" {
			continue // main.go
		}
		kernels = append(kernels, &Kernel{Name: kernel, File: base, Leaks: leaks[kernel]})
		fmt.Fprintf(&tests, "func Test%s(t *testing.T) { %s() }\n", kernel, kernel)
	}
	files["goker_test.go"] = tests.String()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return nil, fmt.Errorf("writing a kernel: %w", err)
		}
	}
	slices.SortFunc(kernels, func(a, b *Kernel) int { return strings.Compare(a.Name, b.Name) })
	return kernels, nil
}

// unused keeps the imports alive that only the removed code used.
var unused = map[string]string{
	`"os"`: "os.Args", `"runtime"`: "runtime.GOOS", `"runtime/pprof"`: "pprof.Lookup", `"time"`: "time.Second",
}

// single reduces a kernel to one instance and returns its name.
func single(name string, src []byte) (text, kernel string, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return "", "", fmt.Errorf("parsing a kernel: %w", err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isName(call.Fun, "register") && len(call.Args) == 2 {
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				kernel, _ = strconv.Unquote(lit.Value) // a string literal of parsed source
			}
		}
		return true
	})
	if kernel == "" {
		return string(src), "", nil
	}
	e := &cut{fset: fset, src: src}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Name == kernel && fn.Recv == nil {
			for _, stmt := range fn.Body.List {
				e.statement(stmt)
			}
		}
	}
	e.out.Write(src[e.at:])
	for _, imp := range file.Imports {
		if use, ok := unused[imp.Path.Value]; ok {
			fmt.Fprintf(&e.out, "\nvar _ = %s\n", use)
		}
	}
	return e.out.String(), kernel, nil
}

func isName(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// A cut copies a file with parts replaced.
type cut struct {
	fset *token.FileSet
	src  []byte
	at   int
	out  bytes.Buffer
}

func (c *cut) replace(from, to token.Pos, text string) {
	lo, hi := c.fset.Position(from).Offset, c.fset.Position(to).Offset
	c.out.Write(c.src[c.at:lo])
	c.out.WriteString(text + strings.Repeat("\n", bytes.Count(c.src[lo:hi], []byte("\n"))))
	c.at = hi
}

// statement reduces a statement of the kernel's function.
func (c *cut) statement(stmt ast.Stmt) {
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) == 1 && isName(stmt.Lhs[0], "prof") {
			c.replace(stmt.Pos(), stmt.End(), "")
		}
	case *ast.DeferStmt:
		if lit, ok := stmt.Call.Fun.(*ast.FuncLit); ok && bytes.Contains(c.src[c.fset.Position(lit.Pos()).Offset:c.fset.Position(lit.End()).Offset], []byte("prof.")) {
			c.replace(lit.Body.Lbrace+1, lit.Body.Rbrace, "") // the literal stays: it counts in the names of the others
		}
	case *ast.ForStmt:
		if cond, ok := stmt.Cond.(*ast.BinaryExpr); ok {
			bound := "1"
			if cond.Op == token.LEQ {
				bound = "0"
			}
			c.replace(cond.Y.Pos(), cond.Y.End(), bound)
		}
	}
}

// expected reads the leaks that Go's test expects, by kernel.
func expected(name string) (map[string][]*regexp.Regexp, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the leaks that Go expects: %w", err)
	}
	out := map[string][]*regexp.Regexp{}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !isName(call.Fun, "makeTest") && !isName(call.Fun, "makeFlakyTest") {
			return true
		}
		var args []string
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					args = append(args, s)
				}
			}
		}
		for i, s := range args {
			if re, err := regexp.Compile(s); err == nil && i > 0 {
				out[args[0]] = append(out[args[0]], re)
			}
		}
		return true
	})
	if len(out) == 0 {
		return nil, fmt.Errorf("no expected leaks in %s", name)
	}
	return out, nil
}
