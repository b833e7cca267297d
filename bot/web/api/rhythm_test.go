package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type rhythmView struct {
	Rule, Milestone, Meeting, On, At string
	MonthDay                         int `json:"month_day"`
	Before                           int
}

type seriesView struct {
	ID, Kind, Words string
	Rhythm          *rhythmView
	NextDue         *time.Time `json:"next_due"`
}

// A series is asked in the rhythm that the client chose, as the specialist enters
// it; what it counts from takes it along. The fixture's clock stands on a Monday.
func TestCheckInsByTheClock(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 441)
		all := "/api/v1/clients/" + john + "/check-ins"
		var week, review, work seriesView
		f.do("POST", all, map[string]any{"kind": "week", "rhythm": map[string]any{"rule": "FREQ=WEEKLY;BYDAY=FR", "at": "14:00"}}).is(201, &week)
		london, err := time.LoadLocation("Europe/London")
		must(f.T, err)
		now := f.clock().In(london)
		next := func(day time.Weekday, hour int) time.Time {
			at := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, london)
			for at.Weekday() != day || !at.After(now) {
				at = time.Date(at.Year(), at.Month(), at.Day()+1, hour, 0, 0, 0, london)
			}
			return at.UTC()
		}
		friday := next(time.Friday, 14)
		want := seriesView{ID: week.ID, Kind: "week", Rhythm: &rhythmView{Rule: "FREQ=WEEKLY;BYDAY=FR", At: "14:00"}, NextDue: &friday}
		if diff := cmp.Diff(want, week); diff != "" {
			t.Errorf("chosen (-want +got):\n%s", diff)
		}
		tuesday := next(time.Tuesday, 11)
		f.do("PATCH", all+"/"+week.ID, map[string]any{"rhythm": map[string]any{"rule": "FREQ=WEEKLY;BYDAY=TU", "at": "11:00"}}).is(200, &week)
		if week.NextDue == nil || !week.NextDue.Equal(tuesday) {
			t.Errorf("another rhythm: %v, want %v", week.NextDue, tuesday)
		}
		f.do("PATCH", all+"/"+week.ID, map[string]any{}).refuses(422, "invalid")
		f.do("PATCH", all+"/"+week.ID, map[string]any{"no_rhythm": true}).is(200, &week)
		f.do("GET", all, nil).is(200, &struct{}{})

		f.advance(time.Second) // They are listed in the order of their time.
		f.do("POST", all, map[string]any{"kind": "week", "rhythm": map[string]any{"meeting": "review", "before": 1, "at": "12:00"}}).is(201, &review)
		if review.NextDue != nil {
			t.Errorf("without a review: %v", review.NextDue)
		}
		meeting := next(time.Thursday, 15)
		f.do("POST", "/api/v1/clients/"+john+"/appointments", map[string]any{"kind": "review", "at": meeting}).is(201, &struct{}{})
		f.advance(time.Second)
		f.do("POST", all, map[string]any{"kind": "hours", "rhythm": map[string]any{"milestone": "job_start", "after": map[string]any{"weeks": 6}}}).is(201, &work)
		f.do("POST", "/api/v1/clients/"+john+"/milestones", map[string]any{"milestone": "job_start", "by": "duty"}).is(200, &struct{}{})
		var list page[seriesView]
		f.do("GET", all, nil).is(200, &list)
		if len(list.Items) != 3 || list.Items[0].Rhythm != nil || list.Items[0].NextDue != nil ||
			list.Items[1].NextDue == nil || !list.Items[1].NextDue.Equal(meeting.Add(-27*time.Hour)) || list.Items[2].NextDue == nil {
			t.Errorf("series: %+v", list.Items)
		}
		f.do("DELETE", all+"/"+work.ID, nil).is(204)
		f.do("PATCH", all+"/"+work.ID, map[string]any{"no_rhythm": true}).refuses(409, "ended")

		var offered page[seriesView]
		f.do("GET", "/api/v1/check-ins", nil).is(200, &offered)
		if len(offered.Items) < 3 || offered.Items[0].Rhythm == nil {
			t.Errorf("offered: %+v", offered)
		}
	})
}

// A task is asked after on its day, if the client chose that, and stands on the
// list of the specialist once its day is over.
func TestTasksByTheClock(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.agreed(sam, 442)
		all := "/api/v1/clients/" + john + "/tasks"
		type view struct {
			ID     string
			Remind bool
			AsksAt *time.Time `json:"asks_at"`
		}
		var task, silent view
		day := func(days int) string { return f.clock().AddDate(0, 0, days).Format(time.DateOnly) }
		f.do("POST", all, map[string]any{"what": "ring the college", "due": day(1)}).is(201, &task)
		f.do("POST", all, map[string]any{"what": "write a CV", "due": day(1), "remind": false}).is(201, &silent)
		if !task.Remind || task.AsksAt == nil || task.AsksAt.Format(time.DateOnly) != day(1) || silent.Remind || silent.AsksAt != nil {
			t.Errorf("added: %+v, %+v", task, silent)
		}
		f.do("PATCH", all+"/"+task.ID, map[string]any{"due": day(2)}).is(200, &task)
		if task.AsksAt == nil || task.AsksAt.Format(time.DateOnly) != day(2) {
			t.Errorf("put off: %+v", task)
		}
		f.do("PATCH", all+"/"+silent.ID, map[string]any{"remind": true}).is(200, &silent)
		if silent.AsksAt == nil {
			t.Errorf("chosen after all: %+v", silent)
		}
		f.do("PATCH", all+"/"+silent.ID, map[string]any{"status": "done"}).is(200, &silent)
		var settled view
		for _, v := range f.tasksOf(john) {
			if v.ID == silent.ID {
				settled = view{ID: v.ID, AsksAt: v.AsksAt}
			}
		}
		if settled.ID == "" || settled.AsksAt != nil {
			t.Errorf("done: %+v", settled)
		}
		f.advance(4 * 24 * time.Hour)
		var list page[struct{ Step, Task, What string }]
		f.do("GET", "/api/v1/specialists/"+sam+"/due", nil).is(200, &list)
		found := 0
		for _, d := range list.Items {
			if d.Step == "task" && d.Task == task.ID && d.What == "ring the college" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("due: %+v", list.Items)
		}
	})
}

type taskByClock struct {
	ID     string
	AsksAt *time.Time `json:"asks_at"`
}

func (f *fixture) tasksOf(client string) []taskByClock {
	f.Helper()
	var list page[taskByClock]
	f.do("GET", "/api/v1/clients/"+client+"/tasks", nil).is(200, &list)
	return list.Items
}
