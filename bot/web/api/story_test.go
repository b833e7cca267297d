package api_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

// page is a list as it comes.
type page[T any] struct {
	Items []T
	Next  string
}

type clientView struct {
	ID, Specialist, Name, Language, Zone, Wakes string
	FullName                                    string `json:"full_name"`
	Named, Detail                               bool
	ClosedAt                                    *time.Time `json:"closed_at"`
	Revision                                    int64
	Reach                                       []reachView
}

type reachView struct {
	Channel, Address, Agreement, Means string
	Blocked                            bool
}

type meetingView struct {
	ID, Client, Kind, At, Place, Status string
	Minutes                             int
}

type threadView struct {
	Client   string
	Revision int64
	Before   string
	Messages []struct {
		ID, Direction, Channel, Text, Delivery, Means, Reason, Words, Kind string
		ReasonMeans                                                        string `json:"reason_means"`
		Understood                                                         *struct {
			Intent, Why string
			Sure        int
		}
		Corrected *struct{ Intent, Value, By string }
	}
	Events []struct {
		Kind     string
		Revision int64
		Detail   map[string]any
	}
	Open         *struct{ ID, Kind, Appointment string } `json:"open_question"`
	Flags        []flagView
	Appointments []meetingView
	Agreements   []struct{ Channel, Agreement, How string }
}

type flagView struct {
	ID, Client, Reason, Means, Appointment, Message string
}

func TestAClientFromTheFirstDayToTheLast(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		var c clientView
		f.do("POST", "/api/v1/clients", map[string]any{
			"specialist": sam, "full_name": "John Mbeki", "name": "John", "named": true, "language": "en",
			"mobile": "07700 900123", "wakes": "09:30",
		}).is(201, &c)
		john := "/api/v1/clients/" + c.ID
		want := clientView{
			ID: c.ID, Specialist: sam, FullName: "John Mbeki", Name: "John", Named: true, Language: "en",
			Zone: "Europe/London", Wakes: "09:30", Reach: []reachView{{
				Channel: "sms", Address: "+447700900123", Agreement: "none", Means: "was never asked on this channel; nothing is sent",
			}},
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("a new client (-want +got):\n%s", diff)
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("adding somebody is no event: %v", events)
		}

		f.do("POST", john+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}).is(200, &c)
		if c.Reach[0].Agreement != "given" || c.Revision != 1 {
			t.Errorf("after the agreement: %+v", c)
		}
		at := time.Date(2026, time.November, 26, 14, 0, 0, 0, time.UTC)
		id := f.booked(c.ID, at)
		var m meetingView
		f.do("GET", "/api/v1/appointments/"+id, nil).is(200, &m)
		if diff := cmp.Diff(meetingView{
			ID: id, Client: c.ID, Kind: "regular", At: "2026-11-26T14:00:00Z", Place: "Hafan Cafe", Status: "booked", Minutes: 45,
		}, m); diff != "" {
			t.Errorf("the appointment (-want +got):\n%s", diff)
		}
		events := f.took()
		if len(events) != 2 || events[0].Kind != conversations.EventAgreement || events[1].Kind != conversations.EventBooked ||
			string(events[1].Appointment.ID) != id || !events[1].At.Equal(f.clock()) {
			t.Errorf("events: %+v", events)
		}

		// The reminder falls due, and John answers it.
		f.arrives(conversations.Event{
			Kind: conversations.EventReminder, Client: conversations.ClientID(c.ID), Before: 1440,
			Appointment: conversations.Appointment{ID: conversations.AppointmentID(id), At: at},
		})
		var thread threadView
		f.do("GET", john+"/conversation", nil).is(200, &thread)
		if thread.Open == nil || thread.Open.Kind != "appointment" || thread.Open.Appointment != id {
			t.Fatalf("after the reminder no question is open: %+v", thread)
		}
		f.sent(thread)
		f.texts("+447700900123", "SM1", "i will be there")
		thread = threadView{} // What is left out of the next answer must not stay from this one.
		f.do("GET", john+"/conversation", nil).is(200, &thread)
		f.sawConfirmation(thread, id)
		f.moveAndCancel(id)
		f.leave(john)
	})
}

