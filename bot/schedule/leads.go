package schedule

import (
	"context"
	"errors"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// leadClosings runs conversations.EventLeadChanged for everybody to whom a lead
// was offered that closes soon.
type leadClosings struct {
	river.WorkerDefaults[store.LeadClosingArgs]
	*Schedule
}

func (w *leadClosings) Timeout(*river.Job[store.LeadClosingArgs]) time.Duration {
	return closingTimeout
}

func (w *leadClosings) NextRetry(job *river.Job[store.LeadClosingArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// closingTimeout bounds one run: a lead may have been offered to hundreds.
const closingTimeout = 5 * time.Minute

// Work tells each conversation. A lead that is filled, or closes at another
// moment by now, is told of by nobody; who was told before is not told twice,
// because the conversation knows it.
func (w *leadClosings) Work(ctx context.Context, job *river.Job[store.LeadClosingArgs]) error {
	closes := time.UnixMilli(job.Args.ClosesMs)
	l, err := w.c.Store.Lead(ctx, job.Args.Lead)
	if errors.Is(err, store.ErrNotFound) || err == nil && (l.Filled || !l.Closes.Equal(closes) || !closes.After(w.c.Now())) {
		w.c.Worked(job.Kind, "stale")
		return nil
	}
	page := store.Page{Limit: offersOnAPage}
	for next := "-"; err == nil && next != ""; page.After = next {
		var offers []store.Offer
		if offers, next, err = w.c.Store.OffersOfLead(ctx, job.Args.Lead, page); err != nil {
			break
		}
		for _, o := range offers {
			o.Lead = l.Lead
			if err = w.run(ctx, job.JobRow, conversations.Event{Kind: conversations.EventLeadChanged, Client: o.Client, Offer: o.Offer}); err != nil {
				return w.end(job.JobRow, err)
			}
		}
	}
	if err != nil {
		w.c.Logger.Warn("a lead was not read", "job_id", job.ID, "lead_id", string(job.Args.Lead), "error", err)
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return w.end(job.JobRow, context.Canceled)
		}
		return w.end(job.JobRow, errRow)
	}
	return w.end(job.JobRow, nil)
}

// offersOnAPage is how many offers are read at once.
const offersOnAPage = 200
