package schedule

import (
	"context"
	"errors"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

const (
	// nudgeMost is to how many clients one job says a nudge: well within its time,
	// so that a stop of the program is never waited for long.
	nudgeMost = 200
	// nudgesAtOnce is how many turns of one nudge run side by side: few, because
	// what clients write meanwhile is answered first.
	nudgesAtOnce = 4
	// nudgeTries is after how many tries of a job a client is left out whose turn
	// fails each time, so that the others do not wait for a fault.
	nudgeTries = 5
	// turnFailed is then the reason.
	turnFailed = string(conversations.FlagTurnFailed)
)

var nudgeWaits = []time.Duration{5 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 10 * time.Minute}

// nudges work off what specialists start: conversations.EventNudge for one client
// after the other. Each turn notes in its own transaction that the nudge was said,
// so that a job may end anywhere and be run again: nobody is left out or told twice.
type nudges struct {
	river.WorkerDefaults[store.NudgeArgs]
	*Schedule
}

func (w *nudges) Timeout(*river.Job[store.NudgeArgs]) time.Duration { return jobTimeout }

func (w *nudges) NextRetry(job *river.Job[store.NudgeArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, nudgeWaits))
}

// Work says the nudge to some of its clients, and leaves the others to a next
// job. The job of a stop tells the conversations what was taken back.
func (w *nudges) Work(ctx context.Context, job *river.Job[store.NudgeArgs]) error {
	n, err := w.c.Store.BeginNudge(ctx, job.Args.Nudge, job.Args.Step)
	switch {
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
		w.c.Worked(job.Kind, "stale")
		return nil
	case err != nil:
		return w.end(job.JobRow, w.again(ctx, job.JobRow, err))
	case n.State == store.NudgeStopped:
		return w.end(job.JobRow, w.takeBack(ctx, job.JobRow, n))
	default:
		return w.end(job.JobRow, w.say(ctx, job.JobRow, n))
	}
}

func (w *nudges) say(ctx context.Context, job *rivertype.JobRow, n store.Nudge) error {
	clients, err := w.c.Store.NudgeDue(ctx, n.ID, "", nudgeMost)
	if err != nil {
		return w.again(ctx, job, err)
	}
	failed := w.each(clients, func(client conversations.ClientID) error {
		return w.run(ctx, job, conversations.Event{Kind: conversations.EventNudge, Client: client, By: n.By, Nudge: n.Nudge})
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if job.Attempt >= nudgeTries {
		for i, client := range clients {
			if failed[i] == nil {
				continue
			}
			if err := w.c.Store.SkipNudge(ctx, n.ID, client, turnFailed); err != nil {
				return w.again(ctx, job, err)
			}
			failed[i] = nil
		}
	}
	if err := errors.Join(failed...); err != nil {
		return codeOf(err)
	}
	if err := w.settle(ctx, n.ID, clients); err != nil {
		return w.again(ctx, job, err)
	}
	if err := w.c.Store.GoOnNudge(ctx, n.ID, n.Step); err != nil {
		return w.again(ctx, job, err)
	}
	return nil
}

// settle leaves those out whose turns ended well and said nothing of the nudge:
// their conversations have heard it before.
func (w *nudges) settle(ctx context.Context, id conversations.NudgeID, clients []conversations.ClientID) error {
	left, err := w.c.Store.NudgeDue(ctx, id, "", len(clients))
	if err != nil || len(clients) == 0 {
		return err
	}
	last := clients[len(clients)-1]
	for _, client := range left {
		if client > last {
			break
		}
		if err := w.c.Store.SkipNudge(ctx, id, client, "said_before"); err != nil {
			return err
		}
	}
	return nil
}

// takeBack tells the conversations of those to whom a stopped nudge never went.
func (w *nudges) takeBack(ctx context.Context, job *rivertype.JobRow, n store.Nudge) error {
	for {
		list, err := w.c.Store.NudgeTakenBack(ctx, n.ID, nudgeMost)
		if err != nil {
			return w.again(ctx, job, err)
		}
		for _, t := range list {
			err := w.run(ctx, job, conversations.Event{
				Kind: conversations.EventDropped, Client: t.Client, Channel: t.Channel, Message: t.Message,
				Urgency: conversations.Prompt, Reason: conversations.NudgeStopped, Nudge: conversations.Nudge{ID: n.ID},
			})
			if err != nil {
				return err
			}
			if err := w.c.Store.ToldTakenBack(ctx, n.ID, t.Client); err != nil {
				return w.again(ctx, job, err)
			}
		}
		if len(list) < nudgeMost {
			return nil
		}
	}
}

// each runs a few at a time, and returns what went wrong with each.
func (w *nudges) each(clients []conversations.ClientID, do func(conversations.ClientID) error) []error {
	failed := make([]error, len(clients))
	free := make(chan struct{}, nudgesAtOnce)
	var all sync.WaitGroup
	for i, client := range clients {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			failed[i] = do(client)
		})
	}
	all.Wait()
	return failed
}
