package understand

import (
	"slices"
	"strings"
)

// Named is what a word of a text can name. The words are classes of the lexicons.
type Named string

// What is looked for in texts that were read already: it only narrows what they
// were taken for.
const (
	NamesTexts       Named = "names_texts"         // what we send
	NamesMeeting     Named = "names_meeting"       // an appointment
	NamesPlaceOrTime Named = "names_place_or_time" // what a question about an appointment asks for
	NamesKin         Named = "names_kin"           // a relative, a friend, a pet
	NamesFuneral     Named = "names_funeral"       // that somebody is buried
	NamesOK          Named = "names_ok"            // that something was heard: ok, thanks
	NamesMine        Named = "names_mine"          // that they are one's own
	NamesQuestions   Named = "kind_questions"      // what we ask
	NamesAsking      Named = "kind_asking"         // that we ask
)

// Names says whether a word of a text names such a thing, however it is spelled.
func (l *Lexicons) Names(text string, what Named) bool {
	return l.hasClass(l.tokenise(text), string(what))
}

// Clauses cuts a text at the ends of its sentences, at commas and at "and".
func (l *Lexicons) Clauses(text string) []string {
	and := func(w string) bool {
		// As it is written: the "â" of "peidiwch â" is no "a".
		id, ok := l.vocabulary[strings.ToLower(w)]
		return w == "&" || ok && slices.Contains(l.classes["names_and"], id)
	}
	var parts []string
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".,;!?؟،؛\n", r) }) {
		var part []string
		for _, w := range append(strings.Fields(sentence), "&") {
			if !and(w) {
				part = append(part, w)
				continue
			}
			if len(part) > 0 {
				parts = append(parts, strings.Join(part, " "))
			}
			part = nil
		}
	}
	return parts
}
