package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

const johns = "+447700900123"

// TestWhatWaitsIsDone is a day of a specialist's: what a form posts is an event,
// and the page shows what came of it.
func TestWhatWaitsIsDone(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		page := "/clients/" + string(f.john)
		f.has("/today", "Nobody is waiting for you")
		id := f.book()
		f.text(johns, "cant do thurs, friday 3pm?")
		f.text(johns, "1")
		f.has("/today", "Proposals to decide", "Friday 27 November, 15:00", "John Example")
		f.has("/caseload", "John Example", "asks for another time")
		f.has(page, "cant do thurs, friday 3pm?", "another time: Friday 27 November, 15:00", "Agree to Friday 27 November, 15:00")

		a := must(f.store.Appointment(f.Context(), id))(f.T)
		agree := page + "/appointments/" + string(id) + "/agree"
		if status, _, _ := f.post(agree, url.Values{"proposed": {"1"}}); status != http.StatusUnprocessableEntity {
			f.Errorf("another proposal than the one that stands was agreed to: %d", status)
		}
		f.done(agree, url.Values{"proposed": {strconv.FormatInt(a.Proposed.UnixMilli(), 10)}}, "moved")
		if a = must(f.store.Appointment(f.Context(), id))(f.T); !a.At.Equal(time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)) {
			f.Errorf("it is at %s", a.At)
		}
		if body := f.has("/today"); strings.Contains(body, "Proposals to decide") {
			f.Error("the proposal still waits")
		}

		f.text(johns, "will there be other people there and what do i wear")
		f.has("/today", "asked something")
		f.done(page+"/reply", url.Values{"text": {"Only me. Wear what you like."}, "settles": {"1"}}, "replied")
		f.has(page, "Sam: Only me. Wear what you like.")
		if body := f.has("/today"); strings.Contains(body, "asked something") {
			f.Error("the question still waits")
		}
		f.done(page+"/appointments/"+string(id)+"/move", url.Values{"date": {"2026-11-30"}, "clock": {"11:30"}}, "moved")
		f.done(page+"/appointments/"+string(id)+"/cancel", nil, "cancelled")
		f.done(page+"/appointments", url.Values{"date": {"2026-12-01"}, "clock": {"14:00"}, "kind": {"review"}, "minutes": {"30"}}, "booked")
		f.has(page, "Tuesday 1 December, 14:00", "review")
		f.done(page+"/tasks", url.Values{"what": {"look up job descriptions"}, "due": {"2026-11-30"}}, "task")
		tasks := must(f.store.Tasks(f.Context(), f.john))(f.T)
		f.done(page+"/tasks/"+string(tasks[0].ID)+"/status", url.Values{"status": {"done"}}, "task")
		f.done(page+"/hold", nil, "held")
		f.has(page, "On hold")
		f.done(page+"/release", nil, "released")
		f.done(page+"/circumstance", url.Values{"circumstance": {"in_hospital"}}, "circumstance")
		f.done(page+"/circumstance", url.Values{"circumstance": {"none"}}, "circumstance")
		if status, _, _ := f.post(page+"/circumstance", url.Values{"circumstance": {"died"}}); status != http.StatusUnprocessableEntity {
			f.Errorf("died was taken without being certain: %d", status)
		}
		f.done(page+"/agreement", url.Values{"channel": {"sms"}, "agreement": {"stopped"}, "how": {"by phone"}}, "agreement")
		f.has(page, "said stop")
		if strings.Contains(f.log.String(), "Only me") || strings.Contains(f.log.String(), "John") {
			f.Error("the log holds a person's words or name")
		}
	})
}

func TestAnAlertIsTakenAndEnded(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		page := "/clients/" + string(f.john)
		f.text(johns, "i want to kill myself")
		f.event(conversations.Event{
			Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: "+447700900999"}, Text: "who is this", ProviderID: "SM9",
		})
		if body := f.has("/today", "A person needs to read this now", "nobody is on it yet"); strings.Contains(body, "not on the caseload") {
			f.Error("a specialist sees a number that is on nobody's caseload")
		}
		f.as(signin.Lead, "")
		f.has("/today", "John Example", "A number that is not on the caseload")
		f.as(signin.Specialist, f.sam)
		alert := page + "/alerts/" + string(f.thread().Alerts[0].ID)
		f.done(alert+"/acknowledge", nil, "acknowledged")
		f.has("/today", "somebody is on it")
		if status, body, _ := f.post(alert+"/outcome", url.Values{"outcome": {" "}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "what was done") {
			f.Errorf("an empty outcome: %d", status)
		}
		f.done(alert+"/outcome", url.Values{"outcome": {"Rang him; he is with his sister."}}, "outcome")
		if left := f.thread().Alerts; len(left) != 0 {
			f.Errorf("%d alerts stand", len(left))
		}
		closed := must(f.store.Alert(f.Context(), conversations.AlertID(strings.TrimPrefix(alert, page+"/alerts/"))))(f.T)
		if closed.ClosedBy != f.sam || closed.Outcome == "" {
			f.Errorf("closed by %q with %q", closed.ClosedBy, closed.Outcome)
		}
	})
}

