package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alongside/bot/turn"
	"alongside/bot/web"
	"alongside/bot/web/api"
	"alongside/bot/web/console"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/locales"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// This file walks the router itself: every route of the console's listener, as the
// pages, the sign-in and the API list them, by everybody who must be refused. A
// route that is added is walked without a word here; one that is mounted past those
// lists fails TestRoutesAreMountedInOnePlace.

// whose says what stands for a name in a pattern: something of Megan's, who is on
// Priya's caseload, or of Priya's own. A specialist who is not Priya must not find
// it.
var whose = map[string]func(*house) string{
	"client":      func(h *house) string { return string(h.megan) },
	"appointment": func(h *house) string { return h.appointment },
	"message":     func(h *house) string { return h.message },
	"flag":        func(h *house) string { return h.flag },
	"alert":       func(h *house) string { return h.alert },
	"task":        func(h *house) string { return h.task },
	"series":      func(h *house) string { return h.series },
	"check_in":    func(h *house) string { return h.series },
	"specialist":  func(h *house) string { return string(h.priya) },
	"nudge":       func(h *house) string { return h.nudge },
	"account":     func(h *house) string { return string(h.accounts[signin.Lead]) },
	"sender":      func(h *house) string { return h.stranger },
	"peer":        func(h *house) string { return h.stranger },
	"absence":     func(h *house) string { return h.absence },
	"contact":     func(*house) string { return "a-contact" },
	"note":        func(*house) string { return "a-note" },
	"step":        func(*house) string { return "first_meeting" },
	"lead":        func(h *house) string { return h.lead },
	"file":        func(*house) string { return "a-file.csv" },
	"figure":      func(*house) string { return "referrals" },
	"words":       func(*house) string { return "some-words" },
	"job":         func(*house) string { return "a-job" },
	"calendar":    func(*house) string { return "a-calendar" },
	"hook":        func(*house) string { return "a-hook" },
	"delivery":    func(*house) string { return "a-delivery" },
}

// everybodys are the names of what is nobody's own, and why.
var everybodys = map[string]string{
	"lead":     "job leads are the service's: every specialist reads and offers them",
	"file":     "figures are counts, of which none names a client",
	"figure":   "figures are counts, of which none names a client",
	"words":    "the service's own words: every specialist chooses among them",
	"hook":     "what other systems are told, for those who may look after them",
	"delivery": "what other systems were told, for those who may look after them",
}

// owns are the forms about somebody's own account, which every role has.
var owns = map[string]string{
	"POST /sign-out":                    "to leave is everybody's",
	"POST /account/language":            "their own pages' language",
	"POST /account/password":            "their own password",
	"POST /account/recovery-codes":      "their own codes",
	"POST /account/codes":               "their own codes were put away",
	"POST /account/phone":               "their own second step",
	"POST /account/two-step":            "their own second step",
	"POST /account/sign-out-everywhere": "their own sessions",
}

// anybodys are what needs no session, and why.
var anybodys = map[string]string{
	"GET /sign-in":        "the way in",
	"POST /sign-in":       "the way in",
	"GET /sign-in/first":  "the way in for the first time",
	"POST /sign-in/first": "the way in for the first time",
}

// house is the console's listener with everything behind it.
type house struct {
	*testing.T
	store   *store.Store
	console *console.Console
	signin  *signin.SignIn
	api     *api.API
	url     string
	made    atomic.Int64

	sam, priya                                             conversations.SpecialistID
	john, megan                                            conversations.ClientID
	appointment, message, flag, alert, task, series, nudge string
	stranger, absence, lead                                string
	accounts                                               map[signin.Role]store.AccountID
	cookies                                                map[signin.Role]string
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) newID() string { return fmt.Sprintf("id-%06d", h.made.Add(1)) }

// of is what the names in a pattern stand for; own says that it has some which are
// somebody's own.
func (h *house) fill(pattern string) (method, path string, own bool) {
	h.Helper()
	method, path, _ = strings.Cut(pattern, " ")
	path = regexp.MustCompile(`\{([a-z_]+)(\.\.\.)?\}`).ReplaceAllStringFunc(path, func(in string) string {
		name := strings.Trim(in, "{}.")
		stands := whose[name]
		if stands == nil {
			h.Errorf("%s: say in the table whose who {%s} is: something of Priya's that Sam must not find", pattern, name)
			return "nobody"
		}
		own = own || everybodys[name] == ""
		return url.PathEscape(stands(h))
	})
	return method, strings.ReplaceAll(path, "{$}", ""), own
}

