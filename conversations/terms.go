package conversations

import (
	"slices"

	"alongside/conversations/understand"
)

// The limits of a yes to our first question: "yes but not jobs". They are kept
// with the agreement, or asked about; nothing is promised that was refused.

// refusedMatters are the matters that a text about being texted refuses; empty if
// it refuses none. Who wants one kind and no other is still told of the
// appointments that stand, see keepKind.
func (s *step) refusedMatters(t understand.Terms) []Matter {
	var out []Matter
	for _, m := range Matters {
		named := func(k string) bool { return matterNames[k] == m }
		switch {
		case slices.ContainsFunc(t.Without, named):
			out = append(out, m)
		case len(t.Only) > 0 && m != MatterAppointments && !slices.ContainsFunc(t.Only, named) && !slices.ContainsFunc(t.With, named):
			out = append(out, m)
		}
	}
	return out
}

// agreesInPart takes a text for an answer to the opt-in question that refuses
// some matters. A clear yes before the limit is an agreement with that limit; a
// limit alone is said back and asked about. It reports whether the text was that.
func (s *step) agreesInPart() bool {
	q := s.state.Open
	if q == nil || q.Kind != AskOptIn || s.borrowed() || urgent(s.reading) {
		return false
	}
	t := s.rules.Lexicons.Terms(s.event.Text)
	list := s.refusedMatters(t)
	if len(list) == 0 {
		return false
	}
	yes := s.yesBefore(t)
	switch r := s.reading; {
	case r.Intent == understand.WrongPerson, r.Intent == understand.Distress, r.Intent == understand.Help:
		return false
	case !yes && r.Intent == understand.OptinNo && len(t.Only) == 0 && len(t.With) == 0:
		// "No, I dont want a job": a no, and what it is about.
		return false
	case !yes || len(s.keptWithout(list)) == 0:
		s.askInPart(list)
		return true
	}
	asked := *q
	asked.Without = list
	s.state.Open = &asked
	s.sideways()
	s.optIn("text")
	return true
}

// yesBefore says whether a clear yes stands before the limits.
func (s *step) yesBefore(t understand.Terms) bool {
	if s.reading.Number == 1 {
		return true
	}
	if t.Before == "" {
		return false
	}
	r := s.rules.Lexicons.Read(understand.Query{Text: t.Before, Lang: s.ownLanguage(), Asked: understand.AskedOptin, Now: s.now})
	return r.Intent == understand.OptinYes && r.Sure >= sureEnough
}

// askInPart says what would be written about and what not, and asks whether that
// is right. The limits stay with the question: a yes to it is a yes to them.
func (s *step) askInPart(list []Matter) {
	q := s.state.Open
	kept := s.keptWithout(list)
	if len(kept) == 0 || len(q.Without) > 0 && q.Put >= 2 {
		// Nothing would be left, or it was asked in this way before: a person.
		s.handOver(FlagNotUnderstood)
		return
	}
	s.flag(FlagMessage, "")
	again := *q
	again.Put++
	again.AskedAt = s.now.UnixMilli()
	again.Without = list
	s.state.Open = &again
	s.reply(Say{Key: "optin.in_part", Question: q.ID, Options: yesOrNo, Vars: map[string]any{"kinds": Kinds(list), "kept": kept}})
}

// keptWithout lists what would still be written about without some matters.
func (s *step) keptWithout(list []Matter) Kinds {
	return slices.DeleteFunc(s.keptKinds(), func(m Matter) bool { return slices.Contains(list, m) })
}

// limitsOfYes sets what a yes to the opt-in question limits, and answers with
// that. It reports whether there was anything.
func (s *step) limitsOfYes(without []Matter) bool {
	var t understand.Terms
	if s.event.Kind == EventText {
		t = s.rules.Lexicons.Terms(s.event.Text)
	}
	without = slices.DeleteFunc(slices.Clone(without), func(m Matter) bool {
		// "Yes, and jobs are ok too".
		return slices.ContainsFunc(t.With, func(k string) bool { return matterNames[k] == m })
	})
	if len(without) > 0 {
		s.setByText(Settings{Stop: without}, FlagSettings)
		s.answer("optin.thanks_in_part", map[string]any{"kinds": Kinds(without), "kept": s.keptKinds()})
		return true
	}
	if t.Behind == "" {
		return false
	}
	// "Yes but not before 12": the rest is read as if it were said later.
	s.reading = s.rules.Lexicons.Read(understand.Query{Text: t.Behind, Lang: s.ownLanguage(), Now: s.now})
	s.reading.Lang = s.rules.Lexicons.Read(understand.Query{Text: s.event.Text, Lang: s.ownLanguage(), Asked: understand.AskedOptin, Now: s.now}).Lang
	if s.reading.Intent != understand.Other && s.reading.Intent != understand.Social && s.reading.Intent != understand.OptinYes && s.reading.Intent != understand.Confirm {
		s.flag(FlagMessage, "")
		return false
	}
	if s.reading.Intent != understand.Other {
		return false
	}
	switch s.reading.Topic {
	case understand.TopicQuiet:
		if l := s.limit(); l.from != nil || l.until != nil || len(l.days) > 0 {
			s.wishQuiet(l)
			return true
		}
	case understand.TopicLimits:
		s.flag(FlagSettings, "")
		s.read("limits")
		return true
	default:
	}
	s.flag(FlagMessage, "")
	return false
}
