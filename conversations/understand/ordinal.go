package understand

import (
	"slices"
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

// Promise says whether a text says that something will be done, or is being
// done, and no more than that ("im going to do it tonight"). By itself such a
// text may be the worst there is; behind a question about a task it is its answer.
func (l *Lexicons) Promise(text string) bool {
	raw := l.tokenise(text)
	whole := false
	l.promises.match(raw, func(f found) {
		rest := slices.Concat(raw[:f.from], raw[f.to:])
		whole = whole || !slices.ContainsFunc(rest, func(t token) bool { return t.shape != emoji && !l.courtesies.fits(&t) })
	})
	return whole
}
