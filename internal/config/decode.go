package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/rule"
)

// Each type below decodes and checks itself, so that a mistake is reported at
// the token that holds it.

// mistake is an error at a node of the file.
func mistake(at ast.Node, format string, args ...any) error {
	return &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: at.GetToken()}
}

// decodeStrict decodes a mapping into a struct and refuses keys that the struct
// does not have.
func decodeStrict(node ast.Node, into any) error {
	if node.Type() != ast.MappingType {
		return mistake(node, "want key: value lines, found %s", describe(node))
	}
	err := yaml.NodeToValue(node, into, yaml.Strict())
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		key := unknown.Token.Value
		return &yaml.SyntaxError{Message: fmt.Sprintf("unknown key %q", key) + suggest(key, keys(into)), Token: unknown.Token}
	}
	return err
}

// keys are the YAML keys of the struct that v points to.
func keys(v any) []string {
	var names []string
	for f := range reflect.TypeOf(v).Elem().Fields() {
		if key := f.Tag.Get("yaml"); key != "-" {
			names = append(names, key)
		}
	}
	return names
}

// suggest continues an error about a name with the nearest valid one, or with
// all of them when none is near and they are few.
func suggest(name string, valid []string) string {
	if near := rule.NearestOf(name, valid); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	if len(valid) <= 12 {
		return ": want one of " + strings.Join(valid, ", ")
	}
	return ""
}

func describe(n ast.Node) string {
	switch n.Type() {
	case ast.SequenceType:
		return "a list"
	case ast.MappingType:
		return "a mapping"
	case ast.NullType:
		return "nothing"
	}
	return fmt.Sprintf("%q", n.GetToken().Value)
}

// scalar returns the text of a plain or quoted value.
func scalar(n ast.Node, want string) (string, error) {
	switch n.Type() {
	case ast.SequenceType, ast.MappingType, ast.NullType, ast.AliasType, ast.AnchorType:
		return "", mistake(n, "want %s, found %s", want, describe(n))
	}
	return n.GetToken().Value, nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (c *Config) UnmarshalYAML(n ast.Node) error {
	type plain Config
	if err := decodeStrict(n, (*plain)(c)); err != nil {
		return err
	}
	if c.Version != 0 && c.Version != 1 {
		return mistake(valueOf(n, "version"), "unknown version %d: this asynclint knows version 1", c.Version)
	}
	if c.Level.Set && c.Level.Level == rule.Off {
		return mistake(valueOf(n, "level"), "level off would show nothing; to switch rules off, use rules: {all: off}")
	}
	return nil
}

// valueOf returns the value of a key that is known to be in the mapping.
func valueOf(n ast.Node, key string) ast.Node {
	for _, pair := range n.(*ast.MappingNode).Values {
		if pair.Key.GetToken().Value == key {
			return pair.Value
		}
	}
	return n
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (r *RuleLevels) UnmarshalYAML(n ast.Node) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return mistake(n, "want lines such as lockawait/double-lock: warning, found %s", describe(n))
	}
	*r = make(RuleLevels)
	for _, pair := range m.Values {
		name := pair.Key.GetToken().Value
		if err := CheckPattern(name); err != nil {
			return mistake(pair.Key, "%v", err)
		}
		var l Level
		if err := l.UnmarshalYAML(pair.Value); err != nil {
			return err
		}
		(*r)[name] = l.Level
	}
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (l *Level) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n, "a level")
	if err != nil {
		return err
	}
	level, err := ParseLevel(text)
	if err != nil {
		return mistake(n, "%v", err)
	}
	*l = Level{Level: level, Set: true}
	return nil
}

// ParseLevel is rule.ParseLevel with a suggestion in the error.
func ParseLevel(text string) (rule.Level, error) {
	l, err := rule.ParseLevel(text)
	if err == nil {
		return l, nil
	}
	if near := rule.NearestOf(text, levels); near != "" {
		err = fmt.Errorf("%w; did you mean %q?", err, near)
	}
	return rule.Off, err
}

var levels = []string{"off", "note", "warning", "error"}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (p *Pattern) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n, "a rule or pass")
	if err != nil {
		return err
	}
	if err := CheckPattern(text); err != nil {
		return mistake(n, "%v", err)
	}
	*p = Pattern(text)
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (b *Bundle) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n, "the name of a suite")
	if err != nil {
		return err
	}
	if err := CheckBundle(text); err != nil {
		return mistake(n, "%v", err)
	}
	*b = Bundle(text)
	return nil
}

// CheckBundle returns an error when there is no suite with the name.
func CheckBundle(name string) error {
	if slices.Contains(bundle.Bundles, name) {
		return nil
	}
	return fmt.Errorf("unknown suite %q%s", name, suggest(name, bundle.Bundles))
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (e *Exclude) UnmarshalYAML(n ast.Node) error {
	at := n
	if n.Type() == ast.MappingType {
		type plain Exclude
		if err := decodeStrict(n, (*plain)(e)); err != nil {
			return err
		}
		at = valueOf(n, "path")
	} else {
		text, err := scalar(n, "a path glob")
		if err != nil {
			return err
		}
		e.Path = text
	}
	switch {
	case e.Path == "":
		return mistake(at, "an exclude needs a path; use \"**\" for every file")
	case !doublestar.ValidatePattern(e.Path):
		return mistake(at, "malformed glob %q", e.Path)
	case strings.HasPrefix(e.Path, "/") || strings.HasPrefix(e.Path, "../"):
		return mistake(at, "the glob %q leaves the directory of this file: it must be relative to it", e.Path)
	}
	e.Path = strings.TrimPrefix(e.Path, "./")
	return nil
}
