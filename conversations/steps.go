package conversations

import (
	"slices"
	"time"
)

// Progress is what is known of a client's way through the pathway: what the
// steps are counted from.
type Progress struct {
	Stage Stage
	// Reached holds when each milestone was last reached.
	Reached map[Milestone]time.Time
	// Met are the appointments that the client attended, Ahead the times of
	// those that are booked; neither in any order.
	Met   []Met
	Ahead []time.Time
	// Done are the steps that a person has said are done, with when.
	Done map[string]time.Time
}

// Met is an appointment that was attended. How it was says whether it counts as
// a contact; a text never does (rule 11).
type Met struct {
	Kind AppointmentKind
	At   time.Time
}

// Due is one thing on the specialist's list.
type Due struct {
	// Step names the pathway's step; it is [StepMeeting] where no meeting is
	// booked although the cadence asks for one.
	Step string
	// By is the last day for it, at its midnight in the client's zone; Since is
	// the milestone or meeting that it counts from.
	By, Since time.Time
	// Late says that the day is over.
	Late bool
}

// StepMeeting is the step that the cadence makes: no meeting is booked.
const StepMeeting = "meeting"

// Dues returns what the pathway asks of the specialist at this moment, the
// soonest first. It depends on what is recorded alone: nothing is stored, so
// that nothing of it can be stale. Now carries the client's zone.
func (p Pathway) Dues(c Progress, now time.Time) []Due {
	if c.Stage == StageExited {
		return nil
	}
	c = c.sinceReturn()
	var list []Due
	for _, st := range p.Steps {
		if d, ok := p.due(st, c, now); ok {
			list = append(list, d)
		}
	}
	if d, ok := p.meetingDue(c, now); ok {
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Due) int { return a.By.Compare(b.By) })
	return list
}

// sinceReturn leaves out what was reached before the client left the last time:
// who comes back begins again, with all the time that the pathway gives.
func (c Progress) sinceReturn() Progress {
	left, ok := c.Reached[MilestoneExited]
	if !ok {
		return c
	}
	reached := map[Milestone]time.Time{}
	for m, at := range c.Reached {
		if at.After(left) {
			reached[m] = at
		}
	}
	c.Reached = reached
	return c
}

// due says whether one step stands on the list.
func (p Pathway) due(st Step, c Progress, now time.Time) (Due, bool) {
	from, reached := c.Reached[st.From]
	if !reached || from.After(now) || len(st.Stages) > 0 && !slices.Contains(st.Stages, c.Stage) {
		return Due{}, false
	}
	from = from.In(now.Location())
	if done, ok := c.Done[st.Name]; ok && !done.Before(from) {
		return Due{}, false
	}
	if by, ok := c.Reached[st.By]; ok && st.By != "" && !by.Before(from) {
		return Due{}, false
	}
	for _, m := range c.Met {
		if !m.At.Before(dayOf(from)) && slices.Contains(st.Kinds, m.Kind) {
			return Due{}, false
		}
	}
	by := st.Within.After(from, p.Holidays)
	if !st.Opens.IsZero() && now.Before(before(by, st.Opens, p.Holidays)) {
		return Due{}, false
	}
	return Due{Step: st.Name, By: by, Since: from, Late: !now.Before(by.AddDate(0, 0, 1))}, true
}

// meetingDue says whether the next meeting should be booked and is not.
func (p Pathway) meetingDue(c Progress, now time.Time) (Due, bool) {
	every, since := p.every(c, now)
	if every.IsZero() {
		return Due{}, false
	}
	last := since
	for _, m := range c.Met {
		if m.At.After(last) {
			last = m.At
		}
	}
	last = last.In(now.Location())
	by := every.After(last, p.Holidays)
	for _, at := range c.Ahead {
		if at.After(now) && at.Before(by.AddDate(0, 0, 1)) {
			return Due{}, false
		}
	}
	// One that is booked later than the cadence asks for is still a meeting
	// ahead: it is shown only once the day has come.
	if slices.ContainsFunc(c.Ahead, now.Before) && now.Before(by) {
		return Due{}, false
	}
	return Due{Step: StepMeeting, By: by, Since: last, Late: !now.Before(by.AddDate(0, 0, 1))}, true
}

// every is the rule of meetings that holds now, and what it counts from.
func (p Pathway) every(c Progress, now time.Time) (Span, time.Time) {
	var every Span
	var since, began time.Time
	for _, r := range p.Cadence {
		from, ok := c.Reached[r.From]
		if !ok {
			continue
		}
		if r.From == MilestoneJobStart && c.Stage != StageInWork {
			continue // The rules of work end with it.
		}
		begins := dayOf(from.In(now.Location()))
		if !r.Since.IsZero() {
			begins = r.Since.After(begins, p.Holidays)
		}
		if begins.After(now) || begins.Before(began) {
			continue
		}
		every, since, began = r.Every, from, begins
	}
	return every, since
}

// before is the day that lies a span before another.
func before(day time.Time, p Span, holidays map[string]bool) time.Time {
	if p.WorkingDays == 0 {
		return Span{Days: -p.Days, Weeks: -p.Weeks, Months: -p.Months}.After(day, holidays)
	}
	y, m, d := day.Date()
	for left := p.WorkingDays; left > 0; {
		d--
		if workingDay(time.Date(y, m, d, 12, 0, 0, 0, day.Location()), holidays) {
			left--
		}
	}
	return midnight(y, m, d, day.Location())
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return midnight(y, m, d, t.Location())
}

// Rule is what the pathway says of a stage; the zero rule, which lets nothing
// out, where it has no such stage.
func (p Pathway) Rule(st Stage) StageRule {
	i := slices.IndexFunc(p.Stages, func(r StageRule) bool { return r.Stage == st })
	if i < 0 {
		return StageRule{}
	}
	return p.Stages[i]
}

// Lacks lists the milestones that have to be recorded before a client may enter
// a stage and are not.
func (p Pathway) Lacks(st Stage, reached map[Milestone]time.Time) []Milestone {
	var list []Milestone
	for _, m := range p.Rule(st).Needs {
		if _, ok := reached[m]; !ok {
			list = append(list, m)
		}
	}
	return list
}
