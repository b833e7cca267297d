package conversations

import "alongside/conversations/understand"

// The details of the flags about who writes.
const (
	// StoppedByOther: it was somebody else who asked that texts to this number
	// end. None are sent, and the client has to be reached another way.
	StoppedByOther = "stopped_by_other"
	// HasPhoneAgain: somebody writes that the phone is the client's again.
	HasPhoneAgain = "has_phone_again"
)

// names are the client's own; nothing else tells who "its dave" is.
func (s *step) names() []string { return splitWords(s.facts.Client.Name) }

// introduced takes from a text what only says who writes it: the rest is read,
// and "its john, where am i meeting sam" asks where. Danger is looked for in
// all of it.
func (s *step) introduced(q understand.Query) understand.Query {
	if !s.facts.Known() {
		return q
	}
	in := s.rules.Lexicons.Introduced(q)
	if in.Writer == understand.WriterUnsaid {
		return q
	}
	whole := s.rules.Lexicons.Read(q)
	if in.Writer == understand.WriterClient && !in.ByName && !s.lent() && whole.Sure >= sureEnough && (whole.Intent != understand.Other || whole.Topic != understand.TopicNone) {
		// "Im back" of whom nobody stood in for may be about anything.
		return q
	}
	s.saysWho = in
	if whole.Intent == understand.Crisis || in.Rest == "" {
		return q
	}
	rest := q
	rest.Text = in.Rest
	if s.rules.Lexicons.Read(rest).Intent == understand.Crisis {
		// "Mum here, he wont be coming" is said of him; who wrote it says what it means.
		return q
	}
	s.event.Text = in.Rest
	return rest
}

// writer makes of the reading what follows from who writes.
func (s *step) writer() {
	in, r := s.saysWho, &s.reading
	if in.Writer == understand.WriterUnsaid {
		if r.Topic == understand.TopicPrivacy {
			// "My husband can not know about it" is said by the client.
			r.ThirdParty = false
		}
		return
	}
	r.Writer = in.Writer
	if in.Writer == understand.WriterElse {
		r.ThirdParty = true
	}
	if in.Rest != "" || r.Intent == understand.Crisis {
		return
	}
	only := understand.Reading{Intent: understand.Other, Sure: plainlyMeant, Lang: r.Lang, Writer: r.Writer, ThirdParty: r.ThirdParty}
	if in.Writer == understand.WriterClient {
		only.Intent, only.Topic, only.ThirdParty = understand.Social, understand.TopicGreeting, false
	}
	*r = only
}

// back is the client writing that they have their phone again. Their word is
// taken where whoever had it only passed something on. Who asked meanwhile for
// what they were not told would write the same to be told it (see
// borrowedWords): then nobody's word is taken until the [sitting] is over.
func (s *step) back() {
	if s.reading.Writer != understand.WriterClient || s.reading.ThirdParty || s.state.Borrowed == 0 || s.state.Pried {
		return
	}
	s.giveBack()
	s.do(RaiseFlag{Reason: FlagThirdParty, Message: s.event.Message, Detail: HasPhoneAgain})
}

// disownsStop says whether the client writes that it was somebody else who ended
// the texts: what was not theirs is no stop of theirs. Their word is taken where
// it would be for the phone (see back); what ended by a carrier's own word only
// the carrier begins again.
func (s *step) disownsStop() bool {
	return s.state.EndedByOther && !s.borrowed() && !s.state.Pried && s.reading.Topic == understand.TopicDisowned &&
		s.reach(s.event.From.Channel).Agreement == AgreementStopped
}

// pries says whether a text asks for what only the client is told.
func (s *step) pries() bool {
	switch s.reading.Intent {
	case understand.Help, understand.AttendingQuestion, understand.NextAppointment, understand.MoreInfo:
		return true
	default:
		return false
	}
}

// giveBack takes the phone to be the client's again.
func (s *step) giveBack() { s.state.Borrowed, s.state.Pried = 0, false }
