package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// TestTheBoardOfLeads: a lead is added, matched with wishes, answered, changed
// and filled, and the board says what became of it.
func TestTheBoardOfLeads(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.has("/leads", "There is no lead just now")
		form := url.Values{
			"title": {""}, "area": {"Beeston"}, "hours": {"12"}, "employer": {"Beeston Computers"}, "traits": {"public", "indoors"},
			"duties": {"repair computers\r\nanswer the telephone"}, "date": {"2026-12-04"}, "clock": {"17:00"}, "starts": {"11:00"},
		}
		status, body, _ := f.post("/leads", form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="w-title"`) || !strings.Contains(body, "Beeston Computers") {
			f.Fatalf("a lead without a title was taken, or what was typed is gone: %d", status)
		}
		form.Set("title", "PC repair assistant")
		f.done("/leads", form, "lead_added")
		list, _, err := f.store.Leads(f.Context(), store.LeadFilter{})
		if err != nil || len(list) != 1 {
			f.Fatalf("%d leads: %v", len(list), err)
		}
		l := list[0]
		if len(l.Work.Job.Duties) != 2 || l.Work.Job.Starts != 11*60 || l.CreatedBy != f.sam {
			f.Errorf("the lead is %+v by %s", l.Work, l.CreatedBy)
		}
		f.as(signin.Lead, "")
		must(0, f.store.SetWishes(f.Context(), f.john, conversations.Wishes{Below: 16, NotBefore: 11 * 60}, f.sam))(f.T)
		must(0, f.store.SetWishes(f.Context(), f.megan, conversations.Wishes{Below: 10, Avoids: []conversations.Trait{conversations.TraitPublic}}, f.sam))(f.T)
		page := "/leads/" + string(l.ID)
		f.has("/leads", "PC repair assistant", "Beeston Computers", "Offered to nobody yet", "for 1 of 2 whose wishes are known", "Apply by Friday 4 December, 17:00")
		body = f.has(page, "12 hours a week", "they wish for under 16", "they wish for under 10", "meeting customers", "answer the telephone")
		if strings.Index(body, "John Example") > strings.Index(body, "Megan Example") {
			f.Error("for whom nothing speaks against it is not first")
		}
		f.event(conversations.Event{Kind: conversations.EventOffered, Client: f.john, Offer: conversations.Offer{
			ID: "offer-1", Lead: l.Lead, Status: conversations.OfferOpen, At: theDay,
		}})
		f.text(johns, "1") // He has not chosen to read such things unasked.
		f.text(johns, "yes im interested")
		f.has("/leads", "interested: 1")
		f.as(signin.Specialist, f.priya)
		if body := f.has(page, "On other caseloads it was offered to: 1", "Megan Example"); strings.Contains(body, "John Example") {
			f.Error("Priya sees that it was offered to a client of Sam's")
		}

		form.Set("hours", "20")
		form.Set("date", "")
		f.done(page, form, "lead_changed")
		if l = must(f.store.Lead(f.Context(), l.ID))(f.T); l.Hours != 20 || !l.Closes.IsZero() {
			f.Errorf("it has %d hours and closes at %s", l.Hours, l.Closes)
		}
		f.done(page+"/filled", nil, "lead_filled")
		f.has("/leads", "There is no lead just now")
		f.has("/leads?show=over", "PC repair assistant", "Filled: Monday 23 November")
		if flags := f.thread().Flags; !holdsReason(flags, conversations.FlagLeadFilled) {
			f.Errorf("nobody is shown that John wanted it: %+v", flags)
		}
		f.done(page+"/open", nil, "lead_free")
		f.as(signin.Auditor, "")
		f.has(page, "PC repair assistant")
		if status, _, _ := f.post(page+"/filled", nil); status != http.StatusForbidden {
			f.Errorf("an auditor fills a lead: %d", status)
		}
		if strings.Contains(f.log.String(), "Beeston") {
			f.Error("a lead's words are in the log")
		}
	})
}

func holdsReason(flags []store.Flag, reason conversations.FlagReason) bool {
	for _, f := range flags {
		if f.Reason == reason {
			return true
		}
	}
	return false
}
