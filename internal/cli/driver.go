package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/inprocess"
	"github.com/asynclint/asynclint/internal/suite"
	"github.com/asynclint/asynclint/internal/wire"
)

// analyse has the packages looked at, job by job. What keeps it from looking at
// all is a failure like any other.
func analyse(e *env, s *settings, p *progress) *wire.Results {
	failed := func(err error) *wire.Results { return failure(s.patterns, err.Error()) }
	tool, err := findGo()
	if err != nil {
		return failed(err)
	}
	goenv, err := tool.env(s.dir)
	if err != nil {
		return failed(err)
	}
	jobs, err := plan(s.dir, goenv.GOWORK, func() ([]string, error) { return tool.workspaceModules(s.dir) }, s.patterns)
	if err != nil {
		return failed(err)
	}
	d := &vetDriver{tool: tool, tags: s.tags, progress: p}
	run := func(j job) *wire.Results { return d.withBundles(j, s.with) }
	if s.inProcess {
		run = func(j job) *wire.Results { return inProcess(j, s) }
	} else if d.self, err = os.Executable(); err != nil {
		return failed(fmt.Errorf("cannot find the own executable, which go vet has to call: %w", err))
	}
	// The front end chooses what to show; the cache holds everything.
	d.flags = append([]string{"-asynclint.all"}, s.analyzerFlags()...)
	all := new(wire.Results)
	for _, j := range jobs {
		res := run(j)
		if goenv.lacksCompiler(e.getenv) {
			d.blameCompiler(j, goenv.CC, res)
		}
		for i := range res.Failures {
			f := &res.Failures[i]
			f.Reason = relocate(f.Reason, j.dir, s.dir)
		}
		all.Merge(res)
	}
	return all
}

// inProcess runs a job without go vet.
func inProcess(j job, s *settings) *wire.Results {
	opts := inprocess.Options{
		Dir:       j.dir,
		Patterns:  j.patterns,
		Tests:     true,
		Analyzers: suite.Analyzers(),
		Narrow:    suite.Narrow,
		Flags:     s.analyzerFlags(),
	}
	if s.tags != "" {
		opts.BuildFlags = []string{"-tags=" + s.tags}
	}
	res, err := inprocess.Run(context.Background(), opts)
	switch {
	case err != nil:
		return failure(j.patterns, err.Error())
	case len(res.Packages) == 0 && len(res.Failures) == 0:
		return failure(j.patterns, noPackages)
	}
	return res
}

func failure(patterns []string, reason string) *wire.Results {
	return &wire.Results{Failures: []finding.Failure{{Package: strings.Join(patterns, " "), Reason: reason}}}
}

// withBundles runs a job, and beside it the checks of others. They are a run of
// their own because they need facts of all dependencies, which asynclint's
// passes do without. What cannot be analysed is the same for both, so the own
// run alone is asked for it, unless it has met no trouble.
func (d *vetDriver) withBundles(j job, bundles []string) *wire.Results {
	if len(bundles) == 0 {
		own, _ := d.analyse(j)
		return own
	}
	conv := bundle.NewConverter(os.ReadFile)
	other := *d
	other.progress = nil // it would count each package twice
	other.flags = []string{"-bundle=" + strings.Join(bundles, ",")}
	other.convert = conv.Convert
	var others *wire.Results
	var stderr string
	var err error
	var both sync.WaitGroup
	both.Go(func() { others, stderr, err = other.vet(j) })
	own, reduced := d.analyse(j)
	both.Wait()
	if !slices.Equal(reduced.patterns, j.patterns) {
		others, stderr, err = other.vet(reduced)
	}
	if err != nil && len(own.Failures) == 0 {
		own.Failures = wire.Failures(reason(stderr, err))
	}
	own.Failures = append(own.Failures, others.Failures...)
	conv.Finish(others.Findings)
	own.Findings = bundle.Merge(own.Findings, others.Findings)
	return own
}
