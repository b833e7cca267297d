package carrier

import "unicode/utf16"

// gsmBasic is the basic table of GSM 03.38; gsmExtended costs an escape as well.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
		"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

var gsmCost = func() map[rune]int {
	cost := make(map[rune]int)
	for _, r := range gsmBasic {
		cost[r] = 1
	}
	for _, r := range gsmExtended {
		cost[r] = 2
	}
	return cost
}()

// Parts is how many SMS parts a text takes: 160 or 153 characters of GSM-7, 70 or 67 of UCS-2. A pair (an escaped
// character, a surrogate pair) is not torn between two parts. The empty text takes one.
func Parts(text string) int {
	ascii := true
	for i := range len(text) {
		// Letters, digits, space and everyday marks cost one; leaving early spares the map for most texts.
		if ch := text[i]; ch < ' ' && ch != '\n' || ch >= 0x7f || ch == '^' || ch == '`' || ch >= '[' && ch <= ']' || ch >= '{' {
			ascii = false
			break
		}
	}
	if ascii {
		if len(text) <= 160 {
			return 1
		}
		return (len(text) + 152) / 153
	}
	var costs []int
	gsm := true
	for _, r := range text {
		n, ok := gsmCost[r]
		if !ok {
			gsm = false
			break
		}
		costs = append(costs, n)
	}
	single, joined := 160, 153
	if !gsm {
		single, joined = 70, 67
		costs = costs[:0]
		for _, r := range text {
			costs = append(costs, max(utf16.RuneLen(r), 1))
		}
	}
	total := 0
	for _, n := range costs {
		total += n
	}
	if total <= single {
		return 1
	}
	parts, used := 1, 0
	for _, n := range costs {
		if used+n > joined {
			parts, used = parts+1, 0
		}
		used += n
	}
	return parts
}
