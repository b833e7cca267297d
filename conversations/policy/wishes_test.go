package policy_test

import (
	"slices"
	"testing"
	"time"

	"alongside/conversations/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What the client wished, or a person ordered: a pause, one kind stopped, a
// hold. Each has its own name, and none of them holds back an answer, an
// invitation or the words for danger.
func TestMayKeepsToWishes(t *testing.T) {
	t.Parallel()
	now := policy.Verdict{Decision: policy.Now}
	tests := []struct {
		name     string
		kind     policy.Kind
		standing policy.Standing
		want     policy.Verdict
	}{
		{"paused", policy.Unasked, policy.Standing{Given: true, Paused: true}, policy.Verdict{Reason: policy.Paused}},
		{"kind_stopped", policy.Unasked, policy.Standing{Given: true, KindStopped: true}, policy.Verdict{Reason: policy.KindStopped}},
		{"held", policy.Unasked, policy.Standing{Given: true, Held: true}, policy.Verdict{Reason: policy.OnHold}},
		{
			"a_hold_is_named_before_a_pause", policy.Unasked,
			policy.Standing{Given: true, Held: true, Paused: true, KindStopped: true},
			policy.Verdict{Reason: policy.OnHold},
		},
		{
			"a_pause_is_named_before_a_kind", policy.Unasked,
			policy.Standing{Given: true, Paused: true, KindStopped: true},
			policy.Verdict{Reason: policy.Paused},
		},
		{"stop_is_named_before_a_pause", policy.Unasked, policy.Standing{Stopped: true, Paused: true}, policy.Verdict{Reason: policy.Stopped}},
		{"no_agreement_is_named_before_a_pause", policy.Unasked, policy.Standing{Paused: true}, policy.Verdict{Reason: policy.NotAgreed}},
		{"a_pause_is_named_before_a_block", policy.Unasked, policy.Standing{Given: true, Paused: true, Blocked: true}, policy.Verdict{Reason: policy.Paused}},
		{"reply_in_a_pause", policy.Reply, policy.Standing{Given: true, Paused: true}, now},
		{"reply_about_a_kind_that_is_stopped", policy.Reply, policy.Standing{Given: true, KindStopped: true}, now},
		{"reply_under_a_hold", policy.Reply, policy.Standing{Given: true, Held: true}, now},
		{"invitation_in_a_pause", policy.Invitation, policy.Standing{Asked: true, Paused: true}, now},
		{"safety_in_a_pause_under_a_hold", policy.Safety, policy.Standing{Given: true, Paused: true, Held: true, KindStopped: true}, now},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := policy.May(tt.kind, tt.standing, policy.Hours{From: 600, To: 1080}, at(t, "2026-11-23 14:00"), time.Time{})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMayKeepsToQuietTimes(t *testing.T) {
	t.Parallel()
	later := func(s string) policy.Verdict {
		return policy.Verdict{Decision: policy.Later, At: at(t, s), Reason: policy.QuietHours}
	}
	tests := []struct {
		name  string
		hours policy.Hours
		now   string
		want  policy.Verdict
	}{
		{"before_they_rest", policy.Hours{Rests: 960}, "2026-11-23 15:59", policy.Verdict{Decision: policy.Now}},
		{"when_they_rest", policy.Hours{Rests: 960}, "2026-11-23 16:00", later("2026-11-24 10:00")},
		{"rests_after_the_service_does", policy.Hours{Rests: 1320}, "2026-11-23 19:00", later("2026-11-24 10:00")},
		{"rest_day", policy.Hours{RestDays: []time.Weekday{time.Monday}}, "2026-11-23 14:00", later("2026-11-24 10:00")},
		{"rest_days_in_a_row", policy.Hours{RestDays: []time.Weekday{time.Friday, time.Monday}}, "2026-11-27 14:00", later("2026-12-01 10:00")},
		{
			"wakes_and_rests_on_fridays_only",
			policy.Hours{Wakes: 660, Rests: 960, RestDays: []time.Weekday{1, 2, 3, 4}},
			"2026-11-23 14:00", later("2026-11-27 11:00"),
		},
		{"late_riser_after_the_service_closes", policy.Hours{Wakes: 1140}, "2026-11-23 14:00", later("2026-11-23 19:00")},
		{"late_riser_who_rests_at_once", policy.Hours{Wakes: 1140, Rests: 1140}, "2026-11-23 14:00", policy.Verdict{Reason: policy.TooLate}},
		{"every_day_is_of_rest", policy.Hours{RestDays: []time.Weekday{1, 2, 3, 4, 5}}, "2026-11-23 14:00", policy.Verdict{Reason: policy.TooLate}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := tt.hours
			h.From, h.To = 600, 1080
			got := policy.May(policy.Unasked, policy.Standing{Given: true}, h, at(t, tt.now), time.Time{})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func drawHours(t *rapid.T) policy.Hours {
	h := policy.Hours{
		From: rapid.IntRange(0, 23).Draw(t, "from") * 60, Wakes: rapid.IntRange(0, 23*60).Draw(t, "wakes"),
		Rests:    rapid.SampledFrom([]int{0, 1, 9 * 60, 12 * 60, 16 * 60, 24 * 60}).Draw(t, "rests"),
		RestDays: rapid.SliceOfDistinct(rapid.Map(rapid.IntRange(0, 6), func(d int) time.Weekday { return time.Weekday(d) }), rapid.ID).Draw(t, "rest days"),
		Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true, "2027-01-01": true},
	}
	h.To = min(24*60, h.From+rapid.IntRange(1, 12).Draw(t, "long")*60)
	return h
}

// With the client's own times too: what Next and Last find is open, is inside
// every limit, and is there just when some minute of the week is open.
func TestQuietTimesHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, london).Add(time.Duration(rapid.IntRange(0, 2*365*24*60).Draw(t, "now")) * time.Minute)
		from, to := h.Window()
		next, last := h.Next(now), h.Last(now)
		if open := h.OpenAWeek() > 0; next.IsZero() == open || last.IsZero() == open {
			t.Fatalf("%d minutes of the week are open, Next finds %s and Last %s", h.OpenAWeek(), next, last)
		}
		for _, found := range []time.Time{next, last} {
			if found.IsZero() {
				continue
			}
			if wd := found.Weekday(); wd == time.Saturday || wd == time.Sunday || slices.Contains(h.RestDays, wd) || h.Holidays[found.Format(time.DateOnly)] {
				t.Fatalf("%s is no day for texts", found)
			}
			// A clock change may skip the hour that begins the day.
			if found.Before(policy.At(found, from)) || !found.Before(policy.At(found, to)) && to <= 24*60 {
				t.Fatalf("%s is not between %d and %d minutes after midnight", found, from, to)
			}
			if h.Wakes > 0 && found.Before(policy.At(found, h.Wakes)) && to <= 24*60 {
				t.Fatalf("%s is before the waking hour", found)
			}
			if h.Rests > 0 && !found.Before(policy.At(found, h.Rests)) {
				t.Fatalf("%s is after the hour of rest", found)
			}
		}
		if !next.IsZero() && next.Before(now) || last.After(now) {
			t.Fatalf("around %s: Next %s, Last %s", now, next, last)
		}
	})
}

// Nothing unasked goes where one of the wishes stands against it, whatever the
// hours; and each refusal has a name.
func TestMayNamesEachRefusal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		s := policy.Standing{
			Given: flag("given"), Asked: flag("asked"), Stopped: flag("stopped"), Declined: flag("declined"), Doubted: flag("doubted"),
			Closed: flag("closed"), Blocked: flag("blocked"), Paused: flag("paused"), KindStopped: flag("kind stopped"), Held: flag("held"),
		}
		kind := rapid.SampledFrom([]policy.Kind{policy.Unasked, policy.Invitation, policy.Reply, policy.Safety}).Draw(t, "kind")
		now := time.Date(2026, 11, 23, 0, 0, 0, 0, london).Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "now")) * time.Minute)
		v := policy.May(kind, s, drawHours(t), now, time.Time{})
		if (v.Decision == policy.Now) != (v.Reason == policy.None) || (v.Decision == policy.Later) == v.At.IsZero() {
			t.Fatalf("%+v", v)
		}
		if kind == policy.Unasked && v.Decision != policy.Never &&
			(!s.Given || s.Stopped || s.Declined || s.Doubted || s.Closed || s.Blocked || s.Paused || s.KindStopped || s.Held) {
			t.Fatalf("%+v in spite of %+v", v, s)
		}
		if kind == policy.Safety && v.Decision != policy.Now {
			t.Fatalf("the words for danger: %+v", v)
		}
		if kind == policy.Reply && v.Decision != policy.Now && !s.Stopped && !s.Doubted {
			t.Fatalf("an answer: %+v in spite of %+v", v, s)
		}
	})
}
