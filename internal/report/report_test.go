package report_test

import (
	"go/ast"
	"io"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
)

// caller returns an analyzer that reports every call of a function that the table
// names, at the level of the table.
func caller(pass string, table map[string]report.Finding, flags ...string) *analysis.Analyzer {
	settings, fs := report.Flags(pass)
	if err := fs.Parse(flags); err != nil {
		panic(err)
	}
	return &analysis.Analyzer{
		Name:       pass,
		Doc:        "report calls by name",
		Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer},
		ResultType: report.ResultType,
		Run: func(p *analysis.Pass) (any, error) {
			r := report.New(p, settings)
			for _, f := range slices.Backward(p.Files) { // in no order that the output may have
				ast.Inspect(f, func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					name, ok := call.Fun.(*ast.Ident)
					if !ok {
						return true
					}
					if f, ok := table[name.Name]; ok {
						f.Pos, f.End = call.Pos(), call.End()
						f.Message = name.Name + " is called"
						f.Related = []analysis.RelatedInformation{{Pos: call.Lparen, Message: "here"}}
						r.Report(f)
						r.Report(f) // twice from two paths is once for the reader
					}
					return true
				})
			}
			return r.Done()
		},
	}
}

func lockawait(flags ...string) *analysis.Analyzer {
	return caller("lockawait", map[string]report.Finding{
		"double":  {Rule: rule.DoubleLock},
		"warned":  {Rule: rule.DoubleLock, Level: rule.Warning},
		"missing": {Rule: rule.MissingUnlock},
		"noted":   {Rule: rule.MissingUnlock, Level: rule.Note, Help: "read the note"},
	}, flags...)
}

func leak() *analysis.Analyzer {
	return caller("leak", map[string]report.Finding{"leaky": {Rule: rule.AbandonedSender}})
}

// auditor is the analyzer of the comments, after the given passes.
func auditor(passes ...*analysis.Analyzer) *analysis.Analyzer {
	settings, _ := report.Flags("directive")
	return &analysis.Analyzer{
		Name:       "directive",
		Doc:        "check suppression comments",
		Requires:   append(passes, report.DirectiveAnalyzer),
		ResultType: report.ResultType,
		Run: func(p *analysis.Pass) (any, error) {
			r := report.New(p, settings)
			p.ResultOf[report.DirectiveAnalyzer].(*report.Directives).Audit(r)
			return r.Done()
		},
	}
}

func TestSuppress(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), lockawait(), "suppress")
	reasons := make(map[string]bool)
	for _, f := range results[0].Result.(*report.Result).Findings {
		if f.Suppression != nil {
			reasons[f.Suppression.Reason] = true
		}
	}
	for _, want := range []string{"own line", "line above", "whole pass", "every rule", "staticcheck's form", ""} {
		if !reasons[want] {
			t.Errorf("no finding is kept as suppressed for the reason %q", want)
		}
	}
}

func TestAudit(t *testing.T) {
	passes := []*analysis.Analyzer{lockawait(), leak()}
	for _, name := range rule.Passes() { // the others find nothing
		if name != "lockawait" && name != "leak" && name != "directive" {
			passes = append(passes, caller(name, nil))
		}
	}
	analysistest.Run(t, analysistest.TestData(), auditor(passes...), "audit")
}

// A comment is not called unused when a rule that it names did not run.
func TestAuditJudgesOnlyRulesThatRan(t *testing.T) {
	for name, a := range map[string]*analysis.Analyzer{
		"all ran":       auditor(lockawait(), leak()),
		"leak not run":  auditor(lockawait()),
		"rule disabled": auditor(lockawait("-disable=missing-unlock,double-lock"), leak()),
	} {
		t.Run(name, func(t *testing.T) {
			unused := map[string]int{"all ran": 2, "leak not run": 1, "rule disabled": 1}[name]
			results := analysistest.Run(quiet{t}, analysistest.TestData(), a, "levels")
			if got := len(results[0].Result.(*report.Result).Findings); got != unused {
				t.Errorf("%d comments are reported, want %d", got, unused)
			}
		})
	}
}

// quiet drops analysistest's complaints about diagnostics without a want comment:
// the same file is looked at under several settings.
type quiet struct{ *testing.T }

func (quiet) Errorf(string, ...any) {}

func TestGenerated(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), lockawait("-level=note"), "generated")
}

func TestLevelThreshold(t *testing.T) {
	for _, tt := range []struct {
		flag string
		want []string
	}{
		{"-level=note", []string{"double", "warned", "missing", "noted"}},
		{"-level=warning", []string{"double", "warned", "missing"}},
		{"-level=error", []string{"double", "missing"}},
		{"-disable=double-lock", []string{"missing"}},
		{"-disable= double-lock , missing-unlock", nil},
	} {
		t.Run(tt.flag, func(t *testing.T) {
			results := analysistest.Run(quiet{t}, analysistest.TestData(), lockawait(tt.flag), "levels")
			var got []string
			for _, d := range results[0].Diagnostics {
				got = append(got, d.Message[:len(d.Message)-len(" is called ()")-len("lockawait/")-len(d.Category)])
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("diagnostics %q, want %q in source order", got, tt.want)
			}
		})
	}
}

func TestDiagnostic(t *testing.T) {
	results := analysistest.Run(quiet{t}, analysistest.TestData(), lockawait("-level=note"), "levels")
	result := results[0].Result.(*report.Result)
	d, f := results[0].Diagnostics[0], result.Findings[0]
	if d.Message != "double is called (lockawait/double-lock)" || d.Category != "double-lock" || d.URL != rule.DoubleLock.URL() {
		t.Errorf("diagnostic %+v", d)
	}
	if !d.Pos.IsValid() || d.End <= d.Pos || len(d.Related) != 1 {
		t.Errorf("diagnostic without range or related position: %+v", d)
	}
	if f.Level != rule.Error || f.Help != rule.DoubleLock.Help {
		t.Errorf("the rule's level and help are not the default: %v, %q", f.Level, f.Help)
	}
	if last := result.Findings[len(result.Findings)-1]; last.Level != rule.Note || last.Help != "read the note" {
		t.Errorf("a finding's own level and help are lost: %v, %q", last.Level, last.Help)
	}

	results = analysistest.Run(quiet{t}, analysistest.TestData(), lockawait("-related=false"), "levels")
	if d := results[0].Diagnostics[0]; d.Related != nil {
		t.Errorf("-related=false leaves %v", d.Related)
	}
}

func TestFlagErrors(t *testing.T) {
	for _, arg := range []string{"-disable=no-such-rule", "-disable=abandoned-sender", "-level=fatal", "-related=maybe"} {
		_, fs := report.Flags("lockawait")
		fs.SetOutput(io.Discard)
		fs.Usage = func() {}
		if err := fs.Parse([]string{arg}); err == nil {
			t.Errorf("%s is accepted", arg)
		}
	}
}
