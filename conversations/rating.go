package conversations

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// What a client answers to a check-in: a number, words, or both.

// lowest is the highest number that a person hears of the same working day
// (rule 12), middling the one after which we ask whether anything would help.
const (
	lowest   = 2
	middling = 3
)

// aFewWords is how long a text may be, in words, and still be no more than a
// yes or a no; beside a number, what is longer than saysMore also holds
// something for a person.
const (
	aFewWords = 4
	saysMore  = 6
)

// rated is the number that answers a check-in.
func (s *step) rated() {
	if q, ok := s.waiting(AskScale); ok {
		s.rate(q, s.reading.Number)
		return
	}
	if !s.lateNumber() {
		s.handOver(FlagNotUnderstood)
	}
}

// rate keeps the number that answers a check-in, with a follow-up that fits it.
func (s *step) rate(q Question, n int) {
	if s.borrowed() {
		// Nothing second-hand (rule 12): what a relative says of the week is read
		// by a person, and is not the client's answer.
		s.flag(FlagMessage, "")
		s.read("message")
		return
	}
	if !q.Shown && n == 1 {
		s.showCheckIn(q)
		return
	}
	s.do(RecordAnswer{CheckIn: q.CheckIn, Number: n})
	s.closeOne(q.ID, number(n))
	switch {
	case n <= lowest:
		s.flag(FlagLowAnswer, "")
	case n == middling && s.soundsDistressed():
		s.flag(FlagDistress, "")
	case s.wordy():
		s.flag(FlagMessage, "")
	}
	if s.reading.Topic == understand.TopicMoreHours {
		s.flag(FlagMoreHours, "")
	}
	s.follow(q.CheckIn, n)
}

// follow says what fits the number: kind words and a person for the low ones,
// a light question for the middle, and no question where things are good. What
// was said beside the number comes first.
func (s *step) follow(id CheckInID, n int) {
	switch {
	case s.reading.Voices:
		s.read("voices")
	case s.alsoSaid(understand.Distress), n == middling && s.soundsDistressed():
		s.read("distress")
	case s.alsoSaid(understand.CallMe):
		s.read("call_me")
	case n <= lowest:
		s.askMore(id, n, "low_answer")
	case s.reading.Topic == understand.TopicMoreHours:
		s.read("more_hours")
	case n == middling && s.state.Open == nil:
		q := s.followUp(id, n)
		s.open(q)
		s.reply(Say{Key: "checkin.middle", Question: q.ID})
	case n == middling:
		s.answer("checkin.thanks", nil)
	default:
		s.answer("checkin.good", nil)
	}
}

func (s *step) followUp(id CheckInID, n int) Question {
	q := s.newQuestion(AskFollowUp, Appointment{})
	q.CheckIn, q.Number = id, n
	return q
}

// askMore says words that have a form for reading hours, one for their last half
// hour and one for others, and waits for what follows, unless something else has the floor.
func (s *step) askMore(id CheckInID, n int, key string) {
	m := Say{Key: key + s.readForm(true), Vars: s.withSpecialist()}
	if !s.readsToday() {
		m.Vars["day"] = s.readsNext()
	}
	if s.state.Open == nil {
		q := s.followUp(id, n)
		s.open(q)
		m.Question = q.ID
	}
	s.reply(m)
}

// putAgain puts a question that was put once a second time.
func (s *step) putAgain(q Question) {
	if o := s.state.Open; o == nil || o.ID != q.ID {
		q.Put = min(q.Put, 1)
		s.open(q)
		return
	}
	q.Put = min(q.Put+1, 2)
	q.AskedAt = s.now.UnixMilli()
	s.state.Open = &q
}

// lateNumber takes a text for the number of a check-in that is not the open
// question any more: "3", and then "i meant 1"; or the number that comes after
// words, or while a reminder has the floor. It reports whether it did.
func (s *step) lateNumber() bool {
	r := s.asIf(understand.AskedScale)
	if r.Intent != understand.Rating || r.Number == 0 || r.Sure < sureEnough || s.borrowed() || !s.endsWith(r.Number) {
		return false
	}
	following := s.state.Open != nil && s.state.Open.Kind == AskFollowUp
	if q, ok := s.waiting(AskScale); ok && !following {
		s.rate(q, r.Number)
		return true
	}
	i := slices.IndexFunc(s.state.Closed, s.ratable)
	if i < 0 {
		return false
	}
	s.rateAgain(i, r.Number)
	return true
}

