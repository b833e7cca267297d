package understand

import (
	"slices"
	"time"
)

// timePhrase is what a time pattern of a lexicon makes; see TimeEntry for the
// names and their meaning in files.
type timePhrase struct {
	TimeEntry
}

// mentioned is one phrase about time, found in a text.
type mentioned struct {
	from, to int // raw tokens
	kind     string

	day     time.Time // midnight of the day meant; zero if none
	badDay  bool      // a day was meant that is invalid, past or could be two
	hour    int       // -1 if no time of day
	minute  int
	half    string // am, pm or "": said with the clock, or a part of the day
	part    bool   // a part of the day only: narrows, names no time
	vague   bool   // about time, but no day and no time of day
	open    bool   // any time will do
	plural  bool   // mondays: a habit
	shift   int    // minutes after the appointment's time
	sameDay bool
	after   bool // "after 3": a time for a call, too vague for a meeting
	narrows string
	group   int       // phrases side by side that make one time have the same
	asked   bool      // a question mark follows
	until   bool      // ends something: "till 5"
	since   bool      // with weekday_after: says after which day
	either  time.Time // the first of the two days it may be: today's weekday, "next friday"
	last    bool      // what the reasons before it lead to: "so fri at 3"
	role    role
}

func (m *mentioned) hasDay() bool   { return !m.day.IsZero() || m.badDay }
func (m *mentioned) hasClock() bool { return m.hour >= 0 }

// findTimes finds the time phrases of a text, longest first, and returns them
// with a second row of tokens in which each phrase is one token. Raw tokens
// that are durations lose their number: "12 hours" answers nothing.
func (l *Lexicons) findTimes(q Query, raw []token) ([]mentioned, []token) {
	var hits []found
	l.times.match(raw, func(f found) {
		e := &l.timeEntries[f.cue]
		if e.Narrows == "any" && q.Asked != AskedReschedule {
			return
		}
		if q.Asked == AskedScale && (e.Weak || f.caps[slotDate] > 0 || f.caps[slotDotted] > 0) || q.Asked == AskedWhich && e.Weak {
			return
		}
		hits = append(hits, f)
	})
	slices.SortStableFunc(hits, func(a, b found) int {
		if d := (b.to - b.from) - (a.to - a.from); d != 0 {
			return d
		}
		return a.from - b.from
	})
	taken := make([]int16, len(raw)) // 1 + index of the mention, -1 for a duration
	var ms []mentioned
	for _, f := range hits {
		free := true
		for i := f.from; i < f.to && free; i++ {
			free = taken[i] == 0
		}
		if !free {
			continue
		}
		e := &l.timeEntries[f.cue]
		m, ok := l.makeTime(q, e, f, raw)
		if !ok {
			continue
		}
		mark := int16(-1)
		if e.Make != "none" {
			ms = append(ms, m)
			mark = int16(len(ms))
		}
		for i := f.from; i < f.to; i++ {
			taken[i] = mark
		}
	}
	l.thatDay(raw, ms)
	afterNamed(ms)
	ms = l.bareHours(q, raw, taken, ms)
	l.dottedDates(q, raw, ms)
	out := make([]token, 0, len(raw))
	for i := 0; i < len(raw); {
		n := taken[i]
		if n <= 0 {
			t := raw[i]
			if n < 0 && t.num >= 0 {
				t.num, t.shape = -1, amount
			}
			out = append(out, t)
			i++
			continue
		}
		m := &ms[n-1]
		t := token{
			start: raw[m.from].start, end: raw[m.to-1].end, first: m.from, num: -1, ord: -1, day: -1, shape: mention,
			before: raw[m.from].before, dash: raw[m.from].dash, question: raw[m.to-1].question, known: true, mention: n - 1,
		}
		if m.to == m.from+1 {
			t.ids = raw[m.from].ids // a cue may name the word itself: "tomorrow"
		}
		if m.hasDay() || m.sameDay {
			t.minute |= bitDay
		}
		if m.hasClock() || m.kind == "same_clock" || m.kind == "shift" {
			t.minute |= bitClock
		}
		if m.after {
			t.minute |= bitEdge
		}
		if m.open {
			t.minute |= bitOpen
		}
		if !q.Appointment.IsZero() && (m.sameDay || !m.day.IsZero() && sameDate(m.day, q.Appointment)) {
			t.minute |= bitAppointment
		}
		if !m.day.IsZero() && sameDate(m.day, q.Now) && !m.hasClock() {
			t.minute |= bitToday
		}
		out = append(out, t)
		i = m.to
	}
	return ms, out
}

