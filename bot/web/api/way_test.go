package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store/storetest"
)

type dueView struct {
	Client, Step, By, Appointment string
	Text                          map[string]string
	Late                          bool
}

// dues reads a list of what is due as "step by day", late ones with "late".
func (f *fixture) dues(path string) string {
	f.Helper()
	var p page[dueView]
	f.do("GET", path, nil).is(200, &p)
	var list []string
	for _, d := range p.Items {
		line := d.Step + " by " + d.By
		if d.Late {
			line += " late"
		}
		if d.Text["en"] == "" || d.Text["cy"] == "" {
			f.Errorf("%s has no words: %v", d.Step, d.Text)
		}
		list = append(list, line)
	}
	return strings.Join(list, "; ")
}

func (f *fixture) wants(got, want string) {
	f.Helper()
	if got != want {
		f.Errorf("got  %s\nwant %s", got, want)
	}
}

// A client of WE:THRIVE from the referral to the first weeks of work, over HTTP:
// what the pathway asks stands on Sam's list and leaves it when it is met.
func TestTheWayThroughThePathway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := newFixtureFor(t, db, "wethrive")
		sam := f.sam()
		var c clientView
		f.do("POST", "/api/v1/clients", map[string]any{
			"specialist": sam, "full_name": "John Mbeki", "language": "en", "mobile": "07700 900123",
		}).is(201, &c)
		john, list := "/api/v1/clients/"+c.ID, "/api/v1/specialists/"+sam+"/due"
		f.wants(f.dues(list), "")

		// Accepted on Friday: the tenth working day is Friday 4 December.
		var stands struct {
			Stage string
			Draft map[string]string
		}
		f.do("PUT", john+"/stage", map[string]any{"stage": "accepted", "on": "2026-11-20", "by": sam}).is(200, &stands)
		if stands.Stage != "accepted" || stands.Draft["cy"] == "" {
			t.Errorf("stands %+v", stands)
		}
		f.wants(f.dues(list), "first_appointment by 2026-12-04")
		f.do("PUT", john+"/stage", map[string]any{"stage": "informal_chat", "by": sam}).refuses(422, "invalid")
		f.do("PUT", john+"/stage", map[string]any{"stage": "active", "on": "2026-12-24", "by": sam}).refuses(422, "invalid")

		var m meetingView
		f.do("POST", john+"/appointments", map[string]any{"kind": "first", "at": "2026-11-25T14:00:00Z", "minutes": 45}).is(201, &m)
		attendance := "/api/v1/appointments/" + m.ID + "/attendance"
		f.do("PUT", attendance, map[string]any{"attendance": "attended", "mechanism": "face_to_face", "by": sam}).refuses(409, "not_yet")
		f.now.Store(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC).UnixMilli())
		f.wants(f.dues(list), "attendance by 2026-11-25 late; first_appointment by 2026-12-04")
		f.do("PUT", attendance, map[string]any{"attendance": "attended", "by": sam}).refuses(422, "invalid")
		f.do("PUT", attendance, map[string]any{"attendance": "missed", "mechanism": "video", "by": sam}).refuses(422, "invalid")

		// Missed first: it asks Sam, and tells John nothing.
		f.do("PUT", attendance, map[string]any{"attendance": "missed", "by": sam}).is(200)
		var thread threadView
		f.do("GET", john+"/conversation", nil).is(200, &thread)
		if len(thread.Flags) != 1 || thread.Flags[0].Reason != "missed" || thread.Flags[0].Appointment != m.ID {
			t.Errorf("flags %+v", thread.Flags)
		}
		for _, said := range thread.Messages {
			t.Errorf("it said %s", said.Words)
		}
		// It was a slip: he was there. The pathway counts from here.
		f.do("PUT", attendance, map[string]any{"attendance": "attended", "mechanism": "face_to_face", "by": sam}).is(200)
		f.do("GET", john+"/conversation", nil).is(200, &thread)
		if len(thread.Flags) != 0 {
			t.Errorf("flags %+v", thread.Flags)
		}
		f.do("PUT", john+"/stage", map[string]any{"stage": "active", "by": sam}).is(200)
		f.wants(f.dues(list), "meeting by 2026-12-02; first_employer_contact by 2026-12-23")
		f.do("POST", john+"/milestones", map[string]any{"milestone": "employer_contact", "by": sam}).is(200)
		f.do("POST", john+"/milestones", map[string]any{"milestone": "job_offer", "on": "2026-12-01", "by": sam}).refuses(422, "invalid")
		f.do("POST", john+"/milestones", map[string]any{"milestone": "job_offer", "by": "nobody"}).refuses(422, "invalid")
		f.wants(f.dues(john+"/due"), "meeting by 2026-12-02")

		// A job begins; six weeks later the mark is on the list, until Sam says that it is done.
		f.now.Store(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC).UnixMilli())
		f.do("PUT", john+"/stage", map[string]any{"stage": "in_work", "by": sam}).is(200)
		f.now.Store(time.Date(2027, 1, 12, 9, 0, 0, 0, time.UTC).UnixMilli())
		f.wants(f.dues(list), "meeting by 2026-12-09 late; retention_6_weeks by 2027-01-18")
		f.do("POST", john+"/due/retention_6_weeks/done", map[string]any{"by": sam}).is(200)
		f.do("POST", john+"/due/meeting/done", map[string]any{"by": sam}).refuses(404, "not_found")
		f.wants(f.dues(list), "meeting by 2026-12-09 late")
		f.do("PUT", john+"/stage", map[string]any{"stage": "exited", "by": sam}).is(200)
		f.wants(f.dues(list), "")
		f.do("PUT", john+"/stage", map[string]any{"stage": "active", "by": sam}).refuses(409, "closed")
	})
}

