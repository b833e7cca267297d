package api_test

import (
	"strings"
	"testing"
)

// What is recorded over HTTP is counted over HTTP: as JSON and as CSV, one caseload
// or all, and small numbers not at all.
func TestRecordsAndFigures(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := "/api/v1/clients/" + f.agreed(sam, 651)
		f.secret("PC repair")
		for _, at := range []string{"09", "10", "11", "12", "13", "14"} {
			f.do("POST", john+"/contacts", map[string]any{"mechanism": "telephone", "at": "2026-11-20T" + at + ":00:00Z", "by": sam}).is(200)
		}
		var contacts page[struct{ ID, With, Mechanism string }]
		f.do("POST", john+"/contacts", map[string]any{"with": "employer", "mechanism": "video", "at": "2026-11-20T15:00:00Z", "by": sam}).is(200, &contacts)
		if len(contacts.Items) != 7 || contacts.Items[0].With != "employer" {
			f.Errorf("contacts: %+v", contacts)
		}
		f.do("POST", "/api/v1/specialists/"+sam+"/contacts", map[string]any{"mechanism": "face_to_face", "at": "2026-11-20T15:00:00Z", "by": "lead"}).is(200)
		f.do("POST", john+"/referrals", map[string]any{"source": "gp", "on": "2026-11-02", "by": sam}).is(200)
		var jobs page[struct{ ID, Title, Ended string }]
		f.do("POST", john+"/jobs", map[string]any{"work": "paid", "type": "repair", "title": "PC repair", "hours": 12, "on": "2026-11-10", "by": sam}).is(200, &jobs)
		f.do("POST", john+"/jobs/"+jobs.Items[0].ID+"/end", map[string]any{"on": "2026-11-01", "by": sam}).refuses(422, "past")
		f.do("POST", john+"/jobs/"+jobs.Items[0].ID+"/end", map[string]any{"on": "2026-11-20", "by": sam}).is(200, &jobs)
		var reached page[struct{ Milestone string }]
		f.do("GET", john+"/milestones", nil).is(200, &reached)
		var names []string
		for _, m := range reached.Items {
			names = append(names, m.Milestone)
		}
		if got := strings.Join(names, " "); got != "referred job_start job_end employer_contact" || jobs.Items[0].Ended == "" {
			f.Errorf("reached %s; jobs %+v", got, jobs)
		}

		type table struct {
			Name string
			Rows []struct {
				Name, Month string
				Cells       []struct {
					Unit  string
					Value *int
				}
			}
		}
		var all struct {
			Period string
			Items  []table
		}
		f.do("GET", "/api/v1/figures", nil).is(200, &all)
		var one table
		f.do("GET", "/api/v1/figures/contacts?period=2026-11&specialist="+sam, nil).is(200, &one)
		if all.Period != "2026" || len(all.Items) < 15 || len(one.Rows) != 2 || *one.Rows[0].Cells[1].Value != 6 {
			f.Errorf("%s: %d figures; %+v", all.Period, len(all.Items), one)
		}
		var sources table
		f.do("GET", "/api/v1/figures/sources", nil).is(200, &sources)
		if c := sources.Rows[0].Cells[0]; c.Unit != "hidden" || c.Value != nil {
			f.Errorf("one person is shown: %+v", c)
		}
		for of, want := range map[string]string{sam: "2026-11,0,6,0,6\r\n", f.sam(): "2026-11,0,0,0,0\r\n"} {
			a := f.do("GET", "/api/v1/figures/contacts/csv?period=2026-11&specialist="+of, nil)
			if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.Contains(string(a.body), want) {
				f.Errorf("%s: %q", a.header.Get("Content-Type"), a.body)
			}
		}
		f.do("GET", "/api/v1/figures/feedback", nil).refuses(404, "not_found")
		f.do("GET", "/api/v1/figures/feedback", nil, "Authorization", "Bearer "+f.newToken("admin")).is(200)
		f.do("GET", "/api/v1/figures?specialist=nobody", nil).refuses(404, "not_found")
	})
}
