package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/wire"
)

// A diagnosis is what `go list` knows about the packages of a job that go vet
// did not complete.
type diagnosis struct {
	roots    []*listed            // the packages that the patterns name
	variants map[string][]*listed // what go test would build of each root
	err      error                // of go list as a whole
	patterns []string
}

func (d *vetDriver) diagnose(j job) *diagnosis {
	args := []string{"-test", "-deps"}
	if d.tags != "" {
		args = append(args, "-tags="+d.tags)
	}
	dg := &diagnosis{variants: make(map[string][]*listed), patterns: j.patterns}
	pkgs, err := d.tool.list(j.dir, nil, slices.Concat(args, []string{"--"}, j.patterns)...)
	dg.err = err
	for _, p := range pkgs {
		switch base, isMain := strings.CutSuffix(p.ImportPath, ".test"); {
		case p.DepOnly:
		case p.ForTest != "":
			dg.variants[p.ForTest] = append(dg.variants[p.ForTest], p)
		case isMain && slices.ContainsFunc(dg.roots, func(r *listed) bool { return r.ImportPath == base }):
			dg.variants[base] = append(dg.variants[base], p)
		default:
			dg.roots = append(dg.roots, p)
		}
	}
	return dg
}

// broken returns the roots that make go vet refuse the whole job: they, or what
// they import, cannot be loaded.
func (dg *diagnosis) broken() []*listed {
	return slices.DeleteFunc(slices.Clone(dg.roots), func(p *listed) bool { return p.Error == nil && len(p.DepsErrors) == 0 })
}

// loadable returns the import paths of the other roots.
func (dg *diagnosis) loadable() []string {
	var paths []string
	for _, p := range dg.roots {
		if p.Error == nil && len(p.DepsErrors) == 0 {
			paths = append(paths, p.ImportPath)
		}
	}
	return paths
}

// explain returns a failure for each package that was not analysed. What go vet
// printed names those that do not compile; the packages that import them are
// left out silently.
func (dg *diagnosis) explain(analysed []string, stderr string) []finding.Failure {
	var list []finding.Failure
	said := make(map[string]string) // package -> what the compiler said
	for _, f := range wire.Failures(stderr) {
		said[f.Package] = shorten(f.Reason)
	}
	for _, root := range dg.roots {
		for _, name := range dg.expected(root) {
			if _, done := slices.BinarySearch(analysed, name); !done {
				list = append(list, finding.Failure{Package: name, Reason: dg.why(root, name, said)})
			}
		}
	}
	if len(dg.roots) == 0 && dg.err != nil {
		list = append(list, finding.Failure{Package: strings.Join(dg.patterns, " "), Reason: dg.err.Error()})
	}
	return list
}

// expected returns the import paths under which a root is analysed: its own,
// and that of its external tests.
func (dg *diagnosis) expected(root *listed) []string {
	external := root.ImportPath + "_test"
	switch {
	case root.Error != nil || len(root.XTestGoFiles) == 0:
		return []string{root.ImportPath}
	case len(root.GoFiles)+len(root.CgoFiles)+len(root.TestGoFiles) == 0:
		return []string{external}
	}
	return []string{root.ImportPath, external}
}

// why says why a package was not analysed, from the most to the least direct
// cause.
func (dg *diagnosis) why(root *listed, name string, said map[string]string) string {
	candidates := append([]*listed{root}, dg.variants[root.ImportPath]...)
	for _, p := range candidates {
		if p.Error != nil {
			return p.Error.String()
		}
	}
	if text, ok := said[name]; ok {
		return text
	}
	var causes []string
	for _, p := range candidates {
		for _, e := range p.DepsErrors {
			causes = append(causes, e.String())
		}
		if len(causes) > 0 {
			slices.Sort(causes)
			return strings.Join(slices.Compact(causes), "\n")
		}
	}
	for _, p := range candidates {
		for _, dep := range p.Deps {
			if text, ok := said[wire.ImportPath(dep)]; ok {
				first, _, _ := strings.Cut(text, "\n")
				return "imports " + dep + ", which could not be analysed: " + first
			}
		}
	}
	if text, ok := said[""]; ok {
		return text
	}
	return "go vet left it out without saying why; try `go vet " + root.ImportPath + "`"
}

// shorten cuts what the go command printed down to what a reader can use: the
// first lines, which have the cause. A stack dump is a bug of asynclint.
func shorten(text string) string {
	const most = 12
	dump := strings.Contains(text, "\ngoroutine ")
	lines := strings.SplitAfterN(text, "\n", most+1)
	if len(lines) > most {
		text = strings.Join(lines[:most], "") + "..."
	}
	if dump {
		text = "asynclint crashed here, which is a bug; please report it with these lines:\n" + text
	}
	return text
}

// relocate rewrites the file names that begin the lines of a message. The go
// command writes them as seen from the directory it ran in.
func relocate(text, from, to string) string {
	if from == to {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		name, rest, ok := strings.Cut(line, ".go:")
		if !ok || filepath.IsAbs(name) {
			continue
		}
		abs := filepath.Join(from, name+".go")
		if _, err := os.Stat(abs); err != nil {
			continue // not a file name after all
		}
		if rel, err := filepath.Rel(to, abs); err == nil {
			lines[i] = filepath.ToSlash(rel) + ":" + rest
		}
	}
	return strings.Join(lines, "\n")
}

// withoutTests analyses the packages again whose tests keep them from being
// analysed, with the test files hidden from the go command. The failures of
// their tests stay reported.
func (d *vetDriver) withoutTests(j job, dg *diagnosis, res *wire.Results) *wire.Results {
	hidden := make(map[string]string)
	again := job{dir: j.dir}
	for _, p := range dg.roots {
		if _, done := slices.BinarySearch(res.Packages, p.ImportPath); done || p.Error != nil || len(p.DepsErrors) > 0 || len(p.TestGoFiles) == 0 {
			continue
		}
		for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			hidden[filepath.Join(p.Dir, name)] = ""
		}
		again.patterns = append(again.patterns, p.ImportPath)
	}
	if len(again.patterns) == 0 {
		return new(wire.Results)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": hidden})
	if err != nil {
		return new(wire.Results)
	}
	file, err := os.CreateTemp("", "asynclint-overlay-*.json")
	if err != nil {
		return new(wire.Results)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(overlay)
	if cerr := file.Close(); err != nil || cerr != nil {
		return new(wire.Results)
	}
	res, _, _ = d.vet(again, "-overlay="+file.Name())
	return res
}

// blameCompiler adds a failure for each package with files that import "C",
// which the go command leaves out without a word when it finds no C compiler.
// It replaces what the go command says when such files are all there is.
func (d *vetDriver) blameCompiler(j job, compiler string, res *wire.Results) {
	args := []string{"-tags=" + d.tags, "--"}
	pkgs, err := d.tool.list(j.dir, []string{"CGO_ENABLED=1"}, append(args, j.patterns...)...)
	if err != nil {
		return // the run itself has met, and reported, the same error
	}
	for _, p := range pkgs {
		if len(p.CgoFiles) == 0 {
			continue
		}
		res.Failures = slices.DeleteFunc(res.Failures, func(f finding.Failure) bool { return f.Package == p.ImportPath })
		res.Failures = append(res.Failures, finding.Failure{Package: p.ImportPath, Reason: "files that import \"C\" were left out, since the C compiler " +
			compiler + " is not in PATH: " + strings.Join(p.CgoFiles, ", ") + "\ninstall it, or set CGO_ENABLED=0 to leave them out on purpose"})
	}
}
