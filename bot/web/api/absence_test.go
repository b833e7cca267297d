package api_test

import (
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

type absenceView struct {
	ID, Specialist, Cover string
	From, Until           time.Time
	Holds                 bool
	StandsIn              string `json:"stands_in"`
}

type countedView struct {
	Count int
	IDs   []string
}

// A week in which Sam is away, over HTTP: the cover's lists hold John, John is
// told once who reads, and at the return Sam finds what happened.
func TestAWeekWithACover(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		var maria, noor made
		f.do("POST", "/api/v1/specialists", map[string]any{"name": "Maria"}).is(201, &maria)
		f.do("POST", "/api/v1/specialists", map[string]any{"name": "Noor"}).is(201, &noor)
		john := f.agreed(sam, 1)
		other := f.agreed(noor.ID, 2)
		f.secret("hello there", "Mbeki")

		all := "/api/v1/specialists/" + sam + "/absences"
		week := func(from, until, cover string) map[string]any {
			return map[string]any{"from": from, "until": until, "cover": cover, "by": sam}
		}
		f.do("POST", all, week("2026-11-23", "2026-11-27", sam)).refuses(422, "bad_value")
		f.do("POST", all, week("2026-11-23", "2026-11-27", "nobody")).refuses(422, "not_found")
		f.do("POST", all, week("2026-11-31", "2026-12-07", maria.ID)).refuses(422, "invalid")
		var away absenceView
		f.do("POST", all, week("2026-11-23", "2026-11-27", maria.ID)).is(201, &away)
		if !away.Holds || away.StandsIn != maria.ID || !away.Until.Equal(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("away %+v", away)
		}
		f.do("POST", all, week("2026-11-27", "2026-11-29", maria.ID)).refuses(409, "overlaps")

		says := func(id, text string) string {
			f.Helper()
			f.advance(time.Minute)
			must(f.T, f.turn.Run(f.Context(), conversations.Event{
				Kind: conversations.EventText, ProviderID: id, Text: text, From: conversations.Address{Channel: conversations.SMS, Value: "+447700900001"},
			}))
			var thread threadView
			f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
			var out []string
			for i := len(thread.Messages) - 1; i >= 0 && thread.Messages[i].Direction == "out"; i-- {
				out = append([]string{thread.Messages[i].Text}, out...)
			}
			return strings.Join(out, " | ")
		}
		first := says("SM1", "hello there to the people who read")
		if !strings.HasPrefix(first, "Sam is away until Monday 30 November, so here is who reads your texts and helps you: Maria.") || strings.Count(first, "Maria") < 2 ||
			strings.Count(first, "Sam") != 1 {
			t.Errorf("first: %s", first)
		}
		if again := says("SM2", "hello there again to all who read"); strings.Contains(again, "Sam") || !strings.Contains(again, "Maria") {
			t.Errorf("again: %s", again)
		}

		list := func(what, of string) string {
			f.Helper()
			var p page[flagView]
			f.do("GET", "/api/v1/"+what+"?specialist="+of, nil).is(200, &p)
			var ids []string
			for _, i := range p.Items {
				if id := i.Client + i.ID; what == "flags" {
					ids = append(ids, i.Client)
				} else {
					ids = append(ids, id)
				}
			}
			return strings.Join(ids, " ")
		}
		for _, of := range []string{sam, maria.ID} {
			f.wants(list("clients", of), john)
			f.wants(list("flags", of), john+" "+john)
		}
		f.wants(list("clients", noor.ID), other)

		// Longer, with Noor: told anew. Then Sam is back early: told once more.
		f.do("PUT", "/api/v1/absences/"+away.ID, week("2026-11-23", "2026-12-04", noor.ID)).is(200, &away)
		if longer := says("SM3", "hello there for the third time now"); !strings.Contains(longer, "until Monday 7 December") || !strings.Contains(longer, "Noor") {
			t.Errorf("longer: %s", longer)
		}
		f.wants(list("clients", maria.ID), "")
		f.advance(time.Minute)
		f.do("DELETE", "/api/v1/absences/"+away.ID, nil).is(204)
		f.do("PUT", "/api/v1/absences/"+away.ID, week("2026-11-23", "2026-12-04", noor.ID)).refuses(409, "closed")
		if back := says("SM4", "hello there and one more for the road"); !strings.HasPrefix(back, "Sam is back, so here is the news") || strings.Contains(back, "Noor") {
			t.Errorf("back: %s", back)
		}
		var sum struct {
			Absence absenceView
			Clients []struct {
				Client                             string
				Open                               int
				Texts, Flags, Appointments, Alerts countedView
			}
		}
		f.do("GET", "/api/v1/absences/"+away.ID+"/summary", nil).is(200, &sum)
		if len(sum.Clients) != 1 || sum.Clients[0].Client != john || sum.Clients[0].Texts.Count != 3 || len(sum.Clients[0].Texts.IDs) != 3 || sum.Clients[0].Flags.Count != 3 ||
			sum.Absence.Holds || sum.Clients[0].Alerts.IDs == nil {
			t.Errorf("summary %+v", sum)
		}
		var listed page[absenceView]
		f.do("GET", all, nil).is(200, &listed)
		if len(listed.Items) != 1 || listed.Items[0].ID != away.ID || listed.Items[0].StandsIn != "" {
			t.Errorf("listed %+v", listed)
		}
	})
}

