package conversations

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"alongside/conversations/policy"
)

// shortestRhythm is how far apart two check-ins of one series lie at the least:
// rule 10 gives a client one a week, and somebody who wants one every day has
// asked for it. Nobody is asked twice a day.
const shortestRhythm = "DAILY"

// CheckRule says what is wrong with a rhythm as RFC 5545 (section 3.3.10) writes
// it, in words for the person who wrote it; nil if nothing is. Rhythms are daily
// or slower, have no end of their own (the client ends them) and no time of day
// (that is set beside them, in local time).
func CheckRule(rule string) error {
	o, err := rrule.StrToROption(rule)
	if err != nil {
		return fmt.Errorf("%q is no recurrence rule (RFC 5545), such as FREQ=WEEKLY;BYDAY=FR", rule)
	}
	switch {
	case !strings.Contains(strings.ToUpper(rule), "FREQ="):
		return fmt.Errorf("%q names no FREQ, such as FREQ=WEEKLY", rule)
	case o.Freq > rrule.DAILY:
		return errors.New("nobody is asked more often than FREQ=" + shortestRhythm)
	case o.Count != 0 || !o.Until.IsZero():
		return errors.New("a rhythm has no COUNT and no UNTIL: the client ends it, or the stage does")
	case len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 || !o.Dtstart.IsZero():
		return errors.New("a rhythm has no time of day and no start in it: both stand beside it")
	}
	return nil
}

// NextOf returns the first moment after now at which a rhythm falls due, at the
// given minutes after midnight on now's wall clock; since is the day from which
// its intervals count. The zero time means never, or a rule that [CheckRule]
// refuses. A local time that a clock change skips moves forward; one that it
// repeats means the first.
func NextOf(rule string, since, now time.Time, clock int) time.Time {
	if CheckRule(rule) != nil {
		return time.Time{}
	}
	o, err := rrule.StrToROption(rule)
	if err != nil {
		return time.Time{}
	}
	// The days are worked out in UTC, where each has 24 hours and none is
	// skipped; the wall clock comes last.
	y, m, d := since.In(now.Location()).Date()
	o.Dtstart = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return time.Time{}
	}
	y, m, d = now.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for inclusive := true; ; inclusive = false {
		day = r.After(day, inclusive)
		if day.IsZero() {
			return time.Time{}
		}
		noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, now.Location())
		if at := policy.At(noon, clock); at.After(now) {
			return at
		}
	}
}