// No work before the risk assessment is recorded as received (Nottingham).
func TestNoWorkBeforeTheRiskAssessment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := newFixtureFor(t, db, "nottingham")
		sam := f.sam()
		john := "/api/v1/clients/" + f.john(sam, 1)
		f.do("PUT", john+"/stage", map[string]any{"stage": "in_work", "by": sam}).refuses(409, "milestone_missing")
		f.do("POST", john+"/milestones", map[string]any{"milestone": "risk_assessed", "by": sam}).is(200)
		f.do("PUT", john+"/stage", map[string]any{"stage": "in_work", "by": sam}).is(200)
		f.do("POST", "/api/v1/clients", map[string]any{
			"specialist": sam, "full_name": "Amina Example", "mobile": "07700 900124", "stage": "in_work",
		}).refuses(422, "invalid")
	})
}

// In hospital: nothing unasked goes, and every message that does not says why.
func TestNothingUnaskedGoesToSomebodyInHospital(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		id := f.agreed(sam, 1)
		john := "/api/v1/clients/" + id
		f.do("PUT", john+"/circumstance", map[string]any{"circumstance": "in_hospital", "by": sam}).is(200)
		var m meetingView
		f.do("POST", john+"/appointments", map[string]any{"kind": "regular", "at": "2026-11-26T14:00:00Z"}).is(201, &m)
		f.do("PATCH", "/api/v1/appointments/"+m.ID, map[string]any{"at": "2026-11-27T14:00:00Z"}).is(200)
		var thread threadView
		f.do("GET", john+"/conversation", nil).is(200, &thread)
		last := thread.Events[len(thread.Events)-1]
		if last.Kind != string(conversations.EventMoved) || !strings.Contains(fmt.Sprint(last.Detail["skipped"]), "in_hospital") {
			t.Errorf("the last event: %+v", last)
		}
		for _, said := range thread.Messages {
			if said.Words == "appointment.moved" {
				t.Errorf("it said %s", said.Words)
			}
		}
		f.do("PUT", john+"/circumstance", map[string]any{"circumstance": "died", "by": sam}).is(200)
		f.do("PUT", john+"/circumstance", map[string]any{"circumstance": "none", "by": sam}).refuses(409, "closed")
	})
}
