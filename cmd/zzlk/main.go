package main

import (
	"flag"
	"fmt"
	"os"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/passes/lockawait"
)

func main() {
	dir := flag.String("C", ".", "")
	tests := flag.Bool("tests", false, "")
	rel := flag.Bool("r", true, "")
	flag.Parse()
	cfg := &packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: *dir, Tests: *tests}
	pkgs, err := packages.Load(cfg, flag.Args()...)
	if err != nil {
		panic(err)
	}
	g, err := checker.Analyze([]*analysis.Analyzer{lockawait.Analyzer}, pkgs, nil)
	if err != nil {
		panic(err)
	}
	var lines []string
	for _, a := range g.Roots {
		if a.Err != nil {
			fmt.Println("ERR", a.Package, a.Err)
			continue
		}
		for _, f := range a.Result.(*report.Result).Findings {
			fs := a.Package.Fset
			l := fmt.Sprintf("%s: %s: %s\n", fs.Position(f.Pos), f.Level, f.Text())
			if *rel {
				for _, r := range f.Related {
					l += fmt.Sprintf("\t%s: %s\n", fs.Position(r.Pos), r.Message)
				}
			}
			lines = append(lines, l)
		}
	}
	sort.Strings(lines)
	last := ""
	for _, l := range lines {
		if l != last {
			fmt.Fprint(os.Stdout, l)
		}
		last = l
	}
}
