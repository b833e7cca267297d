package schedule

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// holds runs conversations.EventHoldDue.
type holds struct {
	river.WorkerDefaults[store.RecallArgs]
	*Schedule
}

func (w *holds) Timeout(*river.Job[store.RecallArgs]) time.Duration { return jobTimeout }

func (w *holds) NextRetry(job *river.Job[store.RecallArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work brings the hold back. Whether it still stands is for the turn to know.
func (w *holds) Work(ctx context.Context, job *river.Job[store.RecallArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{Kind: conversations.EventHoldDue, Client: job.Args.Client}))
}
