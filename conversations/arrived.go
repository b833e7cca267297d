package conversations

import (
	"time"

	"alongside/conversations/understand"
)

// Who is there, or looks for the place, while a meeting is near: that comes
// before whatever was asked last.

// onTheWay is how long before a meeting "where are you" is about it.
const onTheWay = 2 * time.Hour

// nearMeeting is the appointment that is about to begin, or has just begun.
func (s *step) nearMeeting() (Appointment, bool) {
	for _, a := range s.facts.Appointments {
		if a.Status != Cancelled && a.At.Sub(s.now) <= onTheWay && s.now.Sub(a.At) < aftermath {
			return a, true
		}
	}
	return Appointment{}, false
}

// onTheSpot reads a text near a meeting for what is said on the spot: "im here",
// or where the meeting is, although something else was asked last.
func (s *step) onTheSpot(q understand.Query, r understand.Reading) understand.Reading {
	a, near := s.nearMeeting()
	if !near || r.Unreadable || r.Number > 0 || urgent(r) {
		return r
	}
	q.Asked, q.Appointment = understand.AskedNone, a.At.In(s.now.Location())
	if alone := s.rules.Lexicons.Read(q); alone.Topic == understand.TopicArrived && alone.Intent != understand.Crisis {
		return understand.Reading{
			Intent: understand.Social, Topic: understand.TopicArrived, Sure: 90, Lang: r.Lang, ThirdParty: r.ThirdParty, Voices: r.Voices,
			Threat: r.Threat, Why: "read as being there, near the time of the meeting",
		}
	}
	switch q.Asked = understand.AskedAppointment; r.Intent {
	case understand.MoreInfo, understand.WantHelp, understand.Other:
		if o := s.state.Open; o == nil || o.Appointment != "" || r.Topic != understand.TopicNone || len(s.namedOffers()) > 0 {
			return r
		}
		if as := s.rules.Lexicons.Read(q); as.Intent == understand.AttendingQuestion && as.Sure >= sureOfAnother {
			return as
		}
	default:
	}
	return r
}

// arrived tells the specialist that the client is there. It reports whether the
// text said so of a meeting that is near.
func (s *step) arrived() bool {
	a, near := s.nearMeeting()
	if s.reading.Topic != understand.TopicArrived || !near {
		return false
	}
	s.do(RaiseFlag{Reason: FlagQuestion, Appointment: a.ID, Message: s.event.Message, Detail: string(understand.TopicArrived)})
	key, vars := s.withPlace("appointment.arrived", a)
	s.reply(Say{Key: key, Vars: vars, Appointment: a.ID})
	return true
}
