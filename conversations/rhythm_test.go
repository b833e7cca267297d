package conversations_test

import (
	"testing"
	"time"

	"alongside/conversations"
)

func TestNextOf(t *testing.T) {
	t.Parallel()
	london := zoneOf(t, "Europe/London")
	at := func(s string) time.Time {
		got, err := time.ParseInLocation("2006-01-02 15:04", s, london)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, c := range []struct {
		name, rule, since, now string
		clock                  int
		want                   string // on the wall, with the offset
	}{
		{"friday_at_two", "FREQ=WEEKLY;BYDAY=FR", "2026-11-01 09:00", "2026-11-22 10:00", 840, "2026-11-27 14:00 +0000"},
		{"the_same_day_before_its_time", "FREQ=WEEKLY;BYDAY=FR", "2026-11-01 09:00", "2026-11-27 13:59", 840, "2026-11-27 14:00 +0000"},
		{"the_same_day_at_its_time", "FREQ=WEEKLY;BYDAY=FR", "2026-11-01 09:00", "2026-11-27 14:00", 840, "2026-12-04 14:00 +0000"},
		{"every_other_week_counts_from_its_start", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-11-16 09:00", "2026-11-17 09:00", 600, "2026-11-30 10:00 +0000"},
		{"payday_on_the_31st_skips_short_months", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-01 09:00", "2027-01-31 23:00", 600, "2027-03-31 10:00 +0100"},
		{"last_friday_of_the_month", "FREQ=MONTHLY;BYDAY=-1FR", "2026-11-01 09:00", "2026-11-28 09:00", 600, "2026-12-25 10:00 +0000"},
		{"nine_stays_nine_when_summer_begins", "FREQ=DAILY", "2026-03-01 09:00", "2026-03-28 09:30", 540, "2026-03-29 09:00 +0100"},
		{"nine_stays_nine_when_summer_ends", "FREQ=DAILY", "2026-03-01 09:00", "2026-10-24 09:30", 540, "2026-10-25 09:00 +0000"},
		{"a_skipped_time_moves_forward", "FREQ=DAILY", "2026-03-01 09:00", "2026-03-28 09:30", 90, "2026-03-29 02:30 +0100"},
		{"a_repeated_time_is_the_first", "FREQ=DAILY", "2026-03-01 09:00", "2026-10-24 09:30", 90, "2026-10-25 01:30 +0100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := conversations.NextOf(c.rule, at(c.since), at(c.now), c.clock)
			if s := got.Format("2006-01-02 15:04 -0700"); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
	if got := conversations.NextOf("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", at("2026-01-01 09:00"), at("2026-11-22 10:00"), 600); !got.IsZero() {
		t.Errorf("a day that never comes: %s", got)
	}
}

func TestCheckRule(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "weekly", "FREQ=HOURLY", "FREQ=MINUTELY;INTERVAL=90", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20270101T000000Z",
		"FREQ=DAILY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=XX", "BYDAY=FR", "DTSTART=20260101T000000Z;FREQ=DAILY",
	} {
		if conversations.CheckRule(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"FREQ=WEEKLY;BYDAY=FR", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"} {
		if err := conversations.CheckRule(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
