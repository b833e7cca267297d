package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// stops says whether the text ends the texting: by the carrier's own word, by
// a word on which the carrier acts, or in the person's own words.
func (s *step) stops() bool {
	return s.event.OptOut == "stop" || s.carrierWord() == "stop" || s.reading.Intent == understand.Stop && !s.doubtfulStop() ||
		!besideStop[s.reading.Intent] && slices.ContainsFunc(s.reading.Also, func(r understand.Reading) bool { return r.Intent == understand.Stop && r.Plain })
}

// besideStop lists what makes less of a stop that is said with it: who asks to
// be rung instead, or is somebody else, does not leave.
var besideStop = map[understand.Intent]bool{understand.CallMe: true, understand.WrongPerson: true, understand.Start: true, understand.Language: true}

// doubtfulStop says whether a stop in the client's own words is so unsure, or so
// narrow ("dont text me about jobs", "dont text, ring me"), that it is asked back with numbers instead:
// somebody who asks for less must not fall silent. Said again while that is
// asked, it is plain.
func (s *step) doubtfulStop() bool {
	need := sureEnough
	if s.facts.Alerted {
		// "Dont send anyone" is not said of texts.
		need = plainlyMeant
	}
	if s.reading.Sure >= need && s.reading.Plain && !s.alsoSaid(understand.CallMe) || !s.facts.Known() || s.facts.Client.Closed {
		return false
	}
	if s.borrowed() {
		// Somebody else's doubtful stop is for a person, see fromSomebodyElse.
		return true
	}
	q := s.state.Open
	return s.reach(s.event.From.Channel).Agreement == AgreementGiven && (q == nil || q.Kind != AskStopKind)
}

// maybeStop says whether a text that is not plainly anything else may be a stop,
// so that it is asked, and nobody has to say it three times.
func (s *step) maybeStop() bool {
	r, q := s.reading, s.state.Open
	if len(r.Others) == 0 || r.Others[0].Intent != understand.Stop || r.Others[0].Sure < likelyStop || r.Intent != understand.Other && s.enough() {
		return false
	}
	return s.facts.Known() && !s.facts.Client.Closed && !s.facts.Alerted && !s.borrowed() && !s.troubled() &&
		s.reach(s.event.From.Channel).Agreement == AgreementGiven && (q == nil || q.Kind != AskStopKind)
}

// likelyStop is how likely a stop must be, 0 to 100, to be asked about.
const likelyStop = 30

// stopsBesides says whether a text of danger also ends the texting: a part of
// it, alone, is a plain stop ("i want to die and stop texting me"). The part must
// speak of texts, or be the carriers' own word: "make it stop" is said of pain.
// Danger is answered before it, and by whom the client is hurt may be told to
// stop as well, so that nothing is looked for there.
func (s *step) stopsBesides() bool {
	if s.reading.Danger == understand.DangerByOthers {
		return false
	}
	parts := s.rules.Lexicons.Clauses(s.event.Text)
	return len(parts) > 1 && slices.ContainsFunc(parts, func(part string) bool {
		if !s.rules.Lexicons.Names(part, understand.NamesTexts) && understand.ReservedWord(part) != understand.Stop {
			return false
		}
		r := s.rules.Lexicons.Read(understand.Query{Text: part, Lang: s.ownLanguage(), Now: s.now})
		return r.Intent == understand.Stop && r.Sure >= plainStop
	})
}

// plainStop is how sure a reading must be, 0 to 100, to find a stop in a part of
// a text.
const plainStop = 80

// starts says whether the text begins the texting again. A bare YES is one of
// the carriers' words for it (and Twilio calls it START whoever writes it), so
// that such a word starts only what had ended; otherwise it is a plain yes.
func (s *step) starts() bool {
	if s.reading.Intent == understand.Start && s.enough() || s.disownsStop() {
		return true
	}
	switch s.reach(s.event.From.Channel).Agreement {
	case AgreementGiven:
		// The end of a pause is no new agreement.
		return s.reading.Intent == understand.Start && s.reading.Sure >= sureEnoughToAsk
	case AgreementStopped, AgreementDeclined:
		return s.event.OptOut == "start" || s.carrierWord() == "start"
	default:
		return false
	}
}

