package conversations_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"alongside/conversations"
)

// day reads "2026-12-14" as a moment of that day in the zone.
func day(t testing.TB, zone *time.Location, iso string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, iso, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(15 * time.Hour)
}

// wales2026 are the bank holidays of Wales that are left in 2026, and the next.
var wales2026 = map[string]bool{"2026-12-25": true, "2026-12-28": true, "2027-01-01": true, "2027-03-26": true, "2027-03-29": true}

func TestSpanAfter(t *testing.T) {
	t.Parallel()
	london := zoneOf(t, "Europe/London")
	for _, c := range []struct {
		name, from string
		span       conversations.Span
		want       string
	}{
		// DOMAIN.md: accepted on Monday 14 December, the tenth working day.
		{"ten_working_days_over_christmas", "2026-12-14", conversations.Span{WorkingDays: 10}, "2026-12-30"},
		{"one_working_day_from_a_friday", "2026-11-27", conversations.Span{WorkingDays: 1}, "2026-11-30"},
		{"one_working_day_from_a_sunday", "2026-11-29", conversations.Span{WorkingDays: 1}, "2026-11-30"},
		{"four_weeks_over_the_clock_change", "2026-10-05", conversations.Span{Weeks: 4}, "2026-11-02"},
		{"thirty_days", "2026-11-22", conversations.Span{Days: 30}, "2026-12-22"},
		{"nine_months", "2026-11-22", conversations.Span{Months: 9}, "2027-08-22"},
		{"a_month_after_the_31st", "2027-01-31", conversations.Span{Months: 1}, "2027-02-28"},
		{"a_month_after_the_31st_in_a_leap_year", "2028-01-31", conversations.Span{Months: 1}, "2028-02-29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.span.After(day(t, london, c.from), wales2026)
			if got.Format(time.DateOnly) != c.want || got.Hour() != 0 {
				t.Errorf("got %s, want the midnight of %s", got, c.want)
			}
		})
	}
}

// Whatever the day and the zone: so many working days later lie exactly so many
// working days, and the last of them is one.
func TestSpanCountsWorkingDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/London", "America/New_York", "UTC", "America/Sao_Paulo"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := time.UnixMilli(rapid.Int64Range(1767225600000, 1893456000000).Draw(t, "from")).In(zone)
		n := rapid.IntRange(1, 40).Draw(t, "days")
		last := conversations.Span{WorkingDays: n}.After(from, wales2026)
		count := 0
		noon := time.Date(from.Year(), from.Month(), from.Day(), 12, 0, 0, 0, zone)
		worked := false
		for noon.Format(time.DateOnly) < last.Format(time.DateOnly) {
			noon = noon.AddDate(0, 0, 1)
			worked = noon.Weekday() != time.Saturday && noon.Weekday() != time.Sunday && !wales2026[noon.Format(time.DateOnly)]
			if worked {
				count++
			}
		}
		if count != n || !worked {
			t.Fatalf("%d working days after %s is %s: %d lie between, the last worked: %t", n, from, last, count, worked)
		}
	})
}

// zoneOf loads a zone by its name.
func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
