package twilio

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/bot/carrier"
	"alongside/bot/carrier/spec"
	"alongside/bot/outbox"
	"alongside/bot/outbox/leak"
	"alongside/conversations"
)

const (
	account  = "AC0123456789abcdef0123456789abcdef"
	token    = "the-first-token"
	token2   = "the-second-token"
	ourPhone = "+447700900000"
	john     = "+447700900001"
	publicly = "https://alongside.example.org"
)

// noon is when every test takes place unless it says otherwise.
var noon = time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)

// service is the channel behind a real server, the pretend carrier before it, and what the channel handed on.
type service struct {
	*Channel
	carrier *carrier.Carrier
	url     string // of our own server
	watch   *leak.Watch

	mu     sync.Mutex
	events []conversations.Event
	counts map[string]int
	gone   <-chan struct{} // closed when whoever sent the newest request to our own server has hung up
	answer func(ctx context.Context, ev conversations.Event) error
}

// start starts both sides. The changes are made to the configurations before that.
func start(t *testing.T, change func(*Config, *carrier.Config)) *service {
	t.Helper()
	s := &service{counts: map[string]int{}, watch: leak.New(t, token, token2, john, "see you thursday")}
	theirs := carrier.Config{
		AccountSID: account, AuthToken: token, From: ourPhone, InboundURL: publicly + MessagesPath + "#rc=3&rp=all",
		Statuses: []string{}, Now: func() time.Time { return noon },
	}
	ours := Config{
		AccountSID: account, AuthTokens: []string{token}, From: ourPhone, PublicURL: publicly,
		Logger: s.watch.Logger(), Now: func() time.Time { return noon },
		Count: func(webhook, outcome string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.counts[webhook+" "+outcome]++
		},
	}
	if change != nil {
		change(&ours, &theirs)
	}
	// Without the folder of descriptions (see spec.Find) the carrier judges by its own rules alone.
	official, _ := spec.Find()
	theirs.Check = official
	s.carrier = carrier.New(theirs)
	t.Cleanup(func() {
		s.carrier.Close()
		for _, v := range s.carrier.Violations() {
			t.Error(v)
		}
	})
	api := httptest.NewServer(s.carrier.Handler())
	t.Cleanup(api.Close)
	if ours.APIURL == "" {
		ours.APIURL = api.URL
	}
	var err error
	s.Channel, err = New(ours, func(ctx context.Context, ev conversations.Event) error {
		s.mu.Lock()
		s.events = append(s.events, ev)
		answer := s.answer
		s.mu.Unlock()
		if answer != nil {
			return answer(ctx, ev)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Routes(mux)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.gone = r.Context().Done()
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.carrier.Route(ours.PublicURL, server.URL)
	return s
}

// handled are the events so far.
func (s *service) handled() []conversations.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]conversations.Event(nil), s.events...)
}

// counted is how often Config.Count was told something ("messages forged").
func (s *service) counted(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[what]
}

// hungUp waits until our own server knows that whoever sent the newest request is gone.
func (s *service) hungUp() {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	<-gone
}

// answerWith sets what handle returns from now on.
func (s *service) answerWith(f func(ctx context.Context, ev conversations.Event) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// reminder is a message on its way to John.
func reminder() outbox.Message {
	return outbox.Message{
		ID: "m1", To: conversations.Address{Channel: conversations.SMS, Value: john}, Text: "Sam: see you thursday",
		Buttons: []outbox.Button{{Label: "Yes", Data: "q1:yes"}}, Until: noon.Add(time.Hour),
	}
}

// sid makes an id of the right shape that ends in n.
func sid(n string) string { return "SM" + strings.Repeat("0", 32-len(n)) + n }

// post posts a form with a signature and returns the status.
func post(t *testing.T, address string, form url.Values, signature string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Twilio-Signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// signWhole signs an address with its fragment.
func signWhole(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	_, _ = mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