// carrierWord is the reserved word that the text consists of, on the channel
// whose carriers act on such words.
func (s *step) carrierWord() string {
	if s.event.From.Channel != SMS {
		return ""
	}
	return string(understand.ReservedWord(s.event.Text))
}

func (s *step) alsoSaid(i understand.Intent) bool {
	for _, r := range s.reading.Also {
		if r.Intent == i {
			return true
		}
	}
	return false
}

// stop ends all texting on every channel. Nothing confirms it: after the
// carrier's own words it could not be delivered, and after any other it would
// be one text too many. The record stays.
func (s *step) stop() {
	how := "text"
	if s.event.OptOut == "stop" || s.carrierWord() == "stop" {
		how = "carrier"
		s.do(SetBlocked{Channel: s.event.From.Channel, Blocked: true})
		if _, open := s.about(); open && strings.EqualFold(strings.TrimSpace(s.event.Text), "cancel") {
			// CANCEL may have meant the meeting, and has blocked our texts as
			// well: a person has to ask, by another way.
			a, _ := s.about()
			s.flag(FlagAmbiguousStop, a.ID)
		}
	}
	if s.borrowed() {
		// The number is left alone, whoever asks; the record says that it was not
		// the client.
		s.do(SetAgreement{Agreement: AgreementStopped, How: "somebody else, by " + how})
		s.do(DropQueued{Everything: true, Reason: string(policy.Stopped)})
		s.do(RaiseFlag{Reason: FlagThirdParty, Message: s.event.Message, Detail: StoppedByOther})
		s.state.EndedByOther = how == "text"
		s.closeAll()
		return
	}
	s.state.EndedByOther = false
	s.do(SetAgreement{Agreement: AgreementStopped, How: how})
	s.do(DropQueued{Everything: true, Reason: string(policy.Stopped)})
	s.flag(FlagStopped, "")
	if s.state.Ended = 0; how == "text" {
		s.state.Ended = s.now.UnixMilli()
	}
	s.closeAll()
}

// start begins again, on the channel it was said on.
func (s *step) start() {
	c := s.event.From.Channel
	switch s.reach(c).Agreement {
	case AgreementDoubted:
		s.flag(FlagWrongPerson, "")
		return
	case AgreementAsked:
		s.optIn("text")
		return
	case AgreementGiven:
		if s.startAgain() {
			return
		}
		s.closeSetting(AskStopKind, ChooseAsIs)
		if s.event.OptOut == "start" || s.carrierWord() == "start" {
			s.help()
			return
		}
		// "I did not say stop", where nothing has ended: so it stays.
		s.answer("kinds.as_is", nil)
		return
	case AgreementStopped, AgreementDeclined, AgreementNone:
	}
	if s.facts.Client.Closed {
		s.closedClient()
		return
	}
	if s.startsInPart() {
		return
	}
	s.state.Ended, s.state.EndedByOther = 0, false
	s.grant(c, "text")
	s.do(SetBlocked{Channel: c, Blocked: false})
	s.flag(FlagStarted, "")
	s.liftLimits()
	s.answer("start.welcome_back", s.withSpecialist())
	s.remindAll()
}

// grant records a yes and lets the rest of the turn act on it.
func (s *step) grant(c Channel, how string) {
	s.do(SetAgreement{Channel: c, Agreement: AgreementGiven, How: how})
	s.setReach(c, AgreementGiven, false)
}

// setReach keeps the facts in step with an effect of this turn, so that policy
// judges by what has just been said.
func (s *step) setReach(c Channel, a Agreement, blocked bool) {
	reach := make([]Reach, 0, len(s.facts.Reach)+1)
	found := false
	for _, r := range s.facts.Reach {
		if r.Channel == c {
			r.Agreement, r.Blocked, found = a, blocked, true
		}
		reach = append(reach, r)
	}
	if !found {
		reach = append(reach, Reach{Channel: c, Agreement: a, Blocked: blocked})
	}
	s.facts.Reach = reach
}

