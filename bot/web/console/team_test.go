package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// TestTheTeamLooksAfterEverybody: who is away and who stands in, what waits on
// every caseload, and a hand-over with its preview.
func TestTheTeamLooksAfterEverybody(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.text("+447700900125", "alla i ofyn rhywbeth")
		f.now.Add(time.Hour.Milliseconds())
		f.text(johns, "what should i wear")
		f.as(signin.Lead, "")
		body := f.has("/team", "Clients: 1", "Unanswered texts: 1", "Megan Example", "John Example", "Nobody is away")
		if strings.Index(body, "Megan Example") > strings.Index(body, "John Example") {
			f.Error("who has waited longest is not first")
		}
		f.has("/team/waiting", "Megan Example", "Priya", "1 hour")

		// An absence: what is wrong stands beside its field, with what was typed.
		form := url.Values{"specialist": {string(f.sam)}, "cover": {string(f.sam)}, "from": {"2026-11-23"}, "until": {"2026-11-27"}}
		status, body, _ := f.post("/team/absences", form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="w-cover"`) || !strings.Contains(body, `value="2026-11-27"`) {
			f.Fatalf("a cover of one's own was taken: %d", status)
		}
		form.Set("cover", string(f.priya))
		f.done("/team/absences", form, "team_absence")
		f.has("/team", "Away; Priya covers", "Monday 23 November – Friday 27 November", "away now")
		all := must(f.store.Absences(f.Context(), f.sam))(f.T)
		page := "/team/absences/" + string(all[0].ID)
		f.text(johns, "and is there a bus")
		f.has(page, "John Example", "Texts: 2", "Still open: 2")
		form.Set("until", "2026-11-30")
		f.done(page, form, "team_absence")
		f.done(page+"/end", nil, "team_back")
		f.has(page, "over")

		// A caseload: nobody is handed over, and nobody told, before somebody says so.
		preview := "/team/hand-over?from=" + string(f.sam) + "&to=" + string(f.priya)
		f.has(preview, "John Example", "Priya works with you from now on, instead of Sam", "Tell them now")
		if c := must(f.store.Client(f.Context(), f.john))(f.T); c.Specialist != f.sam {
			f.Error("looking at it hands over")
		}
		hand := url.Values{"from": {string(f.sam)}, "to": {string(f.sam)}, "client": {string(f.john)}}
		if status, _, _ := f.post("/team/hand-over", hand); status != http.StatusUnprocessableEntity {
			f.Errorf("handed to whom they are with: %d", status)
		}
		hand.Set("to", string(f.priya))
		hand.Set("tell", "1")
		f.done("/team/hand-over", hand, "team_handed")
		if c := must(f.store.Client(f.Context(), f.john))(f.T); c.Specialist != f.priya {
			f.Error("John is not Priya's")
		}
		f.has("/clients/"+string(f.john), "Priya works with you from now on, instead of Sam")

		// One client, by the specialist, who then does not see them any more.
		f.as(signin.Specialist, f.priya)
		one := "/clients/" + string(f.john) + "/hand-over"
		f.has("/clients/"+string(f.john), one)
		f.has(one+"?to="+string(f.sam), "John Example", "Hand over to Sam")
		f.done(one, url.Values{"to": {string(f.sam)}}, "team_handed")
		if status, _, _ := f.get("/clients/" + string(f.john)); status != http.StatusNotFound {
			f.Errorf("Priya still sees John: %d", status)
		}
	})
}

// TestATextFromAnUnknownNumber is given to the client whose it is, or closed.
func TestATextFromAnUnknownNumber(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.text("+447700900555", "hiya its john got a new phone")
		f.text("+447700900556", "wrong number sorry")
		f.as(signin.Lead, "")
		f.has("/team", "Unknown numbers that wait for somebody to look: 2")
		f.has("/team/unknown", "447700900555", "447700900556")
		list, _, err := f.store.Strangers(f.Context(), store.Page{})
		if err != nil || len(list) != 2 {
			f.Fatalf("%d unknown senders: %v", len(list), err)
		}
		at := map[string]string{}
		for _, s := range list {
			at[s.From.Value] = "/team/unknown/" + url.PathEscape(s.Peer)
		}
		page := at["+447700900555"]
		f.has(page+"?q=john", "hiya its john got a new phone", "John Example")
		f.has(page+"?client="+string(f.john), "This is John Example", "does not carry over")
		f.done(page+"/client", url.Values{"client": {string(f.john)}}, "team_number")
		reach := must(f.store.Reach(f.Context(), f.john))(f.T)
		if reach[0].Address != "+447700900555" || reach[0].Agreement != conversations.AgreementNone {
			f.Errorf("John has %s with the agreement %q", reach[0].Address, reach[0].Agreement)
		}
		f.done(at["+447700900556"]+"/close", nil, "team_closed")
		if body := f.has("/team"); strings.Contains(body, "Unknown numbers that wait") {
			f.Error("an unknown number still waits")
		}
		// The number of another open client is refused, beside the field.
		f.text("+447700900557", "x")
		f.as(signin.Specialist, f.sam)
		for _, path := range []string{"/team/unknown", page, "/team/waiting", "/team/hand-over"} {
			if status, _, _ := f.get(path); status != http.StatusForbidden {
				f.Errorf("%s: a specialist gets %d", path, status)
			}
		}
	})
}

// TestASpecialistsOwnTeamPage shows no more than their own absences, and those
// of whom they cover; nobody else's can be written down or read.
func TestASpecialistsOwnTeamPage(t *testing.T) {
	t.Parallel()
	f := once(t)
	if body := f.has("/team", "No absence of yours"); strings.Contains(body, "Caseloads") {
		f.Error("a specialist sees the caseloads of others")
	}
	days := url.Values{"from": {"2026-11-24"}, "until": {"2026-11-25"}, "cover": {string(f.priya)}, "specialist": {string(f.priya)}}
	f.done("/team/absences", days, "team_absence")
	if all := must(f.store.Absences(f.Context(), f.sam))(f.T); len(all) != 1 {
		f.Fatalf("%d absences of Sam's", len(all))
	}
	hers := must(f.store.SetAbsence(f.Context(), store.Absence{
		Specialist: f.priya, Cover: f.sam, From: theDay.AddDate(0, 0, 7), Until: theDay.AddDate(0, 0, 9),
	}, f.priya, theDay))(f.T)
	page := "/team/absences/" + string(hers.ID)
	f.has("/team", "Priya")
	if status, _, _ := f.post(page+"/end", nil); status != http.StatusForbidden {
		f.Errorf("Sam ends Priya's absence: %d", status)
	}
	f.as(signin.Auditor, "")
	f.has("/team", "Caseloads")
	if status, _, _ := f.post("/team/absences", days); status != http.StatusForbidden {
		f.Errorf("an auditor writes down an absence: %d", status)
	}
	f.as(signin.Administrator, "")
	if status, _, _ := f.get("/team"); status != http.StatusForbidden {
		f.Errorf("an administrator reads the team's page: %d", status)
	}
	f.as(signin.Specialist, f.sam)
	f.has("/times", "No free times")
	f.done("/times", url.Values{"date": {"2026-11-27"}, "clock": {"15:00"}, "weeks": {"2"}}, "team_times")
	f.has("/times", "Friday 27 November", "Friday 4 December", "15:00")
	times := must(f.store.FreeTimes(f.Context(), f.sam, theDay))(f.T)
	f.done("/times/remove", url.Values{"at": {strconv.FormatInt(times[0].UnixMilli(), 10)}}, "team_times")
	if left := must(f.store.FreeTimes(f.Context(), f.sam, theDay))(f.T); len(left) != 1 || !left[0].Equal(times[1]) {
		f.Errorf("%v are left of %v", left, times)
	}
	if status, body, _ := f.post("/times", url.Values{"date": {"2026-11-20"}, "clock": {"15:00"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="w-date"`) {
		f.Errorf("a time that is past was taken: %d", status)
	}
	if strings.Contains(f.log.String(), "0900") {
		f.Error("a number is in the log")
	}
}
