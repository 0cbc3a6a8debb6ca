package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/asynclint/asynclint/internal/registry"
)

// An Entry says what one function does that rules need to know of, in the terms
// of asynclint's own registry: import path and symbol name one object.
type Entry struct {
	Import string `yaml:"import" json:"import" jsonschema:"Package path, such as example.com/acme/store."`
	Symbol string `yaml:"symbol" json:"symbol" jsonschema:"Func, Type.Method or Interface.Method, without type parameters."`
	Kind   Kind   `yaml:"kind" json:"kind" jsonschema:"What it does: for a blocking call what it waits for; for a lock wrapper which lock operation it is."`
}

// Flag returns the entry as the analyzers' flag -registry takes it.
func (e Entry) Flag() string { return e.Import + "#" + e.Symbol + "=" + string(e.Kind) }

// A Kind is what a registered function does; see [registry.UserKinds].
type Kind string

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (e *Entry) UnmarshalYAML(n ast.Node) error {
	type plain Entry
	if err := decodeStrict(n, (*plain)(e)); err != nil {
		return err
	}
	for _, member := range []struct{ key, value string }{
		{"import", e.Import}, {"symbol", e.Symbol}, {"kind", string(e.Kind)},
	} {
		if member.value == "" {
			return mistake(n, "a registry entry needs %s", member.key)
		}
		if strings.ContainsAny(member.value, " ,=#") {
			return mistake(valueOf(n, member.key), "malformed %s %q", member.key, member.value)
		}
	}
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (k *Kind) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n, "a kind")
	if err != nil {
		return err
	}
	if *k = Kind(text); !slices.Contains(registry.UserKinds, registry.Kind(*k)) {
		return mistake(n, "unknown kind %q%s", text, suggest(text, kinds()))
	}
	return nil
}

func kinds() []string {
	var names []string
	for _, k := range registry.UserKinds {
		names = append(names, string(k))
	}
	return names
}
