package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Names are the file names that [Find] looks for in a directory.
var Names = []string{".asynclint.yml", ".asynclint.yaml"}

// Find returns the configuration file that governs dir: the nearest one in dir
// or a directory above it. The search ends at the root of the repository (the
// directory that holds .git), so that a file which happens to lie above a
// checkout has no say. It returns "" when there is none.
func Find(dir string) (string, error) {
	for {
		var found []string
		for _, name := range Names {
			if isFile(filepath.Join(dir, name)) {
				found = append(found, name)
			}
		}
		switch {
		case len(found) > 1:
			return "", fmt.Errorf("%s has both %s and %s: remove one", dir, found[0], found[1])
		case len(found) == 1:
			return filepath.Join(dir, found[0]), nil
		}
		parent := filepath.Dir(dir)
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// isFile reports whether something other than a directory has the name. A file
// that exists and cannot be read must be found: reading it gives the error.
func isFile(name string) bool {
	fi, err := os.Lstat(name)
	return err == nil && !fi.IsDir()
}

// Load reads a configuration file. Its errors name the file and, for a mistake
// in the content, the line and column.
func Load(file string) (*Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, fmt.Errorf("cannot read the configuration %s: %w", file, err)
	}
	c, err := Parse(data)
	if err != nil {
		return nil, atLine(file, err)
	}
	c.File = file
	return c, nil
}

// Parse checks and decodes the content of a configuration file.
func Parse(data []byte) (*Config, error) {
	c := new(Config)
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, err
	}
	docs := slices.DeleteFunc(f.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil || isComment(d.Body) })
	switch {
	case len(docs) == 0:
		return c, nil
	case len(docs) > 1:
		return nil, mistake(docs[1].Body, "a second YAML document: put all settings into one")
	}
	if err := decodeStrict(docs[0].Body, c); err != nil {
		return nil, err
	}
	return c, nil
}

func isComment(n ast.Node) bool {
	t := n.Type()
	return t == ast.CommentType || t == ast.CommentGroupType || t == ast.NullType
}

// atLine puts file, line and column before the text of a YAML error.
func atLine(file string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	pos := at.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", file, pos.Line, pos.Column, at.GetMessage())
}
