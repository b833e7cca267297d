package carrier_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"alongside/bot/carrier"
)

// control calls the control endpoint as a test of the real program does.
func control(t *testing.T, base, method, path, body string, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), method, base+"/_carrier/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return resp.StatusCode
}

func TestControlDoesWhatTheGoCallsDo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	c, base := start(t, carrier.Config{Now: func() time.Time { return now }})
	h := newHook(t)
	if status := control(t, base, "POST", "inbound", `{"url":"`+h.URL+`/in#rc=0"}`, nil); status != 200 {
		t.Fatalf("inbound: HTTP %d", status)
	}
	var d carrier.Delivery
	control(t, base, "POST", "sms", `{"from":"`+john+`","body":"1"}`, &d)
	if d.Status != 204 || d.MessageSID == "" {
		t.Fatalf("%+v", d)
	}
	var again carrier.Delivery
	control(t, base, "POST", "sms", `{"from":"`+john+`","body":"1","sid":"`+d.MessageSID+`","forge":"unsigned"}`, &again)
	if got := h.got(); again.MessageSID != d.MessageSID || len(got) != 2 || got[1].signature != "" {
		t.Error("a repeated, unsigned text")
	}
	if status := control(t, base, "POST", "faults", `[{"kind":"status","status":503,"times":1},{"kind":"callbacks_delay","for":"90m","times":1}]`, nil); status != 200 {
		t.Fatalf("faults: HTTP %d", status)
	}
	if f := c.Faults(); len(f) != 2 || f[1].For != 90*time.Minute {
		t.Errorf("%+v", f)
	}
	api := twilioAt(base, account, token)
	if _, err := send(api, john, "x"); err == nil {
		t.Error("the fault did not show")
	}
	control(t, base, "DELETE", "faults", "", nil)
	sent, err := send(api, john, "x")
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Accepted int
		Messages []carrier.Message
	}
	control(t, base, "GET", "sms?to=%2B447700900001", "", &log)
	if log.Accepted != 1 || len(log.Messages) != 1 || log.Messages[0].SID != *sent.Sid || log.Messages[0].Status != "delivered" {
		t.Errorf("%+v", log)
	}
	var late carrier.Delivery
	control(t, base, "POST", "callback", `{"address":"`+h.URL+`/status?m=1","sid":"`+*sent.Sid+`","status":"failed","code":30008,"forge":"wrong_account"}`, &late)
	last := h.got()[2]
	if late.Status != 204 || last.form.Get("ErrorCode") != "30008" || last.form.Get("AccountSid") == account || !h.genuine(last, h.URL) {
		t.Error("a callback by itself")
	}
	var clock struct{ Now time.Time }
	control(t, base, "POST", "clock", `{"advance":"36h"}`, &clock)
	if want := now.Add(36 * time.Hour); !clock.Now.Equal(want) || !c.Now().Equal(want) {
		t.Errorf("it is %v", clock.Now)
	}
	control(t, base, "POST", "clock", `{"set":"2026-11-23T09:00:00Z"}`, &clock)
	if !c.Now().Equal(now.Add(-time.Hour)) {
		t.Errorf("it is %v", c.Now())
	}
	var arrival carrier.Arrival
	for _, do := range []string{"start", "text", "photo", "voice", "sticker", "location", "block", "unblock", "group", "channel"} {
		chat := map[string]string{"group": "-5", "channel": "-6"}[do]
		if chat == "" {
			chat = "5000000001"
		}
		arrival = carrier.Arrival{}
		if status := control(t, base, "POST", "telegram", `{"do":"`+do+`","chat":`+chat+`,"from":5000000001,"text":"hi"}`, &arrival); status != 200 || arrival.UpdateID == 0 {
			t.Errorf("%s: HTTP %d, %+v", do, status, arrival)
		}
	}
	var chats struct {
		Messages []carrier.ChatMessage
		Pending  int
	}
	control(t, base, "GET", "telegram?chat=5000000001", "", &chats)
	if len(chats.Messages) != 6 || chats.Pending != 10 {
		t.Errorf("%d messages, %d updates", len(chats.Messages), chats.Pending)
	}
	var answered struct{ Deliveries []carrier.Delivery }
	control(t, base, "GET", "deliveries", "", &answered)
	if len(answered.Deliveries) != 2 {
		t.Errorf("%d deliveries", len(answered.Deliveries))
	}
	control(t, base, "POST", "clear", "", nil)
	if len(c.Sent()) != 0 || len(c.TelegramThread(johnChat)) != 0 {
		t.Error("something is left after clearing")
	}
	var none struct{ Violations []string }
	control(t, base, "GET", "violations", "", &none)
	if none.Violations == nil || len(none.Violations) != 0 {
		t.Error(none.Violations)
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	t.Parallel()
	_, base := start(t, carrier.Config{})
	tests := []struct{ name, path, body string }{
		{"no_json", "sms", "x"},
		{"nobody", "sms", "{}"},
		{"unknown_kind", "faults", `{"kind":"nonsense"}`},
		{"unknown_channel", "faults", `{"kind":"hang","channel":"pigeon"}`},
		{"bad_duration", "faults", `{"kind":"hang","for":"long"}`},
		{"clock_backwards", "clock", `{"advance":"-1h"}`},
		{"clock_nothing", "clock", `{}`},
		{"unknown_deed", "telegram", `{"do":"fly","chat":1}`},
		{"no_chat", "telegram", `{"do":"text"}`},
		{"press_nothing", "telegram", `{"do":"press","chat":1,"message":1,"data":"x"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var answer struct{ Error string }
			if status := control(t, base, "POST", tt.path, tt.body, &answer); status != 400 || answer.Error == "" {
				t.Errorf("HTTP %d, error %q", status, answer.Error)
			}
		})
	}
}
