package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"alongside/bot/web/api"
	"alongside/conversations"
)

// What a specialist starts beside appointments, and what becomes of it: each
// story goes through the real turn into the real store.

type leadView struct {
	ID, Title, Area, Pay, More, By string
	Hours                          int
	Closes                         *time.Time
	Filled                         bool
}

type offerView struct {
	ID, Client, Status, Means string
	Lead                      leadView
	Why                       []string
}

type outcomeView struct {
	Client   string
	Revision int64
	Said     []struct{ ID, Text, Words, Delivery, Reason string }
	Detail   map[string]any
	Open     *struct {
		ID, Kind, Offer, Task string
		CheckIn               string `json:"check_in"`
	} `json:"open_question"`
	Waiting []struct{ Kind string } `json:"waiting_questions"`
}

type taskView struct{ ID, Client, What, Due, Status, Means string }

type checkInView struct {
	ID, Kind, Words string
	EndedAt         *time.Time `json:"ended_at"`
	EndedBy         string     `json:"ended_by"`
}

type settingsView struct {
	Wakes, Rests    string
	RestDays        []string `json:"rest_days"`
	Stopped         []string
	PausedUntil     *time.Time `json:"paused_until"`
	Detail, Guarded bool
	LeadsAWeek      int `json:"leads_a_week"`
}

type clientSettings struct{ Settings settingsView }

// Empty and missing lists say the same, and stopped kinds have no order.
var (
	cmpEmpty  = cmpopts.EquateEmpty()
	cmpSorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })
)

// conversationOf reads a client's conversation anew: what is left out of an
// answer must not stay from the one before.
func (f *fixture) conversationOf(client string) threadView {
	f.Helper()
	var t threadView
	f.do("GET", "/api/v1/clients/"+client+"/conversation", nil).is(200, &t)
	return t
}

// has says whether a flag of the kind stands.
func (t threadView) has(reason string) bool {
	for _, f := range t.Flags {
		if f.Reason == reason {
			return true
		}
	}
	return false
}

// kinds lists the kinds of events.
func kinds(events []conversations.Event) []conversations.EventKind {
	var list []conversations.EventKind
	for _, e := range events {
		list = append(list, e.Kind)
	}
	return list
}

// detailed adds a client who agreed to texts and wants detail in them.
func (f *fixture) detailed(specialist string, n int) string {
	f.Helper()
	id := f.agreed(specialist, n)
	f.do("PATCH", "/api/v1/clients/"+id+"/settings", map[string]any{"detail": true}).is(200)
	f.welcomed(id)
	f.took()
	return id
}

// welcomed has what waits for the client's phone sent.
func (f *fixture) welcomed(client string) {
	f.Helper()
	f.sent(f.conversationOf(client))
}

func TestALeadFromTheOfferToTheAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john, ann := f.detailed(sam, 401), f.detailed(sam, 402)
		var l leadView
		f.do("POST", "/api/v1/leads", map[string]any{
			"title": "PC repair assistant", "area": "Beeston", "pay": "£12.60 an hour", "hours": 12, "more": "No till.",
			"closes": "2026-12-04T17:00:00Z", "by": sam,
		}).is(201, &l)
		closes := time.Date(2026, time.December, 4, 17, 0, 0, 0, time.UTC)
		want := leadView{
			ID: l.ID, Title: "PC repair assistant", Area: "Beeston", Pay: "£12.60 an hour", Hours: 12, More: "No till.", Closes: &closes, By: sam,
		}
		if diff := cmp.Diff(want, l); diff != "" {
			t.Errorf("the lead (-want +got):\n%s", diff)
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("adding a lead is no event: %v", kinds(events))
		}

		var o offerView
		f.do("POST", "/api/v1/clients/"+john+"/offers", map[string]any{"lead": l.ID, "by": sam}).is(201, &o)
		f.do("POST", "/api/v1/clients/"+ann+"/offers", map[string]any{"lead": l.ID}).is(201)
		if o.Client != john || o.Lead.ID != l.ID || o.Status != "offered" || o.Means == "" || o.Why == nil {
			t.Errorf("the offer: %+v", o)
		}
		events := f.took()
		if len(events) != 2 || events[0].Kind != conversations.EventOffered || string(events[0].By) != sam || events[0].Offer.Lead.Title != l.Title {
			t.Errorf("events: %+v", events)
		}
		f.do("POST", "/api/v1/clients/"+john+"/offers", map[string]any{"lead": l.ID}).refuses(409, "offered")
		thread := f.conversationOf(john)
		if thread.Open == nil || thread.Open.Kind != "lead" {
			t.Fatalf("after the offer no question is open: %+v", thread)
		}
		f.texts("+447700900401", "SM1", "1")
		var offers page[offerView]
		f.do("GET", "/api/v1/clients/"+john+"/offers", nil).is(200, &offers)
		if len(offers.Items) != 1 || offers.Items[0].Status != "interested" {
			t.Errorf("after the answer: %+v", offers)
		}
		if thread := f.conversationOf(john); !thread.has("interested") {
			t.Errorf("nobody is shown the interest: %+v", thread.Flags)
		}

		// Somebody else gets the job: everybody who was offered it is told of, by
		// words or by a person.
		f.took()
		f.do("PATCH", "/api/v1/leads/"+l.ID, map[string]any{"filled": true}).is(200, &l)
		if events := f.took(); len(events) != 2 || events[0].Kind != conversations.EventLeadChanged || !events[1].Offer.Lead.Filled {
			t.Errorf("events: %+v", events)
		}
		if thread := f.conversationOf(john); !l.Filled || !thread.has("lead_filled") {
			t.Errorf("filled: %+v, %+v", l, thread.Flags)
		}
		var both page[offerView]
		f.do("GET", "/api/v1/leads/"+l.ID+"/offers", nil).is(200, &both)
		if len(both.Items) != 2 || both.Items[1].Client != ann || both.Items[1].Status != "withdrawn" || !both.Items[1].Lead.Filled {
			t.Errorf("to whom it was offered: %+v", both)
		}
		f.do("POST", "/api/v1/clients/"+f.agreed(sam, 403)+"/offers", map[string]any{"lead": l.ID}).refuses(409, "filled")
		var every, open page[leadView]
		f.do("GET", "/api/v1/leads", nil).is(200, &every)
		f.do("GET", "/api/v1/leads?open=true", nil).is(200, &open)
		if len(every.Items) != 1 || len(open.Items) != 0 {
			t.Errorf("leads: %d and %d open", len(every.Items), len(open.Items))
		}
	})
}

func TestATaskIsAskedAfter(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.detailed(f.sam(), 411)
		tasks := "/api/v1/clients/" + john + "/tasks"
		var m taskView
		f.do("POST", tasks, map[string]any{"what": "look up job descriptions", "due": "2026-11-30"}).is(201, &m)
		if diff := cmp.Diff(taskView{
			ID: m.ID, Client: john, What: "look up job descriptions", Due: "2026-11-30", Status: "open", Means: "to be done",
		}, m); diff != "" {
			t.Errorf("the task (-want +got):\n%s", diff)
		}
		var o outcomeView
		f.do("POST", tasks+"/"+m.ID+"/ask", nil).is(200, &o)
		if len(o.Said) != 1 || !strings.Contains(o.Said[0].Text, "look up job descriptions") || o.Open == nil || o.Open.Kind != "task" || o.Open.Task != m.ID {
			t.Fatalf("asked: %+v", o)
		}
		before := o.Revision
		o = outcomeView{}
		f.do("POST", tasks+"/"+m.ID+"/ask", nil).is(200, &o)
		if len(o.Said) != 0 || o.Revision < before {
			t.Errorf("asked twice: %+v", o)
		}
		f.texts("+447700900411", "SM1", "3")
		var list page[taskView]
		f.do("GET", tasks, nil).is(200, &list)
		if len(list.Items) != 1 || list.Items[0].Status != "want_help" {
			t.Errorf("after the answer: %+v", list)
		}
		if thread := f.conversationOf(john); !thread.has("task_help") {
			t.Errorf("nobody is shown the wish for help: %+v", thread.Flags)
		}
		f.took()
		f.do("PATCH", tasks+"/"+m.ID, map[string]any{"what": "look up two jobs", "no_due": true, "status": "done"}).is(200, &m)
		if m.What != "look up two jobs" || m.Due != "" || m.Status != "done" {
			t.Errorf("changed: %+v", m)
		}
		f.do("POST", tasks+"/"+m.ID+"/ask", nil).refuses(409, "settled")
		if events := f.took(); len(events) != 0 {
			t.Errorf("changing a task is no event: %v", kinds(events))
		}
	})
}