// endsWith says whether a short text ends with the number ("oh wait i meant 1")
// or is little more than it: "got 2 interviews" is no answer to a question that
// is over.
func (s *step) endsWith(n int) bool {
	w := strings.Fields(s.event.Text)
	if len(w) == 0 || len(w) > correctionWords {
		return false
	}
	if s.reading.Intent == understand.Social && bareNumber(w[0]) == n {
		return true // "4 actually lol"
	}
	last := s.rules.Lexicons.Read(understand.Query{Text: w[len(w)-1], Lang: s.ownLanguage(), Asked: understand.AskedScale, Now: s.now})
	return len(w) <= 2 || last.Intent == understand.Rating && last.Number == n
}

// correctionWords is how long a text that puts a number right may be.
const correctionWords = 5

// ratable says whether a check-in that is over still takes a number.
func (s *step) ratable(c ClosedQuestion) bool {
	_, goesOn := s.series(c.CheckIn)
	return c.Kind == AskScale && goesOn && s.now.Sub(time.UnixMilli(c.At)) < scalePatience
}

// rateAgain puts another number in place of the one that was given for the
// i-th closed question, and says it back.
func (s *step) rateAgain(i, n int) {
	c := s.state.Closed[i]
	before, _ := strconv.Atoi(string(c.Choice))
	s.state.Closed[i].Choice = number(n)
	s.state.Closed[i].At = s.now.UnixMilli()
	if o := s.state.Open; o != nil && o.Kind == AskFollowUp && o.CheckIn == c.CheckIn {
		// What would help after a 3 is not asked of who meant 5.
		s.closeQuestion("")
	}
	if before != n {
		s.do(RecordAnswer{CheckIn: c.CheckIn, Number: n, Again: before > 0})
	}
	switch {
	case n <= lowest:
		if before == 0 || before > lowest {
			s.flag(FlagLowAnswer, "")
		}
		s.askMore(c.CheckIn, n, "low_answer")
	case before == 0:
		s.follow(c.CheckIn, n)
	default:
		if before <= lowest {
			s.do(SettleFlags{Reason: FlagLowAnswer})
		}
		s.answer("checkin.changed", map[string]any{"number": n})
	}
}

// keepRating keeps the number that stands in words of distress, or beside a
// wish for a call: whatever else the text needs, the answer is not lost. It
// says nothing.
func (s *step) keepRating() {
	q := s.state.Open
	if q == nil || s.borrowed() {
		return
	}
	switch q.Kind {
	case AskScale:
		if n := s.reading.Number; n > 0 {
			s.do(RecordAnswer{CheckIn: q.CheckIn, Number: n})
			if n <= lowest {
				s.flag(FlagLowAnswer, "")
			}
			s.closeQuestion(number(n))
			return
		}
		s.closeQuestion("")
	case AskFollowUp:
		s.closeQuestion("")
	default:
	}
}

// ratedInWords takes an answer to a check-in that holds no number. It reports
// whether it did.
func (s *step) ratedInWords() bool {
	q := *s.state.Open
	r := s.reading
	if s.endsCheckIn(q.CheckIn) || s.skips() {
		return true
	}
	if r.Topic == understand.TopicMoreHours && r.Intent == understand.Other {
		s.moreHours()
		return true
	}
	if s.looksLikeAnother() {
		r.Intent, s.reading.Intent = understand.Other, understand.Other
	}
	if r.Intent != understand.Other || r.Unreadable || r.Topic != understand.TopicLow && s.hasOwnWords() {
		return false
	}
	if !q.Shown && !s.borrowed() && s.words() <= aFewWords && s.asIf(understand.AskedOptin).Intent != understand.OptinNo {
		// "Yes", "show me", "which question?"
		s.showCheckIn(q)
		return true
	}
	switch {
	case s.borrowed() || s.reading.Voices:
	case r.Topic == understand.TopicLow:
		// Words for a hard time are a low answer without its number.
		s.closeQuestion("")
		s.flag(FlagLowAnswer, "")
		s.askMore(q.CheckIn, lowest, "low_answer")
		return true
	case q.Shown && s.own(q) && !strings.ContainsAny(s.event.Text, "0123456789"):
		// "Have you been outside today?" is answered by "yes" as well as by a number.
	case q.Shown && q.Put < 2 && s.words() <= aFewWords:
		// "No", "meh": a person sees it, and the number is asked for once.
		s.flag(FlagMessage, "")
		s.putAgain(q)
		s.reply(Say{Key: "checkin.number", Question: q.ID, Options: numberOptions})
		return true
	}
	s.closeQuestion("")
	s.passOn()
	return true
}

