package main_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
)

// People of the team who sign in to the real service.

// membersPassword is what every one of them chooses.
const membersPassword = "three plain words"

// member is somebody of the team.
type member struct {
	*service
	login, code string
	// phone is the secret of their authenticator app, from the first sign-in on.
	phone string
	// used is the step of the newest code: each counts once.
	used int64
	http.Client
}

// member adds an account to the service, by the service's own clock.
func (s *service) member(role store.Role, of string) *member {
	s.t.Helper()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	database := ""
	for _, v := range s.env {
		if url, ok := strings.CutPrefix(v, "DATABASE_URL="); ok {
			database = url
		}
	}
	keys, err := seal.Parse(testKeys)
	must(err)
	st, err := store.Open(s.t.Context(), store.Config{DatabaseURL: database, Keys: keys, Owner: "test", Now: s.now, Logger: slog.New(slog.DiscardHandler)})
	must(err)
	defer func() { _ = st.Close() }()
	m := &member{service: s, login: fmt.Sprintf("%s-%d@service.example", role, time.Now().UnixNano())}
	_, m.code, err = st.AddAccount(s.t.Context(), store.NewAccount{
		Login: m.login, Name: "Sam Fictional", Role: role, Specialist: conversations.SpecialistID(of), Language: "en",
	})
	must(err)
	jar, err := cookiejar.New(nil)
	must(err)
	m.Client = http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return m
}

// now6 is the code that their phone shows, once there is one that was not used.
func (m *member) now6() string {
	m.t.Helper()
	at := m.now()
	if step := at.Unix() / 30; step <= m.used {
		// The next one is taken, too: phones' clocks may be ahead by a step.
		at = at.Add(30 * time.Second)
	}
	m.used = at.Unix() / 30
	code, err := totp.GenerateCode(m.phone, at)
	if err != nil {
		m.t.Fatal(err)
	}
	return code
}

var secretShown = regexp.MustCompile(`class="secret">([A-Z2-7 ]+)<`)

// opens goes through the whole first sign-in without a browser.
func (m *member) opens() *member {
	m.t.Helper()
	m.leads(m.posts("/sign-in/first", "login", m.login, "code", m.code, "password", membersPassword, "again", membersPassword), "/sign-in/two-step")
	_, page := m.gets("/sign-in/two-step")
	found := secretShown.FindStringSubmatch(page)
	if found == nil {
		m.t.Fatal("no secret is shown")
	}
	m.phone = strings.ReplaceAll(found[1], " ", "")
	m.leads(m.posts("/sign-in/two-step", "code", m.now6()), "/account/codes")
	return m
}

func (m *member) leads(got, want string) {
	m.t.Helper()
	if got != want {
		m.t.Fatalf("it leads to %q, want %q", got, want)
	}
}

func (m *member) gets(path string) (status int, body string) {
	m.t.Helper()
	answer := m.ask(http.MethodGet, path, nil)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

func (m *member) posts(path string, pairs ...string) (to string) {
	m.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	answer := m.ask(http.MethodPost, path, form)
	_ = answer.Body.Close()
	return answer.Header.Get("Location")
}

func (m *member) ask(method, path string, form url.Values) *http.Response {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.console+path, strings.NewReader(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := m.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	return answer
}

// browser opens a browser in which they are signed in.
func (m *member) browser(t *testing.T, width, height int64) *tab {
	t.Helper()
	p := openTab(t, m.console, width, height)
	m.signsIn(p)
	return p
}

// signsIn fills in the two pages of the sign-in.
func (m *member) signsIn(p *tab) {
	p.t.Helper()
	p.do(chromedp.Navigate(m.console + "/sign-in"))
	p.do(chromedp.SendKeys(chromedp.CSS("#login"), m.login), chromedp.SendKeys(chromedp.CSS("#password"), membersPassword))
	p.press("main form button")
	p.do(chromedp.SendKeys(chromedp.CSS("#code"), m.now6()))
	p.press("main form button")
	if !p.is(`["/today", "/account"].includes(location.pathname)`) {
		p.t.Fatal("signing in leads nowhere")
	}
}
