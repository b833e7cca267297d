package caseload

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// River takes up the jobs of a process that died by itself, but by the machine's
// clock, while it stamps their beginning with the one that it was given (v0.47):
// where a program's clock runs ahead, it would never find them. So the schedule
// looks for them by its own clock.

// StuckJobs returns jobs that began before a moment and are not ended, at most so
// many, the oldest id first.
func (c *Caseload) StuckJobs(ctx context.Context, since time.Time, most int) ([]*rivertype.JobRow, error) {
	list, err := c.db.jobRows().JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: most, StuckHorizon: since})
	if err != nil {
		return nil, fmt.Errorf("look for jobs that nobody works: %w", err)
	}
	return list, nil
}

// RescueJobs lets jobs that began before a moment be worked again now; one that has
// used up its attempts is ended. What ended or began anew meanwhile stays as it is.
func (c *Caseload) RescueJobs(ctx context.Context, jobs []*rivertype.JobRow, since, now time.Time) error {
	if len(jobs) == 0 {
		return nil
	}
	p := riverdriver.JobRescueManyParams{StuckHorizon: since}
	for _, j := range jobs {
		why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: max(j.Attempt, 0), Error: "nobody works it any more"})
		if err != nil {
			return fmt.Errorf("write why job %d is rescued: %w", j.ID, err)
		}
		state, ended := rivertype.JobStateRetryable, (*time.Time)(nil)
		if j.Attempt >= j.MaxAttempts {
			state, ended = rivertype.JobStateDiscarded, &now
		}
		p.ID, p.Error = append(p.ID, j.ID), append(p.Error, why)
		p.State, p.FinalizedAt, p.ScheduledAt = append(p.State, string(state)), append(p.FinalizedAt, ended), append(p.ScheduledAt, now)
	}
	if _, err := c.db.jobRows().JobRescueMany(ctx, &p); err != nil {
		return fmt.Errorf("rescue %d jobs: %w", len(jobs), err)
	}
	return nil
}
