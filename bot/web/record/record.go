// Package record writes down what services report and no text says: contacts that
// were no appointment, who referred somebody, and work. API and pages both use it.
//
// What the pathway counts from goes through the turn as a milestone. It sends
// nothing, and checks before it changes anything.
package record

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// Recorder writes down. Both fields must be set.
type Recorder struct {
	Store *store.Store
	// Event takes one event through its conversation (turn.Run).
	Event func(context.Context, conversations.Event) error
}

// Contact writes a contact down and returns its id. The first one with an employer
// about a client since they began or came back is a milestone of theirs. What was
// entered wrongly is refused (store.Refusals).
func (r Recorder) Contact(ctx context.Context, n store.Contact) (string, error) {
	if err := r.Store.CheckContact(n); err != nil {
		return "", err
	}
	id, err := r.Store.AddContact(ctx, n)
	if err != nil || n.Client == "" || n.With != figures.WithEmployer {
		return id, err
	}
	u, err := r.Store.Underway(ctx, n.Client)
	if err != nil {
		return id, err
	}
	if _, reached := u.Progress.Reached[conversations.MilestoneEmployer]; reached {
		return id, nil
	}
	return id, r.reached(ctx, n.Client, conversations.MilestoneEmployer, n.At, n.RecordedBy)
}

// Referral writes down who referred a client, and when: the referral that is known
// of that day in their zone, or one that is not known yet.
func (r Recorder) Referral(ctx context.Context, client store.Client, at time.Time, from figures.Source, by conversations.SpecialistID) error {
	if err := r.Store.CheckReferral(at, from); err != nil {
		return err
	}
	zone, err := time.LoadLocation(client.Zone)
	if err != nil {
		zone = time.UTC
	}
	find := func() (time.Time, bool, error) {
		known, err := r.Store.Referrals(ctx, client.ID)
		i := slices.IndexFunc(known, func(k store.Referral) bool {
			return k.At.In(zone).Format(time.DateOnly) == at.In(zone).Format(time.DateOnly)
		})
		if err != nil || i < 0 {
			return time.Time{}, false, err
		}
		return known[i].At, true, nil
	}
	moment, known, err := find()
	if err == nil && !known {
		if err = r.reached(ctx, client.ID, conversations.MilestoneReferred, at, by); err == nil {
			moment, known, err = find()
		}
	}
	if err != nil {
		return err
	}
	if !known {
		return store.ErrConflict
	}
	return r.Store.SetSource(ctx, client.ID, moment, from, by)
}

// Job writes work down and returns its id. The start of a paid job that is new, or
// that somebody went back to, is a milestone; the stage stays as it is.
func (r Recorder) Job(ctx context.Context, n store.Job) (string, error) {
	if err := r.Store.CheckJob(n); err != nil {
		return "", err
	}
	id, err := r.Store.AddJob(ctx, n)
	if err != nil || n.Work != figures.Paid || n.Way == figures.Retained {
		return id, err
	}
	return id, r.unless(ctx, n.Client, conversations.MilestoneJobStart, n.Started, n.RecordedBy)
}

// EndJob says when work ended. The end of a paid job is a milestone; to lose a job is
// a step to the next, and the stage is for a person to set.
func (r Recorder) EndJob(ctx context.Context, client conversations.ClientID, id string, at time.Time, by conversations.SpecialistID) error {
	list, err := r.Store.Jobs(ctx, client)
	if err != nil {
		return err
	}
	if err := r.Store.EndJob(ctx, client, id, at); err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(j store.Job) bool { return j.ID == id }); i < 0 || list[i].Work != figures.Paid {
		return nil
	}
	return r.unless(ctx, client, conversations.MilestoneJobEnd, at, by)
}

// near is how close a milestone may lie to be about the same: it may have come with
// the stage, a few days later.
const near = 14 * 24 * time.Hour

// unless takes a milestone that is not recorded of about that time.
func (r Recorder) unless(ctx context.Context, client conversations.ClientID, m conversations.Milestone, at time.Time, by conversations.SpecialistID) error {
	known, err := r.Store.Milestones(ctx, client)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(k store.Milestone) bool { return k.Milestone == m && k.At.Sub(at).Abs() < near }) {
		return nil
	}
	return r.reached(ctx, client, m, at, by)
}

func (r Recorder) reached(ctx context.Context, client conversations.ClientID, m conversations.Milestone, at time.Time, by conversations.SpecialistID) error {
	return r.Event(ctx, conversations.Event{Kind: conversations.EventStage, At: at, Client: client, Milestone: m, By: by})
}
