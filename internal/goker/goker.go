// Package goker has what this project adds to GoKer, the public benchmark of
// real blocking bugs that ships with Go: the edits that correct its kernels. The
// kernels themselves are read from GOROOT.
package goker

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed corrections.txt
var corrections string

// Correct applies the corrections to the kernels in a folder, whose lines must
// be those of Go's copy, and returns the names of the corrected files, in order.
func Correct(dir string) ([]string, error) {
	var files []string
	lines := make(map[string][]string)
	for row := range strings.Lines(corrections) {
		row = strings.TrimRight(row, "\n")
		if row == "" || strings.HasPrefix(row, "#") {
			continue
		}
		file, at, old, by, err := parse(row)
		if err != nil {
			return nil, err
		}
		if lines[file] == nil {
			src, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				return nil, fmt.Errorf("correcting a kernel: %w", err)
			}
			files = append(files, file)
			lines[file] = strings.Split(string(src), "\n")
		}
		if at < 1 || at > len(lines[file]) || !strings.Contains(lines[file][at-1], old) {
			return nil, fmt.Errorf("correcting %s: no %q in line %d", file, old, at)
		}
		lines[file][at-1] = strings.Replace(lines[file][at-1], old, by, 1)
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.Join(lines[file], "\n")), 0o666); err != nil {
			return nil, fmt.Errorf("correcting a kernel: %w", err)
		}
	}
	return files, nil
}

func parse(row string) (file string, line int, old, by string, err error) {
	fields := strings.Split(row+" ", " | ")
	if len(fields) != 4 {
		return "", 0, "", "", fmt.Errorf("correction %q: want file, line, old and new text", row)
	}
	line, err = strconv.Atoi(fields[1])
	if err != nil {
		return "", 0, "", "", fmt.Errorf("correction %q: %w", row, err)
	}
	return fields[0], line, fields[2], strings.TrimSpace(fields[3]), nil
}
