package api_test

import (
	"slices"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// told is the answer of what has something said.
type told struct {
	Said   []struct{ ID, Text, Words, Channel, Language string }
	Detail struct {
		Skipped []struct{ Key, Reason string }
		Message string
	}
}

// why is the reason of the only thing that was not said.
func (o told) why() string {
	if len(o.Detail.Skipped) != 1 {
		return ""
	}
	return o.Detail.Skipped[0].Reason
}

// inFull is a client as the API shows them.
type inFull struct {
	ID, Specialist, Stage string
	ClosedAt              *time.Time `json:"closed_at"`
	ReturnedAt            *time.Time `json:"returned_at"`
	Reach                 []struct {
		Channel, Agreement, Fault, Mend string
		Means                           string `json:"fault_means"`
	}
}

func (f *fixture) named(name string) string {
	f.Helper()
	f.advance(time.Second)
	var m made
	f.do("POST", "/api/v1/specialists", map[string]any{"name": name}).is(201, &m)
	return m.ID
}

// reasons lists why a person has to look, by the clients of a specialist.
func (f *fixture) reasons(specialist string) (list []string) {
	f.Helper()
	var page struct{ Items []struct{ Reason string } }
	f.do("GET", "/api/v1/flags?specialist="+specialist, nil).is(200, &page)
	for _, i := range page.Items {
		list = append(list, i.Reason)
	}
	return list
}

// A client who is handed on takes along what nobody has read, the diary and the
// tasks, and is told by a person, once.
func TestAClientIsHandedOn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam, priya := f.sam(), f.named("Priya")
		john := f.agreed(sam, 901)
		f.booked(john, theDay.AddDate(0, 0, 3))
		f.do("POST", "/api/v1/clients/"+john+"/tasks", map[string]any{"what": "look up jobs"}).is(201)
		f.texts("+447700900901", "SM901", "the kitchen is flooded")
		unread := f.reasons(sam)
		if len(unread) == 0 {
			f.Fatal("nothing is unread")
		}
		f.took()
		way := "/api/v1/clients/" + john
		f.do("GET", way+"/hand-over/words", nil).refuses(409, "not_handed_over")
		f.do("POST", way+"/hand-over", map[string]any{"to": sam, "by": sam}).refuses(409, "same_specialist")
		f.do("POST", way+"/hand-over", map[string]any{"to": "nobody", "by": sam}).refuses(422, "invalid")
		f.do("POST", way+"/hand-over", map[string]any{"to": priya, "by": "nobody"}).refuses(422, "invalid")
		if got := f.took(); len(got) != 0 {
			f.Fatalf("a refusal did something: %v", got)
		}

		var c inFull
		if f.do("POST", way+"/hand-over", map[string]any{"to": priya, "by": "lead"}).is(200, &c); c.Specialist != priya {
			f.Errorf("john is with %s", c.Specialist)
		}
		f.do("POST", way+"/hand-over", map[string]any{"to": priya, "by": "lead"}).refuses(409, "same_specialist")
		if diff := cmp.Diff(unread, f.reasons(priya)); diff != "" || len(f.reasons(sam)) != 0 {
			f.Errorf("unread (-before +hers), and %v with sam:\n%s", f.reasons(sam), diff)
		}
		var thread struct {
			Messages     []struct{ Text, Words string }
			Appointments []made
			Events       []struct {
				Kind   string
				Detail struct{ To, By string }
			}
		}
		f.do("GET", way+"/conversation", nil).is(200, &thread)
		for _, m := range thread.Messages {
			if m.Words == conversations.TellPassedOn {
				f.Error("john was told by itself")
			}
		}
		last := thread.Events[len(thread.Events)-1]
		if last.Kind != "passed_on" || last.Detail.To != priya || last.Detail.By != "lead" || len(thread.Appointments) != 1 {
			f.Errorf("the thread ends with %+v, %d appointments", last, len(thread.Appointments))
		}

		// What they would be told, and that they are: once.
		var p struct{ Messages []struct{ Text string } }
		f.do("GET", way+"/hand-over/words?by="+sam, nil).is(200, &p)
		want := "Hi John. Sam asked me to tell you: Priya works with you from now on, instead of Sam. Priya reads what you text here. Your appointments stay as they are."
		if len(p.Messages) != 1 || "Hi John. "+p.Messages[0].Text != want && p.Messages[0].Text != want {
			f.Errorf("preview: %+v", p)
		}
		var o told
		if f.do("POST", way+"/hand-over/words", map[string]any{"by": sam}).is(200, &o); len(o.Said) != 1 || o.Said[0].Text != p.Messages[0].Text {
			f.Errorf("said: %+v", o)
		}
		o = told{}
		if f.do("POST", way+"/hand-over/words", map[string]any{"by": sam}).is(200, &o); len(o.Said) != 0 || o.why() != "told_before" {
			f.Errorf("said twice: %+v", o)
		}
		var listed struct {
			Items []struct {
				Client, From, To, By string
				ToldAt               *time.Time `json:"told_at"`
			}
		}
		f.do("GET", "/api/v1/specialists/"+priya+"/hand-overs", nil).is(200, &listed)
		if len(listed.Items) != 1 || listed.Items[0].ToldAt == nil || listed.Items[0].From != sam || listed.Items[0].Client != john || listed.Items[0].By != "lead" {
			f.Errorf("hand-overs: %+v", listed)
		}

		// Back to Sam: another hand-over, of which nobody has told.
		f.do("POST", way+"/hand-over", map[string]any{"to": sam, "by": priya}).is(200)
		o = told{}
		if f.do("POST", way+"/hand-over/words", map[string]any{"by": sam}).is(200, &o); len(o.Said) != 1 {
			f.Errorf("of the second: %+v", o)
		}
		f.do("POST", way+"/close", nil).is(200)
		f.do("POST", way+"/hand-over", map[string]any{"to": priya, "by": sam}).refuses(409, "closed")
	})
}

