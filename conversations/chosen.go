package conversations

import (
	"fmt"
	"slices"
	"time"

	"alongside/conversations/policy"
)

// Rhythm is when a series of check-ins is asked by the clock, as the client
// chose it. One of Rule, Milestone, Meeting, MonthDay and On says on which days;
// the zero value is never: it is asked when a person asks it.
type Rhythm struct {
	// Rule is a rhythm as RFC 5545 writes it ("FREQ=WEEKLY;BYDAY=FR"); Since the
	// day (YYYY-MM-DD) from which its intervals count.
	Rule  string `json:"rule,omitempty"`
	Since string `json:"since,omitempty"`
	// Milestone sets a single one: so long After it was last reached; a zero span
	// is the day itself.
	Milestone Milestone `json:"milestone,omitempty"`
	After     Span      `json:"after,omitzero"`
	// Meeting sets one before each appointment of a kind.
	Meeting AppointmentKind `json:"meeting,omitempty"`
	// MonthDay is a day of every month (payday), the last where a month has no
	// such day; On a single day (YYYY-MM-DD).
	MonthDay int    `json:"month_day,omitempty"`
	On       string `json:"on,omitempty"`
	// Before is how many days before that day it is asked (Meeting, MonthDay, On).
	Before int `json:"before,omitempty"`
	// Clock is the time of day in minutes after midnight on the client's clock; 0
	// is the first moment of the day at which unasked texts may go.
	Clock int `json:"clock,omitempty"`
}

// IsZero says whether the series has no rhythm.
func (r Rhythm) IsZero() bool { return r == Rhythm{} }

// mostBefore is how many days before its day a check-in can be asked, at most.
const mostBefore = 14

// Fault says what is wrong with a rhythm, in words for the person who entered
// it, and which part of it; empty if nothing is. The zero rhythm is right.
func (r Rhythm) Fault() (part, says string) {
	days := 0
	for _, set := range []bool{r.Rule != "", r.Milestone != "", r.Meeting != "", r.MonthDay != 0, r.On != ""} {
		if set {
			days++
		}
	}
	switch {
	case r.IsZero():
		return "", ""
	case days != 1:
		return "", "needs exactly one of rule, milestone, meeting, month_day and on: it says on which days to ask"
	case r.Clock < 0 || r.Clock >= 24*60:
		return "at", "must be a time of day such as 14:00"
	case r.Milestone == "" && !r.After.IsZero():
		return "after", "goes with a milestone only; leave it out"
	case r.Before != 0 && (r.Rule != "" || r.Milestone != ""):
		return "before", "goes with meeting, month_day and on only; leave it out"
	case r.Before < 0 || r.Before > mostBefore:
		return "before", fmt.Sprintf("is a number of days, %d at most", mostBefore)
	}
	switch {
	case r.Rule != "":
		if CheckRule(r.Rule) != nil {
			return "rule", "is no rhythm as RFC 5545 writes it, daily or slower, such as FREQ=WEEKLY;BYDAY=FR; COUNT, UNTIL, a time and a start are left out"
		}
	case r.Milestone != "":
		if !slices.Contains(Milestones, r.Milestone) {
			return "milestone", "is not one of the pathway's milestones, such as job_start"
		}
		if r.After.fields() > 1 {
			return "after", "is one of working_days, days, weeks and months"
		}
	case r.Meeting != "":
		if !slices.Contains(AppointmentKinds, r.Meeting) {
			return "meeting", "is no kind of appointment; write review, interview or another of them"
		}
		if r.Before == 0 {
			return "before", "is needed with meeting: how many days before it to ask, from 1"
		}
	case r.MonthDay < 0 || r.MonthDay > 31:
		return "month_day", "is a day of the month, 1 to 31; 31 is the last day of every month"
	case r.On != "":
		if _, err := time.Parse(time.DateOnly, r.On); err != nil {
			return "on", "must be a day such as 2026-12-18"
		}
	}
	return "", ""
}

// NextCheckIn returns the first moment after now at which a series falls due by
// its rhythm; the zero time means never, as far as can be told from the facts:
// those of the client, what they reached and which appointments are ahead. Now
// carries the client's zone. A time of day after the client's hours goes before
// their end: by the next day it would be useless.
func NextCheckIn(p Pathway, f Facts, r Rhythm, now time.Time) time.Time {
	hours := hoursOf(p, f.Client)
	for day := now; ; {
		if day = r.dayFrom(p, f, day); day.IsZero() {
			return time.Time{}
		}
		if at := onDay(hours, day, r.Clock); at.After(now) {
			return at
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 12, 0, 0, 0, day.Location())
	}
}

// beforeRest is how long before the client's hours end a check-in goes that was
// set for later in the evening: time enough for a job that runs late.
const beforeRest = 15

