package store_test

import (
	"context"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// TestWhatChangesIsHeardOfInEveryProcess follows the changes at one store that
// another makes.
func TestWhatChangesIsHeardOfInEveryProcess(t *testing.T) {
	t.Parallel()
	withRedis(t, func(f *fixture) {
		john, at := f.client()
		other := f.open("two")
		heard, here := make(chan store.Change, 100), make(chan bool, 10)
		ctx, stop := context.WithCancel(context.Background()) //nolint:usetesting // The test's own ends before its clean-up runs.
		done := make(chan struct{})
		go func() {
			defer close(done)
			other.Follow(ctx, func(changes []store.Change) {
				for _, c := range changes {
					heard <- c
				}
			}, func(yes bool) { here <- yes })
		}()
		f.Cleanup(func() { stop(); <-done })
		wait := func(what string, want store.Change) {
			f.Helper()
			select {
			case got := <-heard:
				if got != want {
					f.Errorf("%s: heard %+v, want %+v", what, got, want)
				}
			case <-time.After(20 * time.Second):
				f.Fatalf("%s: nothing is heard", what)
			}
		}
		if !<-here {
			f.Fatal("it does not begin")
		}
		his := store.Change{Client: john, Specialist: f.sam}
		m, _ := f.answer(at, "Thank you, John.", conversations.Answer)
		wait("a turn", his)
		must := func(err error) {
			f.Helper()
			if err != nil {
				f.Fatal(err)
			}
		}
		must(f.store.WriteResults(f.Context(), []store.SendResult{{ID: m.ID, Delivery: conversations.Sent, ProviderID: "SM1"}}, f.now))
		wait("what became of a message", his)
		delivered := func() {
			f.Helper()
			_, err := f.store.RecordDelivery(f.Context(), m.ID, conversations.SMS, "SM1", conversations.Delivered, "", f.now)
			must(err)
		}
		delivered()
		wait("a report", his)
		delivered() // Twice changes nothing, and so nobody hears of it.
		f.do(f.text(at, "call me"), conversations.RaiseFlag{Reason: conversations.FlagMessage})
		wait("a flag", his)
		flags, _, err := f.store.Flags(f.Context(), store.FlagFilter{Client: john})
		if err != nil || len(flags) != 1 {
			f.Fatalf("%d flags (%v)", len(flags), err)
		}
		must(f.store.CloseFlag(f.Context(), flags[0].ID, string(f.sam), f.now))
		wait("a flag that is down", his)
		f.do(f.text(number(99), "who is this"))
		wait("an unknown sender", store.Change{})
		_, bob := f.client()
		f.do(f.text(bob, "hello"))
		if got := <-heard; got.Client == john || got.Client == "" || got.Specialist != f.sam {
			f.Errorf("another client: heard %+v", got)
		}
		select {
		case more := <-heard:
			f.Errorf("heard %+v beside", more)
		default:
		}
	})
}

// Without Redis nothing is heard, and whoever follows is told so.
func TestWithoutRedisNothingIsHeard(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		ctx, stop := context.WithCancel(f.Context())
		var said []bool
		f.do(f.text(at, "yes"))
		f.store.Follow(ctx, func([]store.Change) { f.Error("something is heard") }, func(here bool) { said = append(said, here); stop() })
		if len(said) != 1 || said[0] {
			f.Errorf("it is told %v", said)
		}
	})
}
