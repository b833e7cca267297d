// Package turn takes one event through one person's conversation: load, next,
// render, commit. It is the only way in which a conversation changes.
//
// It holds no lock and keeps no state of its own: two turns of one person are
// told apart by the revision, and the one that comes second loads again. It
// sends nothing; what it committed it hands to the outbox.
package turn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// attempts is how often a turn is tried when others of the same person come
// first. Each conflict means that another turn went through, so that only a
// flood from one phone reaches it; what does is parked for a job.
const attempts = 24

// Config is what a Runner needs. Every field but Offer, Logger and Watch must
// be set.
type Config struct {
	Store *store.Store
	Words *templates.Words
	Rules conversations.Rules
	// Now is the one clock of the program.
	Now func() time.Time
	// NewID makes the id of a message; ids sort by the time they were made.
	NewID func() string
	// Offer is handed what was committed and claimed for this process; it must
	// not block. Waiting says that something was left for the sweep.
	Offer func(sends []store.Send, waiting bool)
	// Logger takes ids and codes only.
	Logger *slog.Logger
	// Watch is told how each turn ended; nil if nobody counts.
	Watch Watch
}

// Watch counts turns. Its methods must be quick and safe for concurrent use.
type Watch interface {
	// Turn is called once for each event: its kind, how it ended ("done",
	// "duplicate", "parked", "error"), and how long it took.
	Turn(kind conversations.EventKind, end string, took time.Duration)
	// Text is called for each text that was taken in, by channel and intent.
	Text(channel conversations.Channel, intent string)
}

// Runner runs turns. It is safe for concurrent use.
type Runner struct{ Config }

// New returns a Runner.
func New(c Config) *Runner {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Offer == nil {
		c.Offer = func([]store.Send, bool) {}
	}
	return &Runner{Config: c}
}

// Run takes one event through its six steps. A nil error means that the event
// is on the caseload, now or already before, and that its provider may be
// answered 2xx. An error means that nothing was stored, so that it has to come
// again.
func (r *Runner) Run(ctx context.Context, event conversations.Event) error {
	// Two clocks: what is said and stored follows the program's clock, which a
	// demo may move; how long it took is measured on the wall.
	began := wall()
	end, err := r.run(ctx, event)
	if r.Watch != nil {
		r.Watch.Turn(event.Kind, end, wall().Sub(began))
	}
	return err
}

func (r *Runner) run(ctx context.Context, event conversations.Event) (string, error) {
	if event.Kind == conversations.EventDelivery {
		return r.delivery(ctx, event)
	}
	now := r.Now()
	if event.At.IsZero() {
		event.At = now
	}
	var inbound conversations.MessageID
	if event.ProviderID != "" {
		inbound = conversations.MessageID(r.NewID())
		if event.Message == "" {
			event.Message = inbound // A question about the text names it.
		}
	}
	var loaded store.Loaded
	for try := range attempts {
		var err error
		loaded, err = r.Store.Load(ctx, event, now)
		switch {
		case errors.Is(err, store.ErrDuplicate):
			return "duplicate", nil
		case err != nil:
			return "error", fmt.Errorf("load for %s: %w", event.Kind, err)
		}
		committed, err := r.step(ctx, loaded, inbound, now)
		var broken *brokenError
		switch {
		case err == nil:
			r.Offer(committed.Claimed, committed.Waiting)
			return "done", nil
		case errors.Is(err, store.ErrDuplicate):
			return "duplicate", nil
		case errors.As(err, &broken):
			return r.park(ctx, event, loaded, inbound, now, broken)
		case !errors.Is(err, store.ErrConflict):
			return "error", fmt.Errorf("commit %s: %w", event.Kind, err)
		}
		if err := wait(ctx, try); err != nil {
			return "error", err
		}
	}
	return r.park(ctx, event, loaded, inbound, now, &brokenError{code: "conflict"})
}

// wait lets the turn that came first finish. Its length is random, so that two
// that met do not meet again.
func wait(ctx context.Context, try int) error {
	t := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 6))))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// step is next, render and commit. A panic in it is a bug of ours: the text
// that brought it to light must survive it.
func (r *Runner) step(ctx context.Context, loaded store.Loaded, inbound conversations.MessageID, now time.Time) (done store.Committed, err error) {
	t, err := r.think(loaded, inbound, now)
	if err != nil {
		return store.Committed{}, err
	}
	done, err = r.Store.Commit(ctx, t)
	if err == nil && r.Watch != nil {
		r.count(loaded.Event, t.Effects)
	}
	return done, err
}

// think is the part of a step that touches nothing outside: next and render.
func (r *Runner) think(loaded store.Loaded, inbound conversations.MessageID, now time.Time) (t store.Turn, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold a person's words; its stack does not.
			r.Logger.Error("a turn broke", "event", loaded.Event.Kind, "client", loaded.Client, "stack", string(debug.Stack()))
			err = &brokenError{code: "panic"}
		}
	}()
	state, effects := conversations.Next(r.Rules, loaded.Facts, loaded.State, loaded.Event, now)
	t = store.Turn{Loaded: loaded, Inbound: inbound, State: state, Effects: effects, Now: now}
	for _, e := range effects {
		say, ok := e.(conversations.Say)
		if !ok {
			continue
		}
		m, err := r.render(say, loaded, now)
		if err != nil {
			return store.Turn{}, &brokenError{code: "render", err: err}
		}
		t.Messages = append(t.Messages, m)
	}
	return t, nil
}

func (r *Runner) count(event conversations.Event, effects []conversations.Effect) {
	for _, e := range effects {
		if u, ok := e.(conversations.Understood); ok {
			r.Watch.Text(event.From.Channel, string(u.Reading.Intent))
		}
	}
}

// brokenError is a turn that cannot be done however often it is tried now: a
// bug, a missing word. Its text holds no personal data.
type brokenError struct {
	code string
	err  error
}

func (e *brokenError) Error() string {
	if e.err != nil {
		return "turn broken: " + e.code + ": " + e.err.Error()
	}
	return "turn broken: " + e.code
}

func (e *brokenError) Unwrap() error { return e.err }

// park keeps what came although its turn failed: a job tries again, and a
// person is shown it.
func (r *Runner) park(ctx context.Context, event conversations.Event, loaded store.Loaded,
	inbound conversations.MessageID, now time.Time, why *brokenError,
) (string, error) {
	r.Logger.Error("turn parked", "event", event.Kind, "client", loaded.Client, "inbound", inbound, "error", why)
	if inbound == "" {
		// Nothing came from outside: whoever sent the event (a job, the API) is
		// told, and tries again.
		return "error", why
	}
	err := r.Store.Park(ctx, loaded.Event, loaded, inbound, why.code, now)
	switch {
	case errors.Is(err, store.ErrDuplicate):
		return "duplicate", nil
	case err != nil:
		return "error", fmt.Errorf("park %s: %w", event.Kind, err)
	}
	return "parked", nil
}

// wall is the machine's own clock, for durations that metrics show.
//
//nolint:forbidigo // How long a turn took is measured on the wall, also while a demo moves the program's clock.
func wall() time.Time { return time.Now() }
