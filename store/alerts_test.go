package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/riverqueue/river"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// alert raises one, and returns it.
func (f *fixture) alert(at conversations.Address, e conversations.RaiseAlert) store.Alert {
	f.Helper()
	turn := f.turn(f.load(f.text(at, "x")), e)
	f.commit(turn)
	alerts, _, err := f.store.Alerts(f.Context(), store.AlertFilter{})
	if err != nil {
		f.Fatal(err)
	}
	for _, a := range alerts {
		if a.Message == turn.Inbound {
			return a
		}
	}
	f.Fatalf("there is no alert about message %s", turn.Inbound)
	return store.Alert{}
}

func page(watcher string, via conversations.PageVia, step int, at time.Time) conversations.Page {
	return conversations.Page{Watcher: watcher, Via: via, Step: step, Kind: conversations.PageAlert, At: at, Delivery: conversations.Queued}
}

func TestAlertsLife(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.event(client, conversations.EventBooked, conversations.Book{Appointment: conversations.Appointment{
			ID: "a1", Kind: conversations.Regular, At: f.now.Add(24 * time.Hour), With: "a colleague",
		}})
		a := f.alert(at, conversations.RaiseAlert{Danger: understand.DangerOthers, Threat: true})
		if a.Client != client || a.Danger != understand.DangerOthers || !a.Threat || a.Step != 0 || !a.Due.Equal(f.now) {
			f.Errorf("alert %+v", a)
		}
		due, err := f.store.DueAlert(f.Context(), a.ID)
		if err != nil {
			f.Fatal(err)
		}
		if due.Specialist.ID != f.sam || due.Specialist.Phone != "+447700900999" || due.Specialist.Email != "sam@example.org" ||
			len(due.Pages) != 0 || len(due.Appointments) != 1 || due.Appointments[0].With != "a colleague" {
			f.Errorf("due %+v", due)
		}

		next := f.now.Add(15 * time.Minute)
		pages, err := f.store.AddPages(f.Context(), a.ID, 0, []conversations.Page{
			page(string(f.sam), conversations.PageSMS, 1, f.now), page(string(f.sam), conversations.PageEmail, 1, f.now), page("duty", conversations.PageSMS, 1, f.now),
		}, next, f.now)
		if err != nil || len(pages) != 3 {
			f.Fatalf("pages %+v (%v)", pages, err)
		}
		// The same decision, made by another process: nobody is told twice.
		_, err = f.store.AddPages(f.Context(), a.ID, 0, []conversations.Page{page("duty", conversations.PageSMS, 1, f.now)}, next, f.now)
		f.wantErr(err, store.ErrConflict)
		due, err = f.store.DueAlert(f.Context(), a.ID)
		if err != nil || due.Step != 1 || !due.Due.Equal(next) {
			f.Errorf("step %d, due %v (%v)", due.Step, due.Due, err)
		}
		if diff := cmp.Diff(pages, due.Pages, cmpopts.SortSlices(func(a, b store.AlertPage) bool { return a.ID < b.ID })); diff != "" {
			f.Errorf("pages (-want +got):\n%s", diff)
		}

		f.tick()
		taken, err := f.store.AcknowledgeAlert(f.Context(), a.ID, f.sam, f.now)
		if err != nil || !taken.AcknowledgedAt.Equal(f.now) || taken.AcknowledgedBy != f.sam || !taken.ClosedAt.IsZero() {
			f.Errorf("acknowledged %+v (%v)", taken, err)
		}
		f.tick()
		if again, err := f.store.AcknowledgeAlert(f.Context(), a.ID, "duty", f.now); err != nil || again.AcknowledgedBy != f.sam {
			f.Errorf("acknowledged again %+v (%v)", again, err)
		}
		if open, _, err := f.store.Alerts(f.Context(), store.AlertFilter{}); err != nil || len(open) != 1 {
			f.Errorf("an acknowledgement closed it: %+v (%v)", open, err)
		}
		_, err = f.store.CloseAlert(f.Context(), a.ID, " \n", f.sam, f.now)
		if diff := cmp.Diff([]string{"outcome empty"}, refusals(err)); diff != "" {
			f.Errorf("refusals (-want +got):\n%s", diff)
		}
		closed, err := f.store.CloseAlert(f.Context(), a.ID, "He is with the crisis team.\nI visit tomorrow.", "duty", f.now)
		if err != nil || closed.Outcome != "He is with the crisis team.\nI visit tomorrow." || closed.ClosedBy != "duty" || closed.AcknowledgedBy != f.sam {
			f.Errorf("closed %+v (%v)", closed, err)
		}
		_, err = f.store.CloseAlert(f.Context(), a.ID, "Again.", f.sam, f.now)
		if diff := cmp.Diff([]string{"outcome closed"}, refusals(err)); diff != "" {
			f.Errorf("refusals (-want +got):\n%s", diff)
		}
		_, err = f.store.AddPages(f.Context(), a.ID, 1, nil, next, f.now)
		f.wantErr(err, store.ErrConflict)
		for _, err := range []error{
			second(f.store.Alert(f.Context(), "none")), second(f.store.AcknowledgeAlert(f.Context(), "none", f.sam, f.now)),
			second(f.store.CloseAlert(f.Context(), "none", "x", f.sam, f.now)), second(f.store.DueAlert(f.Context(), "none")),
			second(f.store.Page(f.Context(), "none")), second(f.store.RecordPage(f.Context(), "none", store.PageResult{}, f.now)),
		} {
			f.wantErr(err, store.ErrNotFound)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Each kind of danger, and a threat that is nothing else; and all that a page
// can be.
func TestAlertLists(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		a := f.alert(at, conversations.RaiseAlert{Threat: true})
		turn := f.turn(f.load(f.text(at, "x")), conversations.RaiseAlert{})
		if _, err := f.store.Commit(f.Context(), turn); err == nil {
			f.Error("an alert about nothing was raised")
		}
		var pages []conversations.Page
		for _, via := range conversations.PageVias {
			for i, kind := range conversations.PageKinds {
				p := page("duty", via, i, f.now)
				p.Kind = kind
				pages = append(pages, p)
			}
		}
		for i, delivery := range conversations.Deliveries {
			p := page("lead", conversations.PageSMS, i, f.now)
			p.Delivery = delivery
			pages = append(pages, p)
		}
		if _, err := f.store.AddPages(f.Context(), a.ID, 0, pages, time.Time{}, f.now); err != nil {
			f.Error(err)
		}
	})
}

