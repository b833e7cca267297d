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

// wordingFile is wording.toml, or wording.<tag>.toml for one more language:
// what our words must never say, and what they must. Each list is per language, in lower case; an entry that ends in *
// stands for every word that begins so. Welsh entries also stand for their
// mutated forms.
type wordingFile struct {
	// LockScreen are words that give the service away to whoever sees the phone.
	LockScreen map[string][]string `toml:"lock_screen"`
	// Private are words that nobody may write to a client at all, a specialist
	// included: a diagnosis, a medicine, a benefit, what the service is.
	Private map[string][]string `toml:"private"`
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

// wording is the same, ready to be looked up. The lists of what is forbidden
// hold for every text, whatever its language: an English word in a Welsh text
// gives away just as much.
type wording struct {
	lockScreen, private, watching, blame, alarm, invites []phrase
	// why and mutating are per language tag.
	why, mutating map[string][]phrase
	// file is what was read.
	file wordingFile
}

// lists gives the lists by their names in the file.
func (f *wordingFile) lists() map[string]*map[string][]string {
	return map[string]*map[string][]string{
		"lock_screen": &f.LockScreen, "private": &f.Private, "watching": &f.Watching, "blame": &f.Blame, "alarm": &f.Alarm,
		"why": &f.Why, "invites": &f.Invites, "mutating": &f.Mutating,
	}
}

// readWording reads wording.toml and the files of further languages strictly.
func readWording(fsys fs.FS) (wording, error) {
	const first = "wording.toml"
	var f wordingFile
	faults := readWordingFile(fsys, first, &f)
	for name, list := range f.lists() {
		if len(*list) == 0 {
			faults = append(faults, fmt.Errorf("%s: %s: this list is missing", first, name))
		}
	}
	more, err := fs.Glob(fsys, "wording.*.toml")
	faults = append(faults, err)
	for _, file := range more {
		var g wordingFile
		faults = append(faults, readWordingFile(fsys, file, &g)...)
		for name, list := range g.lists() {
			for tag, entries := range *list {
				into := *f.lists()[name]
				if _, twice := into[tag]; twice || file != "wording."+tag+".toml" {
					faults = append(faults, fmt.Errorf("%s: %s: %s: want the language of the file's name alone", file, name, tag))
				} else if into != nil {
					into[tag] = entries
				}
			}
		}
	}
	if err := errors.Join(faults...); err != nil {
		return wording{}, err
	}
	w := wording{
		lockScreen: allPhrases(f.LockScreen), private: allPhrases(f.Private), watching: allPhrases(f.Watching), blame: allPhrases(f.Blame),
		alarm: allPhrases(f.Alarm), invites: allPhrases(f.Invites),
		why: map[string][]phrase{}, mutating: map[string][]phrase{}, file: f,
	}
	for tag, entries := range f.Why {
		w.why[tag] = phrases(entries, false)
	}
	for tag, entries := range f.Mutating {
		w.mutating[tag] = phrases(entries, false)
	}
	return w, nil
}

// readWordingFile reads one of the files, and gives its faults.
func readWordingFile(fsys fs.FS, file string, f *wordingFile) (faults []error) {
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		return []error{fmt.Errorf("read %s: %w", file, err)}
	}
	md, err := toml.Decode(string(raw), f)
	if err != nil {
		return []error{tomlFault(file, err)}
	}
	for _, key := range md.Undecoded() {
		faults = append(faults, fmt.Errorf("%s: %s: unknown field", file, keyPath(key)))
	}
	for name, list := range f.lists() {
		for tag, entries := range *list {
			for _, entry := range entries {
				if len(splitWords(entry)) == 0 || entry != strings.ToLower(entry) {
					faults = append(faults, fmt.Errorf("%s: %s: %s: %q: want words in lower case", file, name, tag, entry))
				}
			}
		}
	}
	return faults
}

// checkLanguages reports lists that a language of the translations lacks: its
// texts would be held against nothing.
func (f *wordingFile) checkLanguages(tags []string) (faults []error) {
	for name, list := range f.lists() {
		for _, tag := range tags {
			if len((*list)[tag]) == 0 && name != "mutating" {
				faults = append(faults, fmt.Errorf("wording.%s.toml: %s: there are no words in %s", tag, name, tag))
			}
		}
	}
	return faults
}

// phrase is one entry of a list.
type phrase struct {
	// entry is the entry as it is written.
	entry string
	// first are the forms that its first word may have, rest the other words;
	// each may end in *.
	first, rest []string
}

// allPhrases puts the entries of all languages into one list, Welsh ones with
// their mutated forms.
func allPhrases(words map[string][]string) []phrase {
	var list []phrase
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		list = append(list, phrases(words[tag], tag == "cy")...)
	}
	return list
}

// phrases prepares a list of entries.
func phrases(entries []string, mutate bool) []phrase {
	var list []phrase
	for _, entry := range entries {
		words := strings.Fields(entry)
		p := phrase{entry: entry, first: words[:1], rest: words[1:]}
		if mutate {
			p.first = mutations(words[0])
		}
		list = append(list, p)
	}
	return list
}

// in says whether the phrase stands among the words.
func (p phrase) in(words []string) bool {
	for i := range len(words) - len(p.rest) {
		if matchAny(words[i], p.first) && matchAll(words[i+1:], p.rest) {
			return true
		}
	}
	return false
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
			if all[key].Unasked && !all[key].Signed && !all[key].FromPathway && len(hits(text, w.why[t.tag.String()])) == 0 {
				faults = append(faults, fmt.Errorf("%s: %s: an unasked text says why it comes, in one of the phrases of wording.toml: why", t.file, key))
			}
		}
	}
	return errors.Join(faults...)
}

// forbidden reports what gives the service away, watches or blames.
func (w wording) forbidden(text string) []error {
	var faults []error
	for _, list := range []struct {
		why     string
		phrases []phrase
	}{
		{"gives the service away on a lock screen", w.lockScreen},
		{"makes a person feel watched", w.watching},
		{"blames, or speaks of cost", w.blame},
	} {
		for _, hit := range hits(text, list.phrases) {
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
	for _, hit := range append(hits(string(first), w.lockScreen), hits(string(first), w.alarm)...) {
		faults = append(faults, fmt.Errorf("%q stands in the first %d characters, which a lock screen shows", hit, lockScreen))
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
			case tail || len(hits(before, w.invites)) > 0:
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
		if len(hits(word, w.mutating[tag])) > 0 {
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

// hits lists the entries that stand in the text, once each.
func hits(text string, list []phrase) []string {
	words := splitWords(strings.ToLower(text))
	var found []string
	for _, p := range list {
		if p.in(words) && !slices.Contains(found, p.entry) {
			found = append(found, p.entry)
		}
	}
	return found
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
		// A figure stands where a value will: no entry of a list is one.
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
		{"ll", []string{"l"}},
		{"rh", []string{"r"}},
		{"p", []string{"b", "mh", "ph"}},
		{"t", []string{"d", "nh", "th"}},
		{"c", []string{"g", "ngh", "ch"}},
		{"b", []string{"f", "m"}},
		{"d", []string{"dd", "n"}},
		{"g", []string{"", "ng"}},
		{"m", []string{"f"}},
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
