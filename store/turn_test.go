package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

func TestTurn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		loaded := f.load(f.text(at, "yes"))
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			f.Fatal(err)
		}
		want := conversations.Facts{
			Client:     conversations.Client{ID: client, Name: "John", Named: true, Language: "en", Zone: london},
			Specialist: conversations.Specialist{ID: f.sam, Name: "Sam"},
			Reach:      []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementNone}},
		}
		if diff := cmp.Diff(want, loaded.Facts, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
			f.Errorf("facts (-want +got):\n%s", diff)
		}
		turn := f.turn(loaded)
		m := f.say("Thank you, John.", conversations.Answer)
		turn.Messages = []store.Message{m}
		done := f.commit(turn)
		wantDone := store.Committed{Revision: 1, Claimed: []store.Send{{
			ID: m.ID, Client: client, To: at, Text: "Thank you, John.", Urgency: conversations.Answer, Until: m.Until,
			Committed: f.now, Claimed: f.now, Deadline: f.now.Add(30 * time.Second),
		}}}
		if diff := cmp.Diff(wantDone, done); diff != "" {
			f.Errorf("committed (-want +got):\n%s", diff)
		}
		again := f.load(f.text(at, "yes"))
		if again.Revision != 1 || again.State.Asked != 1 {
			f.Errorf("revision %d with %d questions, want 1 and 1", again.Revision, again.State.Asked)
		}
	})
}
