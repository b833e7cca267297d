package policy

import "time"

// OverBudget says that the client has had as much unasked as they are to get (rule 10).
const OverBudget Reason = "budget"

// Budget bounds what goes unasked to one person, beyond reminders and news of
// the diary. 0 lets nothing go; below 0 there is no bound.
type Budget struct {
	// ADay and AWeek count texts of every kind, Kind those of the kind at hand in
	// a week.
	ADay, AWeek, Kind int
}

// week is how many days of the calendar a week has, today included: what goes
// every Friday at two finds last Friday's gone, at whatever hour that was.
const week = 7

// Next returns the first moment, at or after now, at which one more may go; the
// zero time if none may within a fortnight. It is now itself, or the first moment of
// a later day of now's zone. All are the moments of what went or is to go, Kind of
// them those of the kind at hand, in any order; what is older than a week does not
// count.
func (b Budget) Next(all, kind []time.Time, now time.Time) time.Time {
	for day := range 2*week + 1 {
		noon := time.Date(now.Year(), now.Month(), now.Day()+day, 12, 0, 0, 0, now.Location())
		if crowded(all, noon, 1, b.ADay) || crowded(all, noon, week, b.AWeek) || crowded(kind, noon, week, b.Kind) {
			continue
		}
		if day == 0 {
			return now
		}
		return time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, now.Location())
	}
	return time.Time{}
}

// crowded says whether one more on noon's day would be too many for any run of so
// many days that holds it: also for one that ends later, because of what waits
// for its hour already.
func crowded(went []time.Time, noon time.Time, days, most int) bool {
	for later := range days {
		if full(went, time.Date(noon.Year(), noon.Month(), noon.Day()+later, 12, 0, 0, 0, noon.Location()), days, most) {
			return true
		}
	}
	return false
}

// full says whether as many as are allowed lie within so many days that end
// with noon's.
func full(went []time.Time, noon time.Time, days, most int) bool {
	if most < 0 {
		return false
	}
	first := time.Date(noon.Year(), noon.Month(), noon.Day()-days+1, 0, 0, 0, 0, noon.Location())
	after := time.Date(noon.Year(), noon.Month(), noon.Day()+1, 0, 0, 0, 0, noon.Location())
	count := 0
	for _, t := range went {
		if !t.Before(first) && t.Before(after) {
			count++
		}
	}
	return count >= most
}
