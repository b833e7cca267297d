package store

import (
	"context"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// StuckJobs returns jobs that began before a moment of the program's clock and are
// not ended, at most so many: those of a process that died, and those that are
// worked for that long.
func (s *Store) StuckJobs(ctx context.Context, since time.Time, most int) ([]*rivertype.JobRow, error) {
	return s.caseload.StuckJobs(ctx, since, most)
}

// RescueJobs lets jobs that began before a moment be worked again now; one that has
// used up its attempts is ended. What ended or began anew meanwhile stays as it is.
func (s *Store) RescueJobs(ctx context.Context, jobs []*rivertype.JobRow, since, now time.Time) error {
	return s.caseload.RescueJobs(ctx, jobs, since, now)
}
