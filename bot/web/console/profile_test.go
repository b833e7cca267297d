package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// TestWhatIsKnownIsChanged fills in each form of the profile.
func TestWhatIsKnownIsChanged(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		page := "/clients/" + string(f.john) + "/profile"
		f.has(page, "They have named nobody", "Nothing was said about any employer", "447700900123")
		f.done(page+"/notes", url.Values{"kind": {"access"}, "words": {"No phone calls."}}, "note")
		f.done(page+"/notes", url.Values{"kind": {"note"}, "words": {"Likes to walk by the river."}}, "note")
		f.has("/clients/"+string(f.john), "No phone calls.", "Likes to walk by the river.")
		notes := must(f.store.Notes(f.Context(), f.john))(f.T)
		i := slices.IndexFunc(notes, func(n store.Note) bool { return n.Kind == store.NotePlain })
		if notes[i].Author != "Sam" || notes[i].By != f.sam || notes[i].Account != "account-1" {
			f.Errorf("the note is by %+v", notes[i])
		}
		f.done(page+"/notes/"+notes[i].ID+"/strike", nil, "note_struck")
		f.has(page, "<s>Likes to walk by the river.</s>", "struck out by Sam")

		f.done(page+"/settings", url.Values{
			"wakes": {"11:00"}, "rests": {"17:30"}, "rest_day": {"2"}, "stop": {"leads"}, "wording": {"detail"}, "leads": {"2"}, "paused": {"2026-11-30"},
		}, "settings")
		c := must(f.store.Client(f.Context(), f.john))(f.T)
		if c.Wakes != 660 || c.Rests != 1050 || !slices.Equal(c.RestDays, []time.Weekday{time.Tuesday}) || !slices.Equal(c.Stopped, []conversations.Matter{"leads"}) ||
			!c.Detail || c.LeadsAWeek != 2 || c.PausedUntil.Format(time.DateTime) != "2026-11-30 23:59:00" {
			f.Errorf("the settings are %+v", c)
		}
		f.has(page, `value="11:00"`, `value="2026-11-30"`, `value="2" checked`, `value="leads" checked`)
		f.done(page+"/settings", url.Values{"wakes": {"11:00"}, "rests": {"17:30"}, "wording": {"guarded"}, "leads": {"2"}}, "settings")
		if c = must(f.store.Client(f.Context(), f.john))(f.T); len(c.RestDays)+len(c.Stopped) > 0 || !c.Guarded || c.Detail || c.PausedUntil.After(f.clock()) {
			f.Errorf("taken back: %+v", c)
		}
		status, body, _ := f.post(page+"/settings", url.Values{"wakes": {"18:00"}, "rests": {"17:30"}, "wording": {"plain"}, "leads": {"2"}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "must be later in the day") || !strings.Contains(body, `value="18:00"`) {
			f.Errorf("no time left: %d; what was typed must stay", status)
		}

		f.done(page+"/wishes", url.Values{
			"below": {"16"}, "not_before": {"11:00"}, "not_at": {"evenings"}, "areas": {"NG9, NG7"}, "trait-routine": {"likes"}, "trait-till": {"avoids"},
		}, "wishes")
		w := must(f.store.Wishes(f.Context(), f.john))(f.T).Counts
		if w.Below != 16 || w.NotBefore != 660 || !slices.Equal(w.Areas, []string{"NG9", "NG7"}) || !slices.Equal(w.Avoids, []conversations.Trait{"till"}) {
			f.Errorf("the wishes are %+v", w)
		}
		f.done(page+"/employers", url.Values{"employer": {"Beeston Computers"}, "contact": {"maybe"}}, "employer")
		f.done(page+"/fallback", url.Values{"name": {"Ann Example"}, "relation": {"my sister"}, "phone": {"07700 900555"}, "tell": {"reaching"}}, "fallback")
		f.has(page, "Beeston Computers", "maybe, which is a no", "Ann Example", "that we would like to hear from the client")
		contacts := must(f.store.FallbackContacts(f.Context(), f.john))(f.T)[f.john]
		f.done(page+"/fallback/"+contacts[0].ID+"/remove", nil, "fallback_gone")

		f.done(page+"/check-ins", url.Values{"kind": {"week"}, "rhythm": {"week"}, "day": {"5"}, "at": {"14:00"}}, "check_in")
		series := must(f.store.CheckIns(f.Context(), f.john))(f.T)[0]
		f.has(page, "Next on Friday 27 November, 14:00")
		f.done(page+"/check-ins/"+string(series.ID)+"/rhythm", url.Values{"rhythm": {"month"}, "month_day": {"25"}}, "check_in")
		f.done(page+"/check-ins/"+string(series.ID)+"/end", nil, "check_in_ended")

		f.done(page+"/stage", url.Values{"stage": {"accepted"}, "on": {"2026-11-20"}}, "stage")
		f.done(page+"/milestones", url.Values{"milestone": {"employer_contact"}, "on": {"2026-11-21"}}, "milestone")
		f.has(page, "Accepted", "an employer was spoken to: 21 November")
		if status, _, _ := f.post(page+"/milestones", url.Values{"milestone": {"job_start"}, "on": {"2026-12-21"}}); status != http.StatusUnprocessableEntity {
			f.Errorf("a day ahead: %d", status)
		}
		f.done(page+"/mobile", url.Values{"mobile": {"07700 900188"}}, "mobile")
		f.has(page, "447700900188")
		if status, body, _ := f.post(page+"/mobile", url.Values{"mobile": {"07700 900125"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "another open record") {
			f.Errorf("Megan's number: %d", status)
		}
		if status, _, _ := f.post(page+"/stage", url.Values{"stage": {"exited"}}); status != http.StatusUnprocessableEntity {
			f.Errorf("they left without certainty: %d", status)
		}
		for _, word := range []string{"river", "Beeston", "900555", "900188", "sister"} {
			if strings.Contains(f.log.String(), word) {
				f.Errorf("the log holds %q", word)
			}
		}
		f.as(signin.Auditor, "")
		if body := f.has(page, "No phone calls."); strings.Contains(body, "<form") {
			f.Error("who may change nothing is offered a form")
		}
	})
}
