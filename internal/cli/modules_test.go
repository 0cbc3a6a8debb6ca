package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes empty files below a new directory.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// show prints jobs with directories relative to root.
func show(root string, jobs []job) string {
	var lines []string
	for _, j := range jobs {
		rel, _ := filepath.Rel(root, j.dir)
		lines = append(lines, fmt.Sprintf("%s: %s", filepath.ToSlash(rel), strings.Join(j.patterns, " ")))
	}
	return strings.Join(lines, "; ")
}

func TestPlan(t *testing.T) {
	root := tree(t,
		"a/go.mod", "a/p/p.go", "a/nested/go.mod", "a/testdata/go.mod", "a/vendor/v/go.mod", "a/.hidden/go.mod", "a/_x/go.mod",
		"b/go.mod", "b/q/q.go",
		"none/x.go",
	)
	for _, tt := range []struct{ dir, patterns, want string }{
		{"a", "./...", "a: ./..."},
		{"a", ".", "a: ."},
		{"a", "./p ./...", "a: ./p ./..."},
		{"a", "fmt example.com/x/... all a.go", "a: fmt example.com/x/... all a.go"},
		{"a", "./nested/...", "a/nested: ./..."},
		{"a", "./... ./nested ../b/q", "a: ./...; a/nested: .; b: ./q"},
		{"a", "../b/... ../b/q", "b: ./... ./q"},
		{"a", "./nosuch", "a: ./nosuch"},
		{"a/p", "../...", "a/p: ../..."},
		{".", "./...", "a: ./...; a/nested: ./...; b: ./..."},
		{".", "./a/... ./b/...", "a: ./...; b: ./..."},
		{".", "./b/q", "b: ./q"},
		{".", "./b/.../r", "b: ./.../r"},
		{".", "./none/...", ".: ./none/..."},
		{".", "./.../q", ".: ./.../q"}, // not DIR/...: the go command says what is wrong
		{"none", ".", "none: ."},
	} {
		dir := filepath.Join(root, filepath.FromSlash(tt.dir))
		jobs, err := plan(dir, "", nil, strings.Fields(tt.patterns))
		if err != nil {
			t.Errorf("%s: %s: %v", tt.dir, tt.patterns, err)
		} else if got := show(root, jobs); got != tt.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", tt.dir, tt.patterns, got, tt.want)
		}
		abs := strings.ReplaceAll(tt.patterns, "../", root+"/")
		if tt.dir == "a" && abs != tt.patterns {
			if jobs, err = plan(dir, "off", nil, strings.Fields(abs)); err != nil || show(root, jobs) != tt.want {
				t.Errorf("%s: %s\ngot  %s, %v\nwant %s", tt.dir, abs, show(root, jobs), err, tt.want)
			}
		}
	}
}

func TestPlanWorkspace(t *testing.T) {
	root := tree(t, "go.work", "a/go.mod", "a/nested/go.mod", "a/p/p.go", "b/go.mod", "other/go.mod")
	members := func() ([]string, error) {
		return []string{filepath.Join(root, "a"), filepath.Join(root, "a", "nested"), filepath.Join(root, "b")}, nil
	}
	for _, tt := range []struct{ dir, patterns, want string }{
		{".", "./...", ".: ./a/... ./a/nested/... ./b/..."},
		{".", "./a/...", ".: ./a/... ./a/nested/..."},
		{".", "./a ./b/...", ".: ./a ./b/..."},
		{"a", "./...", "a: ./... ./nested/..."},
		{"a", "./p/... ../b/...", "a: ./p/... ../b/..."},
		{"a", "../...", "a: ./... ./nested/... ../b/..."},
		{".", "./other/...", ".: ./other/..."},
		{".", "example.com/x/...", ".: example.com/x/..."},
	} {
		jobs, err := plan(filepath.Join(root, tt.dir), filepath.Join(root, "go.work"), members, strings.Fields(tt.patterns))
		want := tt.want
		if err != nil {
			t.Errorf("%s: %s: %v", tt.dir, tt.patterns, err)
		} else if got := show(root, jobs); got != want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", tt.dir, tt.patterns, got, want)
		}
	}
	broken := errors.New("go.work is malformed")
	if _, err := plan(root, "go.work", func() ([]string, error) { return nil, broken }, []string{"./..."}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
