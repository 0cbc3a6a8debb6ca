package modcopy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStandAloneDropsDirectoryReplacements(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n\nreplace example.com/x => ../x\n\nreplace example.com/y v1.0.0 => ../y\n",
		"m.go":   "package m\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := standAlone(dir); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || strings.Contains(string(mod), "replace") {
		t.Errorf("go.mod is %q, %v", mod, err)
	}
}

func TestCopyTreeIsWritable(t *testing.T) {
	src, dst := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	if err := os.MkdirAll(filepath.Join(src, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("a", "f.go")
	if err := os.WriteFile(filepath.Join(src, name), []byte("package a\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(dst, src); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dst, name))
	if err != nil || info.Mode().Perm()&0o200 == 0 {
		t.Errorf("the copy is %v, %v: not writable", info, err)
	}
}
