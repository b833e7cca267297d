package understand

import (
	"fmt"
	"slices"
	"time"
)

// role is what a time phrase does in its sentence.
type role uint8

const (
	neutral   role = iota
	propose        // "can we do friday"
	refuse         // "not friday", "cant do 2"
	reason         // "vets at 1": why, not when
	withdrawn      // corrected by a later phrase
)

// live reports whether a phrase says when, as far as its sentence goes.
func live(m *mentioned) bool {
	return m.role != refuse && m.role != reason && m.role != withdrawn
}

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
			if n := abs[i].mention; n >= 0 && !judged[n] && ms[n].narrows != "any" {
				if role(e) == reason && abs[i].question {
					continue // "school run, 12?": what is asked is no reason
				}
				if role(e) == refuse && f.from > 0 && l.conditional.fits(&abs[f.from-1]) {
					continue // "or if not tuesday at 3"
				}
				if role(e) != propose && l.newClause(ms, abs, f, i) {
					continue // "cant do thurs got the nurse, tues at 10"
				}
				if role(e) == refuse && f.to > i+1 && f.to < len(abs) && abs[f.to].before == space && (abs[f.to].num >= 0 || abs[f.to].mention >= 0) &&
					l.negators.fits(&abs[f.to-1]) {
					continue // "9am no 10"
				}
				if role(e) == reason && ms[n].kind == "shift" || role(e) != propose && l.besideProposed(ms, abs, judged, i) {
					continue // "start half an hour later", "it has to be friday at 2"
				}
				judged[n] = true
				if ms[n].role = role(e); ms[n].until && role(e) == refuse {
					ms[n].role = reason // "working till 5": then it ends
				}
			}
		}
	}
	l.passOn(ms, abs, judged)
	l.withdraw(ms, abs, judged)
	return constraint
}

// newClause reports whether the phrase at i begins or ends a clause of its own,
// so that words in another say nothing against it.
func (l *Lexicons) newClause(ms []mentioned, abs []token, f found, i int) bool {
	n := abs[i].mention
	for k := f.from + 1; k < i; k++ {
		if abs[k].before >= comma && abs[k].mention < 0 && abs[k-1].mention < 0 {
			return true // "leave the job, can thursday be at 3"
		}
	}
	if i > f.from && abs[i].before >= comma {
		if abs[i-1].mention < 0 {
			return true
		}
		for k := f.from; k < i; k++ {
			if o := abs[k].mention; o >= 0 && (!compatible(&ms[o], &ms[n]) || ms[o].after && ms[n].hasClock()) {
				return true // "work til 1 on weds, 2 is fine"
			}
		}
	}
	if i == f.from && i+1 < f.to && abs[i+1].before >= comma && abs[i+1].mention < 0 {
		return true // "fri at 3, cant do mornings"
	}
	for k := f.from + 1; k < i; k++ {
		if l.conclusions.fits(&abs[k]) {
			return true
		}
	}
	return false
}

// besideProposed reports whether the phrase at i stands right behind one that
// is proposed, and can be one time with it.
func (l *Lexicons) besideProposed(ms []mentioned, abs []token, judged []bool, i int) bool {
	for k := i - 1; k >= 0 && abs[k+1].before == space; k-- {
		if n := abs[k].mention; n >= 0 {
			return judged[n] && ms[n].role == propose && compatible(&ms[n], &ms[abs[i].mention])
		}
		if !l.fillers.fits(&abs[k]) {
			return false
		}
	}
	return false
}

