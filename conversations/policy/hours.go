package policy

import (
	"slices"
	"time"
)

// Hours are when unasked texts may go to one person.
type Hours struct {
	// From and To are minutes after midnight on weekdays; To is exclusive.
	From, To int
	// Wakes is the person's waking hour in minutes after midnight, 0 if not
	// known. Nothing goes before it.
	Wakes int
	// Rests is the minute after midnight from which nothing goes to this person,
	// 0 if not known; RestDays are weekdays on which nothing goes.
	Rests    int
	RestDays []time.Weekday
	// Holidays lists the days (YYYY-MM-DD) that count as no weekday.
	Holidays map[string]bool
}

// searchDays bounds the search for an open day: longer than any run of
// holidays, so that only hours that are never open are given up on.
const searchDays = 30

// lateRiser is how long the day stays open after the waking hour of somebody
// who wakes when the service's hours are nearly over, in minutes.
const lateRiser = 60

// Window returns the open minutes of an open day, to exclusive. Where from is
// not before to, no day is open.
func (h Hours) Window() (from, to int) {
	from, to = max(h.From, h.Wakes), h.To
	if h.Wakes > 0 && from+lateRiser > to {
		to = from + lateRiser
	}
	if h.Rests > 0 {
		to = min(to, h.Rests)
	}
	return from, to
}

// OpenAWeek returns how many minutes of a week without holidays are open; 0 if
// nothing unasked could ever go.
func (h Hours) OpenAWeek() int {
	from, to := h.Window()
	minutes := 0
	for day := time.Sunday; day <= time.Saturday; day++ {
		if h.takes(day) {
			minutes += max(0, to-from)
		}
	}
	return minutes
}

// takes says whether a day of the week may be open.
func (h Hours) takes(day time.Weekday) bool {
	return day != time.Saturday && day != time.Sunday && !slices.Contains(h.RestDays, day)
}

// Next returns the first open moment that is not before t: t itself if t is
// open. It returns the zero time if there is none within a month.
func (h Hours) Next(t time.Time) time.Time {
	for day := range searchDays {
		from, to, open := h.day(t, day)
		switch {
		case !open:
		case t.Before(from):
			return from
		case t.Before(to):
			return t
		}
	}
	return time.Time{}
}

// Last returns the last open moment that is not after t, to the minute, or the
// zero time if there is none within a month.
func (h Hours) Last(t time.Time) time.Time {
	for day := range searchDays {
		from, to, open := h.day(t, -day)
		switch {
		case !open:
		case !t.Before(to):
			return to.Add(-time.Minute)
		case !t.Before(from):
			return t
		}
	}
	return time.Time{}
}

// Closes returns the end of the open span that t lies in, or the zero time if t
// is not open.
func (h Hours) Closes(t time.Time) time.Time {
	if from, to, open := h.day(t, 0); open && !t.Before(from) && t.Before(to) {
		return to
	}
	return time.Time{}
}

// day returns the open span of the day that lies days after t's.
func (h Hours) day(t time.Time, days int) (from, to time.Time, open bool) {
	noon := time.Date(t.Year(), t.Month(), t.Day()+days, 12, 0, 0, 0, t.Location())
	if !h.takes(noon.Weekday()) || h.Holidays[noon.Format(time.DateOnly)] {
		return from, to, false
	}
	f, l := h.Window()
	return At(noon, f), At(noon, l), f < l
}

// At returns the moment at which the clock on the wall, on the day of t and in
// its zone, shows the given minutes after midnight. A local time that a clock
// change skips moves forward; one that it repeats means the first.
func At(t time.Time, minutes int) time.Time {
	m := time.Date(t.Year(), t.Month(), t.Day(), minutes/60, minutes%60, 0, 0, t.Location())
	if earlier := m.Add(-time.Hour); sameClock(earlier, m) {
		return earlier
	}
	if m.Hour()*60+m.Minute() != minutes%(24*60) {
		// Skipped. time.Date may have landed on either side of the gap: the hour
		// after the gap is the one that keeps the order of times.
		if later := m.Add(time.Hour); m.Hour()*60+m.Minute() < minutes%(24*60) {
			return later
		}
	}
	return m
}

func sameClock(a, b time.Time) bool {
	return a.Hour() == b.Hour() && a.Minute() == b.Minute() && a.Day() == b.Day()
}
