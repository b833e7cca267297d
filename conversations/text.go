package conversations

import (
	"strings"
	"time"

	"alongside/conversations/understand"
)

// How sure a reading must be, 0 to 100, before it is acted on; below it the
// words go to a person. The reader's figure is what it says: of its readings
// with 40 to 49, 49 in a hundred are right, with 50 to 59 56, with 60 to 69 68,
// with 80 to 89 84, with 90 and more 97 (locales/learned.txt).
const (
	// sureEnough is for what changes the caseload at once. A wrong one costs the
	// client a wrong answer and the specialist a correction; a higher bar sends
	// more texts to a person that were understood. Of 5,277 labelled lines that
	// are no danger, read as unseen, 2,214 are acted on with it, 134 of them
	// wrongly, and 297 are handed over; with 45 it was 2,328, 172 and 177, with
	// 65 2,179, 122 and 327.
	sureEnough = 60
	// sureEnoughToAsk is for another time: it is read back before anything
	// moves, so that a wrong reading costs a question and nothing else (517 are
	// read back, 7 wrongly); and for what costs little to put right: another
	// language, the menu of help, a number.
	sureEnoughToAsk = 40
)

// text is somebody writing. The order is the order of what matters: danger,
// then the person's own stop and start, then everything else.
func (s *step) text() {
	s.readText()
	s.do(Understood{Reading: s.reading})
	s.back()
	s.respond()
}

// respond does what a text needs, once it is read.
func (s *step) respond() {
	s.threat()
	switch {
	case s.reading.Intent == understand.Crisis:
		s.risk()
		if s.facts.Known() && (s.stops() || s.stopsBesides()) {
			s.stop()
		}
	case !s.facts.Known():
		s.unknownSender()
	case s.gone():
	case s.stops():
		s.stop()
	case s.starts():
		s.start()
	case s.facts.Client.Closed:
		s.closedClient()
	default:
		s.fromClient()
	}
}

// fromClient is a text of a client of the service that is neither danger nor
// stop nor start.
func (s *step) fromClient() {
	switch s.reach(s.event.From.Channel).Agreement {
	case AgreementStopped:
		// After a stop nothing is sent; a person still reads what was written.
		if !s.struggles() {
			s.flag(FlagMessage, "")
		}
		return
	case AgreementDoubted:
		s.flag(FlagWrongPerson, "")
		s.struggles()
		return
	case AgreementAsked:
		if !s.afterAlert() {
			s.invited()
		}
		return
	case AgreementNone, AgreementDeclined:
		if s.afterAlert() {
			return
		}
		if s.struggles() {
			s.read(s.kindly())
			return
		}
		if s.changedMind() {
			return
		}
		if s.reading.Intent == understand.Social {
			// "Ok thanks" to "I will not text you" needs no answer.
			s.flag(FlagMessage, "")
			return
		}
		s.message()
		return
	case AgreementGiven:
	}
	if len(s.event.Media) > 0 && strings.TrimSpace(s.event.Text) == "" {
		s.flag(FlagMedia, "")
		s.read("media")
		return
	}
	if len(s.event.Media) > 0 {
		s.flag(FlagMedia, "")
	}
	s.learnLanguage()
	s.sideways()
	if s.afterAlert() || s.fromSomebodyElse() {
		return
	}
	from := len(s.effects)
	if s.moreFeedback() || s.grave() || s.asksWhoIsThere() {
		s.takeUp()
		return
	}
	s.intent()
	s.alsoAnswered(from)
	s.goOn()
}

// goOn puts what waits for its turn at the end of a text, unless the client is
// in trouble: nobody wants a question then, and it can wait.
func (s *step) goOn() {
	if s.troubled() {
		s.takeUp()
		return
	}
	s.nextInLine()
}

// struggles shows a person who is struggling, without danger, to the team the
// same day, whatever was agreed. It reports whether it did.
func (s *step) struggles() bool {
	switch {
	case s.reading.Voices:
		s.flag(FlagVoices, "")
	case s.reading.Intent == understand.Distress, s.alsoSaid(understand.Distress):
		s.flag(FlagDistress, "")
	default:
		return false
	}
	return true
}

// kindly is the key of the words for somebody who is struggling.
func (s *step) kindly() string {
	switch s.reading.Topic {
	case understand.TopicBereaved, understand.TopicTrouble:
		return "sorry"
	default:
	}
	if s.reading.Topic == understand.TopicWatched || s.reading.Voices && s.reading.Intent != understand.Distress {
		return "voices"
	}
	return "distress"
}

