package telegram

import (
	"context"
	"net/http"
	"net/http/httptest"
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
	token    = "7000000042:AAH-the-bots-own-secret"
	secret   = "the-webhooks-secret"
	john     = int64(5_000_000_001)
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

// prepare makes both sides and starts neither. The change is made to the configuration before that.
func prepare(t *testing.T, change func(*Config)) *service {
	t.Helper()
	s := &service{counts: map[string]int{}, watch: leak.New(t, token, "AAH-the-bots-own-secret", secret, "5000000001", "see you thursday")}
	// Without the folder of descriptions (see spec.Find) the carrier judges by its own rules alone.
	official, _ := spec.Find()
	s.carrier = carrier.New(carrier.Config{
		BotToken: token, Now: func() time.Time { return noon }, Check: official,
		Backoff: func(int) time.Duration { return 0 },
	})
	t.Cleanup(func() {
		s.carrier.Close()
		for _, v := range s.carrier.Violations() {
			t.Error(v)
		}
	})
	api := httptest.NewServer(s.carrier.Handler())
	t.Cleanup(api.Close)
	cfg := Config{
		BotToken: token, WebhookSecret: secret, PublicURL: publicly, APIURL: api.URL,
		Logger: s.watch.Logger(), Now: func() time.Time { return noon },
		Count: func(way, outcome string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.counts[way+" "+outcome]++
		},
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	s.Channel, err = New(cfg, func(ctx context.Context, ev conversations.Event) error {
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
	t.Cleanup(s.Close)
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
	s.carrier.Route(publicly, server.URL)
	return s
}

// start is prepare and Start, and waits until Telegram knows where to bring updates.
func start(t *testing.T, change func(*Config)) *service {
	t.Helper()
	s := prepare(t, change)
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.WebhookURL() != "" }); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *service) handled() []conversations.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]conversations.Event(nil), s.events...)
}

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

func (s *service) answerWith(f func(ctx context.Context, ev conversations.Event) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// settle waits until the carrier has nothing more to bring.
func (s *service) settle(t *testing.T) {
	t.Helper()
	if err := s.carrier.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// address is John's.
func address() conversations.Address {
	return conversations.Address{Channel: conversations.Telegram, Value: "5000000001"}
}

// reminder is a message on its way to John.
func reminder() outbox.Message {
	return outbox.Message{
		ID: "m1", To: address(), Text: "Sam: see you thursday",
		Buttons: []outbox.Button{{Label: "Yes", Data: "q1:yes"}, {Label: "No", Data: "q1:no"}}, Until: noon.Add(time.Hour),
	}
}
