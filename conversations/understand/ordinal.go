package understand

import (
	"slices"
	"strings"
	"time"
)

// NextWeek says whether a text speaks of next week, or a later one: a weekday
// named after that may be of either.
func (l *Lexicons) NextWeek(text string) bool {
	raw := l.tokenise(text)
	return slices.ContainsFunc(raw, func(t token) bool { return l.in(&t, "next_week") }) ||
		slices.ContainsFunc(raw[:max(0, len(raw)-1)], func(t token) bool { return l.in(&t, "next_one") }) &&
			slices.ContainsFunc(raw, func(t token) bool { return l.in(&t, "unit_weeks") })
}

// Days gives the days from today on that a text names, as YYYY-MM-DD and in
// their order: none that only bounds a time ("away till monday") or is a habit,
// and of those that only say why ("dentist on friday") today alone.
func (l *Lexicons) Days(q Query) []string {
	q.Text = plainDigits(q.Text)
	raw := l.tokenise(q.Text)
	ms, abs := l.findTimes(q, raw)
	l.judge(ms, abs)
	today := midnight(q.Now)
	var days []string
	for i := range ms {
		m := &ms[i]
		bounds := m.until || m.after || m.from > 0 && l.fitsClass("day_bound", &raw[m.from-1])
		if m.day.IsZero() || m.day.Before(today) || m.plural || bounds || m.role == withdrawn || m.role == reason && !m.day.Equal(today) {
			continue
		}
		if day := m.day.Format(time.DateOnly); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	return days
}

// Both reads a short text that answers two things at once: 1 for "both", -1 for
// "neither", 0 where it says neither of these, or something against it.
func (l *Lexicons) Both(text string) int {
	raw := l.tokenise(text)
	neither := l.hasClass(raw, "neither")
	switch {
	case neither && !l.hasClass(raw, "both"):
		return -1
	case !l.hasClass(raw, "both"):
		return 0
	case slices.ContainsFunc(raw, func(t token) bool { return l.negators.fits(&t) }):
		return 0
	}
	return 1
}

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

// Parts cuts a text that answers two matters by their place ("yes to the first,
// no to the other") into what it says of the first and of the second, without
// the words for their places. It reports whether the text is one.
func (l *Lexicons) Parts(text string) (first, second string, ok bool) {
	raw := l.tokenise(plainDigits(text))
	one, two := -1, -1
	for i := range raw {
		switch t := &raw[i]; {
		case t.ord == 1 && one < 0:
			one = i
		case (t.ord == 2 || l.in(t, "other_one")) && two < 0:
			two = i
		case t.ord > 0 || l.in(t, "other_one"):
			return "", "", false
		}
	}
	if one < 0 || two < 0 {
		return "", "", false
	}
	low, high := min(one, two), max(one, two)
	lead := 0 // words before the first place that are more than "to the"
	for i := range low {
		if !l.fillers.fits(&raw[i]) && !l.in(&raw[i], "pick_words") && !l.in(&raw[i], "hourlead") {
			lead++
		}
	}
	cut := low + 1
	if lead > 0 {
		for cut < high && raw[cut].before == space && l.in(&raw[cut], "pick_words") {
			cut++ // "yes to the first one | no to the other"
		}
	} else {
		cut = high
		for cut > low+1 && (l.fillers.fits(&raw[cut-1]) || l.in(&raw[cut-1], "pick_words")) {
			cut-- // "first yes | the second no"
		}
	}
	words := func(from, to int) string {
		var out []string
		for to > from && (to-1 == one || to-1 == two || l.fillers.fits(&raw[to-1]) || l.in(&raw[to-1], "hourlead") || l.in(&raw[to-1], "pick_words")) {
			to-- // "no to the", of which "no" is the answer
		}
		for i := from; i < to; i++ {
			if i != one && i != two && !(i > 0 && (i-1 == one || i-1 == two) && l.in(&raw[i], "pick_words")) {
				out = append(out, text[raw[i].start:raw[i].end])
			}
		}
		return strings.Join(out, " ")
	}
	a, b := words(0, cut), words(cut, len(raw))
	if one > two {
		a, b = b, a
	}
	return a, b, a != "" && b != ""
}

// Promise says whether a text says that something will be done, or is being
// done, and no more than that ("im going to do it tonight"). By itself such a
// text may be the worst there is; behind a question about a task it is its answer.
func (l *Lexicons) Promise(text string) bool {
	raw := l.tokenise(text)
	whole := false
	l.promises.match(raw, func(f found) { whole = whole || l.nothingElse(raw, f) })
	return whole
}
