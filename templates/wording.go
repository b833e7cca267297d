package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"alongside/conversations/understand"
)

// wording is wording.toml: what our words must never say, and what they must.
// Each list is per language, in lower case; an entry that ends in * stands for
// every word that begins so. Welsh entries also stand for their mutated forms.
type wording struct {
	// LockScreen are words that give the service away to whoever sees the phone.
	LockScreen map[string][]string `toml:"lock_screen"`
	// Watching are words that make a person feel observed.
	Watching map[string][]string `toml:"watching"`
	// Blame are words of guilt and of cost.
	Blame map[string][]string `toml:"blame"`
	// Alarm are words that may not stand in what a lock screen shows first.
	Alarm map[string][]string `toml:"alarm"`
	// Why are phrases of which each unasked text holds one: why it comes.
	Why map[string][]string `toml:"why"`
	// Invites are the verbs behind which a text names what to reply.
	Invites map[string][]string `toml:"invites"`
	// Mutating are words that change the beginning of the word behind them.
	Mutating map[string][]string `toml:"mutating"`
}

// readWording reads wording.toml strictly.
func readWording(fsys fs.FS) (wording, error) {
	const file = "wording.toml"
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		return wording{}, fmt.Errorf("read %s: %w", file, err)
	}
	var w wording
	md, err := toml.Decode(string(raw), &w)
	if err != nil {
		return wording{}, tomlFault(file, err)
	}
	var faults []error
	for _, key := range md.Undecoded() {
		faults = append(faults, fmt.Errorf("%s: %s: unknown field", file, keyPath(key)))
	}
	return w, errors.Join(faults...)
}

// lockScreen is how many characters a locked phone shows at the least.
const lockScreen = 60

// checkWording holds every text against the lists.
func (t translation) checkWording(all map[string]Message, w wording) error {
	var faults []error
	tails := map[string]bool{}
	for _, m := range all {
		tails[m.Tail] = true
	}
	for _, key := range slices.Sorted(maps.Keys(t.forms)) {
		for _, text := range t.forms[key].texts() {
			for _, fault := range w.forbidden(text) {
				faults = append(faults, fmt.Errorf("%s: %s: %w", t.file, key, fault))
			}
			for _, fault := range w.invited(text, tails[key]) {
				faults = append(faults, fmt.Errorf("%s: %s: %w", t.file, key, fault))
			}
			for _, fault := range w.mutated(text, t.tag.String(), all[key]) {
				faults = append(faults, fmt.Errorf("%s: %s: %w", t.file, key, fault))
			}
			if all[key].Unasked && !all[key].FromPathway && !anyOf(text, w.Why[t.tag.String()], false) {
				faults = append(faults, fmt.Errorf("%s: %s: an unasked text says why it comes, in one of the phrases of wording.toml: why", t.file, key))
			}
		}
	}
	return errors.Join(faults...)
}

// forbidden reports what gives the service away, watches or blames. The lists
// of all languages hold for every text: an English word in a Welsh text gives
// away just as much.
func (w wording) forbidden(text string) []error {
	var faults []error
	for _, list := range []struct {
		why   string
		words map[string][]string
	}{
		{"gives the service away on a lock screen", w.LockScreen},
		{"makes a person feel watched", w.Watching},
		{"blames, or speaks of cost", w.Blame},
	} {
		for _, hit := range hits(text, list.words) {
			faults = append(faults, fmt.Errorf("%q %s", hit, list.why))
		}
	}
	return faults
}

// alarming reports what may not stand in the first characters of a text that
// somebody else might read on a locked phone.
func (w wording) alarming(text string) []error {
	first := []rune(text)
	first = first[:min(lockScreen, len(first))]
	var faults []error
	for _, words := range []map[string][]string{w.LockScreen, w.Alarm} {
		for _, hit := range hits(string(first), words) {
			faults = append(faults, fmt.Errorf("%q stands in the first %d characters, which a lock screen shows", hit, lockScreen))
		}
	}
	return faults
}

// invited reports words that a carrier acts on: alone in capitals anywhere,
// behind a verb that asks for a reply, and at all in the tail of a question.
func (w wording) invited(text string, tail bool) []error {
	var faults []error
	before := ""
	for _, word := range splitWords(text) {
		lower := strings.ToLower(word)
		if understand.ReservedWord(word) != "" {
			switch {
			case word == strings.ToUpper(word):
				faults = append(faults, fmt.Errorf("%s: a carrier acts on this word", word))
			case tail || anyEntry(before, w.Invites):
				faults = append(faults, fmt.Errorf("%q is invited as a reply, and a carrier acts on it", lower))
			}
		}
		before = lower
	}
	return faults
}

