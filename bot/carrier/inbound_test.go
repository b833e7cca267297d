package carrier_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
)

const public = "https://alongside.example.org"

func inbound(t *testing.T, cfg carrier.Config, path string) (*carrier.Carrier, *hook) {
	t.Helper()
	c, _ := start(t, cfg)
	h := newHook(t)
	c.Route(public, h.URL)
	c.SetInbound(public+path, "")
	return c, h
}

func TestInboundTextIsSignedForThePublicAddress(t *testing.T) {
	t.Parallel()
	c, h := inbound(t, carrier.Config{}, "/webhooks/twilio/messages?x=1#rc=2&rp=all")
	d := c.SMS(within(t), john, "yh thats fine & see u thurs 👍")
	if d.Status != http.StatusNoContent || d.Attempts != 1 || d.MessageSID == "" || d.Err != nil {
		t.Fatalf("%+v", d)
	}
	got := h.got()[0]
	if !h.genuine(got, public) {
		t.Error("twilio-go's validator does not accept it")
	}
	if got.address != "/webhooks/twilio/messages?x=1" {
		t.Errorf("posted to %s", got.address)
	}
	want := url.Values{
		"MessageSid": {d.MessageSID}, "SmsSid": {d.MessageSID}, "SmsMessageSid": {d.MessageSID}, "AccountSid": {account},
		"From": {john}, "To": {service}, "Body": {"yh thats fine & see u thurs 👍"}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"},
		"FromCountry": {"GB"}, "FromState": {""}, "FromCity": {""}, "FromZip": {""},
		"ToCountry": {"GB"}, "ToState": {""}, "ToCity": {""}, "ToZip": {""},
	}
	if diff := cmp.Diff(want, got.form); diff != "" {
		t.Error(diff)
	}
	if got := c.Violations(); got != nil {
		t.Error(got)
	}
}

func TestForgedTexts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		forge   carrier.Forgery
		genuine bool
		account string
	}{
		{carrier.Unsigned, false, account},
		{carrier.WrongSignature, false, account},
		{carrier.WrongAccount, true, "ACffffffffffffffffffffffffffffffff"},
	}
	for _, tt := range tests {
		t.Run(string(tt.forge), func(t *testing.T) {
			t.Parallel()
			c, h := inbound(t, carrier.Config{}, "/in")
			c.SMS(within(t), john, "stop", func(m *carrier.Text) { m.Forge = tt.forge })
			got := h.got()[0]
			if h.genuine(got, public) != tt.genuine || got.form.Get("AccountSid") != tt.account {
				t.Errorf("signature ok: %v", !tt.genuine)
			}
			if c.OptedOut(john) || len(c.Thread(john)) != 0 {
				t.Error("a forged text had an effect at the carrier")
			}
		})
	}
}

func TestSameMessageAgain(t *testing.T) {
	t.Parallel()
	c, h := inbound(t, carrier.Config{}, "/in")
	first := c.SMS(within(t), john, "1")
	again := c.SMS(within(t), john, "1", func(m *carrier.Text) { m.SID = first.MessageSID })
	if again.MessageSID != first.MessageSID || len(c.Thread(john)) != 1 {
		t.Error("a repeated webhook is the same message")
	}
	if diff := cmp.Diff([]string{first.MessageSID, first.MessageSID}, h.values("MessageSid")); diff != "" {
		t.Error(diff)
	}
	if n := len(c.Deliveries()); n != 2 {
		t.Errorf("%d deliveries", n)
	}
}

func TestWebhookRepeats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, fragment string
		answers        []int // in order, the last repeated; 0 cuts the connection
		attempts       int
		status         int
	}{
		{"fine", "", []int{200}, 1, 200},
		{"a_500_is_not_repeated_by_default", "", []int{500}, 1, 500},
		{"a_500_is_repeated_with_rp_all", "#rc=3&rp=all", []int{500, 503, 200}, 3, 200},
		{"at_most_rc_repeats", "#rc=2&rp=all", []int{500}, 3, 500},
		{"5xx_only", "#rc=2&rp=5xx", []int{500, 404}, 2, 404},
		{"a_lost_connection_once_by_default", "", []int{0, 200}, 2, 200},
		{"a_lost_connection_twice", "", []int{0, 0, 200}, 2, 0},
		{"rc_zero", "#rc=0", []int{0}, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, h := inbound(t, carrier.Config{}, "/in"+tt.fragment)
			h.answer = func(n int, w http.ResponseWriter) {
				status := tt.answers[min(n, len(tt.answers))-1]
				if status == 0 {
					conn, _, _ := http.NewResponseController(w).Hijack()
					_ = conn.Close()
					return
				}
				w.WriteHeader(status)
			}
			d := c.SMS(within(t), john, "hello")
			if d.Attempts != tt.attempts || d.Status != tt.status || (d.Err != nil) != (tt.status == 0) {
				t.Errorf("%d attempts, status %d, want %d and %d", d.Attempts, d.Status, tt.attempts, tt.status)
			}
		})
	}
}

