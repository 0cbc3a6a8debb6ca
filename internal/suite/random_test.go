package suite_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/asynclint/asynclint/internal/analyze"
	"github.com/asynclint/asynclint/internal/suite"
)

// TestRandomPrograms runs every pass over programs that nobody would write: no
// crash, no failure, and the same bytes the second time. That the walks end is
// what the test's own time limit shows; their bounds are counters.
func TestRandomPrograms(t *testing.T) {
	found := 0
	for seed := range uint64(60) {
		found += checkProgram(t, seed, 40)
	}
	if found < 60 {
		t.Errorf("%d findings in all: the programs do not reach the rules", found)
	}
}

// FuzzPrograms is the same for seeds and sizes that the fuzzer chooses.
func FuzzPrograms(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(30))
	}
	f.Fuzz(func(t *testing.T, seed uint64, size uint8) { checkProgram(t, seed, int(size)) })
}

// checkProgram returns how many findings there are.
func checkProgram(t *testing.T, seed uint64, size int) int {
	t.Helper()
	src := program(seed, size)
	first := findings(t, seed, src)
	if second := findings(t, seed, src); !bytes.Equal(first, second) {
		t.Errorf("seed %d, size %d: two runs differ:\n%s\n%s", seed, size, first, second)
	}
	return bytes.Count(first, []byte(`"rule":`))
}

// std imports from source, once: the programs need few packages.
var std = sync.OnceValue(func() types.Importer {
	return importer.ForCompiler(token.NewFileSet(), "source", nil)
})

func findings(t *testing.T, seed uint64, src string) []byte {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "random.go", src, parser.ParseComments)
	if err != nil {
		t.Fatalf("seed %d: the generator wrote %v in\n%s", seed, err, src)
	}
	info := analyze.NewInfo()
	sizes := types.SizesFor("gc", runtime.GOARCH)
	pkg, err := (&types.Config{Importer: std(), Sizes: sizes}).Check("random", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatalf("seed %d: the generator wrote %v in\n%s", seed, err, src)
	}
	u := &analyze.Unit{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, Info: info, Sizes: sizes, Facts: analyze.NewFacts()}
	results := u.Run(suite.Analyzers())
	for _, r := range results {
		if r.Err != nil {
			t.Errorf("seed %d: %s failed: %v\n%s", seed, r.Analyzer.Name, r.Err, src)
		}
	}
	out, err := json.Marshal(u.Entries(results, true))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// program writes a valid program of methods on one type that lock, send,
// receive, wait, spawn and call each other at random.
func program(seed uint64, size int) string {
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1)), left: size}
	g.line("package random")
	g.line("import (\"context\"; \"errors\"; \"sync\"; \"time\")")
	g.line("var _ = errors.New; var _ time.Duration; var _ context.Context; var global sync.Mutex")
	g.line("type T struct { mu sync.Mutex; rw sync.RWMutex; wg sync.WaitGroup; cond *sync.Cond; once sync.Once; a, b chan int; done chan struct{}; next *T; ts []*T; m map[string]*T; n int; ok bool; f func(); i I; sync.Locker }")
	g.line("type I interface { m0(x *T, ok bool) (bool, error); m1(x *T, ok bool) (bool, error) }")
	g.line("type G[V any] struct { mu sync.Mutex; v map[string]V }")
	g.line("func (g *G[V]) get(k string) (V, bool) { g.mu.Lock(); v, ok := g.v[k]; if !ok { return v, false }; g.mu.Unlock(); return v, true }")
	for i := range methods {
		g.line("func (t *T) m%d(x *T, ok bool) (res bool, err error) {", i)
		g.line("ctx, cancel := context.WithTimeout(context.Background(), time.Second); defer cancel(); c := make(chan int, %d); var k int; _, _, _ = ctx, c, k", g.rand.IntN(3))
		g.left = size
		g.block(0)
		g.line("return %s, nil", g.cond())
		g.line("}")
	}
	src, err := format.Source([]byte(g.out.String()))
	if err != nil {
		return g.out.String() // the parser will say what is wrong
	}
	return string(src)
}

const methods = 6