// agreement is a specialist recording what was agreed, or having it asked.
func (s *step) agreement() {
	c := s.event.Channel
	s.state.EndedByOther = false
	switch s.event.Agreement {
	case AgreementGiven:
		again := s.reach(c).Agreement == AgreementGiven
		s.grant(c, s.event.How)
		if again {
			return
		}
		s.prompt(policy.Unasked, Say{Key: "optin.welcome", Channel: c, Vars: s.introduction()}, time.Time{})
		s.remindAll()
	case AgreementAsked:
		s.do(SetAgreement{Channel: c, Agreement: AgreementAsked, How: s.event.How})
		s.setReach(c, AgreementAsked, s.reach(c).Blocked)
		s.askOptIn(c)
	default:
		// A specialist may record any other word of the client's: no, or stop.
		s.do(SetAgreement{Channel: c, Agreement: s.event.Agreement, How: s.event.How})
		s.do(DropQueued{Everything: true, Reason: string(policy.Stopped)})
		s.closeAll()
	}
}

func (s *step) introduction() map[string]any {
	return map[string]any{"specialist": s.facts.Specialist.Name, "service": s.rules.Pathway.Service}
}

// askOptIn puts the opt-in question: the one thing that may be sent before an
// agreement.
func (s *step) askOptIn(c Channel) {
	q := s.newQuestion(AskOptIn, Appointment{})
	q.Channel = c
	s.ask(policy.Invitation, q, Say{
		Key: "optin.question", Channel: c, Vars: s.introduction(), Options: yesOrNo,
	}, time.Time{})
}

var yesOrNo = []Choice{ChooseYes, ChooseNo}

// invited is a text of somebody whose opt-in question is open.
func (s *step) invited() {
	r := s.reading
	if r.ThirdParty {
		s.state.Borrowed = s.now.UnixMilli()
	}
	if s.borrowed() && (r.Intent != understand.WrongPerson || !s.enough()) && (r.Intent != understand.OptinNo || !s.enough()) && r.Intent != understand.Distress {
		// Nobody agrees for the client: a person looks, and the question stays open.
		s.flag(FlagThirdParty, "")
		s.answer("third_party", s.withSpecialist())
		return
	}
	if s.agreesInPart() {
		return
	}
	if !s.enough() {
		// An agreement is never guessed, and neither is a no.
		s.askOptInAgain()
		return
	}
	switch r.Intent {
	case understand.OptinYes, understand.Confirm:
		s.sideways()
		s.optIn("text")
	case understand.OptinNo, understand.Cannot:
		s.optOut("text")
	case understand.WrongPerson:
		s.wrongPerson()
	case understand.Help:
		if !s.askedAboutUs() {
			s.help()
		}
	case understand.Distress:
		s.flag(FlagDistress, "")
		s.read("distress")
	case understand.Social:
		if r.Topic == understand.TopicGreeting {
			s.askOptInAgain()
		}
	default:
		s.askOptInAgain()
	}
}

// askOptInAgain tells who is not sure, or asks what it is, that there is no hurry
// and that only a yes is one, and puts the question once more. What is long, or
// comes again, is for a person.
func (s *step) askOptInAgain() {
	q := s.state.Open
	if q == nil || q.Kind != AskOptIn || q.Put >= 2 || s.words() > inPassing || s.reading.Unreadable {
		s.handOver(FlagNotUnderstood)
		return
	}
	s.flag(FlagMessage, "")
	again := *q
	again.Put++
	again.AskedAt = s.now.UnixMilli()
	s.state.Open = &again
	s.reply(Say{Key: "optin.unsure", Question: q.ID, Options: yesOrNo, Vars: s.introduction()})
}

func (s *step) optIn(how string) {
	s.grant(s.event.From.Channel, how)
	s.do(SettleFlags{Reason: FlagNoAnswer})
	var without []Matter
	if q := s.state.Open; q != nil && q.Kind == AskOptIn {
		without = q.Without
		s.closeQuestion(ChooseYes)
	}
	if s.quiet || !s.limitsOfYes(without) {
		s.answer("optin.thanks", s.withSpecialist())
	}
	s.remindAll()
}

