package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// What was said of texts taken back: a stop that was not meant, or meant for
// one kind; a kind that is to be kept after all; a pause that is not wanted.

// topicMeant is a text that takes back a stop, or names what was meant instead.
const topicMeant understand.Topic = "meant"

// unsaying is how many words a text may have that takes back what ended texts.
const unsaying = 12

// endedByWords says whether the client ended all texts in words of their own, and
// not long ago. What the carrier's own word ended comes back only by such a
// word: until then nothing may be sent.
func (s *step) endedByWords() bool {
	e := s.state.Ended
	return e != 0 && s.now.Sub(time.UnixMilli(e)) < choosing && s.reach(s.event.From.Channel).Agreement == AgreementStopped &&
		!s.borrowed() && !s.facts.Client.Closed
}

// takenBackStop finds in a text behind a stop that it takes it back: that it was not
// meant, or that only the jobs were. Only plain words do: silence was asked for.
func (s *step) takenBackStop(q understand.Query, r understand.Reading) understand.Reading {
	if s.words() <= inPassing && r.Intent != understand.Crisis && r.Intent != understand.WrongPerson && r.Number == 0 && s.reach(s.event.From.Channel).Agreement == AgreementGiven && s.rules.Lexicons.Says(q, understand.SaidAccident) {
		// It answers nothing that is open, and ends nothing.
		return understand.Reading{Intent: understand.Other, Sure: 80, Lang: r.Lang, ThirdParty: r.ThirdParty, Why: "read as sent by accident"}
	}
	if o := s.state.Open; o != nil && o.Kind == AskStopKind && o.Matter != "" && r.Intent == understand.Stop && !s.borrowed() && s.rules.Lexicons.Says(q, understand.SaidThese) {
		// "No just these": the texts that were asked about, and no others.
		return understand.Reading{Intent: understand.Other, Sure: 80, Lang: r.Lang, Why: "read as those that were asked about"}
	}
	if !s.endedByWords() || urgent(r) || r.Intent == understand.Stop || r.Intent == understand.WrongPerson || r.ThirdParty || slices.ContainsFunc(r.Also, urgent) || s.words() > unsaying || r.Intent == understand.Distress && s.words() > inPassing {
		return r
	}
	q.Asked = understand.AskedNone
	says := func(what understand.Said) bool { return s.rules.Lexicons.Says(q, what) }
	if stop, keep := s.meantInstead(q); len(stop) > 0 || len(keep) > 0 {
		return understand.Reading{Intent: understand.Start, Topic: topicMeant, Sure: 80, Lang: r.Lang, Why: "read as what was meant by the stop before"}
	}
	if says(understand.SaidUnmeant) {
		return understand.Reading{Intent: understand.Start, Sure: 80, Lang: r.Lang, Why: "read as taking back the stop before"}
	}
	if r.Intent == understand.Start && r.Sure >= sureEnoughToAsk {
		r.Sure = max(r.Sure, sureEnough)
	}
	return r
}

// meantInstead are the matters that a text behind a stop wants to end, and those
// that it wants to keep, in place of what the stop ended; both empty if it names none.
func (s *step) meantInstead(q understand.Query) (stop, keep []Matter) {
	t := s.rules.Lexicons.Terms(s.event.Text)
	meant := s.rules.Lexicons.Says(q, understand.SaidMeant)
	keeps := s.rules.Lexicons.Has(s.event.Text, "keeping")
	of := func(kinds []string) (out []Matter) {
		for _, k := range kinds {
			if m, ok := matterNames[k]; ok {
				out = append(out, m)
			}
		}
		return out
	}
	r := s.rules.Lexicons.Read(q)
	switch {
	case r.Topic == understand.TopicStopKind && r.Limit.Kind != "" && r.Limit.Allow == "":
		// "No, I meant stop the jobs", "stop the jobs i mean".
		return of([]string{r.Limit.Kind}), nil
	case meant && len(t.Without) > 0:
		return of(t.Without), nil
	case meant:
		return of(append(slices.Clone(t.Only), t.With...)), nil
	case keeps:
		return nil, of(append(slices.Clone(t.Only), t.With...))
	default:
		return nil, nil
	}
}

// startsInPart begins the texting again behind a stop that was meant for a part
// of it, and ends that part alone. It reports whether it was so.
func (s *step) startsInPart() bool {
	if s.reading.Topic != topicMeant {
		return false
	}
	q := s.query()
	q.Asked = understand.AskedNone
	stop, keep := s.meantInstead(q)
	c := s.event.From.Channel
	s.grant(c, "text")
	s.flag(FlagStarted, "")
	s.state.Ended = 0
	s.remindAll()
	if len(keep) > 0 {
		s.keepKind(keep[0])
		return true
	}
	s.stopKinds(stop)
	return true
}

