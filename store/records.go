package store

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store/caseload"
)

// What a person writes down for the figures; see package caseload for each.
type (
	// Contact is one that was no appointment, or one with an employer.
	Contact = caseload.Contact
	// Referral is one time that a client was referred.
	Referral = caseload.Referral
	// Job is a piece of work of a client.
	Job = caseload.Job
)

// longAgo is the furthest back that something is recorded: an earlier year is a
// slip of the finger.
const longAgo = 10

// happened checks a moment that is recorded after it.
func (c *checks) happened(field string, at, now time.Time) {
	switch {
	case at.IsZero():
		c.refuse(field, RefusedEmpty, "Please fill this in.")
	case at.After(now):
		c.refuse(field, RefusedValue, "This lies ahead. It is recorded once it has happened.")
	case at.Before(now.AddDate(-longAgo, 0, 0)):
		c.refuse(field, RefusedValue, "This lies more than ten years back. Please check the year.")
	}
}

// CheckContact refuses a contact that was entered wrongly: see [Refusals].
func (s *Store) CheckContact(n Contact) error {
	var c checks
	if !slices.Contains(figures.Parties, n.With) || n.With == figures.WithClient && n.Client == "" {
		c.refuse("with", RefusedValue, "A contact is with the client or with an employer.")
	}
	if !slices.Contains(conversations.Mechanisms, n.Mechanism) {
		c.refuse("mechanism", RefusedValue, "A contact is held face to face, by telephone or by video. A text is none.")
	}
	c.happened("at", n.At, s.now())
	return c.err()
}

// AddContact writes a contact down and returns its id. What was entered wrongly is
// refused, all of it at once: see [Refusals]. The error is [ErrNotFound] for a
// client or a specialist who is not there.
func (s *Store) AddContact(ctx context.Context, n Contact) (string, error) {
	if err := s.CheckContact(n); err != nil {
		return "", err
	}
	return s.caseload.AddContact(ctx, n)
}

// Contacts lists the latest contacts of a client that were no appointments, those
// with employers included, the latest first; with client empty those of a
// specialist with employers about nobody.
func (s *Store) Contacts(ctx context.Context, client conversations.ClientID, of conversations.SpecialistID) ([]Contact, error) {
	return s.caseload.Contacts(ctx, client, of)
}

// TakeBackContact takes a slip back: the contact counts no more. [ErrNotFound] if
// the client has no such contact.
func (s *Store) TakeBackContact(ctx context.Context, client conversations.ClientID, id string) error {
	return s.caseload.TakeBackContact(ctx, client, id)
}

// Referrals lists when a client was referred and by whom, the oldest first.
func (s *Store) Referrals(ctx context.Context, client conversations.ClientID) ([]Referral, error) {
	return s.caseload.Referrals(ctx, client)
}

// CheckReferral refuses a referral that was entered wrongly: see [Refusals].
func (s *Store) CheckReferral(at time.Time, from figures.Source) error {
	var c checks
	if !slices.Contains(figures.Sources, from) {
		c.refuse("source", RefusedValue, "This is none of the sources of referral that are counted.")
	}
	c.happened("on", at, s.now())
	return c.err()
}

// SetSource says who referred a client at the moment of a referral; said anew, the
// later word holds. The error is a [Refusal] or [ErrNotFound].
func (s *Store) SetSource(ctx context.Context, client conversations.ClientID, at time.Time, from figures.Source, by conversations.SpecialistID) error {
	if err := s.CheckReferral(at, from); err != nil {
		return err
	}
	return s.caseload.SetSource(ctx, client, at, from, by)
}

// CheckJob refuses work that was entered wrongly, all of it at once: see [Refusals].
func (s *Store) CheckJob(n Job) error {
	var c checks
	c.job(&n, s.now())
	return c.err()
}

func (c *checks) job(n *Job, now time.Time) {
	if !slices.Contains(figures.Works, n.Work) {
		c.refuse("work", RefusedValue, "Work is paid or volunteering.")
	}
	if !slices.Contains(figures.Ways, n.Way) {
		c.refuse("way", RefusedValue, "A job is new, retained or returned to.")
	}
	if !slices.Contains(figures.JobTypes, n.Type) {
		c.refuse("type", RefusedValue, "This is none of the types of job that are counted.")
	}
	n.Title = c.line("title", n.Title, false, longestTitle)
	c.upTo("hours", n.Hours, 168)
	c.happened("on", n.Started, now)
}

// AddJob writes work down and returns its id. What was entered wrongly is refused,
// all of it at once: see [Refusals]. [ErrNotFound] for an unknown client.
func (s *Store) AddJob(ctx context.Context, n Job) (string, error) {
	var c checks
	c.job(&n, s.now())
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.AddJob(ctx, n)
}

// Jobs lists the work of a client, the oldest first; of very much the latest 200.
func (s *Store) Jobs(ctx context.Context, client conversations.ClientID) ([]Job, error) {
	return s.caseload.Jobs(ctx, client)
}

// EndJob says when work of a client ended. The error is a [Refusal], or [ErrNotFound]
// if the client has no such work.
func (s *Store) EndJob(ctx context.Context, client conversations.ClientID, id string, at time.Time) error {
	list, err := s.caseload.Jobs(ctx, client)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(j Job) bool { return j.ID == id })
	if i < 0 {
		return ErrNotFound
	}
	var c checks
	c.happened("on", at, s.now())
	if !at.IsZero() && at.Before(list[i].Started) {
		c.refuse("on", RefusedPast, "This is before the work began.")
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.EndJob(ctx, client, id, at)
}
