// Package schedule is what happens at a time: it turns the jobs that fall due
// into events and runs them through their conversations.
//
// It also tells the team of alerts, on their own phones and by e-mail, because
// that runs by the clock until somebody has said that they are on it.
//
// It decides nothing: conversations.Escalate says who is told. A job says what was
// expected when it was set; whether that still holds is decided in
// conversations.Next, so that a job may run twice, late, or after everything has
// changed. What it stores about an error is a code: the job table holds ids and
// nothing of a person.
package schedule

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Config says what a Schedule works with. Store, Event, Now and Logger must
// be set.
type Config struct {
	Store *store.Store
	// Event runs an event through its conversation (turn.Run). An error means
	// that nothing was stored, and the job is tried again.
	Event func(context.Context, conversations.Event) error
	// Now is the program's clock, which a demo may move forward: the one that
	// the store was opened with.
	Now func() time.Time
	// Pathway names who is on duty and who leads, and says how long an alert may
	// go unacknowledged.
	Pathway conversations.Pathway
	// Phones and Mail reach the team; nil where there is no such way. PageText
	// must be set where there is one.
	Phones   Phones
	Mail     Mail
	PageText PageText
	// Hook makes one attempt to tell another system something
	// (hooks.Sender.Deliver), and says how long to wait for the next. Nil: nobody is
	// told.
	Hook func(ctx context.Context, delivery string) (again time.Duration, err error)
	// Logger is given ids and codes only.
	Logger *slog.Logger
	// Paged is told how each attempt at a page ended: its way ("sms", "email")
	// and the delivery. Nil if nobody counts.
	Paged func(via, delivery string)
	// Worked is told how each run of a job ended: its kind, and "done",
	// "stale", "retry" or "given_up". Nil if nobody counts.
	Worked func(kind, end string)
}

// Schedule runs the jobs of one process.
type Schedule struct {
	c    Config
	stop func(context.Context) error
	// sending are the pages on their way.
	sending underWay
}

// New returns a Schedule that works from Start on.
func New(c Config) *Schedule {
	if c.Worked == nil {
		c.Worked = func(string, string) {}
	}
	if c.Paged == nil {
		c.Paged = func(string, string) {}
	}
	return &Schedule{c: c}
}

// Start begins to work jobs and returns once that is under way. The context
// bounds the start alone: the work goes on until Stop.
func (s *Schedule) Start(ctx context.Context) error {
	if s.stop != nil {
		return errors.New("this schedule was started before")
	}
	// The end of this context would end the work without a graceful stop.
	stop, err := s.c.Store.StartJobs(context.WithoutCancel(ctx), store.JobConfig{Workers: s.register().workers, Logger: s.c.Logger})
	if err != nil {
		return err
	}
	sweeping, end := context.WithCancel(context.WithoutCancel(ctx))
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		s.sweep(sweeping)
	}()
	s.stop = func(ctx context.Context) error {
		end()
		<-swept
		return stop(ctx)
	}
	return nil
}

// Stop takes no more jobs and waits for those under way until ctx ends; these
// are then given back and run again elsewhere. It does nothing before Start.
func (s *Schedule) Stop(ctx context.Context) error {
	if s.stop == nil {
		return nil
	}
	return s.stop(ctx)
}

// register lists every kind of job with its worker: for River, and for who
// works them in leaps.
func (s *Schedule) register() *kinds {
	k := &kinds{
		workers: river.NewWorkers(), work: map[string]func(context.Context, *rivertype.JobRow) error{}, patience: map[string]time.Duration{},
	}
	add(k, &reminders{Schedule: s})
	add(k, s.timeouts())
	add(k, &turnRetries{Schedule: s})
	add(k, &alerts{Schedule: s})
	add(k, &pages{Schedule: s})
	add(k, s.holds())
	add(k, s.checkIns())
	add(k, s.tasks())
	add(k, s.feedback())
	add(k, s.replans())
	add(k, &hours{Schedule: s})
	add(k, &leadClosings{Schedule: s})
	add(k, &nudges{Schedule: s})
	add(k, s.silence())
	add(k, &hooks{Schedule: s})
	return k
}
