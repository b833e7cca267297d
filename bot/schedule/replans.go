package schedule

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// replans plans the reminders of a client anew, once the offsets of their
// specialist were changed.
type replans struct {
	river.WorkerDefaults[store.ReplanArgs]
	*Schedule
}

func (w *replans) Timeout(*river.Job[store.ReplanArgs]) time.Duration { return jobTimeout }

func (w *replans) NextRetry(job *river.Job[store.ReplanArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work has the reminders planned from what holds now: to do it twice does no harm.
func (w *replans) Work(ctx context.Context, job *river.Job[store.ReplanArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventSettings, Client: job.Args.Client, Settings: conversations.Settings{Replan: true},
	}))
}
