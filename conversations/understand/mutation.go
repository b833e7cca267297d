package understand

import (
	"maps"
	"slices"
	"strings"
)

// change is one way in which the letters at an end of a word are written
// otherwise: "canslo" becomes "ganslo", "chanslo" or "nghanslo" by the word
// before it, and "pethau" is texted as it is said, "petha" or "pethe".
type change struct {
	from, to string
	language uint8
}

// changes makes a list of a table of a lexicon.
func changes(table map[string][]string, language uint8) []change {
	var out []change
	for _, from := range slices.Sorted(maps.Keys(table)) {
		for _, to := range table[from] {
			out = append(out, change{fold(from), fold(to), language})
		}
	}
	return out
}

// longestChange puts what takes more of a word away before what takes less:
// "ngh" before "ng".
func longestChange(a, b change) int { return len(b.to) - len(a.to) }

// shortestRoot is how many letters a word must have to be found behind a
// change: below that too many words are changes of one another.
const shortestRoot = 4

// withoutMutation gives the word that w is a mutation of, or that it is written
// for as it is said, or both ("betha"), 0 if it is none. Words that another
// language has as well are left to it.
func (l *Lexicons) withoutMutation(w string) int32 {
	if len(w) < shortest {
		return 0
	}
	if id := l.unmutated(w, 0xFF); id != 0 {
		return id
	}
	for _, e := range l.endings {
		rest, ok := strings.CutSuffix(w, e.to)
		if !ok {
			continue
		}
		if id := l.root(rest+e.from, e.language); id != 0 {
			return id
		}
		if id := l.unmutated(rest+e.from, e.language); id != 0 {
			return id
		}
	}
	return 0
}

// unmutated undoes a change of the first letters.
func (l *Lexicons) unmutated(w string, languages uint8) int32 {
	for _, m := range l.mutations {
		if rest, ok := strings.CutPrefix(w, m.to); ok && m.language&languages != 0 {
			if id := l.root(m.from+rest, m.language); id != 0 {
				return id
			}
		}
	}
	return 0
}

// root gives a word of one language and of no other.
func (l *Lexicons) root(w string, language uint8) int32 {
	if len(w) < shortestRoot {
		return 0
	}
	if id, ok := l.vocabulary[w]; ok && l.languages[id] == language {
		return id
	}
	return 0
}

// rooted gives a word and those that it is a way of writing.
func (l *Lexicons) rooted(id int32) []int32 {
	return append([]int32{id}, l.canon[id]...)
}

// longRoot is how many letters a word must have for a word of a lexicon that
// looks like a mutation of it to be one.
const longRoot = 5

// mutatedOf reads the words of the language at hand that are mutations of
// others of it as those, too: a pattern need not list every form. The
// nasal forms that differ by one letter are left alone: "nos" is no "dos".
func (c *compiler) mutatedOf() {
	roots := map[int32]int32{}
	for id := int32(1); int(id) < len(c.words_); id++ {
		if c.languages[id] != c.bit || len(c.canon[id]) > 0 {
			continue
		}
		for _, m := range c.mutations {
			rest, ok := strings.CutPrefix(c.words_[id], m.to)
			if !ok || m.language != c.bit || len(m.from)+len(rest) < longRoot || nasal(m) {
				continue
			}
			if of := c.root(m.from+rest, c.bit); of != 0 && !slices.Contains(c.canon[of], id) {
				roots[id] = of
				break
			}
		}
	}
	for id, of := range roots {
		if roots[of] == 0 { // no mutation of a mutation: "ewch" is no "gewch"
			c.canon[id] = c.rooted(of)
		}
	}
}

// nasal reports whether a change puts so little in the place of a letter that
// too many words look like it.
func nasal(m change) bool { return m.to == "n" || m.to == "m" || m.to == "ng" }
