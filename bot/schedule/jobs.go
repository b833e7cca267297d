package schedule

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// jobTimeout bounds one run of a job. A turn takes milliseconds; what takes
// longer waits for a database that is away.
const jobTimeout = 30 * time.Second

// The waits before a job is tried again, by what it is; the last repeats. They
// are written out because each was chosen: a reminder has a moment that it must
// not miss, a turn that failed may wait for a mended program.
var (
	reminderWaits = []time.Duration{
		2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	}
	timeoutWaits = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
	turnWaits    = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
)

// waitAfter returns the wait after this many tries (1 is the first).
func waitAfter(tries int, waits []time.Duration) time.Duration {
	return waits[min(max(tries, 1), len(waits))-1]
}

// codeError is what is stored of an error: one word of a closed list.
type codeError string

// The codes.
const (
	errTimeout  codeError = "timeout"        // the turn did not end in its time
	errStopped  codeError = "stopped"        // the process is ending
	errConflict codeError = "conflict"       // others of the same person came first, again and again
	errPanic    codeError = "panic"          // a bug
	errTurn     codeError = "turn_not_taken" // anything else; the log has it
	errParked   codeError = "still_parked"   // the turn failed again and was kept again
	errRow      codeError = "row_not_read"   // the parked text could not be read
	errTooLate  codeError = "too_late"       // the next try would come after the appointment
)

func (c codeError) Error() string { return string(c) }

// codeOf names an error without its words.
func codeOf(err error) codeError {
	var c codeError
	switch {
	case errors.As(err, &c):
		return c
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout
	case errors.Is(err, context.Canceled):
		return errStopped
	case errors.Is(err, store.ErrConflict):
		return errConflict
	default:
		return errTurn
	}
}

// run brings an event to its conversation. What it returns may be stored: a
// code, or the interruption that River gives a job back for.
func (s *Schedule) run(ctx context.Context, job *rivertype.JobRow, ev conversations.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold a person's words; its stack does not.
			s.c.Logger.Error("a job panicked", "kind", job.Kind, "job_id", job.ID, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	err = s.c.Event(ctx, ev)
	if err == nil || errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return s.again(ctx, job, err)
}

// again logs why a job is tried again, and gives what may be stored of it.
func (s *Schedule) again(ctx context.Context, job *rivertype.JobRow, err error) error {
	s.c.Logger.Warn("a job is tried again", "kind", job.Kind, "job_id", job.ID, "attempt", job.Attempt, "error", err)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return context.Canceled
	}
	return codeOf(err)
}

// end counts how a run ended, and passes its error on.
func (s *Schedule) end(job *rivertype.JobRow, err error) error {
	switch {
	case err == nil:
		s.c.Worked(job.Kind, "done")
	case job.Attempt >= job.MaxAttempts:
		s.c.Logger.Error("a job was given up", "kind", job.Kind, "job_id", job.ID, "code", string(codeOf(err)))
		s.c.Worked(job.Kind, "given_up")
	default:
		s.c.Worked(job.Kind, "retry")
	}
	return err
}

// reminders runs conversations.EventReminder.
type reminders struct {
	river.WorkerDefaults[store.ReminderArgs]
	*Schedule
}

func (w *reminders) Timeout(*river.Job[store.ReminderArgs]) time.Duration { return jobTimeout }

func (w *reminders) NextRetry(job *river.Job[store.ReminderArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, reminderWaits))
}

// Work runs the reminder, also when it comes too late: that it was not sent is
// for the turn to record. It is not tried again after the appointment began.
func (w *reminders) Work(ctx context.Context, job *river.Job[store.ReminderArgs]) error {
	stands := time.UnixMilli(job.Args.StandsMs).UTC()
	err := w.run(ctx, job.JobRow, conversations.Event{
		Kind: conversations.EventReminder, Client: job.Args.Client,
		Appointment: conversations.Appointment{ID: job.Args.Appointment, At: stands},
		Before:      job.Args.Before,
	})
	if err != nil && !errors.Is(err, context.Canceled) && !w.NextRetry(job).Before(stands) {
		w.c.Logger.Error("a reminder was given up", "job_id", job.ID, "appointment_id", string(job.Args.Appointment),
			"code", string(codeOf(err)))
		w.c.Worked(job.Kind, "given_up")
		return river.JobCancel(errTooLate)
	}
	return w.end(job.JobRow, err)
}

// turnRetries runs a parked event again.
type turnRetries struct {
	river.WorkerDefaults[store.RetryTurnArgs]
	*Schedule
}

func (w *turnRetries) Timeout(*river.Job[store.RetryTurnArgs]) time.Duration { return jobTimeout }

func (w *turnRetries) NextRetry(job *river.Job[store.RetryTurnArgs]) time.Time {
	return w.c.Now().Add(waitAfter(job.Attempt, turnWaits))
}

// Work runs the event of the parked row. The turn may keep it once more and
// call that a success, so the row is asked whether it is handled now.
func (w *turnRetries) Work(ctx context.Context, job *river.Job[store.RetryTurnArgs]) error {
	ev, err := w.parked(ctx, job)
	if handled(err) {
		w.c.Worked(job.Kind, "stale")
		return nil
	}
	if err == nil {
		err = w.run(ctx, job.JobRow, ev)
	}
	if err == nil {
		if _, err = w.parked(ctx, job); err == nil {
			err = errParked
		} else if handled(err) {
			err = nil
		}
	}
	return w.end(job.JobRow, err)
}

// handled says that a row is not parked any more, or gone.
func handled(err error) bool {
	return errors.Is(err, store.ErrDuplicate) || errors.Is(err, store.ErrNotFound)
}

// parked reads the event of a parked row.
func (w *turnRetries) parked(ctx context.Context, job *river.Job[store.RetryTurnArgs]) (conversations.Event, error) {
	ev, _, err := w.c.Store.Parked(ctx, job.Args.Message)
	switch {
	case err == nil, handled(err):
		return ev, err
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return ev, context.Canceled
	default:
		w.c.Logger.Warn("a parked text was not read", "job_id", job.ID, "message_id", string(job.Args.Message), "error", err)
		return ev, errRow
	}
}
