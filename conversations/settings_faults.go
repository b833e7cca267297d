package conversations

import (
	"slices"
	"time"
)

// SettingsFault is what is wrong with one part of some settings, in words for
// whoever programs against them.
type SettingsFault struct {
	// Part is reminders, rests, rest_days, paused_until, allow or detail.
	Part, Says string
}

// farthestPause is how long a pause may last: who wants to be left alone for
// longer says stop, or leaves the service.
const farthestPause = 366 * 24 * time.Hour

// Faults says what is wrong with settings that a person enters at a moment; none
// if they can be set.
func (x Settings) Faults(now time.Time) (list []SettingsFault) {
	fault := func(part, says string) { list = append(list, SettingsFault{part, says}) }
	if x.Reminders != nil {
		if wrong := OffsetsFault(*x.Reminders); wrong != "" {
			fault("reminders", wrong)
		}
	}
	if x.Wakes != nil && x.Rests != nil && *x.Wakes > 0 && *x.Rests > 0 && *x.Rests <= *x.Wakes {
		fault("rests", "must be later in the day than wakes: between them there would be no time to text")
	}
	if x.RestDays != nil && len(*x.RestDays) == 7 {
		fault("rest_days", "leaves no day on which to text; set a pause, or record that the client said stop")
	}
	switch {
	case x.PausedUntil == nil || x.PausedUntil.IsZero():
	case !x.PausedUntil.After(now):
		fault("paused_until", "lies in the past; to end a pause send resume")
	case x.PausedUntil.After(now.Add(farthestPause)):
		fault("paused_until", "is more than a year ahead; check the year")
	}
	if slices.ContainsFunc(x.Stop, func(m Matter) bool { return slices.Contains(x.Allow, m) }) {
		fault("allow", "names a kind that stands under stop as well")
	}
	if x.Guarded != nil && *x.Guarded && x.Detail != nil && *x.Detail {
		fault("detail", "cannot be true where somebody else reads the phone")
	}
	return list
}
