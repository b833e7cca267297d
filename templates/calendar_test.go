package templates

import (
	"strings"
	"testing"
	"time"
)

func TestMomentsAreSaidInTheLanguage(t *testing.T) {
	t.Parallel()
	w := load(t)
	cardiff := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, london)
	}
	for name, row := range map[string]struct {
		at                         time.Time
		en, enOn, cy, cyOn         string
		enDay, cyDay, enAt, cyAt   string
		enDayOn, cyDayOn, clock, y string
	}{
		"afternoon": {
			at: cardiff(11, 26, 14, 0), en: "Thursday 26 November at 2pm", enOn: "on Thursday 26 November at 2pm",
			cy: "dydd Iau 26 Tachwedd am 2pm", cyOn: "ddydd Iau 26 Tachwedd am 2pm",
			enDay: "Thursday 26 November", enDayOn: "on Thursday 26 November", cyDay: "dydd Iau 26 Tachwedd", cyDayOn: "ddydd Iau 26 Tachwedd",
			clock: "2pm", y: "2pm", enAt: "at 2pm", cyAt: "am 2pm",
		},
		"half_past": {
			at: cardiff(3, 3, 14, 30), en: "Tuesday 3 March at 2.30pm", enOn: "on Tuesday 3 March at 2.30pm",
			cy: "dydd Mawrth 3 Mawrth am 2.30pm", cyOn: "ddydd Mawrth 3 Mawrth am 2.30pm",
			enDay: "Tuesday 3 March", enDayOn: "on Tuesday 3 March", cyDay: "dydd Mawrth 3 Mawrth", cyDayOn: "ddydd Mawrth 3 Mawrth",
			clock: "2.30pm", y: "2.30pm", enAt: "at 2.30pm", cyAt: "am 2.30pm",
		},
		"five_past_nine": {
			at: cardiff(5, 1, 9, 5), en: "Friday 1 May at 9.05am", enOn: "on Friday 1 May at 9.05am",
			cy: "dydd Gwener 1 Mai am 9.05am", cyOn: "ddydd Gwener 1 Mai am 9.05am",
			enDay: "Friday 1 May", enDayOn: "on Friday 1 May", cyDay: "dydd Gwener 1 Mai", cyDayOn: "ddydd Gwener 1 Mai",
			clock: "9.05am", y: "9.05am", enAt: "at 9.05am", cyAt: "am 9.05am",
		},
		"midday": {
			at: cardiff(8, 2, 12, 0), en: "Sunday 2 August at midday", enOn: "on Sunday 2 August at midday",
			cy: "dydd Sul 2 Awst am hanner dydd", cyOn: "ddydd Sul 2 Awst am hanner dydd",
			enDay: "Sunday 2 August", enDayOn: "on Sunday 2 August", cyDay: "dydd Sul 2 Awst", cyDayOn: "ddydd Sul 2 Awst",
			clock: "midday", y: "hanner dydd", enAt: "at midday", cyAt: "am hanner dydd",
		},
		"midnight": {
			at: cardiff(12, 31, 0, 0), en: "Thursday 31 December at midnight", enOn: "on Thursday 31 December at midnight",
			cy: "dydd Iau 31 Rhagfyr am hanner nos", cyOn: "ddydd Iau 31 Rhagfyr am hanner nos",
			enDay: "Thursday 31 December", enDayOn: "on Thursday 31 December", cyDay: "dydd Iau 31 Rhagfyr", cyDayOn: "ddydd Iau 31 Rhagfyr",
			clock: "midnight", y: "hanner nos", enAt: "at midnight", cyAt: "am hanner nos",
		},
		"past_midnight": {
			at: cardiff(7, 13, 0, 15), en: "Monday 13 July at 12.15am", enOn: "on Monday 13 July at 12.15am",
			cy: "dydd Llun 13 Gorffennaf am 12.15am", cyOn: "ddydd Llun 13 Gorffennaf am 12.15am",
			enDay: "Monday 13 July", enDayOn: "on Monday 13 July", cyDay: "dydd Llun 13 Gorffennaf", cyDayOn: "ddydd Llun 13 Gorffennaf",
			clock: "12.15am", y: "12.15am", enAt: "at 12.15am", cyAt: "am 12.15am",
		},
		"past_midday": {
			at: cardiff(2, 4, 12, 45), en: "Wednesday 4 February at 12.45pm", enOn: "on Wednesday 4 February at 12.45pm",
			cy: "dydd Mercher 4 Chwefror am 12.45pm", cyOn: "ddydd Mercher 4 Chwefror am 12.45pm",
			enDay: "Wednesday 4 February", enDayOn: "on Wednesday 4 February", cyDay: "dydd Mercher 4 Chwefror", cyDayOn: "ddydd Mercher 4 Chwefror",
			clock: "12.45pm", y: "12.45pm", enAt: "at 12.45pm", cyAt: "am 12.45pm",
		},
		"said_where_it_happens": {
			// Half past midnight in London is the evening before in New York.
			at: time.Date(2026, 11, 27, 0, 30, 0, 0, time.UTC).In(time.FixedZone("New York", -5*3600)),
			en: "Thursday 26 November at 7.30pm", enOn: "on Thursday 26 November at 7.30pm",
			cy: "dydd Iau 26 Tachwedd am 7.30pm", cyOn: "ddydd Iau 26 Tachwedd am 7.30pm",
			enDay: "Thursday 26 November", enDayOn: "on Thursday 26 November", cyDay: "dydd Iau 26 Tachwedd", cyDayOn: "ddydd Iau 26 Tachwedd",
			clock: "7.30pm", y: "7.30pm", enAt: "at 7.30pm", cyAt: "am 7.30pm",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(say func(time.Time) (said, error), plain, on string) {
				t.Helper()
				got, err := say(row.at)
				if err != nil || got.String() != plain || got.On != on {
					t.Errorf("%+v, %v; want %q and %q", got, err, plain, on)
				}
			}
			en, cy := w.voices["en"], w.voices["cy"]
			check(en.sayWhen, row.en, row.enOn)
			check(cy.sayWhen, row.cy, row.cyOn)
			check(en.sayDay, row.enDay, row.enDayOn)
			check(cy.sayDay, row.cyDay, row.cyDayOn)
			check(en.sayClock, row.clock, row.enAt)
			check(cy.sayClock, row.y, row.cyAt)
		})
	}
}

// TestTimesOfDayTakeNoMutation proves what checkWording relies on: "am" stands
// before times of day in Welsh, and no time begins with a letter that changes.
func TestTimesOfDayTakeNoMutation(t *testing.T) {
	t.Parallel()
	w := load(t)
	seen := map[string]bool{}
	for minute := range 24 * 60 {
		got, err := w.voices["cy"].sayClock(time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.ContainsAny(got.Plain[:1], "0123456789h") {
			t.Errorf("minute %d: %q begins with a letter that mutates", minute, got.Plain)
		}
		if seen[got.Plain] {
			t.Errorf("minute %d: %q is said of two times", minute, got.Plain)
		}
		seen[got.Plain] = true
	}
}

func TestEveryDayHasItsName(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, tag := range w.Languages() {
		names := map[string]bool{}
		for day := range 365 {
			got, err := w.voices[tag].sayDay(time.Date(2026, 1, 1+day, 12, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			names[got.Plain] = true
		}
		if len(names) != 365 {
			t.Errorf("%s: %d names for 365 days", tag, len(names))
		}
	}
}