// A whole caseload goes at once, each client with an event of their own; sent
// again it finds nobody left.
func TestACaseloadIsHandedOn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam, priya, ann := f.sam(), f.named("Priya"), f.named("Ann")
		one, two, left, hers := f.agreed(sam, 911), f.agreed(sam, 912), f.agreed(sam, 913), f.agreed(ann, 914)
		f.do("POST", "/api/v1/clients/"+left+"/close", nil).is(200)
		f.took()
		way := "/api/v1/specialists/" + sam + "/hand-over"
		f.do("POST", way, map[string]any{"to": sam, "by": "lead"}).refuses(409, "same_specialist")
		var got struct {
			Items []struct {
				Client, Reason, Means string
				Handed                bool
			}
		}
		f.do("POST", way, map[string]any{"to": priya, "by": "lead", "clients": []string{one, one, left, hers, "nobody"}}).is(200, &got)
		says := map[string]string{}
		for _, i := range got.Items {
			if says[i.Client] = i.Reason; i.Handed != (i.Reason == "") || i.Handed != (i.Means == "") {
				f.Errorf("%+v", i)
			}
		}
		if diff := cmp.Diff(map[string]string{one: "", left: "closed", hers: "not_theirs", "nobody": "no_client"}, says); diff != "" || len(got.Items) != 4 {
			f.Errorf("some (-want +got):\n%s", diff)
		}
		got.Items = nil
		if f.do("POST", way, map[string]any{"to": priya, "by": "lead"}).is(200, &got); len(got.Items) != 1 || got.Items[0].Client != two || !got.Items[0].Handed {
			f.Errorf("the rest: %+v", got)
		}
		events := f.took()
		if len(events) != 2 || events[0].Client != conversations.ClientID(one) || events[1].Client != conversations.ClientID(two) || events[0].Kind != conversations.EventPassedOn {
			f.Errorf("events: %+v", events)
		}
		got.Items = nil
		if f.do("POST", way, map[string]any{"to": priya, "by": "lead"}).is(200, &got); len(got.Items) != 0 || len(f.took()) != 0 {
			f.Errorf("once more: %+v", got)
		}
	})
}

