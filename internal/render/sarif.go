package render

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/rule"
)

// SARIF writes the report as a SARIF 2.1.0 log of one run.
//
// What consumers make of it shaped three choices. Sites that show alerts ignore
// related locations unless the message links to them, so it does. They show a
// chain of positions only as a code flow, so related positions are given as one
// too, ending in the finding. And they identify an alert by
// primaryLocationLineHash, so it is written although uploaders may compute it.
func SARIF(w io.Writer, r *Report) error {
	b := &sarifBuilder{report: r, sources: r.sources(), index: make(map[string]int)}
	log := sarif.NewReport()
	log.AddRun(b.run())
	text, err := encodeSARIF(log)
	if err == nil {
		_, err = w.Write(text)
	}
	if err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

type sarifBuilder struct {
	report  *Report
	sources *sources
	index   map[string]int // of a rule in the run's list
}

var semver = regexp.MustCompile(`^\d+\.\d+\.\d+(-[\w.]+)?(\+[\w.]+)?$`)

func (b *sarifBuilder) run() *sarif.Run {
	run := sarif.NewRunWithInformationURI("asynclint", "https://github.com/asynclint/asynclint")
	driver := run.Tool.Driver
	version := strings.TrimPrefix(b.report.Version, "v")
	driver.WithVersion(version).WithRules(b.rules())
	if semver.MatchString(version) {
		driver.WithSemanticVersion(version)
	}
	run.WithColumnKind("utf16CodeUnits")
	if b.report.Dir != "" {
		run.WithOriginalUriBaseIds(map[string]sarif.ArtifactLocation{
			sourceRoot: *sarif.NewArtifactLocation().WithURI(fileURI(b.report.Dir) + "/"),
		})
	}
	run.AddInvocation(b.invocation())
	for i := range b.report.Findings {
		run.AddResult(b.result(&b.report.Findings[i]))
	}
	return run
}

// invocation tells what could not be analysed: without it a run over broken code
// would look as clean as one over good code.
func (b *sarifBuilder) invocation() *sarif.Invocation {
	inv := sarif.NewInvocation().WithExecutionSuccessful(len(b.report.Failures) == 0)
	for _, f := range b.report.Failures {
		text := f.Package + " could not be analysed: " + f.Reason
		if f.Pass != "" {
			text = "pass " + f.Pass + " could not finish " + f.Package + ": " + f.Reason
		}
		inv.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(textMessage(text)))
	}
	return inv
}

// rules describes the whole catalogue, so that a viewer knows what was looked for,
// and after it the foreign checks that reported something.
func (b *sarifBuilder) rules() []*sarif.ReportingDescriptor {
	var list []*sarif.ReportingDescriptor
	add := func(d *sarif.ReportingDescriptor) {
		b.index[*d.ID] = len(list)
		list = append(list, d)
	}
	for _, r := range rule.All() {
		add(describe(r))
	}
	foreign := slices.Clone(b.report.Findings)
	slices.SortStableFunc(foreign, func(x, y finding.Finding) int { return cmp.Compare(x.Rule, y.Rule) })
	for _, f := range foreign {
		if _, known := b.index[f.Rule]; known {
			continue
		}
		tool, check, _ := strings.Cut(f.Rule, "/")
		d := sarif.NewRule(f.Rule).WithDescription(fmt.Sprintf("The check %s of %s", check, tool))
		if f.URL != "" {
			d.WithHelpURI(f.URL)
		}
		add(d)
	}
	return list
}

func describe(r *rule.Rule) *sarif.ReportingDescriptor {
	severity := r.Level.String()
	if r.Level == rule.Note {
		severity = "recommendation"
	}
	properties := sarif.NewPropertyBag().Add("precision", "high").Add("problem.severity", severity).
		WithTags([]string{"concurrency", r.Pass})
	config := sarif.NewReportingConfiguration().WithLevel(r.Level.String())
	var help strings.Builder
	// A builder takes every write, so there is no error to look at.
	_ = Explain(&help, r, Style{Width: textColumns})
	return sarif.NewRule(r.ID()).
		WithName(camel(r.Slug)).
		WithDescription(sentence(r.Title)).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(r.What)).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help.String()).WithMarkdown(Markdown(r))).
		WithHelpURI(r.URL()).
		WithDefaultConfiguration(config).
		WithProperties(properties)
}

// camel turns a slug into the name that SARIF wants beside the ID: DoubleLock.
func camel(slug string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(slug, "-") {
		b.WriteString(strings.ToUpper(part[:min(1, len(part))]) + part[min(1, len(part)):])
	}
	return b.String()
}

func (b *sarifBuilder) result(f *finding.Finding) *sarif.Result {
	res := sarif.NewRuleResult(f.Rule).
		WithRuleIndex(b.index[f.Rule]).
		WithLevel(f.Level.String()).
		WithMessage(linkedMessage(f)).
		AddLocation(b.location(f.Pos, f.End))
	res.WithPartialFingerprints(b.fingerprints(f))
	if len(f.Related) > 0 {
		for i, rel := range f.Related {
			res.AddRelatedLocation(b.location(rel.Pos, rel.End).WithID(i + 1).WithMessage(textMessage(oneLine(rel.Message))))
		}
		res.AddCodeFlow(b.flow(f))
	}
	for _, fix := range f.Fixes {
		if change := b.fix(fix); change != nil {
			res.AddFixe(change)
		}
	}
	if f.Suppressed != nil {
		s := sarif.NewSuppression().WithKind("inSource").WithLocation(b.location(f.Suppressed.Pos, f.Suppressed.Pos))
		if f.Suppressed.Reason != "" {
			s.WithJustification(f.Suppressed.Reason)
		}
		res.AddSuppression(s)
	}
	return res
}

func (b *sarifBuilder) fingerprints(f *finding.Finding) map[string]string {
	prints := make(map[string]string)
	if f.Fingerprint != "" {
		prints["asynclint/v1"] = f.Fingerprint
	}
	if h := b.sources.file(f.Pos.File).lineHash(f.Pos.Line); h != "" {
		prints["primaryLocationLineHash"] = h
	}
	return prints
}

// flow is the chain of related positions, in reading order, up to the finding.
func (b *sarifBuilder) flow(f *finding.Finding) *sarif.CodeFlow {
	thread := sarif.NewThreadFlow()
	for _, rel := range f.Related {
		at := b.location(rel.Pos, rel.End).WithMessage(textMessage(oneLine(rel.Message)))
		thread.AddLocation(sarif.NewThreadFlowLocation().WithLocation(at))
	}
	last := b.location(f.Pos, f.End).WithMessage(textMessage(oneLine(message(f))))
	thread.AddLocation(sarif.NewThreadFlowLocation().WithLocation(last).WithImportance("essential"))
	return sarif.NewCodeFlow().AddThreadFlow(thread)
}

func textMessage(text string) *sarif.Message { return sarif.NewMessage().WithText(text) }

var linkText = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// linkedMessage is the finding's message with a link to each related location.
func linkedMessage(f *finding.Finding) *sarif.Message {
	var b strings.Builder
	text := oneLine(message(f))
	if strings.Contains(text, "](") { // would be taken for a link
		text = linkText.Replace(text)
	}
	b.WriteString(text)
	for i, rel := range f.Related {
		fmt.Fprintf(&b, "\n%d. [%s](%d)", i+1, linkText.Replace(oneLine(rel.Message)), i+1)
	}
	return textMessage(b.String())
}
