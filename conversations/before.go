package conversations

import (
	"slices"
	"time"

	"alongside/conversations/understand"
)

// Behind a move: who is told of another time may want the one from before, and
// says so in words that would be a yes to any other question.

// topicBefore is a text behind a move that wants the time from before, topicStays
// one that may want it ("leave it"), topicWhyMoved one that asks why.
const (
	topicBefore   understand.Topic = "before"
	topicStays    understand.Topic = "stays"
	topicWhyMoved understand.Topic = "why_moved"
)

// Shift is a move by a specialist that the client was not asked about before.
type Shift struct {
	Appointment AppointmentID `json:"appt"`
	// Before is the start that the appointment had, Stands the one it has since,
	// in Unix milliseconds.
	Before int64 `json:"before"`
	Stands int64 `json:"stands"`
}

// shifted remembers the time that an appointment had before it was moved.
func (s *step) shifted(old, now Appointment) {
	s.unshift(old.ID)
	s.state.Shifts = append(s.state.Shifts, Shift{Appointment: old.ID, Before: millis(old.At), Stands: millis(now.At)})
}

// unshift forgets the move of an appointment.
func (s *step) unshift(id AppointmentID) {
	s.state.Shifts = slices.DeleteFunc(s.state.Shifts, func(x Shift) bool { return x.Appointment == id })
}

// forgetShifts drops the moves that are not true any more: the time before is
// past, or the appointment was moved again, called off, or is gone.
func (s *step) forgetShifts() {
	s.state.Shifts = slices.DeleteFunc(s.state.Shifts, func(x Shift) bool {
		a, ok := s.facts.Appointment(x.Appointment)
		return !ok || a.Status == Cancelled || millis(a.At) != x.Stands || !time.UnixMilli(x.Before).After(s.now)
	})
}

// movedMeeting is the appointment that a text may speak of, if it was moved and
// the client has been told: the one that is asked about, or the only one that was
// moved where nothing is asked. Asked says that the new time waits for an answer.
func (s *step) movedMeeting() (a Appointment, before time.Time, asked, ok bool) {
	q := s.state.Open
	if len(s.state.Shifts) == 0 || q == nil && len(s.state.Shifts) > 1 || q != nil && q.Appointment == "" || s.event.Kind != EventText {
		return a, before, false, false
	}
	i := slices.IndexFunc(s.state.Shifts, func(x Shift) bool { return q == nil || x.Appointment == q.Appointment })
	if i < 0 || q != nil && s.unseen(*q) {
		return a, before, false, false
	}
	a, ok = s.facts.Appointment(s.state.Shifts[i].Appointment)
	before = time.UnixMilli(s.state.Shifts[i].Before).In(s.now.Location())
	return a, before, q != nil && q.Kind == AskAppointment, ok
}

// asBefore reads a text behind a move as the wish for the time from before, where
// it says so or names that time and no other: the new one is not confirmed by it.
func (s *step) asBefore(q understand.Query, r understand.Reading) understand.Reading {
	a, before, asked, ok := s.movedMeeting()
	if !ok || urgent(r) || r.Number > 0 || r.Unreadable || r.Intent == understand.Distress || r.Intent == understand.CallMe || slices.ContainsFunc(r.Also, urgent) {
		return r
	}
	date, clock := before.Format(time.DateOnly), before.Format("15:04")
	own := a.At.In(s.now.Location())
	q.Asked = understand.AskedReschedule
	timed := s.rules.Lexicons.Read(q).When
	for _, d := range s.rules.Lexicons.Days(q) {
		if d != date {
			return r // the new day, or a third one, is named
		}
	}
	if timed.Clock != "" && timed.Clock != clock || timed.Date != "" && timed.Date != date {
		return r
	}
	as := func(topic understand.Topic, why string) understand.Reading {
		return understand.Reading{
			Intent: understand.Change, Topic: topic, When: understand.When{Date: date, Clock: clock}, Sure: 80, Lang: r.Lang,
			ThirdParty: r.ThirdParty, Voices: r.Voices, Also: r.Also, Why: why,
		}
	}
	says := func(what understand.Said) bool { return s.rules.Lexicons.Says(q, what) }
	named := timed.Date == date && date != own.Format(time.DateOnly)
	switch {
	case says(understand.SaidBefore):
		return as(topicBefore, "read as the wish for the time before the move")
	case says(understand.SaidWhyMoved):
		x := as(topicWhyMoved, "read as asking why it was moved")
		x.Intent, x.When = understand.AttendingQuestion, understand.When{}
		return x
	case asked && says(understand.SaidStays):
		return as(topicStays, "read as to stay: as it was before the move, or as it is")
	case named && (r.Intent == understand.Confirm || r.Intent == understand.Keep || r.Intent == understand.Change):
		// "Thurs pls": the day it had, and with it the hour.
		return as(understand.TopicNone, "read as the day from before the move")
	}
	return r
}

// wantsBefore does what such a text says. It reports whether the text was one.
func (s *step) wantsBefore() bool {
	r := s.reading
	if r.Topic != topicBefore && r.Topic != topicStays && r.Topic != topicWhyMoved {
		return false
	}
	a, before, _, ok := s.movedMeeting()
	switch {
	case !ok:
		return false
	case r.Topic == topicWhyMoved:
		s.flag(FlagQuestion, a.ID)
		s.read("asked")
	case s.borrowed():
		s.giveUpOnTime(a)
	case r.Topic == topicStays:
		s.putWhich(Meaning{Intent: understand.Change, Appointment: a.ID, Date: r.When.Date, Clock: r.When.Clock}, Meaning{Intent: understand.Confirm, Appointment: a.ID})
	default:
		s.askBefore(a, before)
	}
	return true
}

// askBefore puts the time from before the move before the specialist. Until they
// decide, the new one stands.
func (s *step) askBefore(a Appointment, before time.Time) {
	s.do(SetAppointment{ID: a.ID, Status: ChangeAsked, Proposed: before})
	s.answered(a.ID)
	s.flag(FlagChangeAsked, a.ID)
	s.closeAbout(a.ID, ChooseChange)
	s.answer("appointment.before_asked", map[string]any{
		"proposed": When(before), "when": s.local(a), "specialist": s.facts.Specialist.Name,
	})
}
