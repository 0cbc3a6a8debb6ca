// Package registry is what asynclint knows about libraries: tables of functions
// and methods, embedded in the binary.
//
// A table is text, one entry a line, sorted, the fields divided by tabs. The
// first two fields name the function: its import path, and Func, Type.Method or
// Interface.Method without type parameters. A method that a type has by
// embedding stands under the type that declares it. Tables are searched as they
// are: nothing is parsed before a line is found, so a process that asks nothing
// pays nothing.
package registry

import (
	"go/types"
	"strings"
)

// A table is the text of an embedded file.
type table string

// find returns the fields behind the name in the line that begins with it.
func (t table) find(name string) (fields []string, ok bool) {
	text, prefix := string(t), name+"\t"
	for text != "" {
		// The line around the middle halves what is left.
		mid := len(text) / 2
		start := strings.LastIndexByte(text[:mid], '\n') + 1
		end := len(text)
		if i := strings.IndexByte(text[mid:], '\n'); i >= 0 {
			end = mid + i + 1
		}
		line := text[start:end]
		switch rest, found := strings.CutPrefix(line, prefix); {
		case found:
			return strings.Split(strings.TrimSuffix(rest, "\n"), "\t"), true
		case prefix < line:
			text = text[:start]
		default:
			text = text[end:]
		}
	}
	return nil, false
}

// name returns the fields that name a function in a table, or "" for a function
// that no table can name: a literal, or a method of an unnamed type.
func name(fn *types.Func) string {
	if fn == nil || fn.Pkg() == nil {
		return ""
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Pkg().Path() + "\t" + fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return ""
	}
	return fn.Pkg().Path() + "\t" + named.Obj().Name() + "." + fn.Name()
}
