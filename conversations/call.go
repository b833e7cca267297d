package conversations

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Ring is a call that was announced: until it is over, "can't talk then" is
// about the call and not about an appointment.
type Ring struct {
	// At is when the phone is to ring, Said when the client was told, both in
	// Unix milliseconds.
	At   int64 `json:"at"`
	Said int64 `json:"said"`
}

// ringing is how long after its moment an announced call is still spoken of.
const ringing = time.Hour

// ring tells the client that the specialist is about to ring, and from where:
// who fears an unknown number picks up a known one. It goes before the call or
// not at all. A call that is missed is never mentioned by us.
func (s *step) ring() {
	at := s.event.Ring
	if r := s.state.Ring; r != nil && r.At == at.UnixMilli() {
		return
	}
	m := Say{
		Key: "call.ring", Matter: MatterAppointments,
		Vars: map[string]any{"specialist": s.facts.Specialist.Name, "when": When(at.In(s.now.Location()))},
	}
	if s.event.RingFrom != "" {
		m.Key, m.Vars["phone"] = "call.ring_from", s.event.RingFrom
	}
	if s.prompt(policy.Unasked, m, at) {
		s.state.Ring = &Ring{At: at.UnixMilli(), Said: s.now.UnixMilli()}
	}
}

// callMe is the wish to be rung. The time that was wished for goes to the
// specialist, and is said back in full where it was understood; the call
// itself is the specialist's to make.
func (s *step) callMe() {
	w := s.wishedFor(s.reading.When)
	s.do(RaiseFlag{Reason: FlagCallMe, Message: s.event.Message, Detail: w.String()})
	s.keepRating()
	if a, ok := s.alsoComes(); ok {
		s.confirm(a)
		return
	}
	s.sayCall(w)
}

// sayCall says that the wish is passed on, with the time if there is one.
func (s *step) sayCall(w understand.When) {
	zone := s.now.Location()
	if at, err := localTime(w.Date, w.Clock, zone); err == nil {
		s.readWith("call_wished", map[string]any{"when": When(at)})
		return
	}
	if day, err := time.ParseInLocation(time.DateOnly, w.Date, zone); err == nil {
		s.readWith("call_day", map[string]any{"on": Day(day)})
		return
	}
	s.read("call_me")
}

// wishedFor is the time of a call as far as it may be said back: a time of day
// alone means today, or the day of the call that was announced, while it is
// still to come; what has gone by, or was not understood, is left to the
// client's own words.
func (s *step) wishedFor(w understand.When) understand.When {
	if w.Ambiguous {
		return understand.When{}
	}
	if w.Date == "" && w.Clock != "" {
		w.Date = s.now.Format(time.DateOnly)
		if r := s.announced(); r != nil {
			w.Date = time.UnixMilli(r.At).In(s.now.Location()).Format(time.DateOnly)
		}
	}
	if at, err := localTime(w.Date, w.Clock, s.now.Location()); err == nil && !at.After(s.now) {
		return understand.When{}
	}
	return w
}

// announced is the call that was announced last and is not over, if nothing
// else was asked since.
func (s *step) announced() *Ring {
	r := s.state.Ring
	if r == nil || s.state.Open != nil && s.state.Open.AskedAt > r.Said {
		return nil
	}
	return r
}

// aboutCall takes the answer to a call that was announced: "ok" needs nothing,
// "cant talk then" and another time go to the specialist. It reports whether
// the text was one. Numbers answer questions and are left to them, and what
// names something else is about that.
func (s *step) aboutCall() bool {
	call := s.announced()
	if call == nil || s.reading.Number > 0 || s.namesOther(*call) {
		return false
	}
	r := s.reading
	if r.Topic == topicCannotTalk {
		r.Intent = understand.Cannot
	}
	if r.Intent == understand.Other && s.words() <= inPassing && !s.hasOwnWords() {
		// With nothing asked, "cant then" and "4 instead" say little; as the answer
		// to a time that was named they are plain.
		for _, asked := range []understand.Asked{understand.AskedAppointment, understand.AskedReschedule} {
			if as := s.asIf(asked); r.Intent == understand.Other && (as.Intent == understand.Change || as.Intent == understand.Cannot) {
				r = as
			}
		}
	}
	if s.aboutNoTexts(r) {
		s.notThen()
		return true
	}
	switch r.Intent {
	case understand.Confirm, understand.Keep:
		// It is no yes to an appointment; who is to be rung picks up. "After 4 is
		// ok" is more than a yes.
		if s.words() > aFewWords-1 && strings.ContainsFunc(s.event.Text, unicode.IsDigit) {
			s.flag(FlagCallMe, "")
			s.read("call_me")
		}
		return true
	case understand.Change:
		w := s.wishedFor(r.When)
		s.do(RaiseFlag{Reason: FlagCallMe, Message: s.event.Message, Detail: w.String()})
		if w.IsZero() {
			s.read("call_not_then")
			return true
		}
		s.sayCall(w)
		return true
	case understand.Cannot:
		s.flag(FlagCallMe, "")
		s.read("call_not_then")
		return true
	default:
		return false
	}
}

