package understand

import "time"

// nth reads a day that is counted within a month: "the first monday in
// december", and with last "the last friday of this month". bad is true when
// there is no such day or it is past.
func nth(today time.Time, last int, get func(slot) *token) (day time.Time, bad bool) {
	month, year := today.Month(), today.Year()
	if t := get(slotMonth); t != nil {
		if month = time.Month(t.month); month < today.Month() {
			year++
		}
	}
	first := time.Date(year, month, 1, 0, 0, 0, 0, today.Location())
	week := 0
	if t := get(slotOrdinal); t != nil {
		week = int(t.ord)
	}
	switch w := get(slotWeekday); {
	case w == nil: // the last day of the month
		day = first.AddDate(0, 1, -1)
	case last < 0:
		end := first.AddDate(0, 1, -1)
		day = end.AddDate(0, 0, -((int(end.Weekday()) - int(w.day) + 7) % 7))
	default:
		day = first.AddDate(0, 0, (int(w.day)-int(first.Weekday())+7)%7+7*(week-1))
	}
	if day.Month() != month || !day.After(today) || day.After(today.AddDate(0, 3, 15)) {
		return time.Time{}, true
	}
	return day, false
}

// weekdayAfter gives the first such weekday after the appointment, or after
// another weekday that is named; without a weekday of its own the same weekday
// a week later: "the monday after", "the monday after thursday", "the one after".
func weekdayAfter(today, appointment time.Time, get func(slot) *token) time.Time {
	from := midnight(appointment)
	if since := get(slotSince); since != nil && (appointment.IsZero() || int(since.day) != int(appointment.Weekday())) {
		from = today.AddDate(0, 0, (int(since.day)-int(today.Weekday())+6)%7+1)
	}
	want := int(from.Weekday())
	if t := get(slotWeekday); t != nil {
		want = int(t.day)
	}
	return from.AddDate(0, 0, (want-int(from.Weekday())+6)%7+1)
}

// afterNamed counts "the monday after" from the day that was named before it in
// the same text: "not friday 4th, the monday after". Where nobody can tell which
// day that is, nobody can tell this one.
func afterNamed(ms []mentioned) {
	for i := range ms {
		m := &ms[i]
		if m.kind != "weekday_after" || m.since {
			continue
		}
		var named *mentioned
		for k := range ms {
			if o := &ms[k]; o.from < m.from && o.hasDay() && !o.plural && (named == nil || o.from > named.from) {
				named = o
			}
		}
		switch {
		case named == nil:
		case named.badDay:
			m.badDay = true
		default:
			m.day = named.day.AddDate(0, 0, (int(m.day.Weekday())-int(named.day.Weekday())+6)%7+1)
		}
	}
}

// mayFollow reports whether a word may stand behind "the friday after" without
// being what it is after.
func (l *Lexicons) mayFollow(t *token) bool {
	return t.before != space || t.num >= 0 || t.shape != word || l.fillers.fits(t) || l.courtesies.fits(t) || l.hourTail.fits(t)
}

// spans reports whether a boundary stands inside a phrase.
func spans(raw []token, f found, b boundary) bool {
	for i := f.from + 1; i < f.to; i++ {
		if raw[i].before >= b {
			return true
		}
	}
	return false
}

// dottedDates makes dates of what is written like a time of day and cannot be
// one, because the time of day stands beside it: "8.12 at 13:00". Where nothing
// stands beside it and no clock is read so exactly, it is to be asked back.
func (l *Lexicons) dottedDates(q Query, raw []token, ms []mentioned) {
	days := false
	for i := range ms {
		days = days || ms[i].hasDay()
	}
	for i := range ms {
		m := &ms[i]
		if m.kind != "clock" || m.to != m.from+1 || raw[m.from].shape != clockNum {
			continue
		}
		t := &raw[m.from]
		var caps captures
		if !caps.take(slotDotted, t, 0) || !dotted(q.Text[t.start:t.end]) {
			continue
		}
		day, bad := l.date(midnight(q.Now), func(s slot) *token {
			if s == slotDotted {
				return t
			}
			return nil
		})
		if bad {
			continue
		}
		beside := false
		for k := range ms {
			o := &ms[k]
			if k == i || !o.hasClock() || o.from < m.to || o.from-m.to > 2 || raw[o.from].dash {
				continue
			}
			beside = true
			for x := m.to; x < o.from; x++ {
				beside = beside && !l.or.fits(&raw[x]) && !l.negators.fits(&raw[x])
			}
		}
		switch {
		case beside && !days:
			m.kind, m.day, m.hour, m.minute = "date", day, -1, 0
		case !days && m.half == "" && t.minute%5 != 0 && q.Asked == AskedReschedule:
			m.kind, m.vague, m.hour = "vague", true, -1
		}
	}
}

func dotted(text string) bool {
	for i := range len(text) {
		if text[i] == '.' {
			return true
		}
	}
	return false
}

// thatDay lets "that day" mean the day that was named before it, and only else
// the day of the appointment.
func (l *Lexicons) thatDay(raw []token, ms []mentioned) {
	for i := range ms {
		m := &ms[i]
		if m.kind != "same_day" || !raw[m.from].has(l.vocabulary["that"]) {
			continue
		}
		last := -1
		for k := range ms {
			if o := &ms[k]; o.from < m.from && o.kind != "same_day" && !o.day.IsZero() && o.from > last {
				m.day, m.sameDay, last = o.day, false, o.from
			}
		}
	}
}

// negatedBefore reports whether a negator stands within three words before
// token i, in the same clause.
func (l *Lexicons) negatedBefore(raw []token, i int) bool {
	for k := i - 1; k >= 0 && i-k <= 3 && raw[k+1].before == space; k-- {
		if l.negators.fits(&raw[k]) {
			return true
		}
	}
	return false
}

// namedBefore gives the one day that is named before "the same day", nil if
// there is none or more than one.
func namedBefore(ms []mentioned, same *mentioned) *mentioned {
	var day *mentioned
	for i := range ms {
		m := &ms[i]
		if m.from >= same.from || m.sameDay || m.day.IsZero() || m.plural || m.role == refuse || m.role == withdrawn {
			continue
		}
		if day != nil && !day.day.Equal(m.day) {
			return nil
		}
		day = m
	}
	return day
}

// elsewhere reports whether a part of the day that stands behind a time of day
// is of something else: "monday at 3, im helping my uncle in the morning".
func elsewhere(m, clock *mentioned) bool {
	if clock == nil || m.group == clock.group || m.from < clock.from || clock.half != "" {
		return false
	}
	_, _, ok := clock.timeOfDay(m.half)
	return !ok
}
