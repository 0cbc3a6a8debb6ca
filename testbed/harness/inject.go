package harness

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// The injected packages stand below this path in the module under test. It is
// not an internal path, so that instrumented dependencies may import them too.
const injectedDir = "asynclint_testbed"

const ownPath = "github.com/asynclint/asynclint/testbed/"

// injectedPackages are the packages of Config.Sources that go into a program.
var injectedPackages = []string{"rt", "explore", "worker", "job"}

// buildConstraint is a file's //go:build line.
var buildConstraint = regexp.MustCompile(`(?m)^//go:build (.*)$`)

// injected returns the files of the runtime for a module, by path relative to
// the module's directory.
//
// Imports among them are moved to where they are put. Each gets a build
// constraint that raises its language version: the module under test may be of
// an older one.
func injected(sources fs.FS, module string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, pkg := range injectedPackages {
		files, err := fs.Glob(sources, pkg+"/*.*")
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("the testbed's runtime package %s is not in this binary: %v", pkg, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || path.Ext(name) != ".go" && path.Ext(name) != ".s" {
				continue
			}
			text, err := fs.ReadFile(sources, name)
			if err != nil {
				return nil, fmt.Errorf("reading the testbed's runtime: %w", err)
			}
			s := strings.ReplaceAll(string(text), `"`+ownPath, `"`+module+"/"+injectedDir+"/")
			if path.Ext(name) == ".go" {
				s = raiseVersion(s)
			}
			out[filepath.Join(injectedDir, filepath.FromSlash(name))] = []byte(s)
		}
	}
	return out, nil
}

// languageVersion is the language version that the runtime is written in.
const languageVersion = "go1.26"

func raiseVersion(src string) string {
	if m := buildConstraint.FindStringSubmatchIndex(src); m != nil {
		return src[:m[0]] + "//go:build (" + src[m[2]:m[3]] + ") && " + languageVersion + src[m[1]:]
	}
	return "//go:build " + languageVersion + "\n\n" + src
}

// importPath is the path of an injected package in a module.
func importPath(module, pkg string) string { return path.Join(module, injectedDir, pkg) }