func TestCheckInsThatTheClientChose(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.detailed(f.sam(), 421)
		all := "/api/v1/clients/" + john + "/check-ins"
		var week, own checkInView
		f.do("POST", all, map[string]any{"kind": "week"}).is(201, &week)
		f.advance(time.Second) // They are listed in the order of their time.
		f.do("POST", all, map[string]any{"kind": "wellbeing", "words": "Have you been outside today?"}).is(201, &own)
		if week.Kind != "week" || own.Words != "Have you been outside today?" {
			t.Errorf("chosen: %+v, %+v", week, own)
		}
		var o outcomeView
		f.do("POST", all+"/"+week.ID+"/ask", nil).is(200, &o)
		if len(o.Said) != 1 || o.Open == nil || o.Open.Kind != "scale" || o.Open.CheckIn != week.ID {
			t.Fatalf("asked: %+v", o)
		}
		f.texts("+447700900421", "SM1", "2")
		var answers struct {
			Note  string
			Items []struct {
				CheckIn string `json:"check_in"`
				Kind    string
				Number  int
			}
		}
		f.do("GET", "/api/v1/clients/"+john+"/answers", nil).is(200, &answers)
		if answers.Note != "not a measure of health" || len(answers.Items) != 1 || answers.Items[0].Number != 2 || answers.Items[0].Kind != "week" {
			t.Errorf("answers: %+v", answers)
		}
		f.do("GET", "/api/v1/clients/"+john+"/answers?since=2026-11-24T00:00:00Z", nil).is(200, &answers)
		if len(answers.Items) != 0 || answers.Note == "" {
			t.Errorf("answers since tomorrow: %+v", answers)
		}
		if thread := f.conversationOf(john); !thread.has("low_answer") {
			t.Errorf("nobody is shown the low answer: %+v", thread.Flags)
		}
		f.do("DELETE", all+"/"+week.ID, nil).is(204)
		f.do("DELETE", all+"/"+week.ID, nil).is(204)
		f.took()
		f.do("POST", all+"/"+week.ID+"/ask", nil).refuses(409, "ended")
		var list page[checkInView]
		f.do("GET", all, nil).is(200, &list)
		if len(list.Items) != 2 || list.Items[0].EndedAt == nil || list.Items[0].EndedBy == "" || list.Items[1].EndedAt != nil {
			t.Errorf("series: %+v", list)
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("events: %v", kinds(events))
		}
	})
}

func TestFeedbackIsForTheLead(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 431)
		f.welcomed(john)
		var o outcomeView
		f.do("POST", "/api/v1/clients/"+john+"/feedback/ask", nil).is(200, &o)
		if len(o.Said) != 1 || o.Open == nil || o.Open.Kind != "feedback" {
			t.Fatalf("asked: %+v", o)
		}
		f.texts("+447700900431", "SM1", "4")
		f.do("GET", "/api/v1/feedback", nil).refuses(403, "scope")
		// Nor does it stand anywhere else for whoever is not the lead.
		last := func() (text, because string) {
			f.Helper()
			m := f.conversationOf(john).Messages
			i := len(m) - 1
			for m[i].Direction != "in" {
				i--
			}
			if m[i].Understood != nil {
				because = m[i].Understood.Why
			}
			return m[i].Text, because
		}
		flagged := func() (there bool) {
			f.Helper()
			var all page[flagView]
			f.do("GET", "/api/v1/flags", nil).is(200, &all)
			for _, x := range all.Items {
				there = there || x.Reason == "feedback"
			}
			return there
		}
		if text, because := last(); text != api.ForLead || because != "" || flagged() || f.conversationOf(john).has("feedback") {
			t.Errorf("the specialist reads %q (%s), flagged: %t", text, because, flagged())
		}
		f.token = f.newToken("admin")
		if text, _ := last(); text != "4" || !flagged() || !f.conversationOf(john).has("feedback") {
			t.Errorf("the lead reads %q, flagged: %t", text, flagged())
		}
		var list page[struct {
			Client, Message string
			Number          int
		}]
		f.do("GET", "/api/v1/feedback", nil).is(200, &list)
		if len(list.Items) != 1 || list.Items[0].Client != john || list.Items[0].Number != 4 || list.Items[0].Message == "" {
			t.Errorf("feedback: %+v", list)
		}
	})
}

