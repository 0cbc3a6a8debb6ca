// Package report is the only way to emit a diagnostic.
//
// A pass creates a [Reporter], reports findings to it in any order and returns
// [Reporter.Done] as its result. The reporter checks that every finding names a
// rule of the catalogue and a place inside the package, applies suppression
// comments, the level threshold and the policy for generated files, and emits
// what is left in source order, so the same package always gives the same bytes.
//
// Findings leave a pass twice. Diagnostics are for drivers that know nothing of
// asynclint; they carry rule and consequence in their text, because most
// drivers drop everything else. The [Result] is for asynclint's own drivers and
// keeps the level, the help line and the suppressed findings as well.
package report

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/rule"
)

// A Finding is one thing a rule has to say about the analysed package.
type Finding struct {
	Rule    *rule.Rule
	Level   rule.Level // zero means Rule.Level
	Pos     token.Pos  // the operation that goes wrong
	End     token.Pos
	Message string // one lower-case clause, without the rule's name
	Related []analysis.RelatedInformation
	Fixes   []analysis.SuggestedFix
	Help    string // what to do; empty means Rule.Help

	// Suppression is the directive that hides the finding, or nil.
	Suppression *Directive
}

// Text is the finding's message as every driver shows it.
func (f *Finding) Text() string { return f.Message + " (" + f.Rule.ID() + ")" }

// A Result is what a pass found, in source order, suppressed findings included.
type Result struct{ Findings []Finding }

// ResultType is the analysis.Analyzer.ResultType of every pass.
var ResultType = reflect.TypeFor[*Result]()

// A Reporter collects the findings of one pass over one package.
type Reporter struct {
	pass       *analysis.Pass
	directives *Directives
	settings   *Settings
	generated  map[*token.File]bool
	files      map[*token.File]bool
	findings   []Finding
	problems   []error
}

// New returns a reporter for a pass that requires [Directives] and whose
// analyzer was given its flags by [Flags].
func New(pass *analysis.Pass, settings *Settings) *Reporter {
	r := &Reporter{
		pass:       pass,
		directives: pass.ResultOf[DirectiveAnalyzer].(*Directives),
		settings:   settings,
		generated:  make(map[*token.File]bool),
		files:      make(map[*token.File]bool),
	}
	for _, f := range pass.Files {
		tf := pass.Fset.File(f.FileStart)
		r.files[tf] = true
		if ast.IsGenerated(f) {
			r.generated[tf] = true
		}
	}
	return r
}

// Report takes a finding. A finding that breaks the catalogue's promises is a
// bug of the pass: it is kept out and makes [Reporter.Done] fail, so that it is
// seen in tests and reported as "could not analyse" instead of shown wrong.
func (r *Reporter) Report(f Finding) {
	if err := r.check(&f); err != nil {
		r.problems = append(r.problems, err)
		return
	}
	if f.Level == rule.Off {
		f.Level = f.Rule.Level
	}
	if f.Help == "" {
		f.Help = f.Rule.Help
	}
	if r.generated[r.pass.Fset.File(f.Pos)] {
		if f.Level < rule.Error {
			return // nobody can act on a hint about code that a program wrote
		}
		f.Fixes = nil
	}
	r.findings = append(r.findings, f)
}

func (r *Reporter) check(f *Finding) error {
	if f.Rule == nil {
		return fmt.Errorf("finding %q names no rule", f.Message)
	}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%s: %s", f.Rule.ID(), fmt.Sprintf(format, args...))
	}
	inside := func(p token.Pos) bool { return p.IsValid() && r.files[r.pass.Fset.File(p)] }
	switch {
	case f.Rule.Pass != r.pass.Analyzer.Name:
		return bad("reported by pass %s", r.pass.Analyzer.Name)
	case !inside(f.Pos):
		return bad("finding %q has no position in the package", f.Message)
	case f.End.IsValid() && (f.End < f.Pos || !inside(f.End)):
		return bad("finding %q ends before it begins", f.Message)
	case f.Message == "" || strings.Contains(f.Message, "\n"):
		return bad("message %q is not one line", f.Message)
	case f.Level != rule.Off && (f.Level > f.Rule.Level || f.Level < f.Rule.Lowest):
		return bad("finding %q has level %v, the catalogue allows %v to %v", f.Message, f.Level, f.Rule.Lowest, f.Rule.Level)
	case len(f.Fixes) > 0 && f.Rule.Fix == rule.NoFix:
		return bad("finding %q has a fix, the catalogue says none", f.Message)
	}
	for _, rel := range f.Related {
		if !inside(rel.Pos) {
			return bad("finding %q: related %q has no position in the package", f.Message, rel.Message)
		}
	}
	for _, fix := range f.Fixes {
		for _, e := range fix.TextEdits {
			if !inside(e.Pos) || e.End.IsValid() && (e.End < e.Pos || r.pass.Fset.File(e.End) != r.pass.Fset.File(e.Pos)) {
				return bad("finding %q: fix %q edits no range of a file in the package", f.Message, fix.Message)
			}
		}
	}
	return nil
}

// Done applies suppression, emits the diagnostics that reach the level
// threshold and returns the pass's result.
func (r *Reporter) Done() (any, error) {
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), strings.Compare(a.Rule.Slug, b.Rule.Slug), strings.Compare(a.Message, b.Message))
	})
	r.findings = slices.CompactFunc(r.findings, func(a, b Finding) bool {
		return a.Pos == b.Pos && a.Rule == b.Rule && a.Message == b.Message
	})
	kept := r.findings[:0]
	for _, f := range r.findings {
		if r.settings.disabled(f.Rule) {
			continue
		}
		f.Suppression = r.directives.suppress(f.Rule, r.pass.Fset.PositionFor(f.Pos, false))
		kept = append(kept, f)
		if f.Suppression == nil && f.Level >= r.settings.Level {
			r.pass.Report(f.diagnostic(r.settings.Related))
		}
	}
	r.directives.ran(r.pass.Analyzer.Name, r.settings)
	return &Result{Findings: kept}, errors.Join(r.problems...)
}

func (f *Finding) diagnostic(related bool) analysis.Diagnostic {
	d := analysis.Diagnostic{
		Pos: f.Pos, End: f.End,
		Category:       f.Rule.Slug,
		Message:        f.Text(),
		URL:            f.Rule.URL(),
		SuggestedFixes: f.Fixes,
	}
	if related {
		d.Related = f.Related
	}
	return d
}
