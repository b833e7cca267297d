package console_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/bot/turn"
	"alongside/bot/web/console"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/locales"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// theDay is a Monday on which nothing changes, in working hours.
var theDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// fixture is the pages over HTTP, with the real turn and the real store.
type fixture struct {
	*testing.T
	console *console.Console
	url     string
	store   *store.Store
	turn    *turn.Runner
	sam     conversations.SpecialistID
	priya   conversations.SpecialistID
	john    conversations.ClientID // on Sam's caseload
	megan   conversations.ClientID // on Priya's
	who     atomic.Pointer[signin.Who]
	now     atomic.Int64
	made    atomic.Int64
	log     *storetest.Log
	mu      sync.Mutex
	audit   []string
}

func onEach(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) { test(newFixture(t, db)) })
}

func once(t *testing.T) *fixture {
	t.Helper()
	return newFixture(t, storetest.SQLite(t))
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newFixture(t *testing.T, db storetest.DB) *fixture {
	t.Helper()
	f := &fixture{T: t, log: &storetest.Log{}}
	f.now.Store(theDay.UnixMilli())
	logger := slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	keys := must(seal.Parse(seal.New()))(t)
	f.store = must(store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: "one", Now: f.clock, Logger: logger}))(t)
	t.Cleanup(func() { _ = f.store.Close() })
	words := must(templates.LoadEmbedded())(t)
	way := must(templates.Pathway("ips"))(t)
	lexicons := must(locales.Lexicons(way.Languages...))(t)
	f.turn = turn.New(turn.Config{
		Store: f.store, Words: words, Now: f.clock, NewID: f.newID, Logger: logger,
		Rules: conversations.Rules{Pathway: way, Lexicons: lexicons},
	})
	f.console = must(console.New(console.Config{
		Store: f.store, Event: f.turn.Run, Preview: f.turn.Preview, Rehearse: f.turn.Rehearse,
		DeepLink: func(code string) string { return "https://t.me/example_bot?start=" + code },
		Now:      f.clock, NewID: f.newID, Pathway: way, Route: "Ring the client.", Logger: logger,
		Findings: func(w map[string]string) []templates.Finding { return words.CheckFree(w, lexicons) },
		Audit: func(_ context.Context, who signin.Who, what string, client conversations.ClientID) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.audit = append(f.audit, fmt.Sprintf("%s %s %s", who.Account, what, client))
			return nil
		},
	}))(t)
	mux := http.NewServeMux()
	f.console.Routes(mux, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if who := f.who.Load(); who != nil {
				r = r.WithContext(signin.With(r.Context(), *who))
			}
			next.ServeHTTP(w, r)
		})
	})
	server := httptest.NewServer(http.NewCrossOriginProtection().Handler(mux))
	t.Cleanup(server.Close)
	f.url = server.URL
	f.sam = must(f.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"}))(t)
	f.priya = must(f.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Priya"}))(t)
	f.john = f.add(f.sam, "John Example", "+447700900123")
	f.megan = f.add(f.priya, "Megan Example", "+447700900125")
	f.as(signin.Specialist, f.sam)
	return f
}

func (f *fixture) clock() time.Time { return time.UnixMilli(f.now.Load()).UTC() }

func (f *fixture) newID() string { return fmt.Sprintf("id-%06d", f.made.Add(1)) }

// as says who is signed in from now on.
func (f *fixture) as(role signin.Role, of conversations.SpecialistID) {
	f.who.Store(&signin.Who{Account: "account-1", Name: "Sam", Role: role, Specialist: of, Language: "en"})
}

func (f *fixture) add(of conversations.SpecialistID, name, mobile string) conversations.ClientID {
	f.Helper()
	first, _, _ := strings.Cut(name, " ")
	id := must(f.store.AddClient(f.Context(), store.NewClient{
		Specialist: of, FullName: name, Name: first, Named: true, Language: "en", Zone: "Europe/London", Mobile: mobile,
	}))(f.T)
	f.event(conversations.Event{Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"})
	return id
}

func (f *fixture) event(ev conversations.Event) {
	f.Helper()
	if err := f.turn.Run(f.Context(), ev); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) text(from, text string) {
	f.Helper()
	f.event(conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: from}, Text: text, ProviderID: f.newID(),
	})
}

// book books John's meeting on Thursday at two.
func (f *fixture) book() conversations.AppointmentID {
	f.Helper()
	id := conversations.AppointmentID(f.newID())
	f.event(conversations.Event{Kind: conversations.EventBooked, Client: f.john, Appointment: conversations.Appointment{
		ID: id, Kind: conversations.Regular, At: time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC), Minutes: 45, Place: "Cafe Nero",
	}})
	return id
}

// get reads a page.
func (f *fixture) get(path string) (int, string, http.Header) {
	f.Helper()
	return f.do(http.MethodGet, path, nil, nil)
}

// post posts a form and does not follow.
func (f *fixture) post(path string, form url.Values) (int, string, http.Header) {
	f.Helper()
	return f.do(http.MethodPost, path, form, nil)
}

func (f *fixture) do(method, path string, form url.Values, header http.Header) (int, string, http.Header) {
	f.Helper()
	r := must(http.NewRequestWithContext(f.Context(), method, f.url+path, strings.NewReader(form.Encode())))(f.T)
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body := must(io.ReadAll(answer.Body))(f.T)
	return answer.StatusCode, string(body), answer.Header
}

// done posts a form that must be taken.
func (f *fixture) done(path string, form url.Values, what string) {
	f.Helper()
	status, body, h := f.post(path, form)
	if status != http.StatusSeeOther || !strings.Contains(h.Get("Location"), "done="+what) {
		f.Fatalf("%s: %d to %q, want %s\n%s", path, status, h.Get("Location"), what, faultIn(body))
	}
}

// faultIn is what a page says is wrong.
func faultIn(body string) string {
	_, rest, _ := strings.Cut(body, `class="fault"`)
	said, _, _ := strings.Cut(rest, "</div>")
	return said
}

func (f *fixture) has(path string, parts ...string) string {
	f.Helper()
	status, body, _ := f.get(path)
	if status != http.StatusOK {
		f.Fatalf("%s: %d\n%s", path, status, f.log.String())
	}
	for _, part := range parts {
		if !strings.Contains(body, part) {
			f.Errorf("%s does not hold %q", path, part)
		}
	}
	return body
}

func (f *fixture) thread() store.ConversationPage {
	f.Helper()
	return must(f.store.Conversation(f.Context(), f.john, "", 50))(f.T)
}
