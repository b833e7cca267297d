package understand

import (
	"fmt"
	"slices"
	"time"
)

// role is what a time phrase does in its sentence.
type role uint8

const (
	neutral role = iota
	propose      // "can we do friday"
	refuse       // "not friday", "cant do 2"
	reason       // "vets at 1": why, not when
)

// judge gives every time phrase its role, from the judge patterns of the
// lexicons; the longest pattern that touches a phrase decides. gathered words
// between two phrases make them one: "friday at 3" proposes both or neither.
func (l *Lexicons) judge(ms []mentioned, abs []token) (constraint bool) {
	var hits []found
	l.judges.match(abs, func(f found) { hits = append(hits, f) })
	slices.SortStableFunc(hits, func(a, b found) int { return b.words - a.words })
	judged := make([]bool, len(ms))
	for _, f := range hits {
		e := l.judgeEntries[f.cue]
		if e == judgeConstraint {
			constraint = true
			continue
		}
		for i := f.from; i < f.to; i++ {
			if n := abs[i].mention; n >= 0 && !judged[n] {
				if role(e) == reason && abs[i].question {
					continue // "school run, 12?": what is asked is no reason
				}
				judged[n] = true
				ms[n].role = role(e)
			}
		}
	}
	// A phrase takes over the role of the one it stands beside.
	last, or := -1, false
	for i := range abs {
		n := int(abs[i].mention)
		switch {
		case n >= 0:
			if last >= 0 && abs[i].before != sentence {
				a, b := &ms[last], &ms[n]
				if or && judged[last] && !judged[n] && a.role == refuse {
					b.role, judged[n] = refuse, true // "cant do thurs or friday" refuses both
				}
				if compatible(a, b) {
					if !judged[n] && judged[last] {
						b.role, judged[n] = a.role, true
					} else if !judged[last] && judged[n] {
						a.role, judged[last] = b.role, true
					}
				}
			}
			last, or = n, false
		case last >= 0 && abs[i].before != sentence && l.or.fits(&abs[i]):
			or = true
		case abs[i].before == sentence || !l.fillers.fits(&abs[i]):
			last = -1
		}
	}
	return constraint
}

// compatible reports whether two phrases side by side can be one time.
func compatible(a, b *mentioned) bool {
	return (!a.hasDay() || !b.hasDay()) && (!a.hasClock() || !b.hasClock())
}

const judgeConstraint = 100

