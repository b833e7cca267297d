package api_test

import (
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// danger writes down that a text was read as danger, as a turn does.
func (f *fixture) danger(from, sid string) {
	f.Helper()
	f.advance(time.Second)
	loaded, err := f.store.Load(f.Context(), conversations.Event{
		Kind: conversations.EventText, Text: "i cannot go on", ProviderID: sid,
		From: conversations.Address{Channel: conversations.SMS, Value: from},
	}, f.clock())
	must(f.T, err)
	f.secret("i cannot go on")
	_, err = f.store.Commit(f.Context(), store.Turn{
		Loaded: loaded, Inbound: conversations.MessageID("in-" + sid), Now: f.clock(), State: loaded.State,
		Effects: []conversations.Effect{conversations.RaiseAlert{Danger: understand.DangerSelf}},
	})
	must(f.T, err)
}

type alertView struct {
	ID, Client, Sender, Danger, Message, Outcome string
	AcknowledgedBy                               string     `json:"acknowledged_by"`
	ClosedBy                                     string     `json:"closed_by"`
	ClosedAt                                     *time.Time `json:"closed_at"`
	Told                                         []struct{ Watcher, Via, Delivery, Means string }
	Ahead                                        []struct{ Place, With string }
}

// An alert is taken on, closed by its outcome alone, and with it what the same
// person had written before.
func TestAlertIsTakenOnAndClosed(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 321)
		f.do("POST", "/api/v1/clients/"+john+"/appointments", map[string]any{
			"kind": "regular", "at": "2026-11-26T14:00:00Z", "place": "Hafan Cafe", "with": "Ann from the workshop",
		}).is(201)
		f.danger("+447700900321", "SM1")
		f.danger("+447700900321", "SM2")
		f.danger("+447700900399", "SM3")
		var open page[alertView]
		f.do("GET", "/api/v1/alerts", nil).is(200, &open)
		if len(open.Items) != 3 || open.Items[0].Client != john || open.Items[0].Danger != "self" || open.Items[0].Message == "" ||
			open.Items[2].Client != "" || !strings.HasPrefix(open.Items[2].Sender, "~") {
			t.Fatalf("alerts: %+v", open.Items)
		}
		first, second, stranger := "/api/v1/alerts/"+open.Items[0].ID, "/api/v1/alerts/"+open.Items[1].ID, "/api/v1/alerts/"+open.Items[2].ID
		f.do("GET", "/api/v1/alerts?specialist="+sam, nil).is(200, &open)
		if len(open.Items) != 2 {
			t.Errorf("his: %+v", open.Items)
		}

		if p := f.do("POST", first+"/acknowledge", map[string]any{"by": "somebody"}).refuses(422, "invalid"); p.Errors[0].Field != "body.by" {
			t.Errorf("errors: %+v", p.Errors)
		}
		var a alertView
		f.do("POST", first+"/acknowledge", map[string]any{"by": sam}).is(200, &a)
		f.do("POST", first+"/acknowledge", map[string]any{"by": "duty"}).is(200, &a)
		if a.AcknowledgedBy != sam || a.ClosedAt != nil {
			t.Errorf("acknowledged: %+v", a)
		}
		f.do("GET", second, nil).is(200, &a)
		if a.AcknowledgedBy != sam {
			t.Errorf("what he had written by then: %+v", a)
		}
		if len(a.Ahead) != 1 || a.Ahead[0].With != "Ann from the workshop" || a.Ahead[0].Place != "Hafan Cafe" {
			t.Errorf("who else is to meet him: %+v", a.Ahead)
		}
		var theirs alertView
		f.do("GET", stranger, nil).is(200, &theirs)
		if theirs.AcknowledgedBy != "" {
			t.Errorf("somebody else's: %+v", theirs)
		}
		f.advance(time.Minute)
		f.danger("+447700900321", "SM4")

		for _, nothing := range []string{"", "  \n "} {
			p := f.do("POST", first+"/outcome", map[string]any{"by": sam, "outcome": nothing}).refuses(422, "invalid")
			if len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Message, "what was done") {
				t.Errorf("errors: %+v", p.Errors)
			}
		}
		f.secret("by the river")
		f.do("POST", first+"/outcome", map[string]any{"by": sam, "outcome": "Talked by the river"}).is(200, &a)
		if a.Outcome != "Talked by the river" || a.ClosedBy != sam || a.ClosedAt == nil {
			t.Errorf("closed: %+v", a)
		}
		f.do("POST", first+"/outcome", map[string]any{"by": sam, "outcome": "again"}).is(409)
		f.do("GET", "/api/v1/alerts", nil).is(200, &open)
		if len(open.Items) != 2 {
			t.Errorf("open: %+v; what nobody had seen stays open", open.Items)
		}
		f.do("GET", "/api/v1/alerts?closed=true", nil).is(200, &open)
		if len(open.Items) != 4 || open.Items[0].ClosedAt != nil || open.Items[3].ClosedAt == nil {
			t.Errorf("all: %+v", open.Items)
		}
	})
}

// A hold, a reminder that waits, the tap that lets it go, and the release.
func TestHoldAndTheTap(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 322)
		at := theDay.AddDate(0, 0, 3)
		meeting := f.booked(john, at)
		client, by := "/api/v1/clients/"+john, map[string]any{"by": sam}
		var h struct {
			Held   bool
			Since  *time.Time
			Reason string
		}
		f.do("POST", client+"/hold", by).is(200, &h)
		if !h.Held || h.Since == nil || h.Reason != "person" {
			t.Errorf("held: %+v", h)
		}
		f.do("POST", client+"/appointments/"+meeting+"/remind", by).refuses(409, "nothing_waits")
		remind := func(before int) {
			f.arrives(conversations.Event{
				Kind: conversations.EventReminder, Client: conversations.ClientID(john), Before: before,
				Appointment: conversations.Appointment{ID: conversations.AppointmentID(meeting), At: at},
			})
		}
		remind(1440) // A meeting three days ahead has no other.
		var let struct {
			Reminder *struct{ Text, Words string }
			Reason   string
		}
		f.do("POST", client+"/appointments/"+meeting+"/remind", by).is(200, &let)
		if let.Reminder == nil || !strings.HasPrefix(let.Reminder.Words, "appointment.reminder") {
			t.Errorf("let: %+v", let)
		}
		f.do("POST", client+"/appointments/"+meeting+"/remind", by).refuses(409, "nothing_waits")
		other := f.agreed(sam, 323)
		f.do("POST", "/api/v1/clients/"+other+"/appointments/"+meeting+"/remind", by).refuses(404, "not_found")
		f.do("POST", client+"/release", map[string]any{"by": "nobody"}).refuses(422, "invalid")
		f.do("POST", client+"/release", by).is(200, &h)
		if h.Held {
			t.Errorf("released: %+v", h)
		}
		f.do("POST", client+"/close", nil).is(200)
		f.do("POST", client+"/hold", by).refuses(409, "closed")
	})
}
