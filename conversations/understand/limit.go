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
	for _, kind := range kinds[topic] {
		if l.hasClass(e.raw, "kind_"+kind) {
			m.Kind = kind
			break
		}
	}
	if topic == TopicStopKind {
		if m.Kind == "" && l.hasClass(e.raw, "kind_asking") {
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
// "stop asking" means what was asked.
var askedKinds = map[Asked]string{
	AskedNone: "checkins", AskedScale: "checkins", AskedTask: "tasks", AskedLead: "leads", AskedAppointment: "reminders",
}

// pauseEnd reads how many days it is to the day that is named behind "until".
func (l *Lexicons) pauseEnd(e *evidence) int {
	for i := range max(0, len(e.abs)-1) {
		n := e.abs[i+1].mention
		if n < 0 || e.ms[n].day.IsZero() || !l.in(&e.abs[i], "quiet_before") {
			continue
		}
		days := int(e.ms[n].day.Sub(midnight(e.q.Now)).Hours()+12) / 24
		if days >= 1 && days <= longestPause {
			return days
		}
	}
	return 0
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

// quietTimes reads the times of day after "before", "until" and "after", and
// the weekdays.
func (l *Lexicons) quietTimes(e *evidence, m *Limit) {
	if slices.ContainsFunc(e.ms, func(x mentioned) bool { return x.open }) || l.hasClass(e.raw, "any_time") {
		m.AnyTime = true
		return
	}
	for i := range e.raw {
		t := &e.raw[i]
		if t.day >= 0 && !slices.Contains(m.NotOn, time.Weekday(t.day)) {
			m.NotOn = append(m.NotOn, time.Weekday(t.day))
		}
		if l.in(t, "weekends") {
			m.NotOn = append(m.NotOn, time.Saturday, time.Sunday)
		}
		before, after := l.in(t, "quiet_before"), l.in(t, "quiet_after")
		if !before && !after {
			continue
		}
		clock, ok := l.clockAfter(e.raw, i+1, before)
		switch {
		case !ok:
		case before:
			m.NotBefore = clock
		default:
			m.NotAfter = clock
		}
	}
	slices.Sort(m.NotOn)
	m.NotOn = slices.Compact(m.NotOn)
	if m.NotBefore == "" && m.NotAfter == "" && len(m.NotOn) == 0 {
		switch {
		case l.hasClass(e.raw, "mornings"):
			m.NotBefore = "12:00"
		case l.hasClass(e.raw, "evenings"):
			m.NotAfter = "18:00"
		case l.hasClass(e.raw, "nights"):
			m.NotAfter = "21:00"
		}
	}
	if len(m.NotOn) > 0 && m.NotBefore == "" && m.NotAfter == "" && l.hasClass(e.raw, "only") {
		m.NotOn, m.OnlyOn = nil, m.NotOn
	}
}

// clockAfter reads the time of day that begins at most two tokens on. Without
// am or pm, "before" an hour means the morning from 5 on, and "after" one the
// second half of the day.
func (l *Lexicons) clockAfter(raw []token, from int, morning bool) (string, bool) {
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
		case half == "pm" || half == "" && (morning && hour < 5 || !morning):
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
