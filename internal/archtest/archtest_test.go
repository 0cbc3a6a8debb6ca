package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func load(t *testing.T) Graph {
	t.Helper()
	watch(t)
	g, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// watch reads all that the result depends on. The go command would otherwise keep
// the result of an earlier run, since it cannot see what `go list` reads.
func watch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case filepath.Ext(path) == ".go":
			_, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImports(t *testing.T) {
	g := load(t)
	for _, r := range Rules() {
		if !slices.ContainsFunc(g.Own(), r.From) {
			t.Errorf("no package of the module is under the rule %q", r.Why)
		}
		for _, v := range g.Violations(r) {
			t.Error(v)
		}
	}
}

// The driver answers calls of go/analysis that have no error result. It panics
// for a pass that calls what is not there, and recovers around every pass.
var mayEnd = []string{"internal/analyze"}

func TestNothingEndsTheProcess(t *testing.T) {
	g := load(t)
	checked := 0
	for _, path := range g.Own() {
		p := g[Module+"/"+path]
		if !under("passes", "internal")(path) || p.Name == "main" || slices.Contains(mayEnd, path) {
			continue
		}
		checked++
		ends, err := p.Ends()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range ends {
			t.Errorf("%s: return an error instead", e)
		}
	}
	if checked < len(Rules()) {
		t.Errorf("only %d packages were looked at", checked)
	}
}

// A rule that nothing can break would prove nothing: break each.
func TestEachRuleCanBeBroken(t *testing.T) {
	std := func(path string) *Package { return &Package{ImportPath: path, Standard: true} }
	foreign := func(path string) *Package { return &Package{ImportPath: path} }
	own := func(path string) *Package { return &Package{ImportPath: Module + "/" + path} }
	breaks := []struct {
		from string
		to   *Package
	}{
		{"passes/leak", std("os/exec")},
		{"passes/leak/inner", own("passes/lockawait")},
		{"passes/blocking", foreign("github.com/goccy/go-yaml")},
		{"internal/report", own("passes/leak")},
		{"internal/vettool", own("internal/cli")},
		{"internal/rule", own("internal/finding")},
		{"internal/render", own("internal/report")},
		{"testbed/rt", own("testbed/job")},
	}
	if len(breaks) != len(Rules()) {
		t.Fatalf("%d rules, %d ways to break them", len(Rules()), len(breaks))
	}
	for i, b := range breaks {
		from := own(b.from)
		from.Deps = []string{b.to.ImportPath, "sync"}
		g := Graph{from.ImportPath: from, b.to.ImportPath: b.to, "sync": std("sync")}
		got := g.Violations(Rules()[i])
		if len(got) != 1 || !strings.HasPrefix(got[0], b.from+" reaches "+b.to.rel()+": ") {
			t.Errorf("%s importing %s: %q", b.from, b.to.ImportPath, got)
		}
		from.Deps = []string{"sync"}
		if got := g.Violations(Rules()[i]); got != nil {
			t.Errorf("%s importing sync: %q", b.from, got)
		}
	}
}

func TestEnds(t *testing.T) {
	dir := t.TempDir()
	src := `package p

func init() {}

func f() {
	panic("no")
	log.Fatalf("no")
	go func() { os.Exit(1) }()
	errors.New("yes")
}

type t struct{}

func (t) init() {}
`
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	p := &Package{ImportPath: Module + "/internal/p", Dir: dir, GoFiles: []string{"p.go"}}
	got, err := p.Ends()
	want := []string{
		"internal/p/p.go:3: func init",
		"internal/p/p.go:6: panic",
		"internal/p/p.go:7: log.Fatalf",
		"internal/p/p.go:8: os.Exit",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Ends = %q, %v; want %q", got, err, want)
	}
}
