package docgen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// outputTypes are the types of the JSON output, the document itself first. The
// others become definitions of the schema under their Go names.
var outputTypes = []reflect.Type{
	reflect.TypeFor[render.Document](),
	reflect.TypeFor[render.Tool](),
	reflect.TypeFor[finding.Finding](),
	reflect.TypeFor[finding.Position](),
	reflect.TypeFor[finding.Related](),
	reflect.TypeFor[finding.Fix](),
	reflect.TypeFor[finding.Edit](),
	reflect.TypeFor[finding.Suppression](),
	reflect.TypeFor[finding.Failure](),
	reflect.TypeFor[render.Counts](),
}

// typeDirs are the packages that declare them.
var typeDirs = []string{"internal/finding", "internal/render"}

const definitions = "#/$defs/"

// A typedSchema is the schema of the JSON output with its definitions in order.
type typedSchema struct {
	root  *jsonschema.Schema
	names []string // of outputTypes
}

// outputSchema derives the schema from the types, and its descriptions from the
// comments on their fields, so that the format is described once, in the code.
func outputSchema(root string) (*typedSchema, error) {
	docs, err := fieldDocs(root)
	if err != nil {
		return nil, err
	}
	s := &typedSchema{}
	defs := make(map[string]*jsonschema.Schema)
	for _, t := range outputTypes {
		schema, err := structSchema(t, docs)
		if err != nil {
			return nil, err
		}
		defs[t.Name()] = schema
		s.names = append(s.names, t.Name())
	}
	s.root = defs[s.names[0]]
	delete(defs, s.names[0])
	s.root.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.root.ID = "https://raw.githubusercontent.com/asynclint/asynclint/main/docs/output.schema.json"
	s.root.Title = "Output of asynclint -format=json"
	s.root.Properties["version"].Const = jsonschema.Ptr[any](render.SchemaVersion)
	s.root.Defs = defs
	return s, nil
}

// structSchema is the schema of one struct; other output types are references.
// Unknown fields are allowed, because later versions of asynclint may add some.
func structSchema(t reflect.Type, docs map[string]string) (*jsonschema.Schema, error) {
	known := map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[rule.Level](): {Type: "string", Enum: []any{rule.Error.String(), rule.Warning.String(), rule.Note.String()}},
	}
	for _, other := range outputTypes {
		if other != t {
			known[other] = &jsonschema.Schema{Ref: definitions + other.Name()}
		}
	}
	schema, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: known})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name(), err)
	}
	schema.AdditionalProperties = nil
	schema.Description = docs[t.Name()]
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		property := schema.Properties[name]
		if property == nil {
			return nil, fmt.Errorf("%s.%s has no JSON name", t.Name(), f.Name)
		}
		if property.Description = docs[t.Name()+"."+f.Name]; property.Description == "" {
			return nil, fmt.Errorf("%s.%s has no comment to describe it", t.Name(), f.Name)
		}
		dropNull(property)
	}
	return schema, nil
}

// dropNull removes null from a property's types, which the library adds for lists
// and pointers: the output leaves out what is not there.
func dropNull(s *jsonschema.Schema) {
	s.Types = slices.DeleteFunc(s.Types, func(t string) bool { return t == "null" || t == "" })
	switch len(s.Types) {
	case 0:
		s.Types = nil
	case 1:
		s.Type, s.Types = s.Types[0], nil
	}
}

// fieldDocs reads the comments of struct types and of their fields, by "Type" and
// "Type.Field".
func fieldDocs(root string) (map[string]string, error) {
	docs := make(map[string]string)
	for _, dir := range typeDirs {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no Go files in %s", filepath.Join(root, dir))
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			collectDocs(file, docs)
		}
	}
	return docs, nil
}

func collectDocs(file *ast.File, docs map[string]string) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			str, ok := t.Type.(*ast.StructType)
			if !ok {
				continue
			}
			docs[t.Name.Name] = flat(gen.Doc)
			for _, field := range str.Fields.List {
				text := flat(field.Doc)
				if text == "" {
					text = flat(field.Comment)
				}
				for _, name := range field.Names {
					docs[t.Name.Name+"."+name.Name] = text
				}
			}
		}
	}
}

func flat(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

func (s *typedSchema) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s.root); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// tables describes every type of the output as a Markdown table.
func (s *typedSchema) tables() []byte {
	var b bytes.Buffer
	for i, name := range s.names {
		schema := s.root
		if i > 0 {
			schema = s.root.Defs[name]
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n| field | type | meaning |\n| --- | --- | --- |\n", name, schema.Description)
		for _, field := range schema.PropertyOrder {
			p := schema.Properties[field]
			kind := typeText(p)
			if !slices.Contains(schema.Required, field) {
				kind += ", optional"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", field, kind, cell(p.Description))
		}
	}
	return b.Bytes()
}

func typeText(s *jsonschema.Schema) string {
	switch {
	case s.Ref != "":
		name := strings.TrimPrefix(s.Ref, definitions)
		return "[" + name + "](#" + strings.ToLower(name) + ")"
	case s.Items != nil:
		return "list of " + typeText(s.Items)
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprintf("%q", v))
		}
		return strings.Join(values, " or ")
	}
	return s.Type
}
