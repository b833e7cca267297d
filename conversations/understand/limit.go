package understand

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// kinds are the classes of the lexicons that name what a limit is about.
var kinds = map[Topic][]string{
	TopicStopKind: {"leads", "checkins", "tasks", "reminders"},
	TopicReason:   {"far", "people", "hours", "early", "money", "physical"},
}

// unitDays are the classes that name a unit of time, and its days.
var unitDays = []struct {
	class string
	days  int
}{{"unit_days", 1}, {"unit_weeks", 7}, {"unit_fortnights", 14}, {"unit_months", 30}}

// longestPause is the longest pause that is read, in days: what is longer is
// for a person to settle.
const longestPause = 92

// limit reads what a text says about when and of what texts may come.
func (l *Lexicons) limit(e *evidence, topic Topic) Limit {
	var m Limit
	if topic == TopicStopKind {
		if m.Kind = l.kindEnded(e); m.Kind != "" {
			return m
		}
		if m.Only = l.kindAlone(e); m.Only != "" || l.notOnly(e.raw) {
			return m
		}
	}
	for _, kind := range kinds[topic] {
		if topic == TopicStopKind && l.kept(e.raw, "kind_"+kind) {
			continue
		}
		if l.hasClass(e.raw, "kind_"+kind) {
			m.Kind = kind
			break
		}
	}
	if topic == TopicStopKind {
		switch {
		case m.Kind != "":
		case l.hasClass(e.raw, "kind_questions"):
			m.Kind = "checkins" // the word that ends them, see our own texts
		case l.hasClass(e.raw, "kind_asking") && l.hasClass(e.raw, "coming"):
			// That is a reminder's question: a person hears of it, or it is asked.
		case l.hasClass(e.raw, "kind_asking"):
			m.Kind = askedKinds[e.q.Asked]
		}
		if l.hasClass(e.raw, "again") && !slices.ContainsFunc(e.raw, func(t token) bool { return l.negators.fits(&t) }) {
			m.Kind, m.Allow = "", m.Kind
		}
	}
	if topic == TopicPause || topic == TopicLimits {
		if m.Days = l.pause(e.raw); m.Days == 0 {
			m.Days = l.pauseEnd(e)
		}
	}
	if topic == TopicQuiet || topic == TopicLimits {
		l.quietTimes(e, &m)
	}
	return m
}

// askedKinds are the kinds of texts that the questions belong to: who says
// "stop asking" means what was asked. Reminders are not among them: they end by
// their name, or after a question.
var askedKinds = map[Asked]string{
	AskedNone: "checkins", AskedScale: "checkins", AskedTask: "tasks", AskedLead: "leads",
}

// kept says whether every word of a class stands behind one that keeps it: "stop
// the jobs but keep the reminders".
func (l *Lexicons) kept(raw []token, class string) bool {
	found := false
	for i := range raw {
		if !l.in(&raw[i], class) {
			continue
		}
		found = true
		for k := i - 1; ; k-- {
			if k < 0 || l.saysNot(&raw[k]) {
				return false
			}
			if l.in(&raw[k], "keeping") {
				break
			}
		}
	}
	return found
}

// pauseEnd reads how many days it is to the day that is named behind "until",
// or to the end of the day or the week that is named without it ("not this
// week"); 0 if none is. "Until after Christmas" ends a day later.
func (l *Lexicons) pauseEnd(e *evidence) int {
	for i := range e.raw {
		if l.in(&e.raw[i], "quiet_until") {
			if day := l.dayBehind(e, i); !day.IsZero() {
				return l.daysTo(e, day)
			}
		}
	}
	monday := (8 - int(e.q.Now.Weekday())) % 7
	if monday == 0 {
		monday = 7
	}
	for i := range e.raw {
		t := &e.raw[i]
		switch {
		case l.in(t, "this_day") && l.negated(e.raw):
			return 1
		case l.in(t, "this") && i+1 < len(e.raw) && l.in(&e.raw[i+1], "unit_weeks"):
			return monday
		}
	}
	return 0
}

// PauseDays is for how many days a text that answers "for how long?" asks, or
// until when, in days from now; 0 if it names neither.
func (l *Lexicons) PauseDays(q Query) int {
	e := l.gather(q)
	if n := l.pause(e.raw); n > 0 {
		return n
	}
	return l.pauseEnd(e)
}

// dayBehind is the day that is named behind the i-th token, at most three
// further on: a date, a festival, a month (its first day), a week or a weekend
// (the Monday behind it).
func (l *Lexicons) dayBehind(e *evidence, i int) time.Time {
	today, later := midnight(e.q.Now), 0
	next := func(month time.Month, day int) time.Time {
		at := time.Date(today.Year(), month, day, 0, 0, 0, 0, today.Location())
		if !at.After(today) {
			at = at.AddDate(1, 0, 0)
		}
		return at.AddDate(0, 0, later)
	}
	for k := i + 1; k < len(e.raw) && k <= i+4; k++ {
		t := &e.raw[k]
		for n := range e.ms {
			if m := &e.ms[n]; m.from <= k && k < m.to && !m.day.IsZero() {
				return m.day.AddDate(0, 0, later)
			}
		}
		switch {
		case t.day >= 0:
			days := (int(t.day) - int(today.Weekday()) + 7) % 7
			if days == 0 {
				days = 7 // said on a Monday, until Monday
			}
			return today.AddDate(0, 0, days+later)
		case l.in(t, "quiet_after"):
			later = 1
		case l.in(t, "christmas"):
			later *= 2 // Boxing Day is Christmas still
			return next(time.December, 25)
		case l.in(t, "new_year"):
			return next(time.January, 1)
		case t.month > 0:
			return next(time.Month(t.month), 1)
		case l.in(t, "weekends"), l.in(t, "unit_weeks") && l.in(&e.raw[k-1], "next_one"):
			for d := 1; ; d++ {
				if day := today.AddDate(0, 0, d); day.Weekday() == time.Monday {
					return day
				}
			}
		}
	}
	return time.Time{}
}

