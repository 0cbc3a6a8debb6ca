// Package rewrite instruments Go source for the scheduler testbed.
//
// Every operation that can block, wake, spawn or read the clock becomes a call
// of package rt, by edits of the original bytes that never add or remove a
// newline: a position in the rewritten file is a position in the user's file,
// in stack traces and in findings alike, and no //line directive is needed.
// Types never change, so an instrumented package still links with packages
// that are not.
//
// The rewriter works on type-checked syntax. What it recognises it replaces;
// what it recognises but cannot control (the network, other processes, code
// that was not instrumented) it lists, for the report to say so.
//
// The edits follow the tables in the documentation of package rt.
package rewrite

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"hash/fnv"
	"path/filepath"
	"slices"
	"strings"
)

// A Package is type-checked source to rewrite. Files of other packages may be
// in the same file set.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info                       // Types, Uses, Defs, Selections, Scopes and FileVersions are needed
	Src   func(name string) ([]byte, error) // reads a file as it was parsed
}

// Config says how to rewrite.
type Config struct {
	// Runtime is the import path of package rt in the rewritten program, and
	// Context that of the instrumented copy of package context.
	Runtime, Context string
	// Worker is the import path of the package that replaces testbed.Check.
	Worker string
	// Name maps a file's path to the name that findings show.
	Name func(path string) string
	// Instrumented reports whether the package with this path is rewritten
	// too; calls of packages that are not are listed as uncontrolled when
	// they may block.
	Instrumented func(path string) bool
	// Atomics makes operations of sync/atomic scheduling points.
	Atomics bool
	// Prefix makes the names that are declared in rewritten files unique in
	// a package that is rewritten in several steps.
	Prefix string
}

// A Note is something in the source that the testbed does not control.
type Note struct {
	Pos  token.Position
	What string // "net.Dial", "map iteration in a file of go1.22"
}

// A File is a rewritten file.
type File struct {
	Path  string // of the original
	Text  []byte
	Sites int // operations that were instrumented and have a position
	// Changed is false for a file that is as it was; one with no sites may have
	// changed, as random values need none.
	Changed bool
	Notes   []Note
}

// Rewrite instruments every file of a package. Files come back in the order in
// which they went in; a file without operations comes back unchanged.
func Rewrite(pkg *Package, cfg *Config) ([]*File, error) {
	shims := promotedShims(pkg)
	var out []*File
	for i, syntax := range pkg.Files {
		path := pkg.Fset.File(syntax.FileStart).Name()
		src, err := pkg.Src(path)
		if err != nil {
			return nil, fmt.Errorf("rewriting %s: %w", path, err)
		}
		f := &file{
			Package:   pkg,
			cfg:       cfg,
			syntax:    syntax,
			tok:       pkg.Fset.File(syntax.FileStart),
			edits:     edits{src: src},
			siteVar:   fmt.Sprintf("_rts%s%d", cfg.Prefix, i),
			version:   pkg.Info.FileVersions[syntax],
			keepAlive: map[string]string{},
			handled:   map[ast.Node]bool{},
			valueOK:   map[ast.Node]bool{},
		}
		f.walk()
		f.addShims(shims)
		text := f.finish()
		slices.SortFunc(f.notes, func(a, b Note) int {
			return cmp.Or(a.Pos.Offset-b.Pos.Offset, cmp.Compare(a.What, b.What))
		})
		out = append(out, &File{Path: path, Text: text, Sites: len(f.sites), Changed: f.usesRT || f.usesContext || f.usesWorker, Notes: f.notes})
	}
	return out, nil
}

// A file is the rewriting of one file.
type file struct {
	*Package
	edits
	cfg     *Config
	syntax  *ast.File
	tok     *token.File
	version string // language version, "go1.22"

	siteVar string
	sites   []string // "LINE:COL TEXT", as rt.Sites takes them
	tail    []string // declarations to append after the last line
	notes   []Note
	names   int // names made up so far

	usesRT, usesContext, usesWorker bool

	keepAlive map[string]string // by import path: a declaration that uses the import
	stack     []ast.Node        // from the file to the node being left
	handled   map[ast.Node]bool // nodes that a construct around them rewrites itself
	valueOK   map[ast.Node]bool // receives in comma-ok form
}

// Names of the imports that rewritten files get.
const (
	rtName      = "_alrt"
	contextName = "_alctx"
	workerName  = "_alworker"
)

// rt returns the text of a name of package rt.
func (f *file) rt(name string) string {
	f.usesRT = true
	return rtName + "." + name
}

// site registers an operation and returns the text of its site.
func (f *file) site(pos token.Pos, text string) string {
	f.usesRT = true
	p := f.Fset.PositionFor(pos, false)
	f.sites = append(f.sites, fmt.Sprintf("%d:%d %s", p.Line, p.Column, text))
	if len(f.sites) == 1 {
		return f.siteVar
	}
	return fmt.Sprintf("%s+%d", f.siteVar, len(f.sites)-1)
}

