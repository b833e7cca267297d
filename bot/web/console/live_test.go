package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/console"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// opened is a console whose changes the test itself tells.
type opened struct {
	*fixture
	heard     func([]store.Change)
	connected func(bool)
	url       string
	console   *console.Console
}

func open(t *testing.T) *opened {
	t.Helper()
	f := once(t)
	o := &opened{fixture: f}
	ready := make(chan struct{})
	config := f.console.Config
	config.Changes = func(ctx context.Context, heard func([]store.Change), connected func(bool)) {
		o.heard, o.connected = heard, connected
		close(ready)
		<-ctx.Done()
	}
	o.console = must(console.New(config))(t)
	o.console.SetBeat(20 * time.Millisecond)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.console.Follow(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	<-ready
	mux := http.NewServeMux()
	o.console.Routes(mux, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who := f.who.Load()
			if who == nil {
				http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
				return
			}
			next.ServeHTTP(w, r.WithContext(signin.With(r.Context(), *who)))
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

// page is an open page's stream.
type page struct {
	*opened
	lines *bufio.Scanner
	close context.CancelFunc
}

func (o *opened) listen(since time.Time, headers ...string) (*page, int) {
	o.Helper()
	ctx, stop := context.WithTimeout(o.Context(), time.Minute) // What is not told is not waited for for ever.
	o.Cleanup(stop)
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/live?since=%d", o.url, since.UnixMilli()), nil))(o.T)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = answer.Body.Close() })
	return &page{o, bufio.NewScanner(answer.Body), stop}, answer.StatusCode
}

// next is what the page is told next, "event data"; "" when it is told nothing
// any more.
func (p *page) next() string {
	p.Helper()
	event := ""
	for p.lines.Scan() {
		name, value, _ := strings.Cut(p.lines.Text(), ":")
		switch name {
		case "event":
			event = strings.TrimSpace(value)
		case "data":
			return strings.TrimSpace(event + " " + strings.TrimSpace(value))
		}
	}
	return ""
}

func (p *page) hears(want ...string) {
	p.Helper()
	for _, w := range want {
		if got := p.next(); got != w {
			p.Fatalf("the page is told %q, want %q", got, w)
		}
	}
}

func (o *opened) happens(clients ...conversations.ClientID) {
	for _, c := range clients {
		of := map[conversations.ClientID]conversations.SpecialistID{o.john: o.sam, o.megan: o.priya}
		o.heard([]store.Change{{Client: c, Specialist: of[c]}})
	}
}

func TestAnOpenPageHearsOfWhoIsOnIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.console.SetBeat(time.Hour) // At a beat Sam's stream would be asked again, and be the lead's.
	o.connected(true)
	o.now.Add(time.Hour.Milliseconds())
	sam, _ := o.listen(o.clock())
	sam.hears("here")
	o.as(signin.Lead, "")
	lead, _ := o.listen(o.clock())
	lead.hears("here")
	o.happens(o.megan, "", o.john)
	lead.hears("change "+string(o.megan), "change -", "change "+string(o.john))
	sam.hears("change " + string(o.john)) // Neither Megan nor a stranger before.
	o.connected(false)
	sam.hears("away")
	o.connected(true)
	sam.hears("here", "change *") // What was missed nobody knows.
}

// What happened between the making of a page and its listening is told then.
func TestAPageThatComesToListenMissesNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.connected(true)
	o.now.Add(time.Hour.Milliseconds())
	rendered := o.clock()
	o.happens(o.john)
	o.now.Add((30 * time.Second).Milliseconds())
	late, _ := o.listen(rendered)
	late.hears("here", "change "+string(o.john))
	o.now.Add((10 * time.Minute).Milliseconds())
	o.happens(o.john)
	hidden, _ := o.listen(rendered) // By now it is forgotten what happened then.
	hidden.hears("here", "change *")
	now, _ := o.listen(o.clock().Add(10 * time.Second))
	now.hears("here")
	o.happens(o.john)
	now.hears("change " + string(o.john))
}

func TestWhoMayNotListen(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.connected(true)
	for name, row := range map[string]struct {
		headers []string
		want    int
	}{
		"another_site": {[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"another_host": {[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"own_page":     {[]string{"Sec-Fetch-Site", "same-origin"}, http.StatusOK},
	} {
		if _, status := o.listen(o.clock(), row.headers...); status != row.want {
			t.Errorf("%s: %d, want %d", name, status, row.want)
		}
	}
	o.as(signin.Administrator, "")
	if _, status := o.listen(o.clock()); status != http.StatusForbidden {
		t.Errorf("an administrator: %d", status)
	}
	o.who.Store(nil)
	if _, status := o.listen(o.clock()); status != http.StatusSeeOther {
		t.Errorf("nobody: %d", status)
	}
	o.as(signin.Duty, "")
	held := 0
	for ; held <= 2*console.MostStreams; held++ {
		if _, status := o.listen(o.clock()); status != http.StatusOK {
			break
		}
	}
	if held != console.MostStreams-1 { // Sam's own page is of the same account here.
		t.Errorf("%d streams of one account", held)
	}
}

func TestAStreamEndsWithTheSessionAndWithTheProgram(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.connected(true)
	sam, _ := o.listen(o.clock())
	sam.hears("here", "change *")
	// Somebody whose caseload is covered from now on is heard of from the next beat.
	o.who.Store(&signin.Who{Account: "account-1", Role: signin.Specialist, Specialist: o.sam, Covers: []conversations.SpecialistID{o.priya}})
	for range 3 {
		sam.lines.Scan() // A beat and more.
	}
	for range 4 {
		sam.lines.Scan()
	}
	o.happens(o.megan)
	sam.hears("change " + string(o.megan))
	o.who.Store(nil)
	if got := sam.next(); got != "" {
		t.Errorf("without a session the page is told %q", got)
	}
	o.as(signin.Specialist, o.sam)
	other, _ := o.listen(o.clock())
	other.hears("here")
	o.console.HangUp()
	for got := other.next(); got != ""; got = other.next() {
		if got != "change *" {
			t.Errorf("at the end the page is told %q", got)
		}
	}
	if _, status := o.listen(o.clock()); status != http.StatusTooManyRequests {
		t.Errorf("a page that comes after that: %d", status)
	}
}

// A page that fetches itself again is one reading, and the first fetch is always
// written down, whatever it says of itself.
func TestAPageThatLooksAgainIsOneReading(t *testing.T) {
	t.Parallel()
	f := once(t)
	path, itself := "/clients/"+string(f.john), http.Header{signin.AutomaticHeader: {"1"}}
	want := 0
	look := func(header http.Header, written bool) {
		t.Helper()
		f.do(http.MethodGet, path, nil, header)
		if written {
			want++
		}
		if len(f.audit) != want {
			t.Errorf("written down: %q, want %d lines", f.audit, want)
		}
	}
	look(itself, true)
	look(itself, false)
	look(nil, true)
	f.now.Add((9 * time.Minute).Milliseconds())
	look(itself, false)
	f.now.Add((2 * time.Minute).Milliseconds())
	look(itself, true)
	f.who.Store(&signin.Who{Account: "account-2", Role: signin.Auditor})
	look(itself, true)
}

// Nothing that a phone keeps of the pages is about anybody.
func TestThePagesCanBePutOnAHomeScreen(t *testing.T) {
	t.Parallel()
	f := once(t)
	body := f.has("/today", `<meta name="theme-color"`, `<link rel="manifest"`)
	_, rest, _ := strings.Cut(body, `<link rel="manifest" href="`)
	address, _, _ := strings.Cut(rest, `"`)
	f.who.Store(nil) // A browser fetches these without its cookies.
	status, text, h := f.get(address)
	var read struct {
		StartURL string `json:"start_url"`
		Display  string
		Icons    []struct{ Src, Type, Sizes, Purpose string }
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil || status != http.StatusOK || h.Get("Content-Type") != "application/manifest+json" {
		t.Fatalf("%d %s: %v", status, h.Get("Content-Type"), err)
	}
	if read.StartURL != "/" || read.Display != "standalone" || len(read.Icons) != 4 {
		t.Errorf("%+v", read)
	}
	for _, icon := range read.Icons {
		status, body, h := f.get(icon.Src)
		if status != http.StatusOK || h.Get("Content-Type") != icon.Type || len(body) < 200 || !strings.Contains(icon.Src, "?v=") {
			t.Errorf("%s: %d %s, %d bytes", icon.Src, status, h.Get("Content-Type"), len(body))
		}
	}
	if !slices.ContainsFunc(read.Icons, func(i struct{ Src, Type, Sizes, Purpose string }) bool { return i.Sizes == "192x192" }) {
		t.Error("Chromium wants one of 192 pixels")
	}
}

// Only a page that may be fetched again by its address is fetched again.
func TestWhatIsNoPageOfItsOwnIsNotFetchedAgain(t *testing.T) {
	t.Parallel()
	f := once(t)
	path := "/clients/" + string(f.john)
	f.has(path, fmt.Sprintf(`data-live="%s" data-at="%d"`, f.john, f.clock().UnixMilli()))
	f.has("/today", `data-live="*"`)
	for _, answered := range []func() (int, string, http.Header){
		func() (int, string, http.Header) { return f.post(path+"/reply", nil) },
		func() (int, string, http.Header) { return f.get("/clients/nobody") },
	} {
		if status, body, _ := answered(); status < 400 || strings.Contains(body, "data-live") {
			t.Errorf("%d, and it would be fetched again", status)
		}
	}
}
