package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// What is written while an alert is open. Somebody who wrote of danger an hour
// ago and now writes "please", "anyone??" or "im ok now" is not talking of
// their diary: they get a short human line, and the team sees every word beside
// the alert. Nothing that they write closes it; an outcome that a person
// records does.

// AfterAlert is the detail of a flag about a text that came while an alert was
// open.
const AfterAlert = "after_alert"

// plainlyMeant is how sure a reading must be, 0 to 100, to be acted on while an
// alert is open.
const plainlyMeant = 80

// afterAlert answers a text that came while an alert is open. It reports
// whether it did; what is plainly about an appointment, or answers the open
// question by its number, keeps its own flow.
func (s *step) afterAlert() bool {
	if !s.facts.Alerted || s.plainAnswer() {
		return false
	}
	r := s.reading
	switch {
	case r.Intent == understand.WrongPerson && s.enough():
		return false
	case r.Intent == understand.Language && r.Sure >= plainlyMeant:
		return false
	case r.Topic == understand.TopicPrivacy, r.Topic == understand.TopicBeside:
		s.guardQuietly()
	}
	s.struggles()
	if r.Intent == understand.CallMe {
		s.do(RaiseFlag{Reason: FlagCallMe, Message: s.event.Message, Detail: s.wishedFor(r.When).String()})
	}
	s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: AfterAlert})
	switch {
	case s.facts.Client.Guarded || s.state.Crisis == crisisWords[understand.DangerByOthers]:
		// Whoever harms them may read it: no word of danger, none of numbers.
		s.read("message")
	default:
		s.soothe()
	}
	return true
}

// soothingWords are the keys of what is said to each aftermath of danger.
var soothingWords = map[understand.Aftermath]string{
	understand.AfterBetter: "alerted_better", understand.AfterThere: "alerted_there", understand.AfterUntold: "alerted_untold",
	understand.AfterNext: "alerted_next", understand.AfterPlea: "alerted", understand.AfterNumbers: "alerted",
}

// soothe says what fits a text behind danger: that the team knows, and what was
// asked, as far as it can be said. Who asks for the numbers gets the words for
// danger in full once more. The same is not said twice in a row.
func (s *step) soothe() {
	means, _ := s.rules.Lexicons.After(s.event.Text)
	if s.facts.CrisisSaid.IsZero() {
		means = "" // an alert without words for danger: no numbers were sent
	}
	if means == understand.AfterBetter && (s.reading.Intent == understand.Distress || s.reading.Voices || s.alsoSaid(understand.Distress)) {
		means = "" // "im ok but i cant do this" is not all right
	}
	key, fits := soothingWords[means]
	switch {
	case means == understand.AfterNumbers && s.state.Crisis != "" && s.state.Soothed != s.state.Crisis:
		s.state.Soothed = s.state.Crisis
		s.safety(s.state.Crisis, nil)
		return
	case s.reading.Intent == understand.CallMe && (s.state.Reassured || s.facts.CrisisSaid.IsZero()):
		key = "call_me"
	case !fits && !s.state.Reassured && !s.facts.CrisisSaid.IsZero():
		key = "alerted"
	case !fits:
		key = "alerted_again"
	}
	if s.state.Soothed == key {
		key = "alerted_again"
	}
	s.state.Soothed = key
	s.state.Reassured = s.state.Reassured || key == "alerted"
	s.read(key)
}

// notSent reads "dont call the police" and "will someone come round" behind the
// client's own danger as what they are: the same words said of somebody who harms
// them are danger.
func (s *step) notSent(r understand.Reading) understand.Reading {
	if !s.facts.Alerted || r.Intent != understand.Crisis || r.Threat ||
		s.facts.Client.Guarded || s.state.Crisis == "" || s.state.Crisis == crisisWords[understand.DangerByOthers] {
		return r
	}
	if means, whole := s.rules.Lexicons.After(s.event.Text); means != understand.AfterNext || !whole {
		return r
	}
	return understand.Reading{
		Intent: understand.Other, Sure: plainlyMeant, Lang: r.Lang, ThirdParty: r.ThirdParty,
		Why: "read as other: what happens now, or that nobody is to be sent, behind danger of the client's own",
	}
}

// plainAnswer says whether a text is plainly about an appointment, or answers
// the open question by number.
func (s *step) plainAnswer() bool {
	r := s.reading
	if s.sure() < plainlyMeant || r.Condition != "" {
		return false
	}
	if s.state.Open != nil && r.Number > 0 && s.words() <= fewWords {
		return true
	}
	switch r.Intent {
	case understand.NextAppointment:
		return true
	case understand.Confirm, understand.Keep, understand.Change, understand.Cannot, understand.Late, understand.AttendingQuestion:
		return s.namesMeeting()
	default:
		return false
	}
}

// namesMeeting says whether a text names an appointment: by a word for it, or
// by a day or a time of day.
func (s *step) namesMeeting() bool {
	if w := s.reading.When; w.Date != "" || w.Clock != "" {
		return true
	}
	if w := s.readAs(understand.AskedReschedule).When; w.Date != "" || w.Clock != "" {
		return true
	}
	words := splitWords(strings.ToLower(s.event.Text))
	if s.rules.Lexicons.Names(s.event.Text, understand.NamesMeeting) {
		return true
	}
	return len(words) <= manyWords && slices.ContainsFunc(words, func(w string) bool {
		as := s.query()
		as.Text, as.Asked = w, understand.AskedReschedule
		at := s.rules.Lexicons.Read(as).When
		return at.Date != ""
	})
}

// guardQuietly makes the wording neutral until a person switches it back
// (rule 6): who stands beside the client may read this phone. It says nothing.
func (s *step) guardQuietly() {
	if !s.facts.Known() || s.facts.Client.Guarded {
		return
	}
	yes, no := true, false
	s.setByText(Settings{Guarded: &yes, Detail: &no}, FlagGuarded)
}

// asksAboutMeeting says whether a question is about the appointment: only then
// does its answer say anything of it.
func (s *step) asksAboutMeeting() bool {
	switch s.reading.Topic {
	case understand.TopicWhere, understand.TopicWhen, understand.TopicWhoElse, understand.TopicCompany:
		return true
	case understand.TopicHowLong:
		// Without that on the caseload, where and when are no answer.
		a, ok := s.meeting()
		return ok && a.Minutes > 0
	default:
		// "Does it hurt" is a question too.
		return s.namesMeeting() || s.rules.Lexicons.Names(s.event.Text, understand.NamesPlaceOrTime)
	}
}

// breather is how long after a text of distress or trouble no question is put
// or repeated.
const breather = 4 * time.Hour

// troubled says whether the client wrote of distress or trouble a short while
// ago, or just now.
func (s *step) troubled() bool { return s.state.Troubled != 0 }
