package conversations

import (
	"slices"
	"strings"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Grave news, trouble, joy, and what only a person can do: each is answered in
// a kind line, a person is told the same day, and nothing is asked.

// The details of the flags that they raise.
const (
	// SaidToHaveDied: somebody writes that the client has died. The flag is
	// [FlagWrongPerson]: nothing is sent until a person has settled it.
	SaidToHaveDied = "said_to_have_died"
	// SaidToBeAway: somebody writes that the client is in hospital or locked up.
	SaidToBeAway = "said_to_be_away"
	// NewNumber: the text holds another number of the client's.
	NewNumber = "new_number"
	// GotJob: good news.
	GotJob = "got_job"
	// Erase: the client wants deleted what is kept; the service has to answer.
	Erase = "erase"
	// Leaves: the client wants to leave the service.
	Leaves = "wants_to_leave"
)

// gone is somebody writing that the client has died, or is in hospital or in
// custody. It reports whether the text was that. Of a death nothing but a line
// of condolence is said, and all texting waits until a person has settled it;
// of the other the client is put on hold, and nothing is told.
func (s *step) gone() bool {
	switch {
	case s.saidDead():
		s.do(RaiseFlag{Reason: FlagWrongPerson, Message: s.event.Message, Detail: SaidToHaveDied})
		s.answer("condolence", s.withSpecialist())
		for _, r := range s.facts.Reach {
			if r.Agreement != AgreementGiven && r.Agreement != AgreementAsked {
				continue
			}
			s.do(SetAgreement{Channel: r.Channel, Agreement: AgreementDoubted, How: "text"})
			s.setReach(r.Channel, AgreementDoubted, r.Blocked)
		}
		s.do(DropQueued{Reason: string(policy.Doubted)})
		s.hold(SaidToHaveDied)
		s.closeAll()
		return true
	case s.saidAway():
		s.reading.ThirdParty = true
		s.state.Borrowed = s.now.UnixMilli()
		s.do(RaiseFlag{Reason: FlagThirdParty, Message: s.event.Message, Detail: SaidToBeAway})
		s.answer("third_party", s.withSpecialist())
		s.hold(SaidToBeAway)
		return true
	}
	return false
}

// saidDead says whether a text tells that the client has died: "he passed
// away", or the client's own name. Of another name ("dave died") nobody can
// tell whose it is, and a person reads it as any text.
func (s *step) saidDead() bool {
	switch s.reading.Topic {
	case understand.TopicDied:
		return !s.ownLoss()
	case understand.TopicDiedNamed:
		return s.namesClient() || s.reading.ThirdParty
	case understand.TopicBereaved:
		return s.namesClient()
	default:
		return false
	}
}

// saidAway says the same of hospital and custody.
func (s *step) saidAway() bool {
	switch s.reading.Topic {
	case understand.TopicAway:
		return true
	case understand.TopicAwayNamed:
		return s.namesClient() || s.reading.ThirdParty
	default:
		return false
	}
}

// namesClient says whether the client's own name stands in the text.
func (s *step) namesClient() bool {
	names := splitWords(strings.ToLower(s.facts.Client.Name))
	return slices.ContainsFunc(splitWords(strings.ToLower(s.event.Text)), func(w string) bool {
		return slices.Contains(names, w) || slices.Contains(names, strings.TrimSuffix(w, "s"))
	})
}

// grave does what trouble, joy and the requests that only a person can meet
// need. It reports whether the text was one.
func (s *step) grave() bool {
	r := s.reading
	switch r.Topic {
	case understand.TopicBereaved, understand.TopicTrouble:
		s.inTrouble()
	case understand.TopicPlea:
		return s.pleads()
	case understand.TopicBeside:
		s.guard()
	case understand.TopicErase:
		s.do(RaiseFlag{Reason: FlagKnown, Message: s.event.Message, Detail: Erase})
		s.answer("erase", s.withSpecialist())
	case understand.TopicLeaves:
		s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: Leaves})
		s.answer("leaves", s.withSpecialist())
	case understand.TopicNoJob:
		s.flag(FlagMessage, "")
		s.read("sorry")
	case understand.TopicGotJob:
		return s.besides(FlagMessage, GotJob, "got_job")
	case understand.TopicNewNumber:
		return s.besides(FlagSettings, NewNumber, "new_number")
	default:
		if r.Intent == understand.CallMe || !holdsNumber(s.event.Text) {
			return false
		}
		return s.besides(FlagSettings, NewNumber, "new_number")
	}
	return true
}

// besides shows a person what stands in a text, and answers it where the text
// says nothing else that is acted on. It reports whether it answered.
func (s *step) besides(reason FlagReason, detail, key string) bool {
	s.do(RaiseFlag{Reason: reason, Message: s.event.Message, Detail: detail})
	if r := s.reading; answers[r.Intent] != "" && r.Sure >= sureEnough {
		return false
	}
	for _, also := range s.reading.Also {
		if kind := answers[also.Intent]; kind != "" && s.asksAbout(kind) {
			// "Yes ill be there, btw my number has changed": the answer goes its way.
			also.Lang, also.Sure = s.reading.Lang, max(also.Sure, sureEnough)
			s.reading = also
			return false
		}
	}
	s.answer(key, s.withSpecialist())
	return true
}

