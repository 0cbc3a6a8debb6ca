package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
)

var update = flag.Bool("update", false, "write the generated files")

const schemaFile = "../../docs/asynclint.schema.json"

func TestSchemaIsCurrent(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/asynclint.schema.json is stale; run: go test ./internal/config -update")
	}
}

// The schema that editors use and the reader of the file must agree.
func TestSchemaAgreesWithParse(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	s := new(jsonschema.Schema)
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	schema, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		ok   bool
	}{
		{"version: 1", true},
		{"version: 2", false},
		{"rules: {lockawait/double-lock: off, leak: note, all: error}", true},
		{"rules: {lockawait/double-lok: off}", false},
		{"rules: {leak: warn}", false},
		{"level: note", true},
		{"level: off", false},
		{"fail-on: off", true},
		{"fail-on: never", false},
		{"tests: false", true},
		{"tests: [false]", false},
		{"tags: [a, b]", true},
		{"exclude: ['gen/**', {path: '**/*.pb.go', rules: [leak]}]", true},
		{"exclude: [{rules: [leak]}]", false},
		{"exclude: [{path: a, rule: [leak]}]", false},
		{"exclude: [{path: a, rules: [leek]}]", false},
		{"with: [vet, staticcheck]", true},
		{"with: [vett]", false},
		{"registry: [{import: example.com/a, symbol: T.M, kind: net}]", true},
		{"registry: [{import: example.com/a, symbol: T.M}]", false},
		{"registry: [{import: example.com/a, symbol: T.M, kind: network}]", false},
		{"registry: [{import: example.com/a, symbol: T.M, kind: net, note: x}]", false},
		{"leval: note", false},
	} {
		_, perr := Parse([]byte(tt.text))
		var value any
		if err := yaml.Unmarshal([]byte(tt.text), &value); err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		serr := schema.Validate(value)
		if (perr == nil) != tt.ok || (serr == nil) != tt.ok {
			t.Errorf("%s: want ok=%v, Parse says %v, the schema says %v", tt.text, tt.ok, perr, serr)
		}
	}
}

// The guide must describe every key.
func TestGuideIsComplete(t *testing.T) {
	guide, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(new(Config)) {
		if !bytes.Contains(guide, []byte("\n| `"+key+"` |")) {
			t.Errorf("docs/configuration.md does not describe the key %s", key)
		}
	}
	for _, kind := range kinds() {
		if !bytes.Contains(guide, []byte("`"+kind+"`")) {
			t.Errorf("docs/configuration.md does not name the kind %s", kind)
		}
	}
	// Its example is a file that Parse accepts.
	_, rest, _ := bytes.Cut(guide, []byte("```yaml\n"))
	example, _, found := bytes.Cut(rest, []byte("```"))
	if !found {
		t.Fatal("docs/configuration.md has no example")
	}
	if _, err := Parse(example); err != nil {
		t.Errorf("the example of docs/configuration.md: %v", err)
	}
}
