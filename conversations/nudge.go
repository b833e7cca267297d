package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Nudge is a message that a specialist starts, to one client or to many.
type Nudge struct {
	ID NudgeID `json:"id,omitempty"`
	// Template is the key of its words, one of [NudgeTemplates]; empty where the
	// specialist wrote their own.
	Template string `json:"template,omitempty"`
	// Words are those of the specialist, per language.
	Words map[string]string `json:"words,omitempty"`
	// Instead is the language of Words for who has none of theirs among them, as
	// the specialist confirmed; empty: they are left out.
	Instead string `json:"instead,omitempty"`
	// Signed is the first name of who wrote or chose the words.
	Signed string `json:"signed,omitempty"`
	// Bulk says that it goes to many: it waits for who is on hold.
	Bulk bool `json:"bulk,omitempty"`
}

// NudgeTemplates are the keys of the words that a specialist may choose instead
// of writing their own.
var NudgeTemplates = []string{"nudge.how_are_you", "nudge.find_time", "nudge.thinking_of_you", "nudge.well_done"}

// ownNudge is the key of a nudge in the specialist's own words.
const ownNudge = "nudge.own"

// Nudges that are not said, or go later, for reasons of their own.
const (
	// NoWords: the specialist wrote none in the client's language.
	NoWords policy.Reason = "no_words_in_language"
	// QuestionOpen: something else was asked a short while before.
	QuestionOpen policy.Reason = "question_open"
	// NudgeStopped is the reason of a message that was taken back because the
	// specialist stopped its nudge half-way.
	NudgeStopped = "nudge_stopped"
	// AnswersNudge is the detail of a flag about a text that answers one.
	AnswersNudge = "answers_nudge"
)

// NudgeMark is a nudge that was said to the client, or decided against.
type NudgeMark struct {
	ID NudgeID `json:"id"`
	// At is when it goes, in Unix milliseconds; 0 if it does not.
	At int64 `json:"at,omitempty"`
	// Answered says that a text was taken for an answer to it.
	Answered bool `json:"answered,omitempty"`
}

const (
	// keptNudges is how many are remembered, so that the same one is said once
	// however often its job runs. The caseload knows them all.
	keptNudges = 5
	// nudgePatience is how long after a nudge a text that means nothing else is
	// taken for an answer to it.
	nudgePatience = 3 * 24 * time.Hour
)

// nudged says a nudge, when policy lets it. It waits while something else is
// being asked, and is left out for who has no words of theirs in it.
func (s *step) nudged() {
	n := s.event.Nudge
	if n.ID == "" || !s.facts.Known() || slices.ContainsFunc(s.state.Nudges, func(m NudgeMark) bool { return m.ID == n.ID }) {
		return
	}
	m, ok := s.nudgeWords(n)
	if !ok {
		s.do(Skip{Key: m.Key, Reason: string(NoWords)})
		s.markNudge(n.ID, string(NoWords), time.Time{})
		return
	}
	if o := s.state.Open; o != nil && s.now.Sub(o.AskedTime()) < patience {
		m.NotBefore, m.Held = o.AskedTime().Add(patience), string(QuestionOpen)
	}
	if !s.prompt(policy.Unasked, m, time.Time{}) {
		why, _ := s.effects[len(s.effects)-1].(Skip)
		s.markNudge(n.ID, why.Reason, time.Time{})
		return
	}
	at := s.now
	if said, ok := s.effects[len(s.effects)-1].(Say); ok && said.NotBefore.After(at) {
		at = said.NotBefore
	}
	s.markNudge(n.ID, "", at)
}

// nudgeWords are the words of a nudge in the client's language; false if there
// are none.
func (s *step) nudgeWords(n Nudge) (Say, bool) {
	m := Say{Key: n.Template, Matter: MatterNudges, Nudge: n.ID, Bulk: n.Bulk, Vars: map[string]any{"specialist": n.Signed}}
	if n.Template != "" {
		return m, slices.Contains(NudgeTemplates, n.Template)
	}
	m.Key, m.Language = ownNudge, s.ownLanguage()
	words := n.Words[m.Language]
	if words == "" && n.Instead != "" {
		m.Language, words = n.Instead, n.Words[n.Instead]
	}
	m.Vars["words"] = words
	return m, words != ""
}

func (s *step) markNudge(id NudgeID, reason string, at time.Time) {
	mark := NudgeMark{ID: id}
	if !at.IsZero() {
		mark.At = at.UnixMilli()
	}
	s.state.Nudges = append(s.state.Nudges, mark)
	if over := len(s.state.Nudges) - keptNudges; over > 0 {
		s.state.Nudges = s.state.Nudges[over:]
	}
	s.do(Nudged{ID: id, Reason: reason, At: at})
}

// nudgeTakenBack gives back what a nudge that was stopped took of the budget: nobody
// has seen it, and nothing answers it. The outbox names no nudge: what it drops is
// of the last one.
func (s *step) nudgeTakenBack() {
	id, i := s.event.Nudge.ID, len(s.state.Nudges)-1
	for i >= 0 && (s.state.Nudges[i].At == 0 || id != "" && s.state.Nudges[i].ID != id) {
		i--
	}
	if i < 0 {
		return
	}
	at := s.state.Nudges[i].At
	s.state.Nudges[i].At = 0
	if i = slices.IndexFunc(s.state.Spent, func(x Spent) bool { return x.Matter == MatterNudges && x.At == at }); i >= 0 {
		s.state.Spent = slices.Delete(s.state.Spent, i, i+1)
	}
}

// answersNudge takes a text for an answer to a nudge, where it means nothing else
// that there is: the specialist who asked how things are reads it. It reports
// whether it did. "Thanks" to a nudge needs no answer, and a second one is none.
func (s *step) answersNudge() bool {
	said := func(m NudgeMark) bool {
		at := time.UnixMilli(m.At)
		return m.At != 0 && !at.After(s.now) && s.now.Sub(at) < nudgePatience
	}
	i := len(s.state.Nudges) - 1
	for i >= 0 && !said(s.state.Nudges[i]) {
		i--
	}
	if i < 0 || s.state.Open != nil || s.reading.Unreadable || s.borrowed() || s.enough() && s.meansElse() {
		return false
	}
	courtesy := s.reading.Intent == understand.Social
	if courtesy && s.state.Nudges[i].Answered {
		return false
	}
	s.state.Nudges[i].Answered = true
	s.do(RaiseFlag{Reason: FlagMessage, Message: s.event.Message, Detail: AnswersNudge})
	if !courtesy {
		s.read("message")
	}
	return true
}

// meansElse says whether a text has a meaning of its own beside a nudge that
// was said a short while ago.
func (s *step) meansElse() bool {
	switch r := s.reading; r.Intent {
	case understand.Other:
		return s.hasOwnWords()
	case understand.Social:
		return r.Topic != understand.TopicNone
	case understand.Confirm, understand.OptinYes, understand.OptinNo, understand.Keep:
		return s.asked() == understand.AskedAppointment
	case understand.Cannot, understand.Late:
		_, meeting := s.about()
		return meeting
	case understand.Interested, understand.NotInterested, understand.MoreInfo:
		return len(s.facts.Offers) > 0
	case understand.Done, understand.NotYet, understand.WantHelp:
		return len(s.facts.Tasks) > 0
	case understand.Rating, understand.Choose:
		return slices.ContainsFunc(s.state.Queue, func(q Question) bool { return q.Put > 0 })
	default:
		return true
	}
}
