package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// noon is a moment; nothing in these tests depends on which.
var noon = time.Date(2026, time.November, 19, 12, 0, 0, 0, time.UTC)

// turns takes events, and answers as it is told.
type turns struct {
	mu     sync.Mutex
	got    []conversations.Event
	answer func(try int) error
}

func (r *turns) event(_ context.Context, ev conversations.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, ev)
	if r.answer == nil {
		return nil
	}
	return r.answer(len(r.got) - 1)
}

func (r *turns) events() []conversations.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]conversations.Event(nil), r.got...)
}

func on(r *turns) *Schedule {
	return New(Config{Event: r.event, Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler)})
}

func jobOf[T river.JobArgs](args T, attempt int) *river.Job[T] {
	return &river.Job[T]{JobRow: &rivertype.JobRow{ID: 1, Kind: args.Kind(), Attempt: attempt, MaxAttempts: 25}, Args: args}
}

func TestEventsOfJobs(t *testing.T) {
	t.Parallel()
	r := &turns{}
	s := on(r)
	at := noon.Add(24 * time.Hour)
	reminder := jobOf(store.ReminderArgs{Client: "john", Appointment: "a1", StandsMs: at.UnixMilli(), Before: 1440}, 1)
	if err := (&reminders{Schedule: s}).Work(t.Context(), reminder); err != nil {
		t.Error(err)
	}
	timeout := jobOf(store.TimeoutArgs{Client: "john", Question: "q7", Revision: 12}, 1)
	if err := s.timeouts().Work(t.Context(), timeout); err != nil {
		t.Error(err)
	}
	want := []conversations.Event{
		{
			Kind: conversations.EventReminder, Client: "john", Before: 1440,
			Appointment: conversations.Appointment{ID: "a1", At: at},
		},
		{Kind: conversations.EventTimeout, Client: "john", Question: "q7"},
	}
	if diff := cmp.Diff(want, r.events()); diff != "" {
		t.Error(diff)
	}
}

// What River stores of an error is a code, whatever the error said.
func TestErrorsAreCodes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer func(int) error
		want   string
	}{
		"done":           {nil, ""},
		"done_before":    {func(int) error { return fmt.Errorf("commit: %w", store.ErrDuplicate) }, ""},
		"conflict":       {func(int) error { return fmt.Errorf("commit: %w", store.ErrConflict) }, "conflict"},
		"too_slow":       {func(int) error { return fmt.Errorf("load: %w", context.DeadlineExceeded) }, "timeout"},
		"somebodys_text": {func(int) error { return errors.New("John wrote from 07700 900123") }, "turn_not_taken"},
		"panic":          {func(int) error { panic("John wrote from 07700 900123") }, "panic"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := on(&turns{answer: tt.answer}).timeouts()
			got := ""
			if err := w.Work(t.Context(), jobOf(store.TimeoutArgs{Client: "john", Question: "q1"}, 1)); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("the error is %q, want %q", got, tt.want)
			}
		})
	}
}

// An interruption by the end of the process is passed on as what it is: River
// then gives the job back instead of counting a failure.
func TestInterruptionIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &reminders{Schedule: on(&turns{answer: func(int) error { return fmt.Errorf("load: %w", context.Canceled) }})}
	err := w.Work(ctx, jobOf(store.ReminderArgs{StandsMs: noon.UnixMilli()}, 1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestRemindersAreNotTriedAfterTheAppointment(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		left    time.Duration
		attempt int
		cancel  bool
	}{
		"time_for_another_try":   {time.Hour, 1, false},
		"next_try_is_too_late":   {2 * time.Second, 1, true},
		"late_tries_are_further": {4 * time.Minute, 7, true},
		"appointment_has_begun":  {-time.Minute, 1, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &turns{answer: func(int) error { return errors.New("the database is away") }}
			w := &reminders{Schedule: on(r)}
			err := w.Work(t.Context(), jobOf(store.ReminderArgs{StandsMs: noon.Add(tt.left).UnixMilli()}, tt.attempt))
			var cancel *river.JobCancelError
			if got := errors.As(err, &cancel); got != tt.cancel {
				t.Errorf("given up: %v (%v), want %v", got, err, tt.cancel)
			}
			if n := len(r.events()); n != 1 {
				t.Errorf("%d events, want one also when it is late", n)
			}
		})
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]time.Duration{
		"turns":     {5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, time.Hour},
		"reminders": {2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := on(&turns{})
			for i, wait := range want {
				var at time.Time
				switch name {
				case "turns":
					at = (&turnRetries{Schedule: s}).NextRetry(jobOf(store.RetryTurnArgs{}, i+1))
				case "reminders":
					at = (&reminders{Schedule: s}).NextRetry(jobOf(store.ReminderArgs{}, i+1))
				}
				if got := at.Sub(noon); got != wait {
					t.Errorf("wait %d is %v, want %v", i+1, got, wait)
				}
			}
		})
	}
}
