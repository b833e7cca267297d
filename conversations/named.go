package conversations

import (
	"slices"
	"strings"
	"unicode"

	"alongside/conversations/understand"
)

// Answers to what is not the open question: those that name what they are
// about ("yes to the cafe one", "ive done the cv"), and those that come while
// only an older question waits.

// reread reads a text as the answer to another question than the open one,
// where as an answer to that it means nothing. The first reading stands
// whenever it has a meaning of its own.
func (s *step) reread(q understand.Query, r understand.Reading) understand.Reading {
	if !s.facts.Known() || r.Unreadable || r.Topic != understand.TopicNone || slices.ContainsFunc(r.Also, urgent) {
		return r
	}
	switch r.Intent {
	case understand.Other, understand.Social, understand.Confirm, understand.Cannot:
	default:
		return r
	}
	if s.state.Open != nil && !staysAnswerable(*s.state.Open) {
		return r
	}
	// Only while nothing is open does a lost text fall to a question that waits.
	lost := r.Intent == understand.Other && r.Sure < sureEnough && s.state.Open == nil && !s.numberBefore()
	for _, other := range []struct {
		kind  QuestionKind
		asked understand.Asked
		named bool
	}{
		{AskLead, understand.AskedLead, len(s.namedOffers()) == 1},
		{AskTask, understand.AskedTask, len(s.namedTasks()) == 1},
	} {
		_, waits := s.waiting(other.kind)
		if q.Asked == other.asked || !other.named && !(lost && waits) {
			continue
		}
		as := q
		as.Asked = other.asked
		again := s.rules.Lexicons.Read(as)
		if again.Sure < sureOfAnother || answers[again.Intent] != other.kind {
			continue
		}
		if r.Intent == understand.Confirm && other.kind == AskTask && q.Asked == understand.AskedAppointment && r.Sure >= sureEnough {
			// "Yes, and ive done the cv" says two things; the yes in "yes to the cafe
			// one" is none to the reminder.
			if !slices.ContainsFunc(r.Also, func(a understand.Reading) bool { return a.Intent == again.Intent }) {
				r.Also = append(slices.Clone(r.Also), again)
			}
			return r
		}
		again.Condition, again.ThirdParty = r.Condition, r.ThirdParty
		again.Voices, again.Threat, again.Lang = r.Voices, r.Threat, r.Lang
		return again
	}
	return r
}

// sureOfAnother is how sure the reading of an answer to a question must be
// that is not the open one.
const sureOfAnother = 70

func urgent(r understand.Reading) bool {
	return r.Intent == understand.Stop || r.Intent == understand.Crisis || r.Intent == understand.WrongPerson
}

// numberBefore says whether the text is a bare number that belongs to the
// question which was answered last, and may be answered anew.
func (s *step) numberBefore() bool {
	return bareNumber(s.event.Text) > 0 && len(s.state.Closed) > 0 &&
		s.state.Closed[0].Choice != "" && s.stillAnswerable(s.state.Closed[0])
}

// bareNumber is the number from 1 to 9 that a text consists of, else 0.
func bareNumber(text string) int {
	text = strings.TrimRight(strings.TrimSpace(text), ".!")
	if len(text) != 1 || text[0] < '1' || text[0] > '9' {
		return 0
	}
	return int(text[0] - '0')
}

// namedOffers are the offers that a text names by a word that no other has.
func (s *step) namedOffers() []Offer {
	about := make([][]string, len(s.facts.Offers))
	for i, o := range s.facts.Offers {
		about[i] = nameWords(o.Lead.Title + " " + o.Lead.Area)
	}
	var out []Offer
	for _, i := range named(s.event.Text, about) {
		out = append(out, s.facts.Offers[i])
	}
	return out
}

// namedTasks are the tasks that a text names. The first word of a task says
// what to do ("look up", "ring"), which people say of many things.
func (s *step) namedTasks() []Task {
	about := make([][]string, len(s.facts.Tasks))
	for i, t := range s.facts.Tasks {
		_, rest, _ := strings.Cut(t.What, " ")
		about[i] = nameWords(rest)
	}
	var out []Task
	for _, i := range named(s.event.Text, about) {
		out = append(out, s.facts.Tasks[i])
	}
	return out
}

// named gives the indexes of the things of which the text holds a word that
// only they have.
func named(text string, about [][]string) []int {
	if len(about) == 0 {
		return nil
	}
	said := map[string]bool{}
	for _, w := range splitWords(text) {
		said[nameForm(w)] = true
	}
	common := map[string]int{}
	for _, list := range about {
		for _, w := range list {
			common[w]++
		}
	}
	var out []int
	for i, list := range about {
		if slices.ContainsFunc(list, func(w string) bool { return said[w] && common[w] == 1 }) {
			out = append(out, i)
		}
	}
	return out
}

// nameWords are the words that tell one thing from another: those of at least
// four letters, and what is written in capitals ("CV", "PC").
func nameWords(text string) []string {
	var out []string
	for _, w := range splitWords(text) {
		capitals := len(w) >= 2 && w == strings.ToUpper(w) && strings.ContainsFunc(w, unicode.IsLetter)
		if f := nameForm(w); (capitals || len([]rune(w)) >= 4) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// nameForm makes "Cafes" and "café" the same word.
func nameForm(w string) string {
	w = strings.Map(func(r rune) rune {
		if plain, ok := map[rune]rune{'é': 'e', 'â': 'a', 'ê': 'e', 'î': 'i', 'ô': 'o', 'û': 'u', 'ŵ': 'w', 'ŷ': 'y'}[r]; ok {
			return plain
		}
		return r
	}, strings.ToLower(w))
	if len(w) > 4 {
		w = strings.TrimSuffix(w, "s")
	}
	return w
}

func splitWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
