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

// settled is how long after the last word of danger a plain answer to what was
// asked is taken for one again, beside an alert that is still open: a night has
// passed. Until then it is kept, passed on, and said to be.
const settled = 12 * time.Hour

// afterAlert answers a text that came while an alert is open. It reports
// whether it did; what is plainly about an appointment, or answers the open
// question by its number, keeps its own flow.
func (s *step) afterAlert() bool {
	if !s.facts.Alerted {
		return false
	}
	r, means := s.reading, s.aftermath()
	if a, ok := s.meeting(); ok && means == understand.AfterStands && a.At.After(s.now) && !s.borrowed() && !s.facts.Client.Guarded {
		// A hold calls no appointment off: it stands until a person changes it.
		s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: AfterAlert})
		s.tellMeeting(a)
		return true
	}
	if means != understand.AfterHospital && means != understand.AfterKnown && s.plainAnswer() {
		return false
	}
	if s.answersAgain(means) {
		s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: AfterAlert})
		return false
	}
	switch {
	case r.Intent == understand.WrongPerson && s.enough():
		return false
	case r.Intent == understand.Language && r.Sure >= plainlyMeant && means != understand.AfterThere:
		return false
	case r.Topic == understand.TopicPrivacy, r.Topic == understand.TopicBeside:
		s.guardQuietly()
	}
	s.struggles()
	if r.Intent == understand.CallMe && !ringsNobody[means] {
		s.do(RaiseFlag{Reason: FlagCallMe, Message: s.event.Message, Detail: s.wishedFor(r.When).String()})
	}
	s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: AfterAlert})
	switch {
	case s.readElsewhere():
		// Whoever harms them may read it: no word of danger, none of numbers.
		s.say("message")
	default:
		s.soothe(means)
	}
	return true
}

// aftermath is what the text is behind danger.
func (s *step) aftermath() understand.Aftermath {
	means, _ := s.rules.Lexicons.After(s.event.Text)
	return means
}

// readElsewhere says whether somebody who harms the client may read this phone.
func (s *step) readElsewhere() bool {
	return s.facts.Client.Guarded || s.state.Crisis == crisisWords[understand.DangerByOthers]
}

// answersAgain says whether a text is a plain answer, or a question about the
// appointment, written so long after the danger that it is taken for what it is.
// A hold never silences: what the client writes is answered.
func (s *step) answersAgain(means understand.Aftermath) bool {
	r := s.reading
	if means != "" || s.facts.CrisisSaid.IsZero() || s.now.Sub(s.facts.CrisisSaid) < settled || s.borrowed() {
		return false
	}
	if s.sure() < plainlyMeant || r.Condition != "" || r.Voices || s.alsoSaid(understand.Distress) {
		return false
	}
	switch kind := answers[r.Intent]; {
	case r.Intent == understand.AttendingQuestion:
		return s.asksAbout(kind) && s.asksAboutMeeting()
	case r.Intent == understand.Rating:
		_, waits := s.waiting(AskScale)
		return waits
	case kind != "":
		return s.asksAbout(kind)
	default:
		return r.Intent == understand.Keep && s.asksAbout(AskAppointment)
	}
}

// soothingWords are the keys of what is said to each aftermath of danger.
var soothingWords = map[understand.Aftermath]string{
	understand.AfterBetter: "alerted_better", understand.AfterThere: "alerted_there", understand.AfterUntold: "alerted_untold",
	understand.AfterNext: "alerted_next", understand.AfterPlea: "alerted", understand.AfterNumbers: "alerted",
	understand.AfterHospital: "alerted_hospital", understand.AfterKnown: "alerted_waiting", understand.AfterUnable: "alerted_unable",
	understand.AfterSent: "alerted_next",
}

// ringsNobody lists what speaks of ringing, and is no wish to be rung.
var ringsNobody = map[understand.Aftermath]bool{
	understand.AfterHospital: true, understand.AfterSent: true, understand.AfterUnable: true, understand.AfterNumbers: true,
}

