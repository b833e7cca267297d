package console_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/templates"
)

// TestARecordBecomesAFigure writes down what six clients' year held, as Sam does,
// and finds it again; nothing of another caseload is in it.
func TestARecordBecomesAFigure(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		record := "/clients/" + string(f.john) + "/record"
		f.has("/clients/"+string(f.john), `href="`+record+`"`)
		f.done(record+"/contact", url.Values{"with": {"client"}, "mechanism": {"telephone"}, "date": {"2026-11-20"}, "clock": {"10:30"}}, "recorded")
		f.done(record+"/contact", url.Values{"with": {"employer"}, "mechanism": {"face_to_face"}, "date": {"2026-11-21"}, "clock": {"10:30"}}, "recorded")
		f.done(record+"/referral", url.Values{"source": {"gp"}, "date": {"2026-11-02"}}, "recorded")
		f.done(record+"/referral", url.Values{"source": {"self"}, "date": {"2026-11-02"}}, "recorded") // Put right: still one.
		f.done(record+"/job", url.Values{"work": {"paid"}, "way": {"new"}, "type": {"repair"}, "title": {"PC repair"}, "hours": {"12"}, "date": {"2026-11-10"}}, "recorded")
		page := f.has(record, "With an employer", "PC repair", "12 hours a week", "Themselves", "20 November")
		if n := strings.Count(page, "2 November 2026: "); n != 1 {
			t.Errorf("%d referrals", n)
		}
		var reached []conversations.Milestone
		for _, m := range must(f.store.Milestones(f.Context(), f.john))(t) {
			reached = append(reached, m.Milestone)
		}
		if !slices.Equal(reached, []conversations.Milestone{conversations.MilestoneReferred, conversations.MilestoneJobStart, conversations.MilestoneEmployer}) {
			t.Errorf("reached %v", reached)
		}
		jobs := must(f.store.Jobs(f.Context(), f.john))(t)
		f.done(record+"/job/"+jobs[0].ID+"/end", url.Values{"date": {"2026-11-20"}}, "recorded")
		contacts := must(f.store.Contacts(f.Context(), f.john, ""))(t)
		f.done(record+"/contact/"+contacts[1].ID+"/back", nil, "taken_back")
		f.done("/record/contact", url.Values{"mechanism": {"video"}, "date": {"2026-11-20"}, "clock": {"10:30"}}, "recorded")
		f.has("/record", "With an employer: Video")

		// A single person is not shown, six are.
		f.has("/figures", "Themselves", `<abbr title="not shown: a small number">*</abbr>`)
		for range 6 {
			f.now.Add(int64(time.Second / time.Millisecond))
			f.done(record+"/contact", url.Values{"with": {"client"}, "mechanism": {"video"}, "date": {"2026-11-19"}, "clock": {"10:30"}}, "recorded")
		}
		if got := f.file("/figures/contacts.csv"); !slices.Contains(got, "2026-11,0,0,6,6") || !slices.Contains(got, "2026-12,,,,") {
			t.Errorf("contacts: %q", got)
		}
		f.has("/figures", `<td>6</td>`, `href="/figures/contacts.csv?period=2026"`, "<svg")
		f.as(signin.Specialist, f.priya)
		if got := f.file("/figures/contacts.csv"); slices.Contains(got, "2026-11,0,0,6,6") {
			t.Error("Priya counts Sam's contacts")
		}
		f.as(signin.Lead, "")
		if got := f.file("/figures/contacts.csv?period=2026-11&of=" + string(f.sam)); !slices.Equal(got, []string{"Direct contacts with clients,Face to face,Telephone,Video,Together", "2026-11,0,0,6,6", "Together,0,0,6,6"}) {
			t.Errorf("November: %q", got)
		}
		if log := f.log.String(); strings.Contains(log, "PC repair") || strings.Contains(log, "John") {
			t.Errorf("personal data in the log:\n%s", log)
		}
	})
}

// file reads a CSV file as lines, checked by its reader.
func (f *fixture) file(path string) (lines []string) {
	f.Helper()
	status, body, h := f.get(path)
	if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || !strings.HasSuffix(body, "\r\n") {
		f.Fatalf("%s: %d %v", path, status, h)
	}
	for _, r := range must(csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll())(f.T) {
		lines = append(lines, strings.Join(r, ","))
	}
	return lines
}

