package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"alongside/bot/turn"
	"alongside/bot/web"
	"alongside/bot/web/api"
	"alongside/bot/web/feed"
	"alongside/bot/web/intake"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// theDay is a Monday on which nothing changes, in working hours.
var theDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// fixture is the API over real HTTP, with the real turn and the real store. All
// that it logs, and every answer that is not a success, is kept, and must hold
// none of the secrets.
type fixture struct {
	*testing.T
	url    string
	api    *api.API
	store  *store.Store
	turn   *turn.Runner
	log    *storetest.Log
	errors *storetest.Log
	token  string
	now    atomic.Int64
	made   atomic.Int64

	mu     sync.Mutex
	events []conversations.Event
	// instead takes the place of the turn, for one that fails.
	instead func(context.Context, conversations.Event) error
	secrets []string
}

// onEach runs a test on every database that this machine has.
func onEach(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) { test(newFixture(t, db)) })
}

// once runs a test on SQLite alone: what it is about is no matter of the store.
func once(t *testing.T) *fixture {
	t.Helper()
	return newFixture(t, storetest.SQLite(t))
}

func newFixture(t *testing.T, db storetest.DB) *fixture {
	t.Helper()
	return newFixtureFor(t, db, "ips")
}

// newFixtureFor is the API of a service with a pathway.
func newFixtureFor(t *testing.T, db storetest.DB, service string) *fixture {
	t.Helper()
	return newFixtureReading(t, db, service, lexicons(t))
}

// newFixtureReading is one that understands texts with the lexicons given.
func newFixtureReading(t *testing.T, db storetest.DB, service string, understands *understand.Lexicons) *fixture {
	t.Helper()
	f := &fixture{T: t, log: &storetest.Log{}, errors: &storetest.Log{}}
	f.now.Store(theDay.UnixMilli())
	logger := slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	keys, err := seal.Parse(seal.New())
	must(t, err)
	f.store, err = store.Open(t.Context(), store.Config{
		DatabaseURL: db.URL, Keys: keys, Owner: "one", Now: f.clock, Logger: logger,
	})
	must(t, err)
	t.Cleanup(func() { _ = f.store.Close() })
	words, err := templates.LoadEmbedded()
	must(t, err)
	pathway, err := templates.Pathway(service)
	must(t, err)
	f.turn = turn.New(turn.Config{
		Store: f.store, Words: words, Now: f.clock, NewID: f.newID, Logger: logger,
		Rules: conversations.Rules{Pathway: pathway, Lexicons: understands},
	})
	f.api = api.New(api.Config{
		Store: f.store, Event: f.event, Preview: f.turn.Preview, Now: f.clock, NewID: f.newID, Logger: logger, Version: "test", Pathway: pathway,
		Rehearse: f.turn.Rehearse, CheckWords: func(free map[string]string) []templates.Finding { return words.CheckFree(free, lexicons(t)) },
		DeepLink: func(code string) string { return "https://t.me/alongside_test_bot?start=" + code },
	})
	f.api.Import = intake.Config{Store: f.store, All: f.turn.RunAll, Now: f.clock, NewID: f.newID, Pathway: pathway}.Run
	f.serve(logger)
	f.token = f.newToken("read", "write")
	t.Cleanup(f.checkSecrets)
	return f
}

// serve puts the API behind the real listeners.
func (f *fixture) serve(logger *slog.Logger) {
	f.Helper()
	s, err := web.New(web.Config{
		ConsoleAddr: "127.0.0.1:0", API: f.api, Calendar: &feed.Feed{Store: f.store, Now: f.clock, Logger: logger}, Store: f.store, Registry: prometheus.NewRegistry(), Logger: logger,
	})
	must(f.T, err)
	must(f.T, s.Listen(f.Context()))
	ctx, cancel := context.WithCancel(context.WithoutCancel(f.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	f.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.Errorf("stop: %v", err)
		}
	})
	f.url = "http://" + s.Addresses().Console
}

// lexicons understand what the story says, and nothing else.
func lexicons(t *testing.T) *understand.Lexicons {
	t.Helper()
	l, err := understand.Compile([]understand.Lexicon{{
		Language: "en", Ordinary: []string{"i will be there thanks for asking"},
		Fillers: []string{"at"}, Or: []string{"or"}, Units: []string{"miles"}, Courtesies: []string{"thanks"},
		Negators: []string{"not"}, Jokes: []string{"lol"},
		Cue: []understand.CueEntry{{Intent: "confirm", Weight: 8, Patterns: []string{"i will be there"}}},
	}})
	must(t, err)
	return l
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) clock() time.Time { return time.UnixMilli(f.now.Load()).UTC() }

func (f *fixture) advance(d time.Duration) { f.now.Add(d.Milliseconds()) }