// resolve makes one time of what was said about time. exact is false for a
// call, which may be wanted "after 3".
func (l *Lexicons) resolve(q Query, ms []mentioned, abs []token, constraint, exact bool) When {
	var use []*mentioned
	refused, proposed, open := false, 0, false
	for i := range ms {
		m := &ms[i]
		switch {
		case m.open:
			open = true
		case m.role == refuse:
			refused = true
			constraint = constraint || m.after // "not before 11"
		case m.role == reason || m.plural && len(ms) > 1:
		default:
			use = append(use, m)
			if m.role == propose {
				proposed++
			}
		}
	}
	slices.SortStableFunc(use, func(a, b *mentioned) int { return a.from - b.from })
	day, clock, days, clocks := pick(use)
	if (days > 1 || clocks > 1) && !l.alternatives(ms, abs) {
		// Several: those that are proposed outright decide, and the open
		// appointment's own day or hour is what is moved away from.
		if proposed > 0 {
			use = slices.DeleteFunc(use, func(m *mentioned) bool {
				return m.role != propose && (m.hasDay() && days > 1 || m.hasClock() && clocks > 1)
			})
			day, clock, days, clocks = pick(use)
		}
		if days > 1 && !q.Appointment.IsZero() {
			use = slices.DeleteFunc(use, func(m *mentioned) bool {
				return m.hasDay() && !m.hasClock() && !m.sameDay && sameDate(m.day, q.Appointment)
			})
			day, clock, days, clocks = pick(use)
		}
		if clocks > 1 && !q.Appointment.IsZero() {
			use = slices.DeleteFunc(use, func(m *mentioned) bool {
				if !m.hasClock() || m.hasDay() || m.kind != "clock" {
					return false
				}
				h, mins, ok := m.timeOfDay("")
				return ok && h == q.Appointment.Hour() && mins == q.Appointment.Minute()
			})
			day, clock, days, clocks = pick(use)
		}
	}
	if days > 1 || clocks > 1 {
		return When{Ambiguous: true}
	}
	half := ""
	for _, m := range use {
		switch {
		case m.badDay, m.vague, m.after && exact && m.role != propose, m.after && exact:
			return When{Ambiguous: true}
		case m.part:
			if half != "" && half != m.half {
				return When{Ambiguous: true}
			}
			half = m.half
		}
	}
	var w When
	if clock != nil {
		h, mins, ok := clock.timeOfDay(half)
		if !ok || h >= 21 && clock.half == "" {
			return When{Ambiguous: true} // nobody meets at half past nine at night
		}
		w.Clock = fmt.Sprintf("%02d:%02d", h, mins)
	}
	if day != nil {
		at := day.day
		if w.Clock != "" {
			h, mins, _ := clock.timeOfDay(half)
			at = time.Date(at.Year(), at.Month(), at.Day(), h, mins, 0, 0, at.Location())
			if !at.After(q.Now) {
				return When{Ambiguous: true}
			}
		}
		w.Date = at.Format("2006-01-02")
	}
	switch {
	case w.Date == "" && w.Clock == "" && (half != "" || refused || constraint && !open):
		return When{Ambiguous: true}
	case w.Clock == "" && exact && w.Date != "" && (unreadClock(use) || refused && constraint):
		return When{Ambiguous: true}
	}
	return w
}

// unreadClock reports whether an hour was hinted at that was not understood.
func unreadClock(use []*mentioned) bool {
	for _, m := range use {
		if m.kind == "vague" {
			return true
		}
	}
	return false
}

// alternatives reports whether two phrases are offered as a choice: "mon or
// tues", "10-11".
func (l *Lexicons) alternatives(ms []mentioned, abs []token) bool {
	last, or := -1, false
	for i := range abs {
		if n := int(abs[i].mention); n >= 0 {
			if last >= 0 && (or || abs[i].dash) && ms[last].role != refuse && ms[n].role != refuse &&
				ms[last].role != reason && ms[n].role != reason {
				return true
			}
			last, or = n, false
			continue
		}
		or = or || l.or.fits(&abs[i])
	}
	return false
}

// pick finds the one day and the one time of day among phrases, and how many
// different ones there are.
func pick(use []*mentioned) (day, clock *mentioned, days, clocks int) {
	for _, m := range use {
		if m.hasDay() && (day == nil || !m.day.Equal(day.day)) {
			day = m
			days++
		}
		if m.hasClock() {
			if clock != nil {
				h1, m1, _ := clock.timeOfDay("")
				h2, m2, _ := m.timeOfDay("")
				if h1 == h2 && m1 == m2 {
					continue
				}
			}
			clock = m
			clocks++
		}
	}
	return day, clock, days, clocks
}

// timeOfDay decides between morning and afternoon. Without a word about it,
// an hour is the one between 8 in the morning and 7 in the evening: meetings
// are by day. Nothing before 6 or after 22 is taken for a time that was meant.
func (m *mentioned) timeOfDay(part string) (hour, minute int, ok bool) {
	hour, minute = m.hour, m.minute
	half := m.half
	if half == "" {
		half = part
	}
	switch {
	case half == "24" || hour > 12 || hour == 0:
	case half == "am":
		if hour == 12 {
			return 0, 0, false
		}
	case half == "pm":
		if hour < 12 {
			hour += 12
		}
	default:
		// The hour that decides is the one the clock shows: a quarter to 8
		// is before 8.
		if shown := hour*60 + minute; shown < 8*60 && hour < 12 {
			hour += 12
		}
	}
	if minute < 0 {
		hour, minute = hour-1, minute+60
	}
	return hour, minute, hour >= 6 && hour <= 22
}