func TestFallbackTakesWhatTheFirstAddressRefused(t *testing.T) {
	t.Parallel()
	c, first := inbound(t, carrier.Config{}, "/in")
	first.answer = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }
	second := newHook(t)
	c.SetInbound(public+"/in", second.URL+"/again")
	d := c.SMS(within(t), john, "hello")
	if !d.Fallback || d.Status != http.StatusNoContent {
		t.Fatalf("%+v", d)
	}
	got := second.got()[0]
	if got.form.Get("ErrorCode") != "11200" || got.form.Get("ErrorUrl") != public+"/in" || !second.genuine(got, second.URL) {
		t.Error("the fallback is told why, and is signed")
	}
}

func TestReservedWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, optOut string
		blocked            bool
	}{
		{"stop", "STOP", "STOP", true},
		{"lower_case_with_spaces", " stopall\n", "STOP", true},
		{"unsubscribe", "Unsubscribe", "STOP", true},
		{"cancel", "cancel", "STOP", true},
		{"end", "END", "STOP", true},
		{"quit", "quit", "STOP", true},
		{"revoke", "revoke", "STOP", true},
		{"optout", "OptOut", "STOP", true},
		{"two_words_are_a_text", "stop please", "", false},
		{"with_a_full_stop", "stop.", "", false},
		{"help", "help", "HELP", false},
		{"info", "INFO", "HELP", false},
		{"yes", "yes", "START", false},
		{"anything", "yh thats fine", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plain, first := inbound(t, carrier.Config{}, "/in")
			advanced, second := inbound(t, carrier.Config{AdvancedOptOut: true}, "/in")
			plain.SMS(within(t), john, tt.text)
			advanced.SMS(within(t), john, tt.text)
			if plain.OptedOut(john) != tt.blocked {
				t.Errorf("blocked: %v", !tt.blocked)
			}
			if first.got()[0].form.Has("OptOutType") {
				t.Error("OptOutType without Advanced Opt-Out")
			}
			if got := second.got()[0].form.Get("OptOutType"); got != tt.optOut {
				t.Errorf("OptOutType %q, want %q", got, tt.optOut)
			}
			plain.SMS(within(t), john, "unstop")
			if plain.OptedOut(john) {
				t.Error("still blocked after UNSTOP")
			}
		})
	}
}

func TestPicturesAndPlaces(t *testing.T) {
	t.Parallel()
	c, h := inbound(t, carrier.Config{}, "/in")
	d := c.Deliver(within(t), carrier.Text{
		From:     john,
		Media:    []carrier.Media{{ContentType: "image/jpeg"}, {ContentType: "audio/amr", URL: "https://media.example/2"}},
		Location: &carrier.Location{Latitude: 51.4816, Longitude: -3.1791, Label: "here"},
		Extra:    url.Values{"Body": {"\xff"}},
	})
	got := h.got()[0].form
	if d.MessageSID[:2] != "MM" || got.Get("NumMedia") != "2" || got.Get("MediaContentType1") != "audio/amr" ||
		got.Get("MediaUrl1") != "https://media.example/2" || got.Get("MediaUrl0") == "" || got.Get("Latitude") != "51.4816" ||
		got.Get("Longitude") != "-3.1791" || got.Get("Label") != "here" || got.Get("Body") != "\xff" {
		t.Errorf("%v", got)
	}
	if !h.genuine(h.got()[0], public) {
		t.Error("what was replaced is signed too")
	}
}

func TestAnAnswerWithABodyIsTextedOrRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, body string
		texted           []string
		violations       int
	}{
		{"empty", "text/html", "", nil, 0},
		{"empty_twiml", "text/xml; charset=utf-8", "<?xml version=\"1.0\"?><Response/>", nil, 0},
		{"twiml", "application/xml", "<Response><Message>Hi</Message><Message><Body>there</Body></Message></Response>", []string{"Hi", "there"}, 2},
		{"plain_text_is_a_text", "text/plain", "ok", []string{"ok"}, 1},
		{"json", "application/json", "{}", nil, 1},
		{"not_xml", "text/xml", "ok", nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, h := inbound(t, carrier.Config{}, "/in")
			h.answer = func(_ int, w http.ResponseWriter) {
				w.Header().Set("Content-Type", tt.kind)
				_, _ = w.Write([]byte(tt.body))
			}
			c.SMS(within(t), john, "hello")
			var texted []string
			for _, m := range c.SentTo(john) {
				texted = append(texted, m.Body)
			}
			if diff := cmp.Diff(tt.texted, texted); diff != "" {
				t.Error(diff)
			}
			if got := c.Violations(); len(got) != tt.violations {
				t.Error(got)
			}
		})
	}
}

func TestTheCarrierNeverLeavesThisMachine(t *testing.T) {
	t.Parallel()
	c, _ := start(t, carrier.Config{InboundURL: "http://192.0.2.1/in#rc=0"})
	if d := c.SMS(within(t), john, "hello"); d.Err == nil || d.Status != 0 {
		t.Errorf("it posted to an address outside: %+v", d)
	}
}
