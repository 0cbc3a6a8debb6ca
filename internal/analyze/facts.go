package analyze

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/gob"
	"fmt"
	"go/types"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Facts are the package facts known in one unit: those of its imports, direct
// and indirect, and its own. A fact stays encoded until an analyzer asks for
// it, and is passed on to dependents as it came.
//
// Only package facts exist here. Every fact-bearing analyzer of asynclint has
// one, small and sorted, and a second mechanism would only be a second way to
// make the files grow.
type Facts struct {
	known map[string]map[string][]byte // package path, then fact type, to compressed gob
}

// NewFacts returns an empty set.
func NewFacts() *Facts { return &Facts{known: make(map[string]map[string][]byte)} }

// factsHeader begins every non-empty facts file. A change of the format changes
// the number.
const factsHeader = "asynclint facts 2\n"

// entry is one fact in a facts file.
type entry struct {
	Package, Type string
	Data          []byte
}

// DecodeFacts reads what [Facts.Encode] wrote. No data is an empty set.
func DecodeFacts(data []byte) (*Facts, error) {
	f := NewFacts()
	if len(data) == 0 {
		return f, nil
	}
	body, ok := bytes.CutPrefix(data, []byte(factsHeader))
	if !ok {
		return nil, fmt.Errorf("not a facts file of this version of asynclint; `go clean -cache` removes it")
	}
	var entries []entry
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&entries); err != nil {
		return nil, fmt.Errorf("damaged facts file: %w; `go clean -cache` removes it", err)
	}
	for _, e := range entries {
		f.put(e.Package, e.Type, e.Data)
	}
	return f, nil
}

// Encode returns the set in the form that goes to the go command's cache:
// sorted, so that equal sets have equal bytes, and nothing for the empty set.
func (f *Facts) Encode() ([]byte, error) {
	var entries []entry
	for pkg, facts := range f.known {
		for typ, data := range facts {
			entries = append(entries, entry{pkg, typ, data})
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Type, b.Type))
	})
	buf := bytes.NewBufferString(factsHeader)
	if err := gob.NewEncoder(buf).Encode(entries); err != nil {
		return nil, fmt.Errorf("encoding facts: %w", err)
	}
	return buf.Bytes(), nil
}

// Inherit adds the facts that the direct imports know, given by package path.
// What an import says about itself goes before what others say about it: only
// its own file is of exactly the variant that this unit was compiled against.
func (f *Facts) Inherit(imports map[string]*Facts) {
	paths := slices.Sorted(maps.Keys(imports))
	for _, path := range paths {
		for typ, data := range imports[path].known[path] {
			f.put(path, typ, data)
		}
	}
	for _, path := range paths {
		for pkg, facts := range imports[path].known {
			for typ, data := range facts {
				f.put(pkg, typ, data)
			}
		}
	}
}

// Retain drops the facts of all packages but those that keep accepts.
func (f *Facts) Retain(keep func(path string) bool) {
	maps.DeleteFunc(f.known, func(path string, _ map[string][]byte) bool { return !keep(path) })
}

// put adds a fact unless the set has one already.
func (f *Facts) put(pkg, typ string, data []byte) {
	if f.known[pkg] == nil {
		f.known[pkg] = make(map[string][]byte)
	}
	if _, ok := f.known[pkg][typ]; !ok {
		f.known[pkg][typ] = data
	}
}

// importFact decodes the fact of a package and reports whether there is one.
func (f *Facts) importFact(pkg *types.Package, into analysis.Fact) (bool, error) {
	data, ok := f.known[pkg.Path()][typeName(into)]
	if !ok {
		return false, nil
	}
	if err := gob.NewDecoder(flate.NewReader(bytes.NewReader(data))).Decode(into); err != nil {
		return false, fmt.Errorf("fact of %s: %w", pkg.Path(), err)
	}
	return true, nil
}

// export sets the fact of a package. It is encoded at once: a fact that cannot
// be encoded is the fault of the analyzer that exports it.
func (f *Facts) export(pkg string, fact analysis.Fact) error {
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err == nil {
		err = cmp.Or(gob.NewEncoder(w).Encode(fact), w.Close())
	}
	if err != nil {
		return fmt.Errorf("fact of %s: %w", pkg, err)
	}
	delete(f.known[pkg], typeName(fact))
	f.put(pkg, typeName(fact), buf.Bytes())
	return nil
}

// typeName names a fact type. It must not change from build to build.
func typeName(f analysis.Fact) string {
	t := reflect.TypeOf(f).Elem()
	return t.PkgPath() + "." + t.Name()
}

// RegisterFacts makes encoded facts the same in every process. A gob stream
// holds type numbers that the process hands out in the order in which it meets
// the types, so all of them must be met in one order before anything runs.
func RegisterFacts(roots []*analysis.Analyzer) error {
	byName := make(map[string]analysis.Fact)
	for _, a := range FactAnalyzers(roots) {
		for _, f := range a.FactTypes {
			byName[typeName(f)] = f
		}
	}
	enc := gob.NewEncoder(io.Discard)
	if err := enc.Encode([]entry{}); err != nil {
		return fmt.Errorf("encoding facts: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		zero := reflect.New(reflect.TypeOf(byName[name]).Elem())
		if err := enc.EncodeValue(zero); err != nil {
			return fmt.Errorf("encoding fact %s: %w", name, err)
		}
	}
	return nil
}