func TestFreeTimesOfASpecialist(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		free := "/api/v1/specialists/" + sam + "/free-times"
		var got struct{ Times []string }
		if body := string(f.do("GET", free, nil).is(200, &got).body); !strings.Contains(body, `"times":[]`) {
			t.Errorf("none yet: %s", body)
		}
		f.do("PUT", free, map[string]any{"times": []string{"2026-11-30T13:00:00Z", "2026-11-27T16:00:00+01:00"}}).is(200, &got)
		if diff := cmp.Diff([]string{"2026-11-27T15:00:00Z", "2026-11-30T13:00:00Z"}, got.Times); diff != "" {
			t.Errorf("free times (-want +got):\n%s", diff)
		}
		f.do("PUT", free, map[string]any{"times": []string{"2026-11-20T13:00:00Z"}}).refuses(422, "past")
		f.do("GET", free, nil).is(200, &got)
		if len(got.Times) != 2 {
			t.Errorf("a refusal changed them: %v", got.Times)
		}
		f.do("PUT", free, map[string]any{"times": []string{}}).is(200, &got)
		if len(got.Times) != 0 {
			t.Errorf("taken away: %v", got.Times)
		}
	})
}

func TestSettingsThatASpecialistSets(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 441)
		f.took()
		var c clientSettings
		f.do("GET", "/api/v1/clients/"+john, nil).is(200, &c)
		if diff := cmp.Diff(settingsView{Wakes: "09:30"}, c.Settings, cmpEmpty); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}
		set := "/api/v1/clients/" + john + "/settings"
		c = clientSettings{}
		f.do("PATCH", set, map[string]any{
			"wakes": "11:00", "rests": "17:30", "rest_days": []string{"tue", "mon"}, "paused_until": "2026-12-07T09:00:00Z",
			"stop": []string{"leads", "check_ins"}, "detail": true, "leads_a_week": 2,
		}).is(200, &c)
		until := time.Date(2026, time.December, 7, 9, 0, 0, 0, time.UTC)
		if diff := cmp.Diff(settingsView{
			Wakes: "11:00", Rests: "17:30", RestDays: []string{"mon", "tue"}, Stopped: []string{"check_ins", "leads"}, PausedUntil: &until,
			Detail: true, LeadsAWeek: 2,
		}, c.Settings, cmpEmpty, cmpSorted); diff != "" {
			t.Errorf("set (-want +got):\n%s", diff)
		}
		c = clientSettings{}
		f.do("PATCH", set, map[string]any{"rests": "", "rest_days": []string{}, "resume": true, "allow": []string{"leads"}, "guarded": true}).is(200, &c)
		if diff := cmp.Diff(settingsView{Wakes: "11:00", Stopped: []string{"check_ins"}, Guarded: true, LeadsAWeek: 2}, c.Settings, cmpEmpty); diff != "" {
			t.Errorf("taken away (-want +got):\n%s", diff)
		}
		c = clientSettings{}
		f.do("PATCH", set, map[string]any{"guarded": false}).is(200, &c)
		if c.Settings.Guarded || c.Settings.Detail {
			t.Errorf("places and names came back by themselves: %+v", c.Settings)
		}
		set3 := []conversations.EventKind{conversations.EventSettings, conversations.EventSettings, conversations.EventSettings}
		if diff := cmp.Diff(set3, kinds(f.took())); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestACallIsAnnounced(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 451)
		f.welcomed(john)
		f.took()
		var o outcomeView
		f.do("POST", "/api/v1/clients/"+john+"/ring", map[string]any{"at": "2026-11-23T14:00:00Z", "from": "0115 496 0001"}).is(200, &o)
		if len(o.Said) != 1 || !strings.Contains(o.Said[0].Text, "0115 496 0001") || !strings.Contains(o.Said[0].Text, "2pm") {
			t.Errorf("announced: %+v", o)
		}
		if events := f.took(); len(events) != 1 || events[0].Kind != conversations.EventRing || events[0].RingFrom != "0115 496 0001" {
			t.Errorf("events: %+v", events)
		}
	})
}

func TestANumberIsSettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 461)
		f.took()
		var o outcomeView
		f.do("POST", "/api/v1/clients/"+john+"/settled", nil).is(200, &o)
		if events := f.took(); len(events) != 1 || events[0].Kind != conversations.EventSettled || o.Client != john {
			t.Errorf("events: %+v, %+v", events, o)
		}
		f.do("POST", "/api/v1/clients/"+john+"/close", nil).is(200)
		f.do("POST", "/api/v1/clients/"+john+"/settled", nil).refuses(409, "closed")
	})
}

// TestATextIsPutRight has a text that nobody understood mean yes, and then
// another time: the first is undone.
func TestATextIsPutRight(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 471)
		at := time.Date(2026, time.November, 26, 14, 0, 0, 0, time.UTC)
		meeting := f.booked(john, at)
		f.arrives(conversations.Event{
			Kind: conversations.EventReminder, Client: conversations.ClientID(john), Before: 1440,
			Appointment: conversations.Appointment{ID: conversations.AppointmentID(meeting), At: at},
		})
		f.texts("+447700900471", "SM1", "blue bicycle seventeen")
		text, ours := "", ""
		for _, m := range f.conversationOf(john).Messages {
			if m.Direction == "in" {
				text = m.ID
			} else {
				ours = m.ID
			}
		}
		put := func(message string, body map[string]any) answer {
			body["by"] = sam
			return f.do("POST", "/api/v1/clients/"+john+"/messages/"+message+"/correction", body)
		}
		f.took()
		put(ours, map[string]any{"intent": "confirm"}).refuses(409, "no_text")
		put("nothing", map[string]any{"intent": "confirm"}).refuses(409, "no_text")
		ann := f.agreed(sam, 472)
		f.took()
		f.do("POST", "/api/v1/clients/"+ann+"/messages/"+text+"/correction", map[string]any{"intent": "confirm", "by": sam}).refuses(409, "no_text")
		for name, row := range map[string]struct {
			body  map[string]any
			field string
		}{
			"a_rating_without_a_number":   {map[string]any{"intent": "rating"}, "body.number"},
			"a_number_that_rates_nothing": {map[string]any{"intent": "confirm", "number": 3}, "body.number"},
			"a_yes_with_a_day":            {map[string]any{"intent": "confirm", "date": "2026-11-27"}, "body.date"},
			"a_time_without_its_day":      {map[string]any{"intent": "change", "clock": "15:00"}, "body.date"},
			"no_such_day":                 {map[string]any{"intent": "change", "date": "2026-02-30"}, "body.date"},
			"a_day_that_is_over":          {map[string]any{"intent": "change", "date": "2026-11-22"}, "body.date"},
			"a_time_that_is_over":         {map[string]any{"intent": "change", "date": "2026-11-23", "clock": "11:00"}, "body.date"},
			"a_language_without_its_tag":  {map[string]any{"intent": "language"}, "body.language"},
			"danger_in_a_yes":             {map[string]any{"intent": "confirm", "danger": "self"}, "body.danger"},
			"no_intent":                   {map[string]any{}, "body.intent"},
			"an_intent_of_ours":           {map[string]any{"intent": "choose"}, "body.intent"},
		} {
			p := put(text, row.body).refuses(422, "invalid")
			if len(p.Errors) == 0 || p.Errors[0].Field != row.field {
				t.Errorf("%s: %+v", name, p.Errors)
			}
		}
		if events := f.took(); len(events) != 0 {
			t.Fatalf("a refusal is an event: %v", kinds(events))
		}

		put(text, map[string]any{"intent": "confirm"}).is(200)
		thread := f.conversationOf(john)
		if thread.Appointments[0].Status != "confirmed" {
			t.Errorf("put right to yes: %+v", thread.Appointments)
		}
		f.advance(time.Second)
		put(text, map[string]any{"intent": "change", "date": "2026-11-27", "clock": "15:00"}).is(200)
		thread = f.conversationOf(john)
		if thread.Appointments[0].Status != "change_asked" {
			t.Errorf("put right to another time: %+v", thread.Appointments)
		}
		for _, m := range thread.Messages {
			if m.ID == text && (m.Corrected == nil || m.Corrected.Intent != "change" || m.Corrected.Value != "2026-11-27T15:00" || m.Corrected.By != sam) {
				t.Errorf("the text says: %+v", m.Corrected)
			}
		}
		f.do("POST", "/api/v1/clients/"+john+"/messages/"+text+"/correction", map[string]any{"intent": "confirm", "by": "nobody"}).refuses(422, "invalid")
	})
}
