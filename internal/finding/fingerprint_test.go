package finding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/internal/finding"
)

const program = `package p

func (s *Store[K]) Put() {
	s.mu.Lock()
	s.mu.Lock()
}

func other() {
	s.mu.Lock()
}
`

// at returns a finding on the nth line of src that contains text.
func at(t *testing.T, src, text string, nth int) finding.Finding {
	t.Helper()
	for i, line := range strings.Split(src, "\n") {
		if strings.Contains(line, text) {
			if nth == 0 {
				pos := finding.Position{File: "/src/m/p/p.go", Line: i + 1, Column: 1 + strings.Index(line, text)}
				return finding.Finding{Rule: "lockawait/double-lock", Package: "example.com/m/p", Message: "m", Pos: pos, End: pos}
			}
			nth--
		}
	}
	t.Fatalf("no %q in source", text)
	return finding.Finding{}
}

func fingerprints(src string, list ...finding.Finding) []string {
	finding.SetFingerprints(list, func(string) ([]byte, error) { return []byte(src), nil })
	var out []string
	for _, f := range list {
		out = append(out, f.Fingerprint)
	}
	return out
}

func TestFingerprintSurvives(t *testing.T) {
	want := fingerprints(program, at(t, program, "s.mu.Lock", 0))[0]
	if len(want) != 32 {
		t.Fatalf("fingerprint %q: want 32 hexadecimal digits", want)
	}
	for name, src := range map[string]string{
		"lines above":     strings.Replace(program, "package p\n", "package p\n\n// A comment.\nvar x int\n", 1),
		"function moved":  "package p\n" + program[strings.Index(program, "\nfunc other"):] + program[len("package p"):strings.Index(program, "\nfunc other")],
		"indentation":     strings.ReplaceAll(program, "\ts.mu", "    s.mu"),
		"line ends":       strings.ReplaceAll(program, "\n", "\r\n"),
		"pointer dropped": strings.Replace(program, "*Store[K]", "Store[K]", 1),
	} {
		nth := 0
		if name == "function moved" {
			nth = 1
		}
		if got := fingerprints(src, at(t, src, "s.mu.Lock", nth))[0]; got != want {
			t.Errorf("%s: fingerprint changed from %s to %s", name, want, got)
		}
	}
	elsewhere := at(t, program, "s.mu.Lock", 0)
	elsewhere.Pos.File = "/home/u/checkout/p/p.go"
	if got := fingerprints(program, elsewhere)[0]; got != want {
		t.Errorf("another checkout: fingerprint changed from %s to %s", want, got)
	}
}

func TestFingerprintTellsApart(t *testing.T) {
	base := at(t, program, "s.mu.Lock", 0)
	want := fingerprints(program, base)[0]
	change := func(edit func(*finding.Finding)) finding.Finding {
		f := base
		edit(&f)
		return f
	}
	for name, f := range map[string]finding.Finding{
		"function": at(t, program, "s.mu.Lock", 2),
		"rule":     change(func(f *finding.Finding) { f.Rule = "lockawait/missing-unlock" }),
		"message":  change(func(f *finding.Finding) { f.Message = "n" }),
		"package":  change(func(f *finding.Finding) { f.Package = "example.com/m/q" }),
		"file":     change(func(f *finding.Finding) { f.Pos.File = "/src/m/p/q.go" }),
	} {
		if got := fingerprints(program, f)[0]; got == want {
			t.Errorf("%s differs, fingerprint does not", name)
		}
	}
	renamed := strings.ReplaceAll(program, "s.mu", "s.lock")
	if got := fingerprints(renamed, base)[0]; got == want {
		t.Error("the code differs, the fingerprint does not")
	}
}

// Equal lines of one function are told apart by their order, whatever the order
// of the list.
func TestFingerprintOrdinal(t *testing.T) {
	first, second := at(t, program, "s.mu.Lock", 0), at(t, program, "s.mu.Lock", 1)
	got := fingerprints(program, first, second)
	if got[0] == got[1] {
		t.Fatal("two findings have one fingerprint")
	}
	if swapped := fingerprints(program, second, first); swapped[0] != got[1] || swapped[1] != got[0] {
		t.Errorf("fingerprints %v depend on the order of the list: %v", got, swapped)
	}
}

func TestFingerprintWithoutSource(t *testing.T) {
	list := []finding.Finding{at(t, program, "s.mu.Lock", 0)}
	finding.SetFingerprints(list, func(string) ([]byte, error) { return nil, errors.New("gone") })
	if list[0].Fingerprint == "" {
		t.Error("no fingerprint for a file that cannot be read")
	}
	if got := fingerprints("not go at all", list...)[0]; got == "" {
		t.Error("no fingerprint for a file that is not Go")
	}
}

func TestSort(t *testing.T) {
	a, b := at(t, program, "s.mu.Lock", 0), at(t, program, "s.mu.Lock", 1)
	variant := a
	variant.Package = "example.com/m/p_test"
	got := finding.Sort([]finding.Finding{b, variant, a, b})
	if len(got) != 2 || got[0].Pos != a.Pos || got[0].Package != a.Package || got[1].Pos != b.Pos {
		t.Errorf("Sort = %+v", got)
	}
}
