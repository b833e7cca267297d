package conversations

import "alongside/conversations/understand"

// promised reads "im going to do it" behind a question about a task as its
// answer. With nothing asked, after danger, and where the client was low a
// short while ago, it may be the worst there is, and stays that.
func (s *step) promised(r understand.Reading) understand.Reading {
	q := s.state.Open
	if q == nil || q.Kind != AskTask || s.unseen(*q) || r.Threat || s.facts.Alerted || !s.facts.CrisisSaid.IsZero() || s.troubled() {
		return r
	}
	switch {
	case r.Intent == understand.Crisis && r.Danger == understand.DangerSelf:
	case r.Intent == understand.Other && r.Topic == understand.TopicNone:
	case r.Intent == understand.Change && r.When.Ambiguous:
		// "Ill do it later" moves no appointment.
	case r.Intent == understand.Done, r.Intent == understand.NotYet && r.Sure < sureEnough:
	default:
		return r
	}
	if !s.rules.Lexicons.Promise(s.event.Text) {
		return r
	}
	return understand.Reading{
		Intent: understand.NotYet, Sure: plainlyMeant, Lang: r.Lang, ThirdParty: r.ThirdParty,
		Why: "read as not_yet: a task was asked about, and this says that it will be done",
	}
}