// arrives takes an event through the real turn, as a job or an adapter would.
func (f *fixture) arrives(ev conversations.Event) {
	f.Helper()
	must(f.T, f.turn.Run(f.Context(), ev))
}

// texts is somebody writing.
func (f *fixture) texts(from, sid, words string) {
	f.Helper()
	f.arrives(conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: from}, ProviderID: sid, Text: words,
	})
}

// sent gives the messages of a conversation the fates that a message can have.
func (f *fixture) sent(thread threadView) {
	f.Helper()
	fates := []store.SendResult{
		{Delivery: conversations.Sent, ProviderID: "SMa"},
		{Delivery: conversations.Unknown, Code: "timeout"},
	}
	for i, m := range thread.Messages {
		r := fates[min(i, len(fates)-1)]
		r.ID = conversations.MessageID(m.ID)
		must(f.T, f.store.WriteResults(f.Context(), []store.SendResult{r}, f.clock()))
		_, err := f.store.Claim(f.Context(), f.clock(), 10)
		must(f.T, err)
	}
	_, err := f.store.RecordDelivery(f.Context(), conversations.MessageID(thread.Messages[0].ID), conversations.SMS, "SMa",
		conversations.Undelivered, "30003", f.clock())
	must(f.T, err)
}

func (f *fixture) sawConfirmation(thread threadView, meeting string) {
	f.Helper()
	if len(thread.Messages) != 4 {
		f.Fatalf("messages: %+v", thread.Messages)
	}
	first, reminder, text, thanks := thread.Messages[0], thread.Messages[1], thread.Messages[2], thread.Messages[3]
	if first.Direction != "out" || first.Delivery != "undelivered" || first.Means != "sent, but it did not reach the phone" ||
		first.Reason != "30003" || first.ReasonMeans != "the phone is switched off or has no signal" {
		f.Errorf("the welcome: %+v", first)
	}
	if reminder.Delivery != "unknown" || !strings.HasPrefix(reminder.Means, "may not have been sent") {
		f.Errorf("the reminder: %+v", reminder)
	}
	if text.Direction != "in" || text.Text != "i will be there" || text.Understood == nil || text.Understood.Intent != "confirm" || text.Understood.Why == "" {
		f.Errorf("the text: %+v", text)
	}
	if thanks.Direction != "out" || thanks.Text == "" || thanks.Words == "" {
		f.Errorf("the answer: %+v", thanks)
	}
	if thread.Open != nil {
		f.Errorf("the question is still open: %+v", thread.Open)
	}
	if a := thread.Appointments; len(a) != 1 || a[0].ID != meeting || a[0].Status != "confirmed" {
		f.Errorf("appointments: %+v", a)
	}
	if a := thread.Agreements; len(a) != 1 || a[0].Agreement != "given" || a[0].How != "in person" {
		f.Errorf("the ledger: %+v", a)
	}
	var kinds []string
	for _, e := range thread.Events {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]string{"agreement", "appointment_booked", "reminder", "text"}, kinds); diff != "" {
		f.Errorf("events (-want +got):\n%s", diff)
	}
}

func (f *fixture) moveAndCancel(id string) {
	f.Helper()
	var m meetingView
	path := "/api/v1/appointments/" + id
	f.do("PATCH", path, map[string]any{"at": "2026-11-27T16:00:00+01:00"}).is(200, &m)
	if m.At != "2026-11-27T15:00:00Z" || m.Status != "booked" {
		f.Errorf("moved: %+v", m)
	}
	f.took()
	f.do("PATCH", path, map[string]any{"at": "2026-11-27T15:00:00Z"}).is(200, &m)
	if events := f.took(); len(events) != 0 {
		f.Errorf("the same time again is an event: %v", events)
	}
	f.do("POST", path+"/cancel", nil).is(200, &m)
	if m.Status != "cancelled" {
		f.Errorf("cancelled: %+v", m)
	}
	if events := f.took(); len(events) != 1 || events[0].Kind != conversations.EventCancelled {
		f.Errorf("events: %v", events)
	}
	f.do("POST", path+"/cancel", nil).is(200, &m)
	if events := f.took(); len(events) != 0 {
		f.Errorf("cancelling twice is an event: %v", events)
	}
	f.do("PATCH", path, map[string]any{"at": "2026-11-30T15:00:00Z"}).refuses(409, "cancelled")
}

