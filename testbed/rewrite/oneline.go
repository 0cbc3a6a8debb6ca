package rewrite

import (
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
)

// oneLine prints Go source text without a newline, so that it can move to
// another line without moving the lines after it: comments go, the semicolons
// that line ends stand for are written out, and raw strings are quoted.
func oneLine(text string) string {
	if !strings.Contains(text, "\n") && !strings.Contains(text, "//") {
		return text
	}
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(text)), []byte(text), nil, 0)
	var b strings.Builder
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return strings.TrimSuffix(b.String(), ";")
		}
		switch {
		case tok == token.SEMICOLON:
			b.WriteString(";")
			continue
		case tok == token.STRING && strings.HasPrefix(lit, "`"):
			raw, err := strconv.Unquote(lit)
			if err == nil {
				lit = strconv.Quote(raw)
			}
		case lit == "":
			lit = tok.String()
		}
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		b.WriteString(lit)
	}
}
