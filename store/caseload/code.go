package caseload

import (
	"strings"
	"unicode/utf8"
)

// codeLength is how many characters a link code has.
const codeLength = 8

// NormalCode is a link code as it is hashed: what a person typed, in capitals,
// without spaces and dashes. ok is false for a text that cannot be one.
func NormalCode(typed string) (code string, ok bool) {
	if len(typed) > 4*codeLength {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r == ' ', r == '-', r == '\u2010', r == '\u2011', r == '\u2013', r == '\u00a0':
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), b.Len() == codeLength
}

// clean is a word of the outside as PostgreSQL takes it: valid UTF-8 without
// zero bytes. What is sealed needs no cleaning.
func clean(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
