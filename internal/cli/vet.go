package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asynclint/asynclint/internal/wire"
)

// vetDriver analyses through `go vet -vettool=<this program>`. The go command
// then divides the work over small processes, caches what they say, and knows
// about build tags, test variants, cgo and workspaces.
type vetDriver struct {
	tool     *goTool
	self     string // the executable that go vet calls
	tags     string
	flags    []string     // of the analyzers
	convert  wire.Convert // for the diagnostics of others
	progress *progress
}

// analyse runs one job. A run that the go command calls successful has covered
// everything that the patterns name. Otherwise go vet has either refused the
// whole job, because some package cannot be loaded, or left out packages, some
// of them without a word; diagnose then finds out which, and the packages that
// can be loaded are analysed without the others. The job that is returned is
// the one that go vet accepted.
func (d *vetDriver) analyse(j job) (*wire.Results, job) {
	res, stderr, err := d.vet(j)
	if err == nil {
		d.progress.say(warnings(stderr))
		return res, j
	}
	dg := d.diagnose(j)
	if ok := dg.loadable(); len(res.Packages) == 0 && len(dg.broken()) > 0 && len(ok) > 0 {
		j.patterns = ok
		res, stderr, err = d.vet(j)
	}
	if err == nil {
		stderr = ""
	}
	retry := d.withoutTests(j, dg, res)
	for _, f := range dg.explain(res.Packages, stderr) {
		if slices.Contains(retry.Packages, f.Package) {
			f.Package += " [tests]" // all but these is in retry
		}
		res.Failures = append(res.Failures, f)
	}
	res.Merge(retry)
	if len(res.Failures) == 0 {
		res.Merge(failure(j.patterns, reason(stderr, err)))
	}
	return res, j
}

// vet runs go vet once.
func (d *vetDriver) vet(j job, buildFlags ...string) (*wire.Results, string, error) {
	args := []string{"vet", "-vettool=" + d.self, "-json"}
	if d.tags != "" {
		args = append(args, "-tags="+d.tags)
	}
	// With -trimpath, which GOFLAGS may hold, the cache entries of different
	// checkouts are shared, and with them the absolute file names in what the
	// tool printed for another one.
	args = append(args, "-trimpath=false")
	args = slices.Concat(args, buildFlags, d.flags, j.patterns)
	var out bytes.Buffer
	stderr, err := d.tool.run(j.dir, nil, io.MultiWriter(&out, d.progress), args...)
	stderr = takeJSON(stderr, &out)
	res, derr := wire.Decode(&out, d.convert)
	if derr != nil && err == nil {
		err = derr
	}
	return res, stderr, err
}

// takeJSON moves the JSON objects in the standard error of go vet to out and
// returns the rest. Before Go 1.26 the output of vet tools goes there.
func takeJSON(stderr string, out *bytes.Buffer) string {
	if !strings.Contains(stderr, "{\n") {
		return stderr
	}
	var rest strings.Builder
	inside := false
	for line := range strings.Lines(stderr) {
		inside = inside || line == "{\n"
		if inside {
			out.WriteString(line)
		} else {
			rest.WriteString(line)
		}
		inside = inside && line != "}\n"
	}
	return rest.String()
}

// warnings are what the go command says in a run that succeeds.
func warnings(stderr string) string {
	var b strings.Builder
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "go: warning: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

const noPackages = "no packages: the pattern matches nothing, or only directories without Go files for this platform and these tags"

// reason is the whole of what is known about a run that failed.
func reason(stderr string, err error) string {
	text := strings.TrimSpace(stderr)
	switch {
	case strings.HasSuffix(text, "no packages to vet"):
		return noPackages
	case text != "":
		return shorten(text)
	}
	return fmt.Sprintf("go vet failed without saying why: %v", err)
}
