package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// help says what this is and what can be texted. The carrier may have said its
// own words already when the text was a bare HELP.
func (s *step) help() {
	if s.event.OptOut == "help" {
		return
	}
	s.answer("help", s.introduction())
}

// repeats counts a repetition within an hour, and returns how often the same was
// said in it.
func (s *step) repeats(r *Repeats) int {
	if s.now.Sub(time.UnixMilli(r.Since)) >= time.Hour {
		*r = Repeats{Since: s.now.UnixMilli()}
	}
	r.Times++
	return r.Times
}

// hello answers a bare greeting: at length the first time, in a few words the
// second. Who greets a third time within the hour waits for a person.
func (s *step) hello() {
	switch s.repeats(&s.state.Hello) {
	case 1:
		s.answer("hello", s.withSpecialist())
	case 2:
		s.answer("hello_again", nil)
	case 3:
		s.flag(FlagMessage, "")
		s.read("message")
	default:
		s.flag(FlagMessage, "")
	}
}

// sorry answers an apology where nothing is asked, or only for another time than
// the one that they cannot come to: in a few words, once within the hour. It
// reports whether the text was one.
func (s *step) sorry() bool {
	if q := s.state.Open; q != nil {
		a, ok := s.facts.Appointment(q.Appointment)
		if !ok || q.Kind != AskReschedule || a.Status != Cannot {
			return false
		}
	} else if s.asked() == understand.AskedAppointment {
		return false
	}
	s.flag(FlagMessage, "")
	if s.repeats(&s.state.Sorry) == 1 {
		s.answer("apology", nil)
	}
	return true
}

// unsure leaves an appointment as it is for a client who cannot say yet, and
// says so once within the hour.
func (s *step) unsure(a Appointment) {
	s.flag(FlagMessage, a.ID)
	switch s.repeats(&s.state.Unsure) {
	case 1:
		s.answer("appointment.unsure", s.meetingVars(a))
	case 2:
		s.answer("appointment.unsure_again", s.withSpecialist())
	case 3:
		s.read("message")
	default:
		// Told three times that it stays: a person has it.
	}
}

// learnLanguage records the language of a client who has none on record yet
// and has just written in one that the service speaks.
func (s *step) learnLanguage() {
	l := s.reading.Lang
	if s.facts.Client.Language == "" && slices.Contains(s.rules.Pathway.Languages, l) && s.reading.Intent != understand.Language {
		s.do(SetLanguage{Language: l})
		s.facts.Client.Language = l
	}
}

// changeLanguage switches to a language that the service speaks, and hands the
// wish for any other to a person.
func (s *step) changeLanguage(tag string) {
	if !slices.Contains(s.rules.Pathway.Languages, tag) {
		s.flag(FlagLanguage, "")
		s.answer("language.unknown", s.withSpecialist())
		return
	}
	s.do(SetLanguage{Language: tag})
	s.facts.Client.Language = tag
	s.reply(Say{Key: "language.set", Language: tag})
}

// delivery is what became of a message of ours, where that is bad news.
func (s *step) delivery() {
	e := s.event
	c := e.Channel
	s.faulty()
	if e.Blocked && c != "" {
		s.do(SetBlocked{Channel: c, Blocked: true})
		if s.reach(c).Agreement == AgreementGiven {
			s.do(SetAgreement{Channel: c, Agreement: AgreementStopped, How: "carrier"})
			s.do(DropQueued{Reason: string(policy.Blocked)})
			s.flag(FlagBlocked, "")
		}
	}
	switch {
	case e.Kind == EventDropped && e.Reason == NudgeStopped:
		s.nudgeTakenBack()
	case e.Kind == EventUnknown:
		s.flag(FlagMayNotBeSent, "")
	case e.Urgency == Crisis:
		s.flag(FlagAnswerNotSent, "")
	case e.Kind == EventUndelivered && !e.Blocked:
		s.flag(FlagUndelivered, "")
	case e.Kind == EventDropped && e.Reason == string(policy.QuietHours):
		s.sayAgain()
	case e.Kind == EventDropped && e.Reason == string(policy.TooLate):
		s.flag(FlagNotSent, "")
	}
}
