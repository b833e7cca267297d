package schedule

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// dues works the jobs that are nothing but an event at its moment. Each carries
// the ids, and the moment, that it was set for; whether that still is the moment
// is for the turn to know, also where the job comes too late, and the turn that
// takes it sets the next.
type dues[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	*Schedule
	event func(T) conversations.Event
}

func (w *dues[T]) Timeout(*river.Job[T]) time.Duration { return jobTimeout }

func (w *dues[T]) NextRetry(job *river.Job[T]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, timeoutWaits))
}

// Work brings the event to its conversation.
func (w *dues[T]) Work(ctx context.Context, job *river.Job[T]) error {
	return w.end(job.JobRow, w.run(ctx, job.JobRow, w.event(job.Args)))
}

// timeouts says that a question had no answer in its time. One that was answered
// meanwhile is known by its id, which never repeats.
func (s *Schedule) timeouts() *dues[store.TimeoutArgs] {
	return &dues[store.TimeoutArgs]{Schedule: s, event: func(a store.TimeoutArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventTimeout, Client: a.Client, Question: a.Question}
	}}
}

// holds brings a hold back to the list. Whether it still stands is for the turn to know.
func (s *Schedule) holds() *dues[store.RecallArgs] {
	return &dues[store.RecallArgs]{Schedule: s, event: func(a store.RecallArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventHoldDue, Client: a.Client}
	}}
}

// silence says that nothing came from a client for long. Whether they have written
// since is for the turn to know.
func (s *Schedule) silence() *dues[store.SilenceArgs] {
	return &dues[store.SilenceArgs]{Schedule: s, event: func(a store.SilenceArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventSilence, Client: a.Client, Due: moment(a.DueMs)}
	}}
}

// checkIns asks a check-in.
func (s *Schedule) checkIns() *dues[store.CheckInArgs] {
	return &dues[store.CheckInArgs]{Schedule: s, event: func(a store.CheckInArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventCheckIn, Client: a.Client, CheckIn: a.CheckIn, Due: moment(a.DueMs)}
	}}
}

// tasks asks after a task.
func (s *Schedule) tasks() *dues[store.TaskArgs] {
	return &dues[store.TaskArgs]{Schedule: s, event: func(a store.TaskArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventTask, Client: a.Client, Task: a.Task, Due: moment(a.DueMs)}
	}}
}

// feedback asks what a client thinks of the service.
func (s *Schedule) feedback() *dues[store.FeedbackArgs] {
	return &dues[store.FeedbackArgs]{Schedule: s, event: func(a store.FeedbackArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventFeedback, Client: a.Client, Due: moment(a.DueMs)}
	}}
}

// replans plans the reminders of a client anew from what holds now, once the
// offsets of their specialist were changed: to do it twice does no harm.
func (s *Schedule) replans() *dues[store.ReplanArgs] {
	return &dues[store.ReplanArgs]{Schedule: s, event: func(a store.ReplanArgs) conversations.Event {
		return conversations.Event{Kind: conversations.EventSettings, Client: a.Client, Settings: conversations.Settings{Replan: true}}
	}}
}

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
