package understand

// Place reads a text that picks one of several by its place ("1st", "the second
// one pls"): 1 for the first, -1 for the last, 0 where the text says anything else.
func (l *Lexicons) Place(text string) int {
	place := 0
	raw := l.tokenise(plainDigits(text))
	for i := range raw {
		t := &raw[i]
		n := int(t.ord)
		if l.in(t, "last_one") {
			n = -1
		}
		switch {
		case n != 0 && n != -1 || l.in(t, "last_one"):
			if place != 0 {
				return 0
			}
			place = n
		case t.shape == emoji, l.in(t, "pick_words"), l.courtesies.fits(t):
		default:
			return 0
		}
	}
	return place
}
