package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		wakes, rests, yes, three := 660, 1200, true, 3
		days, pause := []time.Weekday{time.Tuesday, time.Sunday}, f.now.Add(14*24*time.Hour)
		f.do(f.text(at, "x"), conversations.Set{Settings: conversations.Settings{
			Wakes: &wakes, Rests: &rests, RestDays: &days, PausedUntil: &pause, Detail: &yes, Guarded: &yes, LeadsAWeek: &three,
			Stop: []conversations.Matter{conversations.MatterLeads, conversations.MatterTasks},
		}}, conversations.Set{Settings: conversations.Settings{
			Allow: []conversations.Matter{conversations.MatterLeads}, Stop: []conversations.Matter{conversations.MatterNudges},
		}})
		facts := f.facts(client).Client
		want := facts
		want.Wakes, want.Rests, want.RestDays, want.PausedUntil, want.Detail, want.Guarded, want.LeadsAWeek = wakes, rests, days, pause, true, true, 3
		want.Stopped = []conversations.Matter{conversations.MatterTasks, conversations.MatterNudges}
		if diff := cmp.Diff(want, facts, sameZone); diff != "" {
			f.Errorf("facts (-want +got):\n%s", diff)
		}
		record, err := f.store.Client(f.Context(), client)
		if err != nil {
			f.Fatal(err)
		}
		wantRecord := record
		wantRecord.Wakes, wantRecord.Rests, wantRecord.RestDays, wantRecord.PausedUntil = wakes, rests, days, pause
		wantRecord.Detail, wantRecord.Guarded, wantRecord.LeadsAWeek, wantRecord.Stopped = true, true, 3, want.Stopped
		if diff := cmp.Diff(wantRecord, record, sameZone); diff != "" {
			f.Errorf("record (-want +got):\n%s", diff)
		}
		nothing := 0
		f.do(f.text(at, "x"), conversations.Set{Settings: conversations.Settings{
			Wakes: &nothing, Rests: &nothing, RestDays: &[]time.Weekday{}, PausedUntil: &time.Time{}, Allow: conversations.Matters,
		}})
		facts = f.facts(client).Client
		want.Wakes, want.Rests, want.RestDays, want.PausedUntil, want.Stopped = 0, 0, nil, time.Time{}, nil
		if diff := cmp.Diff(want, facts, sameZone); diff != "" {
			f.Errorf("facts after all was taken back (-want +got):\n%s", diff)
		}
	})
}

// The offsets of reminders are the client's and the specialist's facts; a change
// of the specialist's has those planned anew who have none of their own.
func TestOffsets(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		other, _ := f.client()
		f.do(f.text(at, "x"), conversations.Set{Settings: conversations.Settings{Reminders: &[]int{2880, 240}}})
		if err := f.store.SetReminders(f.Context(), f.sam, []int{1440}); err != nil {
			f.Fatal(err)
		}
		facts := f.facts(client)
		if diff := cmp.Diff([][]int{{2880, 240}, {1440}}, [][]int{facts.Client.Reminders, facts.Specialist.Reminders}); diff != "" {
			f.Errorf("(-want +got):\n%s", diff)
		}
		record, err := f.store.Client(f.Context(), client)
		if err != nil || !slices.Equal(record.Reminders, []int{2880, 240}) {
			f.Errorf("the record says %v (%v)", record.Reminders, err)
		}
		rows, err := f.store.NextJobs(f.Context(), 10)
		if err != nil || len(rows) != 1 || rows[0].Kind != (store.ReplanArgs{}).Kind() || !strings.Contains(string(rows[0].EncodedArgs), string(other)) {
			f.Errorf("jobs %v (%v)", rows, err)
		}
		f.do(f.text(at, "x"), conversations.Set{Settings: conversations.Settings{Reminders: &[]int{}}})
		if got := f.facts(client).Client.Reminders; len(got) != 0 {
			f.Errorf("taken back, there are %v", got)
		}
		if err := f.store.SetReminders(f.Context(), f.sam, []int{240, 1440}); err == nil {
			f.Error("the shortest first was taken")
		}
		if err := f.store.SetReminders(f.Context(), "nobody", nil); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("of nobody: %v", err)
		}
	})
}

