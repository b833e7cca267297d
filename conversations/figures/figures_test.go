package figures

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
)

var (
	london = must(time.LoadLocation("Europe/London"))
	now    = time.Date(2026, time.November, 23, 12, 0, 0, 0, london)
	ips    = conversations.Pathway{Steps: []conversations.Step{
		{Name: "meet", From: conversations.MilestoneAccepted, Within: conversations.Span{WorkingDays: 10}, Kinds: []conversations.AppointmentKind{conversations.First}},
		{Name: "employer", From: conversations.MilestoneStarted, By: conversations.MilestoneEmployer, Within: conversations.Span{Weeks: 4}},
	}}
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func on(month time.Month, day int) time.Time { return time.Date(2026, month, day, 10, 0, 0, 0, london) }

func year(t *testing.T) Period {
	t.Helper()
	p, ok := ParsePeriod("2026", london)
	if !ok {
		t.Fatal("no period")
	}
	return p
}

// lines writes a figure as its file does, in the program's own names.
func lines(t *testing.T, c Counted, name string) []string {
	t.Helper()
	for _, f := range Of(c, year(t), ips, now) {
		if f.Name == name {
			text := string(f.CSV(func(_, name string) string { return name }))
			return strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")[1:]
		}
	}
	t.Fatalf("there is no figure %s", name)
	return nil
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func many[T any](n int, v T) []T { return slices.Repeat([]T{v}, n) }

func TestPeriods(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"2026":    "2026-04-01 2027-04-01 year 1",
		"2026-q3": "2026-10-01 2027-01-01 quarter 3",
		"2026-q4": "2027-01-01 2027-04-01 quarter 4",
		"2027-02": "2027-02-01 2027-03-01 month 4",
		"2026-13": "", "2026-q5": "", "2026-q": "", "26": "", "2026-1": "", "": "", "2026-11-02": "", "-026": "", "2026-+1": "",
	} {
		p, ok := ParsePeriod(name, london)
		got := ""
		if ok {
			got = p.From.Format(time.DateOnly) + " " + p.Until.Format(time.DateOnly) + " " + p.Kind() + " " + string(rune('0'+p.Quarter()))
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if y := YearOf(time.Date(2027, 3, 31, 23, 59, 0, 0, london)); y.Name != "2026" || y.Before().Name != "2025" {
		t.Errorf("the last day of the year is in %s, after %s", y.Name, y.Before().Name)
	}
	var names []string
	for _, p := range Periods(now) {
		names = append(names, p.Name)
		if again, ok := ParsePeriod(p.Name, london); !ok || again != p {
			t.Errorf("%s is read as %+v", p.Name, again)
		}
	}
	if want := []string{"2026", "2026-q3", "2026-q2", "2026-q1", "2026-11", "2026-10"}; !slices.Equal(names[:6], want) || len(names) != 1+3+8+1+4+12 {
		t.Errorf("to choose from: %v", names)
	}
}

func TestReferralsAddUp(t *testing.T) {
	t.Parallel()
	c := Counted{Referred: [12]int{6, 0, 9, 2, 2, 2, 5, 7}, Sources: map[Source]int{SourceGP: 12, SourcePrimaryCare: 6, SourceSelf: 9, "": 6}}
	c.ReferredBefore = [12]int{0, 3}
	got := lines(t, c, "referrals")
	// July to September had two each: a total among them would tell. Those of April,
	// May and the end of the year tell nothing.
	wants(t, got[:3], "2026-04,6,0", "2026-05,6,*", "2026-06,15,*")
	wants(t, got[8:], "2026-12,,*", "2027-01,,*", "2027-02,,*", "2027-03,,*")
	if got[3] != "2026-07,*,*" || got[7] != "2026-11,33,*" {
		t.Errorf("%q", got)
	}
	wants(t, lines(t, c, "sources"),
		"gp,12,36%", "primary_care,6,18%", "community,0,0%", "hospital,0,0%", "social_care,0,0%", "job_centre,0,0%", "voluntary,0,0%",
		"self,9,27%", "other,0,0%", "not_recorded,6,18%", "total,33,", "of_primary_care,18,55%")
}

func TestATextIsNoContact(t *testing.T) {
	t.Parallel()
	c := Counted{Texts: 500, Contacts: []Held{
		{Month: 0, Mechanism: conversations.FaceToFace, N: 8},
		{Month: 0, Mechanism: conversations.Telephone, N: 7},
		{Month: 0, Mechanism: conversations.Telephone, N: 1},
		{Month: 1, Mechanism: conversations.Video, N: 5},
		{Month: 1, Mechanism: "text", N: 90},
		{Month: 1, Mechanism: "", N: 90},
		{Month: 99, Mechanism: conversations.Video, N: 90},
	}}
	got := lines(t, c, "contacts")
	wants(t, slices.DeleteFunc(got, func(l string) bool { return strings.HasSuffix(l, ",0,0,0,0") || strings.HasSuffix(l, ",,,,") }),
		"2026-04,8,8,0,16", "2026-05,0,0,5,5", "total,8,8,5,21")
}

func TestWaits(t *testing.T) {
	t.Parallel()
	met := func(from, to time.Time) Wait { return Wait{from, to} }
	c := Counted{
		FirstContact: slices.Concat(
			many(6, met(on(5, 1), on(5, 8))),                     // 7 days
			many(5, met(on(5, 1), on(5, 9))),                     // 8
			many(5, met(on(5, 1), on(5, 31))),                    // 30
			many(5, met(on(5, 1), on(6, 1))),                     // 31
			many(5, met(on(5, 1), on(4, 30))),                    // The wrong way round: 0.
			many(7, Wait{From: on(11, 20)}),                      // Not yet.
			many(5, met(on(10, 24), on(10, 31).Add(time.Hour)))), // 7, over the end of summer time
		FirstMeeting: slices.Concat(
			many(5, met(on(11, 2), on(11, 16))), // the tenth working day
			many(5, met(on(11, 2), on(11, 17))), // one later
			many(5, Wait{From: on(11, 9)}),      // The tenth is today …
			many(5, Wait{From: on(11, 6)})),     // … and was Friday.
		FirstEmployer: many(5, met(on(5, 1), on(5, 29))),
		FirstPlan:     many(4, met(on(5, 1), on(5, 29))),
	}
	wants(t, lines(t, c, "wait_contact"), "within_7,16,42%", "within_30,10,26%", "later,5,13%", "not_yet,7,18%", "total,38,", "median,7,")
	wants(t, lines(t, c, "wait_meeting"), "in_time,5,25%", "late,5,25%", "open,5,25%", "overdue,5,25%", "total,20,", "median,14,")
	wants(t, lines(t, c, "wait_employer"), "in_time,5,100%", "late,0,0%", "open,0,0%", "overdue,0,0%", "total,5,", "median,28,")
	wants(t, lines(t, c, "wait_plan"), "within_7,0,*", "within_30,*,*", "later,0,*", "not_yet,0,*", "total,*,", "median,*,")
}

// work is a job of each of some people.
func work(from, to int, j Job) (list []Job) {
	for p := from; p < to; p++ {
		j.Person = p
		list = append(list, j)
	}
	return list
}

func TestWork(t *testing.T) {
	t.Parallel()
	paid := Job{Work: Paid, Way: NewJob, Type: "shop", Hours: 16, Started: on(4, 20)}
	c := Counted{Moved: 9, Supported: append(many(8, Wait{on(4, 2), on(6, 2)}), many(12, Wait{From: on(4, 3)})...)}
	with := func(from, to int, change func(*Job)) []Job {
		j := paid
		change(&j)
		return work(from, to, j)
	}
	c.Jobs = slices.Concat(
		work(0, 6, paid), // still there
		with(6, 12, func(j *Job) { j.Ended, j.Type, j.Hours = on(6, 1), "repair", 15 }), // exactly 6 weeks …
		with(6, 12, func(j *Job) { j.Started, j.Hours = on(6, 8), 30 }),                 // … and a week later another, to this day
		with(12, 17, func(j *Job) { j.Ended, j.Hours = on(5, 31), 6 }),                  // a day less than 6 weeks
		with(20, 26, func(j *Job) { j.Work = Volunteering }),                            // no job
		with(30, 35, func(j *Job) { j.Way = Retained }),                                 // not new
		with(40, 45, func(j *Job) { j.Way = Returned }),
		with(50, 56, func(j *Job) { j.Started = on(3, 31) }), // not this year
	)
	wants(t, lines(t, c, "outcomes"), "into_work,17", "volunteering,6", "moved,9", "retained,5", "returned,5")
	wants(t, lines(t, c, "employment"), "supported,20,", "in_work,8,40%")
	wants(t, lines(t, c, "job_hours"), "hours_15,11,48%", "hours_29,6,26%", "hours_more,6,26%", "not_recorded,0,0%", "total,23,")
	// 6 weeks: all but five. 13 of 16: who stayed, who found the next in time, and those
	// second jobs. 26 are over since April's alone: who stayed.
	wants(t, lines(t, c, "lasted"), "weeks_6,23,18,78%", "weeks_13,23,18,78%", "weeks_26,17,6,35%")
	var notes []Note
	for _, f := range Of(c, year(t), ips, now) {
		if f.Name == "job_types" {
			notes = f.Notes
		}
	}
	if diff := cmp.Diff([]Note{{Name: "alike", Which: "shop", N: 30}}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestTwoJobsAtOnceAreOneWeek(t *testing.T) {
	t.Parallel()
	start := Job{Work: Paid, Started: on(4, 20), Ended: on(5, 25)} // 5 weeks
	for name, row := range map[string]struct {
		beside Job
		want   bool
	}{
		"at_the_same_time":    {Job{Work: Paid, Started: on(4, 20), Ended: on(6, 15)}, false}, // 8
		"behind":              {Job{Work: Paid, Started: on(6, 15)}, true},                    // 5, and 8 of the 16
		"too_late":            {Job{Work: Paid, Started: on(6, 16)}, false},
		"of_too_few_hours":    {Job{Work: Paid, Started: on(5, 25), Hours: 6}, false},
		"of_enough_hours":     {Job{Work: Paid, Started: on(5, 25), Hours: 7}, true},
		"unpaid":              {Job{Work: Volunteering, Started: on(5, 25)}, false},
		"of_somebody_else":    {Job{Person: 1, Work: Paid, Started: on(5, 25)}, false},
		"from_before_counts":  {Job{Work: Paid, Started: on(1, 5)}, true},
		"over_before_it_does": {Job{Work: Paid, Started: on(1, 5), Ended: on(4, 1)}, false},
	} {
		if got := sustained(start, []Job{start, row.beside}, now); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTexting(t *testing.T) {
	t.Parallel()
	c := Counted{
		Texts: 100, Answers: Answered{Within: [5]int{10, 5, 0, 0, 0}, Waiting: 5},
		Meetings: []Meeting{
			{Status: conversations.Confirmed, Attendance: conversations.Attended, Reminded: true, N: 20},
			{Status: conversations.Confirmed, Attendance: conversations.Missed, Reminded: true, N: 5},
			{Status: conversations.Booked, Attendance: conversations.Attended, Reminded: true, N: 6},
			{Status: conversations.Booked, Attendance: conversations.Missed, Reminded: true, N: 6},
			{Status: conversations.Booked, Attendance: conversations.Attended, N: 5},
			{Status: conversations.Booked, Attendance: conversations.Missed, N: 15},
			{Status: conversations.Cannot, N: 8},
			{Status: conversations.ChangeAsked, N: 5},
			{Status: conversations.Cancelled, N: 50},
		},
		Feedback: [6]int{0, 0, 0, 5, 0, 10}, HasFeedback: true,
	}
	wants(t, lines(t, c, "texts"), "received,100,", "for_a_person,20,20%")
	wants(t, lines(t, c, "answers"), "hour,10,50%", "hours_4,5,25%", "day,0,0%", "days_3,0,0%", "longer,0,0%", "waiting,5,25%", "total,20,")
	wants(t, lines(t, c, "confirmations"), "confirmed,25,36%", "change_asked,5,7%", "cannot,8,11%", "no_answer,32,46%", "total,70,")
	wants(t, lines(t, c, "attendance"), "with_yes,20,5,0,25,80%", "with_reminder,6,6,0,12,50%", "without,5,15,0,20,25%", "total,31,26,0,57,54%")
	wants(t, lines(t, c, "feedback"), "number_5,10,67%", "number_4,0,0%", "number_3,5,33%", "number_2,0,0%", "number_1,0,0%", "words_alone,0,0%", "total,15,", "mean,4.3,")
	c.HasFeedback = false
	for _, f := range Of(c, year(t), ips, now) {
		if f.Name == "feedback" {
			t.Error("feedback is there for whom it is not")
		}
	}
}

func TestNothingIsSaidOfNothing(t *testing.T) {
	t.Parallel()
	for _, f := range Of(Counted{HasFeedback: true}, year(t), conversations.Pathway{}, now) {
		if !f.Empty {
			t.Errorf("%s is not empty", f.Name)
		}
		for _, r := range f.Rows {
			if len(r.Cells) != len(f.Columns) {
				t.Errorf("%s, %s: %d cells for %d columns", f.Name, r.Name, len(r.Cells), len(f.Columns))
			}
		}
	}
}

func TestASpreadsheetTakesNoWordsForAFormula(t *testing.T) {
	t.Parallel()
	f := Figure{Name: "=1+1", Columns: []string{"+a", "@b", "c, \"d\""}, Rows: []Row{{Name: "-e", Cells: []Cell{{Count, 7}, {Unit: Hidden}, {Tenths, 43}}}}}
	want := "'=1+1,'+a,'@b,\"c, \"\"d\"\"\"\r\n'-e,7,*,4.3\r\n"
	if got := string(f.CSV(func(_, name string) string { return name })); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Nine people of whom each came another way can only be hidden with their number;
// and that must not stand in the table beside it.
func TestATotalIsHiddenInEveryTable(t *testing.T) {
	t.Parallel()
	c := Counted{Referred: [12]int{9}, Sources: map[Source]int{}}
	for _, s := range Sources {
		c.Sources[s] = 1
	}
	if got := lines(t, c, "sources"); got[0] != "gp,*,*" || got[10] != "total,*," {
		t.Errorf("sources: %q", got)
	}
	if got := lines(t, c, "referrals"); got[7] != "2026-11,*,0" {
		t.Errorf("referrals: %q", got)
	}
}
