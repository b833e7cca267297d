package conversations_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// rhythm reads "rule=FREQ=WEEKLY;BYDAY=FR at=14:00", "milestone=job_start weeks=6",
// "meeting=review before=1", "month_day=25 before=1", "on=2026-12-18".
func (s *stage) rhythm(t *testing.T, fields []string) (r conversations.Rhythm) {
	t.Helper()
	for _, f := range fields {
		k, v, _ := strings.Cut(f, "=")
		n, notNumber := strconv.Atoi(v)
		into := map[string]*int{
			"days": &r.After.Days, "weeks": &r.After.Weeks, "months": &r.After.Months, "working_days": &r.After.WorkingDays,
			"month_day": &r.MonthDay, "before": &r.Before,
		}[k]
		switch {
		case into != nil && notNumber == nil:
			*into = n
		case k == "rule":
			r.Rule, r.Since = v, s.now.Format(time.DateOnly)
		case k == "at":
			at, err := time.Parse("15:04", v)
			if err != nil {
				t.Fatal(err)
			}
			r.Clock = at.Hour()*60 + at.Minute()
		case k == "milestone":
			r.Milestone = conversations.Milestone(v)
		case k == "meeting":
			r.Meeting = conversations.AppointmentKind(v)
		case k == "on":
			r.On = v
		default:
			t.Fatalf("rhythm %q: no such part", f)
		}
	}
	if part, says := r.Fault(); says != "" {
		t.Fatalf("rhythm %v: %s %s", fields, part, says)
	}
	return r
}

// clockEvent reads what is chosen for the clock, and what falls due by it.
func (s *stage) clockEvent(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	fields := strings.Fields(rest)
	switch word {
	case "choose", "rhythm":
		// "choose s1 week rule=…" is a new series, "rhythm s1 rule=…" another rhythm for one that runs.
		c := conversations.CheckIn{ID: conversations.CheckInID(fields[0])}
		if word == "choose" {
			c.Kind, fields = conversations.CheckInKind(fields[1]), fields[1:]
		}
		c.Rhythm = s.rhythm(t, fields[1:])
		return conversations.Event{Kind: conversations.EventSettings, Series: c, By: "s1"}, true
	case "milestone":
		return conversations.Event{Kind: conversations.EventStage, Milestone: conversations.Milestone(rest), At: s.now, By: "s1"}, true
	case "due":
		// "due s1" falls due at its moment, "due s1 Fri 2026-11-27 14:00" at that one; "due t1" is a task.
		id, text, given := strings.Cut(rest, " ")
		e := conversations.Event{Kind: conversations.EventFeedback, Due: s.facts.Client.FeedbackDue}
		for _, c := range s.facts.CheckIns {
			if string(c.ID) == id {
				e = conversations.Event{Kind: conversations.EventCheckIn, CheckIn: c.ID, Due: c.Due}
			}
		}
		for _, k := range s.facts.Tasks {
			if string(k.ID) == id {
				e = conversations.Event{Kind: conversations.EventTask, Task: k.ID, Due: k.Ask}
			}
		}
		if given {
			e.Due = s.time(t, text)
		}
		if e.Due.IsZero() {
			t.Fatalf("due %q: it is not asked by the clock", rest)
		}
		return e, true
	}
	return conversations.Event{}, false
}

// applyClock does to the stage what the store does with what is asked by the clock.
func (s *stage) applyClock(e conversations.Effect) (string, bool) {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return t.In(s.zone).Format(stageTime)
	}
	series := func(id conversations.CheckInID, change func(*conversations.CheckIn)) {
		s.facts.CheckIns = slices.Clone(s.facts.CheckIns)
		for i := range s.facts.CheckIns {
			if s.facts.CheckIns[i].ID == id {
				change(&s.facts.CheckIns[i])
			}
		}
	}
	switch e := e.(type) {
	case conversations.Choose:
		s.facts.CheckIns = append(slices.Clone(s.facts.CheckIns), e.CheckIn)
		return fmt.Sprintf("chosen %s %s", e.CheckIn.ID, e.CheckIn.Kind), true
	case conversations.SetRhythm:
		series(e.CheckIn, func(c *conversations.CheckIn) { c.Rhythm = e.Rhythm })
		return fmt.Sprintf("rhythm of %s", e.CheckIn), true
	case conversations.Reached:
		all := map[conversations.Milestone]time.Time{}
		maps.Copy(all, s.facts.Reached)
		if e.At.After(all[e.Milestone]) {
			all[e.Milestone] = e.At
		}
		s.facts.Reached = all
		return "reached " + string(e.Milestone) + " on " + e.At.In(s.zone).Format(time.DateOnly), true
	case conversations.SetDue:
		switch {
		case e.CheckIn != "":
			series(e.CheckIn, func(c *conversations.CheckIn) { c.Due = e.At })
			return fmt.Sprintf("due %s: %s", e.CheckIn, at(e.At)), true
		case e.Task != "":
			s.facts.Tasks = slices.Clone(s.facts.Tasks)
			for i := range s.facts.Tasks {
				if s.facts.Tasks[i].ID == e.Task {
					s.facts.Tasks[i].Ask = e.At
				}
			}
			return fmt.Sprintf("due %s: %s", e.Task, at(e.At)), true
		default:
			s.facts.Client.FeedbackDue = e.At
			return "due feedback: " + at(e.At), true
		}
	}
	return "", false
}
