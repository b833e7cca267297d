package templates

import "unicode/utf16"

// The sizes of an SMS (3GPP TS 23.038 and 23.040): one alone, and one of
// several, which gives up room for the header that joins them.
const (
	gsmAlone  = 160 // septets
	gsmJoined = 153
	ucsAlone  = 70 // UTF-16 code units
	ucsJoined = 67
)

// gsmBasic is the default alphabet of GSM 7-bit (3GPP TS 23.038, 6.2.1): one
// septet each. The escape character itself is not among them.
const gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// gsmExtended is the extension table of the same alphabet: two septets each.
const gsmExtended = "\f^{}\\[~]|€"

// septets says what each character of the GSM alphabet costs.
var septets = func() map[rune]int {
	cost := make(map[rune]int, len(gsmBasic)+len(gsmExtended))
	for _, r := range gsmBasic {
		cost[r] = 1
	}
	for _, r := range gsmExtended {
		cost[r] = 2
	}
	return cost
}()

// Parts says how many SMS the text takes: GSM 7-bit if every character is in
// that alphabet (160 septets alone, 153 each when joined), else UCS-2 (70 code
// units alone, 67 each when joined). A character of two septets, or of two code
// units, is never divided between two parts. The empty text takes one.
func Parts(text string) int {
	if parts, ok := gsmParts(text); ok {
		return parts
	}
	return count(text, ucsAlone, ucsJoined, func(r rune) int { return max(1, utf16.RuneLen(r)) })
}

// gsmParts counts the parts in the GSM alphabet; false if the text has a
// character that is not in it.
func gsmParts(text string) (int, bool) {
	for _, r := range text {
		if septets[r] == 0 {
			return 0, false
		}
	}
	return count(text, gsmAlone, gsmJoined, func(r rune) int { return septets[r] }), true
}

// count fills parts in order with characters of the given cost.
func count(text string, alone, joined int, cost func(rune) int) int {
	total, parts, room := 0, 1, joined
	for _, r := range text {
		c := cost(r)
		total += c
		if c > room {
			parts++
			room = joined
		}
		room -= c
	}
	if total <= alone {
		return 1
	}
	return parts
}
