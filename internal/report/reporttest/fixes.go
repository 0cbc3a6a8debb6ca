package reporttest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

var wantComment = regexp.MustCompile(`(?m)[ \t]*// want .*$`)

// RunFixes is [Run] for packages in which every finding has a fix. It demands
// of the fixed source, which stands beside each file as file.golden, that it
// type-checks and that the pass has nothing left to report in it. A fix is then
// also idempotent: there is nothing to apply a second time.
func RunFixes(t *testing.T, dir string, a *analysis.Analyzer, patterns ...string) {
	t.Helper()
	Check(t, analysistest.RunWithSuggestedFixes(t, dir, a, patterns...))
	fixed := t.TempDir()
	for _, pattern := range patterns {
		from, to := filepath.Join(dir, "src", pattern), filepath.Join(fixed, "src", pattern)
		files, err := filepath.Glob(filepath.Join(from, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Go files in %s: %v", from, err)
		}
		if err := os.MkdirAll(to, 0o777); err != nil {
			t.Fatal(err)
		}
		goldens := 0
		for _, file := range files {
			src, err := os.ReadFile(file + ".golden")
			if err == nil {
				goldens++
			} else if src, err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
			plain := wantComment.ReplaceAllString(string(src), "")
			if strings.Contains(plain, "// want") {
				t.Fatalf("%s: an expectation is left in the fixed source", file)
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), []byte(plain), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if goldens == 0 {
			t.Errorf("%s: no golden file", from)
		}
	}
	analysistest.Run(t, fixed, a, patterns...)
}
