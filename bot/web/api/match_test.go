package api_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/locales"
	"alongside/store/storetest"
)

type matchView struct {
	Client, Lead, Title string
	FullName            string `json:"full_name"`
	Fits                bool
	Reasons             []struct{ Side, Aspect, Words, Value, Duty string }
	Offer               *struct{ Status string }
	Now                 struct {
		Goes, Reason, Means string
		At                  *time.Time
	}
	EmployerContact string `json:"employer_contact"`
	EmployerWords   string `json:"employer_words"`
}

// on lists the words of the reasons on one side.
func (m matchView) on(side string) (words []string) {
	for _, r := range m.Reasons {
		if r.Side == side {
			words = append(words, r.Words)
		}
	}
	return words
}

// realLexicons are loaded once: it takes a while.
var realLexicons = sync.OnceValues(func() (*understand.Lexicons, error) { return locales.Lexicons() })

// johnsWishes are the preferences of the example referral, as its list of 40 jobs has them.
var johnsWishes = map[string]any{
	"below": 16, "not_before": "11:00", "not_at": []string{"evenings", "nights", "shifts"}, "areas": []string{"NG9", "NG7"},
	"avoids": []string{"public", "lifting", "till"},
}

// forty adds the 40 jobs as leads, and returns what was said of each for John.
func (f *fixture) forty(sam string) (said map[string]string) {
	f.Helper()
	file, err := os.Open("../../../conversations/testdata/leads/forty.psv")
	must(f.T, err)
	defer func() { _ = file.Close() }()
	said = map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		col := strings.Split(lines.Text(), "|")
		if col[0] == "title" {
			continue
		}
		hours, _ := strconv.Atoi(col[1])
		job := map[string]any{"employer": "Beeston Computers"}
		put := func(name, words string) {
			if words != "" {
				job[name] = words
			}
		}
		put("starts", col[2])
		put("district", col[4])
		for name, words := range map[string]string{"times": col[3], "traits": col[5]} {
			if words != "" {
				job[name] = strings.Fields(words)
			}
		}
		var duties []any
		for d := range strings.SplitSeq(col[6], ";") {
			text, traits, _ := strings.Cut(d, ":")
			duties = append(duties, map[string]any{"text": text, "traits": strings.Fields(traits)})
		}
		job["duties"] = duties
		f.lead(map[string]any{"title": col[0], "hours": hours, "job": job, "by": sam})
		said[col[0]] = col[7]
	}
	return said
}

func (f *fixture) lead(body map[string]any) string {
	f.Helper()
	f.advance(time.Millisecond)
	var m made
	f.do("POST", "/api/v1/leads", body).is(201, &m)
	return m.ID
}

func (f *fixture) matches(client string) (list []matchView, of map[string]matchView) {
	f.Helper()
	var p page[matchView]
	f.do("GET", "/api/v1/clients/"+client+"/matches", nil).is(200, &p)
	of = map[string]matchView{}
	for _, m := range p.Items {
		of[m.Title] = m
	}
	return p.Items, of
}

type resultView struct {
	Client, Result, Offer, Reason, Means string
	At                                   *time.Time
}

func (f *fixture) offersTo(lead, by string, clients ...string) []resultView {
	f.Helper()
	var p page[resultView]
	f.do("POST", "/api/v1/leads/"+lead+"/offers", map[string]any{"clients": clients, "by": by}).is(200, &p)
	return p.Items
}

func onEachReading(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		lexicons, err := realLexicons()
		must(t, err)
		test(newFixtureReading(t, db, "ips", lexicons))
	})
}

