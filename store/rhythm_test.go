package store_test

import (
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river/rivertype"
)

// What is asked by the clock stands beside what it asks about, with the job for
// its moment; what a client has reached is among the facts.
func TestWhatIsAskedByTheClock(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		friday := conversations.Rhythm{Rule: "FREQ=WEEKLY;BYDAY=FR", Since: "2026-11-23", Clock: 14 * 60}
		series, err := f.store.Chosen(store.NewCheckIn{
			Client: client, Kind: conversations.CheckInWellbeing, Words: " Have you been outside? ", Rhythm: friday,
		})
		if err != nil {
			f.Fatal(err)
		}
		due, started := f.now.Add(48*time.Hour), f.now.Add(-72*time.Hour)
		f.event(client, conversations.EventSettings, conversations.Choose{CheckIn: series}, conversations.SetDue{CheckIn: series.ID, At: due},
			conversations.Reached{Milestone: conversations.MilestoneStarted, At: started.Add(-time.Hour)},
			conversations.Reached{Milestone: conversations.MilestoneStarted, At: started}, conversations.SetDue{At: due})
		task := f.task(client, "ring the college", due)
		f.event(client, conversations.EventSettings, conversations.SetDue{Task: task, At: due})

		facts := f.facts(client)
		series.Due = due
		if series.Words != "Have you been outside?" || series.Rhythm != friday {
			f.Errorf("chosen: %+v", series)
		}
		if diff := cmp.Diff([]conversations.CheckIn{series}, facts.CheckIns, sameZone); diff != "" {
			f.Errorf("series (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[conversations.Milestone]time.Time{conversations.MilestoneStarted: started}, facts.Reached, sameZone); diff != "" {
			f.Errorf("reached (-want +got):\n%s", diff)
		}
		if !facts.Client.FeedbackDue.Equal(due) || len(facts.Tasks) != 1 || !facts.Tasks[0].Ask.Equal(due) {
			f.Errorf("feedback %s, tasks %+v", facts.Client.FeedbackDue, facts.Tasks)
		}
		if diff := cmp.Diff(map[string]int{"check_in": 1, "feedback": 1, "task": 1}, f.jobsAt(due)); diff != "" {
			f.Errorf("jobs (-want +got):\n%s", diff)
		}

		series.Rhythm = conversations.Rhythm{Milestone: conversations.MilestoneJobStart, After: conversations.Span{Weeks: 6}}
		f.event(client, conversations.EventSettings, conversations.SetRhythm{CheckIn: series.ID, Rhythm: series.Rhythm}, conversations.SetDue{CheckIn: series.ID})
		list, err := f.store.CheckIns(f.Context(), client)
		if err != nil || len(list) != 1 || list[0].Rhythm != series.Rhythm || !list[0].Due.IsZero() {
			f.Errorf("another rhythm: %+v, %v", list, err)
		}
		// A turn that did not know that a person ended it sets no moment.
		if err := f.store.EndCheckIn(f.Context(), client, series.ID, f.sam); err != nil {
			f.Fatal(err)
		}
		f.event(client, conversations.EventCheckIn, conversations.SetDue{CheckIn: series.ID, At: due})
		if list, err = f.store.CheckIns(f.Context(), client); err != nil || !list[0].Due.IsZero() {
			f.Errorf("ended: %+v, %v", list, err)
		}

		later, no := due.Add(24*time.Hour), false
		changed, err := f.store.SetTask(f.Context(), client, task, store.TaskChange{Due: &later, Ask: &later, Remind: &no})
		if err != nil || !changed.Ask.Equal(later) || changed.Remind {
			f.Errorf("task: %+v, %v", changed, err)
		}
		if diff := cmp.Diff(map[string]int{"task": 1}, f.jobsAt(later)); diff != "" {
			f.Errorf("jobs (-want +got):\n%s", diff)
		}
	})
}

// jobsAt counts the jobs of a moment by their kind.
func (f *fixture) jobsAt(at time.Time) map[string]int {
	f.Helper()
	var list []*rivertype.JobRow
	list, err := f.store.NextJobs(f.Context(), 100)
	if err != nil {
		f.Fatal(err)
	}
	kinds := map[string]int{}
	for _, job := range list {
		if job.ScheduledAt.Equal(at) {
			kinds[job.Kind]++
		}
	}
	return kinds
}

func TestTasksOnTheListOfTheSpecialist(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		late := f.task(client, "ring the college", f.now.Add(-48*time.Hour))
		f.task(client, "write a CV", f.now.Add(48*time.Hour))
		f.task(client, "look at jobs", time.Time{})
		notYet, done := f.task(client, "get a bus pass", f.now.Add(48*time.Hour)), f.task(client, "ring mum", f.now.Add(-48*time.Hour))
		f.event(client, conversations.EventTask, conversations.SetTask{ID: notYet, Status: conversations.TaskNotYet},
			conversations.SetTask{ID: done, Status: conversations.TaskDone})
		u, err := f.store.Underway(f.Context(), client)
		if err != nil {
			f.Fatal(err)
		}
		var got []conversations.TaskID
		for _, task := range u.Tasks {
			got = append(got, task.ID)
		}
		if diff := cmp.Diff([]conversations.TaskID{late, notYet}, got); diff != "" {
			f.Errorf("tasks (-want +got):\n%s", diff)
		}
	})
}

func TestRhythmsThatAreRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		for name, row := range map[string]struct {
			rhythm conversations.Rhythm
			field  string
		}{
			"hourly":              {conversations.Rhythm{Rule: "FREQ=HOURLY"}, "rhythm.rule"},
			"two_days":            {conversations.Rhythm{Rule: "FREQ=DAILY", MonthDay: 3}, "rhythm"},
			"a_time_alone":        {conversations.Rhythm{Clock: 60}, "rhythm"},
			"no_such_milestone":   {conversations.Rhythm{Milestone: "married"}, "rhythm.milestone"},
			"two_spans":           {conversations.Rhythm{Milestone: conversations.MilestoneStarted, After: conversations.Span{Days: 1, Weeks: 1}}, "rhythm.after"},
			"before_a_milestone":  {conversations.Rhythm{Milestone: conversations.MilestoneStarted, Before: 1}, "rhythm.before"},
			"after_a_meeting":     {conversations.Rhythm{Meeting: conversations.Review, Before: 1, After: conversations.Span{Days: 1}}, "rhythm.after"},
			"the_meeting_itself":  {conversations.Rhythm{Meeting: conversations.Review}, "rhythm.before"},
			"no_such_meeting":     {conversations.Rhythm{Meeting: "party", Before: 1}, "rhythm.meeting"},
			"no_such_day_of_them": {conversations.Rhythm{MonthDay: 32}, "rhythm.month_day"},
			"no_such_day":         {conversations.Rhythm{On: "2026-02-30"}, "rhythm.on"},
			"no_such_time":        {conversations.Rhythm{On: "2026-12-18", Clock: 1440}, "rhythm.at"},
			"long_before":         {conversations.Rhythm{On: "2026-12-18", Before: 15}, "rhythm.before"},
		} {
			_, err := f.store.Chosen(store.NewCheckIn{Client: client, Kind: conversations.CheckInWeek, Rhythm: row.rhythm})
			if got := store.Refusals(err); len(got) != 1 || got[0].Field != row.field {
				f.Errorf("%s: %v, want %s", name, err, row.field)
			}
		}
	})
}