// mutated reports variables that stand directly behind a word which would
// change their first letter. Figures show no mutation, and every time of day
// begins with one or with an h, which has none.
func (w wording) mutated(text, tag string, m Message) []error {
	var faults []error
	rest := text
	for {
		before, behind, found := strings.Cut(rest, "{{")
		if !found {
			return faults
		}
		action, after, _ := strings.Cut(behind, "}}")
		rest = after
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(action), "."), ".")
		if kind := m.Vars[name]; kind == VarInt || kind == VarClock {
			continue
		}
		word := wordBefore(before)
		if slices.Contains(w.Mutating[tag], strings.ToLower(word)) {
			faults = append(faults, fmt.Errorf("variable %s stands behind %q, which mutates the word behind it", name, word))
		}
	}
}

// wordBefore gives the word that text ends in, across space alone.
func wordBefore(text string) string {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	end, _ := utf8.DecodeLastRuneInString(text)
	if !isWordRune(end) {
		return ""
	}
	words := splitWords(text)
	return words[len(words)-1]
}

// hits lists the entries that occur in the text, in order and once each.
func hits(text string, words map[string][]string) []string {
	var found []string
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		for _, entry := range words[tag] {
			if anyOf(text, []string{entry}, tag == "cy") && !slices.Contains(found, entry) {
				found = append(found, entry)
			}
		}
	}
	return found
}

// anyOf says whether one of the entries occurs in the text.
func anyOf(text string, entries []string, mutate bool) bool {
	have := splitWords(strings.ToLower(text))
	for _, entry := range entries {
		want := strings.Fields(entry)
		first := []string{want[0]}
		if mutate {
			first = mutations(want[0])
		}
		for i := range len(have) - len(want) + 1 {
			if matchAny(have[i], first) && matchAll(have[i+1:], want[1:]) {
				return true
			}
		}
	}
	return false
}

// matchAll says whether the words begin with the wanted ones.
func matchAll(have, want []string) bool {
	for i := range want {
		if !matchWord(have[i], want[i]) {
			return false
		}
	}
	return true
}

// matchAny says whether the word is one of the wanted ones.
func matchAny(word string, want []string) bool {
	return slices.ContainsFunc(want, func(entry string) bool { return matchWord(word, entry) })
}

// matchWord compares one word with one entry, which may end in *.
func matchWord(word, entry string) bool {
	if stem, ok := strings.CutSuffix(entry, "*"); ok {
		return strings.HasPrefix(word, stem)
	}
	return word == entry
}

// anyEntry says whether the word is an entry in any language.
func anyEntry(word string, words map[string][]string) bool {
	for _, list := range words {
		if matchAny(word, list) {
			return true
		}
	}
	return false
}

// splitWords gives the words of a text. An apostrophe or a hyphen divides: in
// "i'w" and "budd-dal" both halves are words. A variable divides as well.
func splitWords(text string) []string {
	var plain strings.Builder
	for rest := text; ; {
		before, behind, found := strings.Cut(rest, "{{")
		plain.WriteString(before)
		if !found {
			break
		}
		_, rest, _ = strings.Cut(behind, "}}")
		// Stands where a value will: no entry is an ellipsis.
		plain.WriteString(" 0 ")
	}
	return strings.FieldsFunc(plain.String(), func(r rune) bool { return !isWordRune(r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// mutations gives a Welsh word with all forms that its beginning can take.
func mutations(word string) []string {
	forms := []string{word}
	for _, digraph := range []string{"ch", "dd", "ff", "ng", "ph", "th"} {
		if strings.HasPrefix(word, digraph) {
			return forms
		}
	}
	for _, m := range []struct {
		from string
		to   []string
	}{
		{"ll", []string{"l"}}, {"rh", []string{"r"}},
		{"p", []string{"b", "mh", "ph"}}, {"t", []string{"d", "nh", "th"}}, {"c", []string{"g", "ngh", "ch"}},
		{"b", []string{"f", "m"}}, {"d", []string{"dd", "n"}}, {"g", []string{"", "ng"}}, {"m", []string{"f"}},
	} {
		if rest, ok := strings.CutPrefix(word, m.from); ok {
			for _, to := range m.to {
				forms = append(forms, to+rest)
			}
			return forms
		}
	}
	if strings.ContainsAny(word[:1], "aeiouwy") {
		forms = append(forms, "h"+word)
	}
	return forms
}
