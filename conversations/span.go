package conversations

import "time"

// Span is how long the pathway gives for something, in the unit in which the
// service promised it: a promise of four weeks is not one of 28 times 24 hours,
// and ten working days jump over Christmas. Exactly one field is set; the zero
// value is no time at all.
type Span struct {
	WorkingDays int `json:"working_days,omitempty"`
	Days        int `json:"days,omitempty"`
	Weeks       int `json:"weeks,omitempty"`
	Months      int `json:"months,omitempty"`
}

// fields counts the units that are set.
func (p Span) fields() int {
	n := 0
	for _, x := range []int{p.WorkingDays, p.Days, p.Weeks, p.Months} {
		if x != 0 {
			n++
		}
	}
	return n
}

// IsZero says whether the span is no time at all.
func (p Span) IsZero() bool { return p == Span{} }

// After returns the last day of a span that begins with the day of t, as its
// local midnight in t's zone. The day of t itself is not counted. A working day
// is a weekday that is not in holidays (YYYY-MM-DD). A month ends on the same
// day of the month, or on its last day where it has no such day: a month after
// 31 January is 28 February.
func (p Span) After(t time.Time, holidays map[string]bool) time.Time {
	y, m, d := t.Date()
	on := func(y int, m time.Month, d int) time.Time { return midnight(y, m, d, t.Location()) }
	switch {
	case p.WorkingDays > 0:
		left := p.WorkingDays
		for {
			d++
			// Noon is on its day whatever the clock does that night.
			if day := time.Date(y, m, d, 12, 0, 0, 0, t.Location()); workingDay(day, holidays) {
				left--
			}
			if left == 0 {
				return on(y, m, d)
			}
		}
	case p.Months != 0:
		last := time.Date(y, m+time.Month(p.Months)+1, 0, 12, 0, 0, 0, t.Location()).Day()
		return on(y, m+time.Month(p.Months), min(d, last))
	default:
		return on(y, m, d+p.Days+7*p.Weeks)
	}
}

// workingDay says whether the service works on the day of t.
func workingDay(t time.Time, holidays map[string]bool) bool {
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !holidays[t.Format(time.DateOnly)]
}

// midnight is the first moment of a day. Where a clock change skips midnight it
// is the first moment that there is.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	return time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, zone)
}
