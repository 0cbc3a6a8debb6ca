package blocking

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// harness are path elements of packages that serve tests, examples or
// measurements, where a sleep stands for work or waits for a test's effect.
var harness = map[string]bool{
	"test": true, "tests": true, "testing": true, "testutil": true, "testutils": true, "testdata": true,
	"e2e": true, "integration": true, "acceptance": true, "mock": true, "mocks": true, "fake": true, "fakes": true,
	"example": true, "examples": true, "_examples": true, "demo": true, "demos": true, "sample": true, "samples": true,
	"bench": true, "benchmark": true, "benchmarks": true, "hack": true, "testsuite": true, "tester": true,
	"simulation": true, "simulator": true, "stress": true, "loadtest": true, "devtools": true,
}

// servesTests reports whether the package's path says that it serves tests.
func servesTests(pass *analysis.Pass) bool {
	for el := range strings.SplitSeq(strings.TrimSuffix(pass.Pkg.Path(), "_test"), "/") {
		if harness[el] || strings.HasSuffix(el, "test") || strings.HasSuffix(el, "tests") || strings.HasPrefix(el, "test") {
			return true
		}
	}
	return false
}

// fileServesTests reports whether the file of a node imports package testing.
func (c *checker) fileServesTests(cur inspector.Cursor) bool {
	for up := range cur.Enclosing((*ast.File)(nil)) {
		for _, imp := range up.Node().(*ast.File).Imports {
			if imp.Path.Value == `"testing"` {
				return true
			}
		}
	}
	return false
}
