package harness

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/job"
)

// confirmTimeout bounds the replay of one finding in a fresh process.
const confirmTimeout = time.Minute

// Explore runs the job and replays each finding in a fresh process: what a
// process that has run many schedules found may be owed to what they left
// behind in package variables. If schedules do influence each other in this
// way, each runs in a process of its own.
func (p *Program) Explore(ctx context.Context, j job.Job, progress func(job.Progress)) (*explore.Report, error) {
	report, err := p.Run(ctx, j, progress)
	if err != nil {
		return report, err
	}
	if slices.ContainsFunc(report.Found, isNondeterminism) {
		return p.isolated(ctx, j, report, progress)
	}
	for _, f := range report.Found {
		again, err := p.replay(ctx, j, f.Trace)
		if j.HandBack && f.Kind == explore.Leak && err == nil && again.Limited > 0 {
			continue // the leak profile gave this verdict, at the end of a replay
		}
		f.Confirmed = err == nil && find(again, f.Key) != nil
	}
	return report, nil
}

func isNondeterminism(f *explore.Found) bool { return f.Kind == explore.Nondeterminism }

// replay follows a trace in a fresh process.
func (p *Program) replay(ctx context.Context, j job.Job, trace string) (*explore.Report, error) {
	j.Replay, j.MaxTime = trace, confirmTimeout
	return p.Run(ctx, j, nil)
}

func find(r *explore.Report, key explore.Key) *explore.Found {
	for _, f := range r.Found {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// Isolated schedules cost a process each, so there are fewer of them, and only
// strategies take part that remember nothing from run to run.
var isolatedStrategies = []string{"random", "pct3", "pos", "sticky"}

const isolatedSchedules = 200

// isolated explores with a process for each schedule. A finding counts if its
// trace shows it again in another process; one that does not, with nothing left
// behind by earlier schedules, is owed to something that is not controlled.
func (p *Program) isolated(ctx context.Context, j job.Job, shared *explore.Report, progress func(job.Progress)) (*explore.Report, error) {
	start := time.Now()
	r := &explore.Report{
		Name: shared.Name, Strategy: "isolated", Uncontrolled: append(shared.Uncontrolled,
			"something outlives a schedule, such as package variables: each schedule ran in a process of its own"),
	}
	for n := range min(j.Schedules, isolatedSchedules) {
		if j.MaxTime > 0 && time.Since(start) > j.MaxTime || j.StopAtFirst && len(r.Found) > 0 {
			break
		}
		one := j
		one.Schedules, one.Minimize, one.HandBack = 1, false, false
		one.Strategy = isolatedStrategies[n%len(isolatedStrategies)]
		one.Seed = j.Seed + uint64(n)
		got, err := p.Run(ctx, one, nil)
		if err != nil {
			return r, err
		}
		if err := p.merge(ctx, r, got, one); err != nil {
			return r, err
		}
		r.Elapsed = time.Since(start)
		if progress != nil {
			progress(job.Progress{Schedules: r.Schedules, Steps: r.Steps, Findings: len(r.Found), Elapsed: r.Elapsed})
		}
	}
	return r, nil
}

// merge books one isolated schedule.
func (p *Program) merge(ctx context.Context, r, got *explore.Report, j job.Job) error {
	r.Schedules++
	r.Steps += got.Steps
	r.Limited += got.Limited
	failing := false
	for _, f := range got.Found {
		if isNondeterminism(f) {
			continue // of the second execution in the same process
		}
		failing = true
		if old := find(r, f.Key); old != nil {
			old.Count++
			continue
		}
		again, err := p.replay(ctx, j, f.Trace)
		if again == nil {
			return fmt.Errorf("replaying a finding: %w", err)
		}
		witness := find(again, f.Key)
		if witness == nil {
			f.Detail = "a replay in a fresh process went differently: " + f.Detail
			witness = f
		} else {
			witness.Confirmed, witness.Trace = true, f.Trace
		}
		witness.Schedule, witness.Strategy, witness.Count = r.Schedules, j.Strategy, 1
		r.Found = append(r.Found, witness)
	}
	if failing {
		r.Failing++
	}
	return nil
}
