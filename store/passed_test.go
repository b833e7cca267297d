package store_test

import (
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/caseload"

	"github.com/google/go-cmp/cmp"
)

func (f *fixture) priya() conversations.SpecialistID {
	f.Helper()
	id, err := f.beside.AddSpecialist(f.Context(), caseload.NewSpecialist{Name: "Priya"})
	if err != nil {
		f.Fatal(err)
	}
	return id
}

func (f *fixture) reach(id conversations.ClientID, c conversations.Channel) store.Reach {
	f.Helper()
	list, err := f.store.Reach(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range list {
		if r.Channel == c {
			return r
		}
	}
	return store.Reach{}
}

// Each hand-over is kept, the last one is what the client is told of, and the
// flags are on the list of whoever has the client.
func TestAHandoverIsKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		priya := f.priya()
		john, from := f.client()
		f.do(f.text(from, "the kitchen is flooded"), conversations.RaiseFlag{Reason: conversations.FlagMessage})
		pass := func(to conversations.SpecialistID) {
			f.do(conversations.Event{Kind: conversations.EventPassedOn, Client: john, By: "lead"}, conversations.SetSpecialist{ID: to})
		}
		pass(priya)
		open, _, err := f.store.Flags(f.Context(), store.FlagFilter{Specialist: priya})
		if err != nil || len(open) != 1 {
			f.Errorf("flags of who took over: %v, %v", open, err)
		}
		tell := conversations.Event{Kind: conversations.EventTellPassedOn, Client: john, By: priya}
		l := f.load(tell)
		want := &conversations.Handover{From: conversations.Specialist{ID: f.sam, Name: "Sam"}, To: priya}
		if diff := cmp.Diff(want, l.Facts.Handover); diff != "" || l.Facts.Specialist.ID != priya {
			f.Errorf("the facts say (-want +got):\n%s", diff)
		}
		f.commit(f.turn(l, conversations.ToldOfHandover{}))
		if l = f.load(tell); !l.Facts.Handover.Told {
			f.Error("nobody knows that the client was told")
		}
		if _, err := f.store.Commit(f.Context(), f.turn(l, conversations.ToldOfHandover{})); err == nil {
			f.Error("the client was told twice")
		}
		pass(f.sam)
		if l = f.load(tell); l.Facts.Handover.Told || l.Facts.Handover.From.Name != "Priya" {
			f.Errorf("the second: %+v", l.Facts.Handover)
		}
		list, err := f.store.HandoversOf(f.Context(), john)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff([]store.Handover{
			{Client: john, From: priya, To: f.sam, By: "lead", At: f.now},
			{Client: john, From: f.sam, To: priya, By: "lead", At: f.now, ToldAt: f.now},
		}, list); diff != "" {
			f.Errorf("hand-overs (-want +got):\n%s", diff)
		}
		if l := f.load(conversations.Event{Kind: conversations.EventHeld, Client: john}); l.Facts.Handover != nil {
			f.Error("every turn reads the hand-overs")
		}
	})
}

// What a carrier said of an address stays with that address, until a message has
// reached it since, or the client has another.
func TestAFaultBelongsToItsAddress(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john, from := f.client()
		lost, _ := f.answer(from, "one", conversations.Answer)
		bad := conversations.Event{Kind: conversations.EventUndelivered, Client: john, Channel: conversations.SMS, Message: lost.ID, Reason: "30005"}
		fail := conversations.SetFault{Channel: conversations.SMS, Code: "30005"}
		f.now = f.now.Add(time.Minute)
		f.do(bad, fail)
		if r := f.reach(john, conversations.SMS); r.Fault != "30005" || !r.FaultAt.Equal(f.now) {
			f.Errorf("reach: %+v", r)
		}
		if l := f.load(f.text(from, "hello")); len(l.Facts.Reach) != 1 || l.Facts.Reach[0].Fault != "30005" {
			f.Errorf("facts: %+v", l.Facts.Reach)
		}
		deliver := func(id conversations.MessageID) {
			if _, err := f.store.RecordDelivery(f.Context(), id, conversations.SMS, "SMx"+string(id), conversations.Delivered, "", f.now); err != nil {
				f.Fatal(err)
			}
		}
		f.now = f.now.Add(time.Minute)
		arrived, _ := f.answer(from, "two", conversations.Answer)
		deliver(arrived.ID)
		if r := f.reach(john, conversations.SMS); r.Fault != "" {
			f.Errorf("after a message has arrived: %+v", r)
		}

		// Another number: what comes late about the old one says nothing of it.
		f.do(bad, fail)
		f.do(conversations.Event{Kind: conversations.EventNumberChanged, Client: john, From: number(700)}, conversations.SetAddress{})
		if r := f.reach(john, conversations.SMS); r.Fault != "" {
			f.Errorf("a new number: %+v", r)
		}
		f.do(bad, fail)
		if r := f.reach(john, conversations.SMS); r.Fault != "" {
			f.Errorf("after a late report: %+v", r)
		}
	})
}

