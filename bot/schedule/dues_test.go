package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestEventsOfDues(t *testing.T) {
	t.Parallel()
	r := &turns{}
	s := on(r)
	due := noon.UnixMilli()
	if err := s.checkIns().Work(t.Context(), jobOf(store.CheckInArgs{Client: "john", CheckIn: "s1", DueMs: due}, 1)); err != nil {
		t.Error(err)
	}
	if err := s.tasks().Work(t.Context(), jobOf(store.TaskArgs{Client: "john", Task: "t1", DueMs: due}, 1)); err != nil {
		t.Error(err)
	}
	if err := s.feedback().Work(t.Context(), jobOf(store.FeedbackArgs{Client: "john", DueMs: due}, 1)); err != nil {
		t.Error(err)
	}
	want := []conversations.Event{
		{Kind: conversations.EventCheckIn, Client: "john", CheckIn: "s1", Due: noon},
		{Kind: conversations.EventTask, Client: "john", Task: "t1", Due: noon},
		{Kind: conversations.EventFeedback, Client: "john", Due: noon},
	}
	if diff := cmp.Diff(want, r.events()); diff != "" {
		t.Error(diff)
	}
}

// clocked is a caseload that two processes work, on a clock that moves in leaps:
// each event runs in both at the same moment, and then once more.
type clocked struct {
	*testing.T
	now      time.Time
	zone     *time.Location
	stores   []*store.Store
	pathway  conversations.Pathway
	lexicons *understand.Lexicons
	schedule *Schedule
	ids      atomic.Int64

	mu   sync.Mutex
	dues map[conversations.CheckInID][]time.Time
	said map[conversations.ClientID][]string
}

func newClocked(t *testing.T, db storetest.DB) *clocked {
	t.Helper()
	keys, err := seal.Parse(seal.New())
	if err != nil {
		t.Fatal(err)
	}
	c := &clocked{T: t, dues: map[conversations.CheckInID][]time.Time{}, said: map[conversations.ClientID][]string{}}
	if c.zone, err = time.LoadLocation("Europe/London"); err != nil {
		t.Fatal(err)
	}
	if c.lexicons, err = understand.Compile(nil); err != nil {
		t.Fatal(err)
	}
	c.pathway = conversations.Pathway{
		Name: "test", Service: "the team", Languages: []string{"en"}, Zone: c.zone, Sending: conversations.Hours{From: 10 * 60, To: 18 * 60},
		Reading: conversations.Hours{From: 9 * 60, To: 17 * 60}, AnswerWithin: 24 * 60,
	}
	c.now = time.Date(2026, time.March, 2, 12, 0, 0, 0, c.zone)
	for _, owner := range []string{"one", "two"} {
		st, err := store.Open(t.Context(), store.Config{
			DatabaseURL: db.URL, Keys: keys, Owner: owner, Now: func() time.Time { return c.now }, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		c.stores = append(c.stores, st)
	}
	c.schedule = New(Config{Pathway: c.pathway, Store: c.stores[0], Now: func() time.Time { return c.now }, Logger: slog.New(slog.DiscardHandler), Event: c.both})
	return c
}

// both runs an event in both processes at once, and then a second time.
func (c *clocked) both(ctx context.Context, ev conversations.Event) error {
	if ev.Kind == conversations.EventCheckIn {
		c.mu.Lock()
		c.dues[ev.CheckIn] = append(c.dues[ev.CheckIn], ev.Due)
		c.mu.Unlock()
	}
	errs := make([]error, len(c.stores)+1)
	var all sync.WaitGroup
	for i, st := range c.stores {
		all.Go(func() { errs[i] = c.turn(ctx, st, ev) })
	}
	all.Wait()
	errs[len(c.stores)] = c.turn(ctx, c.stores[1], ev)
	return errors.Join(errs...)
}

// turn is load, next and commit, with the key for the words.
func (c *clocked) turn(ctx context.Context, st *store.Store, ev conversations.Event) error {
	for {
		loaded, err := st.Load(ctx, ev, c.now)
		if err != nil {
			return err
		}
		state, effects := conversations.Next(conversations.Rules{Pathway: c.pathway, Lexicons: c.lexicons}, loaded.Facts, loaded.State, loaded.Event, c.now)
		t := store.Turn{Loaded: loaded, State: state, Effects: effects, Now: c.now}
		var said []string
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Say:
				if e.Key != "optin.welcome" {
					said = append(said, e.Key)
				}
				t.Messages = append(t.Messages, store.Message{
					ID: conversations.MessageID(fmt.Sprintf("m%06d", c.ids.Add(1))), Channel: e.Channel, Key: e.Key, Urgency: e.Urgency, Text: e.Key,
					Parts: 1, Language: "en", NotBefore: e.NotBefore, Until: c.now.Add(24 * time.Hour), Matter: e.Matter, Held: e.Held,
				})
			case conversations.Skip:
				said = append(said, "not said: "+e.Reason)
			}
		}
		_, err = st.Commit(ctx, t)
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err == nil && len(said) > 0 {
			c.mu.Lock()
			c.said[loaded.Client] = append(c.said[loaded.Client], said...)
			c.mu.Unlock()
		}
		return err
	}
}

