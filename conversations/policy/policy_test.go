package policy_test

import (
	"testing"
	"time"

	"alongside/conversations/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return l
}()

func at(t *testing.T, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", s, london)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMay(t *testing.T) {
	t.Parallel()
	open, night := "2026-11-23 14:00", "2026-11-23 23:00"
	given := policy.Standing{Given: true}
	tests := []struct {
		name     string
		kind     policy.Kind
		standing policy.Standing
		wakes    int
		now      string
		latest   string
		want     policy.Verdict
	}{
		{"unasked_agreed_by_day", policy.Unasked, given, 0, open, "", policy.Verdict{Decision: policy.Now}},
		{"unasked_never_asked", policy.Unasked, policy.Standing{}, 0, open, "", policy.Verdict{Reason: policy.NotAgreed}},
		{"unasked_while_the_invitation_is_open", policy.Unasked, policy.Standing{Asked: true}, 0, open, "", policy.Verdict{Reason: policy.NotAgreed}},
		{"invitation", policy.Invitation, policy.Standing{Asked: true}, 0, open, "", policy.Verdict{Decision: policy.Now}},
		{"invitation_that_nobody_asked_for", policy.Invitation, policy.Standing{}, 0, open, "", policy.Verdict{Reason: policy.NotAgreed}},
		{"after_stop", policy.Unasked, policy.Standing{Given: true, Stopped: true}, 0, open, "", policy.Verdict{Reason: policy.Stopped}},
		{"reply_after_stop", policy.Reply, policy.Standing{Stopped: true}, 0, open, "", policy.Verdict{Reason: policy.Stopped}},
		{"safety_after_stop", policy.Safety, policy.Standing{Stopped: true, Blocked: true, Closed: true}, 0, night, "", policy.Verdict{Decision: policy.Now}},
		{"reply_at_night", policy.Reply, given, 0, night, "", policy.Verdict{Decision: policy.Now}},
		{"reply_to_somebody_else", policy.Reply, policy.Standing{Doubted: true}, 0, open, "", policy.Verdict{Reason: policy.Doubted}},
		{"declined", policy.Unasked, policy.Standing{Declined: true}, 0, open, "", policy.Verdict{Reason: policy.Declined}},
		{"closed", policy.Unasked, policy.Standing{Given: true, Closed: true}, 0, open, "", policy.Verdict{Reason: policy.Closed}},
		{"blocked", policy.Unasked, policy.Standing{Given: true, Blocked: true}, 0, open, "", policy.Verdict{Reason: policy.Blocked}},
		{
			"at_night_waits", policy.Unasked, given, 0, night, "",
			policy.Verdict{Decision: policy.Later, At: at(t, "2026-11-24 10:00"), Reason: policy.QuietHours},
		},
		{
			"waits_for_the_waking_hour", policy.Unasked, given, 11 * 60, "2026-11-23 10:15", "",
			policy.Verdict{Decision: policy.Later, At: at(t, "2026-11-23 11:00"), Reason: policy.QuietHours},
		},
		{
			"over_christmas", policy.Unasked, given, 0, "2026-12-24 18:00", "",
			policy.Verdict{Decision: policy.Later, At: at(t, "2026-12-29 10:00"), Reason: policy.QuietHours},
		},
		{"waiting_would_be_useless", policy.Unasked, given, 0, night, "2026-11-24 08:00", policy.Verdict{Reason: policy.TooLate}},
		{"past_its_use", policy.Unasked, given, 0, open, "2026-11-23 14:00", policy.Verdict{Reason: policy.TooLate}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := policy.Hours{From: 600, To: 1080, Wakes: tt.wakes, Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true}}
			var latest time.Time
			if tt.latest != "" {
				latest = at(t, tt.latest)
			}
			got := policy.May(tt.kind, tt.standing, h, at(t, tt.now), latest)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Both clock changes of 2026 and 2027, at the times at which they bite.
func TestAtOverClockChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		day     string
		minutes int
		want    string // in UTC
	}{
		{"spring_before", "2026-03-29", 30, "2026-03-29 00:30"},
		{"spring_skipped_moves_forward", "2026-03-29", 90, "2026-03-29 01:30"},
		{"spring_after", "2026-03-29", 9 * 60, "2026-03-29 08:00"},
		{"autumn_before", "2026-10-25", 30, "2026-10-24 23:30"},
		{"autumn_repeated_means_the_first", "2026-10-25", 90, "2026-10-25 00:30"},
		{"autumn_after", "2026-10-25", 9 * 60, "2026-10-25 09:00"},
		{"next_spring_skipped", "2027-03-28", 90, "2027-03-28 01:30"},
		{"next_autumn_repeated", "2027-10-31", 90, "2027-10-31 00:30"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := policy.At(at(t, tt.day+" 12:00"), tt.minutes).UTC().Format("2006-01-02 15:04")
			if got != tt.want {
				t.Errorf("got %s UTC, want %s", got, tt.want)
			}
		})
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	h := policy.Hours{From: 600, To: 1080, Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true}}
	tests := []struct{ name, from, want string }{
		{"open_now", "2026-11-23 14:00", "2026-11-23 14:00"},
		{"evening", "2026-11-23 20:00", "2026-11-23 17:59"},
		{"sunday", "2026-11-22 12:00", "2026-11-20 17:59"},
		{"early_morning", "2026-11-24 07:00", "2026-11-23 17:59"},
		{"after_christmas", "2026-12-28 12:00", "2026-12-24 17:59"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := h.Last(at(t, tt.from)).Format("2006-01-02 15:04"); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Whatever the hours and the moment, what Next finds is open and not before
// it, and nothing open lies between.
func TestNextIsTheFirstOpenMoment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := policy.Hours{
			From: rapid.IntRange(0, 23).Draw(t, "from") * 60, Wakes: rapid.IntRange(0, 23).Draw(t, "wakes") * 60,
			Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true, "2027-01-01": true},
		}
		h.To = h.From + rapid.IntRange(1, 12).Draw(t, "long")*60
		h.To = min(h.To, 24*60)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, london).Add(time.Duration(rapid.IntRange(0, 2*365*24*60).Draw(t, "now")) * time.Minute)
		got := h.Next(now)
		if got.IsZero() || got.Before(now) {
			t.Fatalf("Next(%s) = %s", now, got)
		}
		if h.Wakes > 0 && got.Hour()*60+got.Minute() < h.Wakes {
			t.Fatalf("%s is before the waking hour %d", got, h.Wakes/60)
		}
		if wd := got.Weekday(); wd == time.Saturday || wd == time.Sunday || h.Holidays[got.Format(time.DateOnly)] {
			t.Fatalf("%s is no day for texts", got)
		}
		if again := h.Next(got); !again.Equal(got) {
			t.Fatalf("Next(%s) is not open: %s", now, got)
		}
		for between := now; between.Before(got); between = between.Add(30 * time.Minute) {
			if h.Next(between).Equal(between) {
				t.Fatalf("%s was open before %s", between, got)
			}
		}
	})
}
