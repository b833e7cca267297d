package schedule

import (
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// What waited for ten in the morning waits for eleven once its client asks for no
// texts before eleven, and for the next day that is theirs if this one is not.
func TestNewHoursHoldForWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		c := newClocked(t, db)
		sam, err := c.stores[0].AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		john := c.client(sam, 1)
		on := func(day, hour int) time.Time { return time.Date(2026, time.March, day, hour, 0, 0, 0, c.zone) } // 2 March is a Monday.
		waits := func(want ...time.Time) {
			t.Helper()
			list, err := c.stores[0].Waiting(t.Context(), john)
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Time
			for _, w := range list {
				got = append(got, w.Due.In(c.zone))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what waits (-want +got):\n%s", diff)
			}
		}
		set := func(s conversations.Settings) {
			t.Helper()
			c.do(conversations.Event{Kind: conversations.EventSettings, Client: john, Settings: s, By: "someone"})
			c.until(c.now)
		}
		// Chosen for one in the night, the check-in waits for the service's hours.
		c.choose(john, conversations.Rhythm{Rule: "FREQ=DAILY", Since: "2026-03-03", Clock: 60})
		c.until(on(3, 2))
		waits(on(3, 10))
		set(conversations.Settings{Wakes: new(11 * 60)})
		waits(on(3, 11))
		set(conversations.Settings{RestDays: &[]time.Weekday{time.Tuesday, time.Thursday}})
		waits(on(4, 11))
		// Who may be texted earlier again gets what was put off when it was put off to.
		set(conversations.Settings{Wakes: new(0), RestDays: &[]time.Weekday{}})
		waits(on(4, 11))
	})
}