// soothe says what fits a text behind danger: that the team knows, and what was
// asked, as far as it can be said. Who asks for the numbers gets the words for
// danger in full once more. The same is not said twice in a row.
func (s *step) soothe(means understand.Aftermath) {
	if s.facts.CrisisSaid.IsZero() && means != understand.AfterKnown {
		means = "" // an alert without words for danger: no numbers were sent
	}
	if means == understand.AfterBetter && (s.reading.Intent == understand.Distress || s.reading.Voices || s.alsoSaid(understand.Distress)) {
		means = "" // "im ok but i cant do this" is not all right
	}
	key, fits := soothingWords[means]
	switch {
	case s.wantsNumbers(means) && s.state.Crisis != "" && s.state.Soothed != s.state.Crisis:
		s.state.Soothed = s.state.Crisis
		s.safety(s.state.Crisis, nil)
		return
	case !s.facts.CrisisSaid.IsZero() && (s.borrowed() || s.state.Crisis == wordsForOthers):
		key = "third_party_alerted"
	case means == understand.AfterKnown && s.facts.Taken:
		key = "alerted_taken"
	case s.reading.Intent == understand.CallMe && !ringsNobody[means] && (s.state.Reassured || s.facts.CrisisSaid.IsZero()):
		key = "call_me"
	case !fits && !s.state.Reassured && !s.facts.CrisisSaid.IsZero():
		key = "alerted"
	case !fits && s.isCourtesy():
		key = "alerted_thanks"
		if s.reading.Topic == understand.TopicApology {
			key = "alerted_better"
		}
	case !fits:
		key = "alerted_again"
	}
	s.state.Reassured = s.state.Reassured || key == "alerted"
	s.say(key)
}

// wantsNumbers says whether somebody asks for the numbers, or asks again, in
// other words, whether to use them.
func (s *step) wantsNumbers(means understand.Aftermath) bool {
	return means == understand.AfterNumbers || means == understand.AfterHospital && s.state.Soothed == soothingWords[means] && !s.borrowed()
}

// isCourtesy says whether a text is an ok, a thanks or a sorry, whatever is open.
func (s *step) isCourtesy() bool {
	return s.reading.Intent == understand.Social || s.words() <= fewWords && s.asIf(understand.AskedNone).Intent == understand.Social
}

// otherWords are said by turns where the same was said last: the same sentence
// a second time sounds like nobody.
var otherWords = [][]string{
	{"alerted_again", "alerted_more", "alerted_on"},
	{"distress_again", "distress_more", "distress_on"},
	{"message", "message_more"},
	{"crisis.told", "crisis.told_again"},
	{"third_party_alerted", "third_party_again"},
}

// wordsAtAnyHour lists the keys among those of [step.say] that say nothing of
// who reads now.
var wordsAtAnyHour = map[string]bool{
	"alerted_more": true, "alerted_on": true, "alerted_hospital": true, "alerted_waiting": true, "alerted_taken": true,
	"alerted_unable": true, "alerted_thanks": true, "distress_more": true, "distress_on": true, "message_more": true,
	"third_party_alerted": true, "third_party_again": true,
}

// say answers somebody who is low, or who wrote of danger, by a key that has a
// form for the hours in which somebody reads, or is true at any hour; other
// words are said in place of those that were said last.
func (s *step) say(key string) {
	key = s.unsaid(key)
	if wordsAtAnyHour[key] {
		s.answer(key, s.withSpecialist())
		return
	}
	s.read(key)
}

// unsaid is the key, or that of other words where the same were said last.
func (s *step) unsaid(key string) string {
	last := s.state.Soothed
	if key == last {
		switch {
		case s.facts.Alerted && strings.HasPrefix(key, "alerted"), key == "call_me":
			key = "alerted_again"
		case key == "distress", key == "sorry":
			key = "distress_again"
		}
	}
	for _, turns := range otherWords {
		if i := slices.Index(turns, last); i >= 0 && slices.Contains(turns, key) {
			key = turns[(i+1)%len(turns)]
			break
		}
	}
	s.state.Soothed = key
	return key
}

