package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/bot/outbox"
	"alongside/conversations"
)

func TestStatusCallbacks(t *testing.T) {
	t.Parallel()
	callback := publicly + StatusPath + "?m=m1"
	event := func(d conversations.Delivery, reason string) []conversations.Event {
		return []conversations.Event{{
			Kind: conversations.EventDelivery, Channel: conversations.SMS, At: noon, Message: "m1", Delivery: d, Reason: reason, ProviderID: sid("7"),
		}}
	}
	rows := map[string]struct {
		address, status string
		code            int
		forge           carrier.Forgery
		sid             string
		fails           error
		want            int
		events          []conversations.Event
	}{
		"accepted":           {status: "accepted", want: 204, events: event(conversations.Sent, "")},
		"queued":             {status: "queued", want: 204, events: event(conversations.Sent, "")},
		"sending":            {status: "sending", want: 204, events: event(conversations.Sent, "")},
		"sent":               {status: "sent", want: 204, events: event(conversations.Sent, "")},
		"delivered":          {status: "delivered", want: 204, events: event(conversations.Delivered, "")},
		"read":               {status: "read", want: 204, events: event(conversations.Read, "")},
		"undelivered":        {status: "undelivered", code: 30003, want: 204, events: event(conversations.Undelivered, "30003")},
		"failed":             {status: "failed", code: 30008, want: 204, events: event(conversations.Failed, "30008")},
		"in_capitals":        {status: "Delivered", want: 204, events: event(conversations.Delivered, "")},
		"a_new_status":       {status: "teleported", want: 204},
		"no_status":          {status: "", want: 204},
		"no_message":         {address: publicly + StatusPath, status: "sent", want: 204},
		"a_message_too_long": {address: callback + fmt.Sprintf("%0200d", 1), status: "sent", want: 204},
		"rubbish_for_an_id":  {address: publicly + StatusPath + "?m=%00%ff", status: "sent", want: 204},
		"no_sid":             {sid: "1", status: "sent", want: 204},
		"an_unknown_message": {status: "sent", fails: errUnknown, want: 204, events: event(conversations.Sent, "")},
		"not_stored":         {status: "sent", fails: errors.New("no database"), want: 503, events: event(conversations.Sent, "")},
		"forged":             {status: "sent", forge: carrier.WrongSignature, want: 403},
		"unsigned":           {status: "sent", forge: carrier.Unsigned, want: 403},
		"wrong_account":      {status: "sent", forge: carrier.WrongAccount, want: 403},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(ours *Config, _ *carrier.Config) {
				ours.NotOurs = func(err error) bool { return errors.Is(err, errUnknown) }
			})
			s.answerWith(func(context.Context, conversations.Event) error { return row.fails })
			if row.address == "" {
				row.address = callback
			}
			if row.sid == "" {
				row.sid = sid("7")
			}
			d := s.carrier.CallBack(t.Context(), row.address, row.sid, row.status, row.code, row.forge)
			if d.Status != row.want {
				t.Errorf("answered %d %q, want %d", d.Status, d.Body, row.want)
			}
			if diff := cmp.Diff(row.events, s.handled()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

var errUnknown = errors.New("no such message")

// TestAnotherMessagesID: the id is signed with the address, so that a report cannot be turned to another message.
func TestAnotherMessagesID(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	form := url.Values{"MessageSid": {sid("7")}, "MessageStatus": {"failed"}, "AccountSid": {account}}
	for address, want := range map[string]int{"?m=m1": http.StatusNoContent, "?m=m2": http.StatusForbidden, "": http.StatusForbidden} {
		if got := post(t, s.url+StatusPath+address, form, carrier.Sign(token, publicly+StatusPath+"?m=m1", form)); got != want {
			t.Errorf("%q answered %d, want %d", address, got, want)
		}
	}
}

// TestOverridesMayBeSigned: Twilio signs an address without its fragment, others that speak its protocol may not.
func TestOverridesMayBeSigned(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	form := url.Values{"MessageSid": {sid("7")}, "MessageStatus": {"sent"}, "AccountSid": {account}}
	r := s.Send(t.Context(), reminder())
	sent, _ := s.carrier.Message(r.ProviderID)
	if sent.StatusCallback != publicly+StatusPath+"?m=m1"+callbackOverrides {
		t.Fatalf("the callback's address is %q", sent.StatusCallback)
	}
	signature := signWhole(token, sent.StatusCallback, form)
	if got := post(t, s.url+StatusPath+"?m=m1", form, signature); got != http.StatusNoContent {
		t.Errorf("answered %d", got)
	}
}

// TestAWholeDelivery sends and lets the carrier report, last first and each report twice.
func TestAWholeDelivery(t *testing.T) {
	t.Parallel()
	s := start(t, func(_ *Config, theirs *carrier.Config) { theirs.Statuses = nil })
	if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultReverse}, carrier.Fault{Kind: carrier.FaultDouble}); err != nil {
		t.Fatal(err)
	}
	r := s.Send(t.Context(), reminder())
	if r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	if err := s.carrier.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	state := conversations.Sent
	var seen []conversations.Delivery
	for _, ev := range s.handled() {
		seen = append(seen, ev.Delivery)
		if ev.Message != "m1" || ev.ProviderID != r.ProviderID {
			t.Errorf("event %+v", ev)
		}
		if ev.Delivery.After(state) {
			state = ev.Delivery
		}
	}
	if len(seen) != 8 || state != conversations.Delivered {
		t.Errorf("reports %v end in %s", seen, state)
	}
}

// TestAReportThatCouldNotBeStoredComesAgain: the callback's own address asks for that.
func TestAReportThatCouldNotBeStoredComesAgain(t *testing.T) {
	t.Parallel()
	s := start(t, func(_ *Config, theirs *carrier.Config) { theirs.Statuses = []string{carrier.StatusDelivered} })
	calls := 0
	s.answerWith(func(context.Context, conversations.Event) error {
		calls++
		if calls == 1 {
			return errors.New("no database")
		}
		return nil
	})
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	if err := s.carrier.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.handled()); n != 2 {
		t.Errorf("handled %d times", n)
	}
}

func FuzzReadStatus(f *testing.F) {
	f.Add("m1", "MessageSid="+sid("1")+"&MessageStatus=failed&ErrorCode=30008")
	f.Add("", "SmsStatus=sent&MessageSid=MM1&ErrorCode=07700900001")
	f.Fuzz(func(t *testing.T, id, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		ev, ok := readStatus(id, form, noon)
		if !ok {
			return
		}
		if ev.Delivery == "" || ev.Message == "" || ev.ProviderID == "" || len(ev.Reason) > 7 {
			t.Errorf("event %+v", ev)
		}
	})
}
