// Package analyze runs analyzers over one type-checked package and turns what
// they say into plain findings.
//
// It is the part that asynclint's drivers share: internal/vettool feeds it the
// compilation unit that the go command describes, internal/inprocess the
// packages that go/packages loads. So a finding is the same whichever way it
// was found.
//
// An analyzer that panics or fails is contained: its error becomes the result
// of that analyzer, what it found before is kept, and the rest runs on.
package analyze

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A Unit is a type-checked package and what its analysis needs from outside.
type Unit struct {
	Fset         *token.FileSet
	Files        []*ast.File
	OtherFiles   []string
	IgnoredFiles []string
	Pkg          *types.Package
	Info         *types.Info
	Sizes        types.Sizes
	Module       *analysis.Module
	// Facts holds the facts of the imports; the analyzers add the package's own.
	Facts *Facts
}

// NewInfo returns the maps for the type information that analyzers may expect.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

// A Result is what one analyzer said about the unit.
type Result struct {
	Analyzer    *analysis.Analyzer
	Value       any // kept even with an error, for the findings before it
	Diagnostics []analysis.Diagnostic
	Err         error
}

// Run executes the root analyzers with their prerequisites and returns their
// results in order. Analyzers run one after the other: parallelism is between
// packages, and the order in which shared state such as the SSA program grows
// stays the same in every run.
//
// A root that could not run because another root failed has neither findings
// nor an error; the failure is reported where it happened.
func (u *Unit) Run(roots []*analysis.Analyzer) []Result {
	r := &run{unit: u, actions: make(map[*analysis.Analyzer]*action)}
	isRoot := make(map[*analysis.Analyzer]bool)
	for _, a := range roots {
		isRoot[a] = true
	}
	results := make([]Result, len(roots))
	for i, a := range roots {
		act := r.do(a)
		results[i] = Result{Analyzer: a, Value: act.value, Diagnostics: act.diagnostics, Err: act.err}
		if act.origin != a && isRoot[act.origin] {
			results[i].Err = nil
		}
	}
	return results
}

// FactAnalyzers returns the analyzers among the roots and their prerequisites
// that have facts, each once. A package that is analysed only for the sake of
// its dependents needs no others.
func FactAnalyzers(roots []*analysis.Analyzer) []*analysis.Analyzer {
	var found []*analysis.Analyzer
	seen := make(map[*analysis.Analyzer]bool)
	var visit func([]*analysis.Analyzer)
	visit = func(list []*analysis.Analyzer) {
		for _, a := range list {
			if !seen[a] {
				seen[a] = true
				visit(a.Requires)
				if len(a.FactTypes) > 0 {
					found = append(found, a)
				}
			}
		}
	}
	visit(roots)
	return found
}

// A run executes each analyzer at most once.
type run struct {
	unit    *Unit
	actions map[*analysis.Analyzer]*action
}

type action struct {
	value       any
	diagnostics []analysis.Diagnostic
	err         error
	origin      *analysis.Analyzer // whose error err is
}

func (r *run) do(a *analysis.Analyzer) *action {
	if act := r.actions[a]; act != nil {
		return act
	}
	act := new(action)
	r.actions[a] = act
	inputs := make(map[*analysis.Analyzer]any)
	for _, req := range a.Requires {
		dep := r.do(req)
		if dep.err != nil && act.err == nil {
			act.err, act.origin = dep.err, dep.origin
		}
		inputs[req] = dep.value
	}
	if act.err != nil {
		return act
	}
	r.execute(a, act, inputs)
	if act.err != nil {
		act.origin = a
	}
	return act
}

// execute runs the analyzer and contains what goes wrong in it.
func (r *run) execute(a *analysis.Analyzer, act *action, inputs map[*analysis.Analyzer]any) {
	defer func() {
		if x := recover(); x != nil {
			act.err = fmt.Errorf("internal error in %s: %v%s", a.Name, x, panicTrace())
		}
	}()
	var problems []error
	pass := r.unit.pass(a, inputs, func(err error) { problems = append(problems, err) })
	pass.Report = func(d analysis.Diagnostic) { act.diagnostics = append(act.diagnostics, d) }
	act.value, act.err = a.Run(pass)
	if got := reflect.TypeOf(act.value); act.err == nil && got != a.ResultType {
		act.err = fmt.Errorf("internal error in %s: result of type %v instead of %v", a.Name, got, a.ResultType)
	}
	act.err = errors.Join(append(problems, act.err)...)
}

// pass builds what an analyzer gets. Functions of it that have no error to
// return hand theirs to fail.
func (u *Unit) pass(a *analysis.Analyzer, inputs map[*analysis.Analyzer]any, fail func(error)) *analysis.Pass {
	unsupported := func() {
		fail(fmt.Errorf("internal error in %s: only ImportPackageFact and ExportPackageFact are supported", a.Name))
	}
	return &analysis.Pass{
		Analyzer:     a,
		Fset:         u.Fset,
		Files:        u.Files,
		OtherFiles:   u.OtherFiles,
		IgnoredFiles: u.IgnoredFiles,
		Pkg:          u.Pkg,
		TypesInfo:    u.Info,
		TypesSizes:   u.Sizes,
		ResultOf:     inputs,
		ReadFile:     os.ReadFile,
		Module:       u.Module,

		ImportPackageFact: func(pkg *types.Package, f analysis.Fact) bool {
			ok, err := u.Facts.importFact(pkg, f)
			if err != nil {
				fail(err)
			}
			return ok
		},
		ExportPackageFact: func(f analysis.Fact) {
			if err := u.Facts.export(u.Pkg.Path(), f); err != nil {
				fail(err)
			}
		},
		// See [Facts] for why these are missing.
		AllPackageFacts:  func() []analysis.PackageFact { unsupported(); return nil },
		ImportObjectFact: func(types.Object, analysis.Fact) bool { unsupported(); return false },
		ExportObjectFact: func(types.Object, analysis.Fact) { unsupported() },
		AllObjectFacts:   func() []analysis.ObjectFact { unsupported(); return nil },
	}
}

// panicTrace lists the functions between a panic and the analyzer's Run, in a
// form that is the same in every run: no addresses, no goroutine numbers.
func panicTrace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var b strings.Builder
	panicked := false
	for shown := 0; shown < 8; {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicked = true
			b.Reset()
			shown = 0
		case strings.HasSuffix(frame.Function, ".(*run).execute"):
			return b.String()
		case panicked && !strings.HasPrefix(frame.Function, "runtime."):
			fmt.Fprintf(&b, "\n\t%s (%s:%d)", frame.Function, filepath.Base(frame.File), frame.Line)
			shown++
		}
		if !more {
			break
		}
	}
	return b.String()
}
