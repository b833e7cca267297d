package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// nudgeIn is the nudge whose page an answer leads to.
func nudgeIn(f *fixture, h http.Header) conversations.NudgeID {
	f.Helper()
	path, _, _ := strings.Cut(strings.TrimPrefix(h.Get("Location"), "/nudges/"), "?")
	return conversations.NudgeID(path)
}

// TestManyAreNudged is choosing, looking, sending and stopping.
func TestManyAreNudged(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ann := f.add(f.sam, "Ann Example", "+447700900126")
		held := f.add(f.sam, "Owen Example", "+447700900127")
		f.event(conversations.Event{Kind: conversations.EventHeld, Client: held, By: f.sam})
		f.has("/caseload", `name="client" value="`+string(ann)+`"`, "Tick everybody shown")
		if body := f.has("/caseload?tick=all"); strings.Count(body, " checked>") != 3 {
			f.Errorf("%d are ticked", strings.Count(body, " checked>"))
		}
		to := url.Values{"client": {string(f.john), string(ann), string(held)}}
		f.has("/nudges/new?"+to.Encode(), "To 3 people:", "Ann Example, John Example, Owen Example", "behind “Sam:”")

		form := url.Values{"client": to["client"], "says": {"own"}, "words-en": {"I hope that your week goes well."}}
		status, body, _ := f.post("/nudges/preview", form)
		for _, want := range []string{
			"2 people get it", "2 SMS parts in all", "1 does not", "Sam: I hope that your week goes well.", "English, 1 SMS part",
			"the client is on hold until a person releases them", "Send it to 2 people", `name="once" value="id-`,
		} {
			if !strings.Contains(body, want) {
				f.Errorf("the preview (%d) does not hold %q", status, want)
			}
		}
		if n, _, err := f.store.Nudges(f.Context(), store.Page{}); err != nil || len(n) != 0 {
			f.Errorf("looking made %d nudges (%v)", len(n), err)
		}

		form.Set("words-en", "Ring me about your depression clinic")
		if status, body, _ := f.post("/nudges/preview", form); status != http.StatusOK || strings.Contains(body, `class="send"`) || !strings.Contains(body, "whoever sees the phone would learn") {
			f.Errorf("words that may not go could be sent: %d", status)
		}
		if status, _, _ := f.post("/nudges", form); status != http.StatusUnprocessableEntity {
			f.Errorf("words that may not go went: %d", status)
		}
		form.Set("words-en", "I hope that your week goes well.")
		form.Set("once", "one")
		var id conversations.NudgeID
		for range 2 { // Sent twice is sent once.
			status, body, h := f.post("/nudges", form)
			if status != http.StatusSeeOther {
				f.Fatalf("%d %s", status, faultIn(body))
			}
			id = nudgeIn(f, h)
		}
		if n, _, err := f.store.NudgesOf(f.Context(), f.sam, store.Page{}); err != nil || len(n) != 1 || n[0].ID != id {
			f.Fatalf("%d nudges, %v", len(n), err)
		}
		f.has("/nudges", "I hope that your week goes well.")
		page := "/nudges/" + string(id)
		f.has(page, "<strong>3</strong> still to come", "Call it off", "Ann Example")

		// Its job says it to one of them; then it is stopped.
		n := must(f.store.BeginNudge(f.Context(), id, 0))(f.T)
		f.event(conversations.Event{Kind: conversations.EventNudge, Client: f.john, By: f.sam, Nudge: n.Nudge})
		f.event(conversations.Event{Kind: conversations.EventNudge, Client: held, By: f.sam, Nudge: n.Nudge})
		f.has(page, "<strong>1</strong> about to go", "<strong>1</strong> left out", "<strong>1</strong> still to come", "1: the client is on hold", "Stop it")
		f.done(page+"/stop", nil, "nudge_stopped")
		f.has(page, "stopped; what no carrier had was taken back")
		f.done(page+"/stop", nil, "nudge_over")

		f.as(signin.Specialist, f.priya)
		for _, path := range []string{page, "/nudges/new?" + to.Encode(), "/offers/new?" + to.Encode()} {
			if status, _, _ := f.get(path); status != http.StatusNotFound {
				f.Errorf("another specialist reads %s: %d", path, status)
			}
		}
		for _, path := range []string{page + "/stop", page + "/cancel", "/nudges/preview", "/nudges", "/offers", "/offers/preview"} {
			if status, _, _ := f.post(path, form); status != http.StatusNotFound {
				f.Errorf("another specialist posts to %s: %d", path, status)
			}
		}
		if strings.Contains(f.log.String(), "week goes") {
			f.Error("the log holds a person's words")
		}
	})
}

// TestOneIsNudgedFromTheList goes at once, or when it is planned for.
func TestOneIsNudgedFromTheList(t *testing.T) {
	t.Parallel()
	f := once(t)
	form := url.Values{"client": {string(f.john)}, "says": {"nudge.well_done"}}
	_, body, _ := f.post("/nudges/preview", form)
	if !strings.Contains(body, "Send it to 1 person") || !strings.Contains(body, "Sam") {
		t.Error("the preview does not hold the words")
	}
	f.done("/nudges", form, "replied")
	thread := f.thread()
	if last := thread.Messages[len(thread.Messages)-1]; last.Key != "nudge.well_done" {
		t.Errorf("the last message is %s", last.Key)
	}
	form.Set("when", "later")
	if status, body, _ := f.post("/nudges", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "a day and a time") {
		t.Errorf("no moment: %d", status)
	}
	form.Set("date", "2026-11-25")
	form.Set("clock", "11:00")
	status, _, h := f.post("/nudges", form)
	if status != http.StatusSeeOther {
		t.Fatalf("planned: %d", status)
	}
	page := "/nudges/" + string(nudgeIn(f, h))
	f.has(page, "Wednesday 25 November, 11:00", "it has not begun")
	f.done(page+"/cancel", nil, "nudge_cancelled")
	f.as(signin.Lead, "")
	if status, body, _ := f.post("/nudges", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "no specialist") {
		t.Errorf("who signs nothing sends: %d", status)
	}
	if f.audit[0] != "account-1 client.nudge "+string(f.john) {
		t.Errorf("written down: %q", f.audit)
	}
}

