package understand

import (
	"slices"
	"time"
)

// quietTimes reads the times of day behind "before", "until", "from" and
// "after", and the days. Which side of them is meant depends on the rest: "not
// after 6" and "only after 6" are opposites, and "before 10 is fine" takes a
// limit away.
func (l *Lexicons) quietTimes(e *evidence, m *Limit) {
	raw := l.withoutContrast(e.raw)
	no := l.negated(raw) || l.hasClass(raw, "quiet_bad")
	only := l.hasClass(raw, "only")
	lifts := !no && !only && l.hasClass(raw, "quiet_fine")
	l.quietHours(raw, m, no, lifts)
	// "I sleep till 1 every day" says how often, and not when.
	often := l.hasClass(raw, "every") || l.hasClass(raw, "unit_weeks")
	open := slices.ContainsFunc(e.ms, func(x mentioned) bool { return x.open })
	if !m.quiet() && (open && !often || l.hasClass(raw, "any_time")) {
		m.AnyTime = true
		return
	}
	days := l.daysNamed(raw)
	switch {
	case len(days) == 0:
	case l.hasClass(raw, "except") && no, only && !no:
		m.OnlyOn = days
	case no:
		m.NotOn = days
	case lifts:
		m.On = days
	case l.hasClass(raw, "also"):
		m.On = days // "wednesdays as well"
	case slices.ContainsFunc(raw, func(t token) bool { return t.plural || l.in(&t, "weekdays") }):
		m.OnlyOn = days // "text me on wednesdays": read back in full
	}
	if len(days) > 0 || m.NotBefore != "" || m.NotAfter != "" || m.AnyBefore || m.AnyAfter {
		return
	}
	switch {
	case l.hasClass(raw, "mornings"):
		l.side(m, "12:00", no, lifts, true)
	case l.hasClass(raw, "evenings"):
		l.side(m, map[bool]string{true: "18:00", false: "17:00"}[no], no, lifts, false)
	case l.hasClass(raw, "nights") && no:
		m.NotAfter = "21:00"
	case l.hasClass(raw, "afternoons") && !no && !lifts:
		m.NotBefore = "12:00"
	}
}

// side sets the limit at a time of day for what lies before it or after it:
// none is wanted there, only there, or there again.
func (l *Lexicons) side(m *Limit, clock string, no, lifts, before bool) {
	switch {
	case lifts && before:
		m.AnyBefore = true
	case lifts:
		m.AnyAfter = true
	case no == before:
		m.NotBefore = clock
	default:
		m.NotAfter = clock
	}
}

// withoutContrast leaves out a side of the clock that is denied without an hour
// of its own: "after 12 not before" says no more than "after 12".
func (l *Lexicons) withoutContrast(raw []token) []token {
	side := func(t *token) bool {
		return l.in(t, "quiet_before") || l.in(t, "quiet_after") || l.in(t, "comparative")
	}
	for i := 0; i+1 < len(raw); i++ {
		if !l.saysNot(&raw[i]) || !side(&raw[i+1]) {
			continue
		}
		if _, ok := l.clockAfter(raw, i+2, true, earliestMorning); ok {
			continue
		}
		rest := slices.Concat(raw[:i], raw[i+2:])
		for k := range rest {
			_, ok := l.clockAfter(rest, k+1, true, earliestMorning)
			if ok && side(&rest[k]) {
				return rest
			}
		}
	}
	return raw
}

// quietHours reads the times of day.
func (l *Lexicons) quietHours(raw []token, m *Limit, no, lifts bool) {
	for i := range raw {
		t := &raw[i]
		before, after := l.in(t, "quiet_before"), l.in(t, "quiet_after")
		from := l.in(t, "quiet_from") && !no
		between := l.in(t, "quiet_between") && !no
		if i > 0 && (before || after) && l.in(&raw[i-1], "quiet_not") && l.in(t, "quiet_from") {
			from = false
		}
		switch {
		case from, between:
			if clock, ok := l.clockAfter(raw, i+1, true, earliestMorning); ok {
				m.NotBefore = clock
			}
			for k := i + 2; between && k < len(raw); k++ {
				if clock, ok := l.clockAfter(raw, k, false, earliestMorning); ok && l.in(&raw[k-1], "quiet_to") {
					m.NotAfter = clock
				}
			}
		case before, after, l.in(t, "quiet_to") && m.NotBefore != "" && !no:
			// A waking hour is in the morning, an evening begins after noon.
			earliest := earliestMorning
			if after && !no {
				earliest = earliestAfter
			}
			clock, ok := l.clockAfter(raw, i+1, before == (no || lifts), earliest)
			switch {
			case !ok:
			case before || after:
				l.side(m, clock, no, lifts, before)
			default:
				m.NotAfter = clock
			}
		}
	}
}

