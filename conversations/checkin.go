package conversations

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// CheckIn is a series of check-ins that the client chose, with wording that the
// client agreed, and that the client may end by a text (rule 12). Nothing in it
// comes from an employer, a relative or a clinician.
type CheckIn struct {
	ID   CheckInID
	Kind CheckInKind
	// Words are the client's own question where the kind has none of its own
	// (wellbeing: "Have you been outside today?"); empty otherwise.
	Words string
}

// CheckInKind says what a check-in asks about.
type CheckInKind string

// The kinds of check-in.
const (
	// CheckInWeek: how has your week been?
	CheckInWeek CheckInKind = "week"
	// CheckInWellbeing: an item of the client's wellbeing plan, in their words.
	CheckInWellbeing CheckInKind = "wellbeing"
	// CheckInFirstDay: how was the first day?
	CheckInFirstDay CheckInKind = "first_day"
	// CheckInBusyDay: before a day that the client finds hard ("Tuesday's backlog").
	CheckInBusyDay CheckInKind = "busy_day"
	// CheckInPayday: is everything well before payday?
	CheckInPayday CheckInKind = "payday"
	// CheckInHours: are the hours right?
	CheckInHours CheckInKind = "hours"
)

// CheckInKinds lists every kind.
var CheckInKinds = []CheckInKind{CheckInWeek, CheckInWellbeing, CheckInFirstDay, CheckInBusyDay, CheckInPayday, CheckInHours}

// numberOptions are the answers to a check-in and to the question about the
// service: 1 (hard) to 5 (good).
var numberOptions = []Choice{ChooseOne, ChooseTwo, ChooseThree, ChooseFour, ChooseFive}

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

// asksOnce is how long after a check-in was put the same series does not ask
// again, however often its job runs: no series asks more than once a day.
const asksOnce = 12 * time.Hour

// series is the series with the id, if the client has not ended it.
func (s *step) series(id CheckInID) (CheckIn, bool) {
	for _, c := range s.facts.CheckIns {
		if c.ID == id {
			return c, true
		}
	}
	return CheckIn{}, false
}

// checkInDue puts a check-in that the client chose. One of a series that has
// ended does nothing, and neither does a second run of the same job.
func (s *step) checkInDue() {
	c, ok := s.series(s.event.CheckIn)
	if !ok || s.askedJustNow(c.ID) {
		return
	}
	q := s.newQuestion(AskScale, Appointment{})
	q.CheckIn = c.ID
	s.askCheckIn(q, c)
}

func (s *step) askedJustNow(id CheckInID) bool {
	recent := func(ms int64) bool { return s.now.Sub(time.UnixMilli(ms)) < asksOnce }
	mine := func(q Question) bool {
		return q.Kind == AskScale && q.CheckIn == id && (q.Put == 0 || recent(q.AskedAt))
	}
	return s.state.Open != nil && mine(*s.state.Open) || slices.ContainsFunc(s.state.Queue, mine) ||
		slices.ContainsFunc(s.state.Closed, func(c ClosedQuestion) bool {
			return c.Kind == AskScale && c.CheckIn == id && recent(c.At)
		})
}

// putCheckIn puts a check-in that had to wait.
func (s *step) putCheckIn(q Question) {
	if c, ok := s.series(q.CheckIn); ok {
		s.askCheckIn(q, c)
	}
}

// askCheckIn says the words of a check-in. It belongs to its day: "have you
// been outside today?" is not asked the next morning.
func (s *step) askCheckIn(q Question, c CheckIn) {
	key, vars := s.checkInWords(c)
	m := Say{Key: key, Vars: vars, Options: numberOptions, Matter: MatterCheckIns}
	q.Shown = key != "checkin.announced"
	if !q.Shown {
		m.Options = []Choice{ChooseShow}
	}
	y, month, d := s.now.Date()
	s.put(q, m, time.Date(y, month, d+1, 0, 0, 0, 0, s.now.Location()))
}

