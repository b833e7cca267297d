package outbox

import (
	"testing"
	"time"

	"alongside/store"

	"pgregory.net/rapid"
)

// noon is a moment; nothing in these tests depends on which.
var noon = time.Date(2026, time.November, 19, 12, 0, 0, 0, time.UTC)

func TestRetryAt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		attempts int
		after    time.Duration
		chance   float64
		left     time.Duration // until the message's end
		want     time.Duration
		ok       bool
	}{
		"first_wait":                      {left: time.Hour, want: 5 * time.Second, ok: true},
		"second_wait":                     {attempts: 1, left: time.Hour, want: 15 * time.Second, ok: true},
		"third_wait":                      {attempts: 2, left: time.Hour, want: time.Minute, ok: true},
		"fourth_wait":                     {attempts: 3, left: time.Hour, want: 5 * time.Minute, ok: true},
		"last_wait_repeats":               {attempts: 40, left: time.Hour, want: 15 * time.Minute, ok: true},
		"jitter_is_added":                 {chance: 0.5, left: time.Hour, want: 5500 * time.Millisecond, ok: true},
		"provider_is_obeyed":              {attempts: 3, after: 7 * time.Second, left: time.Hour, want: 7 * time.Second, ok: true},
		"provider_is_obeyed_up_to_hour":   {after: 100 * time.Hour, left: 24 * time.Hour, want: time.Hour, ok: true},
		"provider_asks_beyond_the_end":    {after: 10 * time.Minute, left: 5 * time.Minute, want: 10 * time.Minute},
		"our_wait_shortened_to_half":      {attempts: 4, left: 4 * time.Minute, want: 2 * time.Minute, ok: true},
		"too_little_left_for_our_wait":    {attempts: 4, left: 19 * time.Second, want: 15 * time.Minute},
		"negative_attempts_are_the_first": {attempts: -1, left: time.Hour, want: 5 * time.Second, ok: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, ok := retryAt(noon, noon.Add(tt.left), tt.attempts, tt.after, tt.chance)
			if got := at.Sub(noon); got != tt.want || ok != tt.ok {
				t.Errorf("retryAt = in %v, %v; want in %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

// Whatever comes in, a retry lies after now and before the end of the message,
// and the tries of one message end.
func TestRetryAtStaysWithinTheMessage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		until := noon.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(48*time.Hour)).Draw(t, "left")))
		now, tries := noon, 0
		for {
			after := time.Duration(rapid.Int64Range(-int64(time.Second), int64(2*time.Hour)).Draw(t, "after"))
			at, ok := retryAt(now, until, tries, after, rapid.Float64Range(0, 0.999).Draw(t, "chance"))
			if !at.After(now) {
				t.Fatalf("try %d: %v is not after %v", tries, at, now)
			}
			if !ok {
				return
			}
			if !at.Before(until) {
				t.Fatalf("try %d: %v is not before the end %v", tries, at, until)
			}
			now = at
			if tries++; tries > 100_000 {
				t.Fatal("the tries never end")
			}
		}
	})
}

func TestTooLate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		send store.Send
		now  time.Time
		want bool
	}{
		"before_its_end":             {store.Send{Until: noon}, noon.Add(-time.Millisecond), false},
		"at_its_end":                 {store.Send{Until: noon}, noon, true},
		"no_end_named_lasts_a_day":   {store.Send{Committed: noon}, noon.Add(24*time.Hour - 1), false},
		"no_end_named_ends_in_a_day": {store.Send{Committed: noon}, noon.Add(24 * time.Hour), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tooLate(tt.send, tt.now); got != tt.want {
				t.Errorf("tooLate = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNextAsk(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		age      time.Duration
		answered bool
		want     time.Duration
		more     bool
	}{
		"just_sent":            {0, true, 10 * time.Second, true},
		"after_the_first":      {10 * time.Second, true, 20 * time.Second, true},
		"after_the_second":     {31 * time.Second, true, 89 * time.Second, true},
		"after_the_third":      {2 * time.Minute, true, 8 * time.Minute, true},
		"after_the_last":       {10 * time.Minute, true, 0, false},
		"last_not_answered":    {10 * time.Minute, false, 5 * time.Minute, true},
		"never_answered":       {time.Hour, false, 0, false},
		"found_a_day_later":    {24 * time.Hour, true, 0, false},
		"clock_went_backwards": {-time.Minute, true, 70 * time.Second, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, more := nextAsk(tt.age, tt.answered); got != tt.want || more != tt.more {
				t.Errorf("nextAsk = %v, %v; want %v, %v", got, more, tt.want, tt.more)
			}
		})
	}
}
