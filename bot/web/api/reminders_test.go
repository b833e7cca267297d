package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// planned lists the reminders that are to come of one client's appointments, as
// "minutes before at day hour".
func (f *fixture) planned(client string) string {
	f.Helper()
	rows, err := f.store.NextJobs(f.Context(), 100)
	must(f.T, err)
	var out []string
	for _, row := range rows {
		var before int
		if row.Kind != "reminder" || !strings.Contains(string(row.EncodedArgs), client) {
			continue
		}
		_, rest, _ := strings.Cut(string(row.EncodedArgs), `"before":`)
		_, err := fmt.Sscanf(strings.Trim(rest, " }"), "%d", &before)
		must(f.T, err)
		out = append(out, fmt.Sprintf("%d at %s", before, row.ScheduledAt.UTC().Format("Mon 15:04")))
	}
	return strings.Join(out, ", ")
}

// The client's own reminders come before the specialist's, and those before the
// pathway's; what is in the diary already is planned anew.
func TestRemindersAreTheClientsOwn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 1)
		f.booked(john, theDay.AddDate(0, 0, 4)) // Friday noon
		f.wants(f.planned(john), "4320 at Tue 12:00, 1440 at Thu 12:00")

		var s struct{ Reminders []int }
		f.do("PATCH", "/api/v1/specialists/"+sam, map[string]any{"reminders": []int{2880}}).is(200, &s)
		f.wants(fmt.Sprint(s.Reminders), "[2880]")
		rows, err := f.store.NextJobs(f.Context(), 100)
		must(f.T, err)
		replan := 0
		for _, row := range rows {
			if row.Kind == "replan" && strings.Contains(string(row.EncodedArgs), john) {
				replan++
			}
		}
		if replan != 1 {
			f.Errorf("%d jobs plan John's reminders anew", replan)
		}
		must(f.T, f.turn.Run(f.Context(), conversations.Event{
			Kind: conversations.EventSettings, Client: conversations.ClientID(john), Settings: conversations.Settings{Replan: true},
		}))
		f.wants(f.planned(john), "4320 at Tue 12:00, 2880 at Wed 12:00, 1440 at Thu 12:00")

		var c struct{ Settings struct{ Reminders []int } }
		f.do("PATCH", "/api/v1/clients/"+john+"/settings", map[string]any{"reminders": []int{5760, 240}}).is(200, &c)
		f.wants(fmt.Sprint(c.Settings.Reminders), "[5760 240]")
		// The jobs of the older plans are still there, and do nothing.
		at := theDay.AddDate(0, 0, 4)
		for _, before := range []int{4320, 2880, 1440, 240} {
			f.now.Store(at.Add(-time.Duration(before) * time.Minute).UnixMilli())
			must(f.T, f.turn.Run(f.Context(), conversations.Event{
				Kind: conversations.EventReminder, Client: conversations.ClientID(john), Before: before,
				Appointment: conversations.Appointment{ID: f.appointment(john), At: at},
			}))
		}
		var thread threadView
		f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
		said := 0
		for _, m := range thread.Messages {
			if strings.HasPrefix(m.Words, "appointment.reminder") {
				said++
			}
		}
		if said != 1 {
			f.Errorf("%d reminders were said, want the one of the client's own plan", said)
		}
	})
}

// appointment is the client's first.
func (f *fixture) appointment(client string) conversations.AppointmentID {
	f.Helper()
	var p page[made]
	f.do("GET", "/api/v1/clients/"+client+"/appointments", nil).is(200, &p)
	return conversations.AppointmentID(p.Items[0].ID)
}

// A missed appointment: Sam reads what John would be sent, and sends it with one
// tap; nothing is sent before, and nothing twice.
func TestAnotherTimeIsReadAndSent(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		var priya made
		f.do("POST", "/api/v1/specialists", map[string]any{"name": "Priya"}).is(201, &priya)
		john := f.agreed(sam, 1)
		m := f.booked(john, theDay.AddDate(0, 0, 1))
		path := "/api/v1/appointments/" + m + "/another-time"
		f.do("GET", path, nil).refuses(409, "not_missed")
		f.do("POST", path, map[string]any{"by": sam}).refuses(409, "not_missed")
		f.now.Store(theDay.AddDate(0, 0, 1).Add(2 * time.Hour).UnixMilli())
		f.wants(f.dues("/api/v1/specialists/"+sam+"/due"), "attendance by 2026-11-24")
		f.do("PUT", "/api/v1/appointments/"+m+"/attendance", map[string]any{"attendance": "missed", "by": sam}).is(200)
		f.do("PUT", "/api/v1/specialists/"+sam+"/free-times", map[string]any{"times": []string{"2026-12-01T11:00:00Z"}}).is(200)

		var p struct {
			Messages []struct{ Text, Language, Words string }
			Not      []struct{ Reason, Means string }
		}
		f.do("GET", path+"?by="+priya.ID, nil).is(200, &p)
		if len(p.Messages) != 1 || p.Messages[0].Language != "en" || !strings.HasPrefix(p.Messages[0].Text, "Priya asked me to write") ||
			!strings.Contains(p.Messages[0].Text, "Tuesday 1 December") {
			f.Errorf("the preview: %+v", p)
		}
		for _, word := range []string{"missed", "fail", "sorry you", "cost"} {
			if len(p.Messages) > 0 && strings.Contains(p.Messages[0].Text, word) {
				f.Errorf("it says %q", word)
			}
		}
		var thread threadView
		f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
		for _, said := range thread.Messages {
			if strings.Contains(said.Words, "another_time") {
				f.Errorf("a preview said %s", said.Words)
			}
		}
		f.do("GET", path+"?by=nobody", nil).refuses(422, "invalid")
		f.do("POST", path, map[string]any{"by": "nobody"}).refuses(422, "invalid")

		var out struct {
			Said []struct{ Text, Words string }
		}
		f.do("POST", path, map[string]any{"by": priya.ID}).is(200, &out)
		if len(out.Said) != 1 || len(p.Messages) != 1 || out.Said[0].Text != p.Messages[0].Text {
			f.Errorf("it said %+v, the preview %+v", out.Said, p.Messages)
		}
		f.do("POST", path, map[string]any{"by": sam}).is(200, &out)
		if len(out.Said) != 0 {
			f.Errorf("a second tap said %+v", out.Said)
		}
		f.do("GET", "/api/v1/clients/"+john+"/conversation", nil).is(200, &thread)
		if len(thread.Flags) != 0 {
			f.Errorf("Sam has decided, and is still asked: %+v", thread.Flags)
		}

		// Who wants no such texts gets none, and the preview says so.
		ann := f.agreed(sam, 2)
		n := f.booked(ann, f.clock().Truncate(time.Hour).Add(2*time.Hour))
		f.advance(4 * time.Hour)
		f.do("PUT", "/api/v1/appointments/"+n+"/attendance", map[string]any{"attendance": "excused", "by": sam}).is(200)
		f.do("PATCH", "/api/v1/clients/"+ann+"/settings", map[string]any{"stop": []string{"appointments"}}).is(200)
		f.do("GET", "/api/v1/appointments/"+n+"/another-time", nil).is(200, &p)
		if len(p.Messages) != 0 || len(p.Not) != 1 || p.Not[0].Reason != "kind_stopped" || p.Not[0].Means == "" {
			f.Errorf("the preview of who wants none: %+v", p)
		}
	})
}
