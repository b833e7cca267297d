package caseload

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// This file is for whoever moves the clock in leaps (the simulated year): what
// is timed is read and worked in its order, without the waits of a program that
// runs beside a real clock. Nothing that serves uses it.

// waitingStates are those of a job that is still to be worked.
var waitingStates = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStateRetryable}

// nextJobs reads the jobs that are still to be worked, the soonest first.
func nextJobs[T any](ctx context.Context, jobs *river.Client[T], most int) ([]*rivertype.JobRow, error) {
	found, err := jobs.JobList(ctx, river.NewJobListParams().States(waitingStates...).
		OrderBy(river.JobListOrderByScheduledAt, river.SortOrderAsc).First(most))
	if err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	return found.Jobs, nil
}

// NextJobs returns the jobs that are still to be worked, whenever that is, the
// soonest first.
func (c *Caseload) NextJobs(ctx context.Context, most int) ([]*rivertype.JobRow, error) {
	return c.db.nextJobs(ctx, most)
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
	err := single(ctx, c.db.reader(), []any{&due}, "SELECT COALESCE(MIN(due), 0) FROM messages WHERE delivery = 'queued'")
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next message: %w", err)
	}
	return instant(due), nil
}
