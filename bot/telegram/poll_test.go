package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/conversations"
)

// polling is a service that fetches its updates and never really waits; each pause is told to waits.
func polling(t *testing.T, change func(*Config)) (*service, *pauses) {
	t.Helper()
	s := prepare(t, func(cfg *Config) {
		cfg.WebhookSecret = ""
		if change != nil {
			change(cfg)
		}
	})
	p := &pauses{}
	s.pause = p.pause
	return s, p
}

type pauses struct {
	mu   sync.Mutex
	took []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) bool {
	p.mu.Lock()
	p.took = append(p.took, d)
	p.mu.Unlock()
	return ctx.Err() == nil
}

func (p *pauses) all() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.took)
}

func texts(events []conversations.Event) []string {
	var out []string
	for _, ev := range events {
		out = append(out, ev.Text)
	}
	return out
}

// TestPoll fetches what people wrote, in order and once, and confirms it.
func TestPoll(t *testing.T) {
	t.Parallel()
	s, _ := polling(t, nil)
	for _, text := range []string{"one", "two"} {
		if _, err := s.carrier.TelegramText(john, text); err != nil {
			t.Fatal(err)
		}
	}
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.PendingUpdates() == 0 }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.carrier.TelegramText(john, "three"); err != nil {
		t.Fatal(err)
	}
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.PendingUpdates() == 0 && s.counted("poll accepted") == 3 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if diff := cmp.Diff([]string{"one", "two", "three"}, texts(s.handled())); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

// TestPollNeverSkips: an update that cannot be stored is tried until it can, and Telegram keeps it meanwhile.
func TestPollNeverSkips(t *testing.T) {
	t.Parallel()
	s, p := polling(t, nil)
	calls := 0
	s.answerWith(func(_ context.Context, ev conversations.Event) error {
		if ev.Text != "two" {
			return nil
		}
		if s.carrier.PendingUpdates() != 3 {
			t.Errorf("%d updates wait: one was confirmed before it was handled", s.carrier.PendingUpdates())
		}
		if calls++; calls < 8 {
			return errors.New("no database")
		}
		return nil
	})
	for _, text := range []string{"one", "two", "three"} {
		if _, err := s.carrier.TelegramText(john, text); err != nil {
			t.Fatal(err)
		}
	}
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.PendingUpdates() == 0 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	want := []string{"one", "two", "two", "two", "two", "two", "two", "two", "two", "three"}
	if diff := cmp.Diff(want, texts(s.handled())); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9}, p.all()); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}

// TestPollStops: the update in hand is finished, what was handled is confirmed, the lease goes back.
func TestPollStops(t *testing.T) {
	t.Parallel()
	released := 0
	s, _ := polling(t, func(cfg *Config) {
		cfg.Lease = func(context.Context) (bool, error) { return true, nil }
		cfg.Release = func(ctx context.Context) error {
			released++
			return ctx.Err()
		}
	})
	began, goOn := make(chan struct{}), make(chan struct{})
	s.answerWith(func(ctx context.Context, _ conversations.Event) error {
		close(began)
		<-goOn
		return ctx.Err()
	})
	for _, text := range []string{"one", "two"} {
		if _, err := s.carrier.TelegramText(john, text); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	s.Start(ctx)
	<-began
	stop()
	close(goOn)
	s.Close()
	if diff := cmp.Diff([]string{"one"}, texts(s.handled())); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if s.carrier.PendingUpdates() != 1 || released != 1 {
		t.Errorf("%d updates wait, the lease was given back %d times", s.carrier.PendingUpdates(), released)
	}
}

// TestLease: only who has it polls; who loses it in the middle leaves the rest to the other.
func TestLease(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked, released := 0, 0
	s, p := polling(t, func(cfg *Config) {
		cfg.Lease = func(context.Context) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			switch asked {
			case 1:
				return false, nil
			case 2:
				return false, errors.New("no database")
			case 5: // 3 is for the poll, 4 for the first update, 5 for the second
				return false, nil
			}
			return true, nil
		}
		cfg.Release = func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			released++
			return errors.New("no database")
		}
	})
	for _, text := range []string{"one", "two"} {
		if _, err := s.carrier.TelegramText(john, text); err != nil {
			t.Fatal(err)
		}
	}
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.PendingUpdates() == 0 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	// The other process may have had the first as well, so that it begins with whatever waits.
	if diff := cmp.Diff([]string{"one", "one", "two"}, texts(s.handled())); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{leaseWait, leaseWait}, p.all()); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if released != 1 {
		t.Errorf("the lease was given back %d times", released)
	}
}

