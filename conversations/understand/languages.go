package understand

// languageOf tells which language a text seems to be in, and whether it is
// one that no lexicon knows.
func (l *Lexicons) languageOf(raw []token) (tag string, unreadable bool) {
	var only [8]int
	words, known, foreign := 0, 0, 0
	for i := range raw {
		t := &raw[i]
		if t.shape != word || t.end-t.start < 2 {
			continue // one letter is a word of any language
		}
		words++
		if t.foreign {
			foreign++
		}
		if !t.known {
			continue
		}
		known++
		bits := l.languages[t.ids[0]]
		for n := range l.tags {
			if bits == 1<<n {
				only[n]++
			}
		}
	}
	if foreign > 0 && foreign*2 >= words || words >= 4 && known*4 < words {
		return "other", true
	}
	best, second := -1, -1
	//nolint:gosec // G602: best and second are -1 or indices of l.tags, which the loop has just given.
	for n := range l.tags {
		switch {
		case best < 0 || only[n] > only[best]:
			best, second = n, best
		case second < 0 || only[n] > only[second]:
			second = n
		}
	}
	//nolint:gosec // G602: the same indices.
	switch {
	case best < 0 || only[best] == 0:
		return "", false
	case second >= 0 && only[second]*3 >= only[best] && only[second] > 0:
		return "mix", false
	}
	return l.tags[best], false
}

// Language is the language that a text is plainly in, among those of the lexicons;
// empty where it says too little, mixes two, or is in one that none knows.
func (l *Lexicons) Language(text string) string {
	switch tag, _ := l.languageOf(l.tokenise(text)); tag {
	case "mix", "other":
		return ""
	default:
		return tag
	}
}

// languageIn gives the language that is asked for between two tokens: not the
// one that is refused or spoken badly.
func (l *Lexicons) languageIn(abs []token, from, to int) string {
	for i := from; i < to; i++ {
		for _, id := range abs[i].ids {
			tag, ok := l.languageNames[id]
			if !ok {
				continue
			}
			against := func(t *token) bool { return l.negators.fits(t) || l.fitsClass("language_no", t) }
			refused := false
			for k := i - 1; k >= 0 && i-k <= 3 && abs[k+1].before == space; k-- {
				refused = refused || against(&abs[k])
			}
			// "english is bad", and not "english, not welsh"
			k := i + 1
			for k < len(abs) && k-i <= 2 && abs[k].before == space && l.fillers.fits(&abs[k]) && !l.courtesies.fits(&abs[k]) {
				k++
			}
			if k < len(abs) && abs[k].before == space && against(&abs[k]) {
				another := false
				for n := k + 1; n < len(abs) && n <= k+3; n++ {
					another = another || l.fitsClass("language", &abs[n])
				}
				refused = refused || !another
			}
			if !refused {
				return tag
			}
		}
	}
	return ""
}