// Who comes back has their number again and no agreement; an account that
// somebody else has joined since is not theirs any more.
func TestWhoReturnsHasAgreedToNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		chat := conversations.Address{Channel: conversations.Telegram, Value: "4711"}
		join := func(id conversations.ClientID) {
			code, _, err := f.store.MakeLink(f.Context(), id, time.Hour, f.now)
			if err != nil {
				f.Fatal(err)
			}
			ev := f.text(chat, code)
			ev.Kind, ev.Client, ev.LinkCode = conversations.EventLinked, id, code
			f.do(ev, conversations.JoinAccount{}, conversations.SetAgreement{Channel: conversations.Telegram, Agreement: conversations.AgreementGiven, How: "link"})
		}
		john, from := f.client()
		join(john)
		f.do(f.text(from, "yes"), conversations.SetAgreement{Agreement: conversations.AgreementGiven, How: "text"},
			conversations.Reached{Milestone: conversations.MilestoneRiskAssessed, At: f.now})
		f.do(conversations.Event{Kind: conversations.EventClosed, Client: john}, conversations.Close{})
		if err := f.store.CheckReturn(f.Context(), john); err != nil {
			f.Errorf("nobody has the number: %v", err)
		}
		other, _ := f.client()
		join(other)
		f.now = f.now.Add(24 * time.Hour)
		f.do(conversations.Event{Kind: conversations.EventReturned, Client: john},
			conversations.Reopen{}, conversations.SetAgreement{Agreement: conversations.AgreementNone, How: "returned"},
			conversations.Reached{Milestone: conversations.MilestoneReferred, At: f.now})
		if r := f.reach(john, conversations.SMS); !r.Active || r.Agreement != conversations.AgreementNone {
			f.Errorf("number: %+v", r)
		}
		if r := f.reach(john, conversations.Telegram); r.Active || r.Address != "" {
			f.Errorf("the account of another: %+v", r)
		}
		if r := f.reach(other, conversations.Telegram); !r.Active || r.Agreement != conversations.AgreementGiven {
			f.Errorf("the other's: %+v", r)
		}
		l := f.load(f.text(from, "hello"))
		want := map[conversations.Milestone]time.Time{conversations.MilestoneReferred: f.now}
		if diff := cmp.Diff(want, l.Facts.Reached, cmp.Transformer("utc", time.Time.UTC)); diff != "" || l.Client != john || l.Facts.Client.Closed {
			f.Errorf("what counts of what was reached (-want +got):\n%s", diff)
		}
		if all, err := f.store.Milestones(f.Context(), john); err != nil || len(all) != 2 {
			f.Errorf("the history: %v, %v", all, err)
		}
		u, err := f.store.Underway(f.Context(), john)
		if err != nil || len(u.Progress.Reached) != 1 {
			f.Errorf("under way: %+v, %v", u.Progress, err)
		}
		c, err := f.store.Client(f.Context(), john)
		if err != nil || !c.ReturnedAt.Equal(f.now) || !c.ClosedAt.IsZero() {
			f.Errorf("client: %+v, %v", c, err)
		}
	})
}

// The message that is to be said again comes with what it was about, and is
// marked once.
func TestWhatDidNotArriveIsMarkedOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john, from := f.client()
		at := f.now.Add(72 * time.Hour)
		f.do(conversations.Event{Kind: conversations.EventBooked, Client: john},
			conversations.Book{Appointment: conversations.Appointment{ID: "a1", Kind: conversations.Regular, At: at}})
		turn := f.turn(f.load(conversations.Event{Kind: conversations.EventReminder, Client: john}))
		m := f.say("See you.", conversations.Prompt)
		m.Key, m.Appointment, m.Stands, m.Matter, m.Question = "appointment.reminder", "a1", at, conversations.MatterAppointments, "q1"
		turn.Messages = []store.Message{m}
		f.commit(turn)
		if _, err := f.store.RecordDelivery(f.Context(), m.ID, conversations.SMS, "SMq", conversations.Undelivered, "30003", f.now); err != nil {
			f.Fatal(err)
		}
		ev := conversations.Event{Kind: conversations.EventResend, Client: john, Message: m.ID}
		l := f.load(ev)
		want := &conversations.Unreceived{
			Message: m.ID, Channel: conversations.SMS, Key: m.Key, Urgency: conversations.Prompt, Delivery: conversations.Undelivered,
			Question: "q1", Stands: at, Matter: conversations.MatterAppointments, At: f.now,
			Appointment: conversations.Appointment{ID: "a1", Kind: conversations.Regular, At: at, Status: conversations.Booked},
		}
		if diff := cmp.Diff(want, l.Facts.Unreceived, cmp.Transformer("utc", time.Time.UTC)); diff != "" {
			f.Errorf("it is (-want +got):\n%s", diff)
		}
		stale := f.turn(l, conversations.Resent{Message: m.ID})
		f.do(ev, conversations.Resent{Message: m.ID})
		_, err := f.store.Commit(f.Context(), stale)
		f.wantErr(err, store.ErrConflict)
		if l := f.load(ev); !l.Facts.Unreceived.Again {
			f.Error("nobody knows that it was sent again")
		}
		other, _ := f.client()
		if l := f.load(conversations.Event{Kind: conversations.EventResend, Client: other, Message: m.ID}); l.Facts.Unreceived != nil {
			f.Error("another client's message")
		}
		if l := f.load(f.text(from, "hello")); l.Facts.Unreceived != nil {
			f.Error("a text reads it too")
		}
	})
}