// intent does what the text means.
func (s *step) intent() {
	r := s.reading
	if r.Unreadable {
		s.handOver(FlagLanguage)
		return
	}
	if s.meansAnother() || isWishForLeads(r.Topic) && s.leadTopic() {
		// Before the intent: "any jobs?" refuses no offer.
		return
	}
	if s.stillLow() || s.lowBesideTask() || s.saysAgain() || s.explains() {
		return
	}
	if s.arrived() || s.wantsBefore() || s.takesBack() || s.noCalls() || s.callsFine() || s.picksLead() || s.bothLeads() || s.noAndTheOther() || s.eachMatter() || s.eachLead() || s.eachTask() || s.aboutCall() || s.freeWords() || s.whichDay() || s.ownWords() || s.rethinks() || s.rethinksLead() || s.topic() || s.askWhose() || s.askWhich() {
		return
	}
	if s.maybeStop() {
		s.askStop()
		return
	}
	if s.answersNudge() {
		return
	}
	if !s.enough() {
		if r.Intent == understand.WrongPerson {
			// It may be somebody else who holds the phone: nothing of the client's is
			// said there for a while, and a person looks.
			s.state.Borrowed = s.now.UnixMilli()
			s.flag(FlagThirdParty, "")
			s.answer("third_party", s.withSpecialist())
			return
		}
		s.handOver(FlagNotUnderstood)
		return
	}
	s.act()
}

// act does what the reading says.
func (s *step) act() {
	if s.seeks() && s.answersSeeking() {
		return
	}
	switch r := s.reading; r.Intent {
	case understand.Confirm, understand.OptinYes:
		s.yes()
	case understand.Keep:
		s.keep()
	case understand.Change:
		s.condoles()
		if a, ok := s.meeting(); ok && s.borrowed() {
			// A time is not read back to somebody else, so that none is settled.
			s.giveUpOnTime(a)
			return
		}
		s.anotherTime(r.When)
	case understand.Cannot, understand.OptinNo:
		s.cannot()
	case understand.Late:
		s.late()
	case understand.AttendingQuestion:
		if a, ok := s.alsoComes(); ok {
			// "Yes, but can my mum come": the yes counts, the question is passed on.
			s.flag(FlagQuestion, a.ID)
			s.confirm(a)
			return
		}
		s.aboutMeeting()
	case understand.NextAppointment:
		s.nextMeeting()
	case understand.CallMe:
		s.callMe()
	case understand.Language:
		s.changeLanguage(r.Language)
	case understand.WrongPerson:
		s.wrongPerson()
	case understand.Distress:
		s.inTrouble()
	case understand.Help:
		s.help()
	case understand.Social:
		// Thanks is not an error, and two who thank each other never end. Who
		// says hello waits for somebody to answer.
		switch {
		case r.Topic == understand.TopicGreeting:
			s.hello()
		case r.Topic == understand.TopicApology && s.sorry():
		case r.Topic == understand.TopicFarewell:
			// It may be the end of a chat, or more than that: a person sees it.
			s.flag(FlagMessage, "")
			s.read("message")
		case s.lateNumber():
			// "4 actually lol" is more than a courtesy.
		case r.Sure < sureEnough:
			// It may be no courtesy: it does not go by in silence.
			s.message()
		}
	case understand.Other:
		s.message()
	case understand.Interested, understand.NotInterested, understand.MoreInfo:
		s.aboutLead()
	case understand.Rating:
		s.rated()
	case understand.Done, understand.NotYet, understand.WantHelp:
		s.aboutTask()
	case understand.Choose:
		s.chosen()
	case understand.Stop:
		s.askStop()
	default:
		s.handOver(FlagNotUnderstood)
	}
}

// freeWords takes a text for what it is where the open question was answered
// in free words: why a lead is not for them, what followed a check-in, what
// they think of the service. It reports whether it did; words that plainly mean
// something else are left to their own flow.
func (s *step) freeWords() bool {
	if s.state.Open == nil {
		return s.told()
	}
	switch s.state.Open.Kind {
	case AskWhyNot:
		return s.whyNot()
	case AskTask:
		return s.wantsToSee()
	case AskFollowUp:
		return s.followedUp()
	case AskScale:
		return s.ratedInWords()
	case AskFeedback:
		return s.fedBack()
	case AskPause, AskQuiet, AskStopKind:
		return s.settingAnswered()
	default:
		return s.told()
	}
}

// alsoComes is the appointment of an open reminder to which the text says yes
// beside something else.
func (s *step) alsoComes() (Appointment, bool) {
	a, ok := s.meeting()
	return a, ok && s.alsoSaid(understand.Confirm) && s.asked() == understand.AskedAppointment
}

