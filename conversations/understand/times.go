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
	ms = l.bareHours(q, raw, taken, ms)
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

// bareHours makes times of day of bare numbers that stand beside a day or a
// part of one: "fri 2", "wed is ok, 12".
func (l *Lexicons) bareHours(q Query, raw []token, taken []int16, ms []mentioned) []mentioned {
	for i := range raw {
		t := &raw[i]
		if l.writtenHour(q, raw, taken, i) {
			m := mentioned{from: i, to: i + 1, kind: "clock", hour: int(t.num), half: "24"}
			if t.end-t.start == 4 {
				m.hour, m.minute = int(t.num)/100, int(t.num)%100
			}
			ms = append(ms, m)
			taken[i] = int16(len(ms))
			continue
		}
		if taken[i] != 0 || t.num < 1 || t.num > 12 || t.shape != digits && t.shape != word || q.Asked == AskedScale {
			continue
		}
		if i == 0 && t.num <= 3 && (q.Asked == AskedAppointment || q.Asked == AskedConfirmTime) {
			continue // the answer to the question comes first
		}
		if i+1 < len(raw) && taken[i+1] == 0 && raw[i+1].before == space && l.units.fits(&raw[i+1]) {
			continue
		}
		if t.shape == word && t.has(l.vocabulary["one"]) && i+1 < len(raw) && taken[i+1] == 0 && raw[i+1].before == space {
			continue // "friday one is good"
		}
		beside := false
		for k := i - 1; k >= 0 && i-k <= 3; k-- {
			if taken[k] > 0 {
				p := &ms[taken[k]-1]
				beside = (p.hasDay() || p.part || p.sameDay || p.kind == "weekday") && !p.hasClock()
				break
			}
			if !l.fillers.fits(&raw[k]) {
				break
			}
		}
		if !beside && i+1 < len(raw) && taken[i+1] > 0 && raw[i+1].before == space {
			p := &ms[taken[i+1]-1]
			beside = p.hasDay() && !p.hasClock()
		}
		// "12?" on its own, where a time is talked about
		alone := t.question && t.before != space && (q.Asked == AskedAppointment || q.Asked == AskedReschedule)
		// "3", where the day is known and only the hour was asked for
		beside = beside || q.DayKnown && i == 0 && (len(raw) == 1 || l.courtesies.fits(&raw[1]))
		if talks := q.Asked == AskedAppointment || q.Asked == AskedReschedule || q.Asked == AskedConfirmTime; talks && i > 0 {
			// "about 10"; and in the answer to which day, "4 on tuesday"
			alone = alone || taken[i-1] == 0 && l.hourLead.fits(&raw[i-1])
		}
		for k := i + 1; q.Asked == AskedReschedule && !beside && k < len(raw) && k <= i+2; k++ {
			if taken[k] > 0 {
				p := &ms[taken[k]-1]
				beside = p.hasDay() && !p.hasClock()
				break
			}
			if !l.fillers.fits(&raw[k]) {
				break
			}
		}
		if beside || alone && (i > 0 || t.num > 3) {
			ms = append(ms, mentioned{from: i, to: i + 1, kind: "clock", hour: int(t.num)})
			taken[i] = int16(len(ms))
		}
	}
	return ms
}

// writtenHour reports whether the number at i is an hour of the 24 that stands
// right beside a day: "1430 weds", "tuesday 18".
func (l *Lexicons) writtenHour(q Query, raw []token, taken []int16, i int) bool {
	t := &raw[i]
	four := t.end-t.start == 4 && t.num >= 700 && t.num < 2100 && t.num%5 == 0 && t.num%100 < 60
	if taken[i] != 0 || t.shape != digits || q.Asked != AskedAppointment && q.Asked != AskedReschedule && q.Asked != AskedConfirmTime ||
		!four {
		return false
	}
	for _, k := range [...]int{i - 1, i + 1} {
		if k >= 0 && k < len(raw) && raw[k].day >= 0 {
			return true
		}
	}
	return i > 1 && raw[i-1].shape == word && l.fillers.fits(&raw[i-1]) && raw[i-2].day >= 0
}

// makeTime turns a fitting time pattern into what it means.
func (l *Lexicons) makeTime(q Query, e *timePhrase, f found, raw []token) (mentioned, bool) {
	m := mentioned{from: f.from, to: f.to, kind: e.Make, hour: -1, half: e.Half}
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
		}
		m.after = e.After
	case "weekday":
		t := get(slotWeekday)
		m.plural = t.plural
		days := (int(t.day) - int(today.Weekday()) + 7) % 7
		if days == 0 { // today, or in a week? nobody can tell
			m.badDay = true
		} else {
			m.day = today.AddDate(0, 0, days+7*e.Weeks)
		}
	case "date":
		m.day, m.badDay = l.date(today, get)
		if t := get(slotHour); t != nil {
			m.hour = int(t.num)
		}
	case "day":
		m.day = today.AddDate(0, 0, e.Days)
		if t := get(slotNumber); t != nil {
			m.day = today.AddDate(0, 0, e.Days*int(t.num))
		}
	case "from_appointment":
		if q.Appointment.IsZero() {
			m.vague = true
			break
		}
		m.day = midnight(q.Appointment).AddDate(0, 0, e.Days)
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
		m.vague = true
		m.after = get(slotHour) != nil || get(slotClock) != nil // "before 11"
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