func (f *fixture) newID() string { return fmt.Sprintf("id-%06d", f.made.Add(1)) }

// event records what the API sends through the turn, and lets it through.
func (f *fixture) event(ctx context.Context, ev conversations.Event) error {
	f.mu.Lock()
	f.events = append(f.events, ev)
	instead := f.instead
	f.mu.Unlock()
	if instead != nil {
		return instead(ctx, ev)
	}
	return f.turn.Run(ctx, ev)
}

// took gives the events since it was last asked.
func (f *fixture) took() []conversations.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := f.events
	f.events = nil
	return events
}

func (f *fixture) fail(instead func(context.Context, conversations.Event) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instead = instead
}

func (f *fixture) newToken(scopes ...string) string {
	f.Helper()
	plain, err := f.store.CreateToken(f.Context(), "a test", scopes, f.clock())
	must(f.T, err)
	f.secret(plain)
	return plain
}

// secret is a string that may stand in no error and no line of the log.
func (f *fixture) secret(s ...string) { f.secrets = append(f.secrets, s...) }

func (f *fixture) checkSecrets() {
	for i, s := range f.secrets {
		if strings.Contains(f.errors.String(), s) {
			f.Errorf("secret %d is in an error", i)
		}
		if strings.Contains(f.log.String(), s) {
			f.Errorf("secret %d is in the log", i)
		}
	}
}

// answer is what came back.
type answer struct {
	*fixture
	status int
	header http.Header
	body   []byte
}

var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// do sends a request; body is JSON if it is no string, and headers are in pairs.
func (f *fixture) do(method, path string, body any, headers ...string) answer {
	f.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		must(f.T, err)
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(f.Context(), method, f.url+path, r)
	must(f.T, err)
	req.Header.Set("Authorization", "Bearer "+f.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	must(f.T, err)
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	must(f.T, err)
	if resp.StatusCode >= 400 {
		_, _ = fmt.Fprintf(f.errors, "%v %s\n", resp.Header, got)
	}
	return answer{f, resp.StatusCode, resp.Header, got}
}

// is fails the test unless the answer has the status, and reads its body.
func (a answer) is(status int, into ...any) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, v := range into {
		must(a.T, json.Unmarshal(a.body, v))
	}
	return a
}

// problem is the body of a refusal.
type problem struct {
	Type, Title, Code, Detail, Request string
	Status                             int
	Errors                             []struct{ Field, Message string }
}

var requestID = regexp.MustCompile(`^[A-Z2-7]{20,}$`)

// refuses fails the test unless the answer is a whole problem of this kind.
func (a answer) refuses(status int, code string) problem {
	a.Helper()
	var p problem
	if a.is(status).header.Get("Content-Type") != "application/problem+json" {
		a.Errorf("content type %q", a.header.Get("Content-Type"))
	}
	must(a.T, json.Unmarshal(a.body, &p))
	if p.Code != code {
		a.Errorf("code %q, want %q: %s", p.Code, code, a.body)
	}
	if p.Type != "about:blank" || p.Title != http.StatusText(status) || p.Status != status || len(p.Detail) < 20 {
		a.Errorf("not a whole problem: %s", a.body)
	}
	if !requestID.MatchString(p.Request) || p.Request != a.header.Get("X-Request-Id") {
		a.Errorf("the request's id is %q and %q", p.Request, a.header.Get("X-Request-Id"))
	}
	return p
}

// id reads what was made.
type made struct {
	ID string `json:"id"`
}

// sam adds a specialist.
func (f *fixture) sam() string {
	f.Helper()
	f.advance(time.Second) // Ids sort by when they were made.
	var m made
	f.do("POST", "/api/v1/specialists", map[string]any{"name": "Sam"}).is(201, &m)
	return m.ID
}

// john adds a client with the n-th fictional number.
func (f *fixture) john(specialist string, n int) string {
	f.Helper()
	f.advance(time.Second)
	var m made
	f.do("POST", "/api/v1/clients", map[string]any{
		"specialist": specialist, "stage": "active", "full_name": "John Mbeki", "mobile": fmt.Sprintf("07700 900%03d", n), "wakes": "09:30",
	}).is(201, &m)
	return m.ID
}

// agreed adds a client who agreed to texts.
func (f *fixture) agreed(specialist string, n int) string {
	f.Helper()
	id := f.john(specialist, n)
	f.do("POST", "/api/v1/clients/"+id+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}).is(200)
	return id
}

// booked books an appointment.
func (f *fixture) booked(client string, at time.Time) string {
	f.Helper()
	var m made
	f.do("POST", "/api/v1/clients/"+client+"/appointments", map[string]any{"kind": "regular", "at": at.Format(time.RFC3339), "minutes": 45, "place": "Hafan Cafe"}).is(201, &m)
	return m.ID
}
