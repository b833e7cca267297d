package conversations

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"alongside/conversations/policy"
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
	// Rhythm is when it is asked by the clock; Due is the next such moment, zero
	// if there is none. A job for any other moment is stale.
	Rhythm Rhythm
	Due    time.Time
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
	if !ok || !s.event.Due.IsZero() && !s.dueNow(c) || s.askedJustNow(c.ID) {
		return
	}
	if c.Kind.aboutWork() && !s.inWork() {
		s.do(Skip{Key: "checkin." + string(c.Kind), Reason: string(policy.WrongStage)})
		return
	}
	q := s.newQuestion(AskScale, Appointment{})
	q.CheckIn = c.ID
	s.askCheckIn(q, c)
	for i := range s.state.Queue {
		if w := &s.state.Queue[i]; w.ID == q.ID && w.Put == 0 && !s.event.Due.IsZero() {
			w.Date = s.now.Format(time.DateOnly) // It waits for the floor, and belongs to its day.
		}
	}
}

func (s *step) askedJustNow(id CheckInID) bool {
	recent := func(ms int64) bool { return s.now.Sub(time.UnixMilli(ms)) < asksOnce }
	mine := func(q Question) bool {
		return q.Kind == AskScale && q.CheckIn == id && (q.Put == 0 || recent(q.AskedAt))
	}
	return s.state.Open != nil && mine(*s.state.Open) || slices.ContainsFunc(s.state.Queue, mine) ||
		slices.ContainsFunc(s.state.Closed, func(c ClosedQuestion) bool {
			// Not when it was closed: the timer of yesterday's may close it at the very
			// moment at which today's falls due.
			return c.Kind == AskScale && c.CheckIn == id && recent(cmp.Or(c.Asked, c.At))
		})
}

// putCheckIn puts a check-in that had to wait.
func (s *step) putCheckIn(q Question) {
	c, ok := s.series(q.CheckIn)
	switch {
	case !ok || c.Kind.aboutWork() && !s.inWork():
	case q.Date != "" && q.Date != s.now.Format(time.DateOnly):
		s.missedDay(c)
	default:
		q.Date = ""
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

// ownFlow says whether a text that could be the free words somebody was asked
// for is plainly something else. Much that people write about work sounds like
// an appointment ("couldn't get in on Monday, I was late"), and nothing of the
// kind may move one: only what is short and sure counts.
func (s *step) ownFlow() bool {
	switch s.reading.Intent {
	case understand.CallMe, understand.Distress, understand.Stop:
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
	case understand.TopicNone, understand.TopicUnsure, understand.TopicWhenever, understand.TopicMoreHours, understand.TopicLow, understand.TopicFeedback, understand.TopicMessage, understand.TopicSkip:
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
	if s.reading.Limit.Kind == "checkins" && s.rules.Lexicons.Names(s.event.Text, understand.NamesQuestions) {
		return false // "no more questions" is said of all of them
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

// asIf reads the text once more as if another question were open, and nothing
// else were known.
func (s *step) asIf(asked understand.Asked) understand.Reading {
	return s.rules.Lexicons.Read(understand.Query{Text: s.event.Text, Lang: s.ownLanguage(), Asked: asked, Now: s.now})
}

// words counts the words of the text.
func (s *step) words() int { return len(strings.Fields(s.event.Text)) }
