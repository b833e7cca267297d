package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lead adds a lead with this title.
func (f *fixture) lead(title string) conversations.Lead {
	f.Helper()
	id, err := f.store.AddLead(f.Context(), store.NewLead{
		Title: title, Area: "Canton", Pay: "£12.60 an hour", Hours: 12, More: "Two mornings,\nno till.", Closes: f.now.Add(96 * time.Hour), By: f.sam,
	})
	if err != nil {
		f.Fatal(err)
	}
	lead, err := f.store.Lead(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	return lead.Lead
}

// offer offers a lead to a client.
func (f *fixture) offer(client conversations.ClientID, id conversations.OfferID, lead conversations.Lead) conversations.Offer {
	f.Helper()
	o := conversations.Offer{ID: id, Lead: lead, Status: conversations.OfferOpen, At: f.now}
	f.event(client, conversations.EventOffered, conversations.Offered{Offer: o})
	return o
}

func (f *fixture) checkIn(client conversations.ClientID, kind conversations.CheckInKind, words string) conversations.CheckInID {
	f.Helper()
	id, err := f.store.AddCheckIn(f.Context(), store.NewCheckIn{Client: client, Kind: kind, Words: words})
	if err != nil {
		f.Fatal(err)
	}
	return id
}

func (f *fixture) task(client conversations.ClientID, what string, due time.Time) conversations.TaskID {
	f.Helper()
	id, err := f.store.AddTask(f.Context(), store.NewTask{Client: client, What: what, Due: due})
	if err != nil {
		f.Fatal(err)
	}
	return id
}

// tick moves the clock, so that ids and times differ.
func (f *fixture) tick() { f.now = f.now.Add(time.Second) }

func TestMattersAreFacts(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		other, _ := f.client()
		repairs, shelves, filled := f.lead("PC repair assistant"), f.lead("Shelf stacker"), f.lead("Library assistant")
		f.offer(client, "long-ago", repairs) // Answered sixty days ago and a little: forgotten.
		f.event(client, conversations.EventSettings, conversations.SetOffer{ID: "long-ago", Status: conversations.OfferNotInterested})
		f.now = f.now.Add(30 * 24 * time.Hour)
		open := f.offer(client, "open", shelves)
		f.now = f.now.Add(30 * 24 * time.Hour) // A Friday.
		last := f.offer(client, "last", filled)
		yes := true
		if _, err := f.store.SetLead(f.Context(), filled.ID, store.LeadChange{Filled: &yes}); err != nil {
			f.Fatal(err)
		}
		last.Lead.Filled = true
		f.offer(other, "others", shelves)

		due := f.now.Add(48 * time.Hour)
		later, soon := f.task(client, "write a CV", time.Time{}), f.task(client, "look up job descriptions", due)
		done := f.task(client, "get a bus pass", due)
		f.task(other, "ring the library", due)
		f.event(client, conversations.EventTask, conversations.SetTask{ID: done, Status: conversations.TaskDone},
			conversations.SetTask{ID: soon, Status: conversations.TaskNotYet})
		week, own := f.checkIn(client, conversations.CheckInWeek, ""), f.checkIn(client, conversations.CheckInWellbeing, "Have you been outside today?")
		f.event(client, conversations.EventSettings, conversations.EndCheckIn{ID: f.checkIn(client, conversations.CheckInPayday, "")})
		f.checkIn(other, conversations.CheckInWeek, "")

		f.now = time.Date(2027, 1, 22, 16, 0, 0, 0, time.UTC) // A Friday: two working hours later is Monday at ten.
		var free []time.Time
		for _, hours := range []int{1, 65, 66, 67, 68, 69} {
			free = append(free, f.now.Add(time.Duration(hours)*time.Hour))
		}
		if err := f.store.SetFreeTimes(f.Context(), f.sam, free); err != nil {
			f.Fatal(err)
		}
		facts := f.load(f.text(at, "hello")).Facts
		london := facts.Client.Zone
		want := conversations.Facts{
			Free:   []time.Time{free[2].In(london), free[3].In(london), free[4].In(london)},
			Offers: []conversations.Offer{last, open},
			Tasks: []conversations.Task{
				{ID: soon, What: "look up job descriptions", Due: due, Status: conversations.TaskNotYet},
				{ID: later, What: "write a CV", Status: conversations.TaskOpen},
			},
			CheckIns: []conversations.CheckIn{
				{ID: week, Kind: conversations.CheckInWeek}, {ID: own, Kind: conversations.CheckInWellbeing, Words: "Have you been outside today?"},
			},
		}
		got := conversations.Facts{Free: facts.Free, Offers: facts.Offers, Tasks: facts.Tasks, CheckIns: facts.CheckIns}
		if diff := cmp.Diff(want, got, sameZone, cmpopts.SortSlices(func(a, b conversations.CheckIn) bool { return a.Words < b.Words })); diff != "" {
			f.Errorf("facts (-want +got):\n%s", diff)
		}

		// What is given away is free no longer.
		f.event(client, conversations.EventBooked, conversations.Book{Appointment: conversations.Appointment{
			ID: "a1", Kind: conversations.Regular, At: free[2], Minutes: 61, With: "your social worker",
		}})
		facts = f.facts(client)
		if diff := cmp.Diff([]time.Time{free[4], free[5]}, facts.Free, sameZone); diff != "" {
			f.Errorf("free times after a booking (-want +got):\n%s", diff)
		}
		if len(facts.Appointments) != 1 || facts.Appointments[0].With != "your social worker" {
			f.Errorf("appointments %+v", facts.Appointments)
		}
		f.event(client, conversations.EventMoved, conversations.SetAppointment{ID: "a1", Status: conversations.Booked, At: free[4]})
		if got := f.facts(client).Free; len(got) > 0 {
			f.Errorf("free times after a move: %v", got) // An hour and a minute reach into the next.
		}
	})
}

