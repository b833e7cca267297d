package main_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// A person is added on the command line, comes in through the real binary with
// a password and a code, and is out as soon as the command says so.
func TestUserComesInAndGoes(t *testing.T) {
	t.Parallel()
	// The command runs on the machine's clock, and so does the service here.
	s := serve(t, sqliteFile(t), "", "CONSOLE_URL=https://console.example", "CLOCK_AHEAD=0s")
	const login, password = "kim@service.example", "three plain words"
	code, err := s.run("user", "add", "--role", "administrator", "--name", "Kim Example", login)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.run("user", "add", "--role", "lead", "--name", "Another", login); err == nil || !strings.Contains(err.Error(), "e-mail:") || strings.Contains(err.Error(), login) {
		t.Errorf("the same address again: %v", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: httpsOnly{jar}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path string, form url.Values) (to, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.console+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		for _, cookie := range resp.Header.Values("Set-Cookie") {
			if !strings.Contains(cookie, "Secure") || !strings.Contains(cookie, "HttpOnly") {
				t.Errorf("a cookie goes without https or is open to scripts")
			}
		}
		defer resp.Body.Close()
		answered, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Header.Get("Location"), string(answered)
	}
	leads := func(to, want string) {
		t.Helper()
		if to != want {
			t.Fatalf("it leads to %q, want %q", to, want)
		}
	}
	to, _ := send(http.MethodPost, "/sign-in/first", url.Values{"login": {login}, "code": {code}, "password": {password}, "again": {password}})
	leads(to, "/sign-in/two-step")
	_, page := send(http.MethodGet, to, nil)
	found := regexp.MustCompile(`class="secret">([A-Z2-7 ]+)<`).FindStringSubmatch(page)
	if found == nil {
		t.Fatal("no secret is shown")
	}
	now, err := totp.GenerateCode(strings.ReplaceAll(found[1], " ", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	to, _ = send(http.MethodPost, to, url.Values{"code": {now}})
	leads(to, "/account/codes")
	if _, page := send(http.MethodGet, "/accounts", nil); !strings.Contains(page, "Kim Example") {
		t.Errorf("the list of accounts:\n%s", page)
	}
	s.stop()
	s.start()
	to, _ = send(http.MethodGet, "/account", nil)
	leads(to, "") // It is shown: the restart has signed nobody out.
	list, err := s.run("user", "list")
	if err != nil || !strings.Contains(list, login+"\tKim Example\tadministrator\t\tactive") {
		t.Errorf("user list: %q (%v)", list, err)
	}
	if _, err := s.run("user", "end", login); err != nil {
		t.Fatal(err)
	}
	to, _ = send(http.MethodGet, "/account", nil)
	leads(to, "/sign-in?next=%2Faccount")
	for _, private := range []string{login, "Kim Example", password, code} {
		if strings.Contains(s.log.String(), private) {
			t.Errorf("the log holds what it must not")
		}
	}
}

// httpsOnly is a jar that takes every address for an https one, as the proxy in
// front of the console would make it.
type httpsOnly struct{ http.CookieJar }

func (j httpsOnly) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.CookieJar.SetCookies(https(u), cookies)
}
func (j httpsOnly) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(https(u)) }

func https(u *url.URL) *url.URL {
	secure := *u
	secure.Scheme = "https"
	return &secure
}
