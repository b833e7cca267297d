package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// A client's year, and beside it somebody of another caseload who is counted only
// where everybody is.
func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		period, _ := figures.ParsePeriod("2026", time.UTC)
		november := 7
		client, at := f.client()
		lee := f.another("Lee", "+447700900998")
		other, err := f.store.AddClient(ctx, store.NewClient{Specialist: lee, FullName: "Ann Example", Zone: "Europe/London", Mobile: "07700 900997"})
		must(f, err)
		now := f.now
		days := func(n int) time.Time { return now.AddDate(0, 0, n) }
		stage := func(of conversations.ClientID, m conversations.Milestone, at time.Time) {
			f.Helper()
			f.tick()
			f.do(conversations.Event{Kind: conversations.EventStage, Client: of}, conversations.Reached{Milestone: m, At: at})
		}
		referred, started := days(-20), days(-12)
		for _, of := range []conversations.ClientID{client, other} {
			stage(of, conversations.MilestoneReferred, referred)
			stage(of, conversations.MilestoneAccepted, days(-15))
			stage(of, conversations.MilestoneStarted, started)
			must(f, f.store.SetSource(ctx, of, referred, figures.SourceGP, f.sam))
		}
		stage(client, conversations.MilestoneReferred, days(-400))
		must(f, f.store.SetSource(ctx, client, referred, figures.SourceSelf, f.sam)) // Put right.
		meet := func(id conversations.AppointmentID, at time.Time, effects ...conversations.Effect) {
			f.Helper()
			f.tick()
			f.do(conversations.Event{Kind: conversations.EventBooked, Client: client}, append([]conversations.Effect{
				conversations.Book{Appointment: conversations.Appointment{ID: id, Kind: conversations.First, At: at, Status: conversations.Booked}},
			}, effects...)...)
		}
		meet("a1", started, conversations.SetAppointment{ID: "a1", Status: conversations.Confirmed},
			conversations.SetAttendance{ID: "a1", Attendance: conversations.Attended, Mechanism: conversations.FaceToFace})
		meet("a2", days(-3), conversations.SetAttendance{ID: "a2", Attendance: conversations.Missed})
		meet("a3", days(-1)) // Nobody has said.
		meet("a4", days(-1), conversations.SetAppointment{ID: "a4", Status: conversations.Cancelled})
		meet("a5", days(40))

		contact := func(n store.Contact) string {
			f.Helper()
			f.tick()
			id, err := f.store.AddContact(ctx, n)
			must(f, err)
			return id
		}
		contact(store.Contact{Client: client, With: figures.WithClient, Mechanism: conversations.Telephone, At: days(-14)})
		contact(store.Contact{Client: client, With: figures.WithEmployer, Mechanism: conversations.FaceToFace, At: days(-5)})
		contact(store.Contact{Specialist: f.sam, With: figures.WithEmployer, Mechanism: conversations.Video, At: days(-4)})
		contact(store.Contact{Client: other, With: figures.WithClient, Mechanism: conversations.Video, At: days(-4)})
		slip := contact(store.Contact{Client: client, With: figures.WithClient, Mechanism: conversations.Telephone, At: days(-2)})
		f.wantErr(f.store.TakeBackContact(ctx, other, slip), store.ErrNotFound)
		must(f, f.store.TakeBackContact(ctx, client, slip))

		f.tick()
		job, err := f.store.AddJob(ctx, store.Job{Client: client, Work: figures.Paid, Way: figures.NewJob, Type: "repair", Title: "PC repair", Hours: 12, Started: days(-4)})
		must(f, err)
		stage(client, conversations.MilestoneJobStart, days(-3)) // The same job, told twice.
		stage(other, conversations.MilestoneJobStart, days(-2))  // Only the stage was set.
		ended := days(-1)
		must(f, f.store.EndJob(ctx, client, job, ended))

		f.tick()
		f.do(f.text(at, "can sam ring me"), conversations.RaiseFlag{Reason: conversations.FlagQuestion}, conversations.RaiseFlag{Reason: conversations.FlagLate})
		asked := f.now
		f.now = f.now.Add(2 * time.Hour)
		flags, _, err := f.store.Flags(ctx, store.FlagFilter{Client: client})
		must(f, err)
		for _, fl := range flags {
			must(f, f.store.CloseFlag(ctx, fl.ID, string(f.sam), asked.Add(90*time.Minute)))
		}
		f.do(f.text(at, "and another thing"), conversations.RaiseFlag{Reason: conversations.FlagQuestion})
		f.do(f.text(at, "5"), conversations.RecordFeedback{Number: 5})

		own := store.FiguresFilter{Period: period, Specialists: []conversations.SpecialistID{f.sam}, Feedback: true}
		got, err := f.store.Figures(ctx, own)
		must(f, err)
		want := figures.Counted{
			At: f.now, Sources: map[figures.Source]int{figures.SourceSelf: 1},
			Contacts:      []figures.Held{{Month: november, Mechanism: conversations.FaceToFace, N: 1}, {Month: november, Mechanism: conversations.Telephone, N: 1}},
			Employers:     []figures.Held{{Month: november, Mechanism: conversations.FaceToFace, N: 1}, {Month: november, Mechanism: conversations.Video, N: 1}},
			FirstContact:  []figures.Wait{{From: referred, Met: days(-14)}},
			FirstMeeting:  []figures.Wait{{From: days(-15), Met: started}},
			FirstEmployer: []figures.Wait{{From: started, Met: days(-5)}},
			FirstPlan:     []figures.Wait{{From: started}},
			Supported:     []figures.Wait{{From: started, Met: days(-4)}},
			Jobs:          []figures.Job{{Work: figures.Paid, Way: figures.NewJob, Type: "repair", Hours: 12, Started: days(-4), Ended: ended}},
			Texts:         3,
			Answers:       figures.Answered{Within: [5]int{1: 1}, Waiting: 1},
			Meetings: []figures.Meeting{
				{Status: conversations.Booked, N: 1},
				{Status: conversations.Booked, Attendance: conversations.Missed, N: 1},
				{Status: conversations.Confirmed, Attendance: conversations.Attended, N: 1},
			},
			Feedback: [6]int{5: 1}, HasFeedback: true,
		}
		want.Referred[november], want.ReferredBefore[6] = 1, 1
		sorted := cmp.Options{
			cmpopts.SortSlices(func(a, b figures.Held) bool { return a.Mechanism < b.Mechanism }),
			cmpopts.SortSlices(func(a, b figures.Meeting) bool {
				return string(a.Status)+string(a.Attendance) < string(b.Status)+string(b.Attendance)
			}),
		}
		if diff := cmp.Diff(want, got, sorted); diff != "" {
			f.Errorf("one caseload (-want +got):\n%s", diff)
		}

		all, err := f.store.Figures(ctx, store.FiguresFilter{Period: period, Everybody: true})
		must(f, err)
		if all.Referred[november] != 2 || all.Sources[figures.SourceGP] != 1 || len(all.Contacts) != 3 || len(all.Jobs) != 2 || all.HasFeedback {
			f.Errorf("everybody: %+v", all)
		}
		if len(all.Jobs) == 2 && all.Jobs[0].Person == all.Jobs[1].Person {
			f.Error("two people are one")
		}
		month, _ := figures.ParsePeriod("2026-10", time.UTC)
		october, err := f.store.Figures(ctx, store.FiguresFilter{Period: month, Everybody: true})
		must(f, err)
		// Its jobs are those of November: who begins another soon enough worked on.
		if october.Size() != len(october.Jobs) || len(october.Sources) != 0 || october.Referred[november] != 2 {
			f.Errorf("October: %+v", october)
		}

		jobs, err := f.store.Jobs(ctx, client)
		must(f, err)
		if len(jobs) != 1 || jobs[0].Title != "PC repair" || !jobs[0].Ended.Equal(ended) {
			f.Errorf("jobs: %+v", jobs)
		}
		referrals, err := f.store.Referrals(ctx, client)
		must(f, err)
		if len(referrals) != 2 || referrals[0].Source != "" || referrals[1].Source != figures.SourceSelf {
			f.Errorf("referrals: %+v", referrals)
		}
	})
}

func TestWhatIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		client, _ := f.client()
		job := store.Job{Client: client, Work: figures.Paid, Way: figures.NewJob, Type: "shop", Started: f.now.AddDate(0, 0, -3)}
		id, err := f.store.AddJob(ctx, job)
		must(f, err)
		text := store.Contact{Client: client, With: figures.WithClient, Mechanism: "text", At: f.now.Add(time.Hour)}
		for name, row := range map[string]struct {
			err  error
			want int // refusals
		}{
			"a_text_ahead":           {fault(f.store.AddContact(ctx, text)), 2},
			"a_client_without_one":   {fault(f.store.AddContact(ctx, store.Contact{With: figures.WithClient, Mechanism: conversations.Video, At: f.now})), 1},
			"no_work":                {fault(f.store.AddJob(ctx, store.Job{Client: client, Hours: 200})), 5},
			"a_source_of_no_kind":    {f.store.SetSource(ctx, client, f.now, "rumour", f.sam), 1},
			"ended_before_it_began":  {f.store.EndJob(ctx, client, id, job.Started.AddDate(0, 0, -1)), 1},
			"referred_long_ago":      {f.store.CheckReferral(f.now.AddDate(-12, 0, 0), figures.SourceGP), 1},
			"an_employer_of_nobody":  {fault(f.store.AddContact(ctx, store.Contact{Specialist: "nobody", With: figures.WithEmployer, Mechanism: conversations.Video, At: f.now})), 0},
			"work_of_nobody":         {fault(f.store.AddJob(ctx, store.Job{Client: "nobody", Work: figures.Paid, Way: figures.NewJob, Type: "shop", Started: f.now})), 0},
			"the_end_of_other_work":  {f.store.EndJob(ctx, client, "none", f.now), 0},
			"a_contact_that_is_none": {f.store.TakeBackContact(ctx, client, "none"), 0},
		} {
			if got := len(store.Refusals(row.err)); got != row.want {
				f.Errorf("%s: %d refusals in %v, want %d", name, got, row.err, row.want)
			}
			if row.want == 0 {
				f.wantErr(row.err, store.ErrNotFound)
			}
		}
	})
}

func must(f *fixture, err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// fault is the error beside a value.
func fault[T any](_ T, err error) error { return err }