func TestOffers(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		lead := f.lead("PC repair assistant")
		first := f.offer(client, "o1", lead)
		again := f.turn(f.load(conversations.Event{Kind: conversations.EventOffered, Client: client}),
			conversations.Offered{Offer: conversations.Offer{ID: "o2", Lead: lead}})
		_, err := f.store.Commit(f.Context(), again)
		f.wantErr(err, store.ErrOffered)

		refused := f.text(at, "not for me, too many people and no till")
		turn := f.turn(f.load(refused), conversations.SetOffer{ID: "o1", Status: conversations.OfferNotInterested},
			conversations.SetOffer{ID: "o1", Status: conversations.OfferNotInterested, Why: []conversations.Preference{
				conversations.PreferFewerPeople, conversations.PreferNoTill,
			}})
		f.commit(turn)
		want := store.Offer{Offer: first, Client: client, Why: []conversations.Preference{conversations.PreferFewerPeople, conversations.PreferNoTill}}
		want.Status = conversations.OfferNotInterested
		offers := func(want ...store.Offer) {
			f.Helper()
			ofClient, _, err := f.store.Offers(f.Context(), client, store.Page{})
			ofLead, _, err2 := f.store.OffersOfLead(f.Context(), lead.ID, store.Page{})
			if err := errors.Join(err, err2); err != nil {
				f.Fatal(err)
			}
			sorted := cmpopts.SortSlices(func(a, b conversations.Preference) bool { return a < b })
			for _, got := range [][]store.Offer{ofClient, ofLead} {
				if diff := cmp.Diff(want, got, sameZone, cmpopts.IgnoreFields(store.Offer{}, "ChangedAt"), sorted); diff != "" {
					f.Errorf("offers (-want +got):\n%s", diff)
				}
			}
		}
		offers(want)
		preferences, err := f.store.Preferences(f.Context(), client)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff([]store.Preference{
			{Preference: conversations.PreferFewerPeople, Source: "offer", Offer: "o1", Message: turn.Inbound, At: f.now},
			{Preference: conversations.PreferNoTill, Source: "offer", Offer: "o1", Message: turn.Inbound, At: f.now},
		}, preferences); diff != "" {
			f.Errorf("preferences (-want +got):\n%s", diff)
		}
		// A correction: it was no refusal, and so there are no reasons.
		f.event(client, conversations.EventCorrected, conversations.SetOffer{ID: "o1", Status: conversations.OfferOpen})
		want.Status, want.Why = conversations.OfferOpen, nil
		offers(want)

		stranger, _ := f.client()
		foreign := f.turn(f.load(conversations.Event{Kind: conversations.EventText, Client: stranger}),
			conversations.SetOffer{ID: "o1", Status: conversations.OfferApplied})
		foreign.Inbound = ""
		_, err = f.store.Commit(f.Context(), foreign)
		f.wantErr(err, store.ErrNotFound)
	})
}