// Who comes back keeps history, number and wishes, and has agreed to nothing.
func TestAClientReturns(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := newFixtureFor(t, db, "nottingham")
		sam, priya := f.sam(), f.named("Priya")
		john := f.agreed(sam, 921)
		way := "/api/v1/clients/" + john
		f.do("PATCH", way+"/settings", map[string]any{"wakes": "11:00"}).is(200)
		f.do("POST", way+"/check-ins", map[string]any{"kind": "week", "rhythm": map[string]any{"rule": "FREQ=WEEKLY;BYDAY=FR"}}).is(201)
		f.do("POST", way+"/milestones", map[string]any{"milestone": "risk_assessed", "by": sam}).is(200)
		f.do("POST", way+"/return", map[string]any{"by": sam}).refuses(409, "not_closed")
		f.do("POST", way+"/close", nil).is(200)
		var series struct {
			Items []struct {
				EndedAt *time.Time `json:"ended_at"`
			}
		}
		if f.do("GET", way+"/check-ins", nil).is(200, &series); len(series.Items) != 1 || series.Items[0].EndedAt == nil {
			f.Errorf("a series outlived the record: %+v", series)
		}

		// Somebody else has the number by now.
		f.advance(48 * time.Hour)
		other := f.agreed(sam, 921)
		f.do("POST", way+"/return", map[string]any{"by": sam}).refuses(409, "number_taken")
		f.do("POST", way+"/return", map[string]any{"by": sam, "mobile": "01632 960921"}).refuses(422, "landline")
		f.do("POST", way+"/return", map[string]any{"by": sam, "stage": "in_work"}).refuses(422, "invalid")
		f.do("POST", way+"/return", map[string]any{"by": sam, "specialist": "nobody", "mobile": "07700 900922"}).refuses(422, "invalid")
		var c inFull
		f.do("POST", way+"/return", map[string]any{"by": sam, "specialist": priya, "mobile": "07700 900922"}).is(200, &c)
		if c.ClosedAt != nil || c.ReturnedAt == nil || c.Stage != "referred" || c.Specialist != priya {
			f.Errorf("back: %+v", c)
		}
		if len(c.Reach) != 1 || c.Reach[0].Agreement != "none" {
			f.Errorf("agreed: %+v", c.Reach)
		}
		var thread struct {
			Messages   []struct{ Text string }
			Agreements []struct{ Agreement, How string }
		}
		f.do("GET", way+"/conversation", nil).is(200, &thread)
		if n := len(thread.Agreements); len(thread.Messages) == 0 || n < 2 || thread.Agreements[n-1].How != "returned" {
			f.Errorf("history: %+v", thread)
		}
		// The gate of the pathway asks anew, and nothing goes before they agree.
		f.do("PUT", way+"/stage", map[string]any{"stage": "in_work", "by": sam}).refuses(409, "milestone_missing")
		var o told
		f.do("POST", way+"/tasks", map[string]any{"what": "look up jobs"}).is(201)
		f.booked(john, theDay.AddDate(0, 0, 7))
		f.do("GET", way+"/conversation?limit=1", nil).is(200, &thread)
		f.do("POST", way+"/hand-over/words", map[string]any{"by": priya}).is(200, &o)
		if o.why() != "not_agreed" {
			f.Errorf("said before they agreed: %+v", o)
		}
		f.do("POST", way+"/agreements", map[string]any{"channel": "sms", "agreement": "asked", "how": "in person"}).is(200)

		// The other one has kept the number.
		f.do("GET", "/api/v1/clients/"+other, nil).is(200, &c)
		if c.Reach[0].Agreement != "given" {
			f.Errorf("the other: %+v", c.Reach)
		}
		f.do("POST", way+"/close", nil).is(200)
		f.do("PUT", "/api/v1/clients/"+other+"/circumstance", map[string]any{"circumstance": "died", "by": sam}).is(200)
		f.do("POST", "/api/v1/clients/"+other+"/return", map[string]any{"by": sam}).refuses(409, "died")
	})
}

// failed is what a carrier says of a message of ours.
func (f *fixture) failed(message, code string) {
	f.Helper()
	must(f.T, f.turn.Run(f.Context(), conversations.Event{
		Kind: conversations.EventDelivery, Channel: conversations.SMS, Message: conversations.MessageID(message),
		Delivery: conversations.Undelivered, Reason: code,
	}))
}