func TestAlertsInPages(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		var all []conversations.AlertID
		for range 5 {
			f.tick()
			all = append(all, f.alert(at, conversations.RaiseAlert{Danger: understand.DangerSelf}).ID)
		}
		for _, i := range []int{1, 3} {
			f.tick()
			if _, err := f.store.CloseAlert(f.Context(), all[i], "well", f.sam, f.now); err != nil {
				f.Fatal(err)
			}
		}
		read := func(filter store.AlertFilter) (got []conversations.AlertID) {
			f.Helper()
			for {
				list, next, err := f.store.Alerts(f.Context(), filter)
				if err != nil {
					f.Fatal(err)
				}
				for _, a := range list {
					got = append(got, a.ID)
				}
				if filter.After = next; next == "" {
					return got
				}
			}
		}
		open, everything := []conversations.AlertID{all[0], all[2], all[4]}, []conversations.AlertID{all[0], all[2], all[4], all[3], all[1]}
		for limit := range 7 {
			if got := read(store.AlertFilter{Page: store.Page{Limit: limit}}); !slices.Equal(got, open) {
				f.Errorf("open, %d at a time: %v, want %v", limit, got, open)
			}
			if got := read(store.AlertFilter{Closed: true, Specialist: f.sam, Page: store.Page{Limit: limit}}); !slices.Equal(got, everything) {
				f.Errorf("all, %d at a time: %v, want %v", limit, got, everything)
			}
		}
		if got := read(store.AlertFilter{Specialist: "another"}); len(got) > 0 {
			f.Errorf("another specialist's: %v", got)
		}
		for _, cursor := range []string{"x", "-x", "1", "-1"} {
			_, _, err := f.store.Alerts(f.Context(), store.AlertFilter{Page: store.Page{After: cursor}})
			f.wantErr(err, store.ErrCursor)
		}
	})
}

