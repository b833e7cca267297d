package templates

import (
	"fmt"
	"strings"
	"time"
)

// said is a moment in words. In a translation {{.when}} is Plain and
// {{.when.On}} is the form that stands behind a verb: "on Thursday" in English;
// in Welsh "ddydd Iau", because a time that says when something happens takes
// the soft mutation, so that no translation has to put one there by hand.
type said struct{ Plain, On string }

// String makes {{.when}} print the plain form.
func (s said) String() string { return s.Plain }

// calendar holds the names that a language gives to days and months; the rest
// of how it says a moment is in its pieces "calendar.…".
type calendar struct {
	weekdays [7]string
	months   [12]string
}

// The pieces that hold the names, in one line each.
const (
	pieceWeekdays = "calendar.weekdays" // seven, Sunday first, like time.Weekday
	pieceMonths   = "calendar.months"   // twelve
)

// newCalendar reads the two lines of names.
func newCalendar(weekdays, months string) (calendar, error) {
	var c calendar
	if n := copy(c.weekdays[:], names(weekdays)); n != 7 || len(names(weekdays)) != 7 {
		return c, fmt.Errorf("%s: want the 7 names of the days with commas between them, Sunday first", pieceWeekdays)
	}
	if n := copy(c.months[:], names(months)); n != 12 || len(names(months)) != 12 {
		return c, fmt.Errorf("%s: want the 12 names of the months with commas between them", pieceMonths)
	}
	return c, nil
}

// names splits a line of names.
func names(line string) []string {
	list := strings.Split(line, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// sayClock says a time of day in the location of t: 2pm, 2.30pm, midday, midnight.
func (v voice) sayClock(t time.Time) (said, error) {
	plain, err := v.clock(t)
	if err != nil {
		return said{}, err
	}
	on, err := v.speak("calendar.clock_on", map[string]any{"clock": plain}, nil)
	return said{Plain: plain, On: on}, err
}

// clock says a time of day without a word before it. 12am and 12pm are
// misread, so they have names.
func (v voice) clock(t time.Time) (string, error) {
	hour, minute := t.Hour(), t.Minute()
	half := "am"
	if hour >= 12 {
		half = "pm"
	}
	vars := map[string]any{"hour": (hour+11)%12 + 1}
	switch {
	case minute == 0 && hour == 0:
		return v.speak("calendar.midnight", nil, nil)
	case minute == 0 && hour == 12:
		return v.speak("calendar.midday", nil, nil)
	case minute == 0:
		return v.speak("calendar.hour_"+half, vars, nil)
	}
	vars["minute"] = fmt.Sprintf("%02d", minute)
	return v.speak("calendar.minute_"+half, vars, nil)
}

// sayDay says a date with its weekday, in the location of t.
func (v voice) sayDay(t time.Time) (said, error) {
	return v.sayDate("calendar.day", map[string]any{}, t)
}

// sayWhen says weekday, date and time, in the location of t.
func (v voice) sayWhen(t time.Time) (said, error) {
	clock, err := v.clock(t)
	if err != nil {
		return said{}, err
	}
	return v.sayDate("calendar.when", map[string]any{"clock": clock}, t)
}

// sayDate says a date with both forms of the piece called key.
func (v voice) sayDate(key string, vars map[string]any, t time.Time) (said, error) {
	vars["weekday"] = v.calendar.weekdays[t.Weekday()]
	vars["date"] = t.Day()
	vars["month"] = v.calendar.months[t.Month()-1]
	plain, err := v.speak(key, vars, nil)
	if err != nil {
		return said{}, err
	}
	on, err := v.speak(key+"_on", vars, nil)
	return said{Plain: plain, On: on}, err
}