// A number that failed is shown with a plain reason and what can be done; mended,
// what did not arrive is sent again, once, as a new message.
func TestANumberThatFailedIsMended(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 931)
		way := "/api/v1/clients/" + john
		meeting := f.booked(john, theDay.AddDate(0, 0, 3).Add(2*time.Hour))
		var o told
		f.do("PATCH", "/api/v1/appointments/"+meeting, map[string]any{"at": theDay.AddDate(0, 0, 4).Format(time.RFC3339)}).is(200)
		var thread struct {
			Messages []struct{ ID, Words, Delivery, Text string }
		}
		f.do("GET", way+"/conversation", nil).is(200, &thread)
		lost := thread.Messages[len(thread.Messages)-1]
		if lost.Words != "appointment.moved" {
			f.Fatalf("the last message is %+v", lost)
		}
		again := way + "/messages/" + lost.ID + "/resend"
		if f.do("POST", again, map[string]any{"by": sam}).is(200, &o); len(o.Said) != 0 || o.why() != "not_failed" {
			f.Errorf("before it failed: %+v", o)
		}
		f.failed(lost.ID, "30005")
		var c inFull
		f.do("GET", way, nil).is(200, &c)
		if r := c.Reach[0]; r.Fault != "30005" || r.Means != "the number is not in use" || len(r.Mend) < 40 {
			f.Errorf("shown as %+v", r)
		}
		f.do("PUT", way+"/mobile", map[string]any{"mobile": "01632 960931"}).refuses(422, "landline")
		f.do("PUT", way+"/mobile", map[string]any{"mobile": "07700 900932"}).is(200, &c)
		if r := c.Reach[0]; r.Agreement != "none" {
			f.Errorf("agreed on the new number: %+v", r)
		}
		c = inFull{}
		if f.do("GET", way, nil).is(200, &c); c.Reach[0].Fault != "" {
			f.Errorf("the new number has the old one's fault: %+v", c.Reach)
		}
		// A late report about the old number says nothing of the new one.
		must(f.T, f.turn.Run(f.Context(), conversations.Event{
			Kind: conversations.EventUndelivered, Client: conversations.ClientID(john), Channel: conversations.SMS,
			Message: conversations.MessageID(lost.ID), Reason: "30005", Urgency: conversations.Prompt,
		}))
		if f.do("GET", way, nil).is(200, &c); c.Reach[0].Fault != "" {
			f.Errorf("the new number has the old one's fault: %+v", c.Reach)
		}
		o = told{}
		if f.do("POST", again, map[string]any{"by": sam}).is(200, &o); len(o.Said) != 0 || o.why() != "not_agreed" {
			f.Errorf("before they agreed: %+v", o)
		}
		f.do("POST", way+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}).is(200)
		var p struct{ Messages []struct{ Text string } }
		if f.do("GET", again, nil).is(200, &p); len(p.Messages) != 1 {
			f.Fatalf("preview: %+v", p)
		}
		o = told{}
		f.do("POST", again, map[string]any{"by": sam}).is(200, &o)
		if len(o.Said) != 1 || o.Said[0].ID == lost.ID || o.Said[0].Words != "appointment.reminder" || o.Said[0].Text != p.Messages[0].Text {
			f.Errorf("said: %+v", o)
		}
		o = told{}
		if f.do("POST", again, map[string]any{"by": sam}).is(200, &o); len(o.Said) != 0 || o.why() != "sent_again" {
			f.Errorf("a second tap: %+v", o)
		}
		if slices.Contains(f.reasons(sam), "undelivered") {
			f.Errorf("what was sent again is still to be looked at: %v", f.reasons(sam))
		}
	})
}

// What is another client's is not theirs, and what the client wrote is not ours.
func TestAMessageOfAnotherIsNotSentAgain(t *testing.T) {
	t.Parallel()
	f := once(t)
	sam := f.sam()
	john, ann := f.agreed(sam, 941), f.agreed(sam, 942)
	f.texts("+447700900941", "SM941", "the kitchen is flooded")
	var thread struct {
		Messages []struct{ ID, Direction string }
	}
	f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
	for _, m := range thread.Messages {
		whose := ann
		if m.Direction == "in" {
			whose = john
		}
		f.do("POST", "/api/v1/clients/"+whose+"/messages/"+m.ID+"/resend", map[string]any{"by": sam}).refuses(404, "not_found")
	}
	if len(thread.Messages) < 2 {
		f.Errorf("only %d messages", len(thread.Messages))
	}
}