// A page goes its way by jobs, and what does not get through has the alert
// decided about at once.
func TestPages(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		f.now = f.now.Add(-time.Minute) // So that what is due now is due for the queue, too.
		a := f.alert(at, conversations.RaiseAlert{Danger: understand.DangerSelf})
		later := f.now.Add(time.Hour)
		pages, err := f.store.AddPages(f.Context(), a.ID, 0, []conversations.Page{
			page("duty", conversations.PageSMS, 1, f.now), page("lead", conversations.PageSMS, 1, f.now),
		}, later, f.now)
		if err != nil {
			f.Fatal(err)
		}
		record := func(id string, r store.PageResult, want conversations.Delivery, tries int) store.AlertPage {
			f.Helper()
			p, err := f.store.RecordPage(f.Context(), id, r, f.now)
			if err != nil {
				f.Fatal(err)
			}
			if p.Delivery != want || p.Tries != tries {
				f.Errorf("after %+v: %q at try %d, want %q at %d", r, p.Delivery, p.Tries, want, tries)
			}
			if kept, err := f.store.Page(f.Context(), id); err != nil || !cmp.Equal(kept, p) {
				f.Errorf("recorded and kept differ (%v):\n%s", err, cmp.Diff(p, kept))
			}
			return p
		}
		duty, lead := pages[0].ID, pages[1].ID
		record(duty, store.PageResult{Delivery: conversations.Queued, Code: "timeout", Attempted: true}, conversations.Queued, 1)
		sent := record(duty, store.PageResult{Delivery: conversations.Sent, ProviderID: "SM1", Attempted: true}, conversations.Sent, 2)
		if !sent.SentAt.Equal(f.now) || sent.ProviderID != "SM1" || sent.Code != "" {
			f.Errorf("sent %+v", sent)
		}
		record(duty, store.PageResult{Delivery: conversations.Delivered, ProviderID: "SM1"}, conversations.Delivered, 2)
		record(duty, store.PageResult{Delivery: conversations.Sent, ProviderID: "SM1"}, conversations.Delivered, 2)
		record(duty, store.PageResult{Delivery: conversations.Queued}, conversations.Delivered, 2)
		record(lead, store.PageResult{Delivery: conversations.Failed, Code: "21211", Attempted: true}, conversations.Failed, 1)

		f.now = f.now.Add(time.Minute)
		got := make(chan any, 10)
		workers := river.NewWorkers()
		river.AddWorker(workers, &worker[store.AlertArgs]{got: got})
		river.AddWorker(workers, &worker[store.PageArgs]{got: got})
		river.AddWorker(workers, &worker[store.RecallArgs]{got: got})
		client, _ := f.client()
		f.event(client, conversations.EventHeld, conversations.Hold{Reason: "person"}, conversations.Recall{At: f.now.Add(-time.Second)})
		want := map[any]int{
			store.AlertArgs{Alert: a.ID}:          1, // raised
			store.PageArgs{Page: duty}:            1,
			store.PageArgs{Page: lead}:            1,
			store.AlertArgs{Alert: a.ID, Step: 1}: 2, // the attempt that failed, and the page that did
			store.RecallArgs{Client: client}:      1,
		}
		stop, err := f.store.StartJobs(f.Context(), store.JobConfig{Workers: workers})
		if err != nil {
			f.Fatal(err)
		}
		ran := map[any]int{}
		for range 6 {
			select {
			case args := <-got:
				ran[args]++
			case <-time.After(30 * time.Second):
				f.Fatalf("these jobs ran, and no more: %v", ran)
			}
		}
		if err := stop(f.Context()); err != nil {
			f.Errorf("stop: %v", err)
		}
		if diff := cmp.Diff(want, ran); diff != "" || len(got) > 0 {
			f.Errorf("%d more, jobs (-want +got):\n%s", len(got), diff)
		}
	})
}