// looksLikeAnother says whether a few words are read as the answer to a question
// that nobody asked: "could be worse" is no wish for another time here, and
// "yes" to "have you been outside today?" is none for a job.
func (s *step) looksLikeAnother() bool {
	r := s.reading
	if s.words() > aFewWords || r.Topic != understand.TopicNone {
		return false
	}
	switch r.Intent {
	case understand.Change, understand.Cannot, understand.Social:
		return r.Sure < sureEnough
	case understand.Confirm, understand.OptinYes, understand.OptinNo:
		_, waits := s.waiting(AskAppointment)
		return !waits
	default:
		return s.answersNothing() && answers[r.Intent] != AskScale
	}
}

// own says whether a check-in asks the client's own question, in their words.
func (s *step) own(q Question) bool {
	c, ok := s.series(q.CheckIn)
	return ok && c.Kind == CheckInWellbeing && strings.TrimSpace(c.Words) != "" && !s.facts.Client.Guarded
}

// skips ends a question that asked for a number or for words where somebody
// would rather not say. Nobody has to; a person sees the words. It reports whether the text was that.
func (s *step) skips() bool {
	if s.reading.Topic != understand.TopicSkip || s.reading.Intent != understand.Other || s.borrowed() {
		return false
	}
	switch q := s.state.Open; {
	case s.words() <= aFewWords && s.asIf(understand.AskedOptin).Intent == understand.OptinNo:
		// "Nothing" holds nothing for a person.
	case q.Kind == AskFeedback:
		s.do(RaiseFlag{Reason: FlagFeedback, Message: s.event.Message, Detail: forLead})
	default:
		s.do(RaiseFlag{Reason: FlagMessage, Offer: q.Offer, Message: s.event.Message})
	}
	s.closeQuestion("")
	s.answer("checkin.fine", nil)
	return true
}

// followedUp takes what followed a check-in's answer, in the client's own
// words, to the specialist. What is plainly something else keeps its own flow.
// It reports whether it did.
func (s *step) followedUp() bool {
	q := *s.state.Open
	if s.endsCheckIn(q.CheckIn) || s.skips() {
		return true
	}
	if s.lateNumber() {
		return true
	}
	if s.reading.Topic == understand.TopicMoreHours && s.reading.Intent == understand.Other {
		s.moreHours()
		return true
	}
	if s.ownFlow() {
		return false
	}
	short := s.words() <= aFewWords
	yesOrNo := s.asIf(understand.AskedOptin).Intent
	switch {
	case s.borrowed():
	case short && yesOrNo == understand.OptinNo:
		s.closeQuestion("")
		s.answer("checkin.fine", nil)
		return true
	case short && yesOrNo == understand.OptinYes && q.Number == middling && q.Put < 2:
		// "Would anything help?" – "yes"
		s.putAgain(q)
		s.reply(Say{Key: "checkin.tell", Vars: s.withSpecialist(), Question: q.ID})
		return true
	case s.reading.Intent == understand.Social && yesOrNo != understand.OptinYes:
		// Thanks is not an error; the door stays open.
		return false
	}
	s.closeQuestion("")
	s.passOn()
	return true
}

// chooseNumber is a press under a check-in or the question about the service.
func (s *step) chooseNumber(q Question, c Choice) {
	n, err := strconv.Atoi(string(c))
	switch {
	case q.Kind == AskFeedback:
		s.chooseFeedback(q, c)
	case q.Kind != AskScale:
	case c == ChooseShow && !q.Shown:
		s.showCheckIn(q)
	case err == nil && slices.Contains(numberOptions, c):
		q.Shown = true // a button with the number 1 stands only under the question itself
		s.rate(q, n)
	}
}

// number is the choice of a number, 1 to 5.
func number(n int) Choice { return Choice(strconv.Itoa(n)) }

// soundsDistressed says whether the words beside a number would be read as
// distress if they stood alone.
func (s *step) soundsDistressed() bool {
	return s.event.Text != "" && s.asIf(understand.AskedNone).Intent == understand.Distress
}

// wordy says whether the text holds more than the answer that it gives.
func (s *step) wordy() bool { return s.words() > saysMore }