// passOn lets a phrase take over the role of the one it stands beside, and
// gives those that make one time together the same group.
func (l *Lexicons) passOn(ms []mentioned, abs []token, judged []bool) {
	last, or, group, so := -1, false, 0, false
	list := []int{} // phrases with nothing but commas between them
	for i := range abs {
		n := int(abs[i].mention)
		switch {
		case n >= 0:
			ms[n].asked = abs[i].question
			beside := last >= 0 && abs[i].before != sentence
			if beside {
				a, b := &ms[last], &ms[n]
				if or && judged[last] && !judged[n] && a.role == refuse {
					b.role, judged[n] = refuse, true // "cant do thurs or friday" refuses both
				}
				if len(list) > 1 && or && ms[list[0]].role == refuse && !compatible(a, b) { // "cant do weds, thurs or fri"
					for _, k := range append(list[1:], n) {
						if !judged[k] {
							ms[k].role, judged[k] = refuse, true
						}
					}
				}
				if !compatible(a, b) && a.role == propose && judged[last] && !judged[n] && abs[i].before == space && !so {
					b.role, judged[n] = propose, true // "free monday and tuesday" offers both
				}
				if compatible(a, b) && !(b.sameDay && a.role == refuse) {
					if !judged[n] && judged[last] && (a.role == propose || abs[i].before == space && !so) {
						b.role, judged[n] = a.role, true
					} else if !judged[last] && judged[n] && (b.role == propose || abs[i].before == space && !so) {
						a.role, judged[last] = b.role, true
					}
				}
			}
			if !beside || !joins(ms, group, &ms[n]) || or {
				group++
			}
			if !beside || i > 0 && abs[i-1].mention < 0 && !or || compatible(&ms[last], &ms[n]) {
				list = list[:0]
			}
			list = append(list, n)
			ms[n].group = group
			for k := range ms {
				so = so || ms[k].last && ms[k].group == group && k != n
			}
			ms[n].last = so
			last, or, so = n, false, false
		case last >= 0 && abs[i].before != sentence && l.or.fits(&abs[i]):
			or = true
		case l.conclusions.fits(&abs[i]):
			so = group > 0 // "right so, monday" concludes nothing
		case abs[i].before == sentence || !l.fillers.fits(&abs[i]):
			last = -1
		}
	}
}

// joins reports whether a phrase can be one time with all of a group.
func joins(ms []mentioned, group int, b *mentioned) bool {
	for k := range ms {
		if ms[k].group == group && &ms[k] != b && !compatible(&ms[k], b) {
			return false
		}
	}
	return true
}

// compatible reports whether two phrases side by side can be one time.
func compatible(a, b *mentioned) bool {
	return (!a.hasDay() || !b.hasDay()) && (!a.hasClock() || !b.hasClock()) && a.narrows != "any" && b.narrows != "any"
}

const judgeConstraint = 100