// ask asks as somebody of a role; "" is nobody.
func (h *house) ask(as signin.Role, method, path string, headers ...string) (int, string, string) {
	h.Helper()
	form := url.Values{
		// Whatever a form may name, it names Megan and Priya.
		"client": {string(h.megan)}, "clients": {string(h.megan)}, "of": {string(h.priya)}, "specialist": {string(h.priya)}, "by": {string(h.priya)},
		"to": {string(h.sam)}, "text": {"Hello"}, "words": {"Hello"}, "words_en": {"Hello"}, "en": {"Hello"}, "lead": {h.lead}, "confirmed": {"1"}, "sure": {"1"},
	}
	var body io.Reader
	kind := ""
	switch {
	case method == http.MethodGet:
		if as != "" && !strings.Contains(path, "/live") {
			path += "?" + form.Encode()
		}
	case strings.HasPrefix(path, api.Prefix):
		body, kind = strings.NewReader("{}"), "application/json"
	default:
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, body)
	h.must(err)
	r.Header.Set("Content-Type", kind)
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "alongside_session", Value: h.cookies[as]})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	h.must(err)
	defer func() { _ = answer.Body.Close() }()
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		return answer.StatusCode, "", "" // It does not end.
	}
	text, err := io.ReadAll(answer.Body)
	h.must(err)
	return answer.StatusCode, string(text), answer.Header.Get("Location")
}

// again is all that is kept of Megan and of John, as the API would tell it.
func (h *house) again() string {
	h.Helper()
	var all []any
	for _, c := range []conversations.ClientID{h.megan, h.john} {
		client, err := h.store.Client(h.Context(), c)
		h.must(err)
		thread, err := h.store.Conversation(h.Context(), c, "", 200)
		h.must(err)
		tasks, err := h.store.Tasks(h.Context(), c)
		h.must(err)
		series, err := h.store.CheckIns(h.Context(), c)
		h.must(err)
		all = append(all, client, thread, tasks, series)
	}
	text, err := json.Marshal(all)
	h.must(err)
	return string(text)
}

// unchanged checks that a walk changed nothing of anybody.
func (h *house) unchanged(who string, walk func()) {
	h.Helper()
	before := h.again()
	walk()
	if h.again() != before {
		h.Errorf("%s changed something", who)
	}
}

// secretive checks that an answer holds nothing of a client.
func (h *house) secretive(who, pattern, body string, words ...string) {
	h.Helper()
	for _, w := range words {
		if strings.Contains(body, w) {
			h.Errorf("%s reads at %s what is not theirs", who, pattern)
		}
	}
}

func TestEveryRouteRefusesWhomItMust(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pages := h.console.Patterns()
	account, public := h.signin.Patterns()
	programs := h.api.Patterns()
	if len(pages) < 25 || len(account) < 25 || len(programs) < 40 {
		t.Fatalf("only %d pages, %d of the sign-in, %d of the API", len(pages), len(account), len(programs))
	}
	for _, p := range public {
		if anybodys[p] == "" {
			t.Errorf("%s needs no session; say why", p)
		}
	}
	signedIn := append(slices.Clone(pages), slices.DeleteFunc(account, func(p string) bool { return anybodys[p] != "" })...)
	of := []string{"Megan Example", "+447700900125", "07700 900125", "what should i bring"}

	h.unchanged("nobody", func() {
		for _, p := range signedIn {
			method, path, _ := h.fill(p)
			if status, _, to := h.ask("", method, path); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") || strings.HasPrefix(to, "/sign-in/") {
				t.Errorf("without a session %s answers %d to %q", p, status, to)
			}
		}
		for _, p := range programs {
			method, path, _ := h.fill(p)
			if status, _, _ := h.ask("", method, path); status != http.StatusUnauthorized {
				t.Errorf("without a token %s answers %d", p, status)
			}
			if status, _, _ := h.ask(signin.Lead, method, path); status != http.StatusUnauthorized {
				t.Errorf("with a session instead of a token %s answers %d", p, status)
			}
		}
	})
	h.unchanged("another site", func() {
		for _, p := range slices.Concat(signedIn, public, programs) {
			method, path, _ := h.fill(p)
			if method == http.MethodGet {
				continue
			}
			for _, forged := range [][]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "null"}} {
				if status, _, _ := h.ask(signin.Lead, method, path, forged...); status != http.StatusForbidden {
					t.Errorf("from another site (%s) %s answers %d", forged[1], p, status)
				}
			}
		}
	})
	h.unchanged("another specialist", func() {
		for _, p := range pages {
			method, path, own := h.fill(p)
			status, body, _ := h.ask(signin.Specialist, method, path)
			if own && status != http.StatusNotFound && status != http.StatusForbidden {
				t.Errorf("another specialist at %s: %d", p, status)
			}
			if strings.Contains(p, "{client}") && status != http.StatusNotFound {
				t.Errorf("another specialist learns at %s that there is such a client: %d", p, status)
			}
			h.secretive("another specialist", p, body, of...)
		}
	})
	h.unchanged("an auditor", func() {
		for _, p := range signedIn {
			method, path, _ := h.fill(p)
			if method == http.MethodGet || owns[p] != "" || strings.HasPrefix(path, "/sign-in") {
				continue
			}
			if status, _, _ := h.ask(signin.Auditor, method, path); status != http.StatusForbidden {
				t.Errorf("an auditor at %s: %d", p, status)
			}
		}
	})
	h.unchanged("an administrator", func() {
		for _, p := range pages {
			method, path, _ := h.fill(p)
			status, body, _ := h.ask(signin.Administrator, method, path)
			if strings.Contains(p, "{client}") && status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("an administrator at %s: %d", p, status)
			}
			h.secretive("an administrator", p, body, append(of, "John Example", "+447700900123", "what do i wear")...)
		}
	})
	reader, err := h.store.CreateToken(h.Context(), "a reader", []string{"read"}, theDay)
	h.must(err)
	h.unchanged("a token that only reads", func() {
		for _, p := range programs {
			method, path, _ := h.fill(p)
			if status, _, _ := h.ask("", method, path, "Authorization", "Bearer "+reader); method != http.MethodGet && status != http.StatusForbidden {
				t.Errorf("with a token that only reads %s answers %d", p, status)
			}
		}
	})
	t.Logf("%d pages, %d routes of the sign-in and %d of the API were walked", len(pages), len(account), len(programs))
}

