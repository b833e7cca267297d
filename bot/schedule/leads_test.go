package schedule

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// A lead that closes soon is told to those to whom it was offered, at its time;
// a job for another last day, or for a lead that is filled, does nothing.
func TestALeadThatClosesSoonIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		now := noon
		keys, err := seal.Parse(seal.New())
		check(t, err)
		clock := func() time.Time { return now }
		st, err := store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: "a", Now: clock, Logger: slog.New(slog.DiscardHandler)})
		check(t, err)
		t.Cleanup(func() { _ = st.Close() })
		sam, err := st.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		check(t, err)
		var clients []conversations.ClientID
		for _, mobile := range []string{"+447700900123", "+447700900124"} {
			id, err := st.AddClient(t.Context(), store.NewClient{Specialist: sam, FullName: "John Example", Mobile: mobile})
			check(t, err)
			clients = append(clients, id)
		}
		r := &turns{}
		s := New(Config{Store: st, Event: r.event, Now: clock, Logger: slog.New(slog.DiscardHandler)})
		add := func(title string, closes, say time.Duration) conversations.LeadID {
			t.Helper()
			id, err := st.AddLead(t.Context(), store.NewLead{Title: title, Closes: now.Add(closes), SayClosing: now.Add(say)})
			check(t, err)
			l, err := st.Lead(t.Context(), id)
			check(t, err)
			for _, c := range clients {
				loaded, err := st.Load(t.Context(), conversations.Event{Kind: conversations.EventOffered, Client: c}, now)
				check(t, err)
				_, err = st.Commit(t.Context(), store.Turn{
					Loaded: loaded, State: conversations.State{Version: conversations.StateVersion}, Now: now,
					Effects: []conversations.Effect{conversations.Offered{Offer: conversations.Offer{ID: conversations.OfferID(title + string(c)), Lead: l.Lead, At: now}}},
				})
				check(t, err)
			}
			return id
		}
		const day = 24 * time.Hour
		closing, moved, filled := add("closing", 4*day, 2*day), add("moved", 4*day, 2*day), add("filled", 4*day, 2*day)
		yes, later := true, now.Add(9*day)
		_, err = st.SetLead(t.Context(), filled, store.LeadChange{Filled: &yes})
		check(t, err)
		_, err = st.SetLead(t.Context(), moved, store.LeadChange{Closes: &later, SayClosing: now.Add(7 * day)})
		check(t, err)

		leap := func(d time.Duration) []conversations.Event {
			t.Helper()
			now = noon.Add(d)
			r.mu.Lock()
			r.got = nil
			r.mu.Unlock()
			_, _, err := s.Leap(context.WithoutCancel(t.Context()))
			check(t, err)
			return r.events()
		}
		if got := leap(day); len(got) != 0 {
			t.Errorf("a day before: %+v", got)
		}
		got := leap(2 * day)
		if len(got) != 2 || got[0].Kind != conversations.EventLeadChanged || got[0].Offer.Lead.ID != closing || got[0].Client == got[1].Client || got[0].Offer.Lead.Closes.IsZero() {
			t.Errorf("at its time: %+v", got)
		}
		if got := leap(7 * day); len(got) != 2 || got[0].Offer.Lead.ID != moved {
			t.Errorf("the one that moved: %+v", got)
		}
	})
}