func (f *fixture) leave(john string) {
	f.Helper()
	var c clientView
	f.do("PUT", john+"/mobile", map[string]any{"mobile": "+44 7700 900124"}).is(200, &c)
	if len(c.Reach) != 1 || c.Reach[0].Address != "+447700900124" || c.Reach[0].Agreement != "none" {
		f.Errorf("after the change: %+v", c.Reach)
	}
	f.took()
	f.do("PUT", john+"/mobile", map[string]any{"mobile": "07700900124"}).is(200, &c)
	if events := f.took(); len(events) != 0 {
		f.Errorf("the same number again is an event: %v", events)
	}
	f.do("POST", john+"/close", nil).is(200, &c)
	if c.ClosedAt == nil {
		f.Error("the record is open")
	}
	f.took()
	f.do("POST", john+"/close", nil).is(200, &c)
	if events := f.took(); len(events) != 0 {
		f.Errorf("closing twice is an event: %v", events)
	}
	f.do("PUT", john+"/mobile", map[string]any{"mobile": "07700900125"}).refuses(409, "closed")
	f.do("POST", john+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "by phone"}).refuses(409, "closed")
	f.do("POST", john+"/telegram-link", nil).refuses(409, "closed")
	f.do("POST", john+"/appointments", map[string]any{"kind": "regular", "at": "2026-11-30T15:00:00Z"}).refuses(409, "closed")
	if events := f.took(); len(events) != 0 {
		f.Errorf("a closed record has events: %v", events)
	}
}

func TestWhatAPersonHasToLookAt(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam, ann := f.sam(), f.sam()
		john := f.agreed(sam, 301)
		f.agreed(ann, 302)
		f.texts("+447700900301", "SM1", "blue bicycle seventeen")
		f.texts("+447700900302", "SM2", "green umbrella nineteen")
		f.texts("+447700900399", "SM3", "hi is this the job people")

		var all, his page[flagView]
		f.do("GET", "/api/v1/flags", nil).is(200, &all)
		f.do("GET", "/api/v1/flags?specialist="+sam, nil).is(200, &his)
		if len(all.Items) != 3 || len(his.Items) != 1 {
			t.Fatalf("flags: %d and %d, want 3 and 1: %+v", len(all.Items), len(his.Items), all)
		}
		flag := his.Items[0]
		if flag.Client != john || flag.Reason == "" || flag.Means == "" || flag.Message == "" {
			t.Errorf("the flag: %+v", flag)
		}
		f.do("POST", "/api/v1/flags/"+flag.ID+"/close", nil).is(204)
		f.do("POST", "/api/v1/flags/"+flag.ID+"/close", nil).is(204)
		f.do("GET", "/api/v1/flags?specialist="+sam, nil).is(200, &his)
		if len(his.Items) != 0 {
			t.Errorf("it stands: %+v", his)
		}
		f.do("POST", "/api/v1/flags/none/close", nil).refuses(404, "not_found")

		var strangers page[struct{ ID, Channel, Address string }]
		f.do("GET", "/api/v1/unknown-senders", nil).is(200, &strangers)
		if len(strangers.Items) != 1 || strangers.Items[0].Address != "+447700900399" {
			t.Fatalf("unknown senders: %+v", strangers)
		}
		var thread threadView
		f.do("GET", "/api/v1/unknown-senders/"+strangers.Items[0].ID+"/conversation", nil).is(200, &thread)
		if len(thread.Messages) == 0 || thread.Messages[0].Text != "hi is this the job people" || thread.Client != "" {
			t.Errorf("what they wrote: %+v", thread)
		}
		f.do("GET", "/api/v1/unknown-senders/"+john+"/conversation", nil).refuses(404, "not_found")
	})
}

