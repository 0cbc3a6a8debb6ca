package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/harness"
	"github.com/asynclint/asynclint/testbed/witness"
)

// exploreOutput is what explore and replay have to say; it is their JSON output.
type exploreOutput struct {
	Version int             `json:"version"` // of this format
	Tests   []*exploredTest `json:"tests"`
	// Uncontrolled are operations in the source that the testbed does not
	// control, as "net.Dial at file.go:12".
	Uncontrolled []string `json:"uncontrolled,omitempty"`
	// Foreign are dependencies that synchronise and were not instrumented.
	Foreign []string `json:"foreign,omitempty"`

	dir    string
	replay bool
}

type exploredTest struct {
	Package string          `json:"package"`
	Test    string          `json:"test"`
	Report  *explore.Report `json:"report,omitempty"`
	Error   string          `json:"error,omitempty"`

	program *harness.Program
}

// add takes over what a program's build has to say.
func (out *exploreOutput) add(p *harness.Program) {
	for _, n := range p.Notes {
		out.Uncontrolled = append(out.Uncontrolled, fmt.Sprintf("%s at %s:%d", n.What, relative(n.Pos.Filename), n.Pos.Line))
	}
	for _, f := range p.Foreign {
		if !slices.Contains(out.Foreign, f) {
			out.Foreign = append(out.Foreign, f)
		}
	}
	slices.Sort(out.Foreign)
}

// relative is the path as seen from the working directory, if that is shorter.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// writeExplored renders the output and returns the exit code.
func (e *env) writeExplored(o *exploreOptions, out *exploreOutput) int {
	out.Version = 1
	code, incomplete := exitClean, false
	var first *exploredTest
	for _, t := range out.Tests {
		if t.Report != nil && len(t.Report.Found) > 0 {
			code = exitFindings
			if first == nil {
				first = t
			}
		}
		incomplete = incomplete || t.Error != ""
	}
	if incomplete {
		code = exitIncomplete
	}
	var err error
	if o.format == "json" {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(out)
	} else {
		_, err = io.WriteString(e.stdout, out.text())
	}
	if err == nil && first != nil {
		err = writeViews(o, first)
	}
	if err != nil {
		return e.incomplete(err)
	}
	return code
}

// writeViews writes the first finding as -html and -trace ask.
func writeViews(o *exploreOptions, t *exploredTest) error {
	timeline := witness.New(t.Test, t.Report.Found[0])
	if o.html != "" {
		if err := writeFile(o.html, func(w io.Writer) error { return timeline.WriteHTML(w, t.program.ModuleDir) }); err != nil {
			return err
		}
	}
	if o.trace != "" {
		return writeFile(o.trace, timeline.WriteChrome)
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing a view of the finding: %w", err)
	}
	err = write(f)
	if e := f.Close(); err == nil && e != nil {
		err = fmt.Errorf("writing %s: %w", name, e)
	}
	return err
}

// text is the output for people.
func (out *exploreOutput) text() string {
	var b strings.Builder
	schedules, seconds := 0, 0.0
	for _, t := range out.Tests {
		if t.Report != nil {
			out.testText(&b, t)
			schedules += t.Report.Schedules
			seconds += t.Report.Elapsed.Seconds()
		}
		if t.Error != "" {
			fmt.Fprintf(&b, "%s %s: %s\n\n", t.Package, t.Test, t.Error)
		}
	}
	for _, u := range out.Uncontrolled {
		fmt.Fprintf(&b, "uncontrolled: %s\n", u)
	}
	if len(out.Foreign) > 0 {
		fmt.Fprintf(&b, "not instrumented (see -instrument): %s\n", strings.Join(out.Foreign, ", "))
	}
	if !out.replay {
		fmt.Fprintf(&b, "%d tests, %d schedules, %.0f a second\n", len(out.Tests), schedules, float64(schedules)/max(seconds, 1e-9))
	}
	return b.String()
}

func (out *exploreOutput) testText(b *strings.Builder, t *exploredTest) {
	for _, f := range t.Report.Found {
		fmt.Fprintf(b, "%s %s: ", t.Package, t.Test)
		// A strings.Builder takes everything.
		_ = witness.New(t.Test, f).WriteTable(b)
		if !out.replay && f.Trace != "" {
			fmt.Fprintf(b, "replay: asynclint replay %s %s\n", f.Trace, t.Package)
		}
		b.WriteByte('\n')
	}
	for _, u := range t.Report.Uncontrolled {
		fmt.Fprintf(b, "%s %s: uncontrolled: %s\n", t.Package, t.Test, u)
	}
	if out.replay && len(t.Report.Found) == 0 {
		fmt.Fprintf(b, "%s %s: the schedule ends without a finding\n", t.Package, t.Test)
	} else if !out.replay {
		fmt.Fprintf(b, "%s %s: %s\n", t.Package, t.Test, t.Report.Summary())
	}
}
