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
