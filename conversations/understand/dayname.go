package understand

import "slices"

// Has says whether a text has a word of a class of the lexicons.
func (l *Lexicons) Has(text, class string) bool {
	return l.hasClass(l.tokenise(text), class)
}

// NamesDay says whether a text names a day, also one that could be two: a
// weekday, a date, tomorrow. A habit ("mondays") is none, nor is the appointment's
// own day where no word names it.
func (l *Lexicons) NamesDay(q Query) bool {
	q.Text = plainDigits(q.Text)
	raw := l.tokenise(q.Text)
	ms, _ := l.findTimes(q, raw)
	return slices.ContainsFunc(raw, func(t token) bool { return t.day >= 0 && !t.plural && t.month <= 0 }) ||
		slices.ContainsFunc(ms, func(m mentioned) bool { return m.hasDay() && !m.plural && !m.sameDay })
}
