package cli

import (
	"strings"
	"testing"
)

func TestShorten(t *testing.T) {
	if got := shorten("a.go:1:2: undefined: x"); got != "a.go:1:2: undefined: x" {
		t.Errorf("a short text became %q", got)
	}
	long := strings.Repeat("a.go:1:2: undefined: x\n", 40)
	if got := strings.Count(shorten(long), "\n"); got != 12 {
		t.Errorf("%d lines are left of 40", got)
	}
	dump := "panic: index out of range\n\ngoroutine 1 [running]:\n" + strings.Repeat("main.f()\n", 400)
	got := shorten(dump)
	if !strings.HasPrefix(got, "asynclint crashed") || !strings.Contains(got, "index out of range") || strings.Count(got, "\n") > 14 {
		t.Errorf("a stack dump became:\n%s", got)
	}
}

// A workspace whose packages are tested by others, a cause further down, a
// package that go vet left out without a word: each gets its reason.
func TestWhy(t *testing.T) {
	root := &listed{ImportPath: "m/p", Deps: []string{"fmt", "m/q"}}
	test := &listed{ImportPath: "m/p [m/p.test]", ForTest: "m/p", Deps: []string{"m/r [m/p.test]"}}
	dg := &diagnosis{roots: []*listed{root}, variants: map[string][]*listed{"m/p": {test}}}
	for _, tt := range []struct {
		said map[string]string
		want string
	}{
		{map[string]string{"m/p": "p.go:1:1: wrong", "m/q": "q.go:1:1: wrong"}, "p.go:1:1: wrong"},
		{map[string]string{"m/q": "q.go:1:1: wrong\nq.go:2:1: wrong too"}, "imports m/q, which could not be analysed: q.go:1:1: wrong"},
		{map[string]string{"m/r": "r.go:1:1: wrong"}, "imports m/r [m/p.test], which could not be analysed: r.go:1:1: wrong"},
		{map[string]string{"": "no space left on device"}, "no space left on device"},
		{nil, "go vet left it out without saying why; try `go vet m/p`"},
	} {
		if got := dg.why(root, "m/p", tt.said); got != tt.want {
			t.Errorf("said %v:\ngot  %s\nwant %s", tt.said, got, tt.want)
		}
	}
	root.DepsErrors = []*listError{{Pos: "p.go:3:8", Err: "no required module provides x"}, {Pos: "p.go:3:8", Err: "no required module provides x"}}
	if got := dg.why(root, "m/p", nil); got != "p.go:3:8: no required module provides x" {
		t.Errorf("a load error of a dependency gives %q", got)
	}
	root.Error = &listError{Err: "import cycle not allowed", ImportStack: []string{"m/p", "m/q", "m/p"}}
	if got := dg.why(root, "m/p", nil); got != "import cycle not allowed: m/p -> m/q -> m/p" {
		t.Errorf("an import cycle gives %q", got)
	}
}

func TestExpected(t *testing.T) {
	files := []string{"x.go"}
	for _, tt := range []struct {
		root listed
		want string
	}{
		{listed{GoFiles: files}, "m/p"},
		{listed{TestGoFiles: files}, "m/p"},
		{listed{GoFiles: files, XTestGoFiles: files}, "m/p m/p_test"},
		{listed{CgoFiles: files, XTestGoFiles: files}, "m/p m/p_test"},
		{listed{XTestGoFiles: files}, "m/p_test"},
		{listed{Error: new(listError), XTestGoFiles: files}, "m/p"},
	} {
		tt.root.ImportPath = "m/p"
		if got := strings.Join(new(diagnosis).expected(&tt.root), " "); got != tt.want {
			t.Errorf("%+v is expected as %s, want %s", tt.root, got, tt.want)
		}
	}
}
