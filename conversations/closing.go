package conversations

import (
	"time"

	"alongside/conversations/policy"
)

// closingDays is how many working days before a lead closes it is said once
// more: early enough to apply with somebody's help.
const closingDays = 2

// SaysClosing returns when those to whom a lead was offered hear that it closes
// soon: two working days before the day on which it closes, when the service
// begins to text on that day. The zero time for a lead without a last day. Who
// may not be texted then waits for their own hours.
func (p Pathway) SaysClosing(closes time.Time) time.Time {
	if closes.IsZero() {
		return closes
	}
	zone := p.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := closes.In(zone)
	for left := closingDays; left > 0; {
		at = time.Date(at.Year(), at.Month(), at.Day()-1, 12, 0, 0, 0, zone)
		if workingDay(at, p.Holidays) {
			left--
		}
	}
	return policy.At(at, p.Sending.From)
}