// Of 40 jobs John is shown as fitting only those under 16 hours, not facing the
// public, not at night and within reach, and each says why. "Not for me, too
// many people" changes what comes next, and is gone when it is put right.
func TestJohnsLeads(t *testing.T) {
	t.Parallel()
	onEachReading(t, func(f *fixture) {
		sam := f.sam()
		john := f.detailed(sam, 123)
		wishes := "/api/v1/clients/" + john + "/wishes"
		body := map[string]any{"by": sam}
		for k, v := range johnsWishes {
			body[k] = v
		}
		f.do("PUT", wishes, body).is(200)
		said := f.forty(sam)
		list, of := f.matches(john)
		if len(list) != 40 || len(of) != 40 {
			t.Fatalf("%d leads", len(list))
		}
		fitting := 0
		for i, m := range list {
			if m.Fits && i > 0 && !list[i-1].Fits {
				t.Errorf("%s fits and comes late", m.Title)
			}
			if m.Fits {
				fitting++
				if len(m.on("for")) == 0 || m.Now.Goes != "now" {
					t.Errorf("%s fits and does not say why: %+v", m.Title, m)
				}
			}
			var values []string
			for _, r := range m.Reasons {
				if len(r.Words) < 8 {
					t.Errorf("%s says %q", m.Title, r.Words)
				}
				if r.Side == "against" {
					values = append(values, r.Aspect, r.Value)
				}
			}
			switch what := said[m.Title]; what {
			case "fits":
				if !m.Fits || len(m.on("ask")) > 0 {
					t.Errorf("%s should fit: %+v", m.Title, m.Reasons)
				}
			case "ask", "unknown":
				if !m.Fits || len(m.on("ask")) == 0 {
					t.Errorf("%s should be asked about: %+v", m.Title, m.Reasons)
				}
			default:
				if m.Fits || !slices.Contains(values, what) {
					t.Errorf("%s: %s should speak against it: %+v", m.Title, what, m.Reasons)
				}
			}
		}
		if fitting < 15 || fitting > 25 {
			t.Errorf("%d fit", fitting)
		}
		if got := of["Data entry at a charity"].on("for"); !slices.Contains(got, "13 hours a week: within their under 16") {
			t.Errorf("data entry: %q", got)
		}
		if got := of["Cinema usher"].on("against"); !slices.Contains(got, "evenings: does not want evenings") {
			t.Errorf("cinema: %q", got)
		}

		busy := func(title string) string {
			return f.lead(map[string]any{"title": title, "hours": 10, "job": map[string]any{
				"starts": "12:00", "times": []string{"afternoons"}, "district": "NG9", "traits": []string{"crowds"},
			}})
		}
		repairs := busy("Open workshop")
		busy("Open garden")
		if _, of = f.matches(john); !of["Open workshop"].Fits || !of["Open garden"].Fits {
			t.Fatalf("before: %+v", of["Open workshop"])
		}
		if r := f.offersTo(repairs, sam, john); len(r) != 1 || r[0].Result != "offered" || r[0].Offer == "" {
			t.Fatalf("offered: %+v", r)
		}
		f.welcomed(john)
		f.advance(time.Minute)
		f.texts("+447700900123", "SM1", "not for me, too many people")
		_, of = f.matches(john)
		if of["Open garden"].Fits || !slices.Contains(of["Open garden"].on("against"), "many people about: they do not want that") {
			t.Errorf("after: %+v", of["Open garden"])
		}
		if o := of["Open workshop"].Offer; o == nil || o.Status != "not_interested" {
			t.Errorf("the offer: %+v", o)
		}
		var w struct {
			Counts, Written struct{ Avoids []string }
			Answers         []struct{ Preference, Text, Title, Message string }
		}
		f.do("GET", wishes, nil).is(200, &w)
		if len(w.Answers) != 1 || w.Answers[0].Preference != "fewer_people" || w.Answers[0].Text != "not for me, too many people" || w.Answers[0].Title != "Open workshop" ||
			len(w.Written.Avoids) != 3 || !slices.Contains(w.Counts.Avoids, "crowds") {
			t.Fatalf("wishes: %+v", w)
		}
		// Sam finds that it was read wrongly.
		f.do("POST", "/api/v1/clients/"+john+"/messages/"+w.Answers[0].Message+"/correction", map[string]any{"intent": "interested", "by": sam}).is(200)
		if _, of = f.matches(john); !of["Open garden"].Fits {
			t.Errorf("put right: %+v", of["Open garden"])
		}
	})
}

