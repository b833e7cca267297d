package store

import (
	"context"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// NextJobs returns the jobs that are still to be worked, whenever that is, the
// soonest first. It is for whoever moves the clock in leaps and works them
// without River (schedule.Leap): nothing that serves uses it.
func (s *Store) NextJobs(ctx context.Context, most int) ([]*rivertype.JobRow, error) {
	return s.caseload.NextJobs(ctx, most)
}

// EndJobs takes jobs away that were worked; see NextJobs.
func (s *Store) EndJobs(ctx context.Context, ids []int64) error { return s.caseload.EndJobs(ctx, ids) }

// NextQueued returns the moment at which the next message that waits may go; the
// zero time if none waits.
func (s *Store) NextQueued(ctx context.Context) (time.Time, error) { return s.caseload.NextQueued(ctx) }

// AtRest says whether nothing is under way at this moment of the given clock: no
// job is due or being worked, no message may go or is going. It is for whoever
// waits until everything that a step set off has happened.
func (s *Store) AtRest(ctx context.Context, now time.Time) (bool, error) {
	return s.caseload.AtRest(ctx, now)
}
