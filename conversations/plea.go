package conversations

import (
	"slices"
	"strings"
	"unicode"

	"alongside/conversations/understand"
)

// Who wants somebody now, at an hour at which nobody reads, needs a number that
// answers; and what is said back to kind words is no answer to what was asked
// before them.

// pleads answers who wants somebody to talk to, or asks whether anybody is awake.
// It reports whether the text was that. What may be a call about anything, or the
// question of who reads, is a plea only in the night.
func (s *step) pleads() bool {
	if s.readsNow() || !understand.Night(s.now) {
		switch s.reading.Intent {
		case understand.CallMe:
			return false
		case understand.Other:
			s.readers()
			return true
		default:
		}
	}
	s.plea()
	return true
}

// plea sends the pathway's reviewed words, with their numbers. They say that a
// person is being told: while somebody reads that is who reads, and at any other
// hour it has to be made true by an alert, although wanting company is no danger
// and begins no hold. The words are not repeated at every text.
func (s *step) plea() {
	s.state.Troubled = s.now.UnixMilli()
	s.flag(FlagDistress, "")
	if s.reading.Intent == understand.CallMe {
		s.flag(FlagCallMe, "")
	}
	s.keepRating()
	key := crisisWords[understand.DangerSelf]
	if s.readElsewhere() {
		key = crisisWords[understand.DangerByOthers]
	}
	if last := s.state.Soothed; last == key || last == "crisis.told" || last == "crisis.told_again" {
		s.answer(s.unsaid("crisis.told"), nil)
		return
	}
	s.state.Soothed = key
	s.answer(key, nil)
	if !s.readsNow() {
		s.do(RaiseAlert{Danger: understand.DangerSelf})
		vars := map[string]any{"day": s.readsNext()}
		if !s.readElsewhere() {
			s.addDuty(vars)
		}
		s.answer("crisis.unread", vars)
	}
}

// fewToMean is how many words an "ok" or a "no" to kind words has at the most.
const fewToMean = 3

// toKindWords reads "ok", "iawn" and "no" soon behind a plea or hard words as what
// is said back to our kind ones: what was asked before them is answered by its
// number, or by more than that.
func (s *step) toKindWords(r understand.Reading) understand.Reading {
	if !s.troubled() || s.facts.Alerted || r.Number > 0 || s.words() > fewToMean || s.askedSince() {
		return r
	}
	switch r.Intent {
	case understand.Confirm, understand.Cannot, understand.Interested, understand.NotInterested, understand.Done, understand.NotYet:
	default:
		return r
	}
	alone := s.readAs(understand.AskedNone)
	if alone.Intent != understand.Social && alone.Intent != understand.Other || s.namesMeeting() {
		return r
	}
	alone.Lang = r.Lang
	switch r.Intent {
	case understand.Confirm, understand.Interested, understand.Done:
		if strings.ContainsFunc(s.event.Text, unicode.IsLetter) && !s.rules.Lexicons.Names(s.event.Text, understand.NamesOK) {
			return r // "i can" says more than that it was heard
		}
		alone.Intent, alone.Sure = understand.Social, max(alone.Sure, sureEnough)
	default:
	}
	return alone
}

// askedSince says whether what is open was asked after the client last wrote of
// trouble.
func (s *step) askedSince() bool {
	q := s.state.Open
	return q != nil && q.AskedAt > s.state.Troubled
}

// mourns reads "cant come, funeral" as both: the kind words for a loss, and the no
// to the appointment.
func (s *step) mourns(r understand.Reading) understand.Reading {
	if r.Intent == understand.Change && s.rules.Lexicons.Names(s.event.Text, understand.NamesFuneral) {
		// That we are sorry is said before the time is spoken of: see condoles.
		r.Also = slices.DeleteFunc(slices.Clone(r.Also), func(o understand.Reading) bool { return o.Intent == understand.Distress })
		if r.Topic == understand.TopicBereaved {
			r.Topic = understand.TopicNone
		}
		return r
	}
	if r.Intent != understand.Cannot || r.ThirdParty || !s.rules.Lexicons.Names(s.event.Text, understand.NamesFuneral) {
		return r
	}
	no := r
	no.Also, no.Others = nil, nil
	r.Intent, r.Topic, r.When = understand.Distress, understand.TopicBereaved, understand.When{}
	r.Number, r.Sure, r.Others = 0, max(r.Sure, plainlyMeant), nil
	if no.Sure >= sureEnough {
		r.Also = append([]understand.Reading{no}, r.Also...)
	}
	return r
}

// condoles says that we are sorry where another time is wanted for a funeral, before
// that time is spoken of, and shows it to a person.
func (s *step) condoles() {
	if s.borrowed() || !s.rules.Lexicons.Names(s.event.Text, understand.NamesFuneral) {
		return
	}
	s.flag(FlagDistress, "")
	s.answer("sorry_first", s.withSpecialist())
}
