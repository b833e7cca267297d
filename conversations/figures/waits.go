package figures

import (
	"slices"
	"time"

	"alongside/conversations"
)

// waits are how long people waited, with the time in the middle.
//
// From the referral to the first direct contact, in the parts of NHS England's
// dashboards (7 and 30 days); from being accepted to the first meeting, and from
// the first meeting to the first contact with an employer, against what the
// service's own pathway promises (WE:THRIVE: 10 working days, 4 weeks; IPS
// fidelity scale: 30 days); to the first task of the action plan, in days.
func waits(d *draft, c Counted, way conversations.Pathway, now time.Time) {
	d.dashboard("wait_contact", c.FirstContact, now)
	promise := func(from, by conversations.Milestone, kinds ...conversations.AppointmentKind) conversations.Span {
		i := slices.IndexFunc(way.Steps, func(s conversations.Step) bool {
			return s.From == from && (by != "" && s.By == by || slices.ContainsFunc(kinds, func(k conversations.AppointmentKind) bool { return slices.Contains(s.Kinds, k) }))
		})
		if i < 0 {
			return conversations.Span{}
		}
		return way.Steps[i].Within
	}
	if within := promise(conversations.MilestoneAccepted, "", conversations.First); !within.IsZero() {
		d.promised("wait_meeting", c.FirstMeeting, within, way.Holidays, now)
	} else {
		d.dashboard("wait_meeting", c.FirstMeeting, now)
	}
	within := promise(conversations.MilestoneStarted, conversations.MilestoneEmployer)
	if within.IsZero() {
		within = conversations.Span{Days: 30}
	}
	d.promised("wait_employer", c.FirstEmployer, within, way.Holidays, now)
	d.dashboard("wait_plan", c.FirstPlan, now)
}

// dashboard parts waits at 7 and 30 days.
func (d *draft) dashboard(name string, list []Wait, now time.Time) {
	var counts [4]int
	var took []int
	for _, w := range list {
		if w.Met.IsZero() {
			counts[3]++
			continue
		}
		n := days(w.From, w.Met, now.Location())
		took = append(took, n)
		switch {
		case n <= 7:
			counts[0]++
		case n <= 30:
			counts[1]++
		default:
			counts[2]++
		}
	}
	f := d.figure(name, Bars, people, share)
	d.list(f, []string{"within_7", "within_30", "later", "not_yet"}, counts[:])
	d.middle(f, took)
}

// promised parts waits by what the service promised.
func (d *draft) promised(name string, list []Wait, within conversations.Span, holidays map[string]bool, now time.Time) {
	var counts [4]int
	var took []int
	for _, w := range list {
		over := within.After(w.From.In(now.Location()), holidays).AddDate(0, 0, 1)
		met := w.Met
		switch {
		case met.IsZero() && now.Before(over):
			counts[2]++
			continue
		case met.IsZero():
			counts[3]++
			continue
		case met.Before(over):
			counts[0]++
		default:
			counts[1]++
		}
		took = append(took, days(w.From, w.Met, now.Location()))
	}
	f := d.figure(name, Bars, people, share)
	d.list(f, []string{"in_time", "late", "open", "overdue"}, counts[:])
	d.middle(f, took)
	note := Note{Name: "promise_days", N: within.Days}
	switch {
	case within.WorkingDays > 0:
		note = Note{Name: "promise_working_days", N: within.WorkingDays}
	case within.Weeks > 0:
		note = Note{Name: "promise_weeks", N: within.Weeks}
	case within.Months > 0:
		note = Note{Name: "promise_months", N: within.Months}
	}
	f.Notes = append(f.Notes, note)
}

// middle is the median of those who wait no longer.
func (d *draft) middle(f *Figure, took []int) {
	d.row(f, Row{Name: "median"}, d.about(Days, median(took), d.imply(len(took))), none)
}

// days counts from day to day; what was recorded the wrong way round is 0.
func days(from, to time.Time, zone *time.Location) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return max(0, int(day(to).Sub(day(from)).Hours()/24))
}
