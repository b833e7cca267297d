package signin_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/store"
	"alongside/store/storetest"
)

// From the one-time code to a session that a restart keeps, on both databases.
func TestTheWayIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := fixtureOn(t, db)
		id, code := f.account(login, signin.Specialist)
		b := f.browser()
		b.leads(b.get("/clients/c1?part=2"), "/sign-in?next=%2Fclients%2Fc1%3Fpart%3D2")
		b.is(b.get("/sign-in?next=%2Fclients%2Fc1"), http.StatusOK)
		phone := b.first(login, code)
		codes := regexp.MustCompile(`<li><code>([A-Z0-9 ]+)</code>`).FindAllStringSubmatch(b.get("/account/codes").body, -1)
		if len(codes) != store.RecoveryCodes {
			t.Fatalf("%d recovery codes are shown", len(codes))
		}
		for _, each := range codes {
			f.secret = append(f.secret, each[1], strings.ReplaceAll(each[1], " ", ""))
		}
		b.leads(b.post("/account/codes"), "/")
		b.leads(b.get("/account/codes"), "/account")
		if got := b.get("/"); got.body != "home of specialist" {
			t.Errorf("signed in: %d %q", got.status, got.body)
		}
		b.is(b.get("/account"), http.StatusOK)
		f.start() // Another process: the session is in SQL.
		if got := b.get("/"); got.status != http.StatusOK {
			t.Errorf("after a restart: %d to %q", got.status, got.to)
		}
		b.leads(b.post("/sign-out"), "/sign-in")
		b.leads(b.get("/"), "/sign-in")
		// Back with a password and a code, to the page that was asked for.
		f.later(time.Minute)
		b.leads(b.post("/sign-in", "login", " SAM@service.example", "password", password, "next", "/clients/c1"), "/sign-in/code?next=%2Fclients%2Fc1")
		b.leads(b.get("/"), "/sign-in") // A password alone opens nothing.
		b.leads(b.get("/account"), "/sign-in?next=%2Faccount")
		b.leads(b.post("/sign-in/code", "code", f.codeOf(phone), "next", "/clients/c1"), "/clients/c1")
		// And without the phone, once a code.
		other := f.browser()
		other.post("/sign-in", "login", login, "password", password)
		other.leads(other.post("/sign-in/code", "code", strings.ToLower(codes[2][1])), "/")
		other = f.browser()
		other.post("/sign-in", "login", login, "password", password)
		other.is(other.post("/sign-in/code", "code", codes[2][1]), http.StatusUnauthorized)
		log, _, err := f.store.AuditLog(t.Context(), "", store.Page{})
		f.must(err)
		var did []string
		for _, e := range log {
			if e.Account != id {
				t.Errorf("%+v is of nobody", e)
			}
			did = append(did, e.What)
		}
		want := []string{"password_set", "two_step_set", "sign_in", "sign_out", "sign_in", "recovery_code_used", "sign_in", "code_failed"}
		if !slices.Equal(did, want) {
			t.Errorf("audit %q", did)
		}
	})
}

func TestACodeCountsOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Specialist)
	b := f.browser()
	phone := b.first(login, code)
	seen := f.codeOf(phone)
	for _, step := range []string{"the code of the first sign-in", "the code of the last sign-in"} {
		thief := f.browser()
		thief.leads(thief.post("/sign-in", "login", login, "password", password), "/sign-in/code")
		thief.is(thief.post("/sign-in/code", "code", seen), http.StatusUnauthorized)
		if got := thief.get("/"); got.status != http.StatusSeeOther {
			t.Errorf("%s let somebody in", step)
		}
		b.in(login, phone)
		seen = f.codeOf(phone)
	}
}

// Unknown, wrong, ended, not yet set: one answer, and one way to be kept waiting.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Specialist)
	f.browser().first(login, code)
	f.account("invited@service.example", signin.Lead)
	ended, _ := f.account("ended@service.example", signin.Lead)
	f.must(f.store.EndAccount(t.Context(), ended))
	var bodies []string
	for _, each := range []string{login, "invited@service.example", "ended@service.example", "nobody@service.example"} {
		f.secret = append(f.secret, each)
		for n := range 6 {
			b := f.browser()
			got := b.post("/sign-in", "login", each, "password", "not this one")
			want := http.StatusUnauthorized
			if n == 5 {
				want = http.StatusTooManyRequests
			}
			b.is(got, want)
			if len(got.header.Values("Set-Cookie")) != 0 {
				t.Error("a wrong try got a cookie")
			}
			bodies = append(bodies, strings.ReplaceAll(got.body, each, "x"))
		}
	}
	for i := range bodies {
		if bodies[i] != bodies[i%6] {
			t.Errorf("answer %d differs", i)
		}
	}
	f.secret = append(f.secret, "not this one")
}

