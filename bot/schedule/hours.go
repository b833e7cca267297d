package schedule

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/conversations/policy"
	"alongside/store"

	"github.com/riverqueue/river"
)

// hours keeps a client's new hours also for what waited already: who asks for no
// texts before eleven gets none at ten that was decided the day before.
type hours struct {
	river.WorkerDefaults[store.HoursArgs]
	*Schedule
}

func (w *hours) Timeout(*river.Job[store.HoursArgs]) time.Duration { return jobTimeout }

func (w *hours) NextRetry(job *river.Job[store.HoursArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, reminderWaits))
}

// Work moves what would go at a closed hour to the next open one. To do it twice
// does no harm; what grew too late by that says so when its moment comes.
func (w *hours) Work(ctx context.Context, job *river.Job[store.HoursArgs]) error {
	err := w.postpone(ctx, job.Args.Client)
	if err != nil {
		err = w.again(ctx, job.JobRow, err)
	}
	return w.end(job.JobRow, err)
}

func (w *hours) postpone(ctx context.Context, client conversations.ClientID) error {
	waiting, err := w.c.Store.Waiting(ctx, client)
	if err != nil || len(waiting) == 0 {
		return err
	}
	loaded, err := w.c.Store.Load(ctx, conversations.Event{Kind: conversations.EventSettings, Client: client}, w.c.Now())
	if err != nil {
		return fmt.Errorf("load the hours of client %s: %w", client, err)
	}
	for _, m := range waiting {
		due, closes := conversations.Open(w.c.Pathway, loaded.Facts.Client, m.Due)
		if due.IsZero() || !due.After(m.Due) {
			continue
		}
		if err := w.c.Store.Postpone(ctx, m, due, closes, string(policy.QuietHours)); err != nil {
			return err
		}
	}
	return nil
}