// onDay is the moment of a time of day on a day of the client's.
func onDay(h policy.Hours, day time.Time, clock int) time.Time {
	from, to := h.Window()
	switch {
	case clock == 0:
		clock = from
	case clock >= to-beforeRest && to-beforeRest > from:
		opens := policy.At(day, from)
		if h.Next(opens).Equal(opens) {
			clock = to - beforeRest
		}
	}
	return policy.At(day, clock)
}

// dayFrom is noon of the first day of a rhythm that is not before day's; zero if
// there is none.
func (r Rhythm) dayFrom(p Pathway, f Facts, day time.Time) time.Time {
	y, m, d := day.Date()
	noon := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, day.Location()) }
	first := noon(y, m, d)
	notBefore := func(t time.Time) time.Time {
		if t.Before(first) {
			return time.Time{}
		}
		return t
	}
	switch {
	case r.Rule != "":
		since, err := time.ParseInLocation(time.DateOnly, r.Since, day.Location())
		if err != nil {
			since = first
		}
		return NextOf(r.Rule, since, midnight(y, m, d, day.Location()), 12*60)
	case r.Milestone != "":
		at, ok := f.reached(r.Milestone)
		if !ok {
			return time.Time{}
		}
		y, m, d := r.After.After(at.In(day.Location()), p.Holidays).Date()
		return notBefore(noon(y, m, d))
	case r.Meeting != "":
		var next time.Time
		for _, a := range f.Appointments {
			if a.Kind != r.Meeting || a.Status == Cancelled || a.Status == Cannot {
				continue
			}
			y, m, d := a.At.In(day.Location()).Date()
			if t := notBefore(noon(y, m, d-r.Before)); !t.IsZero() && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
		return next
	case r.MonthDay != 0:
		// This month's, or one of the next two: what lies before the first of a
		// month belongs to the month before.
		for month := range 3 {
			last := noon(y, m+time.Month(month)+1, 0).Day()
			if t := notBefore(noon(y, m+time.Month(month), min(r.MonthDay, last)-r.Before)); !t.IsZero() {
				return t
			}
		}
		return time.Time{}
	case r.On != "":
		on, err := time.ParseInLocation(time.DateOnly, r.On, day.Location())
		if err != nil {
			return time.Time{}
		}
		y, m, d := on.Date()
		return notBefore(noon(y, m, d-r.Before))
	default:
		return time.Time{}
	}
}

// reached is when the client last reached a milestone since they came (back).
func (f Facts) reached(m Milestone) (time.Time, bool) {
	at, ok := f.Reached[m]
	if left, did := f.Reached[MilestoneExited]; did && m != MilestoneExited && !at.After(left) {
		return time.Time{}, false
	}
	return at, ok
}

