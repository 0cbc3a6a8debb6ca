package vettool_test

import (
	"flag"
	"go/ast"
	"go/types"
	"os"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/vettool"
)

// The tests run this test binary as the vet tool, with the small analyzers of
// this file in place of the real ones: what is tested is the driver, so what is
// found must not change with the passes.
const asTool = "ASYNCLINT_TEST_AS_TOOL"

func TestMain(m *testing.M) {
	if args := os.Args[1:]; os.Getenv(asTool) != "" && vettool.Called(args) {
		os.Exit(testTool().Main(args, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func testTool() *vettool.Tool {
	return &vettool.Tool{Analyzers: testAnalyzers()}
}

func testAnalyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{blockingProbe, cancelsafeProbe, leakProbe, plainProbe}
}

// sleepers is the fact: the exported functions of a package that sleep,
// directly or through another package of the main modules.
type sleepers struct{ Names []string }

func (*sleepers) AFact() {}

// sleepProbe computes the fact. Its result is the set of calls that sleep.
var sleepProbe = &analysis.Analyzer{
	Name:       "sleepprobe",
	Doc:        "find functions that sleep",
	Run:        findSleepers,
	FactTypes:  []analysis.Fact{new(sleepers)},
	ResultType: reflect.TypeFor[map[*ast.CallExpr]*types.Func](),
}

func findSleepers(pass *analysis.Pass) (any, error) {
	calls := make(map[*ast.CallExpr]*types.Func)
	var own sleepers
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fd, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				fn, ok := pass.TypesInfo.Uses[sel.Sel].(*types.Func)
				if ok && fn.Pkg() != nil && sleeps(pass, fn) {
					calls[call] = fn
					if !slices.Contains(own.Names, fd.Name.Name) {
						own.Names = append(own.Names, fd.Name.Name)
					}
				}
				return true
			})
		}
	}
	if len(own.Names) > 0 {
		slices.Sort(own.Names)
		pass.ExportPackageFact(&own)
	}
	return calls, nil
}

func sleeps(pass *analysis.Pass, fn *types.Func) bool {
	if fn.FullName() == "time.Sleep" {
		return true
	}
	var known sleepers
	return pass.ImportPackageFact(fn.Pkg(), &known) && slices.Contains(known.Names, fn.Name())
}

var leakSettings, leakFlags = report.Flags("leak")

// leakProbe reports the calls that sleep. It has no facts of its own, as the
// real passes.
var leakProbe = &analysis.Analyzer{
	Name:       "leak",
	Doc:        "report calls that sleep",
	Flags:      leakFlags,
	Requires:   []*analysis.Analyzer{sleepProbe, report.DirectiveAnalyzer},
	ResultType: report.ResultType,
	Run: func(pass *analysis.Pass) (any, error) {
		r := report.New(pass, leakSettings)
		for call, fn := range pass.ResultOf[sleepProbe].(map[*ast.CallExpr]*types.Func) {
			f := report.Finding{Rule: rule.AbandonedSender, Pos: call.Pos(), End: call.End(), Message: fn.Name() + " sleeps"}
			if fn.Name() == "Sleep" {
				f.Level = rule.Warning
			}
			f.Related = []analysis.RelatedInformation{{Pos: call.Lparen, End: call.Rparen, Message: "for this long"}}
			r.Report(f)
		}
		return r.Done()
	},
}

var cancelsafeSettings, cancelsafeFlags = report.Flags("cancelsafe")

// cancelsafeProbe reports every call of old and offers to call renew instead,
// without the argument.
var cancelsafeProbe = &analysis.Analyzer{
	Name:       "cancelsafe",
	Doc:        "report calls of old",
	Flags:      cancelsafeFlags,
	Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer},
	ResultType: report.ResultType,
	Run: func(pass *analysis.Pass) (any, error) {
		r := report.New(pass, cancelsafeSettings)
		for _, f := range pass.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "old" {
					r.Report(report.Finding{
						Rule: rule.BreakInSelect, Pos: call.Pos(), End: call.End(), Message: "old is old",
						Fixes: []analysis.SuggestedFix{{
							Message:   "call renew",
							TextEdits: []analysis.TextEdit{{Pos: call.Pos(), End: call.End(), NewText: []byte("renew()")}},
						}},
					})
				}
				return true
			})
		}
		return r.Done()
	},
}

var blockingSettings, blockingFlags = report.Flags("blocking")

// blockingProbe reports the first function of a package that has one named
// Boom, and panics then.
var blockingProbe = &analysis.Analyzer{
	Name:       "blocking",
	Doc:        "panic at Boom",
	Flags:      blockingFlags,
	Requires:   []*analysis.Analyzer{report.DirectiveAnalyzer},
	ResultType: report.ResultType,
	Run: func(pass *analysis.Pass) (any, error) {
		if boom := pass.Pkg.Scope().Lookup("Boom"); boom != nil {
			pass.Report(analysis.Diagnostic{Pos: boom.Pos(), Message: "about to panic"})
			explode(boom)
		}
		return report.New(pass, blockingSettings).Done()
	},
}

func explode(obj types.Object) {
	var none map[string]int
	none[obj.Name()]++
}

// plainFlags has one flag, which changes nothing but the go command's cache key.
func plainFlags() flag.FlagSet {
	fs := flag.NewFlagSet("plain", flag.ContinueOnError)
	fs.Bool("again", false, "no effect")
	return *fs
}

// plainProbe is an analyzer that is not asynclint's: it has diagnostics and no
// result.
var plainProbe = &analysis.Analyzer{
	Name:  "plain",
	Doc:   "report functions named plain",
	Flags: plainFlags(),
	Run: func(pass *analysis.Pass) (any, error) {
		if obj := pass.Pkg.Scope().Lookup("plain"); obj != nil {
			pass.Report(analysis.Diagnostic{Pos: obj.Pos(), Category: "name", Message: "plain name"})
		}
		return nil, nil
	},
}