// resolve makes one time of what was said about time. exact is false for a
// call, which may be wanted "after 3".
func (l *Lexicons) resolve(q Query, ms []mentioned, abs []token, constraint, exact bool) When {
	var use []*mentioned
	refused, open := false, false
	for i := range ms {
		m := &ms[i]
		switch {
		case m.open:
			open = true
		case m.role == refuse:
			refused = true
			constraint = constraint || m.after // "not before 11"
		case m.role == reason || m.role == withdrawn || m.plural && len(ms) > 1:
		default:
			use = append(use, m)
		}
	}
	slices.SortStableFunc(use, func(a, b *mentioned) int { return a.from - b.from })
	use = settled(use, open, exact)
	if _, _, days, clocks := pick(use); (days > 1 || clocks > 1) && !l.alternatives(ms, abs) {
		use = decided(q, use)
	}
	day, clock, days, clocks := pick(use)
	if days > 1 || clocks > 1 || day == nil && clock != nil && refusesDay(ms) && (clock.role != propose || q.Asked == AskedReschedule) {
		return When{Ambiguous: true} // "not thursday, 3": on which day?
	}
	if day == nil && clock != nil && clock.last {
		day = reasonDay(ms, clock)
	}
	if day != nil && day.sameDay && clock != nil {
		if that := namedBefore(ms, day); that != nil && !sameDate(that.day, q.Appointment) {
			if !clock.last {
				return When{Ambiguous: true} // "dentist on wednesday. same day at 2": on which of the two?
			}
			day = that
		}
	}
	half := ""
	for _, m := range use {
		switch {
		case m.badDay, m.vague, m.after && exact:
			return When{Ambiguous: true}
		case m.part && elsewhere(m, clock):
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

func refusesDay(ms []mentioned) bool {
	return slices.ContainsFunc(ms, func(m mentioned) bool { return m.role == refuse && m.hasDay() && !m.plural })
}

// reasonDay gives the one day of the reasons that a time of day was concluded
// from: "i finish work 12 on weds so say 1".
func reasonDay(ms []mentioned, clock *mentioned) *mentioned {
	var day *mentioned
	for i := range ms {
		m := &ms[i]
		if m.day.IsZero() || m.role != reason || m.from > clock.from || m.plural {
			continue
		}
		if day != nil && !day.day.Equal(m.day) {
			return nil
		}
		day = m
	}
	return day
}

// settled leaves out what only narrows down and is made exact beside it:
// "dinner time, 12.30", "any time after 11 on tuesday".
func settled(use []*mentioned, open, exact bool) []*mentioned {
	day, clock, date, exactly, last := false, false, false, false, 0
	for _, m := range use {
		if m.last && m.hasClock() {
			last = m.group
		}
		exactly = exactly || m.hasClock() && !m.after
		day = day || !m.day.IsZero()
		date = date || m.kind == "date" && !m.day.IsZero()
		if m.hasClock() && !m.after {
			h, _, ok := m.timeOfDay("")
			clock = clock || ok && h >= 11 && h <= 14
		}
	}
	return slices.DeleteFunc(use, func(m *mentioned) bool {
		switch {
		case m.part && last > 0:
			return m.group != last // "any time after school, so 9.30"
		case m.narrows == "any":
			return day || exactly
		case m.narrows == "hour":
			return exactly
		case m.after && exactly:
			return true // "trams are rubbish after 3, half one"
		case m.after:
			return day && exact && (open || m.narrows == "day")
		case m.narrows == "day":
			return day
		case m.narrows == "date":
			return date
		case m.narrows == "clock":
			return clock || day && !exactly // the day stands, and its hour is asked for
		}
		return false
	})
}

// decided leaves those of several times that decide: what is proposed
// outright, what is asked, the one that is a day and a time of day. The open
// appointment's own day or hour is what is moved away from.
func decided(q Query, use []*mentioned) []*mentioned {
	_, _, days, clocks := pick(use)
	rival := func(m *mentioned) bool { return m.hasDay() && days > 1 || m.hasClock() && clocks > 1 }
	leave := func(out func(m *mentioned) bool) {
		use = slices.DeleteFunc(use, out)
		_, _, days, clocks = pick(use)
	}
	if slices.ContainsFunc(use, func(m *mentioned) bool { return m.last && rival(m) }) {
		leave(func(m *mentioned) bool { return !m.last && rival(m) })
	}
	if slices.ContainsFunc(use, func(m *mentioned) bool { return m.role == propose }) {
		leave(func(m *mentioned) bool { return m.role != propose && rival(m) })
	}
	if days > 1 && !q.Appointment.IsZero() {
		leave(func(m *mentioned) bool {
			return m.hasDay() && !m.hasClock() && !m.sameDay && sameDate(m.day, q.Appointment)
		})
	}
	if clocks > 1 && !q.Appointment.IsZero() && q.Asked != AskedReschedule {
		dated := map[int]bool{}
		for _, m := range use {
			dated[m.group] = dated[m.group] || m.hasDay() && !m.sameDay && !sameDate(m.day, q.Appointment)
		}
		leave(func(m *mentioned) bool {
			if !m.hasClock() || m.hasDay() || m.kind != "clock" || dated[m.group] {
				return false // "monday at 2" is another time than thursday's
			}
			h, mins, ok := m.timeOfDay("")
			return ok && h == q.Appointment.Hour() && mins == q.Appointment.Minute()
		})
	}
	if days <= 1 && clocks <= 1 {
		return use
	}
	// What is asked at the end: "2pm is hard, quarter to 4?"
	if slices.ContainsFunc(use, func(m *mentioned) bool {
		return m.asked && rival(m) && m.group == use[len(use)-1].group
	}) {
		groups := map[int]bool{}
		for _, m := range use {
			groups[m.group] = groups[m.group] || m.asked
		}
		leave(func(m *mentioned) bool { return !groups[m.group] && rival(m) })
	}
	if days <= 1 && clocks <= 1 {
		return use
	}
	whole := map[int]int{}
	for _, m := range use {
		if !m.day.IsZero() {
			whole[m.group] |= 1
		}
		if m.hasClock() && !m.after {
			whole[m.group] |= 2
		}
	}
	one := 0
	for group, has := range whole {
		if has == 3 && one != 0 {
			return use
		} else if has == 3 {
			one = group
		}
	}
	if slices.ContainsFunc(use, func(m *mentioned) bool { return m.group != one && m.role == propose && rival(m) }) {
		return use // "free mon and tues at 2"
	}
	if one != 0 && (use[len(use)-1].group == one || use[0].group == one) {
		leave(func(m *mentioned) bool { return m.group != one })
	}
	return use
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
			if last >= 0 && (or || abs[i].dash) && live(&ms[last]) && live(&ms[n]) {
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