// One call, several clients: each has a result of their own, with the reason
// why not or why later; the number a week that is wished for holds.
func TestALeadIsOfferedToSeveral(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := newFixtureFor(t, db, "wethrive")
		sam := f.sam()
		n := 500
		someone := func(set map[string]any) string {
			f.Helper()
			n++
			id := f.agreed(sam, n)
			if set != nil {
				f.do("PATCH", "/api/v1/clients/"+id+"/settings", set).is(200)
			}
			f.welcomed(id)
			return id
		}
		john := someone(map[string]any{"detail": true})
		paused := someone(map[string]any{"paused_until": "2026-12-07T09:00:00Z"})
		stopped := someone(map[string]any{"stop": []string{"leads"}})
		held, away, waiting, left := someone(nil), someone(nil), someone(nil), someone(nil)
		f.do("POST", "/api/v1/clients/"+held+"/hold", map[string]any{"by": sam}).is(200)
		f.do("PUT", "/api/v1/clients/"+away+"/circumstance", map[string]any{"circumstance": "in_hospital", "by": sam}).is(200)
		f.do("PUT", "/api/v1/clients/"+waiting+"/stage", map[string]any{"stage": "waiting", "by": sam}).is(200)
		f.do("POST", "/api/v1/clients/"+left+"/close", nil).is(200)
		silent := f.john(sam, 590)
		first := f.lead(map[string]any{"title": "PC repair assistant", "hours": 12})
		second := f.lead(map[string]any{"title": "Archive assistant", "hours": 10})

		var p page[matchView]
		f.do("GET", "/api/v1/leads/"+first+"/matches?specialist="+sam, nil).is(200, &p)
		if len(p.Items) != 7 {
			t.Errorf("%d matches: whoever left is not among them", len(p.Items))
		}
		got := map[string]string{}
		for _, r := range f.offersTo(first, sam, john, paused, stopped, held, away, waiting, left, silent, "nobody", john) {
			got[r.Client] = strings.TrimSuffix(r.Result+" "+r.Reason, " ")
			if r.Result == "not" && (r.Offer != "" || len(r.Means) < 15) {
				t.Errorf("%+v", r)
			}
			for _, m := range p.Items {
				if m.Client == r.Client && m.Now.Reason != r.Reason {
					t.Errorf("shown before as %+v, done as %+v", m.Now, r)
				}
			}
		}
		want := map[string]string{
			john: "offered", paused: "not paused", stopped: "not kind_stopped", held: "not hold", away: "not in_hospital", waiting: "not stage",
			left: "not closed", silent: "not not_agreed", "nobody": "not no_client",
		}
		for id, w := range want {
			if got[id] != w {
				t.Errorf("got %q, want %q", got[id], w)
			}
		}
		if r := f.offersTo(first, sam, john); r[0].Result != "not" || r[0].Reason != "offered_before" {
			t.Errorf("again: %+v", r)
		}
		// One a week: the second waits until a week after the first.
		f.welcomed(john)
		f.advance(3 * time.Hour)
		r := f.offersTo(second, sam, john)
		if r[0].Result != "later" || r[0].Reason != "budget" || r[0].At == nil || r[0].At.Before(theDay.AddDate(0, 0, 6)) {
			t.Fatalf("the second: %+v", r)
		}
		thread := f.conversationOf(john)
		found := false
		for _, m := range thread.Messages {
			raw, err := json.Marshal(m)
			must(t, err)
			if strings.Contains(string(raw), "Archive assistant") {
				found = true
				if !strings.Contains(string(raw), "budget") {
					t.Errorf("it went: %s", raw)
				}
			}
		}
		if !found {
			t.Error("the second is not in the outbox")
		}
		f.do("PATCH", "/api/v1/leads/"+first, map[string]any{"filled": true}).is(200)
		f.do("POST", "/api/v1/leads/"+first+"/offers", map[string]any{"clients": []string{silent}, "by": sam}).refuses(409, "filled")
	})
}

