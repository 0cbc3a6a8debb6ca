package report

import (
	"go/ast"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/rule"
)

// A Directive is one suppression comment.
//
//	//asynclint:ignore RULE[,RULE] reason
//	//lint:ignore asynclint/RULE[,asynclint/RULE] reason
//	//nolint:asynclint   //nolint:lockawait,leak   // anything may follow
//
// RULE is a rule ("lockawait/double-lock"), a pass or "all". A directive covers
// its own line and, when it stands alone on its line, the line below; a nolint
// comment alone on its line covers the whole statement or declaration below, as
// golangci-lint has it.
type Directive struct {
	Pos, End token.Pos
	Patterns []string // rule IDs, pass names or "all"
	Reason   string
	Nolint   bool // golangci-lint's form: needs no reason

	file        string
	first, last int  // lines it covers
	used        bool // a finding was suppressed by it
}

// valid reports whether the directive may suppress anything.
func (d *Directive) valid() bool { return d.Nolint || d.Reason != "" }

// covers reports whether the directive names the rule and covers the position,
// which is one of the file as it is, not as its //line comments have it. What the
// comments themselves do wrong is not among "all": a comment would else hide that
// it is of no use.
func (d *Directive) covers(r *rule.Rule, at token.Position) bool {
	return d.file == at.Filename && d.first <= at.Line && at.Line <= d.last &&
		slices.ContainsFunc(d.Patterns, func(p string) bool {
			return p == "all" && r.Pass != "directive" || p == r.Pass || p == r.ID()
		})
}

// Directives are the suppression comments of a package. The passes of one
// package share them and may run at the same time.
type Directives struct {
	mu   sync.Mutex
	list []*Directive
	did  map[string]*Settings // settings of the passes that ran
}

// DirectiveAnalyzer collects the suppression comments of a package once for all
// passes. It reports nothing itself.
var DirectiveAnalyzer = &analysis.Analyzer{
	Name:       "asynclintdirectives",
	Doc:        "collect the suppression comments of a package",
	Run:        func(pass *analysis.Pass) (any, error) { return collect(pass), nil },
	ResultType: reflect.TypeFor[*Directives](),
}

func collect(pass *analysis.Pass) *Directives {
	ds := &Directives{did: make(map[string]*Settings)}
	for _, f := range pass.Files {
		var extents map[int]int // built for the first nolint comment that needs it
		for _, group := range f.Comments {
			for _, c := range group.List {
				d := parse(c.Text)
				if d == nil {
					continue
				}
				at := pass.Fset.PositionFor(c.Pos(), false)
				d.Pos, d.End = c.Pos(), c.End()
				d.file, d.first, d.last = at.Filename, at.Line, at.Line
				if alone(pass, at) {
					d.last = at.Line + 1
					if d.Nolint {
						if extents == nil {
							extents = nodeExtents(pass.Fset, f)
						}
						d.last = max(d.last, extents[at.Line+1])
					}
				}
				ds.list = append(ds.list, d)
			}
		}
	}
	return ds
}

var (
	ignoreForm = regexp.MustCompile(`^//(?:asynclint:ignore|lint:ignore)(?:\s+(\S+)(?:\s+(.*))?)?$`)
	nolintForm = regexp.MustCompile(`^//\s*nolint:\s*([\w\-/]+(?:\s*,\s*[\w\-/]+)*)`)
)

// parse returns the directive in a comment's text, or nil when the comment is
// none or is addressed to other tools only.
func parse(text string) *Directive {
	text = strings.TrimRight(text, " \t\r")
	if m := ignoreForm.FindStringSubmatch(text); m != nil {
		foreign := strings.HasPrefix(text, "//lint:")
		d := &Directive{Reason: m[2]}
		for p := range strings.SplitSeq(m[1], ",") {
			own, ours := strings.CutPrefix(p, "asynclint/")
			switch {
			case foreign && ours:
				d.Patterns = append(d.Patterns, own)
			case !foreign:
				d.Patterns = append(d.Patterns, own)
			}
		}
		if len(d.Patterns) == 0 {
			return nil
		}
		return d
	}
	if m := nolintForm.FindStringSubmatch(text); m != nil {
		d := &Directive{Nolint: true}
		for p := range strings.SplitSeq(m[1], ",") {
			switch p = strings.TrimSpace(p); {
			case p == "asynclint":
				d.Patterns = append(d.Patterns, "all")
			case len(rule.Matching(p)) > 0 && p != "all":
				d.Patterns = append(d.Patterns, p)
			}
		}
		if len(d.Patterns) > 0 {
			return d
		}
	}
	return nil
}

// alone reports whether nothing but blanks stands before the comment.
func alone(pass *analysis.Pass, at token.Position) bool {
	src, err := pass.ReadFile(at.Filename)
	if err != nil || at.Offset > len(src) {
		return at.Column == 1
	}
	line := src[at.Offset-(at.Column-1) : at.Offset]
	return len(strings.TrimSpace(string(line))) == 0
}

// nodeExtents maps the first line of each statement and declaration to the last
// line of the longest one that begins there.
func nodeExtents(fset *token.FileSet, f *ast.File) map[int]int {
	last := make(map[int]int)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case ast.Stmt, ast.Decl, ast.Spec, *ast.Field:
			from := fset.PositionFor(n.Pos(), false).Line
			last[from] = max(last[from], fset.PositionFor(n.End(), false).Line)
		}
		return true
	})
	return last
}

// suppress returns the directive that hides a finding of r at the position, and
// marks it used.
func (ds *Directives) suppress(r *rule.Rule, at token.Position) *Directive {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	var hit *Directive
	for _, d := range ds.list {
		if d.valid() && d.covers(r, at) {
			d.used = true
			if hit == nil {
				hit = d
			}
		}
	}
	return hit
}

func (ds *Directives) ran(pass string, s *Settings) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	ds.did[pass] = s
}

// judged reports whether every rule that the pattern names was looked for.
func (ds *Directives) judged(pattern string) bool {
	rules := rule.Matching(pattern)
	for _, r := range rules {
		if r.Pass == "directive" {
			continue
		}
		if s := ds.did[r.Pass]; s == nil || s.disabled(r) {
			return false
		}
	}
	return len(rules) > 0
}

// Audit reports the directives that are wrong or of no use. Every pass of the
// package must have finished.
func (ds *Directives) Audit(r *Reporter) {
	for _, d := range ds.list {
		at := Finding{Pos: d.Pos, End: d.End}
		var unknown bool
		for _, p := range d.Patterns {
			if len(rule.Matching(p)) == 0 {
				f := at
				f.Rule, f.Message, unknown = rule.UnknownRule, "there is no rule "+quote(p)+", so this comment suppresses nothing", true
				if p == "" {
					f.Message = "the comment names no rule, so it suppresses nothing"
				} else if near := rule.Nearest(p); near != "" {
					f.Help = "did you mean " + near + "?"
				}
				r.Report(f)
			}
		}
		switch {
		case unknown:
		case !d.valid():
			at.Rule, at.Message = rule.MissingReason, "this comment gives no reason, so it suppresses nothing"
			r.Report(at)
		case !d.used && !d.Nolint && !slices.ContainsFunc(d.Patterns, func(p string) bool { return !ds.judged(p) }):
			at.Rule, at.Message = rule.UnusedIgnore, "no finding of "+strings.Join(d.Patterns, " or ")+" here: this comment suppresses nothing"
			r.Report(at)
		}
	}
}

func quote(s string) string { return "\u201c" + s + "\u201d" }
