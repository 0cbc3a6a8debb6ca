package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A job is what one invocation of the go command covers: patterns that belong
// to one module or one workspace, seen from a directory inside it.
type job struct {
	dir      string
	patterns []string
}

// plan divides patterns into jobs, in the order in which they are given.
//
// A pattern means what it means to the go command, with two additions for
// repositories that hold several modules, where the go command gives up:
// a directory in another module than the working directory's is analysed from
// there, and DIR/... where DIR is in no module, or in a workspace, stands for
// all modules (of the workspace) below it. Inside a module, ./... ends at nested
// modules, as it does for go build and go vet.
func plan(dir, gowork string, members func() ([]string, error), patterns []string) ([]job, error) {
	if gowork != "" && gowork != "off" {
		dirs, err := members()
		if err != nil {
			return nil, err
		}
		return []job{{dir, workspacePatterns(dir, dirs, patterns)}}, nil
	}
	var jobs []job
	add := func(dir, pattern string) {
		i := slices.IndexFunc(jobs, func(j job) bool { return j.dir == dir })
		if i < 0 {
			i, jobs = len(jobs), append(jobs, job{dir: dir})
		}
		jobs[i].patterns = append(jobs[i].patterns, pattern)
	}
	here := moduleRoot(dir)
	for _, p := range patterns {
		base, rest, ok := splitLocal(dir, p)
		root := moduleRoot(base)
		switch {
		case !ok || root != "" && root == here:
			add(dir, p)
		case root != "":
			add(root, relPattern(root, base)+rest)
		default:
			below := modulesBelow(base)
			if rest != "/..." || len(below) == 0 {
				add(dir, p) // the go command says what is wrong with it
				continue
			}
			for _, m := range below {
				add(m, "./...")
			}
		}
	}
	return jobs, nil
}

// splitLocal divides a pattern such as ./a/... into an absolute directory and
// the wildcard part behind it. It reports false for a pattern that is not a
// directory: an import path, a file, a directory that does not exist.
func splitLocal(dir, pattern string) (base, rest string, ok bool) {
	clean := filepath.ToSlash(pattern)
	local := clean == "." || clean == ".." || strings.HasPrefix(clean, "./") || strings.HasPrefix(clean, "../") || filepath.IsAbs(pattern)
	if !local {
		return "", "", false
	}
	if i := strings.Index(clean, "..."); i >= 0 {
		cut := strings.LastIndex(clean[:i], "/")
		clean, rest = clean[:cut], clean[cut:]
	}
	base = filepath.FromSlash(clean)
	if clean == "" { // "/..."
		base = string(filepath.Separator)
	}
	if !filepath.IsAbs(base) {
		base = filepath.Join(dir, base)
	}
	fi, err := os.Stat(base)
	return base, rest, err == nil && fi.IsDir()
}

// moduleRoot returns the nearest directory at or above dir that holds a go.mod,
// or "".
func moduleRoot(dir string) string {
	for dir != "" {
		if fi, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && !fi.IsDir() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return ""
}

// modulesBelow returns the roots of the modules below a directory, sorted,
// without those in directories that ./... skips as well.
func modulesBelow(dir string) []string {
	var roots []string
	// A directory that cannot be read hides its modules from the go command too.
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d == nil {
			return fs.SkipAll
		}
		switch name := d.Name(); {
		case err != nil:
			return fs.SkipDir
		case d.IsDir() && path != dir && (name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor"):
			return fs.SkipDir
		case !d.IsDir() && name == "go.mod":
			roots = append(roots, filepath.Dir(path))
		}
		return nil
	})
	return roots
}

// workspacePatterns adds to each DIR/... the modules of the workspace below DIR.
func workspacePatterns(dir string, members, patterns []string) []string {
	var out []string
	for _, p := range patterns {
		base, rest, ok := splitLocal(dir, p)
		if !ok || rest != "/..." {
			out = append(out, p)
			continue
		}
		var below []string
		inside := false
		for _, m := range members {
			switch {
			case within(base, m):
				inside = true
			case within(m, base):
				below = append(below, relPattern(dir, m)+"/...")
			}
		}
		if inside || len(below) == 0 {
			out = append(out, p)
		}
		out = append(out, below...)
	}
	return out
}

// within reports whether dir is root or lies below it.
func within(dir, root string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsLocal(rel)
}

// relPattern names an existing directory as the go command wants it.
func relPattern(from, dir string) string {
	rel, err := filepath.Rel(from, dir)
	if err != nil {
		return dir
	}
	if rel = filepath.ToSlash(rel); rel == "." || strings.HasPrefix(rel, "../") || rel == ".." {
		return rel
	}
	return "./" + rel
}
