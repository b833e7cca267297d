package conversations

import "alongside/conversations/understand"

// explains says what the open question is for, and that nobody has to answer it,
// to who asks why it is asked. It stays open, and is not put again. Who asks a
// second time is answered by a person. It reports whether the text asked that.
func (s *step) explains() bool {
	switch s.reading.Intent {
	case understand.Other, understand.Help:
	default:
		return false
	}
	q := s.state.Open
	if s.reading.Topic != understand.TopicQuestion || s.borrowed() || q == nil && s.words() > aWord {
		return false
	}
	if q == nil {
		// "Why?", with nothing asked, is said of something that a person knows.
		s.flag(FlagQuestion, "")
		s.read("asked")
		return true
	}
	if q.Explained {
		s.flag(FlagQuestion, q.Appointment)
		s.read("asked")
		return true
	}
	q.Explained = true
	s.answer(explanation(*q), s.withSpecialist())
	return true
}

// aWord is how many words a "why" has that asks about no question of ours where
// none is open; what is longer gets the menu of help.
const aWord = 2

// explanation is the key of the words for what a question is for.
func explanation(q Question) string {
	switch q.Kind {
	case AskAppointment:
		return "question.appointment"
	case AskLead:
		return "question.lead"
	case AskScale:
		return "question.check_in"
	case AskTask:
		return "question.task"
	case AskFeedback:
		if !q.Shown {
			return "question.feedback"
		}
	case AskWhyNot, AskFollowUp:
		return "question.more"
	default:
	}
	return "question.meant"
}