type generator struct {
	rand  *rand.Rand
	out   strings.Builder
	left  int // statements
	names int
	loops []string // labels of the loops around, of this function
	// literal is set inside function literals, which return nothing.
	literal bool
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

func (g *generator) pick(choices ...string) string { return choices[g.rand.IntN(len(choices))] }

func (g *generator) lock() string {
	return g.pick("t.mu", "x.mu", "t.rw", "x.rw", "global", "t.next.mu", "t.ts[0].mu", "t.ts[k].rw", "t.m[\"a\"].mu", "t.Locker", "t")
}

func (g *generator) ch() string { return g.pick("c", "t.a", "t.b", "x.a", "x.b") }

func (g *generator) cond() string {
	return g.pick("ok", "!ok", "t.ok", "x.ok", "t.n == 0", "k > 2", "err != nil", "t.next == nil", "len(t.ts) == 0", "true", "res")
}

func (g *generator) block(depth int) {
	for range 1 + g.rand.IntN(5) {
		if g.left--; g.left < 0 {
			return
		}
		g.stmt(depth)
	}
}

func (g *generator) stmt(depth int) {
	if depth > 6 {
		g.line("k++")
		return
	}
	switch g.rand.IntN(30) {
	case 0, 1, 2:
		g.line("%s.Lock()", g.lock())
	case 3, 4, 5:
		g.line("%s.Unlock()", g.lock())
	case 6:
		g.line("defer %s.Unlock()", g.lock())
	case 7:
		g.line("t.rw.%s()", g.pick("RLock", "RUnlock"))
	case 8:
		g.line("%s <- k", g.ch())
	case 9:
		g.line("k = <-%s", g.ch())
	case 10:
		g.line("if %s {", g.cond())
		g.block(depth + 1)
		g.line("} else {")
		g.block(depth + 1)
		g.line("}")
	case 11, 12:
		g.loop(depth)
	case 13:
		g.line("select {")
		g.line("case %s <- k:", g.ch())
		g.block(depth + 1)
		g.line("case v, ok := <-%s:", g.ch())
		g.line("_, _ = v, ok")
		g.block(depth + 1)
		if g.rand.IntN(2) == 0 {
			g.line("case <-%s:", g.pick("ctx.Done()", "t.done", "time.After(time.Second)"))
			g.block(depth + 1)
		} else if g.rand.IntN(2) == 0 {
			g.line("default:")
		}
		g.line("}")
	case 14:
		g.spawn(depth, "go func() {", "}()")
	case 15:
		g.spawn(depth, "func() {", "}()")
	case 16:
		g.spawn(depth, "defer func() {", "}()")
	case 17:
		g.spawn(depth, g.pick("t.wg.Go(func() {", "t.once.Do(func() {", "time.AfterFunc(time.Second, func() {"), "})")
	case 18:
		if g.literal {
			g.line("if %s { return }", g.cond())
			return
		}
		g.line("if %s { return %s, %s }", g.cond(), g.cond(), g.pick("nil", "err", `errors.New("x")`))
	case 19, 20:
		g.line("%s.m%d(%s, %s)", g.pick("t", "x", "t.next", "t.i"), g.rand.IntN(2), g.pick("t", "x"), g.cond())
	case 21:
		g.line("res, err = t.m%d(x, %s)", g.rand.IntN(methods), g.cond())
	case 22:
		g.names++
		g.line("f%d := func() { %s.%s() }; f%d()", g.names, g.lock(), g.pick("Lock", "Unlock"), g.names)
	case 23:
		g.line("%s", g.pick("close(t.done)", "close(t.a)", "t.wg.Wait()", "t.cond.Wait()", "t.wg.Add(1)", "t.wg.Done()", "t.f()", "time.Sleep(time.Second)", "x, t = t, x", "t = t.next"))
	case 24:
		g.line("if t.mu.TryLock() {")
		g.block(depth + 1)
		g.line("}")
	case 25:
		g.line("switch k { case 1:")
		g.block(depth + 1)
		g.line("fallthrough; case 2:")
		g.block(depth + 1)
		g.line("default: }")
	case 26:
		g.spawn(depth, "t.f = func() {", "}")
	case 27:
		if n := len(g.loops); n > 0 {
			g.line("if %s { %s %s }", g.cond(), g.pick("break", "continue"), g.loops[g.rand.IntN(n)])
		}
	case 28:
		g.line("if %s { panic(err) }", g.cond())
	default:
		g.line("t.%s", g.pick("n++", "ok = !t.ok", "next = x", "f = cancel", "i = x", "a = c"))
	}
}

// loop writes one of the kinds of loops, with a label that is used.
func (g *generator) loop(depth int) {
	g.names++
	label := fmt.Sprintf("L%d", g.names)
	g.line("%s:\nfor %s {", label, g.pick("", "ok", "range 3", "range t.ts", "range t.a", "k < 4", "k = range t.ts", "range t.m"))
	g.line("if %s { break %s }", g.cond(), label)
	g.loops = append(g.loops, label)
	g.block(depth + 1)
	g.loops = g.loops[:len(g.loops)-1]
	g.line("}")
}

// spawn writes a function literal, which the labels around do not reach.
func (g *generator) spawn(depth int, open, close string) {
	loops, literal := g.loops, g.literal
	g.loops, g.literal = nil, true
	g.line("%s", open)
	g.block(depth + 2)
	g.line("%s", close)
	g.loops, g.literal = loops, literal
}
