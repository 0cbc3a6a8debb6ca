package vettool

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/tools/go/analysis"
)

// A config describes one compilation unit, as the go command does in the file
// whose name ends in .cfg. Members that this driver has no use for are left
// out.
type config struct {
	ID            string // such as "example.com/p"
	Compiler      string
	ImportPath    string
	GoVersion     string // such as "go1.26"
	GoFiles       []string
	NonGoFiles    []string
	IgnoredFiles  []string
	ModulePath    string
	ModuleVersion string
	Module        *struct{ Path, Version, GoVersion string } // from go1.27; replaces the two above
	ImportMap     map[string]string                          // import path in the source to package path
	PackageFile   map[string]string                          // package path to export data
	PackageVetx   map[string]string                          // package path to facts
	VetxOnly      bool                                       // facts are wanted, no findings
	VetxOutput    string                                     // file to write the facts to
	Stdout        string                                     // file to write the findings to, if not empty
	FixArchive    string                                     // zip file to write the fixed files to, if not empty
}

// readConfig reads and checks a .cfg file.
func readConfig(name string) (*config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	cfg, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return cfg, nil
}

func parseConfig(data []byte) (*config, error) {
	cfg := new(config)
	if err := json.Unmarshal(data, cfg); err != nil {
		return nil, fmt.Errorf("not the configuration that go vet passes to its tool: %w", err)
	}
	if cfg.ImportPath == "" {
		return nil, errors.New("not the configuration that go vet passes to its tool: ImportPath is missing")
	}
	if len(cfg.GoFiles) == 0 {
		return nil, fmt.Errorf("package %s has no Go files", cfg.ImportPath)
	}
	if cfg.ID == "" {
		cfg.ID = cfg.ImportPath
	}
	if cfg.Module != nil {
		cfg.ModulePath, cfg.ModuleVersion = cfg.Module.Path, cfg.Module.Version
	}
	return cfg, nil
}

// mainModule reports whether the package belongs to a module that the user
// works on. Only there facts come from analysis; std and the modules that are
// required, replaced or vendored are described by the registry. A required
// module has a version, even if a replace directive points to a directory; the
// modules of a workspace have none.
func (cfg *config) mainModule() bool {
	return cfg.ModulePath != "" && cfg.ModuleVersion == ""
}

// module describes the package's module as analyzers expect it.
func (cfg *config) module() *analysis.Module {
	if cfg.ModulePath == "" {
		return nil
	}
	return &analysis.Module{Path: cfg.ModulePath, Version: cfg.ModuleVersion, GoVersion: cfg.GoVersion}
}