// TestALeadIsOfferedToMany tells each alone, once, and says who is left out.
func TestALeadIsOfferedToMany(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ann := f.add(f.sam, "Ann Example", "+447700900126")
		id := must(f.store.AddLead(f.Context(), store.NewLead{Title: "Library shelver", Area: "Sneinton", Pay: "£12.21 an hour", Hours: 10, By: f.sam}))(f.T)
		form := url.Values{"client": {string(f.john), string(ann)}}
		f.has("/offers/new?"+form.Encode(), "Library shelver", "10 hours a week")
		if status, body, _ := f.post("/offers/preview", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose a lead") {
			f.Errorf("no lead: %d", status)
		}
		f.done("/clients/"+string(ann)+"/agreement", url.Values{"channel": {"sms"}, "agreement": {"stopped"}, "how": {"by phone"}}, "agreement")
		form.Set("lead", string(id))
		_, body, _ := f.post("/offers/preview", form)
		for _, want := range []string{"1 person is offered it", "1 is not", "the client said stop", "Offer it to 1 person"} {
			if !strings.Contains(body, want) {
				f.Errorf("the preview does not hold %q", want)
			}
		}
		for range 2 {
			status, body, h := f.post("/offers", form)
			if status != http.StatusSeeOther {
				f.Fatalf("%d %s", status, faultIn(body))
			}
			f.has(h.Get("Location"), "1 person was offered it", "John Example", "the client said stop")
		}
		if offers, _, err := f.store.OffersOfLead(f.Context(), id, store.Page{}); err != nil || len(offers) != 1 || offers[0].Client != f.john {
			f.Errorf("%d offers, %v", len(offers), err)
		}
	})
}

func TestWhatIsSaidOnceMore(t *testing.T) {
	t.Parallel()
	f := once(t)
	page := "/clients/" + string(f.john)
	id := f.book()
	path := page + "/appointments/" + string(id) + "/another-time"
	if status, body, _ := f.get(path); status != http.StatusUnprocessableEntity || !strings.Contains(body, "did not happen") {
		t.Errorf("a meeting that is ahead: %d", status)
	}
	f.now.Store(theDay.AddDate(0, 0, 3).Add(4 * time.Hour).UnixMilli())
	f.done(page+"/appointments/"+string(id)+"/attended", url.Values{"attended": {"missed"}}, "attendance")
	f.has(page, path)
	f.has(path, "Ask about another time", "shall we find another time", "SMS part")
	f.done(path, nil, "replied")
	messages := f.thread().Messages
	last := messages[len(messages)-1]
	if last.Key != "appointment.another_time" {
		t.Fatalf("the last message is %s", last.Key)
	}
	again := page + "/messages/" + string(last.ID) + "/resend"
	f.has(again, "it did not fail")
	if status, body, _ := f.post(again, nil); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Nothing was sent") {
		t.Errorf("what did not fail went again: %d", status)
	}
}

func TestTheConversationIsPrinted(t *testing.T) {
	t.Parallel()
	f := once(t)
	f.text(johns, "what do i wear")
	page := "/clients/" + string(f.john)
	f.has(page, page+"/transcript")
	f.has(page+"/transcript", "what do i wear", "Monday 23 November 2026", "They")
	status, body, h := f.get(page + "/transcript.txt?from=2026-11-23&to=2026-11-23")
	if status != http.StatusOK || !strings.Contains(body, "12:00 They (text message): what do i wear") || !strings.Contains(body, "John Example") ||
		h.Get("Content-Disposition") != `attachment; filename="transcript.txt"` || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v\n%s", status, h, body)
	}
	if _, body, _ := f.get(page + "/transcript.txt?to=2026-11-22"); strings.Contains(body, "wear") {
		t.Error("a day after the last is printed")
	}
	if got := strings.Join(f.audit, "\n"); strings.Count(got, "client.transcript") != 3 {
		t.Errorf("written down: %s", got)
	}
}

func TestTelegramIsJoinedByACode(t *testing.T) {
	t.Parallel()
	f := once(t)
	status, body, h := f.post("/clients/"+string(f.john)+"/telegram", nil)
	if status != http.StatusOK || h.Get("Cache-Control") != "no-store" || !strings.Contains(body, `<path d="M4 4h7v1h-7z`) {
		t.Fatalf("%d\n%s", status, body)
	}
	_, rest, _ := strings.Cut(body, `<code class="secret">`)
	code, _, _ := strings.Cut(rest, "</code>")
	if !strings.Contains(body, "https://t.me/example_bot?start="+code) || strings.Contains(f.log.String(), code) {
		t.Errorf("the link does not hold the code, or the log does")
	}
	f.event(conversations.Event{Kind: conversations.EventText, From: conversations.Address{Channel: conversations.Telegram, Value: "7700900123"}, Text: code, ProviderID: "TG1"})
	if reach := must(f.store.Reach(f.Context(), f.john))(t); len(reach) != 2 {
		t.Errorf("%d channels", len(reach))
	}
}