// Nothing is heard of John: his fallback contacts stand with the flag, each with
// what they may be told, and nothing is sent to any of them.
func TestASilenceShowsTheFallbackContacts(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 1)
		f.secret("Ann Price", "900555")
		all := "/api/v1/clients/" + john + "/fallback-contacts"
		ann := map[string]any{
			"name": "Ann Price", "relation": "my sister", "phone": "07700 900555", "tell": []string{"reaching"}, "words": "not about my health", "by": sam,
		}
		type contactView struct {
			ID, Name, Relation, Phone, Words, On, By string
			Tell                                     []string
		}
		var list page[contactView]
		f.do("POST", all, ann).is(200, &list)
		if len(list.Items) != 1 || list.Items[0].Phone != "+447700900555" || list.Items[0].By != sam || list.Items[0].On != "2026-11-23" {
			t.Fatalf("added %+v", list.Items)
		}
		id := list.Items[0].ID
		ann["tell"] = []string{"reaching", "worry"}
		f.do("PUT", all+"/"+id, ann).is(200, &list)
		ann["tell"] = []string{"everything"}
		f.do("PUT", all+"/"+id, ann).refuses(422, "invalid")
		ann["tell"], ann["phone"] = []string{"reaching"}, "12345"
		f.do("POST", all, ann).refuses(422, "not_a_number")
		ann["phone"], ann["by"] = "07700 900555", "nobody"
		f.do("POST", all, ann).refuses(422, "invalid")

		f.booked(john, theDay.AddDate(0, 0, 9))
		silence := func() {
			f.Helper()
			loaded, err := f.store.Load(f.Context(), conversations.Event{Kind: conversations.EventReminder, Client: conversations.ClientID(john)}, f.clock())
			must(f.T, err)
			if loaded.State.Silence == nil {
				f.Fatal("nothing is waited for")
			}
			due := time.UnixMilli(loaded.State.Silence.Due)
			f.now.Store(due.UnixMilli())
			must(f.T, f.turn.Run(f.Context(), conversations.Event{Kind: conversations.EventSilence, Client: conversations.ClientID(john), Due: due}))
		}
		f.now.Store(theDay.AddDate(0, 0, 2).UnixMilli())
		must(f.T, f.turn.Run(f.Context(), conversations.Event{
			Kind: conversations.EventReminder, Client: conversations.ClientID(john), Before: 4320,
			Appointment: conversations.Appointment{ID: f.appointment(john), At: theDay.AddDate(0, 0, 9)},
		}))
		silence()
		var flags page[struct {
			ID, Client, Reason, Detail string
			Means                      string        `json:"detail_means"`
			Fallback                   []contactView `json:"fallback_contacts"`
		}]
		f.do("GET", "/api/v1/flags?specialist="+sam, nil).is(200, &flags)
		if len(flags.Items) != 1 || flags.Items[0].Reason != "silent" || flags.Items[0].Detail != "days_without_a_text" || flags.Items[0].Means == "" ||
			len(flags.Items[0].Fallback) != 1 || len(flags.Items[0].Fallback[0].Tell) != 2 {
			t.Errorf("flags %+v", flags.Items)
		}
		var thread threadView
		f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
		for _, m := range thread.Messages {
			if m.Direction == "out" && m.Words != "appointment.reminder" && m.Words != "optin.welcome" {
				t.Errorf("it said %s", m.Words)
			}
		}
		f.do("DELETE", all+"/"+id, nil).is(204)
		f.do("DELETE", all+"/"+id, nil).refuses(404, "not_found")
		f.do("GET", all, nil).is(200, &list)
		if len(list.Items) != 0 {
			t.Errorf("removed %+v", list.Items)
		}
	})
}
