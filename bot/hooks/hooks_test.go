package hooks

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"alongside/store"
)

var theDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// one is a store with one delivery.
type one struct {
	due     store.DueHook
	settled []store.HookResult
}

func (o *one) DueHook(context.Context, string) (store.DueHook, error) { return o.due, nil }

func (o *one) SettleHook(_ context.Context, _ store.DueHook, r store.HookResult) error {
	o.settled = append(o.settled, r)
	o.due.Attempts++
	return nil
}

func sender(o *one, private bool) *Sender {
	s := New(nil, private, func() time.Time { return theDay }, slog.New(slog.DiscardHandler))
	s.store = o
	return s
}

// TestTheSpecificationsOwnExample is the one that Standard Webhooks gives.
func TestTheSpecificationsOwnExample(t *testing.T) {
	t.Parallel()
	got, err := Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %q (%v)", got, err)
	}
}

func TestADeliveryIsSignedAndTellsIDs(t *testing.T) {
	t.Parallel()
	secret := NewSecret()
	o := &one{}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("Webhook-Signature") != want {
			t.Error("the signature is another")
		}
		var told struct {
			Type, Timestamp string
			Data            map[string]any
		}
		if err := json.Unmarshal(body, &told); err != nil || told.Type != "appointment_booked" || told.Timestamp != "2026-11-23T12:00:00Z" || told.Data["client"] != "c1" {
			t.Errorf("told %s", body)
		}
	}))
	defer receiver.Close()
	o.due = store.DueHook{URL: receiver.URL, Secret: secret, HookDelivery: store.HookDelivery{
		ID: "d1", Hook: "h1", Event: "appointment_booked", At: theDay, Data: json.RawMessage(`{"client":"c1"}`),
	}}
	if again, err := sender(o, true).Deliver(t.Context(), "d1"); err != nil || again != 0 || o.settled[0].State != store.HookDelivered || o.settled[0].Answer != 200 {
		t.Errorf("again in %v (%v): %+v", again, err, o.settled)
	}
}

func TestWhatDoesNotArriveIsTriedForADay(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer  http.HandlerFunc
		private bool
		fault   string
	}{
		"it_fails": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, true, "answer"},
		"it_sends_us_on": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		}, true, "answer"},
		"it_hangs_up":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true, "connect"},
		"it_lives_inside": {func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }, false, "inside"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			receiver := httptest.NewServer(row.answer)
			defer receiver.Close()
			o := &one{due: store.DueHook{URL: receiver.URL, Secret: NewSecret(), HookDelivery: store.HookDelivery{ID: "d1", Data: json.RawMessage(`{}`)}}}
			s := sender(o, row.private)
			var all time.Duration
			for {
				again, err := s.Deliver(t.Context(), "d1")
				if err != nil {
					t.Fatal(err)
				}
				if all += again; again == 0 {
					break
				}
			}
			last := o.settled[len(o.settled)-1]
			if all < 23*time.Hour || all > 25*time.Hour || last.State != store.HookGivenUp || last.Fault != row.fault || o.settled[0].State != store.HookWaiting {
				t.Errorf("%d attempts in %v, the last %+v", len(o.settled), all, last)
			}
		})
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	for raw, private := range map[string]string{
		"https://system.example/x":         "both",
		"http://system.example/x":          "none",
		"http://127.0.0.1:9/x":             "private",
		"http://localhost:9/x":             "private",
		"https://10.0.0.1/x":               "private",
		"https://[::1]/x":                  "private",
		"https://[::ffff:169.254.169.254]": "private",
		"https://169.254.169.254/latest":   "private",
		"https://user:pw@system.example/":  "none",
		"https:///x":                       "none",
		"file:///etc/passwd":               "none",
		"system.example":                   "none",
		"https://system.example/#x":        "none",
	} {
		open, in := URLFault(raw, false) == "", URLFault(raw, true) == ""
		if open != (private == "both") || in != (private != "none") {
			t.Errorf("%s: taken %v, with private ones %v", raw, open, in)
		}
	}
	for address, want := range map[string]bool{
		"8.8.8.8": false, "2606:4700::1111": false, "10.1.2.3": true, "192.168.1.1": true, "172.16.0.1": true, "127.0.0.1": true, "169.254.169.254": true,
		"100.64.0.1": true, "0.0.0.0": true, "::1": true, "fe80::1": true, "fd00::1": true, "::ffff:10.0.0.1": true, "224.0.0.1": true, "64:ff9b::a00:1": true,
	} {
		if got := inside(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is inside: %v", address, got)
		}
	}
}
