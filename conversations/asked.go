package conversations

import (
	"time"

	"alongside/conversations/understand"
)

// What the reader is told beside the text: what is open, and what it is about.

func (s *step) readText() {
	q := s.introduced(s.query())
	r := s.rules.Lexicons.Read(q)
	r.ThirdParty = r.ThirdParty || s.saysWho.Writer == understand.WriterElse
	s.reading = s.anew(s.notSent(s.promised(r)))
	defer s.writer()
	s.readAgain(q)
	s.asksWhichTask()
	defer s.speaksOfKin()
	s.reading = s.keepsOld(q, s.wishesTexts(q, s.onTheSpot(q, s.wishesLeads(q, s.meetingBesideLead(q, s.reread(q, s.reading))))))
	s.reading = s.takenBackStop(q, s.asBefore(q, s.mourns(s.toKindWords(s.reading))))
}

// keepsOld reads "no wait thurs is fine", where another day was read back, as the
// wish to keep the appointment: the day that they call fine is the one it has.
func (s *step) keepsOld(q understand.Query, r understand.Reading) understand.Reading {
	o := s.state.Open
	if q.Asked != understand.AskedConfirmTime || o == nil || r.Number > 0 || r.Intent != understand.Confirm && r.Intent != understand.Change {
		return r
	}
	a, ok := s.facts.Appointment(o.Appointment)
	own := a.At.In(s.now.Location())
	if !ok || o.Date == own.Format(time.DateOnly) || r.Intent == understand.Change && r.When.Clock != "" && r.When.Clock != own.Format("15:04") {
		return r
	}
	named := false
	for _, w := range splitWords(s.event.Text) {
		as := q
		as.Text, as.Asked = w, understand.AskedReschedule
		switch day := s.rules.Lexicons.Read(as).When.Date; day {
		case "":
		case own.Format(time.DateOnly):
			named = true
		default:
			return r // the other day is named too
		}
	}
	if !named {
		return r
	}
	q.Asked = understand.AskedAppointment
	if fits := s.rules.Lexicons.Read(q); fits.Intent != understand.Confirm {
		return r
	}
	r.Intent, r.When, r.Sure = understand.Keep, understand.When{}, max(r.Sure, sureEnough)
	return r
}

// wishesLeads finds the wish for leads ("any jobs?", "fewer jobs pls") in a text
// that was read as the answer to one: it is neither a yes nor a no to that.
func (s *step) wishesLeads(q understand.Query, r understand.Reading) understand.Reading {
	if q.Asked != understand.AskedLead || r.Number > 0 || r.Sure >= clearly || r.Topic != understand.TopicNone {
		return r
	}
	switch r.Intent {
	case understand.Interested, understand.NotInterested, understand.MoreInfo, understand.Other:
	default:
		return r
	}
	q.Asked = understand.AskedNone
	if alone := s.rules.Lexicons.Read(q); alone.Intent == understand.Other && isWishForLeads(alone.Topic) && alone.Sure >= plainly {
		return alone
	}
	return r
}

func isWishForLeads(t understand.Topic) bool {
	return t == understand.TopicJobs || t == understand.TopicFewerLeads || t == understand.TopicMoreLeads
}

// query is the text with all that its reader needs to know.
func (s *step) query() understand.Query {
	q := understand.Query{
		Text: s.event.Text, Lang: s.ownLanguage(), Asked: s.asked(), Now: s.now,
		Low:   s.facts.Alerted || !s.facts.CrisisSaid.IsZero() || s.troubled(),
		Names: s.names(), Team: splitWords(s.facts.Specialist.Name + " " + s.cover()),
	}
	if o := s.state.Open; o != nil && (o.Kind == AskReschedule && o.Date != "" && len(o.Free) == 0 || o.Kind == AskQuiet) {
		q.DayKnown = true
	}
	if a, ok := s.about(); ok {
		q.Appointment = a.At.In(s.now.Location())
	}
	if s.state.Open != nil {
		q.Sent = s.state.Open.AskedTime().In(s.now.Location())
	}
	return q
}

// asked translates the open question for the reader.
func (s *step) asked() understand.Asked {
	q := s.state.Open
	if q == nil {
		// A reminder that made room for another question can still be answered.
		for _, w := range s.state.Queue {
			if w.Put > 0 && w.Kind == AskAppointment && !s.unseen(w) {
				return understand.AskedAppointment
			}
		}
		if a, ok := s.about(); ok && s.owesTime(a) {
			// "When you are ready, text me a new day and time" holds for longer than
			// the question does.
			return understand.AskedReschedule
		}
		return understand.AskedNone
	}
	switch q.Kind {
	case AskOptIn:
		return understand.AskedOptin
	case AskAppointment:
		return understand.AskedAppointment
	case AskReschedule:
		return understand.AskedReschedule
	case AskTime:
		return understand.AskedConfirmTime
	case AskLead:
		return understand.AskedLead
	case AskScale, AskFeedback:
		return understand.AskedScale
	case AskTask:
		return understand.AskedTask
	case AskWhich:
		return understand.AskedWhich
	case AskPause, AskStopKind:
		return understand.AskedWhich
	case AskQuiet:
		return understand.AskedReschedule
	case AskWhyNot, AskFollowUp:
		// An answer in free words: nothing is expected of it.
	}
	return understand.AskedNone
}

// owesTime says whether the client said that they cannot come, or wants another
// time, and none has been named yet.
func (s *step) owesTime(a Appointment) bool {
	return a.At.After(s.now) && (a.Status == Cannot || a.Status == ChangeAsked && a.Proposed.IsZero())
}

// about is the appointment that a text is about: that of the open question,
// else of one that waits, else the next one.
func (s *step) about() (Appointment, bool) {
	if a, ok := s.facts.Appointment(s.subject); ok {
		return a, true
	}
	if q := s.state.Open; q != nil && q.Appointment != "" {
		if a, ok := s.facts.Appointment(q.Appointment); ok {
			return a, true
		}
	}
	for _, q := range s.state.Queue {
		if a, ok := s.facts.Appointment(q.Appointment); ok && q.Put > 0 {
			return a, true
		}
	}
	if len(s.facts.Appointments) > 0 {
		return s.facts.Appointments[0], true
	}
	return Appointment{}, false
}
