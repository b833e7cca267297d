package signin_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/prometheus/client_golang/prometheus"

	"alongside/bot/web"
	"alongside/bot/web/console"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// theDay is a Monday on which nothing changes.
var theDay = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	password = "three plain words"
	login    = "sam@service.example"
	fullName = "Sam Fictional"
)

// fixture is the sign-in behind the real listeners.
type fixture struct {
	*testing.T
	db    storetest.DB
	keys  *seal.Keys
	store *store.Store
	in    *signin.SignIn
	url   string
	log   *storetest.Log
	sam   conversations.SpecialistID

	mu  sync.Mutex
	now time.Time
	// secret are words that may stand in no line of the log.
	secret []string
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func newFixture(t *testing.T) *fixture { return fixtureOn(t, storetest.SQLite(t)) }

func fixtureOn(t *testing.T, db storetest.DB) *fixture {
	t.Helper()
	f := &fixture{T: t, db: db, now: theDay, log: &storetest.Log{}, secret: []string{password, login, fullName}}
	var err error
	f.keys, err = seal.Parse(seal.New())
	f.must(err)
	f.start()
	f.sam, err = f.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
	f.must(err)
	t.Cleanup(func() {
		for _, each := range f.secret {
			if strings.Contains(f.log.String(), each) {
				t.Errorf("the log holds what it must not:\n%s", f.log)
			}
		}
	})
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// start opens a store and serves, as a process of its own would.
func (f *fixture) start() {
	f.Helper()
	log := slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	f.store, err = store.Open(f.Context(), store.Config{DatabaseURL: f.db.URL, Keys: f.keys, Owner: "one", Now: f.clock, Logger: log})
	f.must(err)
	opened := f.store
	f.Cleanup(func() { _ = opened.Close() })
	pages, err := console.New(console.Config{Now: f.clock, Logger: log})
	f.must(err)
	f.in = signin.New(signin.Config{Store: f.store, Render: pages.Render, Now: f.clock, Logger: log})
	mux := http.NewServeMux()
	f.in.Routes(mux)
	mux.Handle("/", f.in.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := signin.From(r.Context())
		_, _ = io.WriteString(w, "home of "+string(who.Role))
	})))
	s, err := web.New(web.Config{ConsoleAddr: "127.0.0.1:0", Home: mux, Store: f.store, Registry: prometheus.NewRegistry(), Logger: log})
	f.must(err)
	f.must(s.Listen(f.Context()))
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

// a browser keeps its cookies and follows no redirect by itself.
type browser struct {
	*fixture
	http.Client
}

func (f *fixture) browser() *browser {
	jar, err := cookiejar.New(nil)
	f.must(err)
	return &browser{f, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// an answer is what came back.
type answer struct {
	status int
	to     string // where it leads
	body   string
	header http.Header
}

func (b *browser) send(method, path string, form url.Values, headers ...string) answer {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.url+path, strings.NewReader(form.Encode()))
	b.must(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Do(req)
	b.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.must(err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), string(body), resp.Header}
}

func (b *browser) get(path string) answer { b.Helper(); return b.send(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(http.MethodPost, path, form)
}

// leads checks that an answer leads to a page.
func (b *browser) leads(a answer, to string) {
	b.Helper()
	if a.status != http.StatusSeeOther || a.to != to {
		b.Fatalf("answered %d to %q, want 303 to %q:\n%s", a.status, a.to, to, a.body)
	}
}

// is checks the status of an answer.
func (b *browser) is(a answer, status int) {
	b.Helper()
	if a.status != status {
		b.Errorf("answered %d to %q, want %d:\n%s", a.status, a.to, status, a.body)
	}
}

// account adds an account and returns its one-time code.
func (f *fixture) account(login string, role signin.Role) (store.AccountID, string) {
	f.Helper()
	n := store.NewAccount{Login: login, Name: fullName, Role: role}
	if role == signin.Specialist {
		n.Specialist = f.sam
	}
	id, code, err := f.store.AddAccount(f.Context(), n)
	f.must(err)
	f.secret = append(f.secret, login, code)
	return id, code
}

var secretOnPage = regexp.MustCompile(`<code class="secret">([A-Z2-7 ]+)</code>`)

// first goes through the whole first sign-in of an account; it returns the
// secret of its phone.
func (b *browser) first(login, code string) (phone string) {
	b.Helper()
	b.leads(b.post("/sign-in/first", "login", login, "code", code, "password", password, "again", password), "/sign-in/two-step")
	found := secretOnPage.FindStringSubmatch(b.get("/sign-in/two-step").body)
	if found == nil {
		b.Fatal("the page shows no secret")
	}
	phone = strings.ReplaceAll(found[1], " ", "")
	b.secret = append(b.secret, phone)
	b.leads(b.post("/sign-in/two-step", "code", b.codeOf(phone)), "/account/codes")
	return phone
}

// codeOf is what a phone shows now.
func (f *fixture) codeOf(phone string) string {
	f.Helper()
	code, err := totp.GenerateCode(phone, f.clock())
	f.must(err)
	return code
}

// in signs in with password and phone, half a minute later: a code counts once.
func (b *browser) in(login, phone string) {
	b.Helper()
	b.later(30 * time.Second)
	b.leads(b.post("/sign-in", "login", login, "password", password), "/sign-in/code")
	b.leads(b.post("/sign-in/code", "code", b.codeOf(phone)), "/")
}

// member is a browser in which somebody of a role is signed in.
func (f *fixture) member(role signin.Role) *browser {
	f.Helper()
	at := string(role) + "@service.example"
	_, code := f.account(at, role)
	b := f.browser()
	b.first(at, code)
	return b
}
