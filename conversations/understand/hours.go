package understand

// bareHours makes times of day of bare numbers that stand beside a day or a
// part of one: "fri 2", "wed is ok, 12"; of those that correct a time of day or
// stand against one; and of those that words behind them make one.
func (l *Lexicons) bareHours(q Query, raw []token, taken []int16, ms []mentioned) []mentioned {
	fixed := l.fixed(raw)
	talks := q.Asked == AskedAppointment || q.Asked == AskedReschedule || q.Asked == AskedConfirmTime
	take := func(i int, m mentioned) {
		m.from, m.to, m.kind = i, i+1, "clock"
		ms = append(ms, m)
		taken[i] = int16(len(ms))
	}
	for i := range raw {
		t := &raw[i]
		if l.writtenHour(q, raw, taken, ms, i) {
			m := mentioned{hour: int(t.num), half: "24"}
			if t.end-t.start == 4 {
				m.hour, m.minute = int(t.num)/100, int(t.num)%100
			}
			take(i, m)
			continue
		}
		if taken[i] != 0 || t.shape != digits && t.shape != word || q.Asked == AskedScale {
			continue
		}
		if i > 0 && taken[i-1] > 0 && t.shape == digits && t.num >= 13 && t.num <= 20 && t.before != sentence {
			if p := &ms[taken[i-1]-1]; talks && p.kind == "day" && !p.hasClock() { // "tomorrow 18"
				take(i, mentioned{hour: int(t.num), half: "24"})
			}
			continue
		}
		if n := i + 1; talks && t.shape == digits && t.num >= 1 && t.num <= 12 && n < len(raw) && taken[n] == 0 && raw[n].before == space && raw[n].shape == digits &&
			raw[n].end-raw[n].start == 2 && (raw[n].num == 30 || raw[n].num == 15 || raw[n].num == 45) { // "12 30"
			take(i, mentioned{hour: int(t.num), minute: int(raw[n].num)})
			ms[len(ms)-1].to = n + 1
			taken[n] = taken[i]
			continue
		}
		if t.num < 1 || t.num > 12 || t.end-t.start > 2 && t.shape == digits {
			continue
		}
		if n := l.against(raw, taken, i); n > 0 && (talks && (t.num > 3 || raw[n].num > 3 || q.Asked == AskedReschedule || l.movesHour(q, raw, i, n)) || timedBefore(ms, i)) { // "11 not 2"
			hour := int(raw[n].num)
			take(i, mentioned{hour: int(t.num)})
			if taken[n] == 0 {
				take(n, mentioned{hour: hour})
			}
			continue
		}
		if i > 1 && taken[i-1] == 0 && l.or.fits(&raw[i-1]) && taken[i-2] > 0 && ms[taken[i-2]-1].hasClock() && t.before == space { // "at 10 or 11"
			take(i, mentioned{hour: int(t.num)})
			continue
		}
		if half, ok := l.corrects(raw, taken, ms, fixed, i); ok {
			take(i, mentioned{hour: int(t.num), half: half})
			continue
		}
		if i == 0 && t.num <= 3 && (q.Asked == AskedAppointment || q.Asked == AskedConfirmTime) {
			continue // the answer to the question comes first
		}
		if i+1 < len(raw) && taken[i+1] == 0 && raw[i+1].before == space && l.units.fits(&raw[i+1]) {
			continue
		}
		if t.shape == word && t.has(l.vocabulary["one"]) && i+1 < len(raw) && raw[i+1].before == space &&
			(taken[i+1] == 0 || i > 0 && l.fitsClass("pointing", &raw[i-1]) || taken[i+1] > 0 && ms[taken[i+1]-1].part && ms[taken[i+1]-1].to == i+2) {
			continue // "friday one is good", "one afternoon"
		}
		if l.besideDay(q, raw, taken, ms, i) || talks && l.soundsTimed(q, raw, taken, ms, i) ||
			q.Asked == AskedNone && l.doneInstead(raw, taken, ms, i) {
			take(i, mentioned{hour: int(t.num)})
		}
	}
	return ms
}