// makeTime turns a fitting time pattern into what it means.
func (l *Lexicons) makeTime(q Query, e *timePhrase, f found, raw []token) (mentioned, bool) {
	m := mentioned{from: f.from, to: f.to, kind: e.Make, hour: -1, half: e.Half, narrows: e.Narrows}
	get := func(s slot) *token {
		if n := f.caps[s]; n > 0 && int(n-1) >= f.from && int(n-1) < f.to {
			return &raw[n-1]
		}
		return nil
	}
	today := midnight(q.Now)
	switch e.Make {
	case "clock":
		switch {
		case get(slotClock) != nil:
			m.hour, m.minute = int(get(slotClock).num), int(get(slotClock).minute)
		case get(slotHHMM) != nil:
			m.hour, m.minute = int(get(slotHHMM).num)/100, int(get(slotHHMM).num)%100
		case get(slotHour) != nil:
			m.hour = int(get(slotHour).num)
		case e.Hour > 0:
			m.hour = e.Hour
		}
		if m.hour < 0 || m.hour > 24 || m.half != "" && m.hour > 12 && e.Half == "am" {
			return m, false
		}
		if e.Minutes != 0 {
			m.minute = e.Minutes
		}
		if t := get(slotMinute); t != nil {
			m.minute = int(t.num)
			if e.Before {
				m.minute = -m.minute
			}
			if h := get(slotHour); h != nil && e.Before && t.shape == digits && (t.num == h.num-1 || t.num < 5) {
				return m, false // "1 to 2" is from one to two
			}
			if h := get(slotHour); h != nil && h.start < t.start && t.shape == digits && t.end-t.start < 2 {
				return m, false // "7-12 2 pm" is not two minutes past twelve
			}
		}
		m.after = e.After
	case "weekday":
		t := get(slotWeekday)
		m.plural = t.plural
		days := (int(t.day) - int(today.Weekday()) + 7) % 7
		switch {
		case e.NextWeek && today.Weekday() == time.Sunday:
			m.kind, m.vague = "vague", true
		case e.NextWeek:
			m.day = today.AddDate(0, 0, (int(t.day)+6)%7-(int(today.Weekday())+6)%7+7)
		case days == 0 && e.After:
			m.day = today.AddDate(0, 0, 7)
		case days == 0: // today, or in a week? nobody can tell
			m.badDay = true
			if !t.plural {
				m.either = today
			}
		default:
			weeks := e.Weeks
			if n := get(slotNumber); n != nil {
				weeks *= int(n.num)
			}
			m.day = today.AddDate(0, 0, days+7*weeks)
		}
	case "nth":
		m.day, m.badDay = nth(today, e.Days, get)
	case "weekday_after":
		if t := get(slotSince); q.Appointment.IsZero() && t == nil || f.to < len(raw) && !l.mayFollow(&raw[f.to]) {
			return m, false // "the friday after mosque" is another thing than "the friday after"
		}
		if e.After && f.to < len(raw) && raw[f.to].before == space && !l.fitsClass("hourlead", &raw[f.to]) {
			return m, false // "monday after 1", "tuesday after i drop the kids"
		}
		m.since = get(slotSince) != nil
		m.day = weekdayAfter(today, q.Appointment, get)
	case "date":
		m.day, m.badDay = l.date(today, get)
		if t := get(slotOrdinal); t != nil && t.shape == word && t.num < 0 && get(slotMonth) == nil && get(slotWeekday) == nil &&
			f.to < len(raw) && !l.mayFollow(&raw[f.to]) && raw[f.to].day < 0 {
			return m, false // "the first option"
		}
		if t := get(slotDate); t != nil && m.badDay && outOfFive(t) && e.Make == "date" && f.to-f.from == 1 {
			return m, false // 2/5 is a mark, in a winter
		}
		if t := get(slotMonth); t != nil && t.day >= 0 && get(slotWeekday) == nil && get(slotOrdinal) == nil && f.to-f.from == 2 &&
			raw[f.from].day >= 0 && m.day.After(today.AddDate(0, 1, 15)) {
			return m, false // the Welsh "Mawrth 3" in November is a Tuesday, at three
		}
		if w, t := get(slotWeekday), get(slotOrdinal); w != nil && t != nil && t.start > w.start && l.negatedBefore(raw, f.from) && spans(raw, f, comma) {
			return m, false // "not monday, the 30th" is another day than the one refused
		}
		if t := get(slotHour); t != nil {
			m.hour = int(t.num)
		}
		if t := get(slotClock); t != nil {
			m.hour, m.minute = int(t.num), int(t.minute)
		}
	case "day":
		m.day = today.AddDate(0, 0, e.Days)
		if t := get(slotNumber); t != nil {
			m.day = today.AddDate(0, 0, e.Days*int(t.num))
			if e.Weeks > 0 {
				m.day = today.AddDate(0, 0, e.Days+7*e.Weeks*int(t.num))
			}
		}
	case "from_appointment":
		if q.Appointment.IsZero() {
			m.vague = true
			break
		}
		days := e.Days
		if t := get(slotNumber); t != nil {
			days *= int(t.num)
		}
		m.day = midnight(q.Appointment).AddDate(0, 0, days)
		if e.Clock {
			m.hour, m.minute = q.Appointment.Hour(), q.Appointment.Minute()
			m.half = "24"
		}
	case "same_day":
		m.sameDay = true
		if !q.Appointment.IsZero() {
			m.day = midnight(q.Appointment)
		}
	case "same_clock":
		if !q.Appointment.IsZero() {
			m.hour, m.minute, m.half = q.Appointment.Hour(), q.Appointment.Minute(), "24"
		} else {
			m.vague = true
		}
	case "shift":
		m.shift = e.Minutes
		if t := get(slotNumber); t != nil {
			m.shift = e.Minutes * int(t.num)
		}
		if q.Appointment.IsZero() {
			m.vague = true
			break
		}
		at := q.Appointment.Add(time.Duration(m.shift) * time.Minute)
		m.hour, m.minute, m.half = at.Hour(), at.Minute(), "24"
	case "part":
		m.part = true
	case "vague":
		m.vague, m.until = true, l.fitsClass("until", &raw[f.from])
		m.after = get(slotHour) != nil || get(slotClock) != nil // "before 11"
		if t := get(slotWeekday); e.Either && t != nil && !t.plural {
			m.either = today.AddDate(0, 0, (int(t.day)-int(today.Weekday())+6)%7+1)
		}
	case "open":
		m.open = true
	}
	return m, true
}

