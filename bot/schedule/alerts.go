package schedule

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// An alert is told to people by two jobs. One decides (conversations.Escalate)
// and writes the decision down, with a job for each page and one for the next
// decision, in one transaction. The other sends one page. Whatever ends in
// between, a process or a database, one of them is still there; and because a
// job that was running when its process died is taken up only after minutes, a
// sweep looks for alerts and pages whose time has passed.

// alertWaits are the waits after a decision that could not be made. It is never
// given up: an alert that nobody hears of is the one thing that must not be.
var alertWaits = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second}

// alerts decides who is told of an alert next.
type alerts struct {
	river.WorkerDefaults[store.AlertArgs]
	*Schedule
}

func (w *alerts) Timeout(*river.Job[store.AlertArgs]) time.Duration { return jobTimeout }

// Work decides, and puts itself off when it could not: a job that fails often
// enough would be discarded.
func (w *alerts) Work(ctx context.Context, job *river.Job[store.AlertArgs]) error {
	err := w.guard(job.JobRow, func() error { return w.decide(ctx, job.Args.Alert, job.Args.Step) })
	if err == nil {
		return w.end(job.JobRow, nil)
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return context.Canceled
	}
	w.c.Logger.Error("it could not be decided who is told of an alert; tried again", "alert_id", string(job.Args.Alert),
		"code", string(codeOf(err)), "error", err)
	w.c.Worked(job.Kind, "retry")
	return river.JobSnooze(w.soon(job.JobRow, alertWaits))
}

// soon is how long to put a job off that was put off before, so often.
func (s *Schedule) soon(job *rivertype.JobRow, waits []time.Duration) time.Duration {
	return waitAfter(1+int(s.c.Now().Sub(job.CreatedAt)/time.Minute), waits)
}

// guard keeps the panic of a job out of what is stored of it.
func (s *Schedule) guard(job *rivertype.JobRow, work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.c.Logger.Error("a job panicked", "kind", job.Kind, "job_id", job.ID, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return work()
}

// decide makes one decision about an alert. A step that is not the alert's any
// more means that somebody else has decided since.
func (s *Schedule) decide(ctx context.Context, id conversations.AlertID, step int) error {
	d, err := s.c.Store.DueAlert(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case d.Step != step:
		return nil
	}
	now := s.c.Now()
	team := s.team(d)
	watch := watchOf(d, team)
	if watch.Joined, err = s.joined(ctx, d.Alert); err != nil {
		return err
	}
	e := conversations.Escalate(s.c.Pathway, watch, now)
	if e.Nobody {
		s.c.Logger.Error("there is nobody who could be told of an alert: no duty person, lead or specialist with a phone or "+
			"an e-mail address that this program can reach", "alert_id", string(id))
	}
	if len(e.Pages) == 0 && e.Next.IsZero() {
		return nil
	}
	_, err = s.c.Store.AddPages(ctx, id, d.Step, e.Pages, e.Next, now)
	if errors.Is(err, store.ErrConflict) {
		return nil // Another decision came first, or it was closed.
	}
	if err == nil && len(e.Pages) > 0 {
		s.c.Logger.Warn("people are told of an alert", "alert_id", string(id), "step", e.Pages[0].Step, "pages", len(e.Pages))
	}
	return err
}

// joined says whether people are being told of an older alert of the same
// person that stands as this one does. A threat joins only a threat: others are
// told of it.
func (s *Schedule) joined(ctx context.Context, a store.Alert) (bool, error) {
	open, _, err := s.c.Store.Alerts(ctx, store.AlertFilter{Page: store.Page{Limit: sweepMost}})
	if err != nil {
		return false, err
	}
	for _, o := range open {
		older := o.ID != a.ID && o.Peer == a.Peer && (o.RaisedAt.Before(a.RaisedAt) || o.RaisedAt.Equal(a.RaisedAt) && o.ID < a.ID)
		if older && o.AcknowledgedAt.IsZero() == a.AcknowledgedAt.IsZero() && (o.Threat || !a.Threat) {
			return true, nil
		}
	}
	return false, nil
}

// The names of the pathway's people among the watchers of an alert.
const (
	watcherDuty = "duty"
	watcherLead = "lead"
)

// A member is somebody of the team with the addresses that this program can use.
type member struct {
	conversations.Watcher
	mobile, email string
}

// team lists who can be told of an alert. Two who share a phone, or without one
// a mailbox, are one person. Who is away is told by nobody but of a threat, which
// is to who meets the client, or where there is nobody else: their cover is told
// in their place, and the lead where the cover is away too.
func (s *Schedule) team(d store.DueAlert) []member {
	var all []member
	add := func(id string, role conversations.Role, mobile, email string) {
		if s.c.Phones == nil {
			mobile = ""
		}
		if s.c.Mail == nil {
			email = ""
		}
		for _, m := range all {
			if m.ID == id || mobile != "" && m.mobile == mobile || mobile == "" && email != "" && m.email == email {
				return
			}
		}
		all = append(all, member{
			Watcher: conversations.Watcher{ID: id, Role: role, Phone: mobile != "", Mail: email != ""}, mobile: mobile, email: email,
		})
	}
	way := s.c.Pathway
	switch {
	case d.Specialist.ID == "":
	case d.Cover.Absence == "":
		add(string(d.Specialist.ID), conversations.RoleSpecialist, d.Specialist.Phone, d.Specialist.Email)
	case d.Covering.ID != "":
		add(string(d.Covering.ID), conversations.RoleSpecialist, d.Covering.Phone, d.Covering.Email)
	case way.Lead.Mobile != "" || way.Lead.Email != "":
		add(watcherLead, conversations.RoleSpecialist, way.Lead.Mobile, way.Lead.Email)
	}
	if way.Duty.Mobile != "" || way.Duty.Email != "" {
		add(watcherDuty, conversations.RoleDuty, way.Duty.Mobile, way.Duty.Email)
	}
	if way.Lead.Mobile != "" || way.Lead.Email != "" {
		add(watcherLead, conversations.RoleLead, way.Lead.Mobile, way.Lead.Email)
	}
	if d.Cover.Absence != "" {
		role := conversations.RoleMeets
		if !slices.ContainsFunc(all, func(m member) bool { return m.Phone || m.Mail }) {
			role = conversations.RoleSpecialist
		}
		add(string(d.Specialist.ID), role, d.Specialist.Phone, d.Specialist.Email)
	}
	return all
}

// watchOf is an alert as the decision sees it.
func watchOf(d store.DueAlert, team []member) conversations.Watch {
	w := conversations.Watch{RaisedAt: d.RaisedAt, AcknowledgedAt: d.AcknowledgedAt, ClosedAt: d.ClosedAt, Threat: d.Threat}
	for _, m := range team {
		w.People = append(w.People, m.Watcher)
	}
	for _, p := range d.Pages {
		w.Pages = append(w.Pages, p.Page)
	}
	return w
}
