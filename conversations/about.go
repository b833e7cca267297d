package conversations

import "alongside/conversations/understand"

// Questions about us: each gets a true and short answer, and how to reach a
// person. The assistant states no rules of its own or of anybody's benefits.

// topicInsult is rude words, and no more.
const topicInsult understand.Topic = "insult"

// robot says plainly that this is a program, and how to reach a person.
func (s *step) robot() { s.answer("robot", s.withSpecialist()) }

// readers says who reads what the client writes, and when. Who is on duty is
// named because danger alerts them at any hour; nothing else does.
func (s *step) readers() {
	s.flag(FlagMessage, "")
	p := s.rules.Pathway
	vars := map[string]any{
		"specialist": s.facts.Specialist.Name, "from": s.clock(p.Reading.From), "to": s.clock(p.Reading.To),
	}
	s.addDuty(vars)
	if s.readsNow() {
		s.answer("readers.open", vars)
		return
	}
	vars["day"] = s.readsNext()
	s.answer("readers.later", vars)
}

// source says how we come by the address that a text came from.
func (s *step) source() {
	s.flag(FlagQuestion, "")
	switch {
	case s.event.From.Channel == Telegram:
		s.answer("source.telegram", s.introduction())
	case s.reach(s.event.From.Channel).Agreement == AgreementAsked:
		s.answer("source.asked", s.introduction())
	default:
		s.answer("source.agreed", s.introduction())
	}
}

// known says in short what is kept, and offers a copy by way of the specialist.
// Names and times are said only where the client wants detail, and nothing at
// all where somebody else reads the phone.
func (s *step) known() {
	s.flag(FlagKnown, "")
	c := s.facts.Client
	if c.Guarded {
		s.read("message")
		return
	}
	vars := s.withSpecialist()
	if !s.detailed() {
		s.answer("known", vars)
		return
	}
	if c.Name != "" {
		vars["called"] = c.Name
	}
	for _, a := range s.facts.Appointments {
		if a.At.After(s.now) {
			vars["next"] = s.local(a)
			break
		}
	}
	if s.paused() {
		vars["paused"] = Day(c.PausedUntil.In(s.now.Location()))
	}
	s.answer("known", vars)
}

// confidential passes on whether something is told to others: the assistant
// knows who reads, and states no rules.
func (s *step) confidential() {
	s.flag(FlagQuestion, "")
	s.read("private")
}

// insulted answers rude words in a few kind ones. A person reads them.
func (s *step) insulted() {
	s.flag(FlagMessage, "")
	s.answer("insulted", s.withSpecialist())
}

// askedAboutUs answers a question about us. It reports whether the text was one.
func (s *step) askedAboutUs() bool {
	switch s.reading.Intent {
	case understand.Other, understand.Help:
	default:
		return false
	}
	switch s.reading.Topic {
	case understand.TopicReaders:
		s.readers()
	case understand.TopicRobot:
		s.robot()
	case understand.TopicSource:
		s.source()
	case understand.TopicKnown:
		s.known()
	case understand.TopicPrivate, understand.TopicLeadOnly:
		s.confidential()
	case understand.TopicSpecialist:
		s.answer("specialist_real", s.withSpecialist())
	case understand.TopicContact:
		// The assistant has no numbers of the team to give.
		s.flag(FlagQuestion, "")
		s.read("asked")
	case understand.TopicWho:
		// Who asks may be anybody: neither the appointments nor the specialist are
		// named until it is plain who writes.
		s.answer("who", map[string]any{"service": s.rules.Pathway.Service})
	case topicInsult:
		s.insulted()
	default:
		return false
	}
	return true
}
