package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// kinds are the workers of every kind of job, in River's hands and by name.
type kinds struct {
	workers *river.Workers
	work    map[string]func(context.Context, *rivertype.JobRow) error
	// patience is how long one run of a kind may take.
	patience map[string]time.Duration
}

// add puts a worker among the kinds.
func add[T river.JobArgs](k *kinds, w river.Worker[T]) {
	river.AddWorker(k.workers, w)
	var zero T
	k.patience[zero.Kind()] = w.Timeout(&river.Job[T]{JobRow: &rivertype.JobRow{}})
	k.work[zero.Kind()] = func(ctx context.Context, row *rivertype.JobRow) error {
		job := &river.Job[T]{JobRow: row}
		if err := json.Unmarshal(row.EncodedArgs, &job.Args); err != nil {
			return fmt.Errorf("read job %d: %w", row.ID, err)
		}
		return w.Work(ctx, job)
	}
}

const (
	// leapMost is how many jobs are looked at at a time, leapAtOnce how many of
	// the same moment are worked side by side.
	leapMost, leapAtOnce = 64, 16
)

// Leap works every job that is due at this moment of the program's clock, and
// those that fall due by it. It says how many there were, and when the next one
// falls due; the zero time if none is left. It takes the place of Start for
// whoever moves the clock in leaps (the simulated year): a job that asks to run
// again later would have to wait for a real clock, so that any that fails ends
// it with its error.
func (s *Schedule) Leap(ctx context.Context) (worked int, next time.Time, err error) {
	k := s.register()
	for {
		first, err := s.c.Store.NextJobs(ctx, 1) // Most moments have none.
		if err != nil || len(first) == 0 {
			return worked, time.Time{}, err
		}
		if first[0].ScheduledAt.After(s.c.Now()) {
			return worked, first[0].ScheduledAt.UTC(), nil
		}
		list, err := s.c.Store.NextJobs(ctx, leapMost)
		if err != nil {
			return worked, time.Time{}, err
		}
		done, err := s.leap(ctx, k, list)
		if err != nil {
			return worked, time.Time{}, err
		}
		if err := s.c.Store.EndJobs(ctx, done); err != nil {
			return worked, time.Time{}, err
		}
		worked += len(done)
	}
}

// leap works those of the list that are due, side by side.
func (s *Schedule) leap(ctx context.Context, k *kinds, list []*rivertype.JobRow) (done []int64, err error) {
	now := s.c.Now()
	var all sync.WaitGroup
	free := make(chan struct{}, leapAtOnce)
	faults := make([]error, len(list))
	for i, row := range list {
		if row.ScheduledAt.After(now) {
			break
		}
		work, known := k.work[row.Kind]
		if !known {
			faults[i] = fmt.Errorf("nobody works jobs of the kind %q", row.Kind)
			break
		}
		done = append(done, row.ID)
		row.Attempt++
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			// A page to the team that did not get through would be put off.
			var later *river.JobSnoozeError
			if err := work(ctx, row); err != nil && !errors.As(err, &later) {
				faults[i] = fmt.Errorf("job of the kind %s: %w", row.Kind, err)
			}
		})
	}
	all.Wait()
	return done, errors.Join(faults...)
}
