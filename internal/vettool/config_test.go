package vettool

import "testing"

func TestMainModule(t *testing.T) {
	for name, test := range map[string]struct {
		cfg  string
		want bool
	}{
		"std":             {`"ModulePath": ""`, false},
		"main":            {`"ModulePath": "example.com/m"`, true},
		"required":        {`"ModulePath": "example.com/x", "ModuleVersion": "v1.2.3"`, false},
		"replaced by dir": {`"ModulePath": "example.com/x", "ModuleVersion": "v0.0.0"`, false},
		"go1.27 main":     {`"Module": {"Path": "example.com/m"}`, true},
		"go1.27 required": {`"Module": {"Path": "example.com/x", "Version": "v1.0.0"}`, false},
	} {
		cfg, err := parseConfig([]byte(`{"ImportPath": "example.com/p", "GoFiles": ["p.go"], ` + test.cfg + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.mainModule(); got != test.want {
			t.Errorf("%s: mainModule = %t", name, got)
		}
		if m := cfg.module(); (m == nil) != (name == "std") {
			t.Errorf("%s: module %+v", name, m)
		}
		if cfg.ID != "example.com/p" {
			t.Errorf("%s: ID %q; want the import path when none is given", name, cfg.ID)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"ID": "p", "ImportPath": "p", "GoFiles": ["p.go"], "Module": {"Path": "m"}, "PackageFile": {"fmt": "fmt.a"}}`))
	f.Add([]byte(`{"GoFiles": null}`))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := parseConfig(data)
		if (cfg == nil) == (err == nil) {
			t.Fatalf("parseConfig = %v, %v: want one of them", cfg, err)
		}
		if err == nil && (cfg.ImportPath == "" || cfg.ID == "" || len(cfg.GoFiles) == 0) {
			t.Errorf("accepted an unusable configuration: %+v", cfg)
		}
	})
}
