package understand

import (
	"slices"
	"time"
)

// Has says whether a text has a word of a class of the lexicons.
func (l *Lexicons) Has(text, class string) bool {
	return l.hasClass(l.tokenise(text), class)
}

// Either gives the first of the two days, a week apart, that a text may mean
// ("monday" on a Monday, "next friday"), as YYYY-MM-DD, and the time of day beside
// it, as HH:MM; both are empty where it names no such day, or another besides.
func (l *Lexicons) Either(q Query) (date, clock string) {
	q.Text = plainDigits(q.Text)
	raw := l.tokenise(q.Text)
	ms, abs := l.findTimes(q, raw)
	constraint := l.judge(ms, abs)
	n := -1
	for i := range ms {
		switch m := &ms[i]; {
		case !live(m):
		case n >= 0 && m.hasDay() || n >= 0 && !m.either.IsZero():
			return "", ""
		case !m.either.IsZero():
			n = i
		case m.hasDay():
			return "", ""
		}
	}
	if n < 0 {
		return "", ""
	}
	m := &ms[n]
	m.kind, m.day, m.badDay, m.vague = "weekday", m.either, false, false
	q.Now = midnight(m.either).Add(-time.Second) // also an hour that has gone by today
	w := l.resolve(q, ms, abs, constraint && q.Asked != AskedAppointment, true)
	if w.Ambiguous || w.Date != m.either.Format(time.DateOnly) {
		return "", ""
	}
	return w.Date, w.Clock
}

func dayNamed(ms []mentioned) bool {
	return slices.ContainsFunc(ms, func(m mentioned) bool { return m.hasDay() })
}

// movesHour reports whether the number at i is put in the place of the hour of
// the appointment, which stands at n: "but can it be 3 not 2".
func (l *Lexicons) movesHour(q Query, raw []token, i, n int) bool {
	return i > 0 && raw[i].before != sentence && l.fitsClass("hourask", &raw[i-1]) && !q.Appointment.IsZero() &&
		int(raw[n].num)%12 == q.Appointment.Hour()%12
}

// asksHour reports whether the number at i is an hour that is asked for: "can it
// be 3". "That will be a 3" is none.
func (l *Lexicons) asksHour(raw []token, taken []int16, i int) bool {
	if i < 2 || raw[i].before == sentence || taken[i-1] != 0 || !l.fitsClass("hourbe", &raw[i-1]) {
		return false
	}
	for k := i - 2; k >= 0 && i-k <= 4 && raw[k+1].before != sentence; k-- {
		if l.fitsClass("may", &raw[k]) {
			return true
		}
	}
	return false
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
