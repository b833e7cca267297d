package signin_test

import (
	"net/http"
	"testing"
	"time"

	"alongside/bot/web/signin"
)

// A page that asks by itself shows no more than one that is clicked, and does not
// keep a session from ending for want of use.
func TestAPageThatAsksKeepsNoSessionOpen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, code := f.account(login, signin.Specialist)
	b := f.browser()
	b.first(login, code)
	b.is(b.get("/"), http.StatusOK)
	for range 29 {
		f.later(time.Minute)
		b.is(b.send(http.MethodGet, "/", nil, signin.AutomaticHeader, "1"), http.StatusOK)
	}
	f.later(time.Minute)
	b.leads(b.send(http.MethodGet, "/", nil, signin.AutomaticHeader, "1"), "/sign-in")
	b.leads(b.get("/"), "/sign-in")
}