// Whatever one client said or was offered stands on no route of another, and in
// no text to them.
func TestNothingAboutOneClientIsVisibleToAnother(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.detailed(sam, 521)
		var ann made
		f.do("POST", "/api/v1/clients", map[string]any{
			"specialist": sam, "stage": "active", "full_name": "Markername Other", "name": "Markerann", "mobile": "07700 900522",
		}).is(201, &ann)
		f.do("POST", "/api/v1/clients/"+ann.ID+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}).is(200)
		f.welcomed(ann.ID)
		f.do("PUT", "/api/v1/clients/"+ann.ID+"/wishes", map[string]any{"areas": []string{"Markerdistrict"}, "below": 9, "by": sam}).is(200)
		f.do("PUT", "/api/v1/clients/"+ann.ID+"/employer-contacts", map[string]any{
			"employer": "Beeston Computers", "contact": "yes", "words": "Markerwords", "by": sam,
		}).is(200)
		f.advance(time.Second) // They are listed in the order of their time.
		f.do("PUT", "/api/v1/clients/"+ann.ID+"/employer-contacts", map[string]any{"employer": "Markeremployer", "contact": "maybe", "by": sam}).is(200)
		l := f.lead(map[string]any{"title": "PC repair assistant", "hours": 12, "job": map[string]any{"employer": "beeston computers"}})
		if r := f.offersTo(l, sam, ann.ID, john); r[0].Result != "offered" || r[1].Result != "offered" {
			t.Fatalf("offered: %+v", r)
		}
		f.texts("+447700900522", "SM9", "markertext 3")
		routes := 0
		for _, pattern := range f.api.Patterns() {
			method, path := route(strings.ReplaceAll(pattern, "{client}", john))
			if method != "GET" || !strings.Contains(pattern, "{client}") {
				continue
			}
			routes++
			a := f.do(method, path, nil)
			for _, secret := range []string{"arkername", "arkerann", "arkerdistrict", "arkerwords", "arkeremployer", "arkertext", "900522", ann.ID} {
				if strings.Contains(string(a.body), secret) {
					t.Errorf("%s shows %q", pattern, secret)
				}
			}
		}
		if routes < 10 {
			t.Errorf("only %d routes", routes)
		}
		// What may be said differs between the two, and maybe is no.
		var p page[matchView]
		f.do("GET", "/api/v1/leads/"+l+"/matches", nil).is(200, &p)
		for _, m := range p.Items {
			if of, words := "no", ""; m.Client == ann.ID {
				if of, words = "yes", "Markerwords"; m.EmployerContact != of || m.EmployerWords != words {
					t.Errorf("%+v", m)
				}
			} else if m.EmployerContact != of || m.EmployerWords != words {
				t.Errorf("%+v", m)
			}
		}
		var offers page[struct {
			EmployerContact string `json:"employer_contact"`
		}]
		f.do("GET", "/api/v1/clients/"+ann.ID+"/offers", nil).is(200, &offers)
		if len(offers.Items) != 1 || offers.Items[0].EmployerContact != "yes" {
			t.Errorf("offers: %+v", offers)
		}
		var said page[struct {
			Employer, Contact, On string
			Permitted             bool
		}]
		f.do("GET", "/api/v1/clients/"+ann.ID+"/employer-contacts", nil).is(200, &said)
		if len(said.Items) != 2 || said.Items[1].Contact != "maybe" || said.Items[1].Permitted || said.Items[1].On != "2026-11-23" {
			t.Errorf("said: %+v", said)
		}
	})
}

// That a lead closes soon is told at once only where its last two working days
// have come; before that a job has it.
func TestALeadThatClosesSoon(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.detailed(sam, 531)
		l := f.lead(map[string]any{"title": "PC repair assistant", "hours": 12})
		f.offersTo(l, sam, john)
		f.took()
		f.do("PATCH", "/api/v1/leads/"+l, map[string]any{"closes": "2026-12-04T17:00:00Z"}).is(200)
		f.do("PATCH", "/api/v1/leads/"+l, map[string]any{"hours": 13, "job": map[string]any{"place": "the workshop"}}).is(200)
		if events := f.took(); len(events) != 0 {
			t.Errorf("told early: %v", kinds(events))
		}
		jobs, err := f.store.NextJobs(f.Context(), 100)
		must(t, err)
		found := false
		for _, j := range jobs {
			if j.Kind == "lead_closing" {
				found = true
				// The Wednesday before the Friday, at ten.
				if want := time.Date(2026, time.December, 2, 10, 0, 0, 0, time.UTC); !j.ScheduledAt.Equal(want) {
					t.Errorf("at %s", j.ScheduledAt)
				}
			}
		}
		if !found {
			t.Error("no job says so")
		}
		f.do("PATCH", "/api/v1/leads/"+l, map[string]any{"closes": "2026-11-24T17:00:00Z"}).is(200)
		if events := f.took(); len(events) != 1 || events[0].Kind != conversations.EventLeadChanged {
			t.Errorf("told: %v", kinds(events))
		}
	})
}
