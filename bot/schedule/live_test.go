package schedule

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// hands is a clock that runs, and that a test can move forward.
type hands struct {
	mu      sync.Mutex
	forward time.Duration
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.forward)
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forward += d
}

// withJohn opens a store that goes by a clock, with one client.
func withJohn(t *testing.T, db storetest.DB, clock *hands) (*store.Store, conversations.ClientID) {
	t.Helper()
	keys, err := seal.Parse(seal.New())
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Config{
		DatabaseURL: db.URL, Keys: keys, Owner: "a", Now: clock.now, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	sam, err := st.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam", Phone: "+447700900999", Email: "sam@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	john, err := st.AddClient(t.Context(), store.NewClient{
		Specialist: sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London", Mobile: "+447700900001",
	})
	if err != nil {
		t.Fatal(err)
	}
	return st, john
}

// The jobs of a turn run on every real database: one that is due at once, one
// that is due when the clock has been moved, and a parked text whose turn fails
// once more before it goes through.
func TestJobsRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		clock := &hands{}
		st, john := withJohn(t, db, clock)
		commit := func(ctx context.Context, ev conversations.Event, inbound conversations.MessageID, effects ...conversations.Effect) error {
			loaded, err := st.Load(ctx, ev, clock.now())
			if err != nil {
				return err
			}
			turn := store.Turn{Loaded: loaded, Inbound: inbound, State: loaded.State, Effects: effects, Now: clock.now()}
			turn.State.Version = conversations.StateVersion
			_, err = st.Commit(ctx, turn)
			return err
		}

		came := make(chan conversations.Event, 100)
		var tries atomic.Int32
		s := New(Config{Store: st, Now: clock.now, Logger: slog.New(slog.DiscardHandler), Event: func(ctx context.Context, ev conversations.Event) error {
			defer func() { came <- ev }()
			if ev.Kind != conversations.EventText {
				return nil
			}
			if tries.Add(1) == 1 {
				return errors.New("John wrote something that breaks us")
			}
			return commit(ctx, ev, ev.Message)
		}})
		starting, cancel := context.WithCancel(t.Context())
		if err := s.Start(starting); err != nil {
			t.Fatal(err)
		}
		cancel() // The end of the start is not the end of the work.
		if err := s.Start(t.Context()); err == nil {
			t.Error("it was started twice")
		}
		next := func() conversations.Event {
			t.Helper()
			select {
			case ev := <-came:
				return ev
			case <-time.After(60 * time.Second):
				t.Fatal("no job ran for a minute")
				return conversations.Event{}
			}
		}

		tomorrow := clock.now().Add(24 * time.Hour).Truncate(time.Millisecond).UTC()
		err := commit(t.Context(), conversations.Event{Kind: conversations.EventAgreement, Client: john}, "",
			conversations.Remind{Appointment: "a1", Stands: tomorrow.Add(time.Hour), Before: 60, At: tomorrow},
			conversations.Expect{Question: "q1", At: clock.now()},
		)
		if err != nil {
			t.Fatal(err)
		}
		want := conversations.Event{Kind: conversations.EventTimeout, Client: john, Question: "q1"}
		if diff := cmp.Diff(want, next()); diff != "" {
			t.Error(diff)
		}

		clock.move(24 * time.Hour)
		want = conversations.Event{
			Kind: conversations.EventReminder, Client: john, Before: 60,
			Appointment: conversations.Appointment{ID: "a1", At: tomorrow.Add(time.Hour)},
		}
		if diff := cmp.Diff(want, next()); diff != "" {
			t.Error(diff)
		}

		text := conversations.Event{
			Kind: conversations.EventText, Text: "ok", ProviderID: "SM1",
			From: conversations.Address{Channel: conversations.SMS, Value: "+447700900001"},
		}
		if err := st.Park(t.Context(), text, store.Loaded{}, "in1", "panic", clock.now()); err != nil {
			t.Fatal(err)
		}
		clock.move(time.Minute)
		next()
		clock.move(time.Minute)
		next()
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if _, _, err := st.Parked(t.Context(), "in1"); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("the text is still parked: %v", err)
		}
	})
}

// A job whose process died, or stands still, is worked by another one, also where
// the program's clock is ahead of the machine's.
func TestAJobThatNobodyWorksIsTakenUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		clock := &hands{}
		clock.move(200 * time.Hour)
		st, john := withJohn(t, db, clock)
		came, still := make(chan int32, 10), make(chan struct{})
		var times atomic.Int32
		s := New(Config{Store: st, Now: clock.now, Logger: slog.New(slog.DiscardHandler), Event: func(context.Context, conversations.Event) error {
			n := times.Add(1)
			came <- n
			if n == 1 {
				<-still
			}
			return nil
		}})
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			close(still)
			if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
		ran := func(want int32) {
			t.Helper()
			select {
			case n := <-came:
				if n != want {
					t.Fatalf("run %d, want %d", n, want)
				}
			case <-time.After(60 * time.Second):
				t.Fatalf("run %d did not come for a minute", want)
			}
		}

		ev := conversations.Event{Kind: conversations.EventAgreement, Client: john}
		loaded, err := st.Load(t.Context(), ev, clock.now())
		if err != nil {
			t.Fatal(err)
		}
		turn := store.Turn{
			Loaded: loaded, State: loaded.State, Now: clock.now(),
			Effects: []conversations.Effect{conversations.Expect{Question: "q1", At: clock.now()}},
		}
		turn.State.Version = conversations.StateVersion
		if _, err := st.Commit(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		ran(1)
		clock.move(2 * jobTimeout)
		ran(2)
	})
}