// client is one who agreed to texts.
func (c *clocked) client(sam conversations.SpecialistID, number int) conversations.ClientID {
	c.Helper()
	id, err := c.stores[0].AddClient(c.Context(), store.NewClient{
		Specialist: sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London",
		Mobile: fmt.Sprintf("+447700900%03d", number),
	})
	if err != nil {
		c.Fatal(err)
	}
	c.do(conversations.Event{Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"})
	return id
}

func (c *clocked) do(ev conversations.Event) {
	c.Helper()
	ev.At = c.now
	if err := c.turn(c.Context(), c.stores[0], ev); err != nil {
		c.Fatal(err)
	}
}

// choose writes a series with its rhythm.
func (c *clocked) choose(client conversations.ClientID, r conversations.Rhythm) conversations.CheckInID {
	c.Helper()
	series, err := c.stores[0].Chosen(store.NewCheckIn{Client: client, Kind: conversations.CheckInWeek, Rhythm: r})
	if err != nil {
		c.Fatal(err)
	}
	c.do(conversations.Event{Kind: conversations.EventSettings, Client: client, Series: series, By: "someone"})
	return series.ID
}

// until works what falls due up to a moment, each job at its own.
func (c *clocked) until(end time.Time) {
	c.Helper()
	for {
		_, next, err := c.schedule.Leap(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			c.now = end
			return
		}
		if next.After(c.now) {
			c.now = next.In(c.zone)
		}
	}
}

// A daily check-in at nine, at half past one and at half past midnight, over both
// clock changes of two years, through store and job: a local time that is skipped
// moves forward, one that is repeated means the first; and wherever the process
// runs, the client's wall clock counts. Each is asked once, although its job runs
// three times and in two processes.
func TestRhythmsOverClockChanges(t *testing.T) {
	t.Parallel()
	if zone := os.Getenv("CLOCK_CHANGES_IN"); zone != "" {
		//nolint:forbidigo // It asks where the process runs.
		if _, offset := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.Local).Zone(); (offset != 0) != (zone != "UTC") {
			t.Fatalf("the process is not in %s", zone)
		}
		storetest.Each(t, overClockChanges)
		return
	}
	for _, zone := range []string{"UTC", "America/New_York"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRhythmsOverClockChanges$", "-test.count=1")
			again.Env = append(os.Environ(), "TZ="+zone, "CLOCK_CHANGES_IN="+zone)
			if out, err := again.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func overClockChanges(t *testing.T, db storetest.DB) {
	c := newClocked(t, db)
	sam, err := c.stores[0].AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
	if err != nil {
		t.Fatal(err)
	}
	spring := map[int][]string{ // Friday to Tuesday, in UTC; the change is on the Sunday.
		9 * 60: {"Fri 09:00", "Sat 09:00", "Sun 08:00", "Mon 08:00", "Tue 08:00"},
		90:     {"Fri 01:30", "Sat 01:30", "Sun 01:30", "Mon 00:30", "Tue 00:30"}, // Skipped on Sunday: 02:30 on the wall.
		30:     {"Fri 00:30", "Sat 00:30", "Sun 00:30", "Sun 23:30", "Mon 23:30"},
	}
	autumn := map[int][]string{
		9 * 60: {"Fri 08:00", "Sat 08:00", "Sun 09:00", "Mon 09:00", "Tue 09:00"},
		90:     {"Fri 00:30", "Sat 00:30", "Sun 00:30", "Mon 01:30", "Tue 01:30"}, // Twice on Sunday: the first.
		30:     {"Thu 23:30", "Fri 23:30", "Sat 23:30", "Mon 00:30", "Tue 00:30"},
	}
	// On Saturday and Sunday nothing unasked goes; on the other days it waits for ten.
	want := []string{"checkin.week", "not said: too_late", "not said: too_late", "checkin.week", "checkin.week"}
	number := 0
	for _, change := range []struct {
		sunday time.Time
		dues   map[int][]string
	}{
		{time.Date(2026, time.March, 29, 12, 0, 0, 0, c.zone), spring},
		{time.Date(2026, time.October, 25, 12, 0, 0, 0, c.zone), autumn},
		{time.Date(2027, time.March, 28, 12, 0, 0, 0, c.zone), spring},
		{time.Date(2027, time.October, 31, 12, 0, 0, 0, c.zone), autumn},
	} {
		c.now = change.sunday.AddDate(0, 0, -3)
		client, series := map[int]conversations.ClientID{}, map[int]conversations.CheckInID{}
		for clock := range change.dues {
			number++
			client[clock] = c.client(sam, number)
			series[clock] = c.choose(client[clock], conversations.Rhythm{Rule: "FREQ=DAILY", Since: c.now.Format(time.DateOnly), Clock: clock})
		}
		c.until(change.sunday.AddDate(0, 0, 2))
		for clock, dues := range change.dues {
			var got []string
			for _, due := range c.dues[series[clock]] {
				got = append(got, due.UTC().Format("Mon 15:04"))
			}
			name := fmt.Sprintf("%s at minute %d", change.sunday.Format(time.DateOnly), clock)
			if diff := cmp.Diff(dues, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(want, c.said[client[clock]]); diff != "" {
				t.Errorf("%s: what was said (-want +got):\n%s", name, diff)
			}
			if err := c.stores[0].EndCheckIn(t.Context(), client[clock], series[clock], sam); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Twelve hours down: what belonged to yesterday is not asked today, and the
// series goes on; a changed rhythm leaves the older job stale; an appointment
// that moves takes what counts from it along; a task is asked after once.
func TestDuesAfterAWhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		c := newClocked(t, db)
		sam, err := c.stores[0].AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		on := func(day, hour int) time.Time { return time.Date(2026, time.March, day, hour, 0, 0, 0, c.zone) } // 2 March is a Monday.
		due := func(client conversations.ClientID) time.Time {
			t.Helper()
			list, err := c.stores[0].CheckIns(t.Context(), client)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d series, %v", len(list), err)
			}
			return list[0].Due
		}
		down, changed, moved, busy := c.client(sam, 1), c.client(sam, 2), c.client(sam, 3), c.client(sam, 4)
		daily := conversations.Rhythm{Rule: "FREQ=DAILY", Since: "2026-03-02", Clock: 17 * 60}
		c.choose(down, daily)
		c.now = on(3, 5) // Monday's job has not run: the program was down.
		c.until(on(3, 12))
		if diff := cmp.Diff([]string{"not said: past"}, c.said[down]); diff != "" {
			t.Errorf("after the night (-want +got):\n%s", diff)
		}
		c.until(on(3, 18))
		if diff := cmp.Diff([]string{"not said: past", "checkin.week"}, c.said[down]); diff != "" {
			t.Errorf("the day after (-want +got):\n%s", diff)
		}
		if want := on(4, 17); !due(down).Equal(want) {
			t.Errorf("next is %s, want %s", due(down), want)
		}

		series := c.choose(changed, daily)
		c.do(conversations.Event{Kind: conversations.EventSettings, Client: changed, By: "someone", Series: conversations.CheckIn{
			ID: series, Rhythm: conversations.Rhythm{Rule: "FREQ=WEEKLY;BYDAY=FR", Since: "2026-03-02", Clock: 14 * 60},
		}})
		review := conversations.Appointment{ID: "a1", Kind: conversations.Review, At: on(12, 15), Minutes: 60}
		c.do(conversations.Event{Kind: conversations.EventBooked, Client: moved, Appointment: review})
		c.choose(moved, conversations.Rhythm{Meeting: conversations.Review, Before: 1, Clock: 12 * 60})
		if want := on(11, 12); !due(moved).Equal(want) {
			t.Errorf("before the review: %s, want %s", due(moved), want)
		}
		review.At = on(19, 15)
		c.do(conversations.Event{Kind: conversations.EventMoved, Client: moved, Appointment: review})
		if want := on(18, 12); !due(moved).Equal(want) {
			t.Errorf("before the review that moved: %s, want %s", due(moved), want)
		}

		task, err := c.stores[0].AddTask(t.Context(), store.NewTask{Client: busy, What: "ring the college", Due: on(5, 0), Ask: on(5, 10)})
		if err != nil {
			t.Fatal(err)
		}
		later := on(6, 10)
		if _, err := c.stores[0].SetTask(t.Context(), busy, task, store.TaskChange{Ask: &later}); err != nil {
			t.Fatal(err)
		}
		c.until(on(5, 12))
		if got := c.said[busy]; len(got) != 0 {
			t.Errorf("a task that was put off: %v", got)
		}
		c.until(on(6, 18))
		if diff := cmp.Diff([]string{"task.ask_found"}, c.said[busy]); diff != "" {
			t.Errorf("the task (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]time.Time{on(6, 14).UTC()}, sinceStale(c, series)); diff != "" {
			t.Errorf("the changed rhythm (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"checkin.week"}, c.said[changed]); diff != "" {
			t.Errorf("the changed rhythm said (-want +got):\n%s", diff)
		}
	})
}

// sinceStale are the moments of a series but for the stale one of Tuesday at five.
func sinceStale(c *clocked, id conversations.CheckInID) []time.Time {
	var list []time.Time
	for _, due := range c.dues[id] {
		if due.In(c.zone).Weekday() == time.Friday {
			list = append(list, due)
		}
	}
	return list
}
