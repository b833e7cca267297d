package conversations

import "time"

// FarthestYears is how far ahead an appointment may be: what is further is a slip
// of the finger.
const FarthestYears = 2

// StartFault says what is wrong with the start of an appointment that somebody
// enters, in words that follow the name of a field; "" if nothing is.
func StartFault(at, now time.Time) string {
	switch {
	case !at.After(now):
		return "lies in the past; an appointment must be in the future"
	case at.After(now.AddDate(FarthestYears, 0, 0)):
		return "is more than two years ahead; check the year"
	case at.Second() != 0 || at.Nanosecond() != 0:
		return "must be on a whole minute"
	}
	return ""
}