// NextFeedback returns the first moment after now at which the pathway asks what
// the client thinks of the service; the zero time means never.
func NextFeedback(p Pathway, f Facts, now time.Time) time.Time {
	from, ok := f.reached(p.Feedback.From)
	if !ok || p.Feedback.Every.fields() != 1 || f.Client.Stage == StageExited {
		return time.Time{}
	}
	hours, every := hoursOf(p, f.Client), p.Feedback.Every
	for times := 1; times <= mostFeedback; times++ {
		n := Span{WorkingDays: every.WorkingDays * times, Days: every.Days * times, Weeks: every.Weeks * times, Months: every.Months * times}
		day := n.After(from.In(now.Location()), p.Holidays)
		y, m, d := day.Date()
		if at := onDay(hours, time.Date(y, m, d, 12, 0, 0, 0, now.Location()), 0); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// mostFeedback bounds the search: ten years of asking every week.
const mostFeedback = 520

// TaskAsk returns when a task is asked after by the clock: on the day by which it
// is due, or the next on which unasked texts may go; the zero time where that
// day is past, or none was agreed. Now carries the client's zone.
func TaskAsk(p Pathway, c Client, due, now time.Time) time.Time {
	if due.IsZero() {
		return time.Time{}
	}
	day := dayOf(due.In(now.Location()))
	switch today := dayOf(now); {
	case day.Before(today):
		return time.Time{}
	case day.Equal(today):
		day = now
	}
	return hoursOf(p, c).Next(day)
}

// chooseCheckIn writes a series that the client chose, as they told a person of
// the team, or the rhythm that they want it in from now on. Its next moment is
// worked out with it (see keepTime).
func (s *step) chooseCheckIn(c CheckIn) {
	if c.ID == "" || !s.facts.Known() || s.facts.Client.Closed {
		return
	}
	c.Due = time.Time{}
	s.facts.CheckIns = slices.Clone(s.facts.CheckIns)
	for i, known := range s.facts.CheckIns {
		if known.ID != c.ID {
			continue
		}
		if known.Rhythm != c.Rhythm {
			s.do(SetRhythm{CheckIn: c.ID, Rhythm: c.Rhythm})
			s.facts.CheckIns[i].Rhythm = c.Rhythm
		}
		return
	}
	if !slices.Contains(CheckInKinds, c.Kind) {
		return
	}
	s.do(Choose{CheckIn: c})
	s.facts.CheckIns = append(s.facts.CheckIns, c)
}

// dueNow says whether a check-in that falls due by the clock is asked: not if its
// moment is another by now (a stale job), not if the day that it belongs to is
// over, and not if what it counted from has changed since.
func (s *step) dueNow(c CheckIn) bool {
	due := s.event.Due.In(s.now.Location())
	switch {
	case !due.Equal(c.Due):
		return false
	case dayOf(due).Before(dayOf(s.now)):
		s.missedDay(c)
		return false
	}
	at := NextCheckIn(s.rules.Pathway, s.facts, c.Rhythm, dayOf(due).Add(-time.Millisecond))
	return !at.IsZero() && dayOf(at).Equal(dayOf(due))
}

// missedDay records that a check-in was not asked on its day: "how was today?"
// is not asked the next morning.
func (s *step) missedDay(c CheckIn) {
	s.do(Skip{Key: "checkin." + string(c.Kind), Reason: string(policy.AlreadyPast)})
}

// keepTime sets what is asked by the clock anew where this turn, or something
// since the last, has changed when it is: a series was asked, its rhythm changed,
// a milestone was reached, an appointment moved. It stands in the transaction
// with the cause, so that nothing is lost and nothing is asked twice.
func (s *step) keepTime() {
	if !s.facts.Known() || len(s.facts.CheckIns) == 0 && s.facts.Client.FeedbackDue.IsZero() && s.rules.Pathway.Feedback.Every.IsZero() {
		return
	}
	f, over := s.asChanged()
	for _, c := range f.CheckIns {
		next := time.Time{}
		switch taken := s.event.Kind == EventCheckIn && s.event.CheckIn == c.ID && !c.Due.IsZero() && s.event.Due.Equal(c.Due); {
		case over:
		case taken:
			next = NextCheckIn(s.rules.Pathway, f, c.Rhythm, latest(s.now, c.Due).In(s.now.Location()))
		case c.Due.IsZero() || c.Due.After(s.now):
			next = NextCheckIn(s.rules.Pathway, f, c.Rhythm, s.now)
		case dayOf(c.Due.In(s.now.Location())).Equal(dayOf(s.now)):
			continue // Its job is on its way.
		default:
			s.missedDay(c)
			next = NextCheckIn(s.rules.Pathway, f, c.Rhythm, s.now)
		}
		if !next.Equal(c.Due) {
			s.do(SetDue{CheckIn: c.ID, At: next})
		}
	}
	s.keepFeedbackTime(f, over)
}

// keepFeedbackTime is keepTime for the question about the service, which belongs
// to no day: one that is due stays so until it was asked.
func (s *step) keepFeedbackTime(f Facts, over bool) {
	due, next := f.Client.FeedbackDue, time.Time{}
	switch taken := s.event.Kind == EventFeedback && !due.IsZero() && s.event.Due.Equal(due); {
	case over:
	case taken:
		next = NextFeedback(s.rules.Pathway, f, latest(s.now, due).In(s.now.Location()))
	case due.IsZero() || due.After(s.now):
		next = NextFeedback(s.rules.Pathway, f, s.now)
	default:
		return
	}
	if !next.Equal(due) {
		s.do(SetDue{At: next})
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// asChanged is what the turn's effects make of the facts that moments are counted
// from, and whether the client's record is closed.
func (s *step) asChanged() (f Facts, over bool) {
	f, over = s.facts, s.facts.Client.Closed || s.facts.Client.Circumstance == Died
	f.Appointments = slices.Clone(f.Appointments)
	for _, e := range s.effects {
		switch e := e.(type) {
		case Book:
			if _, known := f.Appointment(e.Appointment.ID); !known {
				f.Appointments = append(f.Appointments, e.Appointment)
			}
		case SetAppointment:
			for i := range f.Appointments {
				if a := &f.Appointments[i]; a.ID == e.ID {
					a.Status = e.Status
					if !e.At.IsZero() {
						a.At = e.At
					}
				}
			}
		case Reached:
			f.Reached = withReached(f.Reached, e)
		case Close:
			over = true
		}
	}
	return f, over
}

// withReached is what is reached with one more; the latest of a kind counts.
func withReached(reached map[Milestone]time.Time, e Reached) map[Milestone]time.Time {
	all := map[Milestone]time.Time{e.Milestone: e.At}
	for m, at := range reached {
		if m != e.Milestone || at.After(e.At) {
			all[m] = at
		}
	}
	return all
}

// reachedNow records that a person says that the client reached a milestone; the
// stage stays as it is.
func (s *step) reachedNow(m Milestone) {
	at := s.event.At
	if at.IsZero() || at.After(s.now) {
		at = s.now
	}
	if !s.facts.Known() || !slices.Contains(Milestones, m) || s.facts.Reached[m].Equal(at) {
		return
	}
	s.do(Reached{Milestone: m, At: at})
}
