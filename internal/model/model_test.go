package model_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/asynclint/asynclint/internal/model"
)

// build returns the SSA form of a package without imports.
func build(t *testing.T, src string) *ssa.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{}, fset, types.NewPackage("p", "p"), []*ast.File{f}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func explore(t *testing.T, src string) model.Result {
	t.Helper()
	pkg := build(t, src)
	return model.Explore(pkg, pkg.Func("f"), model.MaxStates)
}

// TestLeaks checks which senders are left behind, and that everything there is
// to see was seen.
func TestLeaks(t *testing.T) {
	tests := []struct {
		name, src string
		leaks     int
	}{
		{"received", `func f() { c := make(chan int); go func() { c <- 1 }(); <-c }`, 0},
		{"one branch leaves", `func f(b bool) { c := make(chan int); go func() { c <- 1 }(); if b { return }; <-c }`, 1},
		{"both goroutines decide alike", `func f(b bool) { c := make(chan int); go func() { if b { c <- 1 } }(); if b { <-c } }`, 0},
		{"they decide differently", `func f(b, d bool) { c := make(chan int); go func() { if b { c <- 1 } }(); if d { <-c } }`, 1},
		{"room", `func f(b bool) { c := make(chan int, 1); go func() { c <- 1 }(); if b { return }; <-c }`, 0},
		{"room of another length", `func f(s, u []int) { c := make(chan int, len(u)); for range s { go func() { c <- 1 }() }; for range u { go func() { c <- 1 }() } ; <-c }`, 2},
		{"loops of one length", `func f(s []int) { c := make(chan int); for range s { go func() { c <- 1 }() }; for range s { <-c } }`, 0},
		{"loops of two lengths", `func f(s, u []int) { c := make(chan int); for range s { go func() { c <- 1 }() }; for range u { <-c } }`, 1},
		{"one round fewer", `func f(n int) { c := make(chan int); for i := 0; i < n; i++ { go func() { c <- 1 }() }; for i := 1; i < n; i++ { <-c } }`, 1},
		{"not when empty", `func f(s []int) { if len(s) == 0 { return }; c := make(chan int); go func() { c <- len(s) }(); for range s { <-c; break } }`, 0},
		{"value of the message decides", `func f() { c := make(chan bool); d := make(chan int); go func() { c <- false; d <- 1 }(); if <-c { return }; <-d }`, 0},
		{"closed twice is the end", `func f() { c := make(chan int); d := make(chan int); close(d); close(d); go func() { c <- 1 }(); select { case <-c: case <-d: } }`, 0},
		{"handed on", `func f(out chan chan int) { c := make(chan int); go func() { c <- 1 }(); select { case out <- c: case <-c: } }`, 0},
		{"received by recursion", `func g(c chan int, n int) { if n > 0 { <-c; g(c, n-1) } }
			func f() { c := make(chan int); go func() { c <- 1; c <- 2 }(); g(c, 2) }`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := explore(t, test.src)
			if len(r.Leaks) != test.leaks {
				t.Errorf("%d leaks, want %d", len(r.Leaks), test.leaks)
			}
			if !r.Complete {
				t.Errorf("exploration is not complete after %d states", r.States)
			}
		})
	}
}

// TestIrrelevantBranches checks that branches which touch no channel cost no
// states: 2 to the power of 20 ways lead through this function.
func TestIrrelevantBranches(t *testing.T) {
	var body strings.Builder
	for i := range 20 {
		fmt.Fprintf(&body, "if a[%d] > 0 { n++ }\n", i)
	}
	r := explore(t, "func f(a []int) int { n := 0; c := make(chan int); go func() { c <- 1 }()\n"+body.String()+"<-c\n"+body.String()+"return n }")
	if !r.Complete || r.States > 10 {
		t.Errorf("%d states, complete: %v; want at most 10 and true", r.States, r.Complete)
	}
}

// TestBounds checks that a function with more schedules than the bounds allow
// ends, says that it was not seen whole, and is explored the same way again.
func TestBounds(t *testing.T) {
	const src = `func f(b []bool) { c := make(chan int)
		for i := 0; i < 6; i++ { go func() { for { c <- i; if b[i] { return } } }() }
		for i := range b { if b[i] { <-c } } }`
	first, second := explore(t, src), explore(t, src)
	if first.Complete {
		t.Error("exploration claims to be complete")
	}
	if first.States != second.States || len(first.Leaks) != len(second.Leaks) {
		t.Errorf("two explorations differ: %d and %d states, %d and %d leaks", first.States, second.States, len(first.Leaks), len(second.Leaks))
	}
}

func TestEntries(t *testing.T) {
	pkg := build(t, `
		type s struct { c chan int }
		func leaves() { c := make(chan int); go func() { c <- 1 }(); <-c }
		func helper(c chan int) { go func() { c <- 1 }() }
		func calls() { c := make(chan int); helper(c); <-c }
		func alone() { c := make(chan int, 1); c <- 1; <-c }
		func never() { c := make(chan string); go func() { <-c }() }
		func (x *s) stores() { x.c = make(chan int); go func() { x.c <- 1 }() }
	`)
	var funcs []*ssa.Function
	for _, name := range []string{"leaves", "helper", "calls", "alone", "never"} {
		funcs = append(funcs, pkg.Func(name))
	}
	obj := pkg.Type("s").Type()
	funcs = append(funcs, pkg.Prog.LookupMethod(types.NewPointer(obj), pkg.Pkg, "stores"))
	var got []string
	for _, fn := range model.Entries(pkg, funcs) {
		got = append(got, fn.Name())
	}
	if want := "leaves calls"; strings.Join(got, " ") != want {
		t.Errorf("entries %v, want %s", got, want)
	}
}
