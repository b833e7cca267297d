package conversations

import (
	"slices"

	"alongside/conversations/understand"
)

// saysAgain says what was asked once more to who asks what it was, which one is
// meant, or for it to be sent again: a lead, a task, a check-in, the question
// about the service. It was asked for, so that how often a question is put does
// not count here. It reports whether the text was that.
func (s *step) saysAgain() bool {
	q, waits := s.askedLast()
	if s.reading.Topic != understand.TopicAgain || s.reading.Intent != understand.Help || !waits || s.borrowed() || s.lent() {
		return false
	}
	m, ok := s.askedWords(&q)
	if !ok {
		// Of what has no words of its own it is said what it is for.
		s.reading.Topic = understand.TopicQuestion
		return false
	}
	s.putAgain(q)
	m.Question = q.ID
	s.reply(m)
	return true
}

// askedLast is the open question, else the newest of those that made room and
// still wait for an answer.
func (s *step) askedLast() (Question, bool) {
	if q := s.state.Open; q != nil {
		return *q, true
	}
	for _, q := range slices.Backward(s.state.Queue) {
		if q.Put > 0 && !s.unseen(q) {
			return q, true
		}
	}
	return Question{}, false
}

// askedWords are the words in which a question is said again, in full: who asks
// for it wants to see it.
func (s *step) askedWords(q *Question) (Say, bool) {
	switch q.Kind {
	case AskLead:
		o, ok := s.findOffer(q.Offer)
		if !ok || !o.standing(s.now) {
			return Say{}, false
		}
		q.Shown = true
		return Say{Key: "lead.shown", Vars: s.leadVars(o), Options: leadOptions, Offer: o.ID}, true
	case AskTask:
		t, ok := s.task(q.Task)
		if !ok {
			return Say{}, false
		}
		q.Shown, q.Number = true, 0 // a yes is one to the step again, and not to help with it
		return Say{Key: "task.shown", Options: taskOptions, Vars: map[string]any{"task": t.What}}, true
	case AskScale:
		c, ok := s.series(q.CheckIn)
		if !ok {
			return Say{}, false
		}
		if c.Words != "" && !s.facts.Client.Guarded {
			q.Shown = true
			return Say{Key: "checkin.own", Vars: map[string]any{"words": c.Words}, Options: numberOptions}, true
		}
		key, vars := s.checkInWords(c)
		return Say{Key: key, Vars: vars, Options: numberOptions}, true
	case AskFeedback:
		if q.Shown {
			return Say{}, false
		}
		return Say{Key: "feedback.ask", Vars: s.withSpecialist(), Options: numberOptions}, true
	default:
		return Say{}, false
	}
}