func TestWhoSeesWhichFigures(t *testing.T) {
	t.Parallel()
	f := once(t)
	for name, row := range map[string]struct {
		role   signin.Role
		of     conversations.SpecialistID
		path   string
		status int
	}{
		"own":                     {signin.Specialist, f.sam, "/figures", 200},
		"own_by_name":             {signin.Specialist, f.sam, "/figures?of=" + string(f.sam), 200},
		"another_caseload":        {signin.Specialist, f.sam, "/figures?of=" + string(f.priya), 404},
		"another_caseloads_file":  {signin.Specialist, f.sam, "/figures/contacts.csv?of=" + string(f.priya), 404},
		"the_lead_sees_all":       {signin.Lead, "", "/figures", 200},
		"what_clients_think_lead": {signin.Lead, "", "/figures/feedback.csv", 200},
		"what_clients_think":      {signin.Specialist, f.sam, "/figures/feedback.csv", 404},
		"no_such_file":            {signin.Lead, "", "/figures/names.csv", 404},
		"a_period_that_is_none":   {signin.Lead, "", "/figures?period=%3Cscript%3E", 200},
		"duty":                    {signin.Duty, "", "/figures", 403},
		"administrator":           {signin.Administrator, "", "/figures", 403},
		"auditor":                 {signin.Auditor, "", "/figures", 200},
		"no_caseload_no_record":   {signin.Lead, "", "/record", 403},
		"record_of_anothers":      {signin.Specialist, f.sam, "/clients/" + string(f.megan) + "/record", 404},
	} {
		f.as(row.role, row.of)
		if status, _, _ := f.get(row.path); status != row.status {
			t.Errorf("%s: %d, want %d", name, status, row.status)
		}
	}
	f.as(signin.Auditor, "")
	if status, _, _ := f.post("/clients/"+string(f.john)+"/record/job", url.Values{"date": {"2026-11-20"}}); status != http.StatusForbidden {
		t.Errorf("an auditor records: %d", status)
	}
	f.as(signin.Specialist, f.sam)
	for path, form := range map[string]url.Values{
		"/contact":  {"with": {"client"}, "mechanism": {"text"}, "date": {"2026-11-20"}, "clock": {"10:30"}},
		"/referral": {"source": {"gp"}, "date": {"2027-11-20"}},
		"/job":      {"work": {"paid"}, "way": {"new"}, "type": {"repair"}, "hours": {"many"}, "title": {"kept as typed"}, "date": {"2026-11-20"}},
	} {
		status, body, _ := f.post("/clients/"+string(f.john)+"/record"+path, form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `class="fault"`) || form.Has("title") && !strings.Contains(body, "kept as typed") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestEveryFigureHasWords fails where a name of the program would stand on the page.
func TestEveryFigureHasWords(t *testing.T) {
	t.Parallel()
	words := must(templates.LoadPageWords())(t)
	zone := time.UTC
	period, _ := figures.ParsePeriod("2026", zone)
	for _, pathway := range []string{"ips", "wethrive", "nottingham", "camden", "cpft"} {
		for _, fig := range figures.Of(figures.Counted{HasFeedback: true}, period, must(templates.Pathway(pathway))(t), theDay) {
			need(t, words, "figure", []string{fig.Name})
			need(t, words, "defines", []string{fig.Name})
			need(t, words, "column", fig.Columns)
			for _, r := range fig.Rows {
				if r.Month.IsZero() {
					need(t, words, "line", []string{r.Name})
				}
			}
			for _, n := range fig.Notes {
				if !words.Has("figures." + n.Name) {
					t.Errorf("no words for the note %s", n.Name)
				}
			}
		}
	}
	need(t, words, "line", figures.Sources)
	need(t, words, "line", figures.JobTypes)
	need(t, words, "work", figures.Works)
	need(t, words, "way", figures.Ways)
	need(t, words, "party", figures.Parties)
	need(t, words, "column", conversations.Mechanisms)
}
