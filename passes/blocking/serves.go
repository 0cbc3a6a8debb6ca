package blocking

import (
	"go/ast"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// harness are path elements of packages that serve tests, examples or
// measurements, where a sleep stands for work or waits for a test's effect.
var harness = map[string]bool{
	"acceptance": true, "bench": true, "benchmark": true, "benchmarks": true,
	"devtools": true, "e2e": true, "example": true, "examples": true, "_examples": true, "hack": true,
	"harness": true, "integration": true, "interop": true, "leakcheck": true, "sample": true, "samples": true,
	"simulation": true, "simulator": true, "stress": true, "tester": true, "testenv": true, "testing": true,
	"testhelper": true, "testhelpers": true, "testlib": true, "testsuite": true, "testutil": true, "testutils": true,
}

// servesTests reports whether the package's path says that it serves tests.
func servesTests(pass *analysis.Pass) bool {
	for el := range strings.SplitSeq(strings.TrimSuffix(pass.Pkg.Path(), "_test"), "/") {
		if servesTest(el) {
			return true
		}
	}
	return false
}

// fileServesTests reports whether a file's name, or its import of package
// testing, says that it serves tests.
func fileServesTests(f *ast.File, name string) bool {
	for _, imp := range f.Imports {
		if imp.Path.Value == `"testing"` {
			return true
		}
	}
	name = strings.TrimSuffix(filepath.Base(name), ".go")
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '.' || r == '-' }) {
		if servesTest(word) {
			return true
		}
	}
	return false
}

// servesTest reports whether a word of a path or file name speaks of tests.
func servesTest(word string) bool {
	word = strings.ToLower(word)
	return harness[word] || strings.HasSuffix(word, "test") || strings.HasSuffix(word, "tests") ||
		strings.HasPrefix(word, "mock") || strings.HasPrefix(word, "fake")
}