// holdsNumber says whether a text holds what looks like a phone number: ten or
// more digits, with nothing but spaces and the like between them.
func holdsNumber(text string) bool {
	digits := 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case strings.ContainsRune(" +-().", c):
		default:
			digits = 0
		}
		if digits >= 10 {
			return true
		}
	}
	return false
}

// inTrouble answers somebody who is low, or to whom something bad has happened:
// a kind line, a person the same day, and no question now. That they cannot
// come is noted where they said so; what becomes of the appointment is for a
// person, or for later.
func (s *step) inTrouble() {
	a, meets := s.meeting()
	meets = meets && a.At.After(s.now)
	again := s.troubled()
	s.state.Troubled = s.now.UnixMilli()
	about := a.ID
	if !meets || s.kindly() != "sorry" {
		about = ""
	}
	s.flag(FlagDistress, about)
	s.keepRating()
	asked := s.state.Open != nil && s.state.Open.concerns(a.ID)
	if meets && a.Status != Cannot && s.alsoSaid(understand.Cannot) && (asked || s.namesMeeting() || s.reading.Topic == understand.TopicBereaved) && !s.onAnotherDay(a) {
		s.do(SetAppointment{ID: a.ID, Status: Cannot})
		s.answered(a.ID)
		s.flag(FlagCannot, a.ID)
		s.closeAbout(a.ID, ChooseCannot)
	}
	if key := s.kindly(); key != "distress" || !again {
		s.say(key)
		return
	}
	s.say("distress_again")
}

// asksWhoIsThere answers "are you there" of somebody who was low a short while
// ago: who reads, and when. It reports whether the text asked that.
func (s *step) asksWhoIsThere() bool {
	if !s.troubled() || s.aftermath() != understand.AfterThere {
		return false
	}
	s.readers()
	return true
}

// lowBesideTask is "feeling rubbish today so havent done it": the kind words come
// first, and the task stays as it was asked about. It reports whether the text
// was that.
func (s *step) lowBesideTask() bool {
	if s.reading.Intent != understand.NotYet || s.borrowed() {
		return false
	}
	also := s.alsoSaid(understand.Distress)
	if alone := s.asIf(understand.AskedNone); !also && (s.enough() || alone.Intent != understand.Distress || alone.Sure < plainlyMeant) {
		return false // "not done it, been struggling with it" is an answer
	}
	if t, asked, ok := s.meantTask(); ok && asked && s.enough() && t.Status != TaskNotYet {
		s.setTask(t, TaskNotYet)
	}
	if !also {
		s.flag(FlagDistress, "")
	}
	again := s.troubled()
	s.state.Troubled = s.now.UnixMilli()
	if again {
		s.say("distress_again")
		return true
	}
	s.say("distress")
	return true
}

// stillLow takes what somebody writes who was low a short while ago, and which
// only might be an answer to a lead or a task ("nah im alright just tired"), for
// more of the same: a person has it, and no job is shown for it. It reports
// whether it did.
func (s *step) stillLow() bool {
	r := s.reading
	q := s.state.Open
	if !s.troubled() || q == nil || q.Kind != AskLead && q.Kind != AskTask || s.borrowed() || r.Number > 0 || r.Topic != understand.TopicNone {
		return false
	}
	if kind := answers[r.Intent]; r.Intent != understand.Other && kind != AskLead && kind != AskTask {
		return false
	}
	if s.sure() >= plainlyMeant || len(s.namedOffers()) > 0 || len(s.namedTasks()) > 0 {
		return false
	}
	s.flag(FlagMessage, "")
	s.say("message")
	return true
}

// fromSomebodyElse keeps what somebody else writes from the client's phone, or wrote a
// short while ago, away from the caseload: a person has it in their own words,
// and nothing of the client is said, changed or asked there. It reports whether
// the text was one.
func (s *step) fromSomebodyElse() bool {
	if !s.borrowed() {
		return false
	}
	r := s.reading
	s.state.Pried = s.state.Pried || s.pries()
	if r.Intent == understand.WrongPerson {
		if s.enough() {
			return false
		}
		s.flag(FlagThirdParty, "")
	}
	if q := s.state.Open; q != nil && q.Kind == AskFeedback && !q.Shown && r.Intent != understand.Social {
		s.keepFeedback(0)
	}
	s.struggles()
	if r.Intent == understand.CallMe {
		s.flag(FlagCallMe, "")
	}
	if r.Intent == understand.Social && r.Topic == understand.TopicNone && s.words() <= aThanks && !s.namesClient() {
		// Two who thank each other never end.
		return true
	}
	s.answer("third_party", s.withSpecialist())
	return true
}

// aThanks is how many words a thanks has that needs no answer.
const aThanks = 2
