package carrier_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"

	"alongside/bot/carrier"
)

func TestAnswerFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fault    carrier.Fault
		accepted int
		code     int // of a TwilioRestError; zero: another error
		header   string
	}{
		{"status_500", carrier.Fault{Kind: carrier.FaultStatus}, 0, 20500, ""},
		{"status_503", carrier.Fault{Kind: carrier.FaultStatus, Status: 503}, 0, 20503, ""},
		{"too_many", carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 7}, 0, 20429, "7"},
		{"page_of_a_proxy", carrier.Fault{Kind: carrier.FaultHTML, Status: 502}, 0, 0, ""},
		{"error_code", carrier.Fault{Kind: carrier.FaultError, Code: 30007}, 0, 30007, ""},
		{"closed_before", carrier.Fault{Kind: carrier.FaultCloseBefore}, 0, 0, ""},
		{"closed_after", carrier.Fault{Kind: carrier.FaultCloseAfter}, 1, 0, ""},
		{"garbage", carrier.Fault{Kind: carrier.FaultGarbage}, 1, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, base := start(t, carrier.Config{})
			tt.fault.Times = 1
			if err := c.Inject(tt.fault); err != nil {
				t.Fatal(err)
			}
			api := twilioAt(base, account, token)
			_, err := send(api, john, "one")
			if err == nil {
				t.Fatal("the fault did not show")
			}
			var rest *twilioclient.TwilioRestError
			if errors.As(err, &rest) != (tt.code != 0) || rest != nil && rest.Code != tt.code {
				t.Errorf("got %T %v, want code %d", err, rest, tt.code)
			}
			sent := c.Sent()
			if len(sent) != tt.accepted || len(sent) == 1 && !sent[0].AnswerLost {
				t.Errorf("%d accepted, want %d", len(sent), tt.accepted)
			}
			if _, err := send(api, john, "two"); err != nil {
				t.Errorf("after the fault: %v", err)
			}
		})
	}
}

func TestRetryAfterIsAnswered(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	if err := c.Inject(carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 7}); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(within(t), http.MethodPost, base+"/2010-04-01/Accounts/"+account+"/Messages.json",
		strings.NewReader(url.Values{"To": {john}, "From": {service}, "Body": {"x"}}.Encode()))
	req.SetBasicAuth(account, token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("HTTP %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

func TestFaultsAreCountedAndAimed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault carrier.Fault
		want  string // of eight sends, to john and gwen in turn: x is hit
	}{
		{"next_two", carrier.Fault{Times: 2}, "xx......"},
		{"every_third", carrier.Fault{Every: 3}, "..x..x.."},
		{"every_third_once", carrier.Fault{Every: 3, Times: 1}, "..x....."},
		{"all", carrier.Fault{}, "xxxxxxxx"},
		{"one_person", carrier.Fault{To: gwen, Times: 2}, ".x.x...."},
		{"another_channel", carrier.Fault{Channel: carrier.ChannelTelegram}, "........"},
		{"another_operation", carrier.Fault{Op: "fetch"}, "........"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, base := start(t, carrier.Config{})
			api := twilioAt(base, account, token)
			tt.fault.Kind = carrier.FaultStatus
			if err := c.Inject(tt.fault); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for i := range 8 {
				_, err := send(api, []string{john, gwen}[i%2], "x")
				got.WriteString(map[bool]string{true: "x", false: "."}[err != nil])
			}
			if got.String() != tt.want {
				t.Errorf("hit %s, want %s", got.String(), tt.want)
			}
			c.ClearFaults()
			if _, err := send(api, john, "x"); err != nil {
				t.Errorf("after clearing: %v", err)
			}
		})
	}
	c, _ := start(t, carrier.Config{})
	if c.Inject(carrier.Fault{Kind: "nonsense"}) == nil || c.Inject(carrier.Fault{Kind: carrier.FaultHang, Channel: "pigeon"}) == nil {
		t.Error("a fault that does not exist was taken")
	}
}

func TestHangAnswersLateAndAcceptsAtOnce(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	if err := c.Inject(carrier.Fault{Kind: carrier.FaultHang, For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := send(twilioAt(base, account, token), john, "x")
		done <- err
	}()
	if _, err := c.AwaitSMS(within(t), john, 1); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		t.Errorf("it was answered before the hang was over: %v", err)
	default:
	}
	c.Close() // A carrier that goes away lets go of what hangs.
	if err := <-done; err != nil {
		t.Error(err)
	}
}