// fresh makes up a name that the source does not have.
func (f *file) fresh(stem string) string {
	f.names++
	return fmt.Sprintf("_al%s%d", stem, f.names)
}

func (f *file) note(pos token.Pos, format string, args ...any) {
	f.notes = append(f.notes, Note{f.Fset.PositionFor(pos, false), fmt.Sprintf(format, args...)})
}

func (f *file) off(pos token.Pos) int { return f.tok.Offset(pos) }

// text is the original text of a node for people: on one line, without the body
// of a function literal, and cut to a readable length.
func (f *file) text(n ast.Node) string {
	end := n.End()
	if lit, ok := n.(*ast.FuncLit); ok {
		end = lit.Type.Func + token.Pos(len("func"))
	}
	text := strings.Join(strings.Fields(string(f.src[f.off(n.Pos()):f.off(end)])), " ")
	if r := []rune(text); len(r) > 40 {
		text = string(r[:39]) + "…"
	}
	return text
}

// edited is the text of a node with the edits made so far, on one line.
func (f *file) edited(n ast.Node) string {
	return oneLine(f.render(f.off(n.Pos()), f.off(n.End())))
}

// parent returns the node around the one being left, skipping parentheses.
func (f *file) parent() ast.Node {
	for i := len(f.stack) - 1; i >= 0; i-- {
		if _, ok := f.stack[i].(*ast.ParenExpr); !ok {
			return f.stack[i]
		}
	}
	return nil
}

// walk visits every node after its children.
func (f *file) walk() {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n != nil {
			f.enter(n)
			f.stack = append(f.stack, n)
			return true
		}
		last := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		f.leave(last)
		return true
	})
}

// enter marks operations whose rewriting depends on the construct around them.
func (f *file) enter(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
			f.valueOK[ast.Unparen(n.Rhs[0])] = true
		}
	case *ast.ValueSpec:
		if len(n.Names) == 2 && len(n.Values) == 1 {
			f.valueOK[ast.Unparen(n.Values[0])] = true
		}
	case *ast.CommClause:
		if comm := n.Comm; comm != nil {
			f.handled[comm] = true
			if recv := receiveOf(comm); recv != nil {
				f.handled[recv] = true
			}
		}
	case *ast.CallExpr:
		f.handled[ast.Unparen(n.Fun)] = true
	case *ast.GoStmt:
		f.handled[n.Call] = true
	}
}

// leave rewrites a node whose children are done.
func (f *file) leave(n ast.Node) {
	switch n := n.(type) {
	case *ast.SendStmt:
		f.send(n)
	case *ast.UnaryExpr:
		f.receive(n)
	case *ast.RangeStmt:
		f.rangeStmt(n)
	case *ast.SelectStmt:
		f.selectStmt(n)
	case *ast.GoStmt:
		f.goStmt(n)
	case *ast.CallExpr:
		f.call(n)
	case *ast.SelectorExpr:
		f.selector(n)
	case *ast.Ident:
		f.ident(n)
	case *ast.FuncDecl:
		f.linkname(n)
	}
}

// finish adds imports and appended declarations and returns the file's text.
func (f *file) finish() []byte {
	if len(f.sites) > 0 {
		h := fnv.New64a()
		h.Write(f.src)
		args := []string{fmt.Sprintf("%q, %#x", f.cfg.Name(f.tok.Name()), h.Sum64())}
		for _, s := range f.sites {
			args = append(args, fmt.Sprintf("%q", s))
		}
		f.tail = append(f.tail, fmt.Sprintf("var %s = %s(%s)", f.siteVar, f.rt("Sites"), strings.Join(args, ", ")))
	}
	var imports []string
	for _, imp := range []struct {
		used       bool
		name, path string
	}{{f.usesRT, rtName, f.cfg.Runtime}, {f.usesContext, contextName, f.cfg.Context}, {f.usesWorker, workerName, f.cfg.Worker}} {
		if imp.used {
			imports = append(imports, fmt.Sprintf("; import %s %q", imp.name, imp.path))
		}
	}
	if len(imports) == 0 {
		return f.src
	}
	f.close(f.off(f.syntax.Name.End()), strings.Join(imports, ""))
	for _, path := range sortedKeys(f.keepAlive) {
		f.tail = append(f.tail, f.keepAlive[path])
	}
	text := f.render(0, len(f.src))
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text + strings.Join(f.tail, "; ") + "\n")
}

// atLeast reports whether the file's language version is v ("go1.23") or later.
func (f *file) atLeast(v string) bool {
	return f.version == "" || version.Compare(f.version, v) >= 0
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// BaseName is a Config.Name that shows a file's last path element.
func BaseName(path string) string { return filepath.Base(path) }
