package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

func TestPark(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		for name, from := range map[string]conversations.Address{"client": at, "stranger": number(800)} {
			ev := f.text(from, "naughty \x00 \xff text")
			ev.Media = []conversations.Media{{Kind: conversations.Picture, Ref: "https://provider.example/1"}}
			loaded := store.Loaded{}
			if from == at {
				loaded = f.load(ev)
			}
			if err := f.store.Park(f.Context(), ev, loaded, f.id("in"), "panic", f.now); err != nil {
				f.Fatalf("%s: park: %v", name, err)
			}
			f.wantErr(f.store.Park(f.Context(), ev, loaded, f.id("in"), "panic", f.now), store.ErrDuplicate)
			// The provider's repeats are duplicates although nothing came of it yet.
			_, err := f.store.Load(f.Context(), ev, f.now)
			f.wantErr(err, store.ErrDuplicate)

			id := f.parkedID()
			for try := 1; try <= 2; try++ {
				again, attempts, err := f.store.Parked(f.Context(), id)
				if err != nil || attempts != try {
					f.Fatalf("%s: try %d: %d (%v)", name, try, attempts, err)
				}
				want := ev
				want.Message = id
				want.Text = "naughty \x00 \ufffd text" // As JSON has it.
				if diff := cmp.Diff(want, again); diff != "" {
					f.Errorf("%s: event (-want +got):\n%s", name, diff)
				}
				if try == 2 {
					loaded := f.load(again)
					if from == at && loaded.Client != client {
						f.Errorf("the parked event belongs to %q", loaded.Client)
					}
					turn := f.turn(loaded)
					stale := turn
					f.commit(turn)
					_, err := f.store.Commit(f.Context(), stale)
					f.wantErr(err, store.ErrDuplicate)
				}
			}
			_, _, err = f.store.Parked(f.Context(), id)
			f.wantErr(err, store.ErrDuplicate)
			counts, err := f.beside.Counts(f.Context(), f.now)
			if err != nil || counts.OpenFlags != 0 {
				f.Errorf("%s: %d open flags (%v), want none", name, counts.OpenFlags, err)
			}
		}
		_, _, err := f.store.Parked(f.Context(), "nowhere")
		f.wantErr(err, store.ErrNotFound)
		err = f.store.Park(f.Context(), conversations.Event{Kind: conversations.EventReminder, Client: client}, store.Loaded{}, "", "x", f.now)
		if err == nil {
			f.Error("a reminder was parked")
		}
	})
}

// parkedID is the row of the one open flag.
func (f *fixture) parkedID() conversations.MessageID {
	f.Helper()
	flags, _, err := f.store.Flags(f.Context(), store.FlagFilter{})
	if err != nil || len(flags) != 1 || flags[0].Reason != conversations.FlagTurnFailed {
		f.Fatalf("flags %+v (%v), want one of a failed turn", flags, err)
	}
	return flags[0].Message
}
