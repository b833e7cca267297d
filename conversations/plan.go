package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// When the reminders of an appointment go, and what becomes of one that could
// not go at its time.

// The bounds of the offsets that a specialist or a client may have.
const (
	// ShortestReminder is the least offset, in minutes: a shorter one finds the
	// client on the way.
	ShortestReminder = 2 * 60
	// LongestReminder is the largest, in minutes: a longer one is forgotten again.
	LongestReminder = 28 * 24 * 60
	// MostReminders is how many one appointment has at the most.
	MostReminders = 4
)

// OffsetsFault says what is wrong with offsets that somebody set, in words for
// that person; "" if nothing is. None at all take those of the specialist, or of
// the pathway.
func OffsetsFault(minutes []int) string {
	if len(minutes) > MostReminders {
		return "are too many: four reminders of one appointment are the most"
	}
	for i, m := range minutes {
		switch {
		case m < ShortestReminder || m > LongestReminder:
			return "must each lie between 2 hours (120) and 28 days (40320) before the appointment, in minutes"
		case i > 0 && m >= minutes[i-1]:
			return "must be named once each, the longest first"
		}
	}
	return ""
}

// offsets are how long before an appointment its reminders go, in minutes,
// longest first: the client's own before the specialist's before the pathway's.
// Who wants none has stopped the matter.
func (s *step) offsets() []int {
	switch c, sp := s.facts.Client.Reminders, s.facts.Specialist.Reminders; {
	case len(c) > 0:
		return c
	case len(sp) > 0:
		return sp
	}
	return s.rules.Pathway.Reminders
}

// plan schedules one reminder.
func (s *step) plan(a Appointment, before int, due time.Time) {
	s.state.Planned = append(s.state.Planned, Reminded{Appointment: a.ID, Stands: a.At.UnixMilli(), Before: before})
	s.do(Remind{Appointment: a.ID, Stands: a.At, Before: before, At: due})
}

// forgetPlan makes the jobs that were set for an appointment stale.
func (s *step) forgetPlan(id AppointmentID) {
	s.state.Planned = slices.DeleteFunc(s.state.Planned, func(r Reminded) bool { return r.Appointment == id })
}

// planChanged says whether a reminder is of a plan that holds no more.
func (s *step) planChanged(mark Reminded) bool {
	known := func(r Reminded) bool { return r.Appointment == mark.Appointment }
	return slices.ContainsFunc(s.state.Planned, known) && !slices.ContainsFunc(s.state.Planned, mark.same)
}

// remindTooLate is a reminder whose appointment has begun before it could go:
// the program was away. The specialist sees that nobody reminded the client,
// where anybody would have.
func (s *step) remindTooLate(a Appointment, mark Reminded) {
	reason := policy.Unreachable
	if c := s.channel(); c != "" {
		// Hours that are never open: what comes before them in May is asked.
		reason = policy.May(policy.Unasked, s.standingFor(c, MatterAppointments), policy.Hours{}, s.now, time.Time{}).Reason
	}
	if a.Status == Cannot || a.Status == ChangeAsked {
		reason = policy.Reason(a.Status)
	}
	s.state.Reminded = append(s.state.Reminded, mark)
	if reason != policy.TooLate {
		s.do(Skip{Key: "appointment.reminder", Appointment: a.ID, Reason: string(reason)})
		return
	}
	s.do(Skip{Key: "appointment.reminder", Appointment: a.ID, Reason: string(policy.AlreadyPast)})
	s.tooLate(a.ID, policy.AlreadyPast)
}

// tooLate shows the specialist that the client was not told of an appointment,
// because by then it would have been of no use. One such flag is enough.
func (s *step) tooLate(id AppointmentID, reason policy.Reason) {
	s.do(SettleFlags{Reason: FlagNotSent, Appointment: id})
	s.do(RaiseFlag{Reason: FlagNotSent, Appointment: id, Detail: string(reason)})
}

// closes is the end of the hours in which a message that was just decided goes.
func (s *step) closes(m Say) time.Time {
	at := s.now
	if !m.NotBefore.IsZero() {
		at = m.NotBefore.In(s.now.Location())
	}
	return s.hours().Closes(at)
}

// sayAgain is a message that could not be sent within its hours, and was not
// sent at night. What was said of an appointment that stands is said anew, as it
// is now, when the client may be texted next; of anything else the specialist is
// told. The outbox may tell it twice: what waits for its hour already is not said
// once more.
func (s *step) sayAgain() {
	a, ok := s.facts.Appointment(s.event.Appointment.ID)
	if !ok || !a.At.Equal(s.event.Appointment.At) || !a.At.After(s.now) {
		s.flag(FlagNotSent, s.event.Appointment.ID)
		return
	}
	mark := Reminded{Appointment: a.ID, Stands: a.At.UnixMilli()}
	for _, r := range s.state.Reminded {
		if r.Appointment != a.ID || r.Stands != mark.Stands {
			continue
		}
		if r.From > s.now.UnixMilli() {
			return
		}
		mark = r
	}
	if slices.ContainsFunc(s.state.Held, func(r Reminded) bool { return r.Appointment == a.ID }) {
		return
	}
	mark.From = 0
	s.state.Reminded = slices.DeleteFunc(s.state.Reminded, mark.same)
	s.remindOf(a, mark)
}