// checkInWords picks the words of a check-in. On a lock screen it says what it
// is about only to who chose detail (rule 6): otherwise it asks how it is
// going, and the client's own question is announced and shown when they reply.
// Where somebody else reads the phone, that question is not shown there at all.
func (s *step) checkInWords(c CheckIn) (string, map[string]any) {
	own := c.Kind == CheckInWellbeing && strings.TrimSpace(c.Words) != ""
	private := s.facts.Client.Guarded || s.state.Borrowed != 0
	switch {
	case c.Kind == CheckInWeek:
		return "checkin.week", nil
	case private:
		return "checkin.plain", nil
	case own && s.facts.Client.Detail:
		return "checkin.wellbeing", map[string]any{"words": c.Words}
	case own:
		return "checkin.announced", nil
	case !s.facts.Client.Detail:
		return "checkin.plain", nil
	case c.Kind == CheckInFirstDay:
		return "checkin.first_day", nil
	case c.Kind == CheckInBusyDay:
		return "checkin.busy_day", nil
	case c.Kind == CheckInPayday:
		return "checkin.payday", nil
	case c.Kind == CheckInHours:
		return "checkin.hours", nil
	default:
		return "checkin.plain", nil
	}
}

// showCheckIn says the client's own question to who asked to see it.
func (s *step) showCheckIn(q Question) {
	c, ok := s.series(q.CheckIn)
	if !ok || c.Words == "" {
		s.closeOne(q.ID, "")
		s.flag(FlagMessage, "")
		s.read("message")
		return
	}
	q.Shown = true
	s.putAgain(q)
	s.reply(Say{Key: "checkin.own", Vars: map[string]any{"words": c.Words}, Question: q.ID, Options: numberOptions})
}

// stillAwaited says whether a timer comes too soon for a check-in or the
// question about the service: the one that was set while it waited for its
// turn falls due after it was put.
func (s *step) stillAwaited(q Question) bool {
	switch q.Kind {
	case AskScale, AskFollowUp:
		return s.now.Sub(time.UnixMilli(q.AskedAt)) < scalePatience
	case AskFeedback:
		return s.now.Sub(time.UnixMilli(q.AskedAt)) < feedbackPatience
	default:
		return false
	}
}

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