// besideDay reports whether the number at i stands beside a day, or a part of
// one, that has no time of day yet.
func (l *Lexicons) besideDay(q Query, raw []token, taken []int16, ms []mentioned, i int) bool {
	for k := i - 1; k >= 0 && i-k <= 4; k-- {
		if taken[k] > 0 {
			p := &ms[taken[k]-1]
			if (p.hasDay() || p.part || p.sameDay || p.kind == "weekday" || !p.either.IsZero()) && !p.hasClock() {
				return true
			}
			break
		}
		if !l.fillers.fits(&raw[k]) && !l.hourLead.fits(&raw[k]) && !l.fitsClass("hourbridge", &raw[k]) {
			break
		}
	}
	if i+1 < len(raw) && taken[i+1] > 0 && raw[i+1].before == space {
		if p := &ms[taken[i+1]-1]; (p.hasDay() || p.part) && !p.hasClock() && !l.timedBehind(raw, taken, ms, p.to) {
			return true // also "11 in the morning"
		}
	}
	talks := q.Asked == AskedReschedule || q.Asked == AskedAppointment && raw[i].num > 3
	for k := i + 1; talks && k < len(raw) && k <= i+2; k++ {
		if taken[k] > 0 {
			p := &ms[taken[k]-1]
			return p.hasDay() && !p.hasClock() && !l.timedBehind(raw, taken, ms, p.to)
		}
		if !l.fillers.fits(&raw[k]) {
			break
		}
	}
	return false
}

// timedBehind reports whether a time of day stands right at token i, so that what
// is before it has one: "room 4 on friday at 2".
func (l *Lexicons) timedBehind(raw []token, taken []int16, ms []mentioned, i int) bool {
	for ; i < len(raw) && raw[i].before == space; i++ {
		if taken[i] > 0 {
			return ms[taken[i]-1].hasClock()
		}
		if !l.fillers.fits(&raw[i]) {
			return false
		}
	}
	return false
}

// soundsTimed reports whether what stands around the number at i makes it a
// time of day where a time is talked about: "about 10", "12?", "11 is better".
func (l *Lexicons) soundsTimed(q Query, raw []token, taken []int16, ms []mentioned, i int) bool {
	t := &raw[i]
	if i == 0 && q.DayKnown && (len(raw) == 1 || l.courtesies.fits(&raw[1])) {
		return true // the day is known and only the hour was asked for
	}
	if i == 0 && t.num <= 3 {
		return false
	}
	if l.asksHour(raw, taken, i) {
		return true
	}
	if t.question && (t.before != space || i > 0 && l.conclusions.fits(&raw[i-1])) && q.Asked != AskedConfirmTime {
		return true
	}
	if i > 0 && taken[i-1] == 0 && t.before != sentence && l.hourLead.fits(&raw[i-1]) {
		return true
	}
	if i > 0 && taken[i-1] == 0 && t.before == space && l.conclusions.fits(&raw[i-1]) && timedBefore(ms, i) && (t.num > 3 || (q.Appointment.Hour()+11)%12+1 != int(t.num)) {
		return true // "i finish at 2 so 3 is better"; "so 2 is fine" is about the meeting's own hour
	}
	last := i == len(raw)-1
	if !last && raw[i+1].before == space && taken[i+1] == 0 && l.hourTail.fits(&raw[i+1]) {
		return t.num > 3 || timedBefore(ms, i)
	}
	// "tues. 10": all that its sentence says.
	if i > 0 && t.before == sentence && (last || raw[i+1].before == sentence) && (t.num > 3 || q.Asked == AskedReschedule) {
		for k := range ms {
			if ms[k].to <= i && ms[k].hasDay() {
				return true
			}
		}
	}
	return false
}

