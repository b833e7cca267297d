package conversations

import (
	"slices"
	"strconv"
	"time"

	"alongside/conversations/understand"
)

// forLead marks a flag that only the lead sees: what a client thinks of the
// service is not shown to the specialist whom it may be about.
const forLead = "lead"

// feedbackDue asks what the client thinks of the service. Who was asked and
// has not answered yet is not asked again.
func (s *step) feedbackDue() {
	asked := func(q Question) bool { return q.Kind == AskFeedback && !q.Shown }
	if q := s.state.Open; q != nil && asked(*q) || slices.ContainsFunc(s.state.Queue, asked) {
		return
	}
	s.putFeedback(s.newQuestion(AskFeedback, Appointment{}))
}

// putFeedback puts that question, now or when it has had to wait. A hold and
// "no more check-ins" hold it back too.
func (s *step) putFeedback(q Question) {
	s.put(q, Say{Key: "feedback.ask", Vars: s.withSpecialist(), Options: numberOptions, Matter: MatterCheckIns}, time.Time{})
}

// fedBack takes what the client thinks of the service, for the lead. It
// reports whether it did; what is plainly something else keeps its own flow.
func (s *step) fedBack() bool {
	q := *s.state.Open
	if q.Shown {
		return s.answersOffer(q)
	}
	r := s.reading
	switch {
	case r.Intent == understand.Social:
		return false
	case r.Intent == understand.CallMe && s.words() > inPassing:
		// "I asked for a call and nobody rang" says what they think of it.
	case s.reading.Topic == understand.TopicStopKind && r.Intent == understand.Other:
		s.closeQuestion("")
		return false
	case r.Intent == understand.Distress, r.Intent == understand.Rating && s.soundsDistressed():
		s.keepFeedback(r.Number)
		s.do(RaiseFlag{Reason: FlagDistress, Message: s.event.Message, Detail: forLead})
		s.read("feedback_hard")
		return true
	case s.ownFlow():
		return false
	}
	n := 0
	if r.Intent == understand.Rating {
		n = r.Number
	}
	s.keepFeedback(n)
	s.answer("feedback.thanks", s.withSpecialist())
	return true
}

// keepFeedback keeps a number (0: words alone) and tells the lead. What a
// relative says reaches the lead as well, and is not the client's answer.
func (s *step) keepFeedback(n int) {
	s.do(RaiseFlag{Reason: FlagFeedback, Message: s.event.Message, Detail: forLead})
	if s.borrowed() {
		return
	}
	s.do(RecordFeedback{Number: n})
	s.closeQuestion("")
}

// offerLead is praise or a complaint that nobody asked for. The specialist has
// it like any text; whether the lead gets it too is the client's choice.
func (s *step) offerLead() {
	s.flag(FlagMessage, "")
	if s.borrowed() || s.state.Open != nil {
		s.read("message")
		return
	}
	q := s.newQuestion(AskFeedback, Appointment{})
	q.Shown, q.Message = true, s.event.Message
	s.open(q)
	s.reply(Say{Key: "feedback.offer", Question: q.ID, Options: yesOrNo})
}

// answersOffer is the answer to "shall the lead have it too?". It reports
// whether the text was one.
func (s *step) answersOffer(q Question) bool {
	if s.ownFlow() {
		return false
	}
	if s.words() > aFewWords {
		// More of the same: the offer stands.
		s.passOn()
		return true
	}
	switch s.asIf(understand.AskedOptin).Intent {
	case understand.OptinYes:
		s.chooseFeedback(q, ChooseYes)
	case understand.OptinNo:
		s.chooseFeedback(q, ChooseNo)
	default:
		return false
	}
	return true
}

// chooseFeedback is a press under the question about the service, or under the
// offer to pass a text on to the lead.
func (s *step) chooseFeedback(q Question, c Choice) {
	switch {
	case q.Shown && c == ChooseYes:
		s.do(RecordFeedback{Message: q.Message})
		s.do(RaiseFlag{Reason: FlagFeedback, Message: q.Message, Detail: forLead})
		s.closeOne(q.ID, c)
		s.answer("feedback.passed", nil)
	case q.Shown && c == ChooseNo:
		s.closeOne(q.ID, c)
		s.answer("feedback.kept", s.withSpecialist())
	case !q.Shown && slices.Contains(numberOptions, c):
		n, err := strconv.Atoi(string(c))
		if err != nil {
			return
		}
		s.keepFeedback(n)
		s.answer("feedback.thanks", s.withSpecialist())
	}
}
