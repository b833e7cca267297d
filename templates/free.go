package templates

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"alongside/conversations/understand"
)

// Finding is something about words that a person wrote to clients, before they go.
type Finding struct {
	// Code is its name; Language the tag of the words that it is about.
	Code, Language string
	// Found is what was found, as a list or the text has it; empty where it is about
	// the whole. It may be somebody's own words: it goes back to who wrote them and
	// nowhere else.
	Found string
	// Refused says that nothing goes while it stands; any other can be confirmed.
	Refused bool
}

// The codes of a finding.
const (
	// FindingEmpty: there are no words. FindingLong: it is more than a carrier takes.
	FindingEmpty = "empty"
	FindingLong  = "too_long"
	// FindingPrivate: a word that nobody may write to a client (wording.toml).
	FindingPrivate = "private"
	// FindingReserved: it invites a reply on which a carrier acts (rule 4).
	FindingReserved = "reserved_word"
	// FindingLink: a link, which opens who knows what on who knows whose phone.
	FindingLink = "link"
	// FindingLockScreen: a word that tells whoever sees the phone too much.
	FindingLockScreen = "lock_screen"
	// FindingPhone: a telephone number.
	FindingPhone = "phone_number"
	// FindingBlame and FindingWatched: words of guilt or cost, or of observing.
	FindingBlame   = "blame"
	FindingWatched = "watched"
	// FindingParts: it takes many SMS.
	FindingParts = "many_parts"
	// FindingLanguage: it seems to be in another language than it says.
	FindingLanguage = "other_language"
)

// Findings lists every code.
var Findings = []string{
	FindingEmpty, FindingLong, FindingPrivate, FindingReserved, FindingLink, FindingLockScreen, FindingPhone, FindingBlame, FindingWatched,
	FindingParts, FindingLanguage,
}

const (
	// mostParts is how many SMS a text may take without being asked about: about 320
	// characters of English.
	mostParts = 3
	// longestFree leaves room for the signature in what a carrier takes.
	longestFree = 1500
	// phoneDigits is how many digits in a row, spaces left out, make a telephone
	// number; a date and a time have fewer.
	phoneDigits = 9
)

var (
	link  = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|uk|wales|cymru|info|io|me|ly|link|app|gov|nhs|co|eu|tv|gl)\b(?:/\S*)?`)
	phone = regexp.MustCompile(`\+?\(?[0-9][0-9 ()\-.]{6,}[0-9]`)
)

// CheckFree holds words that a person wrote to clients, per language, against what
// no text may say, in the order of the languages. It reads them with the lexicons
// to tell which language they are in, where that is plain.
func (w *Words) CheckFree(words map[string]string, lexicons *understand.Lexicons) []Finding {
	var found []Finding
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		for _, f := range w.checkFree(words[tag], tag, lexicons) {
			f.Language = tag
			found = append(found, f)
		}
	}
	return found
}

func (w *Words) checkFree(text, tag string, lexicons *understand.Lexicons) (found []Finding) {
	if strings.TrimSpace(text) == "" {
		return []Finding{{Code: FindingEmpty, Refused: true}}
	}
	add := func(code string, refused bool, all ...string) {
		for _, one := range all {
			found = append(found, Finding{Code: code, Found: one, Refused: refused})
		}
	}
	if len([]rune(text)) > longestFree {
		add(FindingLong, true, "")
	}
	private := hits(text, w.wording.private)
	add(FindingPrivate, true, private...)
	add(FindingReserved, true, w.wording.reserved(text)...)
	add(FindingLink, true, link.FindAllString(text, -1)...)
	add(FindingLockScreen, false, slices.DeleteFunc(hits(text, w.wording.lockScreen), func(entry string) bool { return slices.Contains(private, entry) })...)
	for _, number := range phone.FindAllString(text, -1) {
		if digits(number) >= phoneDigits {
			add(FindingPhone, false, number)
		}
	}
	add(FindingBlame, false, hits(text, w.wording.blame)...)
	add(FindingWatched, false, hits(text, w.wording.watching)...)
	if Parts(text) > mostParts {
		add(FindingParts, false, "")
	}
	if is := lexicons.Language(text); is != "" && is != tag {
		add(FindingLanguage, false, is)
	}
	return found
}

func digits(text string) (n int) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// reserved lists the words that a carrier acts on where they are in capitals, or
// behind a verb that asks for a reply, and where one is the whole text.
func (w wording) reserved(text string) (found []string) {
	before := ""
	words := splitWords(text)
	for _, word := range words {
		lower := strings.ToLower(word)
		if understand.ReservedWord(word) != "" && (len(words) == 1 || len(word) > 1 && word == strings.ToUpper(word) || len(hits(before, w.invites)) > 0) &&
			!slices.Contains(found, lower) {
			found = append(found, lower)
		}
		before = lower
	}
	return found
}
