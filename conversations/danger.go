package conversations

import (
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Danger comes before everything else, in every state (rule 1).

// crisisWords are the reviewed words for each danger; for any other, those for
// somebody who may harm themselves.
var crisisWords = map[understand.Danger]string{
	understand.DangerSelf:        "crisis.self",
	understand.DangerOverdose:    "crisis.overdose",
	understand.DangerVoices:      "crisis.voices",
	understand.DangerByOthers:    "crisis.by_others",
	understand.DangerOthers:      "crisis.other",
	understand.DangerSomeoneElse: wordsForOthers,
}

// wordsForOthers is the key of the words for somebody who stands beside a person
// in danger.
const wordsForOthers = "crisis.someone_else"

// risk answers danger with the pathway's reviewed words, tells people at once,
// and leaves the open question alone. The words are not repeated at every text;
// where the danger is another one, or grows, its words are said in full.
func (s *step) risk() {
	s.alert(s.reading.Danger)
	s.tellsOfClient()
	if s.reading.Danger == understand.DangerByOthers {
		s.guardQuietly()
	}
	key, known := crisisWords[s.reading.Danger]
	if !known {
		key = "crisis.self"
	}
	again := !s.facts.CrisisSaid.IsZero() && s.now.Sub(s.facts.CrisisSaid) < crisisAgain &&
		(s.state.Crisis == "" || s.state.Crisis == key) && !s.worse(s.reading)
	s.state.Crisis = key
	if again {
		key = s.unsaid("crisis.told")
	} else {
		s.state.Soothed = ""
	}
	s.safety(key, nil)
	if s.reads(s.now) || s.reach(s.event.From.Channel).Blocked {
		// Where the carrier has blocked our texts, one attempt is made and no more.
		return
	}
	if !again || s.reads(s.facts.CrisisSaid) {
		vars := map[string]any{"day": s.readsNext()}
		if !s.readElsewhere() {
			s.addDuty(vars)
		}
		s.safety("crisis.unread", vars)
	}
}

// addDuty names the duty person, who is alerted at any hour, where the pathway
// has one.
func (s *step) addDuty(vars map[string]any) {
	if duty := s.rules.Pathway.Duty.Name; duty != "" {
		vars["duty"] = duty
	}
}

// tellsOfClient notes that somebody else writes of the client's own danger from
// the client's phone: nothing of the client is said there for a while.
func (s *step) tellsOfClient() {
	if !s.facts.Known() || s.reading.Danger != understand.DangerSomeoneElse || !s.namesClient() {
		return
	}
	s.state.Borrowed = s.now.UnixMilli()
	s.flag(FlagThirdParty, "")
}

// threat is a threat to staff in a text that is no danger otherwise. The rest
// of the text is answered as it is.
func (s *step) threat() {
	if s.reading.Threat && s.reading.Intent != understand.Crisis {
		s.alert(understand.DangerOthers)
	}
}

// alert tells people of danger, and puts the client on hold. A threat to staff
// is shown as what it is besides.
func (s *step) alert(d understand.Danger) {
	s.do(RaiseAlert{Danger: d, Threat: s.reading.Threat})
	if s.reading.Threat {
		s.flag(FlagThreat, "")
	}
	s.hold(AlertHold)
}

// reads says whether a person of the service read texts at a moment.
func (s *step) reads(at time.Time) bool {
	at = at.In(s.now.Location())
	return s.readingHours().Next(at).Equal(at)
}

// crisisAgain is how long the crisis words hold before they are said anew.
const crisisAgain = 2 * time.Hour

func (s *step) safety(key string, vars map[string]any) {
	v := policy.May(policy.Safety, s.standing(s.event.From.Channel), s.hours(), s.now, time.Time{})
	if v.Decision != policy.Now {
		return
	}
	s.do(Say{Key: key, Vars: vars, Channel: s.event.From.Channel, Language: s.language(), Urgency: Crisis})
}
