// Package signin lets the people of the team in: accounts with a password and a
// second step, sessions, roles, and the audit log. It never shows anything of a
// client; it says who asks, and the console's queries are scoped by that.
//
// Sessions live in SQL with everything else that must last: Redis may die, and a
// process may start anew, and nobody is signed out. They are kept here and not by
// alexedwards/scs, which the design had in mind. Its data are a blob under a
// token, so that what an administrator lists and ends, the account, the stage
// and the two limits, would be columns of ours beside it; its limits are on the
// machine's clock and not on the one clock that demo and tests move; and with an
// idle limit it writes at every page, where ours writes once a minute. What would
// be left for it is setting a cookie.
//
// A form that was taken is answered 303, one that was not with its page again and
// a status of 4xx: nothing changed, and a login must not be in an address.
package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"

	"alongside/conversations"
	"alongside/store"
)

// How long a session lasts unless the configuration says otherwise: OWASP's
// ranges for what is sensitive and in use all day (Session Management Cheat
// Sheet).
const (
	DefaultIdle  = 30 * time.Minute
	DefaultLasts = 12 * time.Hour
)

// How long a sign-in may take from one page to the next.
const (
	codeWithin    = 10 * time.Minute
	twoStepWithin = 30 * time.Minute
)

// Config says how people come in. Store, Render and Logger must be set.
type Config struct {
	Store *store.Store
	// Render answers with a page of templates/console, by its name without the
	// ending; the page finds data under .Data.
	Render func(w http.ResponseWriter, r *http.Request, status int, page string, data any)
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Logger is given ids only.
	Logger *slog.Logger
	// Service is what authenticator apps call it; empty: Alongside.
	Service string
	// Secure says that people reach the pages by https alone, so that cookies
	// are sent over nothing else.
	Secure bool
	// Idle ends a session that nobody used for so long, Lasts every one. 0:
	// DefaultIdle, DefaultLasts.
	Idle, Lasts time.Duration
	// Zone is where the service's clock runs: a day of the audit log begins by it.
	// Nil: UTC.
	Zone *time.Location
}

// SignIn lets people in. Make one with New.
type SignIn struct {
	Config
	hasher *hasher
}

// New makes a SignIn.
func New(c Config) *SignIn {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Service == "" {
		c.Service = "Alongside"
	}
	if c.Idle <= 0 {
		c.Idle = DefaultIdle
	}
	if c.Lasts <= 0 {
		c.Lasts = DefaultLasts
	}
	return &SignIn{Config: c, hasher: newHasher()}
}

// A route is one thing that can be asked for here.
type route struct {
	pattern string
	// stage is what a session must have reached; empty: none is needed.
	stage store.Stage
	// needs is what the person must be allowed to do; empty: to be signed in.
	needs  Action
	handle http.HandlerFunc
}

// routes lists everything that can be asked for here.
func (s *SignIn) routes() []route {
	return []route{
		{"GET /sign-in", "", "", s.showSignIn},
		{"POST /sign-in", "", "", s.signIn},
		{"GET /sign-in/first", "", "", s.showFirst},
		{"POST /sign-in/first", "", "", s.first},
		{"GET /sign-in/code", store.StageCode, "", s.showCode},
		{"POST /sign-in/code", store.StageCode, "", s.code},
		{"GET /sign-in/two-step", store.StageTwoStep, "", s.showTwoStep},
		{"POST /sign-in/two-step", store.StageTwoStep, "", s.twoStep},
		{"GET /sign-in/two-step.png", store.StageTwoStep, "", s.showPicture},
		{"POST /sign-out", store.StageOpen, "", s.signOut},
		{"GET /account", store.StageOpen, "", s.showAccount},
		{"POST /account/language", store.StageOpen, "", s.changeLanguage},
		{"POST /account/password", store.StageOpen, "", s.changePassword},
		{"POST /account/recovery-codes", store.StageOpen, "", s.newRecoveryCodes},
		{"GET /account/codes", store.StageOpen, "", s.showCodes},
		{"POST /account/codes", store.StageOpen, "", s.putCodesAway},
		{"POST /account/phone", store.StageOpen, "", s.newPhone},
		{"GET /account/two-step", store.StageOpen, "", s.showNewTwoStep},
		{"POST /account/two-step", store.StageOpen, "", s.newTwoStep},
		{"GET /account/two-step.png", store.StageOpen, "", s.showPicture},
		{"POST /account/sign-out-everywhere", store.StageOpen, "", s.signOutEverywhere},
		{"GET /accounts", store.StageOpen, ManageAccounts, s.showAccounts},
		{"POST /accounts", store.StageOpen, ManageAccounts, s.addAccount},
		{"GET /accounts/{account}", store.StageOpen, ManageAccounts, s.showOne},
		{"POST /accounts/{account}/role", store.StageOpen, ManageAccounts, s.changeRole},
		{"POST /accounts/{account}/reset", store.StageOpen, ManageAccounts, s.resetAccount},
		{"POST /accounts/{account}/sign-out", store.StageOpen, ManageAccounts, s.signOutAccount},
		{"POST /accounts/{account}/end", store.StageOpen, ManageAccounts, s.endAccount},
		{"GET /audit.csv", store.StageOpen, ReadAudit, s.exportAudit},
	}
}

