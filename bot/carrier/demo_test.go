package carrier_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
)

type page struct {
	Clock  struct{ Day, Time, Morning string }
	People []struct {
		ID    string
		Hints []string
		SMS   *struct {
			Stopped bool
			Thread  []bubble
		}
		Telegram *struct {
			Started, Blocked, Link bool
			Thread                 []bubble
		}
	}
	Caseload *carrier.CaseloadView
	Trouble  string
}

type bubble struct {
	Mine    bool
	Kind    string
	Text    string
	Time    string
	Ticks   string
	Buttons [][]carrier.Button
	Message int
}

// demo serves a page for John, who has both phones, and Gwen, who has only one.
func demo(t *testing.T, cfg carrier.Config) (*carrier.Carrier, string) {
	t.Helper()
	cfg.Phones = []carrier.Phone{
		{ID: "john", Label: "John", Language: "en-GB", Number: john, Chat: johnChat, StartLink: func(context.Context) (string, error) { return "code-1", nil }},
		{Label: "Gwen", Language: "cy", Number: gwen, Hints: []string{"Iawn"}},
	}
	c, _ := start(t, cfg)
	server := httptest.NewServer(c.DemoPage())
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	return c, server.URL
}

func readPage(t *testing.T, base string) page {
	t.Helper()
	var p page
	if err := json.Unmarshal([]byte(get(t, base+"/state", nil)), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func get(t *testing.T, address string, header *http.Header) string {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d, %v", resp.StatusCode, err)
	}
	if header != nil {
		*header = resp.Header
	}
	return string(body)
}

func act(t *testing.T, base, body string) int {
	t.Helper()
	resp, err := http.Post(base+"/act", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestDemoPageIsSelfContained(t *testing.T) {
	t.Parallel()
	_, base := demo(t, carrier.Config{})
	var header http.Header
	html := get(t, base+"/", &header)
	policy := header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	for _, pattern := range []string{`<script(?:[^>]*>)[^<]`, `<style`, ` style=`, ` on[a-z]+=`, `(?:src|href)="(?:https?:)?//`} {
		if regexp.MustCompile(pattern).MatchString(html) {
			t.Errorf("the page matches %s", pattern)
		}
	}
	script := get(t, base+"/demo.js", nil)
	for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://"} {
		if strings.Contains(script, forbidden) {
			t.Errorf("the script uses %s", forbidden)
		}
	}
	style := get(t, base+"/demo.css", nil)
	for _, forbidden := range []string{"@import", "@font-face", "url(", "https://"} {
		if strings.Contains(style, forbidden) {
			t.Errorf("the style uses %s", forbidden)
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"#]+)"`).FindAllStringSubmatch(html, -1) {
		if m[1] != "/today" { // The specialist's pages are the program's.
			get(t, base+"/"+m[1], nil)
		}
	}
}

func TestDemoPhonesTextAndPress(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	c, base := demo(t, carrier.Config{Now: func() time.Time { return now }})
	h := newHook(t)
	c.SetInbound(h.URL+"/in", "")
	if status := act(t, base, `{"phone":"john","do":"sms","text":"yh thats fine"}`); status != 200 {
		t.Fatalf("HTTP %d", status)
	}
	act(t, base, `{"phone":"Gwen","do":"sms_picture"}`)
	act(t, base, `{"phone":"Gwen","do":"sms_voice"}`)
	act(t, base, `{"phone":"Gwen","do":"sms_location"}`)
	act(t, base, `{"phone":"Gwen","do":"sms","text":"STOP"}`)
	act(t, base, `{"phone":"john","do":"telegram_start"}`)
	act(t, base, `{"phone":"john","do":"telegram_photo"}`)
	p := readPage(t, base)
	if p.Clock.Time != "10:30" || p.Clock.Day != "Monday 23 November 2026" || p.Clock.Morning != "Tue 10:00" {
		t.Errorf("%+v", p.Clock)
	}
	if diff := cmp.Diff([]bubble{{Mine: true, Kind: "text", Text: "yh thats fine", Time: "10:30", Ticks: "taken"}}, p.People[0].SMS.Thread); diff != "" {
		t.Error(diff)
	}
	var kinds []string
	for _, b := range p.People[1].SMS.Thread {
		kinds = append(kinds, b.Kind)
	}
	if diff := cmp.Diff([]string{"photo", "voice", "location", "text"}, kinds); diff != "" || !p.People[1].SMS.Stopped || p.People[1].Telegram != nil {
		t.Error(diff)
	}
	if diff := cmp.Diff([]bubble{
		{Mine: true, Kind: "text", Text: "/start", Time: "10:30", Ticks: "sent", Message: 1},
		{Mine: true, Kind: "photo", Time: "10:30", Ticks: "sent", Message: 2},
	}, p.People[0].Telegram.Thread); diff != "" || !p.People[0].Telegram.Started {
		t.Error(diff)
	}
	if got := c.TelegramThread(johnChat)[0].Text; got != "/start code-1" {
		t.Errorf("the bot was sent %q", got)
	}
	if len(p.People[0].Hints) == 0 || p.People[1].Hints[0] != "Iawn" || p.Caseload != nil || p.Trouble == "" {
		t.Error("hints or caseload")
	}
	h.answer = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }
	act(t, base, `{"phone":"john","do":"sms","text":"hello?"}`)
	act(t, base, `{"phone":"john","do":"telegram_block"}`)
	p = readPage(t, base)
	if got := p.People[0].SMS.Thread[1].Ticks; got != "lost" || !p.People[0].Telegram.Blocked {
		t.Errorf("ticks %q", got)
	}
}

func TestDemoRefusesNonsense(t *testing.T) {
	t.Parallel()
	_, base := demo(t, carrier.Config{})
	for _, body := range []string{
		`{`, `{"phone":"nobody","do":"sms","text":"x"}`, `{"phone":"john","do":"sms","text":" "}`, `{"phone":"john","do":"fly"}`,
		`{"phone":"Gwen","do":"telegram_text","text":"x"}`, `{"phone":"john","do":"telegram_fly"}`, `{"do":"advance","minutes":0}`,
		`{"phone":"john","do":"telegram_press","message":9,"data":"x"}`,
	} {
		if status := act(t, base, body); status != http.StatusBadRequest {
			t.Errorf("%s: HTTP %d", body, status)
		}
	}
	req, _ := http.NewRequestWithContext(within(t), http.MethodPost, base+"/act", strings.NewReader(`{"do":"advance","minutes":1}`))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("another web site moved the clock: HTTP %d", resp.StatusCode)
	}
}

func TestDemoClock(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, now, action, want string
	}{
		{"a_minute", "2026-11-23T10:30:00Z", `{"do":"advance","minutes":1}`, "2026-11-23T10:31:00Z"},
		{"next_morning_is_today", "2026-11-23T06:30:00Z", `{"do":"morning"}`, "2026-11-23T10:00:00Z"},
		{"next_morning_is_tomorrow", "2026-11-23T10:00:00Z", `{"do":"morning"}`, "2026-11-24T10:00:00Z"},
		{"the_night_the_clocks_go_back", "2026-10-24T12:00:00Z", `{"do":"morning"}`, "2026-10-25T10:00:00Z"},
		{"the_night_the_clocks_go_forward", "2027-03-27T12:00:00Z", `{"do":"morning"}`, "2027-03-28T09:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			c, base := demo(t, carrier.Config{Zone: london, Now: func() time.Time { return now }, Advance: func(d time.Duration) { now = now.Add(d) }})
			if status := act(t, base, tt.action); status != 200 {
				t.Fatalf("HTTP %d", status)
			}
			if got := c.Now().UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
			if c.SetClock(now.Add(-time.Hour)) == nil {
				t.Error("the product's clock went back")
			}
		})
	}
}

func TestDemoCaseload(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	shared := carrier.CaseloadView{Specialist: "Sam", Clients: []carrier.ClientView{{
		Phone: "john", Name: "John", Events: []carrier.EventView{{At: now, Text: "reminder sent"}, {At: now.AddDate(0, 0, -3), Text: "agreed"}},
	}}}
	trouble := false
	_, base := demo(t, carrier.Config{Zone: time.UTC, Now: func() time.Time { return now }, Caseload: func(context.Context) (carrier.CaseloadView, error) {
		if trouble {
			return carrier.CaseloadView{}, errors.New("secret detail")
		}
		return shared, nil
	}})
	p := readPage(t, base)
	want := []carrier.EventView{{Text: "reminder sent", When: "10:30"}, {Text: "agreed", When: "Fri 20 Nov 10:30"}}
	if diff := cmp.Diff(want, p.Caseload.Clients[0].Events); diff != "" {
		t.Error(diff)
	}
	if shared.Clients[0].Events[0].When != "" {
		t.Error("the reader's own view was changed")
	}
	trouble = true
	if p := readPage(t, base); p.Caseload != nil || p.Trouble == "" || strings.Contains(p.Trouble, "secret") {
		t.Errorf("trouble %q", p.Trouble)
	}
}

func TestDemoIsLive(t *testing.T) {
	t.Parallel()
	c, base := demo(t, carrier.Config{})
	req, _ := http.NewRequestWithContext(within(t), http.MethodGet, base+"/events", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	lines := bufio.NewReaderSize(resp.Body, 1<<20)
	next := func(want string) {
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("%q never came: %v", want, err)
			}
			if strings.HasPrefix(line, "data: ") && strings.Contains(line, want) {
				return
			}
		}
	}
	next(`"started":false`)
	must(t)(c.TelegramText(johnChat, "live & <b>"))
	next(`live \u0026 \u003cb\u003e`)
}