// TestPollErrors: each is waited out; a webhook that somebody set is taken away again.
func TestPollErrors(t *testing.T) {
	t.Parallel()
	s, p := polling(t, nil)
	if err := s.carrier.Inject(
		carrier.Fault{Kind: carrier.FaultHTML, Status: 502, Op: "getUpdates", Times: 1},
		carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 9, Op: "getUpdates", Times: 1},
		carrier.Fault{Kind: carrier.FaultStatus, Status: 409, Op: "getUpdates", Times: 1},
		carrier.Fault{Kind: carrier.FaultCloseBefore, Op: "getUpdates", Times: 1},
		carrier.Fault{Kind: carrier.FaultGarbage, Op: "getUpdates", Times: 1},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := s.carrier.TelegramText(john, "see you thursday"); err != nil {
		t.Fatal(err)
	}
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.PendingUpdates() == 0 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if len(s.handled()) != 1 {
		t.Errorf("%d events", len(s.handled()))
	}
	// Faults that close unread come first.
	if got := p.all(); len(got) != 5 || slices.Max(got) < 16*time.Second {
		t.Errorf("pauses %v", got)
	}
}

// TestPollAsks compares the polls themselves: what is confirmed when, and how an update that cannot be read is passed.
func TestPollAsks(t *testing.T) {
	t.Parallel()
	update := func(id string) string {
		return `{"update_id":` + id + `,"message":{"chat":{"id":5000000001,"type":"private"},"date":1,"text":"` + id + `"}}`
	}
	answers := []string{
		"[" + update("10") + `,{"update_id":11,"message":{"text":7}},` + update("12") + "]",
		"[" + update("13") + "]",
		"[]",
		`["no update"]`,
		"[" + update("5") + "]", // after a quiet week
	}
	type asked struct {
		Offset  int64    `json:"offset"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}
	var polls []asked
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path.Base(r.URL.Path) {
		case "getMe":
			_, _ = io.WriteString(w, `{"ok":true,"result":{"id":42,"username":"x"}}`)
			return
		case "deleteWebhook":
			_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
			return
		}
		var a asked
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			t.Error(err)
		}
		polls = append(polls, a)
		result := "[]"
		if len(polls) <= len(answers) {
			result = answers[len(polls)-1]
		} else {
			stop()
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":`+result+`}`)
	}))
	t.Cleanup(api.Close)
	s, p := polling(t, func(cfg *Config) { cfg.APIURL = api.URL })
	s.Start(ctx)
	<-ctx.Done()
	s.Close()
	var offsets []int64
	for _, a := range polls[:len(answers)+1] {
		offsets = append(offsets, a.Offset)
		if a.Limit != 100 || a.Timeout != 25 || !slices.Equal(a.Allowed, allowedUpdates) {
			t.Errorf("asked %+v", a)
		}
	}
	if diff := cmp.Diff([]int64{0, 13, 14, 0, 0, 6}, offsets); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10", "12", "13", "5"}, texts(s.handled())); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if s.counted("poll malformed") != 1 || !slices.Contains(p.all(), lastWait) {
		t.Errorf("%v, pauses %v", s.counts, p.all())
	}
}

// TestStartWithoutTelegram: serve starts, and Telegram is tried until it is there.
func TestStartWithoutTelegram(t *testing.T) {
	t.Parallel()
	s := prepare(t, nil)
	p := &pauses{}
	s.pause = p.pause
	if err := s.carrier.Inject(
		carrier.Fault{Kind: carrier.FaultHTML, Status: 502, Op: "getMe", Times: 3},
		carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 30, Op: "setWebhook", Times: 1},
	); err != nil {
		t.Fatal(err)
	}
	if got := s.DeepLink("aB3"); got != "" {
		t.Errorf("link %q before the name is known", got)
	}
	s.Start(t.Context())
	if err := s.carrier.Await(t.Context(), func() bool { return s.carrier.WebhookURL() != "" }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{1e9, 2e9, 4e9, 30e9}, p.all()); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if s.carrier.WebhookURL() != publicly+WebhookPath {
		t.Errorf("the webhook is %q", s.carrier.WebhookURL())
	}
	for code, want := range map[string]string{"aB3_-": "https://t.me/alongside_demo_bot?start=aB3_-", "": "", "a b": "", strings.Repeat("a", 65): ""} {
		if got := s.DeepLink(code); got != want {
			t.Errorf("link %q for %q", got, code)
		}
	}
}

// TestCloseBeforeTelegramAnswers ends the attempts, with the true pause between them.
func TestCloseBeforeTelegramAnswers(t *testing.T) {
	t.Parallel()
	s := prepare(t, func(cfg *Config) { cfg.APIURL = nobodyListens(t) })
	s.Start(t.Context())
	s.Close()
	s.Close()
	prepare(t, nil).Close() // never started
}

func TestPause(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	if !pause(ctx, 0) {
		t.Error("a pause ended early")
	}
	cancel()
	if pause(ctx, time.Hour) {
		t.Error("a pause outlived its context")
	}
}