// askMore says words that have a form for reading hours and one for others,
// and waits for what follows, unless something else has the floor.
func (s *step) askMore(id CheckInID, n int, key string) {
	m := Say{Key: key + ".open", Vars: s.withSpecialist()}
	if !s.readsNow() {
		m.Key, m.Vars["day"] = key+".later", s.readsNext()
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
	if s.endsCheckIn(q.CheckIn) {
		return true
	}
	if r.Topic == understand.TopicMoreHours && r.Intent == understand.Other {
		s.moreHours()
		return true
	}
	if r.Intent != understand.Other || r.Unreadable || s.hasOwnWords() {
		return false
	}
	if !q.Shown && !s.borrowed() && s.words() <= aFewWords && s.asIf(understand.AskedOptin).Intent != understand.OptinNo {
		// "Yes", "show me", "which question?"
		s.showCheckIn(q)
		return true
	}
	s.closeQuestion("")
	s.passOn()
	return true
}

// followedUp takes what followed a check-in's answer, in the client's own
// words, to the specialist. What is plainly something else keeps its own flow.
// It reports whether it did.
func (s *step) followedUp() bool {
	q := *s.state.Open
	if s.endsCheckIn(q.CheckIn) {
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

// ownFlow says whether a text that could be the free words somebody was asked
// for is plainly something else. Much that people write about work sounds like
// an appointment ("couldn't get in on Monday, I was late"), and nothing of the
// kind may move one: only what is short and sure counts.
func (s *step) ownFlow() bool {
	switch s.reading.Intent {
	case understand.CallMe, understand.Distress:
		return true
	case understand.WrongPerson:
		return s.reading.Sure >= sureInPassing
	case understand.Help, understand.Language, understand.NextAppointment, understand.Change, understand.Cannot, understand.Late, understand.AttendingQuestion:
		return s.reading.Sure >= sureInPassing && s.words() <= inPassing
	case understand.Other:
		return s.hasOwnWords()
	default:
		return false
	}
}

// inPassing is how many words a text may have, and sureInPassing how sure its
// reading must be (0 to 100), to be taken for something else than the free
// words that were asked for.
const (
	inPassing     = 8
	sureInPassing = 70
)

// hasOwnWords says whether the text's topic has an answer of its own.
func (s *step) hasOwnWords() bool {
	switch s.reading.Topic {
	case understand.TopicNone, understand.TopicUnsure, understand.TopicWhenever, understand.TopicMoreHours, understand.TopicFeedback, understand.TopicMessage:
		return false
	default:
		return true
	}
}

// passOn gives free words to the specialist and says so.
func (s *step) passOn() {
	s.flag(FlagMessage, "")
	if s.reading.Voices {
		s.read("voices")
		return
	}
	s.read("message")
}

// moreHours is the wish to work more. It goes to the specialist, never to an
// employer.
func (s *step) moreHours() {
	s.flag(FlagMoreHours, "")
	if q := s.state.Open; q != nil && (q.Kind == AskScale || q.Kind == AskFollowUp) {
		s.closeQuestion("")
	}
	s.read("more_hours")
}

// endsCheckIn ends the series that the open question is of, where the text
// says that it should ("stop asking me that"). It reports whether it did.
func (s *step) endsCheckIn(id CheckInID) bool {
	if s.reading.Topic != understand.TopicStopKind || s.reading.Intent != understand.Other || s.borrowed() {
		return false
	}
	if k := s.reading.Limit.Kind; k != "" && k != "checkins" {
		return false // "no more job texts": that is another kind
	}
	s.endCheckIn(id)
	return true
}

// told takes what is said unasked and has a flow of its own: the wish for more
// hours, what they think of the service, words for the specialist. It reports
// whether the text was one of these.
func (s *step) told() bool {
	if s.reading.Intent != understand.Other {
		return false
	}
	switch s.reading.Topic {
	case understand.TopicMoreHours:
		s.moreHours()
	case understand.TopicFeedback:
		s.offerLead()
	case understand.TopicMessage:
		s.passOn()
	default:
		return false
	}
	return true
}

// soundsDistressed says whether the words beside a number would be read as
// distress if they stood alone.
func (s *step) soundsDistressed() bool {
	return s.event.Text != "" && s.asIf(understand.AskedNone).Intent == understand.Distress
}

// endCheckIn ends one series because the client wishes it, or all of them (an
// empty id), and says so. Everything else goes on.
func (s *step) endCheckIn(id CheckInID) {
	s.do(EndCheckIn{ID: id})
	over := func(q Question) bool {
		return q.CheckIn != "" && (id == "" || q.CheckIn == id)
	}
	if q := s.state.Open; q != nil && over(*q) {
		s.closeQuestion("")
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, over)
	s.facts.CheckIns = slices.DeleteFunc(slices.Clone(s.facts.CheckIns), func(c CheckIn) bool {
		return id == "" || c.ID == id
	})
	s.flag(FlagSettings, "")
	s.answer("checkin.ended", s.withSpecialist())
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

// asIf reads the text once more as if another question were open, and nothing
// else were known.
func (s *step) asIf(asked understand.Asked) understand.Reading {
	return s.rules.Lexicons.Read(understand.Query{Text: s.event.Text, Lang: s.ownLanguage(), Asked: asked, Now: s.now})
}

// words counts the words of the text.
func (s *step) words() int { return len(strings.Fields(s.event.Text)) }

// wordy says whether the text holds more than the answer that it gives.
func (s *step) wordy() bool { return s.words() > saysMore }
