package vettool

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/fix"
	"github.com/asynclint/asynclint/internal/wire"
)

// applyFixes is the fix mode of the protocol. With -diff the changes go to
// stdout. Otherwise they go into the archive that the go command asked for,
// which it unpacks over the sources when all packages are done, or straight to
// the files when nobody asked.
func applyFixes(cfg *config, opts *options, entries map[string]*wire.Entry, stdout, stderr io.Writer) (int, error) {
	code := exitOK
	var findings []finding.Finding
	for _, name := range sortedNames(entries) {
		e := entries[name]
		if e.Error != "" {
			fmt.Fprintf(stderr, "asynclint: %s: %s\n", name, e.Error)
			code = exitFindings
		}
		for _, d := range e.Diagnostics {
			if d.Finding != nil {
				findings = append(findings, *d.Finding)
			}
		}
	}
	res := fix.Apply(findings, os.ReadFile)
	for _, s := range res.Skipped {
		fmt.Fprintf(stderr, "%s:%d:%d: not fixed (%s): %s\n", s.Finding.Pos.File, s.Finding.Pos.Line, s.Finding.Pos.Column, s.Finding.Rule, s.Reason)
	}
	var err error
	switch {
	case opts.diff:
		for _, f := range res.Files {
			_, werr := io.WriteString(stdout, f.Diff(f.Name+" (old)", f.Name+" (new)"))
			err = errors.Join(err, werr)
		}
	case cfg.FixArchive != "":
		err = writeArchive(cfg, res.Files)
	default:
		for _, f := range res.Files {
			err = errors.Join(err, os.WriteFile(f.Name, f.New, 0o644))
		}
	}
	if err != nil {
		return exitFindings, fmt.Errorf("applying fixes: %w", err)
	}
	return code, nil
}

// writeArchive writes the zip file, also when there is nothing to fix: without
// it the go command does not cache the run.
func writeArchive(cfg *config, files []fix.File) (err error) {
	out, err := os.Create(cfg.FixArchive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	zw := zip.NewWriter(out)
	defer func() { err = errors.Join(err, zw.Close()) }()
	if err := zw.SetComment(cfg.ID); err != nil {
		return err
	}
	for _, f := range files {
		w, err := zw.Create(f.Name)
		if err != nil {
			return err
		}
		if _, err := w.Write(f.New); err != nil {
			return err
		}
	}
	return nil
}