// daysTo is how many days it is to a day, 0 if that is past or too far away.
func (l *Lexicons) daysTo(e *evidence, day time.Time) int {
	days := int(day.Sub(midnight(e.q.Now)).Hours()+12) / 24
	if days < 1 || days > longestPause {
		return 0
	}
	return days
}

func (l *Lexicons) hasClass(tokens []token, class string) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return l.in(&t, class) })
}

func (l *Lexicons) in(t *token, class string) bool {
	return slices.ContainsFunc(l.classes[class], t.has)
}

// pause reads how many days are meant: the number before a unit of time, or
// one of it.
func (l *Lexicons) pause(raw []token) int {
	for i := range raw {
		for _, unit := range unitDays {
			if !l.in(&raw[i], unit.class) {
				continue
			}
			if i > 0 && l.in(&raw[i-1], "this") {
				return 0 // this week: to its end
			}
			if l.rate(raw[:i]) {
				return 0 // "one text a week" is how often
			}
			n := 1
			for k := max(0, i-2); k < i; k++ {
				switch t := &raw[k]; {
				case t.num > 0:
					n = int(t.num)
				case l.in(t, "couple"):
					n = 2
				case l.in(t, "few"):
					return 0 // how many are a few?
				}
			}
			if days := n * unit.days; days <= longestPause {
				return days
			}
			return 0
		}
	}
	return 0
}

// rate says whether what stands before a unit of time makes it one of how often.
func (l *Lexicons) rate(before []token) bool {
	n := len(before)
	switch {
	case n > 0 && l.in(&before[n-1], "every"):
		return true
	case n < 2 || !l.in(&before[n-1], "rate"):
		return false
	}
	t := &before[n-2]
	return t.num > 0 || l.in(t, "quiet_text") || l.in(t, "times_over")
}

// clockAfter reads the time of day that begins at most two tokens on. Without
// am or pm an hour means the morning from the earliest on where one of the
// morning is looked for, and else the second half of the day.
func (l *Lexicons) clockAfter(raw []token, from int, morning bool, earliest int) (string, bool) {
	for i := from; i < len(raw) && i <= from+1; i++ {
		t := &raw[i]
		hour, minute := int(t.num), 0
		switch {
		case l.in(t, "noon"):
			return "12:00", true
		case t.shape == clockNum:
			minute = int(t.minute)
		case t.num < 1 || t.num > 23 || t.shape != digits && t.shape != word:
			continue
		}
		half := ""
		for k := i + 1; k < len(raw) && k <= i+1; k++ {
			if w := l.words_[raw[k].ids[0]]; strings.HasPrefix(w, "am") || strings.HasPrefix(w, "pm") {
				half = w[:2]
			}
		}
		switch {
		case hour > 12:
		case half == "pm" || half == "" && (morning && hour < earliest || !morning):
			hour = hour%12 + 12
		default:
			hour %= 24
		}
		if hour == 24 || half == "am" && hour == 12 {
			hour = 0
		}
		return fmt.Sprintf("%02d:%02d", hour, minute), true
	}
	return "", false
}

// earliestMorning is the first hour that means the morning without more: "not
// before 5". Who says "only after 6" is not up then.
const (
	earliestMorning = 5
	earliestAfter   = 8
)

// plainStop says whether a stop is in the lexicon's own words for it, or beyond
// doubt, and says nothing that narrows it: no kind of texts, no time, no joke.
// What only sounds like a stop is for the conversation to ask about.
func (l *Lexicons) plainStop(e *evidence, sure int) bool {
	if slices.ContainsFunc(e.raw, func(t token) bool { return l.jokes.fits(&t) }) {
		return false
	}
	if slices.ContainsFunc(e.cues, func(h cueHit) bool {
		plain := h.name == string(Stop) && h.entry.Weight >= plainWeight && (h.words >= 2 || len(e.raw) <= aWordOrTwo)
		return plain && !l.narrowed(e, h.from, h.to) && !l.asksHow(e, h.from, h.to)
	}) {
		return true
	}
	return sure >= beyondDoubt && !l.narrowed(e, 0, len(e.abs)) && !l.asksHow(e, 0, 1)
}

// narrowed says whether the clause around some tokens names a kind of texts, a
// day to come or a time of day.
func (l *Lexicons) narrowed(e *evidence, from, to int) bool {
	from, to = clause(e.abs, from, to)
	return slices.ContainsFunc(e.abs[from:to], func(t token) bool {
		if l.of(&t, narrowing) {
			return true
		}
		if t.shape != mention {
			return false
		}
		m := &e.ms[t.mention]
		return !m.day.IsZero() && !sameDate(m.day, e.q.Now) || m.hasClock()
	})
}

// beyondDoubt is how sure what was learned must be of a stop, in percent, to need
// no words of the lexicon: of the labelled texts that are so sure, all are stops.
const beyondDoubt = 90

// plainWeight is how strongly a cue must speak to be plain words; of a text of no
// more than aWordOrTwo words one cue of a single word is enough.
const (
	plainWeight = 7
	aWordOrTwo  = 3
)

// narrowing are the classes of words that name some texts and not all.
var narrowing = []string{"kind_leads", "kind_asking", "kind_questions", "kind_checkins", "kind_tasks", "this_day", "weekends", "some_times"}