// A reminder that comes very late still finds its appointment; nothing else does.
func TestALateReminderFindsItsAppointment(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.do(f.text(at, "x"), conversations.Book{Appointment: conversations.Appointment{
			ID: "a1", Kind: conversations.Regular, At: f.now.Add(-20 * time.Hour), Status: conversations.Booked,
		}})
		late := f.load(conversations.Event{Kind: conversations.EventReminder, Client: client, Appointment: conversations.Appointment{ID: "a1"}})
		if _, ok := late.Facts.Appointment("a1"); !ok {
			f.Error("the late reminder does not know what it is of")
		}
		if _, ok := f.load(conversations.Event{Kind: conversations.EventTimeout, Client: client}).Facts.Appointment("a1"); ok {
			f.Error("an appointment of yesterday is among the facts")
		}
	})
}

// What was to go by day is not sent at night; what has no such end is.
func TestStillByDay(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.event(client, conversations.EventAgreement, conversations.SetAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"})
		loaded := f.load(f.text(at, "x"))
		turn := f.turn(loaded)
		for _, id := range []conversations.MessageID{"by_day", "any_hour", "an_answer"} {
			m := store.Message{
				ID: id, Channel: conversations.SMS, Key: "test.words", Urgency: conversations.Prompt, Text: "hello", Parts: 1, Language: "en",
				Until: f.now.Add(24 * time.Hour), Closes: f.now.Add(time.Hour), Appointment: "a9", Stands: time.Time{},
			}
			if id == "any_hour" {
				m.Closes = time.Time{}
			}
			if id == "an_answer" {
				m.Urgency = conversations.Answer
			}
			turn.Messages = append(turn.Messages, m)
		}
		f.commit(turn)
		ids := []conversations.MessageID{"by_day", "any_hour", "an_answer"}
		for name, c := range map[string]struct {
			after time.Duration
			want  map[conversations.MessageID]string
		}{
			"by_day":  {59 * time.Minute, map[conversations.MessageID]string{}},
			"by_hour": {time.Hour, map[conversations.MessageID]string{"by_day": "quiet_hours"}},
		} {
			got, err := f.store.Still(f.Context(), ids, f.now.Add(c.after))
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				f.Errorf("%s (%v): %s", name, err, diff)
			}
		}
	})
}

func TestHold(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.do(f.text(at, "x"), conversations.Hold{Reason: "danger"}, conversations.Recall{At: f.now.Add(24 * time.Hour)})
		since := f.now
		f.tick()
		f.event(client, conversations.EventHeld, conversations.Hold{Reason: "person"})
		record, err := f.store.Client(f.Context(), client)
		if err != nil || !record.HeldAt.Equal(since) || record.HeldReason != "danger" || !f.facts(client).Client.Held {
			f.Errorf("held at %v for %q (%v)", record.HeldAt, record.HeldReason, err)
		}
		f.event(client, conversations.EventReleased, conversations.Release{})
		record, err = f.store.Client(f.Context(), client)
		if err != nil || !record.HeldAt.IsZero() || record.HeldReason != "" || f.facts(client).Client.Held {
			f.Errorf("after the release held at %v for %q (%v)", record.HeldAt, record.HeldReason, err)
		}
	})
}

// A code that a client asked for by text joins an account like any other.
func TestLinkByText(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		loaded := f.load(f.text(at, "can i use telegram"))
		f.commit(f.turn(loaded, conversations.MakeLink{}))
		chat := conversations.Address{Channel: conversations.Telegram, Value: "4242"}
		linked := f.load(conversations.Event{Kind: conversations.EventLinked, From: chat, LinkCode: loaded.Facts.FreshLink})
		if linked.Client != client {
			f.Fatalf("the code belongs to %q", linked.Client)
		}
		f.commit(f.turn(linked, conversations.JoinAccount{}))
		for _, channel := range []conversations.Channel{conversations.SMS, conversations.Telegram, conversations.SMS} {
			f.do(f.text(at, "x"), conversations.PreferChannel{Channel: channel})
			if got := f.facts(client).Reach[0].Channel; got != channel {
				f.Errorf("%q is preferred, want %q", got, channel)
			}
		}
		other, _ := f.client()
		turn := f.turn(f.load(conversations.Event{Kind: conversations.EventSettings, Client: other}), conversations.PreferChannel{Channel: conversations.Telegram})
		_, err := f.store.Commit(f.Context(), turn)
		f.wantErr(err, store.ErrNotFound)
	})
}

