package fix

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// finish makes the edits and tidies the result. A result that does not parse is
// an error.
func (src *file) finish(name string) ([]byte, error) {
	content := src.apply()
	fset := token.NewFileSet()
	after, err := parser.ParseFile(fset, name, content, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("the fixed file would not parse: %w", err)
	}
	before, err := parser.ParseFile(token.NewFileSet(), name, src.content, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("the file does not parse: %w", err)
	}
	if dropImports(fset, before, after) {
		var buf bytes.Buffer
		if err := format.Node(&buf, fset, after); err != nil {
			return nil, fmt.Errorf("printing the fixed file: %w", err)
		}
		return buf.Bytes(), nil
	}
	// A file that its owner does not format keeps its look: the diff shall
	// show the fix and nothing else.
	if formatted, err := format.Source(src.content); err != nil || !bytes.Equal(formatted, src.content) {
		return content, nil
	}
	return format.Source(content)
}

// dropImports deletes from after the imports that before uses and after does
// not, and reports whether there were any.
func dropImports(fset *token.FileSet, before, after *ast.File) bool {
	used, still := qualifiers(before), qualifiers(after)
	dropped := false
	for _, spec := range slices.Clone(after.Imports) {
		lost := func(name string) bool { return used[name] && !still[name] }
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch {
		case spec.Name != nil && lost(spec.Name.Name):
			dropped = astutil.DeleteNamedImport(fset, after, spec.Name.Name, importPath) || dropped
		case spec.Name == nil && slices.ContainsFunc(packageNames(importPath), lost):
			dropped = astutil.DeleteImport(fset, after, importPath) || dropped
		}
	}
	return dropped
}

// qualifiers returns the names that stand before a dot and are not declared in
// the file: the imports in use, among others.
func qualifiers(f *ast.File) map[string]bool {
	names := make(map[string]bool)
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// packageNames guesses the names that the package at an import path may have:
// the last element, that before a major version, without what is customary in
// repository names but not in package names. A wrong guess is harmless unless
// the file qualified something with the guessed name before the fix.
func packageNames(importPath string) []string {
	base := path.Base(importPath)
	names := []string{base}
	if majorVersion.MatchString(base) {
		base = path.Base(path.Dir(importPath))
		names = append(names, base)
	}
	if i := strings.LastIndex(base, ".v"); i > 0 {
		base = base[:i]
		names = append(names, base)
	}
	short := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(base, "go-"), ".go"), "-go")
	names = append(names, short)
	if i := strings.LastIndexByte(short, '-'); i >= 0 {
		names = append(names, short[i+1:], strings.ReplaceAll(short, "-", ""), strings.ReplaceAll(short, "-", "_"))
	}
	return names
}
