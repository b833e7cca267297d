package schedule

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// silence runs conversations.EventSilence.
type silence struct {
	river.WorkerDefaults[store.SilenceArgs]
	*Schedule
}

func (w *silence) Timeout(*river.Job[store.SilenceArgs]) time.Duration { return jobTimeout }

func (w *silence) NextRetry(job *river.Job[store.SilenceArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work says that it is time. Whether the client has written since is for the turn
// to know.
func (w *silence) Work(ctx context.Context, job *river.Job[store.SilenceArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventSilence, Client: job.Args.Client, Due: moment(job.Args.DueMs),
	}))
}
