package understand

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

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
		b.WriteRune(unicode.ToLower(r))
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
	run, long := 1, false
	for i := 1; i < len(word); i++ {
		if word[i] == word[i-1] {
			if run++; run >= 3 {
				long = true
				break
			}
		} else {
			run = 1
		}
	}
	if !long {
		return word
	}
	out := make([]byte, 0, len(word))
	run = 0
	for i := range len(word) {
		if i > 0 && word[i] == word[i-1] {
			run++
		} else {
			run = 1
		}
		if run <= n {
			out = append(out, word[i])
		}
	}
	return string(out)
}
