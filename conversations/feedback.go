package conversations

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// forLead marks a flag that only the lead sees: what a client thinks of the
// service is not shown to the specialist whom it may be about.
const forLead = "lead"

// feedbackDue asks what the client thinks of the service. Who was asked and
// has not answered yet is not asked again.
func (s *step) feedbackDue() {
	if due := s.event.Due; !due.IsZero() && !due.Equal(s.facts.Client.FeedbackDue) {
		return
	}
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
	case s.skips():
		return true
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

// moreOfIt is how long after the question about the service was answered what
// follows is taken for more of the same.
const moreOfIt = time.Hour

// moreFeedback takes what a client adds to what they said of the service ("and
// he never rings back", "and dont tell sam", the number behind the words) for
// the lead as well: it was asked for with that promise. So is what they do not
// want the specialist to be told. It reports whether the text was that; what has
// a flow of its own keeps it, unless it speaks of the specialist.
func (s *step) moreFeedback() bool {
	r := s.reading
	more := s.justFedBack()
	switch {
	case s.state.Open != nil || r.Unreadable || r.Number > 0 || r.Topic == understand.TopicMessage:
		return false
	case r.Intent == understand.Social && (!more || r.Sure >= sureEnough || r.Topic != understand.TopicNone):
		return false
	case r.Topic == understand.TopicLeadOnly && (more || s.words() > inPassing):
	case more && r.Intent == understand.Distress && r.Sure < plainlyMeant:
		// "I hate it" is said of what was asked about.
		s.do(RaiseFlag{Reason: FlagDistress, Message: s.event.Message, Detail: forLead})
	case !more || s.ownFlow() && !s.namesSpecialist():
		return false
	}
	s.do(RaiseFlag{Reason: FlagFeedback, Message: s.event.Message, Detail: forLead})
	n := bareNumber(s.event.Text)
	if n > len(numberOptions) {
		n = 0
	}
	s.do(RecordFeedback{Number: n})
	if !more {
		s.answer("feedback.thanks", s.withSpecialist())
		return true
	}
	// Never the same sentence twice in a row.
	key := "feedback.more"
	if s.repeats(&s.state.FedBack)%2 == 0 {
		key = "feedback.more_again"
	}
	s.answer(key, s.withSpecialist())
	return true
}

// justFedBack says whether the question that was answered last, a short while
// ago, was what they think of the service, and the lead has the answer.
func (s *step) justFedBack() bool {
	if len(s.state.Closed) == 0 {
		return false
	}
	c := s.state.Closed[0]
	return c.Kind == AskFeedback && c.Choice != ChooseNo && s.now.Sub(time.UnixMilli(c.At)) < moreOfIt
}

// namesSpecialist says whether the specialist's name stands in the text.
func (s *step) namesSpecialist() bool {
	name := strings.ToLower(s.facts.Specialist.Name)
	return name != "" && slices.ContainsFunc(splitWords(strings.ToLower(s.event.Text)), func(w string) bool {
		return w == name || strings.TrimSuffix(w, "s") == name
	})
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
	if s.reading.Topic == understand.TopicLeadOnly {
		// Then the lead it is.
		s.do(RaiseFlag{Reason: FlagFeedback, Message: s.event.Message, Detail: forLead})
		s.chooseFeedback(q, ChooseYes)
		return true
	}
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
