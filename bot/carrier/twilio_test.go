package carrier_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	twilioclient "github.com/twilio/twilio-go/client"
	twilioapi "github.com/twilio/twilio-go/rest/api/v2010"

	"alongside/bot/carrier"
)

func TestTwilioAcceptsASendAndShowsItAgain(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	api := twilioAt(base, account, token)
	answer, err := send(api, john, "Your appointment is on Thursday.", func(p *twilioapi.CreateMessageParams) { p.SetValidityPeriod(3600) })
	if err != nil {
		t.Fatal(err)
	}
	if got := *answer.Status; got != "queued" {
		t.Errorf("a new message is %q, want queued", got)
	}
	if !strings.HasPrefix(*answer.Sid, "SM") || len(*answer.Sid) != 34 {
		t.Error("the SID has not Twilio's shape")
	}
	if answer.DateSent != nil {
		t.Error("a queued message has no date_sent")
	}
	if _, err := time.Parse(time.RFC1123Z, *answer.DateCreated); err != nil {
		t.Error(err)
	}
	fetched, err := api.FetchMessage(*answer.Sid, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *fetched.Status != "delivered" || *fetched.Body != "Your appointment is on Thursday." || fetched.DateSent == nil {
		t.Errorf("fetched: status %s", *fetched.Status)
	}
	sent := c.SentTo(john)
	if len(sent) != 1 || sent[0].SID != *answer.Sid || sent[0].ValidityPeriod != time.Hour || c.Accepted() != 1 {
		t.Errorf("the log has %d messages", len(sent))
	}
	if got := c.Violations(); got != nil {
		t.Error(got)
	}
}

func TestTwilioRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*twilioapi.CreateMessageParams)
		code   int
	}{
		{"no_recipient", func(p *twilioapi.CreateMessageParams) { p.To = nil }, 21604},
		{"national_number", func(p *twilioapi.CreateMessageParams) { p.SetTo("07700900001") }, 21211},
		{"landline", func(p *twilioapi.CreateMessageParams) { p.SetTo("+442079460001") }, 21614},
		{"no_sender", func(p *twilioapi.CreateMessageParams) { p.From = nil }, 21603},
		{"foreign_sender", func(p *twilioapi.CreateMessageParams) { p.SetFrom("+447700900999") }, 21606},
		{"unknown_service", func(p *twilioapi.CreateMessageParams) { p.SetMessagingServiceSid(carrier.NewSID("MG")) }, 21701},
		{"to_ourselves", func(p *twilioapi.CreateMessageParams) { p.SetTo(service) }, 21266},
		{"empty", func(p *twilioapi.CreateMessageParams) { p.Body = nil }, 21602},
		{"too_long", func(p *twilioapi.CreateMessageParams) { p.SetBody(strings.Repeat("ŵ", 1601)) }, 21617},
		{"callback_underscore", func(p *twilioapi.CreateMessageParams) { p.SetStatusCallback("http://a_b.example/x") }, 21609},
		{"validity_out_of_range", func(p *twilioapi.CreateMessageParams) { p.SetValidityPeriod(36_001) }, 20001},
		{"stopped", func(p *twilioapi.CreateMessageParams) { p.SetTo(gwen) }, 21610},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, base := start(t, carrier.Config{})
			c.SMS(within(t), gwen, "stop")
			_, err := send(twilioAt(base, account, token), john, "Hello", tt.change)
			var rest *twilioclient.TwilioRestError
			if !errors.As(err, &rest) {
				t.Fatalf("want a TwilioRestError, got %T", err)
			}
			if rest.Code != tt.code || rest.Status != 400 || rest.Message == "" || !strings.HasSuffix(rest.MoreInfo, strconv.Itoa(tt.code)) {
				t.Errorf("got %d (HTTP %d), want %d", rest.Code, rest.Status, tt.code)
			}
			if n := len(c.Sent()); n != 0 {
				t.Errorf("%d messages were accepted", n)
			}
		})
	}
}

func TestTwilioAuthentication(t *testing.T) {
	t.Parallel()
	_, base := start(t, carrier.Config{})
	tests := []struct {
		name, user, secret, path string
		status                   int
	}{
		{"no_password", "", "", account, 401},
		{"wrong_token", account, "wrong", account, 401},
		{"another_account_in_the_address", account, token, "ACffffffffffffffffffffffffffffffff", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, _ := http.NewRequestWithContext(within(t), http.MethodPost, base+"/2010-04-01/Accounts/"+tt.path+"/Messages.json", strings.NewReader("To=x"))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tt.user != "" {
				req.SetBasicAuth(tt.user, tt.secret)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if resp.StatusCode != tt.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				t.Errorf("HTTP %d, want %d", resp.StatusCode, tt.status)
			}
		})
	}
}

