package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// alike gives for letters that Unicode does not take apart, and that people
// write for one another, the one that stands for both: "byłem" is texted as
// "bylem", "مدرسه" for "مدرسة". Zero is a sign that only stretches a word.
var alike = map[rune]rune{
	'ł': 'l', 'đ': 'd', 'ø': 'o', 'ħ': 'h', 'ı': 'i',
	'ى': 'ي', 'ی': 'ي', 'ک': 'ك', 'ة': 'ه', 'ـ': 0,
}

// fold brings one word to the form in which words are compared: compatibility
// forms composed, lower case, apostrophes and accents gone. Phones add and
// drop both at will ("siwr", "cant"), so neither may decide a meaning.
func fold(word string) string {
	plain := true
	for i := range len(word) {
		if c := word[i]; c >= 0x80 || c == '\'' || c == '`' || 'A' <= c && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return word
	}
	var b strings.Builder
	b.Grow(len(word))
	ascii := true
	for i := range len(word) {
		if word[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if !ascii {
		word = norm.NFKD.String(word)
	}
	for _, r := range word {
		if isApostrophe(r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if same, ok := alike[r]; ok {
			r = same
		}
		if r != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isApostrophe reports whether r is used as an apostrophe inside words.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', '′':
		return true
	}
	return false
}

// shorten brings runs of three or more equal letters down to n: "yesssss".
func shorten(word string, n int) string {
	long := false
	var last rune
	run := 0
	for _, r := range word {
		if r != last {
			last, run = r, 0
		}
		if run++; run >= 3 {
			long = true
			break
		}
	}
	if !long {
		return word
	}
	out := make([]byte, 0, len(word))
	last, run = 0, 0
	for _, r := range word {
		if r != last {
			last, run = r, 0
		}
		if run++; run <= n {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// plainDigits writes the figures of every script as 0 to 9: "٣" is 3.
func plainDigits(text string) string {
	if !strings.ContainsFunc(text, foreignDigit) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if foreignDigit(r) {
			return '0' + digitValue(r)
		}
		return r
	}, text)
}

func foreignDigit(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Nd, r) }

// digitValue is what a figure is worth. Unicode has the figures of each script
// in one row, zero first, so that a row or several side by side make a range.
func digitValue(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	return 0
}
