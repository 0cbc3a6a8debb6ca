package analyze

import (
	"bytes"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

type fact struct{ Names []string }

func (*fact) AFact() {}

type other struct{ N int }

func (*other) AFact() {}

func pkg(path string) *types.Package { return types.NewPackage(path, "p") }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func names(f *Facts, path string) string {
	var got fact
	switch ok, err := f.importFact(pkg(path), &got); {
	case err != nil:
		return err.Error()
	case !ok:
		return "none"
	}
	return strings.Join(got.Names, " ")
}

func roundTrip(t *testing.T, f *Facts) *Facts {
	t.Helper()
	data, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	g, err := DecodeFacts(data)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestFactsRoundTrip(t *testing.T) {
	f := NewFacts()
	must(t, f.export("m/p", &fact{[]string{"A"}}))
	must(t, f.export("m/p", &fact{[]string{"A", "B"}})) // the last export counts
	must(t, f.export("m/p", &other{7}))
	must(t, f.export("m/q", &fact{}))
	g := roundTrip(t, f)
	if got := names(g, "m/p"); got != "A B" {
		t.Errorf("fact of m/p: %s", got)
	}
	if got := names(g, "m/q"); got != "" {
		t.Errorf("fact of m/q: %q, want an empty one", got)
	}
	if got := names(g, "m/r"); got != "none" {
		t.Errorf("fact of m/r: %s", got)
	}
	var o other
	if ok, err := g.importFact(pkg("m/p"), &o); !ok || err != nil || o.N != 7 {
		t.Errorf("other fact of m/p: %+v, %t, %v", o, ok, err)
	}
}

func TestNoFactsNoBytes(t *testing.T) {
	if data, err := NewFacts().Encode(); err != nil || len(data) != 0 {
		t.Errorf("the empty set is %q, %v", data, err)
	}
	if f, err := DecodeFacts(nil); err != nil || len(f.known) != 0 {
		t.Errorf("no bytes are %v, %v", f, err)
	}
}

// The same facts have the same bytes, in whatever order they came.
func TestFactsSorted(t *testing.T) {
	paths := []string{"m/a", "m/b", "m/c", "m/d"}
	encode := func(paths []string) []byte {
		f := NewFacts()
		for _, p := range paths {
			must(t, f.export(p, &fact{[]string{p}}))
			must(t, f.export(p, &other{1}))
		}
		data, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	want := encode(paths)
	slices.Reverse(paths)
	if got := encode(paths); !bytes.Equal(got, want) {
		t.Errorf("facts depend on the order of export:\n%q\n%q", want, got)
	}
}

// A package's own file says more truly what its facts are than what another
// package, compiled against another variant, passes on.
func TestInherit(t *testing.T) {
	own, passed := NewFacts(), NewFacts()
	must(t, own.export("m/z", &fact{[]string{"new"}}))
	must(t, passed.export("m/z", &fact{[]string{"old"}}))
	must(t, passed.export("m/indirect", &fact{[]string{"x"}}))
	f := NewFacts()
	f.Inherit(map[string]*Facts{"m/a": passed, "m/z": own})
	if got := names(f, "m/z"); got != "new" {
		t.Errorf("fact of m/z: %s", got)
	}
	if got := names(f, "m/indirect"); got != "x" {
		t.Errorf("fact of m/indirect: %s", got)
	}
	if got := names(passed, "m/z"); got != "old" {
		t.Errorf("the import's own set has changed: %s", got)
	}
}

// Damage that the file format does not see is seen when the fact is asked for.
func TestDamagedFact(t *testing.T) {
	f := NewFacts()
	f.put("m/p", typeName(new(fact)), []byte("not compressed"))
	if got := names(f, "m/p"); !strings.HasPrefix(got, "fact of m/p: ") {
		t.Errorf("a damaged fact is read as %q, want an error", got)
	}
}

// Facts travel compressed: a module's facts are copied along every import.
func TestFactSize(t *testing.T) {
	var long fact
	for range 1000 {
		long.Names = append(long.Names, "(*example.com/module/package.Type).Method")
	}
	f := NewFacts()
	must(t, f.export("m/p", &long))
	data, err := f.Encode()
	if err != nil || len(data) > 2000 {
		t.Errorf("%d bytes, error %v", len(data), err)
	}
	if got := names(roundTrip(t, f), "m/p"); strings.Count(got, "Method") != 1000 {
		t.Error("the long fact did not survive")
	}
}

type notEncodable struct{ C chan int }

func (*notEncodable) AFact() {}

func TestExportFails(t *testing.T) {
	f := NewFacts()
	if err := f.export("m/p", &notEncodable{}); err == nil || len(f.known) != 0 {
		t.Errorf("error %v, facts %v", err, f.known)
	}
}

func TestRetain(t *testing.T) {
	f := NewFacts()
	must(t, f.export("m/p", &fact{[]string{"A"}}))
	must(t, f.export("m/q", &fact{[]string{"B"}}))
	f.Retain(func(path string) bool { return path == "m/q" })
	if p, q := names(f, "m/p"), names(f, "m/q"); p != "none" || q != "B" {
		t.Errorf("after Retain: m/p %s, m/q %s", p, q)
	}
}

func TestBadFacts(t *testing.T) {
	f := NewFacts()
	must(t, f.export("m/p", &fact{[]string{"A"}}))
	data, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut":         data[:len(data)-3],
		"header only": []byte(factsHeader),
		"other file":  []byte("package p"),
		"old version": bytes.Replace(data, []byte("facts 2"), []byte("facts 1"), 1),
	} {
		if _, err := DecodeFacts(bad); err == nil || !strings.Contains(err.Error(), "go clean -cache") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzDecodeFacts(f *testing.F) {
	set := NewFacts()
	must(f, set.export("m/p", &fact{[]string{"A", "B"}}))
	must(f, set.export("m/q", &other{3}))
	data, err := set.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(factsHeader))
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := DecodeFacts(data)
		if err != nil {
			return
		}
		again, err := facts.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeFacts(again)
		if err != nil || !maps.EqualFunc(back.known, facts.known, func(a, b map[string][]byte) bool {
			return maps.EqualFunc(a, b, bytes.Equal)
		}) {
			t.Errorf("%v does not survive: %v, %v", facts.known, back, err)
		}
	})
}

func TestFactAnalyzers(t *testing.T) {
	run := func(*analysis.Pass) (any, error) { return nil, nil }
	low := &analysis.Analyzer{Name: "low", FactTypes: []analysis.Fact{new(fact)}, Run: run}
	mid := &analysis.Analyzer{Name: "mid", FactTypes: []analysis.Fact{new(other)}, Requires: []*analysis.Analyzer{low}, Run: run}
	plain := &analysis.Analyzer{Name: "plain", Run: run}
	a := &analysis.Analyzer{Name: "a", Requires: []*analysis.Analyzer{plain, mid}, Run: run}
	b := &analysis.Analyzer{Name: "b", Requires: []*analysis.Analyzer{low}, Run: run}
	if got := FactAnalyzers([]*analysis.Analyzer{a, b}); !slices.Equal(got, []*analysis.Analyzer{low, mid}) {
		t.Errorf("FactAnalyzers = %v", got)
	}
	if err := RegisterFacts([]*analysis.Analyzer{a, b}); err != nil {
		t.Error(err)
	}
	bad := &analysis.Analyzer{Name: "bad", FactTypes: []analysis.Fact{new(notEncodable)}, Run: run}
	if err := RegisterFacts([]*analysis.Analyzer{bad}); err == nil {
		t.Error("no error for a fact that cannot be encoded")
	}
}