// notSent reads "dont call the police", "will someone come round" and "should i
// ring for an ambulance" behind the client's own danger as what they are: the same
// words said of somebody who harms them are danger.
func (s *step) notSent(r understand.Reading) understand.Reading {
	own := s.ownDanger()
	if !own && (!s.facts.Alerted || s.state.Crisis != wordsForOthers || s.readElsewhere()) || r.Intent != understand.Crisis || r.Threat {
		return r
	}
	switch means, whole := s.rules.Lexicons.After(s.event.Text); {
	case !whole:
		return r
	case means == understand.AfterBetter:
		// "Was only joking" is said of either, and the alert stays open.
	case !own:
		return r
	case means == understand.AfterNext, means == understand.AfterSent, means == understand.AfterHospital, means == understand.AfterNumbers,
		means == understand.AfterUntold, means == understand.AfterKnown, means == understand.AfterUnable:
	default:
		return r
	}
	return understand.Reading{
		Intent: understand.Other, Sure: plainlyMeant, Lang: r.Lang, ThirdParty: r.ThirdParty,
		Why: "read as other: asked or said behind danger",
	}
}

// anew reads "no i did" and "i took them" soon behind words for the client's own
// danger, and the wish for an ambulance, as danger.
func (s *step) anew(r understand.Reading) understand.Reading {
	if s.worse(r) {
		return understand.Reading{
			Intent: understand.Crisis, Danger: understand.DangerOverdose, Sure: plainlyMeant, Lang: r.Lang,
			Why: "read as crisis: how much was taken, drowsy, or cannot ring, behind an overdose",
		}
	}
	if !s.ownDanger() || r.Intent == understand.Crisis && r.Danger != understand.DangerByOthers && r.Danger != understand.DangerSomeoneElse || r.Threat || r.ThirdParty ||
		s.facts.CrisisSaid.IsZero() || s.now.Sub(s.facts.CrisisSaid) >= settled || s.aftermath() != understand.AfterAnew {
		return r
	}
	danger := understand.DangerOverdose
	switch s.state.Crisis {
	case crisisWords[understand.DangerVoices]:
		danger = understand.DangerVoices
	case crisisWords[understand.DangerOthers]:
		danger = understand.DangerOthers
	}
	return understand.Reading{
		Intent: understand.Crisis, Danger: danger, Sure: plainlyMeant, Lang: r.Lang,
		Why: "read as crisis: said to be done, or help wanted at once, behind danger of the client's own",
	}
}

// worse says whether a text, soon behind words for an overdose of the client's
// own, tells what cannot wait: how much was taken, that they are drowsy, or that
// they cannot ring.
func (s *step) worse(r understand.Reading) bool {
	if !s.ownDanger() || s.state.Crisis != crisisWords[understand.DangerOverdose] || r.Threat || r.ThirdParty || s.now.Sub(s.facts.CrisisSaid) >= settled {
		return false
	}
	means := s.aftermath()
	return means == understand.AfterWorse || means == understand.AfterUnable
}

// soonBehind says whether the words for danger were said not long ago.
func (s *step) soonBehind() bool {
	return !s.facts.CrisisSaid.IsZero() && s.now.Sub(s.facts.CrisisSaid) < settled
}

// saysHowMany says whether a number is more likely one of tablets than an answer.
func (s *step) saysHowMany() bool { return s.ownDanger() && s.soonBehind() }

// ownDanger says whether the danger that an open alert is about is the client's
// own, and nobody else's who may read this phone.
func (s *step) ownDanger() bool {
	return s.facts.Alerted && s.state.Crisis != "" && s.state.Crisis != wordsForOthers && !s.readElsewhere()
}

// plainAnswer says whether a text is plainly about an appointment, or answers
// the open question by number.
func (s *step) plainAnswer() bool {
	r := s.reading
	if s.sure() < plainlyMeant || r.Condition != "" {
		return false
	}
	if s.state.Open != nil && r.Number > 0 && s.words() <= fewWords {
		// "Like 3" behind too much of something may be how many.
		return !s.saysHowMany() || bareNumber(s.event.Text) > 0
	}
	if r.Intent == understand.Change && s.saysHowMany() && r.When.Date == "" && !s.rules.Lexicons.Names(s.event.Text, understand.NamesMeeting) &&
		s.readAs(understand.AskedNone).When.Clock == "" {
		return false
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
