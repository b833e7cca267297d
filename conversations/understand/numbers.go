package understand

// answer is a number that answers what is asked.
type answer struct {
	number int // 0 if none
	weight float64
	token  int // abstract token it stands in
}

// highest gives the greatest number that answers a question.
func highest(a Asked) int {
	switch a {
	case AskedAppointment, AskedLead, AskedTask, AskedConfirmTime:
		return 3
	case AskedOptin:
		return 2
	case AskedScale:
		return 5
	case AskedWhich:
		return 9
	default:
		return 0
	}
}

// readNumber finds the number that answers the question, if one does. strong
// and weak are the numbers that pick cues point at: "meant 1" outweighs the
// number that the text begins with, "a solid 4" does not.
func (l *Lexicons) readNumber(q Query, abs []token, strong, weak []int) answer {
	top := highest(q.Asked)
	if top == 0 {
		return answer{}
	}
	value := func(i int) int {
		t := &abs[i]
		n := -1
		switch {
		case t.shape == digits || t.shape == word && t.num >= 0:
			n = int(t.num)
		case q.Asked == AskedScale && outOfFive(t): // 4/5
			n = int(t.num)
		}
		if n < 1 || n > top || i > 0 && abs[i].before == space && l.negators.fits(&abs[i-1]) {
			return 0
		}
		return n
	}
	picked := func(picks []int) answer {
		for k := len(picks) - 1; k >= 0; k-- {
			if n := value(picks[k]); n > 0 && !l.counts(abs, picks[k]) {
				return answer{n, 7, picks[k]}
			}
		}
		return answer{}
	}
	// What was corrected is not what was meant.
	mark := func(i int) int {
		t := &abs[i]
		if n := int(t.num); (t.shape == digits || t.shape == word) && n >= 1 && n <= top && !l.counts(abs, i) {
			return n
		}
		return 0
	}
	if i := l.correctedNumber(abs, mark); i >= 0 {
		return answer{mark(i), 7, i}
	}
	if a := l.alone(q, abs); a.number > 0 {
		return a
	}
	if a := picked(strong); a.number > 0 {
		return a
	}
	if len(abs) == 0 {
		return answer{}
	}
	// The first token, also after courtesies and fillers ("ok 1", "a 4").
	if n := value(0); n > 0 && (q.Asked == AskedScale || !l.counts(abs, 0)) {
		bare := abs[0].shape != word || len(abs) == 1 || abs[1].before != space || abs[1].shape == emoji ||
			l.courtesies.fits(&abs[1]) || q.Asked == AskedScale
		if bare {
			if q.Asked == AskedScale && l.twoRatings(abs, value) {
				return answer{}
			}
			return answer{n, 7, 0}
		}
	}
	if a := picked(weak); a.number > 0 {
		return a
	}
	// The only one, or the last one where it ends the text.
	only, at, last := 0, -1, 0
	for i := range abs {
		if n := value(i); n > 0 && !l.counts(abs, i) {
			only, at, last = only+1, i, n
		}
	}
	if only == 0 {
		return answer{}
	}
	atEnd := at == len(abs)-1
	for i := at + 1; !atEnd && i < len(abs); i++ {
		if abs[i].shape != emoji && !l.courtesies.fits(&abs[i]) {
			break
		}
		atEnd = i == len(abs)-1
	}
	switch {
	case q.Asked == AskedScale && only == 1:
		return answer{last, 6, at}
	case q.Asked == AskedScale && atEnd && !l.twoRatings(abs, value):
		return answer{last, 4.5, at}
	case q.Asked != AskedScale && only == 1 && atEnd && abs[at].shape == digits && (at == 0 || !l.fillers.fits(&abs[at-1]) || l.courtesies.fits(&abs[at-1])):
		return answer{last, 4, at}
	}
	return answer{}
}

// alone reads what is all of an answer and no number elsewhere: "fore", and as
// many stars as were meant.
func (l *Lexicons) alone(q Query, abs []token) answer {
	if q.Asked != AskedScale {
		return answer{}
	}
	stars, at, said := 0, -1, 0
	for i := range abs {
		t := &abs[i]
		switch {
		case l.fitsClass("star", t):
			stars++
		case t.shape == word && !l.courtesies.fits(t) || t.shape == digits || t.shape == mention || i == 0 && t.shape == word:
			said++
			at = i
		}
	}
	if stars > 0 && stars <= 5 && said == 0 {
		return answer{stars, 7, 0}
	}
	if said == 1 && stars == 0 && abs[at].num < 0 {
		for _, id := range abs[at].ids {
			if n := l.numbersAlone[id]; n > 0 {
				return answer{n, 7, at}
			}
		}
	}
	return answer{}
}

// counts reports whether the number at i counts something: "2 buses".
func (l *Lexicons) counts(abs []token, i int) bool {
	if i+1 >= len(abs) || abs[i+1].before != space && !(abs[i+1].before == comma && abs[i+1].dash) {
		return false
	}
	return abs[i+1].before == space && l.units.fits(&abs[i+1])
}

// twoRatings reports whether two different numbers are offered side by side:
// "3 or 4", "3-4", "three and a half".
func (l *Lexicons) twoRatings(abs []token, value func(int) int) bool {
	for i := range abs {
		if value(i) == 0 {
			continue
		}
		if i+1 < len(abs) && abs[i+1].dash && value(i+1) > 0 {
			return true
		}
		if i+2 < len(abs) && l.or.fits(&abs[i+1]) && value(i+2) > 0 {
			return true
		}
		for _, half := range l.classes["and_a_half"] {
			if i+1 < len(abs) && abs[i+1].has(half) {
				return true
			}
		}
	}
	return false
}
