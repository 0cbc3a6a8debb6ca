package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// textLines bounds how many source lines of a finding go into its fingerprint.
const textLines = 3

// SetFingerprints computes the fingerprint of every finding of one package.
//
// A fingerprint is a hash of the rule, the package and base name of the file,
// the enclosing function, the message, the source text of the finding's lines
// with blanks folded, and, where all these are equal, of a running number. So
// it survives lines that move, indentation, line ends and a checkout elsewhere,
// and changes when the code of the finding or its function changes.
//
// The list must hold all findings of the package, suppressed and minor ones
// too, because the running number counts them. The read function returns the
// content of a file; a file that it cannot read, or that is not Go, contributes
// neither function nor text.
func SetFingerprints(list []Finding, read func(string) ([]byte, error)) {
	order := make([]*Finding, len(list))
	for i := range list {
		order[i] = &list[i]
	}
	slices.SortStableFunc(order, func(a, b *Finding) int { return Compare(*a, *b) })

	files := make(map[string]*source)
	seen := make(map[string]int)
	for _, f := range order {
		src := files[f.Pos.File]
		if src == nil {
			src = newSource(f.Pos.File, read)
			files[f.Pos.File] = src
		}
		identity := strings.Join([]string{
			f.Rule,
			f.Package + "/" + filepath.Base(f.Pos.File),
			src.function(f.Pos.Line),
			f.Message,
			src.text(f.Pos.Line, f.End.Line),
		}, "\x00")
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", identity, seen[identity]))
		seen[identity]++
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// A source is the content of a file as far as fingerprints need it.
type source struct {
	lines []string
	funcs []extent // in source order, without overlaps
}

type extent struct {
	name        string
	first, last int // lines
}

func newSource(name string, read func(string) ([]byte, error)) *source {
	content, err := read(name)
	if err != nil {
		return new(source)
	}
	src := &source{lines: strings.Split(string(content), "\n")}
	if !strings.HasSuffix(name, ".go") {
		return src
	}
	fset := token.NewFileSet()
	// A file with errors yields the declarations before them, which is enough.
	file, _ := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
	if file == nil {
		return src
	}
	for _, d := range file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok {
			src.funcs = append(src.funcs, extent{
				name:  funcName(fd),
				first: fset.PositionFor(fd.Pos(), false).Line,
				last:  fset.PositionFor(fd.End(), false).Line,
			})
		}
	}
	return src
}

// funcName returns "F", or "T.M" for a method of T or *T.
func funcName(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return fd.Name.Name
	}
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + fd.Name.Name
		default:
			return fd.Name.Name
		}
	}
}

// function returns the name of the function that a line belongs to, or "".
func (s *source) function(line int) string {
	for _, f := range s.funcs {
		if f.first <= line && line <= f.last {
			return f.name
		}
	}
	return ""
}

// text returns the lines from first to last with blanks folded.
func (s *source) text(first, last int) string {
	var b strings.Builder
	for i := max(first, 1); i <= max(first, min(last, first+textLines-1)) && i <= len(s.lines); i++ {
		b.WriteString(strings.Join(strings.Fields(s.lines[i-1]), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
