package schedule

import (
	"context"
	"errors"
	"time"

	"alongside/store"

	"github.com/riverqueue/river"
)

// hooks tells another system one thing.
type hooks struct {
	river.WorkerDefaults[store.HookArgs]
	*Schedule
}

func (w *hooks) Timeout(*river.Job[store.HookArgs]) time.Duration { return jobTimeout }

// Work makes one attempt, and puts itself off while it does not arrive.
func (w *hooks) Work(ctx context.Context, job *river.Job[store.HookArgs]) error {
	if w.c.Hook == nil {
		return w.end(job.JobRow, nil) // Nobody is told by this program.
	}
	var again time.Duration
	err := w.guard(job.JobRow, func() (err error) {
		again, err = w.c.Hook(ctx, job.Args.Delivery)
		return err
	})
	switch {
	case err == nil && again == 0:
		return w.end(job.JobRow, nil)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return context.Canceled
	case err != nil:
		w.c.Logger.Warn("a delivery could not be read or recorded; tried again", "delivery", job.Args.Delivery, "error", err)
		again = w.soon(job.JobRow, alertWaits)
	}
	w.c.Worked(job.Kind, "retry")
	return river.JobSnooze(again)
}