func (s *step) optOut(how string) {
	s.state.Declined = s.now.UnixMilli()
	s.do(SetAgreement{Channel: s.event.From.Channel, Agreement: AgreementDeclined, How: how})
	s.flag(FlagDeclined, "")
	s.closeQuestion(ChooseNo)
	s.answer("optin.declined", s.withSpecialist())
}

// wrongPerson is somebody saying that this is not the client. Nothing personal
// is said on this channel until a specialist has settled it.
func (s *step) wrongPerson() {
	c := s.event.From.Channel
	s.flag(FlagWrongPerson, "")
	s.answer("wrong_person", nil)
	s.do(SetAgreement{Channel: c, Agreement: AgreementDoubted, How: "text"})
	s.do(DropQueued{Reason: string(policy.Doubted)})
	s.closeAll()
}

// linked joins a Telegram account to the client whose code it brought. Using
// the code is the agreement: the client asked for Telegram, and wrote first.
func (s *step) linked() {
	c := s.event.From.Channel
	if s.facts.Client.Closed {
		s.flag(FlagClosedClient, "")
		return
	}
	s.do(JoinAccount{})
	s.grant(c, "link")
	s.answer("optin.welcome", s.introduction())
	s.remindAll()
}

// blocked is the client blocking or unblocking the bot. Unblocking alone is no
// new agreement; their own "start" is.
func (s *step) blocked(now bool) {
	if !s.facts.Known() {
		return
	}
	c := s.event.From.Channel
	s.do(SetBlocked{Channel: c, Blocked: now})
	if now && s.reach(c).Agreement == AgreementGiven {
		s.do(SetAgreement{Channel: c, Agreement: AgreementStopped, How: "blocked"})
		s.do(DropQueued{Reason: string(policy.Blocked)})
		s.flag(FlagBlocked, "")
	}
}

// numberChanged gives the client another number. What was agreed on the old
// one does not carry over: somebody else may hold it.
func (s *step) numberChanged() {
	s.do(SetAddress{})
	s.do(SetAgreement{Channel: s.event.From.Channel, Agreement: AgreementNone, How: "number changed"})
	s.do(SetBlocked{Channel: s.event.From.Channel, Blocked: false})
	s.do(DropQueued{Everything: true, Reason: "number_changed"})
	s.closeAll()
}

// closed ends the texting because the client leaves the service.
func (s *step) closed() {
	s.do(Close{})
	s.do(DropQueued{Everything: true, Reason: string(policy.Closed)})
	s.closeAll()
	s.endSeries()
}

// changedMindWithin is how long after a no to the opt-in question a clear yes
// still answers it.
const changedMindWithin = 7 * 24 * time.Hour

// changedMind is "actually yes" on SMS from somebody who answered the opt-in
// question with no a few days ago. Agreement is not guessed: a word alone, or
// one that may only take note of our goodbye ("ok thanks"), is for a person. It
// reports whether the text was a yes.
func (s *step) changedMind() bool {
	c := s.event.From.Channel
	d := s.state.Declined
	if c != SMS || s.reach(c).Agreement != AgreementDeclined || d == 0 || s.now.Sub(time.UnixMilli(d)) > changedMindWithin {
		return false
	}
	if s.borrowed() || s.reading.Condition != "" || len(strings.Fields(s.event.Text)) < 2 {
		return false
	}
	as := func(a understand.Asked) understand.Reading {
		return s.rules.Lexicons.Read(understand.Query{Text: s.event.Text, Lang: s.ownLanguage(), Asked: a, Now: s.now})
	}
	yes := as(understand.AskedOptin)
	if yes.Intent != understand.OptinYes || yes.Sure < clearYes {
		return false
	}
	// Where a yes answers nothing, courtesy is read as courtesy.
	switch as(understand.AskedReschedule).Intent {
	case understand.Social:
		return false
	case understand.Confirm:
		if as(understand.AskedNone).Intent == understand.Social {
			return false
		}
	default:
	}
	for i, e := range s.effects {
		if _, is := e.(Understood); is {
			s.effects[i] = Understood{Reading: yes}
		}
	}
	s.state.Declined = 0
	s.flag(FlagStarted, "")
	s.optIn("text")
	return true
}

// clearYes is how sure a yes must be, 0 to 100, to undo a no.
const clearYes = 70