func TestTwilioList(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	c, base := start(t, carrier.Config{Now: func() time.Time { return day }})
	api := twilioAt(base, account, token)
	for i := range 7 {
		to := john
		if i%2 == 1 {
			to = gwen
		}
		if _, err := send(api, to, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		c.Advance(12 * time.Hour)
	}
	c.SMS(within(t), john, "inbound")
	tests := []struct {
		name   string
		params *twilioapi.ListMessageParams
		want   []string
	}{
		{"all_newest_first_over_pages", (&twilioapi.ListMessageParams{}).SetPageSize(3), []string{"inbound", "6", "5", "4", "3", "2", "1", "0"}},
		{"to", (&twilioapi.ListMessageParams{}).SetTo(gwen), []string{"5", "3", "1"}},
		{"from", (&twilioapi.ListMessageParams{}).SetFrom(john), []string{"inbound"}},
		{"a_day", (&twilioapi.ListMessageParams{}).SetDateSent(day.Add(12 * time.Hour)), []string{"1"}},
		{"after", (&twilioapi.ListMessageParams{}).SetTo(john).SetDateSentAfter(day.Add(48 * time.Hour)), []string{"6", "4"}},
		{"before", (&twilioapi.ListMessageParams{}).SetDateSentBefore(day.Add(12 * time.Hour)), []string{"1", "0"}},
		{"limit", (&twilioapi.ListMessageParams{}).SetLimit(2), []string{"inbound", "6"}},
		{"none", (&twilioapi.ListMessageParams{}).SetTo("+447700900999"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found, err := api.ListMessage(tt.params)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range found {
				got = append(got, *m.Body)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStatusCallbacks(t *testing.T) {
	t.Parallel()
	straight := []string{"queued", "sending", "sent", "delivered"}
	backwards := []string{"delivered", "sent", "sending", "queued"}
	tests := []struct {
		name    string
		fault   carrier.Fault
		want    []string
		end     string
		genuine bool
	}{
		{"in_order", carrier.Fault{}, straight, "delivered", true},
		{"reversed", carrier.Fault{Kind: carrier.FaultReverse}, backwards, "delivered", true},
		{"doubled", carrier.Fault{Kind: carrier.FaultDouble}, []string{"queued", "queued", "sending", "sending", "sent", "sent", "delivered", "delivered"}, "delivered", true},
		{"dropped", carrier.Fault{Kind: carrier.FaultDrop}, nil, "delivered", true},
		{"forged", carrier.Fault{Kind: carrier.FaultForge}, straight, "delivered", false},
		{"unsigned", carrier.Fault{Kind: carrier.FaultUnsigned}, straight, "delivered", false},
		{"undelivered", carrier.Fault{Kind: carrier.FaultUndelivered, Code: 30005}, []string{"queued", "sending", "sent", "undelivered"}, "undelivered", true},
		{"failed", carrier.Fault{Kind: carrier.FaultFailed}, []string{"queued", "sending", "failed"}, "failed", true},
		{"stuck", carrier.Fault{Kind: carrier.FaultStuck}, []string{"queued", "sending", "sent"}, "sent", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, base := start(t, carrier.Config{})
			h := newHook(t)
			if tt.fault.Kind != "" {
				if err := c.Inject(tt.fault); err != nil {
					t.Fatal(err)
				}
			}
			query := "/status?message=m%2F1&z=1&a=%20x"
			answer, err := send(twilioAt(base, account, token), john, "Hello", func(p *twilioapi.CreateMessageParams) {
				p.SetStatusCallback(h.URL + query + "#rc=2&rp=all")
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Settle(within(t)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, h.values("MessageStatus")); diff != "" {
				t.Error(diff)
			}
			for _, one := range h.got() {
				if one.address != query {
					t.Errorf("the address was changed to %s", one.address)
				}
				if h.genuine(one, h.URL) != tt.genuine {
					t.Errorf("twilio-go's validator accepts it: %v", !tt.genuine)
				}
				if one.form.Get("MessageSid") != *answer.Sid || one.form.Get("AccountSid") != account {
					t.Error("the callback is of another message or account")
				}
			}
			m, _ := c.Message(*answer.Sid)
			if m.Status != tt.end {
				t.Errorf("the message ends %s, want %s", m.Status, tt.end)
			}
			if wantCode := map[string]int{"undelivered": 30005, "failed": 30008}[tt.end]; m.ErrorCode != wantCode {
				t.Errorf("error code %d, want %d", m.ErrorCode, wantCode)
			}
		})
	}
}

func TestDelayedCallbackWaitsForTheClock(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	h := newHook(t)
	if err := c.Inject(carrier.Fault{Kind: carrier.FaultDelay, For: 6 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if _, err := send(twilioAt(base, account, token), john, "Hello", func(p *twilioapi.CreateMessageParams) { p.SetStatusCallback(h.URL) }); err != nil {
		t.Fatal(err)
	}
	if n := len(h.got()); n != 0 {
		t.Fatalf("%d callbacks came early", n)
	}
	c.Advance(6 * time.Hour)
	if err := c.Settle(within(t)); err != nil {
		t.Fatal(err)
	}
	if n := len(h.got()); n != 4 {
		t.Errorf("%d callbacks, want 4", n)
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	var seen []string
	c, base := start(t, carrier.Config{Keep: 3, OnSMS: func(m carrier.Message) { seen = append(seen, m.Body) }})
	api := twilioAt(base, account, token)
	var last string
	for _, body := range []string{"1", "2", "3", "4", "5"} {
		m, err := send(api, john, body)
		if err != nil {
			t.Fatal(err)
		}
		last = *m.Sid
	}
	var kept []string
	for _, m := range c.Sent() {
		kept = append(kept, m.Body)
	}
	if diff := cmp.Diff([]string{"3", "4", "5"}, kept); diff != "" {
		t.Error(diff)
	}
	if len(seen) != 5 || c.Accepted() != 5 {
		t.Errorf("%d seen, %d accepted", len(seen), c.Accepted())
	}
	if err := api.DeleteMessage(last, nil); err != nil {
		t.Error(err)
	}
	if _, err := api.FetchMessage(last, nil); err == nil {
		t.Error("a deleted message is still there")
	}
	if got := len(c.Sent()); got != 2 {
		t.Errorf("%d kept after the deletion, want 2", got)
	}
}

func TestMessagingService(t *testing.T) {
	t.Parallel()
	mg := carrier.NewSID("MG")
	_, base := start(t, carrier.Config{MessagingServiceSID: mg})
	api := twilioAt(base, account, token)
	answer, err := send(api, john, "x", func(p *twilioapi.CreateMessageParams) { p.From = nil; p.SetMessagingServiceSid(mg) })
	if err != nil {
		t.Fatal(err)
	}
	if answer.From != nil || *answer.NumSegments != "0" || *answer.MessagingServiceSid != mg {
		t.Error("a queued message of a service has no sender yet")
	}
	fetched, err := api.FetchMessage(*answer.Sid, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *fetched.From != service || *fetched.NumSegments != "1" {
		t.Error("a sent message has its sender")
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       int
	}{
		{"empty", "", 1},
		{"gsm_160", strings.Repeat("a", 160), 1},
		{"gsm_161", strings.Repeat("a", 161), 2},
		{"gsm_306", strings.Repeat("a", 306), 2},
		{"gsm_307", strings.Repeat("a", 307), 3},
		{"accented_gsm", strings.Repeat("é", 160), 1},
		{"euro_costs_two", strings.Repeat("€", 80), 1},
		{"euro_81", strings.Repeat("€", 81), 2},
		{"escape_not_torn", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		{"welsh_70", strings.Repeat("ŵ", 70), 1},
		{"welsh_71", strings.Repeat("ŵ", 71), 2},
		{"backtick_is_ucs2", strings.Repeat("`", 71), 2},
		{"emoji_35", strings.Repeat("👍", 35), 1},
		{"emoji_36", strings.Repeat("👍", 36), 2},
		{"emoji_not_torn", strings.Repeat("👍", 67), 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := carrier.Parts(tt.text); got != tt.want {
				t.Errorf("%d parts, want %d", got, tt.want)
			}
		})
	}
}

// BenchmarkSends measures accepted sends over real connections; the whole-path benchmark needs it well above its own rate.
func BenchmarkSends(b *testing.B) {
	c := carrier.New(carrier.Config{AccountSID: account, AuthToken: token, From: service, Keep: 1000})
	body := url.Values{"To": {john}, "From": {service}, "Body": {"Your appointment is on Thursday 26 November at 14:00."}}.Encode()
	handler := c.Handler()
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequest(http.MethodPost, "/2010-04-01/Accounts/"+account+"/Messages.json", strings.NewReader(body))
		req.SetBasicAuth(account, token)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := discard{header: http.Header{}}
		handler.ServeHTTP(&w, req)
		if w.status != http.StatusCreated {
			b.Fatal(w.status)
		}
	}
	if !slices.Contains([]int64{int64(b.N)}, c.Accepted()) {
		b.Fatal(c.Accepted())
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