// Wrong tries keep the next waiting, longer and longer and never for ever, and
// those of others do not keep a browser waiting that is known.
func TestWrongTriesWait(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Specialist)
	home := f.browser()
	phone := home.first(login, code)
	home.post("/sign-out")
	guesser := f.browser()
	for range 5 {
		guesser.is(guesser.post("/sign-in", "login", login, "password", "wrong"), http.StatusUnauthorized)
	}
	away := f.browser()
	away.is(away.post("/sign-in", "login", login, "password", password), http.StatusTooManyRequests)
	f.later(30 * time.Second)
	guesser.is(guesser.post("/sign-in", "login", login, "password", "wrong"), http.StatusUnauthorized)
	home.in(login, phone) // In the middle of the minute that others have to wait.
	away.is(away.post("/sign-in", "login", login, "password", password), http.StatusTooManyRequests)
	f.later(30 * time.Second)
	away.in(login, phone)
	// A right password does not forget wrong codes.
	for n := range 6 {
		b := f.browser()
		b.leads(b.post("/sign-in", "login", login, "password", password), "/sign-in/code")
		want := http.StatusUnauthorized
		if n == 5 {
			want = http.StatusTooManyRequests
		}
		b.is(b.post("/sign-in/code", "code", "000 000"), want)
	}
	last := time.Duration(0)
	for n := 1; n < 100; n++ {
		wait := signin.Pause(n)
		if wait < last || wait > 15*time.Minute || (n <= 4) != (wait == 0) {
			t.Errorf("try %d waits %v after %v", n, wait, last)
		}
		last = wait
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Specialist)
	b := f.browser()
	phone := b.first(login, code)
	f.later(30*time.Minute - time.Second)
	b.is(b.get("/"), http.StatusOK)
	f.later(30 * time.Minute)
	b.leads(b.get("/"), "/sign-in")
	b.in(login, phone)
	for range 12*3 - 1 { // A click every 20 minutes, for twelve hours.
		f.later(20 * time.Minute)
		b.is(b.get("/"), http.StatusOK)
	}
	f.later(20 * time.Minute)
	b.leads(b.get("/"), "/sign-in")
	// A password that waits too long for its code.
	b.leads(b.post("/sign-in", "login", login, "password", password), "/sign-in/code")
	f.later(10 * time.Minute)
	b.leads(b.post("/sign-in/code", "code", f.codeOf(phone)), "/sign-in")
}

// Every route refuses who has no session, a session of a lesser stage, or a role
// that does not include it; and what another site sends.
func TestEveryRouteRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Lead)
	f.browser().first(login, code)
	pending := f.browser()
	pending.leads(pending.post("/sign-in", "login", login, "password", password), "/sign-in/code")
	members := map[signin.Role]*browser{}
	for _, role := range store.Roles() {
		members[role] = f.member(role)
	}
	routes := signin.RoutesOf(f.in)
	if len(routes) < 20 {
		t.Fatalf("%d routes", len(routes))
	}
	public := []string{"GET /sign-in", "POST /sign-in", "GET /sign-in/first", "POST /sign-in/first"}
	for _, to := range append(routes, signin.Route{Pattern: "GET /any/page", Stage: store.StageOpen}, signin.Route{Pattern: "POST /any/page", Stage: store.StageOpen}) {
		method, path, _ := strings.Cut(to.Pattern, " ")
		path = strings.ReplaceAll(path, "{account}", "nobody")
		refused := func(who string, a answer) {
			t.Helper()
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") || strings.HasPrefix(a.to, "/sign-in/") {
				t.Errorf("%s %s: answered %d to %q", who, to.Pattern, a.status, a.to)
			}
		}
		if method == http.MethodPost {
			if a := members[signin.Administrator].send(method, path, nil, "Origin", "https://elsewhere.example"); a.status != http.StatusForbidden {
				t.Errorf("from another site %s: %d", to.Pattern, a.status)
			}
			if a := members[signin.Administrator].send(method, path, nil, "Sec-Fetch-Site", "cross-site"); a.status != http.StatusForbidden {
				t.Errorf("from another site %s: %d", to.Pattern, a.status)
			}
		}
		if to.Public != slices.Contains(public, to.Pattern) {
			t.Errorf("%s is public: %v", to.Pattern, to.Public)
		}
		if to.Public {
			continue
		}
		refused("nobody", f.browser().send(method, path, nil))
		if to.Stage != store.StageCode {
			refused("with a password alone", pending.send(method, path, nil))
		}
		if to.Stage != store.StageOpen {
			refused("signed in", members[signin.Lead].send(method, path, nil))
		}
		for role, b := range members {
			if to.Needs == "" || (signin.Who{Role: role}).May(to.Needs) {
				continue
			}
			if a := b.send(method, path, nil); a.status != http.StatusForbidden {
				t.Errorf("%s %s: answered %d", role, to.Pattern, a.status)
			}
		}
	}
}

