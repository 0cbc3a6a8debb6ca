package summary

import (
	"go/types"
	"strings"
)

// Objects of one type may play several roles that never meet: connections of
// clients, of peers and of gateways; scopes that several types embed. An order
// found for one role says nothing about another, and the types do not tell.
const (
	manyContainers = 4 // fields of the package that are containers of the type
	manyEmbeds     = 2 // structs of the package that embed it
)

type roles struct{ containers, embeds map[string]int }

// rolesIn counts how the structs of a package hold its types.
func rolesIn(pkg *types.Package) roles {
	r := roles{make(map[string]int), make(map[string]int)}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		s, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range s.Fields() {
			if f.Embedded() {
				r.embeds[typeName(pointee(f.Type()))]++
			} else if held := content(f.Type(), depth); held != "" {
				r.containers[held]++
			}
		}
	}
	return r
}

// content names the type of the elements of a container, or is empty.
func content(t types.Type, n int) string {
	var elem types.Type
	switch t := t.Underlying().(type) {
	case *types.Map:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	}
	if elem == nil || n == 0 {
		return ""
	}
	if inner := content(elem, n-1); inner != "" {
		return inner
	}
	return typeName(pointee(elem))
}

// many reports whether the type that a class belongs to plays several roles.
func (r roles) many(class string) bool {
	i := strings.LastIndexByte(class, '/') + 1
	parts := strings.SplitN(class[i:], ".", 3)
	if len(parts) < 3 {
		return false
	}
	name := class[:i] + parts[0] + "." + parts[1]
	return r.containers[name] >= manyContainers || r.embeds[name] >= manyEmbeds
}
