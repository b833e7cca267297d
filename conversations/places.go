package conversations

import (
	"cmp"
	"slices"

	"alongside/conversations/understand"
)

// Two matters answered in one text by the order in which they were put.

// eachMatter is a text that answers two matters of different kinds by their
// place ("yes to the first, no to the other"). Where only one was seen, nobody
// can tell what the other is, and it is asked back. It reports whether the text
// was one that it dealt with.
func (s *step) eachMatter() bool {
	if s.borrowed() || s.reading.Unreadable || urgent(s.reading) || s.words() > manyWords {
		return false
	}
	first, second, ok := s.rules.Lexicons.Parts(s.event.Text)
	if !ok {
		return false
	}
	put := s.mattersPut()
	switch {
	case len(put) == 1 && put[0].Kind == AskAppointment:
		a, there := s.facts.Appointment(put[0].Appointment)
		if !there || !a.At.After(s.now) || !s.mayAskWhich() {
			return false
		}
		one, other := s.readHalf(first, AskAppointment), s.readHalf(second, AskAppointment)
		if !plainHalf[one.Intent] || !plainHalf[other.Intent] || one.Intent == other.Intent {
			return false
		}
		s.putWhich(Meaning{Intent: one.Intent, Appointment: a.ID}, Meaning{Intent: other.Intent, Appointment: a.ID})
		return true
	case len(put) != 2 || put[0].Kind == put[1].Kind:
		return false
	}
	main, also := s.readHalf(first, put[0].Kind), s.readHalf(second, put[1].Kind)
	if !plainHalf[main.Intent] || !plainHalf[also.Intent] || main.Sure < sureOfAnother || also.Sure < sureOfAnother {
		return false
	}
	if put[1].Kind == AskAppointment {
		main, also = also, main
		put[0], put[1] = put[1], put[0]
	}
	main.Sure, main.Lang = 100, s.reading.Lang
	main.Also = []understand.Reading{also}
	if main.Intent == understand.Cannot && also.Intent == understand.Interested && !put[1].Shown {
		// Who cannot come is asked for another time, and the lead that they want to
		// see waits its turn until then.
		main.Also = nil
		for i := range s.state.Queue {
			if s.state.Queue[i].ID == put[1].ID {
				s.state.Queue[i].Put = 0
			}
		}
	}
	s.reading, s.byPlace = main, true
	s.act()
	return true
}

// plainHalf lists the answers that may be given by a place.
var plainHalf = map[understand.Intent]bool{
	understand.Confirm: true, understand.Cannot: true, understand.Interested: true, understand.NotInterested: true,
	understand.Done: true, understand.NotYet: true,
}

// readHalf reads a part of the text as the answer to a question of the kind.
func (s *step) readHalf(text string, kind QuestionKind) understand.Reading {
	return s.rules.Lexicons.Read(understand.Query{Text: text, Lang: s.ownLanguage(), Asked: askedAs[kind], Now: s.now})
}

// mattersPut are the questions about appointments, leads and tasks that the
// client has seen and not answered, in the order in which they were put.
func (s *step) mattersPut() []Question {
	all := slices.Clone(s.state.Queue)
	if s.state.Open != nil {
		all = append(all, *s.state.Open)
	}
	put := slices.DeleteFunc(all, func(q Question) bool {
		_, known := askedAs[q.Kind]
		return !known || q.Put == 0 || s.unseen(q)
	})
	slices.SortStableFunc(put, func(a, b Question) int { return cmp.Compare(a.AskedAt, b.AskedAt) })
	return put
}