// meansAnother is a text behind the end of one kind of texts that names another
// one as what was meant, or that keeps what was ended; or behind a pause one that
// wants none. It reports whether the text was that.
func (s *step) meansAnother() bool {
	r, c := s.reading, s.chose()
	if s.borrowed() || r.Voices || urgent(r) || r.Number > 0 || s.words() > unsaying {
		return false
	}
	q := s.query()
	q.Asked = understand.AskedNone
	if s.noPause(q) {
		return true
	}
	if s.keepsEnded(q) {
		return true
	}
	if c == nil || len(c.Did.Stop) == 0 || s.state.Open != nil {
		return false
	}
	if s.rules.Lexicons.Says(q, understand.SaidEverything) {
		// It was to be everything, and that is asked before it is silence.
		o := s.newQuestion(AskStopKind, Appointment{})
		s.open(o)
		s.reply(Say{Key: "kinds.ask_all", Question: o.ID, Options: allOptions})
		return true
	}
	if !s.rules.Lexicons.Says(q, understand.SaidMeant) {
		return false
	}
	stop, _ := s.meantInstead(q)
	stop = slices.DeleteFunc(stop, func(m Matter) bool { return slices.Contains(c.Did.Stop, m) })
	if len(stop) == 0 {
		return false
	}
	undo, _ := s.facts.Client.stillSo(c.Undo, c.Did)
	undo.Stop = stop
	s.endKinds(stop, undo)
	return true
}

// noPause is "dont pause" behind a pause, or while it is asked how long.
func (s *step) noPause(q understand.Query) bool {
	o, c := s.state.Open, s.chose()
	asks := o != nil && o.Kind == AskPause
	set := c != nil && c.Did.PausedUntil != nil && s.paused()
	if !asks && !set || !s.rules.Lexicons.Says(q, understand.SaidNoPause) {
		return false
	}
	if asks {
		s.closeQuestion(ChooseAsIs)
		s.answer("kinds.as_is", nil)
		return true
	}
	s.endPause()
	return true
}

// keepsEnded is "keep the check-ins", "can i have the jobs back" of a kind that
// was ended: it comes again.
func (s *step) keepsEnded(q understand.Query) bool {
	if len(s.facts.Client.Stopped) == 0 || s.state.Open != nil || s.reading.Intent != understand.Other && s.reading.Intent != understand.Start {
		return false
	}
	l, c := s.rules.Lexicons, s.chose()
	t := l.Terms(s.event.Text)
	if _, rest, more := strings.Cut(s.event.Text, " "); more && !t.IsZero() && (l.Has(rest, "keeping") || l.Has(rest, "wants_now")) {
		t = l.Terms(rest) // "no actually i want the jobs": the no is to what was done
	}
	wants := l.Has(s.event.Text, "keeping") || l.Has(s.event.Text, "wants_back") || c != nil && len(c.Did.Stop) > 0 && l.Has(s.event.Text, "wants_now")
	if !wants || !t.IsZero() || len(t.With) != 1 || l.Says(q, understand.SaidMeant) {
		return false
	}
	m, ok := matterNames[t.With[0]]
	if !ok || !slices.Contains(s.facts.Client.Stopped, m) {
		return false
	}
	s.allowKinds([]Matter{m})
	return true
}

// stopKindInWords is an answer in words to which texts are to end: everything,
// or kinds by their names.
func (s *step) stopKindInWords(q Question) bool {
	as := s.query()
	as.Asked = understand.AskedNone
	if s.rules.Lexicons.Says(as, understand.SaidEverything) {
		s.chooseKind(q, ChooseAll)
		return true
	}
	if q.Matter != "" && s.rules.Lexicons.Says(as, understand.SaidThese) {
		s.chooseKind(q, ChooseThisKind)
		return true
	}
	if s.words() > unsaying || s.rules.Lexicons.Has(s.event.Text, "keeping") {
		return false
	}
	list, _ := s.meantInstead(as)
	if len(list) == 0 {
		if t := s.rules.Lexicons.Terms(s.event.Text); len(t.Only) > 0 || len(t.Without) > 0 {
			for _, k := range append(t.Only, t.Without...) {
				list = append(list, matterNames[k])
			}
		}
	}
	if len(list) == 0 {
		return false
	}
	s.stopKinds(list)
	return true
}