func TestAnAdministratorLooksAfterAccounts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	admin := f.member(signin.Administrator)
	admin.post("/account/codes")
	added := admin.post("/accounts", "login", login, "name", fullName, "role", "specialist", "specialist", string(f.sam), "language", "cy")
	if added.status != http.StatusSeeOther || !strings.HasPrefix(added.to, "/accounts/") {
		t.Fatalf("answered %d to %q:\n%s", added.status, added.to, added.body)
	}
	page := added.to
	codeOn := func() string {
		t.Helper()
		found := regexp.MustCompile(`<code class="secret">([A-Z0-9 ]+)</code>`).FindStringSubmatch(admin.get(page).body)
		if found == nil {
			t.Fatal("no one-time code is shown")
		}
		f.secret = append(f.secret, found[1])
		return found[1]
	}
	b := f.browser()
	phone := b.first(login, codeOn())
	if strings.Contains(admin.get(page).body, `class="secret"`) {
		t.Error("a code that was used is still shown")
	}
	if got := b.get("/account").body; !strings.Contains(got, `<html lang="cy">`) {
		t.Error("the pages are not in the account's language")
	}
	if got := admin.get("/accounts").body; !strings.Contains(got, fullName) || !strings.Contains(got, "can sign in") {
		t.Errorf("the list:\n%s", got)
	}
	admin.leads(admin.post(page+"/sign-out"), page)
	b.leads(b.get("/"), "/sign-in")
	b.in(login, phone)
	admin.leads(admin.post(page+"/reset"), page)
	b.leads(b.get("/"), "/sign-in")
	b.is(b.post("/sign-in", "login", login, "password", password), http.StatusUnauthorized)
	b.first(login, codeOn())
	admin.leads(admin.post(page+"/end"), page)
	b.leads(b.get("/"), "/sign-in")
	admin.is(admin.post(page+"/reset"), http.StatusNotFound)
	admin.is(admin.get("/accounts/nobody"), http.StatusNotFound)
	admin.is(admin.post("/accounts", "login", "x", "name", fullName, "role", "lead"), http.StatusUnprocessableEntity)
	own, err := f.store.AccountByLogin(t.Context(), "administrator@service.example")
	f.must(err)
	for _, what := range []string{"sign-out", "reset", "end"} {
		admin.is(admin.post("/accounts/"+string(own.ID)+"/"+what), http.StatusForbidden)
	}
	out := admin.get("/audit.csv")
	if !strings.HasPrefix(out.body, "seq,at,account,what,subject\n") || strings.Count(out.body, "account_reset,"+strings.TrimPrefix(page, "/accounts/")) != 1 {
		t.Errorf("the audit log:\n%s", out.body)
	}
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const fresh = "three other words"
	f.secret = append(f.secret, fresh)
	_, code := f.account(login, signin.Specialist)
	b := f.browser()
	phone := b.first(login, code)
	b.post("/account/codes")
	other := f.browser()
	other.in(login, phone)
	b.is(b.post("/account/password", "password", "wrong", "new", fresh, "again", fresh), http.StatusUnauthorized)
	b.is(b.post("/account/password", "password", password, "new", "short", "again", "short"), http.StatusUnprocessableEntity)
	other.is(other.get("/"), http.StatusOK)
	b.leads(b.post("/account/password", "password", password, "new", fresh, "again", fresh), "/account")
	b.is(b.get("/"), http.StatusOK)
	other.leads(other.get("/"), "/sign-in")
	b.leads(b.post("/account/recovery-codes", "password", fresh), "/account/codes")
	b.is(b.get("/account/codes"), http.StatusOK)
	b.leads(b.post("/account/language", "language", "cy"), "/account")
	b.is(b.post("/account/language", "language", "xx"), http.StatusUnprocessableEntity)
	// Another phone: the first goes on until the second is confirmed.
	b.is(b.get("/account/two-step.png"), http.StatusNotFound)
	b.leads(b.post("/account/phone", "password", fresh), "/account/two-step")
	if got := b.get("/account/two-step.png"); got.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.body, "\x89PNG") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %d %v", got.status, got.header)
	}
	second := strings.ReplaceAll(secretOnPage.FindStringSubmatch(b.get("/account/two-step").body)[1], " ", "")
	f.later(time.Minute)
	b.is(b.post("/account/two-step", "code", f.codeOf(phone)), http.StatusUnauthorized)
	b.leads(b.post("/account/two-step", "code", f.codeOf(second)), "/account/codes")
	f.later(time.Minute)
	other.leads(other.post("/sign-in", "login", login, "password", fresh), "/sign-in/code")
	other.is(other.post("/sign-in/code", "code", f.codeOf(phone)), http.StatusUnauthorized)
	other.leads(other.post("/sign-in/code", "code", f.codeOf(second)), "/")
	b.leads(b.post("/account/sign-out-everywhere"), "/sign-in")
	other.leads(other.get("/"), "/sign-in")
}

