package year

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

// An audit that finds nothing wrong with what is wrong would make every year a
// good one: each rule is broken here once.
func TestAuditFindsWhatShouldNotHaveGone(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.November, day, hour, minute, 0, 0, london)
	}
	wednesday := at(25, 14, 0)
	reminder := store.Outgoing{
		Key: "appointment.reminder", Urgency: conversations.Prompt, Matter: conversations.MatterAppointments, Appointment: "a",
		Stands: at(26, 14, 0), Starts: at(26, 14, 0), Status: conversations.Booked, Agreement: conversations.AgreementGiven,
	}
	lead := store.Outgoing{Key: "lead.offer", Urgency: conversations.Prompt, Matter: conversations.MatterLeads, Agreement: conversations.AgreementGiven}
	with := func(o store.Outgoing, change func(*store.Outgoing)) store.Outgoing { change(&o); return o }
	active := store.Client{Stage: conversations.StageActive}
	for _, c := range []struct {
		name string
		now  time.Time
		o    store.Outgoing
		who  store.Client
		// before are texts that went before it.
		before  []time.Time
		stopped time.Time
		want    []string
	}{
		{name: "a_reminder_by_day", now: wednesday, o: reminder, who: active},
		{name: "on_a_sunday", now: at(22, 14, 0), o: reminder, who: active, want: []string{ruleHours}},
		{name: "on_a_holiday", now: at(24, 14, 0), o: reminder, who: active, want: []string{ruleHours}},
		{name: "too_early", now: at(25, 9, 59), o: reminder, who: active, want: []string{ruleHours}},
		{name: "too_late", now: at(25, 18, 0), o: reminder, who: active, want: []string{ruleHours}},
		{name: "before_they_wake", now: at(25, 10, 30), o: reminder, who: store.Client{Wakes: 11 * 60}, want: []string{ruleHours}},
		{name: "after_they_rest", now: at(25, 16, 0), o: reminder, who: store.Client{Rests: 16 * 60}, want: []string{ruleHours}},
		{name: "on_a_day_of_rest", now: wednesday, o: reminder, who: store.Client{RestDays: []time.Weekday{time.Wednesday}}, want: []string{ruleHours}},
		{
			name: "an_answer_at_night", now: at(25, 3, 0), who: active,
			o: with(reminder, func(o *store.Outgoing) { o.Urgency = conversations.Answer }),
		},
		{
			name: "a_cancelled_appointment", now: wednesday, who: active,
			o: with(reminder, func(o *store.Outgoing) { o.Status = conversations.Cancelled }), want: []string{ruleTrue},
		},
		{
			name: "a_moved_appointment", now: wednesday, who: active,
			o: with(reminder, func(o *store.Outgoing) { o.Starts = at(27, 14, 0) }), want: []string{ruleTrue},
		},
		{name: "what_is_past", now: at(26, 14, 0), o: reminder, who: active, want: []string{rulePast}},
		{name: "after_stop", now: wednesday, o: reminder, who: active, stopped: at(25, 13, 0), want: []string{ruleStop}},
		{
			name: "after_a_stop_in_own_words", now: wednesday, who: active,
			o: with(reminder, func(o *store.Outgoing) { o.Agreement = conversations.AgreementStopped }), want: []string{ruleStop},
		},
		{
			name: "danger_after_stop", now: at(25, 3, 0), who: active, stopped: at(25, 2, 0),
			o: store.Outgoing{Key: "crisis.self", Urgency: conversations.Crisis, Agreement: conversations.AgreementStopped},
		},
		{name: "one_lead", now: wednesday, o: lead, who: active},
		{name: "two_leads_a_week", now: wednesday, o: lead, who: active, before: []time.Time{at(20, 14, 0)}, want: []string{ruleBudget}},
		{name: "a_lead_a_week_ago", now: wednesday, o: lead, who: active, before: []time.Time{at(18, 14, 0)}},
		{name: "two_on_one_day", now: wednesday, o: lead, who: store.Client{LeadsAWeek: 3}, before: []time.Time{at(25, 11, 0)}, want: []string{ruleBudget}},
		{name: "in_a_pause", now: wednesday, o: lead, who: store.Client{PausedUntil: at(27, 0, 0)}, want: []string{rulePaused}},
		{name: "a_kind_that_was_stopped", now: wednesday, o: lead, who: store.Client{Stopped: []conversations.Matter{conversations.MatterLeads}}, want: []string{rulePaused}},
		{name: "in_hospital", now: wednesday, o: lead, who: store.Client{Circumstance: conversations.InHospital}, want: []string{rulePaused}},
		{name: "a_lead_before_anybody_has_met", now: wednesday, o: lead, who: store.Client{Stage: conversations.StageAccepted}, want: []string{ruleStage}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAudit(&life{Config: Config{Pathway: conversations.Pathway{
				Sending: conversations.Hours{From: 10 * 60, To: 18 * 60}, Holidays: map[string]bool{"2026-11-24": true}, Reminders: []int{4320, 1440},
				Budget: conversations.Budget{ADay: 1, AWeek: 3, Leads: 1, CheckIns: 1},
				Stages: []conversations.StageRule{
					{Stage: conversations.StageAccepted, Sends: []conversations.Matter{conversations.MatterAppointments}},
					{Stage: conversations.StageActive, Sends: conversations.Matters},
				},
			}}})
			p := &client{n: 1, zone: london, stopped: c.stopped}
			for _, at := range c.before {
				a.unasked[1] = append(a.unasked[1], spent{at: at, matter: conversations.MatterLeads})
			}
			a.look(p, c.o, c.who, c.now)
			var got []string
			for _, f := range a.faults {
				got = append(got, f.Rule)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rules broken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuditCountsReminders(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 25, 14, 0, 0, 0, time.UTC)
	a := newAudit(&life{Config: Config{Pathway: conversations.Pathway{Sending: conversations.Hours{To: 1440}, Reminders: []int{4320, 1440}}}})
	o := store.Outgoing{
		Key: "appointment.reminder", Urgency: conversations.Prompt, Matter: conversations.MatterAppointments, Appointment: "a",
		Stands: now.Add(24 * time.Hour), Starts: now.Add(24 * time.Hour),
	}
	for n := 1; n <= 3; n++ {
		a.look(&client{n: 1, zone: time.UTC}, o, store.Client{}, now)
		if want := max(0, n-2); len(a.faults) != want {
			t.Errorf("after %d reminders: %d faults, want %d", n, len(a.faults), want)
		}
	}
}
