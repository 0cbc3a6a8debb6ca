package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/asynclint/asynclint/internal/bundle"
)

// SchemaURL is where editors find the schema of .asynclint.yml.
const SchemaURL = "https://raw.githubusercontent.com/asynclint/asynclint/main/docs/asynclint.schema.json"

// Schema returns the JSON schema of .asynclint.yml. It is generated from
// [Config], and the names of rules and levels come from where the program has
// them, so the schema accepts what [Parse] accepts.
func Schema() ([]byte, error) {
	exclude, err := jsonschema.For[struct {
		Path  string   `json:"path"`
		Rules []string `json:"rules,omitempty"`
	}](nil)
	if err != nil {
		return nil, fmt.Errorf("schema of exclude: %w", err)
	}
	pattern := enum(Patterns())
	copyDescriptions(exclude, reflect.TypeFor[Exclude]())
	exclude.Properties["rules"] = &jsonschema.Schema{Type: "array", Items: pattern, Description: exclude.Properties["rules"].Description}

	level := enum(levels)
	s, err := jsonschema.For[Config](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[Level]():      level,
		reflect.TypeFor[RuleLevels](): {Type: "object", PropertyNames: pattern, AdditionalProperties: level},
		reflect.TypeFor[Exclude]():    {OneOf: []*jsonschema.Schema{{Type: "string"}, exclude}},
		reflect.TypeFor[Bundle]():     enum(bundle.Bundles),
		reflect.TypeFor[Kind]():       enum(kinds()),
	}})
	if err != nil {
		return nil, fmt.Errorf("schema of the configuration: %w", err)
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.ID = SchemaURL
	s.Title = ".asynclint.yml"
	s.Properties["version"].Enum = []any{1}
	s.Properties["level"].Enum = shown

	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("encode the schema: %w", err)
	}
	return out.Bytes(), nil
}

// shown are the values of the key level: off would show nothing.
var shown = []any{"note", "warning", "error"}

func enum(values []string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// copyDescriptions copies the descriptions in a struct's tags to the schema's properties.
func copyDescriptions(s *jsonschema.Schema, t reflect.Type) {
	for f := range t.Fields() {
		if p := s.Properties[f.Tag.Get("yaml")]; p != nil {
			p.Description = f.Tag.Get("jsonschema")
		}
	}
}