// topic answers what has words of its own and changes nothing. It reports
// whether it did.
func (s *step) topic() bool {
	if s.chosenSetting() || s.askedAboutUs() || s.leadTopic() {
		return true
	}
	if s.reading.Intent != understand.Other {
		return false
	}
	switch s.reading.Topic {
	case understand.TopicLimits:
		// Quiet times and pauses are set by a person.
		s.flag(FlagMessage, "")
		s.read("limits")
	case understand.TopicUnsure:
		a, ok := s.meeting()
		if !ok || !a.At.After(s.now) || s.owesTime(a) {
			return false
		}
		s.unsure(a)
	case topicCannotTalk:
		s.cannotTalk()
	default:
		return false
	}
	return true
}

// needed is how sure a reading of an intent must be.
func (s *step) needed(i understand.Intent) int {
	switch i {
	case understand.Confirm, understand.Cannot, understand.Keep, understand.WrongPerson, understand.Start,
		understand.OptinNo, understand.OptinYes, understand.Interested, understand.NotInterested, understand.Done, understand.NotYet, understand.WantHelp:
		return sureEnough
	case understand.Change, understand.Language, understand.Help, understand.Rating:
		return sureEnoughToAsk
	default:
		// What is passed on to a person whatever it is, or only told; a stop is asked
		// back, see doubtfulStop.
		return 0
	}
}

// enough says whether the reading is sure enough to be acted on. A few words
// that nothing else comes to mind for ("👍", "ie plis") need less: of 16 such
// replies between 40 and 60, 15 were read right.
func (s *step) enough() bool {
	need := s.needed(s.reading.Intent)
	if len(s.reading.Others) == 0 && s.words() <= fewWords {
		need = min(need, sureEnoughToAsk)
	}
	return s.sure() >= need
}

// sideways raises what was said beside the main thing: a condition, somebody
// writing for the client, voices, a threat, a further wish.
func (s *step) sideways() {
	r := s.reading
	a, _ := s.about()
	if r.Condition != "" && (answers[r.Intent] != "" || r.Intent == understand.Keep) {
		// "Dont know if i can come" answers nothing, and is read as a whole.
		s.do(RaiseFlag{Reason: FlagCondition, Appointment: a.ID, Condition: r.Condition})
	}
	if s.borrowed() && r.Intent != understand.WrongPerson {
		// What comes later from the same phone may be theirs too: a person looks.
		s.flag(FlagThirdParty, "")
	}
	if r.ThirdParty {
		s.state.Borrowed = s.now.UnixMilli()
	}
	if r.Voices {
		s.flag(FlagVoices, "")
	}
	for _, also := range r.Also {
		switch also.Intent {
		case understand.CallMe:
			s.flag(FlagCallMe, "")
		case understand.Distress:
			s.flag(FlagDistress, "")
		case understand.MoreInfo:
			if q, ok := s.waiting(AskLead); ok {
				s.do(RaiseFlag{Reason: FlagLeadQuestion, Offer: q.Offer, Message: s.event.Message})
				continue
			}
			s.flag(FlagQuestion, a.ID)
		case understand.AttendingQuestion:
			s.flag(FlagQuestion, a.ID)
		case understand.Late:
			s.flag(FlagLate, a.ID)
		default:
		}
	}
}

// edited is a text that was changed after it was sent. It is read for risk and
// shown; it answers nothing, because an answer was given to what it said before.
func (s *step) edited() {
	s.readText()
	s.do(Understood{Reading: s.reading})
	s.threat()
	switch {
	case s.reading.Intent == understand.Crisis:
		s.risk()
	case !s.facts.Known():
		s.flag(FlagUnknownSender, "")
	default:
		s.flag(FlagEdited, "")
	}
}

func (s *step) withSpecialist() map[string]any {
	return map[string]any{"specialist": s.facts.Specialist.Name}
}

// unknownSender is somebody who is not on the caseload. Nothing is revealed,
// the team sees it, and it is answered at most once a day.
func (s *step) unknownSender() {
	s.flag(FlagUnknownSender, "")
	if s.event.LinkCode != "" {
		s.answer("link.expired", nil)
		return
	}
	if s.event.From.Channel == Telegram && !s.stops() && !s.answeredToday() {
		// Some apps lose the code of the link: who says hello is asked for it.
		s.answer("link.ask", nil)
		return
	}
	if s.stops() || s.answeredToday() || s.reading.Intent == understand.Social && len(s.reading.Also) == 0 && s.words() <= inPassing {
		return
	}
	s.answer("unknown_sender", nil)
}

func (s *step) answeredToday() bool {
	return !s.facts.Answered.IsZero() && s.now.Sub(s.facts.Answered) < 24*time.Hour
}

// closedClient is somebody who has left the service: a person sees the text.
func (s *step) closedClient() {
	s.flag(FlagClosedClient, "")
	s.struggles()
	if s.reach(s.event.From.Channel).Agreement != AgreementGiven || s.reading.Intent == understand.Social || s.answeredToday() {
		return
	}
	s.answer("closed.received", nil)
}