// mounts are the places where routes are mounted, with how often, and why each is
// no way round the lists that are walked.
var mounts = map[string]struct {
	times int
	why   string
}{
	"web/console/console.go": {3, "the files that are the same for everybody, the streams (a pattern of the list), and the list"},
	"web/signin/signin.go":   {1, "the list"},
	"web/api/api.go":         {1, "the description, which says nothing about anybody"},
	"web/server.go":          {5, "API, a diary at its secret address, pages, the page where there are none, webhooks"},
	"web/health.go":          {2, "whether the service is alive and ready"},
	"web/measure.go":         {1, "the metrics, on a listener of their own"},
	"people.go":              {1, "what is not there, behind the sign-in"},
	"pages.go":               {3, "the demo, where there is nobody to sign in"},
	"twilio":                 {-1, "webhooks, verified by their signature"},
	"telegram":               {-1, "webhooks, verified by their secret"},
	"carrier":                {-1, "the pretend carrier"},
}

// TestRoutesAreMountedInOnePlace reads the sources for what is mounted on a router:
// anywhere else a route could be forgotten by the walk.
func TestRoutesAreMountedInOnePlace(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if to, ok := call.Fun.(*ast.SelectorExpr); ok && (to.Sel.Name == "Handle" || to.Sel.Name == "HandleFunc") {
				found[name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, times := range found {
		room, _, _ := strings.Cut(name, "/")
		known, ok := mounts[name]
		if !ok {
			known, ok = mounts[room]
		}
		if !ok || known.times >= 0 && known.times != times {
			t.Errorf("%s mounts %d routes: put them on a list that is walked, or say here why not", name, times)
		}
	}
	if len(found) < 6 {
		t.Errorf("only %d files mount anything", len(found))
	}
}

// theDay is a Monday on which nothing changes, in working hours.
var theDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, accounts: map[signin.Role]store.AccountID{}, cookies: map[signin.Role]string{}}
	now := func() time.Time { return theDay }
	logger := slog.New(slog.DiscardHandler)
	keys, err := seal.Parse(seal.New())
	h.must(err)
	h.store, err = store.Open(t.Context(), store.Config{DatabaseURL: storetest.SQLite(t).URL, Keys: keys, Owner: "one", Now: now, Logger: logger})
	h.must(err)
	t.Cleanup(func() { _ = h.store.Close() })
	words, err := templates.LoadEmbedded()
	h.must(err)
	way, err := templates.Pathway("ips")
	h.must(err)
	lexicons, err := locales.Lexicons(way.Languages...)
	h.must(err)
	runner := turn.New(turn.Config{
		Store: h.store, Words: words, Now: now, NewID: h.newID, Logger: logger, Rules: conversations.Rules{Pathway: way, Lexicons: lexicons},
	})
	findings := func(w map[string]string) []templates.Finding { return words.CheckFree(w, lexicons) }
	h.console, err = console.New(console.Config{
		Store: h.store, Event: runner.Run, Now: now, NewID: h.newID, Pathway: way, Logger: logger, Findings: findings,
		Audit: func(_ context.Context, who signin.Who, what string, client conversations.ClientID) error {
			return h.store.Audit(t.Context(), who.Account, what, string(client))
		},
	})
	h.must(err)
	h.signin = signin.New(signin.Config{Store: h.store, Render: h.console.Render, Now: now, Logger: logger})
	h.api = api.New(api.Config{
		Store: h.store, Event: runner.Run, Preview: runner.Preview, Rehearse: runner.Rehearse, CheckWords: findings, Now: now, NewID: h.newID,
		Logger: logger, Version: "test", Pathway: way,
	})
	mux := http.NewServeMux()
	h.signin.Routes(mux)
	h.console.Routes(mux, h.signin.Require)
	h.url = "http://" + run(t, web.Config{Home: mux, API: h.api, Store: h.store, Stopping: h.console.HangUp}).Console
	h.furnish(runner.Run)
	return h
}

