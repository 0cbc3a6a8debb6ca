package registry

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

func lines(t table) []string { return strings.Split(strings.TrimSuffix(string(t), "\n"), "\n") }

// Every line can be found by its name, and the table is in the order that the
// search relies on.
func TestTableIsSorted(t *testing.T) {
	all := lines(blockingTable)
	if !slices.IsSorted(all) {
		t.Error("blocking.tsv is not sorted; sort it with LC_ALL=C sort")
	}
	for _, line := range all {
		fields := strings.Split(line, "\t")
		if len(fields) != 5 {
			t.Errorf("%q: %d fields, want 5", line, len(fields))
			continue
		}
		got, ok := blockingTable.find(fields[0] + "\t" + fields[1])
		if !ok || !slices.Equal(got, fields[2:]) {
			t.Errorf("find(%s %s) = %q, %v", fields[0], fields[1], got, ok)
		}
		if !slices.Contains([]Kind{Sleep, Net, DNS, Disk, Exec, Lock, Wait, Chan, DB, Stream}, Kind(fields[2])) {
			t.Errorf("%q: unknown kind", line)
		}
		if fields[3] != "ctx" && fields[3] != "-" {
			t.Errorf("%q: the fourth field is neither ctx nor -", line)
		}
	}
}

func TestFindMisses(t *testing.T) {
	for _, tab := range []table{"", "b\tx\t1\n", blockingTable} {
		for _, name := range []string{"", "a\tA", "b\ty", "time\tSlee", "time\tSleepy", "zzz\tZ", "\t"} {
			if fields, ok := tab.find(name); ok {
				t.Errorf("find(%q) = %q in a table that does not have it", name, fields)
			}
		}
	}
}

// Every entry of the standard library names a function that exists, and says
// truly whether it takes a context.
func TestStandardEntriesExist(t *testing.T) {
	paths := make(map[string]bool)
	for _, line := range lines(blockingTable) {
		path, _, _ := strings.Cut(line, "\t")
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			paths[path] = true
		}
	}
	var patterns []string
	for p := range paths {
		patterns = append(patterns, p)
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	byPath := make(map[string]*types.Package)
	for _, p := range pkgs {
		byPath[p.PkgPath] = p.Types
	}
	for _, line := range lines(blockingTable) {
		fields := strings.Split(line, "\t")
		if !paths[fields[0]] {
			continue
		}
		fn := lookup(byPath[fields[0]], fields[1])
		if fn == nil {
			t.Errorf("%s.%s does not exist", fields[0], fields[1])
			continue
		}
		if e, ok := Blocking(fn); !ok || e.Kind != Kind(fields[2]) {
			t.Errorf("Blocking(%v) = %v, %v", fn, e, ok)
		}
		if got := takesContext(fn); got != (fields[3] == "ctx") {
			t.Errorf("%v: the table says %q, takes a context: %v", fn, fields[3], got)
		}
		if instead := fields[4]; instead != "-" && lookup(byPath[fields[0]], instead) == nil {
			t.Errorf("%v: the replacement %s does not exist", fn, instead)
		}
	}
}

func lookup(pkg *types.Package, symbol string) *types.Func {
	if pkg == nil {
		return nil
	}
	typ, method, isMethod := strings.Cut(symbol, ".")
	obj := pkg.Scope().Lookup(typ)
	if obj == nil {
		return nil
	}
	if isMethod {
		obj, _, _ = types.LookupFieldOrMethod(obj.Type(), true, pkg, method)
	}
	fn, _ := obj.(*types.Func)
	return fn
}

func TestUser(t *testing.T) {
	pkg := types.NewPackage("example.com/store.v2", "store")
	db := types.NewNamed(types.NewTypeName(0, pkg, "DB", nil), new(types.Struct), nil)
	fn := func(recv types.Type, name string) *types.Func {
		var r *types.Var
		if recv != nil {
			r = types.NewVar(0, pkg, "", recv)
		}
		return types.NewFunc(0, pkg, name, types.NewSignatureType(r, nil, nil, nil, nil, false))
	}
	var u User
	if _, ok := u.Blocking(fn(nil, "Call")); ok {
		t.Error("the zero value knows a function")
	}
	const value = "example.com/store.v2#Call=net,example.com/store.v2#DB.Free=unlock,example.com/store.v2#DB.Get=db"
	if err := u.Set(value); err != nil {
		t.Fatal(err)
	}
	if got := u.String(); got != value {
		t.Errorf("String() = %q, want %q", got, value)
	}
	for _, test := range []struct {
		fn   *types.Func
		kind Kind
		ok   bool
	}{
		{fn(nil, "Call"), Net, true},
		{fn(types.NewPointer(db), "Get"), DB, true},
		{fn(db, "Get"), DB, true},
		{fn(db, "Free"), "", false},
		{fn(nil, "Get"), "", false},
	} {
		if e, ok := u.Blocking(test.fn); ok != test.ok || e.Kind != test.kind {
			t.Errorf("Blocking(%v) = %v, %v; want %v, %v", test.fn, e, ok, test.kind, test.ok)
		}
	}
	for _, bad := range []string{"x", "a#B", "a=net", "#B=net", "a#B=network"} {
		if err := u.Set(bad); err == nil {
			t.Errorf("Set(%q) succeeded", bad)
		}
	}
}

func BenchmarkBlocking(b *testing.B) {
	fn := types.NewFunc(0, types.NewPackage("time", "time"), "Sleep", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	for b.Loop() {
		if _, ok := Blocking(fn); !ok {
			b.Fatal("time.Sleep is not in the table")
		}
	}
}
