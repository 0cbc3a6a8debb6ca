package render_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// validate checks a document against a schema file.
func validate(t *testing.T, schemaFile string, document []byte) {
	t.Helper()
	f, err := os.Open(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	schema, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
}

func writeSARIF(t *testing.T, r *render.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The schema is OASIS's for SARIF 2.1.0 with errata 01, as its id says:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
func TestSARIFIsValid(t *testing.T) {
	const schema = "testdata/sarif-schema-2.1.0.json"
	for name, r := range map[string]*render.Report{
		"full":  report(t),
		"empty": {Version: "(devel)"},
		"no positions": {Findings: []finding.Finding{{Rule: "vet/x", Level: rule.Note, Message: "m",
			Related: []finding.Related{{Message: "a [b](c)"}}}}},
	} {
		t.Run(name, func(t *testing.T) { validate(t, schema, writeSARIF(t, r)) })
	}
}

// The golden holds the run without the rules, which follow the catalogue.
func TestSARIF(t *testing.T) {
	golden(t, "report.sarif", func(w io.Writer) error {
		var log map[string]any
		if err := json.Unmarshal(writeSARIF(t, report(t)), &log); err != nil {
			return err
		}
		driver := log["runs"].([]any)[0].(map[string]any)["tool"].(map[string]any)["driver"].(map[string]any)
		if n := len(driver["rules"].([]any)); n < 2 {
			t.Errorf("%d rules", n)
		}
		delete(driver, "rules")
		for _, res := range log["runs"].([]any)[0].(map[string]any)["results"].([]any) {
			delete(res.(map[string]any), "ruleIndex")
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(log)
	})
}

// A clean run is one with no results, not one that says nothing about results.
func TestSARIFOfACleanRun(t *testing.T) {
	var log struct{ Runs []map[string]json.RawMessage }
	if err := json.Unmarshal(writeSARIF(t, &render.Report{Packages: 1}), &log); err != nil {
		t.Fatal(err)
	}
	if got := string(log.Runs[0]["results"]); got != "[]" {
		t.Errorf("results are %s", got)
	}
}

type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID, Name string
					Help     struct{ Markdown string }
				}
			}
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Locations []struct {
				PhysicalLocation struct {
					Region struct{ StartLine, StartColumn, EndColumn int }
				}
			}
		}
	}
}

// Columns of the log select the marked text when they are counted as the log says.
func TestSARIFColumnsAreUTF16(t *testing.T) {
	r := report(t)
	r.Findings = []finding.Finding{findings()["wide-runes"]}
	var log sarifLog
	if err := json.Unmarshal(writeSARIF(t, r), &log); err != nil {
		t.Fatal(err)
	}
	region := log.Runs[0].Results[0].Locations[0].PhysicalLocation.Region
	line := bytes.Split([]byte(files[base+"/wide.go"]), []byte("\n"))[region.StartLine-1]
	units := utf16.Encode([]rune(string(line)))
	if got := string(utf16.Decode(units[region.StartColumn-1 : region.EndColumn-1])); got != "mu.Lock()" {
		t.Errorf("region selects %q", got)
	}
}

func TestSARIFRules(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal(writeSARIF(t, report(t)), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	for _, res := range run.Results {
		if got := run.Tool.Driver.Rules[res.RuleIndex].ID; got != res.RuleID {
			t.Errorf("result of %s points to rule %s", res.RuleID, got)
		}
	}
	seen := make(map[string]bool)
	for _, r := range run.Tool.Driver.Rules {
		if seen[r.ID] || r.Name == r.ID {
			t.Errorf("rule %s: named %q, seen before: %v", r.ID, r.Name, seen[r.ID])
		}
		seen[r.ID] = true
		if r.ID != "vet/lostcancel" && r.Help.Markdown == "" {
			t.Errorf("rule %s has no help", r.ID)
		}
	}
}
