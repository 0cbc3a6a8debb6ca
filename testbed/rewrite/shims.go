package rewrite

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// A shim is a method that a struct type gets because an interface may call it:
// a type that embeds a sync.Mutex has a promoted method Lock, and a call of it
// through sync.Locker would reach the real mutex. The type's method set stays
// as it was.
type shim struct {
	file    *token.File // of the type's declaration
	pos     token.Pos
	typ     *types.Named
	obj     *types.Func
	m       method
	path    string // of fields, from the receiver
	ptr     bool   // the last field is a pointer
	byValue bool   // the method is in the method set of the value too
}

// promotedShims lists the promoted controlled methods of the package's types.
// A type that is declared inside a function cannot have methods; nor do types
// that get an operand of another package's unexported field.
func promotedShims(pkg *Package) []shim {
	var out []shim
	scope := pkg.Types.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok {
			continue
		}
		if _, ok := named.Underlying().(*types.Struct); !ok {
			continue
		}
		set := types.NewMethodSet(types.NewPointer(named))
		values := types.NewMethodSet(named)
		for i := range set.Len() {
			s := set.At(i)
			obj := s.Obj().(*types.Func)
			m, ok := lookupMethod(obj)
			if !ok || len(s.Index()) == 1 || m.at {
				continue
			}
			path, t, ok := fieldPath(pkg.Types, s)
			if !ok {
				continue
			}
			_, ptr := t.Underlying().(*types.Pointer)
			out = append(out, shim{
				file: pkg.Fset.File(tn.Pos()), pos: tn.Pos(), typ: named, obj: obj, m: m, path: path, ptr: ptr,
				byValue: values.Lookup(obj.Pkg(), obj.Name()) != nil,
			})
		}
	}
	return out
}

// addShims appends the methods of the types that this file declares.
func (f *file) addShims(shims []shim) {
	for _, s := range shims {
		if s.file != f.tok {
			continue
		}
		sig := s.obj.Signature()
		params, args, results, ok := f.signatureText(sig)
		if !ok {
			continue
		}
		recv := s.typ.Obj().Name()
		if n := s.typ.TypeParams().Len(); n > 0 {
			recv += "[" + strings.TrimSuffix(strings.Repeat("_, ", n), ", ") + "]"
		}
		if !s.byValue {
			recv = "*" + recv
		}
		operand := "_x" + s.path
		if !s.ptr {
			operand = "&" + operand
		}
		call := f.rt(s.m.name) + "(" + strings.Join(append([]string{f.site(s.pos, s.typ.Obj().Name()+"."+s.obj.Name()), operand}, args...), ", ") + ")"
		if results != "" {
			call = "return " + call
		}
		f.tail = append(f.tail, fmt.Sprintf("func (_x %s) %s(%s)%s { %s }", recv, s.obj.Name(), params, results, call))
	}
}

// signatureText spells a signature of predeclared types out; only those occur
// in the methods that matter, and a type of another package may have no name
// in this file.
func (f *file) signatureText(sig *types.Signature) (params string, args []string, results string, ok bool) {
	var list []string
	for i := range sig.Params().Len() {
		text := types.TypeString(sig.Params().At(i).Type(), nil)
		if strings.Contains(text, ".") {
			return "", nil, "", false
		}
		name := fmt.Sprintf("_a%d", i)
		list, args = append(list, name+" "+text), append(args, name)
	}
	for i := range sig.Results().Len() {
		text := types.TypeString(sig.Results().At(i).Type(), nil)
		if strings.Contains(text, ".") {
			return "", nil, "", false
		}
		results += " " + text
	}
	return strings.Join(list, ", "), args, results, true
}
