package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// A client whose turn fails again and again is left out in the end, and does not
// keep the others from theirs.
func TestNudgeGivesUpOnAFault(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		keys, err := seal.Parse(seal.New())
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return noon }
		st, err := store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: "one", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		sam, err := st.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		var clients []conversations.ClientID
		for i := range 3 {
			id, err := st.AddClient(t.Context(), store.NewClient{Specialist: sam, FullName: "John Example", Language: "en", Mobile: fmt.Sprintf("+4477009%05d", i)})
			if err != nil {
				t.Fatal(err)
			}
			clients = append(clients, id)
		}
		id, err := st.AddNudge(t.Context(), store.NewNudge{Nudge: conversations.Nudge{Template: "nudge.well_done", Bulk: true}, By: sam, Clients: clients})
		if err != nil {
			t.Fatal(err)
		}
		s := New(Config{Store: st, Now: now, Logger: slog.New(slog.DiscardHandler), Event: func(_ context.Context, ev conversations.Event) error {
			if ev.Client == clients[1] {
				return errors.New("John wrote from 07700 900123")
			}
			return nil // and says nothing: it was said before
		}})
		for attempt := 1; attempt < nudgeTries; attempt++ {
			if err := (&nudges{Schedule: s}).Work(t.Context(), jobOf(store.NudgeArgs{Nudge: id}, attempt)); err == nil || err.Error() != string(errTurn) {
				t.Fatalf("attempt %d: %v", attempt, err)
			}
		}
		if err := (&nudges{Schedule: s}).Work(t.Context(), jobOf(store.NudgeArgs{Nudge: id}, nudgeTries)); err != nil {
			t.Fatal(err)
		}
		list, _, err := st.NudgeClients(t.Context(), id, store.Page{})
		why := map[conversations.ClientID]string{}
		for _, l := range list {
			why[l.Client] = l.Reason
		}
		want := map[conversations.ClientID]string{clients[0]: "said_before", clients[1]: turnFailed, clients[2]: "said_before"}
		if diff := cmp.Diff(want, why); diff != "" || err != nil {
			t.Errorf("what became of it (%v, -want +got):\n%s", err, diff)
		}
		// What comes after that is stale.
		if err := (&nudges{Schedule: s}).Work(t.Context(), jobOf(store.NudgeArgs{Nudge: id}, 1)); err != nil {
			t.Error(err)
		}
		if n, err := st.Nudge(t.Context(), id); err != nil || n.State != store.NudgeDone {
			t.Errorf("it is %s (%v)", n.State, err)
		}
	})
}
