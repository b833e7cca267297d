package schedule

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// What is asked by the clock. Each job carries the moment that it was set for;
// whether that still is the moment is for the turn to know, and the turn that
// takes it sets the next.

// checkIns runs conversations.EventCheckIn.
type checkIns struct {
	river.WorkerDefaults[store.CheckInArgs]
	*Schedule
}

func (w *checkIns) Timeout(*river.Job[store.CheckInArgs]) time.Duration { return jobTimeout }

func (w *checkIns) NextRetry(job *river.Job[store.CheckInArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work asks a check-in, also where the job comes too late: that it was not asked
// on its day is for the turn to record.
func (w *checkIns) Work(ctx context.Context, job *river.Job[store.CheckInArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventCheckIn, Client: job.Args.Client, CheckIn: job.Args.CheckIn, Due: moment(job.Args.DueMs),
	}))
}

// tasks runs conversations.EventTask.
type tasks struct {
	river.WorkerDefaults[store.TaskArgs]
	*Schedule
}

func (w *tasks) Timeout(*river.Job[store.TaskArgs]) time.Duration { return jobTimeout }

func (w *tasks) NextRetry(job *river.Job[store.TaskArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work asks after a task.
func (w *tasks) Work(ctx context.Context, job *river.Job[store.TaskArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventTask, Client: job.Args.Client, Task: job.Args.Task, Due: moment(job.Args.DueMs),
	}))
}

// feedback runs conversations.EventFeedback.
type feedback struct {
	river.WorkerDefaults[store.FeedbackArgs]
	*Schedule
}

func (w *feedback) Timeout(*river.Job[store.FeedbackArgs]) time.Duration { return jobTimeout }

func (w *feedback) NextRetry(job *river.Job[store.FeedbackArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work asks what a client thinks of the service.
func (w *feedback) Work(ctx context.Context, job *river.Job[store.FeedbackArgs]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventFeedback, Client: job.Args.Client, Due: moment(job.Args.DueMs),
	}))
}

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
