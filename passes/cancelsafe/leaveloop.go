package cancelsafe

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// leaveLoop builds the fix that makes a break leave the loop: a return when the
// loop is the last thing that a function without results does, else a break to
// the loop's label, which is added when the loop has none. Where another loop
// stands around it, only the author knows which of them should end.
func (c *checker) leaveLoop(ls *loopSelect, br *ast.BranchStmt) (fix analysis.SuggestedFix, ok bool) {
	if c.isLast(ls) {
		return analysis.SuggestedFix{
			Message:   "return",
			TextEdits: []analysis.TextEdit{{Pos: br.Pos(), End: br.End(), NewText: []byte("return")}},
		}, true
	}
	if ls.nested {
		return fix, false
	}
	if l := c.labelOf(ls); l != "" {
		return analysis.SuggestedFix{
			Message:   "break " + l,
			TextEdits: []analysis.TextEdit{{Pos: br.Pos(), End: br.End(), NewText: []byte("break " + l)}},
		}, true
	}
	name := freshLabel(ls.body)
	pos := ls.loop.Pos()
	at := c.Fset.PositionFor(pos, false)
	src, err := c.ReadFile(at.Filename)
	if err != nil || at.Offset > len(src) {
		return fix, false
	}
	lead := string(src[at.Offset-(at.Column-1) : at.Offset])
	if strings.TrimSpace(lead) != "" {
		return fix, false // the loop does not begin its line
	}
	// A label stands one level to the left of its statement.
	label := name + ":\n" + lead
	return analysis.SuggestedFix{
		Message: fmt.Sprintf("label the loop and break %s", name),
		TextEdits: []analysis.TextEdit{
			{Pos: pos - token.Pos(min(1, len(lead))), End: pos, NewText: []byte(label)},
			{Pos: br.Pos(), End: br.End(), NewText: []byte("break " + name)},
		},
	}, true
}

// isLast reports whether nothing is left to do in the function once the loop
// ends, and a bare return says so.
func (c *checker) isLast(ls *loopSelect) bool {
	var results *ast.FieldList
	switch fn := ls.fn.(type) {
	case *ast.FuncDecl:
		results = fn.Type.Results
	case *ast.FuncLit:
		results = fn.Type.Results
	}
	if results != nil {
		return false
	}
	last := ls.body.List[len(ls.body.List)-1]
	for {
		if last == ls.loop {
			return true
		}
		l, ok := last.(*ast.LabeledStmt)
		if !ok {
			return false
		}
		last = l.Stmt
	}
}

// labelOf returns the label of the loop, or "".
func (c *checker) labelOf(ls *loopSelect) string {
	for up := range ls.cur.Enclosing((*ast.LabeledStmt)(nil)) {
		if l := up.Node().(*ast.LabeledStmt); l.Stmt == ls.loop {
			return l.Label.Name
		}
	}
	return ""
}

// freshLabel returns a label that the function does not have.
func freshLabel(body *ast.BlockStmt) string {
	taken := make(map[string]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			taken[l.Label.Name] = true
		}
		return true
	})
	name := "loop"
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("loop%d", i)
	}
	return name
}
