package store

import (
	"context"
	"errors"
	"strings"

	"alongside/conversations"
	"alongside/store/caseload"
)

// ServiceWords are words that the service wrote for its specialists to send.
type ServiceWords = caseload.ServiceWords

// ServiceTemplate begins the name under which such words are chosen for a nudge:
// their id follows it.
const ServiceTemplate = "service."

// longestWordsName is how long the name of such words may be, in characters.
const longestWordsName = 60

// ServiceWordsList lists the service's own words that can be chosen, in the order
// of their names.
func (s *Store) ServiceWordsList(ctx context.Context) ([]ServiceWords, error) {
	return s.caseload.ServiceWordsList(ctx)
}

// ServiceWordsOf lists the versions of some words, the latest first, or
// [ErrNotFound].
func (s *Store) ServiceWordsOf(ctx context.Context, id string) ([]ServiceWords, error) {
	return s.caseload.ServiceWordsOf(ctx, id)
}

// SetServiceWords writes a version of some words: the first where w has no id, else
// the one that follows w.Version. What was entered wrongly is refused: see
// [Refusals]. What the words say is for the caller to look at (templates.CheckFree).
// [ErrConflict] if another version was written meanwhile.
func (s *Store) SetServiceWords(ctx context.Context, w ServiceWords) (ServiceWords, error) {
	var c checks
	w.Name = c.line("name", w.Name, true, longestWordsName)
	said := map[string]string{}
	for _, tag := range sortedKeys(w.Words) {
		c.language(tag)
		// Nothing in these words is filled in: a client would read the braces.
		if text := c.lines("words", w.Words[tag], true, longestNudge); strings.ContainsAny(text, "{}") {
			c.refuse("words", RefusedValue, "Nothing is filled in between braces: please say it without them.")
		} else {
			said[tag] = text
		}
	}
	if len(w.Words) == 0 {
		c.refuse("words", RefusedEmpty, "Please write the words in one language at the least.")
	}
	if err := c.err(); err != nil {
		return ServiceWords{}, err
	}
	w.Words = said
	return s.caseload.SetServiceWords(ctx, w)
}

// NudgeWords puts the service's own words into a nudge that names them as its
// template, as they are now: whoever chose them said them. Any other nudge comes
// back as it is. Words that are not on the list are refused: see [Refusals].
func (s *Store) NudgeWords(ctx context.Context, n conversations.Nudge) (conversations.Nudge, error) {
	id, own := strings.CutPrefix(n.Template, ServiceTemplate)
	if !own || len(n.Words) > 0 {
		return n, nil
	}
	versions, err := s.caseload.ServiceWordsOf(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && versions[0].Ended {
		return n, &Refusal{Code: RefusedValue, Field: "template", Text: "There are no such words in the list."}
	}
	if err != nil {
		return n, err
	}
	n.Template, n.Words = "", versions[0].Words
	return n, nil
}
