// Package modcopy gets writable copies of published modules to run tools on.
package modcopy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Get copies the module version (such as example.com/m@v1.2.3) from the module
// cache, which it fills, to a directory below root that is named after it, and
// returns the directory. A copy that is there is used as it is.
//
// Replacements by directories, which a published module does not have with it,
// are dropped, and the requirements brought up to date.
func Get(root, version string) (string, error) {
	dir := filepath.Join(root, strings.NewReplacer("/", "_", "@", "_").Replace(version))
	done := dir + ".done" // a copy without it was interrupted
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	src, err := download(root, version)
	if err != nil {
		return "", err
	}
	if err := copyTree(dir, src); err != nil {
		return "", fmt.Errorf("copying %s: %w", version, err)
	}
	if err := standAlone(dir); err != nil {
		return "", fmt.Errorf("%s: %w", version, err)
	}
	return dir, os.WriteFile(done, nil, 0o666)
}

// download returns the module's directory in the module cache.
func download(root, version string) (string, error) {
	if err := os.MkdirAll(root, 0o777); err != nil {
		return "", err
	}
	var module struct{ Dir, Error string }
	out, err := run(root, "go", "mod", "download", "-json", version)
	if jerr := json.Unmarshal(out, &module); jerr == nil && module.Error != "" {
		return "", fmt.Errorf("go mod download %s: %s", version, module.Error)
	}
	if err != nil {
		return "", err
	}
	return module.Dir, nil
}

// standAlone makes the copy independent of the repository it was published from,
// and completes the requirements of its packages and their tests. Some modules
// test themselves with what they do not require and nobody publishes; the tool
// that is run on them says so.
func standAlone(dir string) error {
	var mod struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	out, err := run(dir, "go", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return err
	}
	for _, r := range mod.Replace {
		if r.New.Version != "" {
			continue
		}
		old := r.Old.Path
		if r.Old.Version != "" {
			old += "@" + r.Old.Version
		}
		if _, err := run(dir, "go", "mod", "edit", "-dropreplace="+old); err != nil {
			return err
		}
	}
	_, err = run(dir, "go", "list", "-mod=mod", "-e", "-deps", "-test", "./...")
	return err
}

// copyTree copies files and directories; the copy is writable.
func copyTree(dst, src string) error {
	return filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		target := filepath.Join(dst, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o666)
	})
}

// run runs a command outside of any workspace and returns its standard output.
func run(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		var status *exec.ExitError
		if errors.As(err, &status) && len(status.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, status.Stderr)
		}
		return out, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return out, nil
}
