package understand

// fixed marks the tokens of words by which somebody takes back what stands
// before them: "no wait", "make that", "sorry".
func (l *Lexicons) fixed(tokens []token) []bool {
	marks := make([]bool, len(tokens))
	l.corrections.match(tokens, func(f found) {
		for i := f.from; i < f.to; i++ {
			marks[i] = true
		}
	})
	return marks
}

// withdraw takes back the phrases that were corrected by later ones: "monday at
// 3, actually make that 4". Only what the correction says anew is taken back.
// The words of correction must stand right behind the one or right before the
// other, or they are about something else; a bare "no" must do both, or begin
// a clause of its own.
func (l *Lexicons) withdraw(ms []mentioned, abs []token, judged []bool) {
	marks := l.fixed(abs)
	for from := 0; from < len(abs); from++ {
		if !marks[from] || abs[from].mention >= 0 {
			continue
		}
		to := from
		for to < len(abs) && marks[to] && abs[to].mention < 0 {
			to++
		}
		l.takeBack(ms, abs, judged, from, to)
		from = to
	}
	// A day that there is not, or a joke about one, and then another.
	for i := range abs {
		n := int(abs[i].mention)
		if n < 0 || ms[n].role == withdrawn || !ms[n].hasDay() {
			continue
		}
		k := i + 1
		if k < len(abs) && l.jokes.fits(&abs[k]) && (ms[n].badDay || abs[i].question) || ms[n].badDay && ms[n].kind == "date" {
			for ; k < len(abs); k++ {
				if o := int(abs[k].mention); o >= 0 && live(&ms[o]) && !ms[o].day.IsZero() && !l.orBefore(abs, k) {
					ms[n].role, judged[n] = withdrawn, true
					break
				}
			}
		}
	}
}

// takeBack lets the words from to to of a correction do their work.
func (l *Lexicons) takeBack(ms []mentioned, abs []token, judged []bool, from, to int) {
	next, last := to, from-1
	for next < len(abs) && (abs[next].mention < 0 || !live(&ms[abs[next].mention])) {
		next++
	}
	for last >= 0 && abs[last].mention < 0 {
		last--
	}
	if last < 0 {
		return
	}
	behind, before := true, true
	for i := last + 1; i < from; i++ {
		behind = behind && (l.passes(&abs[i]) || abs[i].shape == emoji)
	}
	if next >= len(abs) {
		for i := 0; i < from && behind && to > from+1; i++ { // "tuesday, no hang on": nobody knows
			if n := abs[i].mention; n >= 0 && live(&ms[n]) {
				ms[n].vague = true
			}
		}
		return
	}
	if ms[abs[next].mention].plural {
		return
	}
	for i := to; i < next; i++ {
		before = before && (l.passes(&abs[i]) || abs[i].shape == emoji)
	}
	bare := to == from+1
	clause := abs[next].before != space || abs[from].before != space && !l.negators.fits(&abs[from])
	if !behind && !before || bare && !(behind && before) && !(before && clause) || l.orBefore(abs, next) {
		return
	}
	// All that the correction says: the phrase and those beside it.
	day, clock, part := false, false, false
	group := ms[abs[next].mention].group
	for n := range ms {
		if ms[n].group == group && live(&ms[n]) {
			day, clock, part = day || ms[n].hasDay(), clock || ms[n].hasClock(), part || ms[n].part
		}
	}
	for i := range from {
		if abs[i].mention < 0 {
			continue
		}
		m := &ms[abs[i].mention]
		if live(m) && (m.vague || day && m.hasDay() || clock && m.hasClock() || part && m.part) {
			m.role, judged[abs[i].mention] = withdrawn, true
		}
	}
}

// passes reports whether a token may stand between a correction and what it is
// about.
func (l *Lexicons) passes(t *token) bool {
	return l.fillers.fits(t) || l.courtesies.fits(t) || l.jokes.fits(t) || l.interjections.fits(t)
}

// orBefore reports whether a phrase is offered beside another: "or tuesday".
func (l *Lexicons) orBefore(abs []token, i int) bool {
	for k := i - 1; k >= 0 && abs[k].mention < 0 && i-k <= 3; k-- {
		if l.or.fits(&abs[k]) {
			return true
		}
	}
	return false
}

// correctedNumber finds the number that corrects another: "3 no wait 1",
// "2, hang on, thats change. 1. definitely 1". value gives what the token at a
// place answers, and 0 for nothing. It is -1 when there is none.
func (l *Lexicons) correctedNumber(abs []token, value func(int) int) int {
	// "3 at first, then better, so 4"
	for so := len(abs) - 2; so > 0 && so >= len(abs)-4; so-- {
		if l.conclusions.fits(&abs[so]) && value(len(abs)-1) > 0 && numberIn(abs[:so], value) {
			return len(abs) - 1
		}
	}
	marks := l.fixed(abs)
	for i := 1; i+1 < len(abs); i++ { // "5 jk 3"
		marks[i] = marks[i] || l.jokes.fits(&abs[i]) && value(i-1) > 0 && value(i+1) > 0
	}
	for from := 0; from < len(abs); from++ {
		if !marks[from] {
			continue
		}
		to := from
		for to < len(abs) && marks[to] {
			to++
		}
		first, next, same := -1, -1, true
		for i := range from {
			if value(i) > 0 {
				first = i
			}
		}
		for i := to; i < len(abs); i++ {
			if n := value(i); n > 0 && next < 0 {
				next = i
			} else if n > 0 && n != value(next) {
				same = false
			}
		}
		if first >= 0 && next >= 0 && same {
			behind, before := true, true
			for i := first + 1; i < from; i++ {
				behind = behind && l.passes(&abs[i])
			}
			for i := to; i < next; i++ {
				before = before && l.passes(&abs[i])
			}
			bare := to == from+1
			if before && (behind || !bare) || behind && !bare && abs[next].before != space {
				return next
			}
		}
		from = to
	}
	return -1
}

func numberIn(abs []token, value func(int) int) bool {
	for i := range abs {
		if value(i) > 0 {
			return true
		}
	}
	return false
}
