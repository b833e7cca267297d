package caseload

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// This file is for whoever moves the clock in leaps (the simulated year, the
// conversation in the terminal): what is timed is read and worked in its order,
// without the waits of a program that runs beside a real clock. Nothing that
// serves uses it.

// waitingStates are those of a job that is still to be worked.
var waitingStates = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStateRetryable}

// nextJobs reads the jobs that are in one of the states, the soonest first.
func nextJobs[T any](ctx context.Context, jobs *river.Client[T], most int, states ...rivertype.JobState) ([]*rivertype.JobRow, error) {
	found, err := jobs.JobList(ctx, river.NewJobListParams().States(states...).
		OrderBy(river.JobListOrderByScheduledAt, river.SortOrderAsc).First(most))
	if err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	return found.Jobs, nil
}

// NextJobs returns the jobs that are still to be worked, whenever that is, the
// soonest first.
func (c *Caseload) NextJobs(ctx context.Context, most int) ([]*rivertype.JobRow, error) {
	return c.db.nextJobs(ctx, most, waitingStates...)
}

// AtRest says whether nothing is under way at this moment: no job is due or being
// worked, no message may go or is going.
func (c *Caseload) AtRest(ctx context.Context, now time.Time) (bool, error) {
	jobs, err := c.db.nextJobs(ctx, 1, append([]rivertype.JobState{rivertype.JobStateRunning}, waitingStates...)...)
	if err != nil {
		return false, err
	}
	if len(jobs) > 0 && !jobs[0].ScheduledAt.After(now) {
		return false, nil
	}
	var going int64
	err = single(ctx, c.db.reader(), []any{&going},
		"SELECT COUNT(*) FROM messages WHERE (delivery = 'sending' OR (delivery = 'queued' AND due <= $1)) AND "+unfinished, millis(now))
	if err != nil {
		return false, fmt.Errorf("look for messages under way: %w", err)
	}
	return going == 0, nil
}

// EndJobs takes jobs away that were worked.
func (c *Caseload) EndJobs(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if err := c.db.endJobs(ctx, ids); err != nil {
		return fmt.Errorf("end jobs: %w", err)
	}
	return nil
}

// NextQueued returns the moment at which the next message that waits may go; the
// zero time if none waits.
func (c *Caseload) NextQueued(ctx context.Context) (time.Time, error) {
	var due int64
	err := single(ctx, c.db.reader(), []any{&due}, "SELECT COALESCE(MIN(due), 0) FROM messages WHERE delivery = 'queued' AND "+unfinished)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next message: %w", err)
	}
	return instant(due), nil
}