func TestCookies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Lead)
	b := f.browser()
	got := b.post("/sign-in/first", "login", login, "code", code, "password", password, "again", password)
	cookies := (&http.Response{Header: got.header}).Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" || cookies[0].Secure || cookies[0].MaxAge != 0 {
		t.Errorf("cookies %v", got.header.Values("Set-Cookie"))
	}
	b.post("/sign-out")
	out := f.browser()
	for _, page := range []string{out.get("/sign-in?lang=cy").body, out.post("/sign-in?lang=cy", "login", login, "password", "wrong").body, out.get("/sign-in/first?lang=cy").body} {
		if !strings.Contains(page, `<html lang="cy">`) || !strings.Contains(page, `?lang=cy"`) {
			t.Errorf("the language that was asked for is lost:\n%s", page)
		}
	}
	if h := b.get("/sign-in").header; !strings.Contains(h.Get("Content-Security-Policy"), "form-action 'self'") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}

// TestARoleIsChanged: the sessions of before end with it, it is written down, and
// nobody changes their own.
func TestARoleIsChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	admin := f.member(signin.Administrator)
	id, code := f.account(login, signin.Specialist)
	sam := f.browser()
	phone := sam.first(login, code)
	page := "/accounts/" + string(id)
	admin.is(admin.post(page+"/role", "role", "auditor", "specialist", string(f.sam)), http.StatusUnprocessableEntity)
	admin.is(admin.post(page+"/role", "role", "specialist", "specialist", "nobody"), http.StatusUnprocessableEntity)
	if got := sam.get("/"); got.body != "home of specialist" {
		t.Errorf("a role that was refused ended a session: %d %q", got.status, got.body)
	}
	admin.leads(admin.post(page+"/role", "role", "lead", "specialist", string(f.sam)), page)
	if got := sam.get("/"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/sign-in") {
		t.Errorf("the session of before still holds: %d", got.status)
	}
	sam.in(login, phone)
	if got := sam.get("/"); got.body != "home of lead" {
		t.Errorf("signed in anew: %q", got.body)
	}
	sam.is(sam.post(page+"/role", "role", "administrator"), http.StatusForbidden)
	list, _, err := f.store.AuditOf(t.Context(), store.AuditFilter{What: "role_changed.lead", Latest: true}, store.Page{})
	f.must(err)
	if len(list) != 1 || list[0].Subject != string(id) {
		t.Errorf("the audit log has %+v", list)
	}
	out := admin.get("/audit.csv?what=role_changed.lead&from=2026-11-23&to=2026-11-23")
	if strings.Count(out.body, "\n") != 2 || !strings.Contains(out.body, string(id)) {
		t.Errorf("the export of a filter holds %q", out.body)
	}
}