// furnish puts people on the caseloads, and something of every kind with Megan.
func (h *house) furnish(happens func(context.Context, conversations.Event) error) {
	h.Helper()
	c := h.Context()
	var err error
	h.sam, err = h.store.AddSpecialist(c, store.NewSpecialist{Name: "Sam"})
	h.must(err)
	h.priya, err = h.store.AddSpecialist(c, store.NewSpecialist{Name: "Priya"})
	h.must(err)
	event := func(ev conversations.Event) {
		h.Helper()
		h.must(happens(c, ev))
	}
	add := func(of conversations.SpecialistID, name, mobile string) conversations.ClientID {
		h.Helper()
		first, _, _ := strings.Cut(name, " ")
		id, err := h.store.AddClient(c, store.NewClient{Specialist: of, FullName: name, Name: first, Named: true, Language: "en", Zone: "Europe/London", Mobile: mobile})
		h.must(err)
		event(conversations.Event{Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"})
		return id
	}
	text := func(from, words string) {
		h.Helper()
		event(conversations.Event{Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: from}, Text: words, ProviderID: h.newID()})
	}
	h.john, h.megan = add(h.sam, "John Example", "+447700900123"), add(h.priya, "Megan Example", "+447700900125")
	h.appointment = h.newID()
	event(conversations.Event{Kind: conversations.EventBooked, Client: h.megan, Appointment: conversations.Appointment{
		ID: conversations.AppointmentID(h.appointment), Kind: conversations.Regular, At: theDay.AddDate(0, 0, 3), Minutes: 45, Place: "Library",
	}})
	text("+447700900123", "what do i wear")
	text("+447700900125", "what should i bring")
	text("+447700900125", "i want to kill myself")
	text("+447700900199", "hello who is this")
	thread, err := h.store.Conversation(c, h.megan, "", 50)
	h.must(err)
	if len(thread.Flags) == 0 || len(thread.Alerts) == 0 || len(thread.Messages) == 0 {
		h.Fatalf("%d flags, %d alerts, %d messages", len(thread.Flags), len(thread.Alerts), len(thread.Messages))
	}
	h.flag, h.alert = thread.Flags[0].ID, string(thread.Alerts[0].ID)
	for _, m := range thread.Messages {
		if m.In {
			h.message = string(m.ID)
		}
	}
	task, err := h.store.AddTask(c, store.NewTask{Client: h.megan, What: "write a CV"})
	h.must(err)
	series, err := h.store.AddCheckIn(c, store.NewCheckIn{Client: h.megan, Kind: conversations.CheckInWeek})
	h.must(err)
	lead, err := h.store.AddLead(c, store.NewLead{Title: "PC repair assistant"})
	h.must(err)
	nudge, err := h.store.AddNudge(c, store.NewNudge{
		By: h.priya, Clients: []conversations.ClientID{h.megan}, At: theDay.AddDate(0, 0, 1),
		Nudge: conversations.Nudge{Words: map[string]string{"en": "Hello Megan"}},
	})
	h.must(err)
	cover, err := h.store.AddSpecialist(c, store.NewSpecialist{Name: "Ade"})
	h.must(err)
	absence, err := h.store.SetAbsence(c, store.Absence{Specialist: h.priya, Cover: cover, From: theDay.AddDate(0, 0, 7), Until: theDay.AddDate(0, 0, 14)}, h.priya, theDay)
	h.must(err)
	senders, _, err := h.store.UnknownSenders(c, store.Page{})
	h.must(err)
	if len(senders) != 1 {
		h.Fatalf("%d unknown senders", len(senders))
	}
	h.task, h.series, h.lead, h.nudge, h.absence, h.stranger = string(task), string(series), string(lead), string(nudge), string(absence.ID), senders[0].Peer
	for _, role := range store.Roles() {
		n := store.NewAccount{Login: string(role) + "@service.example", Name: "Somebody", Role: role, Language: "en"}
		if role == signin.Specialist {
			n.Specialist = h.sam
		}
		h.accounts[role], _, err = h.store.AddAccount(c, n)
		h.must(err)
		h.cookies[role], err = h.store.AddSession(c, store.NewSession{Account: h.accounts[role], Stage: store.StageOpen, EndsAt: theDay.Add(time.Hour)})
		h.must(err)
	}
}