// date reads a day of the month, with or without its month and its weekday.
// bad is true when there is no such day, it is past, or weekday and date do
// not belong together.
func (l *Lexicons) date(today time.Time, get func(slot) *token) (day time.Time, bad bool) {
	dom, month, year := 0, 0, 0
	if t := get(slotMonth); t != nil {
		month = int(t.month)
	}
	for _, s := range [...]slot{slotOrdinal, slotDom, slotLateDom} {
		if t := get(s); t != nil {
			dom = int(max(t.ord, t.num))
		}
	}
	for _, s := range [...]slot{slotDate, slotDotted} {
		if t := get(s); t != nil {
			dom, month, year = int(t.num), int(t.minute), int(t.year)
		}
	}
	if dom < 1 || dom > 31 || month > 12 {
		return time.Time{}, true
	}
	if month == 0 { // the next day with this number
		m := today
		if dom <= today.Day() {
			m = time.Date(today.Year(), today.Month()+1, 1, 0, 0, 0, 0, today.Location())
		}
		day = time.Date(m.Year(), m.Month(), dom, 0, 0, 0, 0, today.Location())
		month = int(m.Month())
	} else {
		y := today.Year()
		if year > 0 {
			y = 2000 + year
		}
		day = time.Date(y, time.Month(month), dom, 0, 0, 0, 0, today.Location())
		if year == 0 && day.Before(today) {
			day = time.Date(y+1, time.Month(month), dom, 0, 0, 0, 0, today.Location())
		}
	}
	bad = int(day.Month()) != month || day.Day() != dom || day.Before(today) || day.After(today.AddDate(0, 3, 15))
	if t := get(slotWeekday); t != nil && int(day.Weekday()) != int(t.day) {
		bad = true
	}
	if m := get(slotMonth); bad && m != nil && m.day >= 0 && get(slotWeekday) == nil {
		// The Welsh Mawrth is March, and Tuesday: "Mawrth 24".
		return l.date(today, func(s slot) *token {
			switch s {
			case slotMonth:
				return nil
			case slotWeekday:
				return m
			default:
				return get(s)
			}
		})
	}
	if bad {
		return time.Time{}, true
	}
	return day, false
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func sameDate(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}