// daysNamed are the weekdays that a text names, Sunday first.
func (l *Lexicons) daysNamed(raw []token) []time.Weekday {
	var days []time.Weekday
	for i := range raw {
		t := &raw[i]
		switch {
		case t.day >= 0:
			days = append(days, time.Weekday(t.day))
		case l.in(t, "weekends"):
			days = append(days, time.Sunday, time.Saturday)
		case l.in(t, "weekdays"):
			days = append(days, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// Further reads a text that follows an answer about when texts come as more of
// the same ("and nothing after 6", "actually before 10 is fine"). It reports
// whether the text is that and nothing else.
func (l *Lexicons) Further(q Query) (Limit, bool) {
	q.Asked = AskedNone
	q.Text = plainDigits(q.Text)
	raw := l.tokenise(q.Text)
	e := &evidence{q: q, raw: raw}
	e.ms, e.abs = l.findTimes(q, raw)
	return l.further(e)
}

// further is the limit that a text names, where it speaks of nothing else, and
// where it names no date and no hour alone, which would be an appointment's.
func (l *Lexicons) further(e *evidence) (m Limit, ok bool) {
	if !l.ofTimes(e) || l.untilDay(e) {
		return m, false
	}
	sided := slices.ContainsFunc(e.raw, func(t token) bool {
		return l.of(&t, limitClasses) || t.plural || t.day >= 0 && (l.negated(e.raw) || l.hasClass(e.raw, "quiet_fine"))
	})
	if sided || slices.ContainsFunc(e.ms, func(x mentioned) bool { return x.open }) {
		l.quietTimes(e, &m)
	}
	return m, m.quiet()
}

// untilDay says whether a text names the day on which a pause is to end.
func (l *Lexicons) untilDay(e *evidence) bool {
	for i := range e.raw {
		if l.in(&e.raw[i], "quiet_until") && !l.dayBehind(e, i).IsZero() {
			return true
		}
	}
	return false
}

// ofTimes says whether every word of a text speaks of times or is a courtesy.
func (l *Lexicons) ofTimes(e *evidence) bool {
	for i := range e.raw {
		t := &e.raw[i]
		switch {
		case l.of(t, limitClasses), l.of(t, pauseClasses), l.of(t, wordClasses):
		case t.day >= 0, t.shape == clockNum, t.shape == emoji, t.num >= 0 && t.shape != amount && t.shape != dateNum:
		case l.courtesies.fits(t), l.negators.fits(t), l.fillers.fits(t):
		default:
			return false
		}
	}
	return true
}

func (l *Lexicons) of(t *token, classes []string) bool {
	return slices.ContainsFunc(classes, func(c string) bool { return l.in(t, c) })
}

// quiet says whether any limit of the day or the week is named.
func (m *Limit) quiet() bool {
	return m.NotBefore != "" || m.NotAfter != "" || len(m.NotOn) > 0 || len(m.OnlyOn) > 0 || len(m.On) > 0 ||
		m.AnyTime || m.AnyBefore || m.AnyAfter
}

func (l *Lexicons) negated(raw []token) bool {
	return slices.ContainsFunc(raw, func(t token) bool { return l.negators.fits(&t) || l.in(&t, "quiet_not") })
}

// saysWhen makes of a text that speaks of texts and of times, and of nothing
// else, what it is, whatever was asked: "text me between 1 and 3" answers no
// reminder, and "no texts on mondays" is no end of all of them.
func (l *Lexicons) saysWhen(e *evidence, r *Reading) {
	if (r.Topic == TopicQuiet || r.Topic == TopicLimits) && l.hasClass(e.raw, "ringing") && !l.hasClass(e.raw, "quiet_text") {
		// "Dont ring after 4" is said of calls, which a person makes.
		r.Topic = TopicMessage
		return
	}
	if r.Intent == Crisis || r.Intent == CallMe || r.Topic == TopicQuiet || r.Topic == TopicNoCalls || !l.hasClass(e.raw, "quiet_text") {
		return
	}
	topic := TopicQuiet
	if _, ok := l.further(e); !ok {
		if topic = TopicPause; !l.negated(e.raw) || !l.ofTimes(e) || l.pauseEnd(e) == 0 {
			return
		}
	}
	*r = Reading{
		Intent: Other, Topic: topic, Sure: 90, Condition: r.Condition, ThirdParty: r.ThirdParty, Voices: r.Voices,
		Lang: r.Lang, Unreadable: r.Unreadable,
	}
}

// limitClasses are the classes of which a text about times has a word.
var limitClasses = []string{
	"quiet_before", "quiet_after", "quiet_from", "quiet_between", "weekends", "weekdays", "mornings", "evenings", "nights",
	"afternoons", "any_time", "only",
}

// pauseClasses are those that name how long, or until when; wordClasses those of
// the words that stand between.
var (
	pauseClasses = []string{"this", "this_day", "next_one", "christmas", "new_year", "unit_days", "unit_weeks", "unit_fortnights", "unit_months"}
	wordClasses  = []string{"quiet_text", "quiet_words", "quiet_not", "quiet_fine", "quiet_to", "except", "also", "quiet_bad", "quiet_best", "every"}
)