func TestAReadingIsPutRight(t *testing.T) {
	t.Parallel()
	f := once(t)
	id := f.book()
	f.text(johns, "that will be fine see you then")
	thread := f.thread()
	i := slices.IndexFunc(thread.Messages, func(m store.ThreadMessage) bool { return m.In })
	path := "/clients/" + string(f.john) + "/messages/" + string(thread.Messages[i].ID)
	f.has(path, "that will be fine", "Put a reading right")
	if status, body, _ := f.post(path+"/correction", url.Values{"intent": {"change"}, "date": {"2026-11-20"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "gone by") {
		f.Errorf("a day that is past: %d %s", status, faultIn(body))
	}
	f.done(path+"/correction", url.Values{"intent": {"change"}, "date": {"2026-11-27"}, "clock": {"15:00"}}, "corrected")
	f.has("/clients/"+string(f.john), "A person put this right:", "Friday 27 November, 15:00")
	if a := must(f.store.Appointment(f.Context(), id))(f.T); a.Status != conversations.ChangeAsked {
		f.Errorf("the appointment is %s", a.Status)
	}
}

func TestWordsAreCheckedBeforeTheyGo(t *testing.T) {
	t.Parallel()
	f := once(t)
	page := "/clients/" + string(f.john) + "/reply"
	status, body, _ := f.post(page, url.Values{"text": {"See you after your depression clinic"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "See you after your depression clinic</textarea>") {
		f.Errorf("%d; what was typed must stay: %s", status, faultIn(body))
	}
	if n := len(f.thread().Messages); n != 1 { // the welcome
		f.Errorf("%d messages", n)
	}
}

// TestNobodyComesWhereTheyMayNot walks every route.
func TestNobodyComesWhereTheyMayNot(t *testing.T) {
	t.Parallel()
	f := once(t)
	f.text(johns, "what do i wear")
	fill := func(pattern string, client conversations.ClientID) (method, path string) {
		method, path, _ = strings.Cut(pattern, " ")
		path = strings.ReplaceAll(path, "{client}", string(client))
		for _, other := range []string{"{$}", "{flag}", "{alert}", "{message}", "{appointment}", "{task}", "{series}"} {
			path = strings.ReplaceAll(path, other, strings.Trim(strings.Trim(other, "{}"), "$"))
		}
		return method, path
	}
	walk := func(name string, client conversations.ClientID, want func(method, path string) int) {
		for _, pattern := range f.console.Patterns() {
			method, path := fill(pattern, client)
			status, _, _ := f.do(method, path, nil, nil)
			if w := want(method, path); w != 0 && status != w {
				t.Errorf("%s: %s answers %d, want %d", name, pattern, status, w)
			}
		}
	}
	f.who.Store(nil)
	walk("nobody", f.john, func(string, string) int { return http.StatusForbidden })
	f.as(signin.Administrator, "")
	walk("an administrator", f.john, func(_, path string) int {
		if path == "/" {
			return http.StatusSeeOther
		}
		if path == "/audit" || strings.HasPrefix(path, "/templates") {
			return 0 // Settings, and who did what: theirs, and about no client.
		}
		return http.StatusForbidden
	})
	f.as(signin.Specialist, f.sam)
	walk("another specialist", f.megan, func(_, path string) int {
		if strings.HasPrefix(path, "/clients/") {
			return http.StatusNotFound
		}
		return 0
	})
	f.as(signin.Auditor, "")
	walk("an auditor", f.john, func(method, _ string) int {
		if method == http.MethodPost {
			return http.StatusForbidden
		}
		return 0
	})
	f.as(signin.Specialist, f.sam)
	for _, pattern := range f.console.Patterns() {
		if method, path := fill(pattern, f.john); method == http.MethodPost {
			status, _, _ := f.do(method, path, nil, http.Header{"Origin": {"https://elsewhere.example"}, "Sec-Fetch-Site": {"cross-site"}})
			if status != http.StatusForbidden {
				t.Errorf("%s from another site answers %d", pattern, status)
			}
		}
	}
	if body := f.has("/today"); strings.Contains(body, "Megan") {
		t.Error("another caseload is on Today")
	}
	if body := f.has("/caseload?of=" + string(f.priya)); strings.Contains(body, "Megan") {
		t.Error("another caseload can be chosen")
	}
	f.as(signin.Lead, "")
	f.has("/caseload?of="+string(f.priya), "Megan Example")
	f.has("/today", "John Example")
}

func TestReadingAClientIsWrittenDown(t *testing.T) {
	t.Parallel()
	f := once(t)
	f.has("/clients/" + string(f.john))
	f.done("/clients/"+string(f.john)+"/hold", nil, "held")
	want := []string{"account-1 client.read " + string(f.john), "account-1 client.hold " + string(f.john)}
	if !slices.Equal(f.audit, want) {
		t.Errorf("written down: %q", f.audit)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	f := once(t)
	for _, path := range []string{"/today", "/caseload", "/clients/" + string(f.john), "/clients/nobody"} {
		_, body, h := f.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
			"Cache-Control":           "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if strings.Contains(body, "style=") || strings.Contains(body, "<script") || strings.Contains(body, "//cdn") {
			t.Errorf("%s holds something inline", path)
		}
	}
	f.who.Load().Language = "cy"
	if body := f.has("/today"); !strings.Contains(body, `<html lang="cy">`) {
		t.Error("the page is not in the reader's language")
	}
}
