package conversations

import (
	"testing"
	"time"
)

// Who reads, and what may be promised, where the reading hours begin and end.
func TestReadingHours(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		at         string
		now, today bool
		next       string
	}{
		{"2026-11-25T08:59", false, false, "2026-11-25T09:00"},
		{"2026-11-25T09:00", true, true, "2026-11-25T09:00"},
		{"2026-11-25T16:29", true, true, "2026-11-25T16:29"},
		{"2026-11-25T16:30", true, false, "2026-11-26T09:00"},
		{"2026-11-25T16:59", true, false, "2026-11-26T09:00"},
		{"2026-11-25T17:00", false, false, "2026-11-26T09:00"},
		{"2026-11-27T16:45", true, false, "2026-11-30T09:00"},
	} {
		const form = "2006-01-02T15:04"
		s := wishStep(Client{}, nil)
		s.rules.Pathway.Reading = Hours{From: 9 * 60, To: 17 * 60}
		at, err := time.Parse(form, row.at)
		if err != nil {
			t.Fatal(err)
		}
		s.now = at
		if s.readsNow() != row.now || s.readsToday() != row.today || s.nextReading().Format(form) != row.next {
			t.Errorf("%s: reads %t, today %t, next %s", row.at, s.readsNow(), s.readsToday(), s.nextReading().Format(form))
		}
		s.read("message")
		if open := s.saidKeys()[0] == "message.open"; open != row.now {
			t.Errorf("%s: said %s", row.at, s.saidKeys())
		}
	}
}