// Routes mounts the pages.
func (s *SignIn) Routes(mux *http.ServeMux) {
	for _, to := range s.routes() {
		mux.Handle(to.pattern, s.at(to))
	}
}

// Patterns lists every route; public says of which anybody may ask.
func (s *SignIn) Patterns() (all, public []string) {
	for _, to := range s.routes() {
		all = append(all, to.pattern)
		if to.stage == "" {
			public = append(public, to.pattern)
		}
	}
	return all, public
}

// at lets through to a route whoever has come far enough.
func (s *SignIn) at(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What this reads is one small form.
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if to.stage == "" {
			to.handle(w, r)
			return
		}
		session, err := s.session(r)
		switch {
		case err != nil:
			s.broken(w, r, err)
		case session.Stage != to.stage:
			s.toSignIn(w, r)
		case to.stage != store.StageOpen:
			to.handle(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, session)))
		default:
			s.let(w, r, session, to.needs, to.handle)
		}
	})
}

// maxForm bounds a form, in bytes.
const maxForm = 16 << 10

// Require lets through who is signed in; [From] then tells who it is. Whoever is
// not goes to sign in, and comes back.
func (s *SignIn) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := s.session(r)
		switch {
		case err != nil:
			s.broken(w, r, err)
		case session.Stage != store.StageOpen:
			s.toSignIn(w, r)
		default:
			s.let(w, r, session, "", next.ServeHTTP)
		}
	})
}

// let makes the person known and lets them through if they may do what is needed.
func (s *SignIn) let(w http.ResponseWriter, r *http.Request, session store.Session, needs Action, next http.HandlerFunc) {
	a := session.Account
	who := Who{Account: a.ID, Name: a.Name, Role: a.Role, Specialist: a.Specialist, Language: a.Language}
	if who.Specialist != "" {
		cared, err := s.Store.CaredBy(r.Context(), who.Specialist)
		if err != nil {
			s.broken(w, r, err)
			return
		}
		who.Covers = without(cared, who.Specialist)
	}
	r = r.WithContext(With(context.WithValue(r.Context(), sessionKey{}, session), who))
	if needs != "" && !who.May(needs) {
		s.Render(w, r, http.StatusForbidden, "refused", nil)
		return
	}
	next(w, r)
}

func without(list []conversations.SpecialistID, one conversations.SpecialistID) (rest []conversations.SpecialistID) {
	for _, each := range list {
		if each != one {
			rest = append(rest, each)
		}
	}
	return rest
}

// Audit writes that a person did or read something; subject is the id of the
// client, account or session that it was about. A page of a client is not shown
// if this fails.
func (s *SignIn) Audit(ctx context.Context, who Who, what, subject string) error {
	return s.Store.Audit(ctx, who.Account, what, subject)
}

// note writes to the audit log what has happened already.
func (s *SignIn) note(ctx context.Context, by store.AccountID, what, subject string) {
	if err := s.Store.Audit(context.WithoutCancel(ctx), by, what, subject); err != nil {
		s.Logger.ErrorContext(ctx, "a line of the audit log was not written", "what", what, "account_id", string(by), "error", err)
	}
}

// sessionKey is the context key of the request's session.
type sessionKey struct{}

func sessionOf(ctx context.Context) store.Session {
	session, _ := ctx.Value(sessionKey{}).(store.Session)
	return session
}

// session finds the session of a request; one without a stage if there is none.
func (s *SignIn) session(r *http.Request) (store.Session, error) {
	cookie, err := r.Cookie(s.sessionCookie())
	if err != nil || len(cookie.Value) > longestToken {
		return store.Session{}, nil //nolint:nilerr // No cookie is no fault.
	}
	find := s.Store.Session
	if IsAutomatic(r) {
		find = s.Store.FindSession
	}
	session, err := find(r.Context(), cookie.Value, s.Idle)
	if errors.Is(err, store.ErrNotFound) {
		return store.Session{}, nil
	}
	return session, err
}