// Whatever the lists of the domain hold can be written to the caseload.
func TestMatterLists(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		f.offer(client, "o1", f.lead("PC repair assistant"))
		task := f.task(client, "write a CV", f.now)
		for _, status := range conversations.OfferStatuses {
			f.event(client, conversations.EventLeadChanged, conversations.SetOffer{ID: "o1", Status: status, Why: conversations.Preferences})
		}
		for _, status := range conversations.TaskStatuses {
			f.event(client, conversations.EventTask, conversations.SetTask{ID: task, Status: status})
		}
		for _, kind := range conversations.CheckInKinds {
			words := ""
			if kind == conversations.CheckInWellbeing {
				words = "Have you been outside today?"
			}
			f.checkIn(client, kind, words)
		}
		f.event(client, conversations.EventSettings, conversations.Set{Settings: conversations.Settings{Stop: conversations.Matters}})
		if diff := cmp.Diff(conversations.Matters, f.facts(client).Client.Stopped); diff != "" {
			f.Errorf("stopped (-want +got):\n%s", diff)
		}
	})
}

func TestCheckInAnswers(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		week := f.checkIn(client, conversations.CheckInWeek, "")
		first := f.turn(f.load(f.text(at, "2")), conversations.RecordAnswer{CheckIn: week, Number: 2})
		f.commit(first)
		f.tick()
		second := f.turn(f.load(f.text(at, "5")), conversations.RecordAnswer{CheckIn: week, Number: 5})
		f.commit(second)
		answers := func(want ...store.Answer) {
			f.Helper()
			got, err := f.store.Answers(f.Context(), client, time.Time{})
			if err != nil {
				f.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				f.Errorf("answers (-want +got):\n%s", diff)
			}
		}
		one := store.Answer{CheckIn: week, Message: first.Inbound, Number: 2, At: first.Now}
		two := store.Answer{CheckIn: week, Message: second.Inbound, Number: 5, At: second.Now}
		answers(one, two)
		corrected := conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: second.Inbound}
		f.do(corrected, conversations.ForgetAnswer{CheckIn: week, Message: second.Inbound})
		answers(one)
		f.do(corrected, conversations.ForgetAnswer{CheckIn: week, Message: second.Inbound}, conversations.RecordAnswer{CheckIn: week, Number: 3})
		two.Number = 3
		answers(one, two)

		if err := f.store.EndCheckIn(f.Context(), client, week, f.sam); err != nil {
			f.Fatal(err)
		}
		f.tick()
		if err := f.store.EndCheckIn(f.Context(), client, week, "somebody else"); err != nil {
			f.Fatal(err)
		}
		list, err := f.store.CheckIns(f.Context(), client)
		if err != nil || len(list) != 1 || list[0].EndedBy != string(f.sam) || !list[0].EndedAt.Equal(f.now.Add(-time.Second)) {
			f.Errorf("check-ins %+v (%v)", list, err)
		}
		other, _ := f.client()
		f.wantErr(f.store.EndCheckIn(f.Context(), other, week, f.sam), store.ErrNotFound)
		foreign := f.turn(f.load(conversations.Event{Kind: conversations.EventCorrected, Client: other, Message: "m"}),
			conversations.RecordAnswer{CheckIn: week, Number: 1})
		_, err = f.store.Commit(f.Context(), foreign)
		f.wantErr(err, store.ErrNotFound)
	})
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		forLead := conversations.RaiseFlag{Reason: conversations.FlagFeedback, Detail: "lead"}
		asked := f.turn(f.load(f.text(at, "4")), conversations.RecordFeedback{Number: 4}, forLead)
		f.commit(asked)
		f.tick()
		f.do(f.text(at, "the office is cold"), conversations.RecordFeedback{}, conversations.RaiseFlag{Reason: conversations.FlagMessage}, forLead)
		got, next, err := f.store.Feedback(f.Context(), store.Page{Limit: 1})
		if err != nil || len(got) != 1 || got[0].Words != "the office is cold" || got[0].Number != 0 || got[0].Client != client || next == "" {
			f.Fatalf("feedback %+v, next %q (%v)", got, next, err)
		}
		got, next, err = f.store.Feedback(f.Context(), store.Page{Limit: 1, After: next})
		want := []store.Feedback{{Client: client, Message: asked.Inbound, Words: "4", Number: 4, At: asked.Now}}
		if diff := cmp.Diff(want, got); diff != "" || next != "" || err != nil {
			f.Errorf("next %q (%v), feedback (-want +got):\n%s", next, err, diff)
		}
		page, err := f.store.Conversation(f.Context(), client, "", 0)
		if err != nil || len(page.Messages) != 2 || !page.Messages[0].ForLead || page.Messages[1].ForLead {
			f.Errorf("the first is for the lead, the second was the specialist's before: %+v (%v)", page.Messages, err)
		}
		for not, want := range map[bool]int{false: 3, true: 1} {
			flags, _, err := f.store.Flags(f.Context(), store.FlagFilter{NotForLead: not})
			if err != nil || len(flags) != want {
				f.Errorf("%d flags, want %d (%v)", len(flags), want, err)
			}
		}
		// A person found that it was something else: then it is the specialist's.
		f.do(conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: asked.Inbound},
			conversations.SettleFlags{Reason: conversations.FlagFeedback, Message: asked.Inbound})
		if page, err = f.store.Conversation(f.Context(), client, "", 0); err != nil || page.Messages[0].ForLead {
			f.Errorf("what was no feedback is still for the lead (%v)", err)
		}
	})
}