func TestStillAsksTheSettings(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		agree := conversations.SetAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "text"}
		pause, past := f.now.Add(time.Hour), f.now.Add(-time.Hour)
		lead, gone := f.lead("PC repair assistant"), f.lead("Shelf stacker")
		yes := true
		if _, err := f.store.SetLead(f.Context(), gone.ID, store.LeadChange{Filled: &yes}); err != nil {
			f.Fatal(err)
		}
		of := func(m conversations.Matter) func(*store.Message) { return func(s *store.Message) { s.Matter = m } }
		shows := func(s *store.Message) { s.Offer = "mine" }
		set := func(s conversations.Settings) conversations.Effect { return conversations.Set{Settings: s} }
		rows := map[string]struct {
			message func(*store.Message)
			then    conversations.Effect
			want    string // for what is unasked
			answer  string // for an answer
		}{
			"paused":              {of(conversations.MatterAppointments), set(conversations.Settings{PausedUntil: &pause}), "paused", ""},
			"pause_that_is_over":  {of(conversations.MatterLeads), set(conversations.Settings{PausedUntil: &past}), "", ""},
			"stopped_kind":        {of(conversations.MatterLeads), set(conversations.Settings{Stop: []conversations.Matter{conversations.MatterLeads}}), "kind_stopped", ""},
			"another_kind":        {of(conversations.MatterTasks), set(conversations.Settings{Stop: []conversations.Matter{conversations.MatterLeads}}), "", ""},
			"hold_lead":           {of(conversations.MatterLeads), conversations.Hold{Reason: "danger"}, "hold", ""},
			"hold_check_in":       {of(conversations.MatterCheckIns), conversations.Hold{Reason: "danger"}, "hold", ""},
			"hold_task":           {of(conversations.MatterTasks), conversations.Hold{Reason: "danger"}, "hold", ""},
			"hold_nudge":          {of(conversations.MatterNudges), conversations.Hold{Reason: "danger"}, "hold", ""},
			"hold_appointment":    {of(conversations.MatterAppointments), conversations.Hold{Reason: "danger"}, "", ""},
			"hold_released":       {of(conversations.MatterLeads), conversations.Release{}, "", ""},
			"offer_open":          {shows, conversations.SetOffer{ID: "mine", Status: conversations.OfferInterested}, "", ""},
			"offer_withdrawn":     {shows, conversations.SetOffer{ID: "mine", Status: conversations.OfferWithdrawn}, "offer_withdrawn", "offer_withdrawn"},
			"lead_filled":         {func(s *store.Message) { s.Offer = "gone" }, conversations.Release{}, "offer_withdrawn", "offer_withdrawn"},
			"offer_there_is_none": {func(s *store.Message) { s.Offer = "none" }, conversations.Release{}, "offer_withdrawn", "offer_withdrawn"},
		}
		for name, row := range rows {
			client, at := f.client()
			mine, filled := conversations.OfferID(name+"-mine"), conversations.OfferID(name+"-gone")
			f.offer(client, mine, lead)
			f.offer(client, filled, gone)
			named := map[conversations.OfferID]conversations.OfferID{"": "", "mine": mine, "gone": filled, "none": "none"}
			if e, ok := row.then.(conversations.SetOffer); ok {
				e.ID = mine
				row.then = e
			}
			turn := f.turn(f.load(f.text(at, "yes")), agree)
			unasked, answer, crisis := f.say("words", conversations.Prompt), f.say("words", conversations.Answer), f.say("words", conversations.Crisis)
			for _, m := range []*store.Message{&unasked, &answer, &crisis} {
				row.message(m)
				m.Offer = named[m.Offer]
			}
			turn.Messages = []store.Message{unasked, answer, crisis}
			f.commit(turn)
			f.event(client, conversations.EventSettings, row.then)
			want := map[conversations.MessageID]string{}
			if row.want != "" {
				want[unasked.ID] = row.want
			}
			if row.answer != "" {
				want[answer.ID] = row.answer
			}
			f.Log(name)
			f.wantStill(want, unasked.ID, answer.ID, crisis.ID)
		}
	})
}