// doneInstead reports whether the number at i is put in the place of the hour of
// a day that was named: "about thurs, can we do 3 instead".
func (l *Lexicons) doneInstead(raw []token, taken []int16, ms []mentioned, i int) bool {
	if i == 0 || taken[i-1] != 0 || !l.hourLead.fits(&raw[i-1]) || i+1 < len(raw) && (raw[i+1].before == space && !l.hourTail.fits(&raw[i+1])) {
		return false
	}
	for k := range ms {
		if ms[k].to <= i && !ms[k].day.IsZero() && !ms[k].hasClock() {
			return !timedBefore(ms, i)
		}
	}
	return false
}

// timedBefore reports whether a time of day stands before token i.
func timedBefore(ms []mentioned, i int) bool {
	for k := range ms {
		if ms[k].to <= i && ms[k].hasClock() {
			return true
		}
	}
	return false
}

// against gives the place of a number or a time of day that the number at i is
// set against, 0 if there is none: "11 not 2".
func (l *Lexicons) against(raw []token, taken []int16, i int) int {
	n := i + 2
	if i+3 < len(raw) && raw[i+2].shape == word && raw[i+2].num < 0 && l.fillers.fits(&raw[i+2]) {
		n++ // "4 instead of 2"
	}
	if n >= len(raw) || raw[i+1].before == sentence || !l.fitsClass("against", &raw[i+1]) || raw[n].before != space {
		return 0
	}
	if t := &raw[n]; t.shape != clockNum && (t.num < 1 || t.num > 12 || t.shape != digits && t.shape != word) || taken[n] > 0 && taken[n] == taken[i+1] {
		return 0
	}
	if n+1 < len(raw) && raw[n+1].before == space && l.units.fits(&raw[n+1]) {
		return 0
	}
	return n
}

// corrects reports whether the number at i stands behind words that take back
// a time of day, and the half of the day that was said with it.
func (l *Lexicons) corrects(raw []token, taken []int16, ms []mentioned, fixed []bool, i int) (half string, ok bool) {
	k, said := i-1, false
	for ; k >= 0 && taken[k] == 0 && (fixed[k] || l.fillers.fits(&raw[k]) || l.hourLead.fits(&raw[k]) || l.courtesies.fits(&raw[k])); k-- {
		said = said || fixed[k]
	}
	if !said || i+1 < len(raw) && raw[i+1].before == space && (taken[i+1] != 0 || l.units.fits(&raw[i+1])) {
		return "", false
	}
	for n := range ms {
		if m := &ms[n]; m.to <= i && m.hasClock() && m.kind == "clock" {
			half, ok = m.half, true
		}
	}
	if half == "24" {
		half = ""
	}
	return half, ok
}

func (l *Lexicons) fitsClass(name string, t *token) bool {
	for _, id := range l.classes[name] {
		if t.has(id) {
			return true
		}
	}
	return false
}

// writtenHour reports whether the number at i is an hour of the 24 that stands
// right beside a day: "1430 weds".
func (l *Lexicons) writtenHour(q Query, raw []token, taken []int16, ms []mentioned, i int) bool {
	t := &raw[i]
	four := t.end-t.start == 4 && t.num >= 700 && t.num < 2100 && t.num%5 == 0 && t.num%100 < 60
	if taken[i] != 0 || t.shape != digits || q.Asked != AskedAppointment && q.Asked != AskedReschedule && q.Asked != AskedConfirmTime ||
		!four {
		return false
	}
	if i == 0 && len(raw) > 1 && raw[1].before == space && (l.hourTail.fits(&raw[1]) || l.fillers.fits(&raw[1])) || len(raw) == 1 {
		return true // "1100 if thats ok"
	}
	for _, k := range [...]int{i - 1, i + 1} {
		if k >= 0 && k < len(raw) && (raw[k].day >= 0 || taken[k] > 0 && ms[taken[k]-1].hasDay() && raw[max(k, i)].before == space) {
			return true
		}
	}
	return i > 1 && raw[i-1].shape == word && l.fillers.fits(&raw[i-1]) && raw[i-2].day >= 0
}