// aboutNoTexts says whether a text names times that are those of the call, because
// it speaks of no texts: "no im at work, after 5".
func (s *step) aboutNoTexts(r understand.Reading) bool {
	switch r.Topic {
	case understand.TopicQuiet, understand.TopicPause, understand.TopicLimits:
		return r.Intent == understand.Other && !s.rules.Lexicons.Names(s.event.Text, understand.NamesTexts)
	default:
		return false
	}
}

// notThen passes on that the call does not suit, with the time that would, where
// it was understood.
func (s *step) notThen() {
	w := s.wishedFor(s.asIf(understand.AskedReschedule).When)
	s.do(RaiseFlag{Reason: FlagCallMe, Message: s.event.Message, Detail: w.String()})
	if w.Clock == "" {
		s.read("call_not_then")
		return
	}
	s.sayCall(w)
}

// namesOther says whether a text names something else than the call that was
// announced: the day of an appointment, which is not the call's; a lead or a
// task; or another day, where there is an appointment that could move to it.
// That is read back before anything moves, so that it costs a question at most.
func (s *step) namesOther(call Ring) bool {
	if len(s.namedOffers()) > 0 || len(s.namedTasks()) > 0 {
		return true
	}
	day := time.UnixMilli(call.At).In(s.now.Location()).Format(time.DateOnly)
	a, meets := s.meeting()
	w := s.reading.When
	if s.reading.Intent == understand.Change && w.Date != "" && w.Date != day && meets && a.At.After(s.now) {
		return true
	}
	var days []string
	for _, a := range s.facts.Appointments {
		if d := a.At.In(s.now.Location()).Format(time.DateOnly); a.At.After(s.now) && d != day {
			days = append(days, d)
		}
	}
	if len(days) == 0 || s.words() > manyWords {
		return false
	}
	return slices.ContainsFunc(splitWords(s.event.Text), func(word string) bool {
		r := s.rules.Lexicons.Read(understand.Query{
			Text: word, Lang: s.ownLanguage(), Asked: understand.AskedReschedule, Now: s.now,
		})
		return r.Intent == understand.Change && slices.Contains(days, r.When.Date)
	})
}

// manyWords is how long a text may be whose words are looked at one by one.
const manyWords = 20

// The topics of a reading that are about calls.
const (
	topicNoCalls    understand.Topic = "no_calls"    // text me, do not ring
	topicCannotTalk understand.Topic = "cannot_talk" // not at that time
)

// cannotTalk is "cant talk then" where no call was announced: with a reminder
// put it may be said of the meeting, and is asked back; else it goes to the
// specialist.
func (s *step) cannotTalk() {
	a, ok := s.meeting()
	if _, waits := s.waiting(AskAppointment); ok && waits && a.At.After(s.now) && s.mayAskWhich() {
		cannot := Meaning{Intent: understand.Cannot, Appointment: a.ID}
		talk := cannot
		talk.Topic = topicCannotTalk
		s.putWhich(talk, cannot)
		return
	}
	s.flag(FlagCallMe, "")
	s.read("call_not_then")
}

// noCalls is the wish to be texted and not rung: the specialist is told, and
// who fears the phone hears that it is understood. It reports whether the text
// was one.
func (s *step) noCalls() bool {
	if s.reading.Topic != topicNoCalls || s.reading.Intent != understand.Other {
		return false
	}
	s.do(RaiseFlag{Reason: FlagSettings, Message: s.event.Message, Detail: string(topicNoCalls)})
	s.answer("no_calls", s.withSpecialist())
	return true
}

// readWith is [step.read] with variables of its own.
func (s *step) readWith(key string, vars map[string]any) {
	vars["specialist"] = s.facts.Specialist.Name
	if s.readsNow() {
		s.answer(key+".open", vars)
		return
	}
	vars["day"] = s.readsNext()
	s.answer(key+".later", vars)
}