// longestToken bounds what is looked up.
const longestToken = 64

// Prefixes by which browsers keep other hosts from setting a cookie for us (RFC
// 6265bis, section 4.1.3); they ask for https.
func (s *SignIn) sessionCookie() string { return s.prefix("__Host-") + "alongside_session" }
func (s *SignIn) browserCookie() string { return s.prefix("__Secure-") + "alongside_browser" }

func (s *SignIn) prefix(p string) string {
	if s.Secure {
		return p
	}
	return ""
}

// begin begins a session, which takes the place of the one before.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request, n store.NewSession, lasts time.Duration) error {
	n.EndsAt = s.Now().Add(lasts)
	token, err := s.Store.AddSession(r.Context(), n)
	if err != nil {
		return err
	}
	// Without Max-Age: it ends with the browser, if not before.
	//nolint:gosec // G124: Secure wherever people come by https; without, it is a trial on one machine.
	http.SetCookie(w, &http.Cookie{
		Name: s.sessionCookie(), Value: token, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// forget takes the session's cookie away.
func (s *SignIn) forget(w http.ResponseWriter) {
	//nolint:gosec // G124: Secure wherever people come by https; without, it is a trial on one machine.
	http.SetCookie(w, &http.Cookie{
		Name: s.sessionCookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// open signs an account in: a new session in the place of the pending one, and a
// browser that is known from now on.
func (s *SignIn) open(w http.ResponseWriter, r *http.Request, pending store.Session, shows string) error {
	of := pending.Account.ID
	err := s.begin(w, r, store.NewSession{Account: of, Stage: store.StageOpen, Shows: shows, Replaces: pending.ID}, s.Lasts)
	if err != nil {
		return err
	}
	s.note(r.Context(), of, "sign_in", "")
	browser, err := s.Store.KnowBrowser(r.Context(), of, s.browser(r))
	if err != nil {
		s.Logger.WarnContext(r.Context(), "a browser was not remembered", "account_id", string(of), "error", err)
		return nil
	}
	//nolint:gosec // G124: Secure wherever people come by https; without, it is a trial on one machine.
	http.SetCookie(w, &http.Cookie{
		Name: s.browserCookie(), Value: browser, Path: "/sign-in", MaxAge: int((90 * 24 * time.Hour).Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// browser is the token by which this browser is known; empty if it is not.
func (s *SignIn) browser(r *http.Request) string {
	cookie, err := r.Cookie(s.browserCookie())
	if err != nil || len(cookie.Value) > longestToken {
		return ""
	}
	return cookie.Value
}

// toSignIn sends somebody to sign in, and then back to the page they asked for.
func (s *SignIn) toSignIn(w http.ResponseWriter, r *http.Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if next := local(r.URL.RequestURI()); next != "/" && !strings.HasPrefix(next, "/sign-in") {
			to += "?next=" + url.QueryEscape(next)
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// longestNext bounds the address of a page to come back to.
const longestNext = 500

// local is an address of ours to go to; "/" for one that leads elsewhere.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || len(next) > longestNext || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/"
	}
	return next
}

// languages are those of the pages, the first for who asks for none of them.
var languages = language.NewMatcher([]language.Tag{language.English, language.Make("cy")})

// Language is the tag of the language in which a request is to be answered: the
// account's, else that of the parameter lang, else what the browser prefers.
func Language(r *http.Request) string {
	asked := []string{r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")}
	if tag := sessionOf(r.Context()).Account.Language; tag != "" {
		asked = []string{tag}
	}
	if who, ok := From(r.Context()); ok {
		asked = []string{who.Language}
	}
	_, at := language.MatchStrings(languages, asked...)
	return Languages()[at]
}

// Languages lists the tags of the pages' languages.
func Languages() []string { return []string{"en", "cy"} }

// broken answers when something of ours failed.
func (s *SignIn) broken(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errBusy) {
		w.Header().Set("Retry-After", "5")
		s.Render(w, r, http.StatusServiceUnavailable, "busy", nil)
		return
	}
	s.Logger.ErrorContext(r.Context(), "a page of the sign-in failed", "route", r.Pattern, "error", err)
	s.Render(w, r, http.StatusInternalServerError, "broken", nil)
}
