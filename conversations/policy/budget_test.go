package policy

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBudgetNext(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, time.November, day, hour, 0, 0, 0, london) }
	usual := Budget{ADay: 1, AWeek: 3, Kind: 1}
	for _, c := range []struct {
		name      string
		budget    Budget
		all, kind []time.Time
		now, want time.Time
	}{
		{"nothing_went", usual, nil, nil, at(23, 14), at(23, 14)},
		{"one_went_today", usual, []time.Time{at(23, 10)}, nil, at(23, 14), at(24, 0)},
		{"one_went_yesterday", usual, []time.Time{at(22, 10)}, nil, at(23, 14), at(23, 14)},
		{"three_in_the_week", usual, []time.Time{at(17, 10), at(19, 10), at(21, 10)}, nil, at(23, 14), at(24, 0)},
		{"one_of_the_kind_last_friday", usual, []time.Time{at(20, 16)}, []time.Time{at(20, 16)}, at(27, 14), at(27, 14)},
		{"one_of_the_kind_on_saturday", usual, []time.Time{at(21, 9)}, []time.Time{at(21, 9)}, at(27, 14), at(28, 0)},
		{"one_waits_for_thursday", usual, []time.Time{at(26, 10)}, []time.Time{at(26, 10)}, at(23, 14), at(23+10, 0)},
		{"three_wait_this_week", usual, []time.Time{at(24, 10), at(26, 10), at(28, 10)}, nil, at(23, 14), at(31, 0)},
		{"none_of_the_kind_ever", Budget{ADay: 1, AWeek: 3}, nil, nil, at(23, 14), time.Time{}},
		{"no_bound", Budget{ADay: -1, AWeek: -1, Kind: -1}, []time.Time{at(23, 10), at(23, 11), at(23, 12)}, nil, at(23, 14), at(23, 14)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.budget.Next(c.all, c.kind, c.now); !got.Equal(c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Who keeps to the answer never goes over the budget, whatever the days.
func TestBudgetIsKept(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := Budget{ADay: rapid.IntRange(0, 3).Draw(t, "a_day"), AWeek: rapid.IntRange(0, 5).Draw(t, "a_week"), Kind: rapid.IntRange(0, 3).Draw(t, "kind")}
		// Over the end of summer time, on which a day has 25 hours.
		now := time.Date(2026, time.October, 18, 0, 0, 0, 0, london)
		var all, kind []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
			ofKind := rapid.Bool().Draw(t, "of_kind")
			bounded := b
			if !ofKind {
				bounded.Kind = -1
			}
			// What is to go later is planned before what goes sooner.
			next := bounded.Next(all, kind, now)
			if next.IsZero() {
				continue
			}
			all = append(all, next)
			if ofKind {
				kind = append(kind, next)
			}
			if len(all) > 1 && rapid.IntRange(0, 4).Draw(t, "taken_back") == 0 {
				n := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				kind = slices.DeleteFunc(kind, func(k time.Time) bool { return k.Equal(all[n]) })
				all = slices.Delete(all, n, n+1)
			}
		}
		for _, at := range all {
			today, aWeek := 0, 0
			for _, other := range all {
				days := int(other.Sub(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, london)).Hours())
				if other.Format(time.DateOnly) == at.Format(time.DateOnly) {
					today++
				}
				if days >= -6*24+1 && !other.After(at) {
					aWeek++
				}
			}
			if today > b.ADay || aWeek > b.AWeek {
				t.Fatalf("%d on a day and %d in the week before, of %+v", today, aWeek, b)
			}
		}
	})
}