func TestPagesOfAConversation(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 311)
		for i := range 5 {
			f.texts("+447700900311", fmt.Sprint("SM", i), fmt.Sprint("blue bicycle ", i))
		}
		var texts []string
		before := ""
		for range 20 {
			var thread threadView
			f.do("GET", "/api/v1/clients/"+john+"/conversation?limit=3&before="+before, nil).is(200, &thread)
			var part []string
			for _, m := range thread.Messages {
				if m.Direction == "in" {
					part = append(part, m.Text)
				}
			}
			texts = append(part, texts...)
			if before = thread.Before; before == "" {
				break
			}
		}
		want := []string{"blue bicycle 0", "blue bicycle 1", "blue bicycle 2", "blue bicycle 3", "blue bicycle 4"}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("texts (-want +got):\n%s", diff)
		}
	})
}

func TestPagesOfPeople(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam, ann := f.sam(), f.sam()
		var want []string
		for i := range 5 {
			want = append(want, f.john(sam, 320+i))
		}
		f.john(ann, 330)
		var got []string
		cursor := ""
		for range 10 {
			var p page[clientView]
			f.do("GET", "/api/v1/clients?specialist="+sam+"&limit=2&cursor="+cursor, nil).is(200, &p)
			for _, c := range p.Items {
				got = append(got, c.ID)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("clients of one (-want +got):\n%s", diff)
		}
		var everybody page[clientView]
		f.do("GET", "/api/v1/clients", nil).is(200, &everybody)
		var specialists page[struct{ ID, Name string }]
		f.do("GET", "/api/v1/specialists?limit=1", nil).is(200, &specialists)
		if len(everybody.Items) != 6 || len(specialists.Items) != 1 || specialists.Next == "" {
			t.Errorf("%d clients, %+v", len(everybody.Items), specialists)
		}
		f.do("GET", "/api/v1/specialists/"+sam, nil).is(200)
		var empty page[clientView]
		if body := string(f.do("GET", "/api/v1/clients?specialist=nobody", nil).is(200, &empty).body); !strings.Contains(body, `"items":[]`) {
			t.Errorf("an empty page is %s", body)
		}
	})
}

func TestTelegramLink(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.john(f.sam(), 341)
		var link struct {
			Code, URL string
			Expires   time.Time `json:"expires_at"`
		}
		f.do("POST", "/api/v1/clients/"+john+"/telegram-link", nil).is(201, &link)
		if !regexp.MustCompile(`^[0-9A-Z]{8}$`).MatchString(link.Code) || link.URL != "https://t.me/alongside_test_bot?start="+link.Code ||
			!link.Expires.Equal(f.clock().Add(7*24*time.Hour)) {
			t.Errorf("the link: %+v", link)
		}
		f.secret(link.Code)
		f.arrives(conversations.Event{
			Kind: conversations.EventLinked, From: conversations.Address{Channel: conversations.Telegram, Value: "4711"},
			ProviderID: "1/1", Text: "/start " + link.Code, LinkCode: link.Code,
		})
		var c clientView
		f.do("GET", "/api/v1/clients/"+john, nil).is(200, &c)
		if len(c.Reach) != 2 || !slices.ContainsFunc(c.Reach, func(r reachView) bool { return r.Channel == "telegram" && r.Agreement == "given" }) {
			t.Errorf("after the link: %+v", c.Reach)
		}
	})
}

func TestAgreementsThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	f := once(t)
	sam := f.sam()
	record := func(client, channel, agreement string) answer {
		return f.do("POST", "/api/v1/clients/"+client+"/agreements", map[string]any{"channel": channel, "agreement": agreement, "how": "in person"})
	}
	john := f.john(sam, 351)
	record(john, "telegram", "given").refuses(409, "no_address")
	record(john, "sms", "asked").is(200)
	record(john, "sms", "asked").refuses(409, "asked")
	record(john, "sms", "given").is(200)
	record(john, "sms", "asked").refuses(409, "agreed")
	record(john, "sms", "stopped").is(200)
	record(john, "sms", "asked").refuses(409, "stopped")
	record(john, "sms", "declined").is(200)
	record(john, "sms", "asked").refuses(409, "declined")
	p := f.do("POST", "/api/v1/clients/"+john+"/agreements", map[string]any{"channel": "sms", "agreement": "given"}).refuses(422, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Field != "body.how" {
		t.Errorf("errors: %+v", p.Errors)
	}
}