func TestDropQueuedOfAnOffer(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		turn := f.turn(f.load(f.text(at, "yes")))
		one, two := f.say("one", conversations.Prompt), f.say("two", conversations.Prompt)
		one.Offer, two.Offer = "o1", "o2"
		one.NotBefore, two.NotBefore = f.now.Add(time.Hour), f.now.Add(time.Hour)
		turn.Messages = []store.Message{one, two}
		f.commit(turn)
		f.event(client, conversations.EventLeadChanged, conversations.DropQueued{Offer: "o1", Reason: "lead_filled"})
		f.wantDelivery(one.ID, conversations.Dropped)
		f.wantDelivery(two.ID, conversations.Queued)
	})
}

// A flag about a message stands once, however many find the reason for it.
func TestAFlagStandsOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		m, _ := f.answer(at, "one", conversations.Answer)
		lost := conversations.Event{Kind: conversations.EventUnknown, Client: client, Message: m.ID}
		flag := conversations.RaiseFlag{Reason: conversations.FlagMayNotBeSent, Message: m.ID}
		open := func(want ...conversations.FlagReason) {
			f.Helper()
			flags, _, err := f.store.Flags(f.Context(), store.FlagFilter{Client: client})
			if err != nil {
				f.Fatal(err)
			}
			var got []conversations.FlagReason
			for _, flag := range flags {
				got = append(got, flag.Reason)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				f.Errorf("open flags (-want +got):\n%s", diff)
			}
		}
		f.do(lost, flag, flag)
		f.do(lost, flag)
		open(conversations.FlagMayNotBeSent)
		f.do(lost, conversations.RaiseFlag{Reason: conversations.FlagUndelivered, Message: m.ID, Offer: "o1"},
			conversations.RaiseFlag{Reason: conversations.FlagUndelivered, Message: m.ID, Task: "t1"})
		open(conversations.FlagMayNotBeSent, conversations.FlagUndelivered, conversations.FlagUndelivered)
		f.do(lost, conversations.SettleFlags{Message: m.ID})
		open()
		f.do(lost, flag)
		open(conversations.FlagMayNotBeSent)
		// What is about no message may stand as often as it is raised.
		for range 2 {
			f.event(client, conversations.EventHoldDue, conversations.RaiseFlag{Reason: conversations.FlagHold})
		}
		open(conversations.FlagHold, conversations.FlagHold, conversations.FlagMayNotBeSent)
	})
}

// A hold calls the reminder of an appointment back, and not the news of it.
func TestDropQueuedOfAMatter(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		turn := f.turn(f.load(f.text(at, "yes")))
		reminder, news := f.say("one", conversations.Prompt), f.say("two", conversations.Prompt)
		reminder.Appointment, news.Appointment = "a1", "a1"
		reminder.Matter = conversations.MatterAppointments
		reminder.NotBefore, news.NotBefore = f.now.Add(time.Hour), f.now.Add(time.Hour)
		turn.Messages = []store.Message{reminder, news}
		f.commit(turn)
		f.event(client, conversations.EventHeld, conversations.DropQueued{
			Appointment: "a1", Matter: conversations.MatterAppointments, Reason: "hold",
		})
		f.wantDelivery(reminder.ID, conversations.Dropped)
		f.wantDelivery(news.ID, conversations.Queued)
	})
}
