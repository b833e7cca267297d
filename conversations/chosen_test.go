package conversations_test

import (
	"testing"
	"time"

	"alongside/conversations"
)

func TestNextCheckIn(t *testing.T) {
	t.Parallel()
	london := zoneOf(t, "Europe/London")
	at := func(s string) time.Time {
		got, err := time.ParseInLocation("2006-01-02 15:04", s, london)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	p := conversations.Pathway{
		Sending: conversations.Hours{From: 10 * 60, To: 18 * 60}, Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true},
	}
	review := func(day string, st conversations.AppointmentStatus) conversations.Appointment {
		return conversations.Appointment{Kind: conversations.Review, At: at(day), Status: st}
	}
	f := conversations.Facts{
		Appointments: []conversations.Appointment{
			review("2026-11-26 15:00", conversations.Cannot), review("2026-12-10 15:00", conversations.Booked),
			review("2026-12-03 15:00", conversations.Confirmed),
			{Kind: conversations.Regular, At: at("2026-11-25 15:00")},
		},
		Reached: map[conversations.Milestone]time.Time{
			conversations.MilestoneJobStart: at("2026-11-23 09:00"), conversations.MilestoneAccepted: at("2026-01-10 09:00"),
			conversations.MilestoneExited: at("2026-03-01 09:00"),
		},
	}
	type r = conversations.Rhythm
	for _, c := range []struct {
		name, now string
		rhythm    conversations.Rhythm
		want      string
	}{
		{"no_rhythm", "2026-11-23 12:00", r{}, ""},
		{"a_rule", "2026-11-23 12:00", r{Rule: "FREQ=WEEKLY;BYDAY=FR", Since: "2026-11-02", Clock: 840}, "2026-11-27 14:00"},
		{"every_other_week_since_its_day", "2026-11-23 12:00", r{Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", Since: "2026-11-16", Clock: 840}, "2026-11-30 14:00"},
		{"no_time_is_when_texts_may_go", "2026-11-23 12:00", r{Rule: "FREQ=DAILY", Since: "2026-11-02"}, "2026-11-24 10:00"},
		{"the_evening_comes_before_the_hours_end", "2026-11-23 12:00", r{Rule: "FREQ=DAILY", Since: "2026-11-02", Clock: 21 * 60}, "2026-11-23 17:45"},
		{"and_not_again_that_evening", "2026-11-23 17:46", r{Rule: "FREQ=DAILY", Since: "2026-11-02", Clock: 21 * 60}, "2026-11-24 17:45"},
		{"the_morning_stays", "2026-11-23 12:00", r{Rule: "FREQ=DAILY", Since: "2026-11-02", Clock: 30}, "2026-11-24 00:30"},
		{"before_the_next_review_that_stands", "2026-11-23 12:00", r{Meeting: conversations.Review, Before: 1, Clock: 720}, "2026-12-02 12:00"},
		{"before_the_one_after", "2026-12-02 12:00", r{Meeting: conversations.Review, Before: 1, Clock: 720}, "2026-12-09 12:00"},
		{"after_the_last_review", "2026-12-10 12:00", r{Meeting: conversations.Review, Before: 1, Clock: 720}, ""},
		{"six_weeks_after_the_job_began", "2026-11-23 12:00", r{Milestone: conversations.MilestoneJobStart, After: conversations.Span{Weeks: 6}}, "2027-01-04 10:00"},
		{"on_the_first_day_itself", "2026-11-23 12:00", r{Milestone: conversations.MilestoneJobStart, Clock: 16 * 60}, "2026-11-23 16:00"},
		{"once_is_once", "2026-11-23 16:00", r{Milestone: conversations.MilestoneJobStart, Clock: 16 * 60}, ""},
		{"not_of_the_time_before_they_left", "2026-01-11 12:00", r{Milestone: conversations.MilestoneAccepted, After: conversations.Span{Months: 2}}, ""},
		{"not_reached", "2026-11-23 12:00", r{Milestone: conversations.MilestoneJobEnd}, ""},
		{"payday", "2026-11-23 12:00", r{MonthDay: 25, Before: 1, Clock: 720}, "2026-11-24 12:00"},
		{"payday_on_the_last_of_a_short_month", "2027-02-01 12:00", r{MonthDay: 31, Clock: 720}, "2027-02-28 12:00"},
		{"before_the_first_of_the_next_month", "2026-11-23 12:00", r{MonthDay: 1, Before: 3, Clock: 720}, "2026-11-28 12:00"},
		{"on_a_day", "2026-11-23 12:00", r{On: "2026-12-18", Before: 2, Clock: 720}, "2026-12-16 12:00"},
		{"on_a_day_that_is_past", "2026-11-23 12:00", r{On: "2026-11-22", Clock: 720}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if next := conversations.NextCheckIn(p, f, c.rhythm, at(c.now)); !next.IsZero() {
				got = next.Format("2006-01-02 15:04")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNextFeedback(t *testing.T) {
	t.Parallel()
	london := zoneOf(t, "Europe/London")
	p := conversations.Pathway{
		Sending:  conversations.Hours{From: 10 * 60, To: 18 * 60},
		Feedback: conversations.FeedbackRule{From: conversations.MilestoneStarted, Every: conversations.Span{Months: 6}},
	}
	started := time.Date(2026, time.August, 31, 14, 0, 0, 0, london)
	f := conversations.Facts{Reached: map[conversations.Milestone]time.Time{conversations.MilestoneStarted: started}}
	for now, want := range map[string]string{
		"2026-09-01": "2027-02-28 10:00 +0000", "2027-02-28": "2027-02-28 10:00 +0000", "2027-03-01": "2027-08-31 10:00 +0100",
	} {
		at, err := time.ParseInLocation(time.DateOnly, now, london)
		if err != nil {
			t.Fatal(err)
		}
		if got := conversations.NextFeedback(p, f, at).Format("2006-01-02 15:04 -0700"); got != want {
			t.Errorf("on %s: %s, want %s", now, got, want)
		}
	}
	f.Client.Stage = conversations.StageExited
	if got := conversations.NextFeedback(p, f, started); !got.IsZero() {
		t.Errorf("of who has left: %s", got)
	}
}

func TestTaskAsk(t *testing.T) {
	t.Parallel()
	london := zoneOf(t, "Europe/London")
	p := conversations.Pathway{Sending: conversations.Hours{From: 10 * 60, To: 18 * 60}}
	day := func(d, hour int) time.Time { return time.Date(2026, time.November, d, hour, 0, 0, 0, london) } // 23 is a Monday.
	for _, c := range []struct {
		name           string
		due, now, want time.Time
	}{
		{"on_its_day", day(25, 0), day(23, 12), day(25, 10)},
		{"on_a_sunday_the_day_after", day(29, 0), day(23, 12), day(30, 10)},
		{"today_at_once", day(23, 0), day(23, 12), day(23, 12)},
		{"tonight_in_the_morning", day(23, 0), day(23, 20), day(24, 10)},
		{"a_day_that_is_past", day(22, 0), day(23, 12), time.Time{}},
		{"no_day", time.Time{}, day(23, 12), time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := conversations.TaskAsk(p, conversations.Client{}, c.due, c.now); !got.Equal(c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	eleven := conversations.Client{Wakes: 11 * 60}
	if got := conversations.TaskAsk(p, eleven, day(25, 0), day(23, 12)); !got.Equal(day(25, 11)) {
		t.Errorf("who wakes at eleven: %s", got)
	}
}
