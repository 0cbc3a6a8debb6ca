package chanuse

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

const source = `package p

import (
	"context"
	"os"
	"os/signal"
	"time"
)

type server struct {
	stop, own chan struct{}
	jobs      chan int
	reply     chan error
	ready     <-chan struct{}
}

func newServer() *server {
	s := &server{stop: make(chan struct{}), jobs: make(chan int, 4)}
	s.reply = make(chan error)
	go s.run(s.jobs, s.stop)
	s.ready = s.opened()
	return s
}

func (s *server) opened() <-chan struct{} { return s.own }
func (s *server) Close()                  { close(s.stop) }
func (s *server) open()                   { close(s.own) }

func (s *server) run(in <-chan int, quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		case v := <-in:
			_ = v
		}
	}
}

func (s *server) add(ctx context.Context) {
	jobs, done := s.jobs, ctx.Done()
	select {
	case jobs <- 1:
	case <-done:
	}
}

func others(foreign chan int, use func(chan int)) {
	use(foreign)
	tick := time.After(time.Second)
	sig := make(chan os.Signal, 1)
	signal.Notify(sig)
	all := []chan int{make(chan int)}
	for _, one := range all {
		one <- 1
	}
	<-tick
	<-sig
}

func limit(t *time.Ticker) { <-t.C }

func generic[T any](in chan T) { close(in) }

func calls(data chan string) { generic(data) }
`

// index reads the source and returns the index with a lookup of variables and
// fields by name.
func index(t *testing.T) (*Index, func(name string) *Use) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue),
		Defs:  make(map[*ast.Ident]types.Object),
		Uses:  make(map[*ast.Ident]types.Object),
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := conf.Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Analyzer.Run(&analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info})
	if err != nil {
		t.Fatal(err)
	}
	x := res.(*Index)
	return x, func(name string) *Use {
		t.Helper()
		for id, obj := range info.Defs {
			if v, ok := obj.(*types.Var); ok && id.Name == name {
				return x.OfVar(v)
			}
		}
		t.Fatalf("the source has no variable %s", name)
		return nil
	}
}

func TestIndex(t *testing.T) {
	_, use := index(t)
	type counts struct{ makes, sends, receives, closes int }
	for _, test := range []struct {
		name string
		want counts
	}{
		{"stop", counts{makes: 1, receives: 1, closes: 1}}, // received as the parameter quit
		{"quit", counts{makes: 1, receives: 1, closes: 1}},
		{"jobs", counts{makes: 1, sends: 1, receives: 1}}, // sent to through a local, received as in
		{"reply", counts{makes: 1}},
		{"ready", counts{closes: 1}}, // what opened returns is own
		{"one", counts{sends: 1}},    // an element of all
		{"data", counts{closes: 1}},  // by the generic function that it is given to
	} {
		u := use(test.name)
		got := counts{len(u.Makes), len(u.Sends), len(u.Receives), len(u.Closes)}
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestKinds(t *testing.T) {
	_, use := index(t)
	for _, name := range []string{"done", "tick", "sig", "foreign", "reply"} {
		u := use(name)
		got := map[string]bool{"done": u.Context, "tick": u.Timer, "sig": u.Signal, "foreign": u.Foreign}
		for kind, is := range got {
			if is != (kind == name) {
				t.Errorf("%s: is a channel of the kind %q: %v", name, kind, is)
			}
		}
	}
}

// The channel of a timer belongs to package time, whoever holds the timer.
func TestTimerField(t *testing.T) {
	x, _ := index(t)
	found := false
	for e, tv := range x.info.Types {
		if sel, ok := e.(*ast.SelectorExpr); ok && sel.Sel.Name == "C" {
			found = true
			if u := x.Of(sel); u == nil || !u.Timer {
				t.Errorf("%v of type %v is no timer's channel", sel, tv.Type)
			}
		}
	}
	if !found {
		t.Error("the source has no timer")
	}
}

func TestSites(t *testing.T) {
	_, use := index(t)
	closes := use("stop").Closes
	if len(closes) != 1 || closes[0].Decl == nil || closes[0].Decl.Name.Name != "Close" || closes[0].Func != closes[0].Decl {
		t.Errorf("stop is closed at %+v, want in Close", closes)
	}
}
