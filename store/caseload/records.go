package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
)

// What a person writes down for the figures: who referred a client, contacts that
// were no appointment, and work.

// Contact is one that was held: with a client and no appointment, or with an
// employer.
type Contact struct {
	ID string
	// Client is empty for one with an employer that was about nobody.
	Client     conversations.ClientID
	Specialist conversations.SpecialistID
	With       figures.Party
	Mechanism  conversations.Mechanism
	At         time.Time
	RecordedBy conversations.SpecialistID
}

// AddContact writes a contact down; everything is checked already. The error is
// [ErrNotFound] for a client or a specialist who is not there. Of a client it is
// counted with whoever has them.
func (c *Caseload) AddContact(ctx context.Context, n Contact) (id string, err error) {
	now := c.now()
	id = newID(now)
	err = c.db.write(ctx, func(tx transaction) error {
		from, args := "SELECT id FROM specialists WHERE id = $1", []any{clean(string(n.Specialist))}
		if n.Client != "" {
			from, args = "SELECT specialist FROM clients WHERE id = $1", []any{clean(string(n.Client))}
		}
		var specialist string
		if err := single(ctx, tx, []any{&specialist}, from, args...); err != nil {
			return missing(err)
		}
		var b batch
		b.exec(nil, `INSERT INTO contacts (id, specialist, client, party, mechanism, at, recorded_by, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, specialist, clean(string(n.Client)), n.With, n.Mechanism, millis(n.At), clean(string(n.RecordedBy)), millis(now))
		return tx.run(ctx, &b)
	})
	if err != nil {
		return "", fmt.Errorf("record contact %s: %w", id, err)
	}
	return id, nil
}

// Contacts lists the latest 200 contacts of a client, or (with client empty) those
// of a specialist that were about nobody, the latest first.
func (c *Caseload) Contacts(ctx context.Context, client conversations.ClientID, of conversations.SpecialistID) (list []Contact, err error) {
	which, arg := "client = $1", clean(string(client))
	if client == "" {
		which, arg = "specialist = $1 AND client = ''", clean(string(of))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var x Contact
		var at int64
		err := scan(&x.ID, &x.Client, &x.Specialist, &x.With, &x.Mechanism, &at, &x.RecordedBy)
		x.At = instant(at)
		list = append(list, x)
		return err
	}, "SELECT id, client, specialist, party, mechanism, at, recorded_by FROM contacts WHERE "+which+
		" AND taken_back = 0 ORDER BY at DESC, id DESC LIMIT 200", arg)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return list, nil
}

// TakeBackContact takes a slip back: the contact counts no more. [ErrNotFound] if the
// client has no such contact, or it was taken back.
func (c *Caseload) TakeBackContact(ctx context.Context, client conversations.ClientID, id string) error {
	changed, err := change(ctx, c.db, "UPDATE contacts SET taken_back = $3 WHERE id = $1 AND client = $2 AND taken_back = 0",
		clean(id), clean(string(client)), millis(c.now()))
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("take contact %s back: %w", id, err)
	}
	return nil
}

// Referral is one time that a client was referred.
type Referral struct {
	At time.Time
	// Source is empty where nobody has said.
	Source figures.Source
}

// Referrals lists how often a client was referred, the oldest first.
func (c *Caseload) Referrals(ctx context.Context, client conversations.ClientID) (list []Referral, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var r Referral
		var at int64
		err := scan(&at, &r.Source)
		r.At = instant(at)
		list = append(list, r)
		return err
	}, `SELECT m.at, COALESCE(r.source, '') FROM milestones m LEFT JOIN referral_sources r ON r.client = m.client AND r.at = m.at
		WHERE m.client = $1 AND m.milestone = 'referred' ORDER BY m.at`, clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the referrals of client %s: %w", client, err)
	}
	return list, nil
}

// SetSource says who referred a client at a moment at which they reached
// conversations.MilestoneReferred; it may be said anew. [ErrNotFound] for an
// unknown client.
func (c *Caseload) SetSource(ctx context.Context, client conversations.ClientID, at time.Time, from figures.Source, by conversations.SpecialistID) error {
	return c.recordOf(ctx, client, "referral", `INSERT INTO referral_sources (client, at, source, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (client, at) DO UPDATE SET source = EXCLUDED.source, recorded_by = EXCLUDED.recorded_by, recorded_at = EXCLUDED.recorded_at`,
		millis(at), from, clean(string(by)), millis(c.now()))
}

// Job is a piece of work of a client.
type Job struct {
	ID     string
	Client conversations.ClientID
	Work   figures.Work
	Way    figures.Way
	Type   figures.JobType
	// Title may be empty; Unreadable says that no key opens it.
	Title      string
	Unreadable bool
	// Hours a week; 0 if not known.
	Hours   int
	Started time.Time
	// Ended is zero while it lasts.
	Ended      time.Time
	RecordedBy conversations.SpecialistID
}

// AddJob writes work down; everything is checked already. [ErrNotFound] for an
// unknown client.
func (c *Caseload) AddJob(ctx context.Context, n Job) (id string, err error) {
	now := c.now()
	id = newID(now)
	title, err := c.sealed(sealJob, id, []byte(n.Title))
	if err == nil {
		err = c.recordOf(ctx, n.Client, "job", `INSERT INTO jobs (client, id, work, way, type, title, hours, started_at, recorded_by, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			id, n.Work, n.Way, n.Type, title, n.Hours, millis(n.Started), clean(string(n.RecordedBy)), millis(now))
	}
	return id, err
}

// Jobs lists the work of a client, the oldest first; of very much the latest 200.
func (c *Caseload) Jobs(ctx context.Context, client conversations.ClientID) (list []Job, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var j Job
		var title []byte
		var started, ended int64
		if err := scan(&j.ID, &j.Client, &j.Work, &j.Way, &j.Type, &title, &j.Hours, &started, &ended, &j.RecordedBy); err != nil {
			return err
		}
		plain, err := c.opened(sealJob, j.ID, title)
		j.Title, j.Unreadable, j.Started, j.Ended = string(plain), err != nil, instant(started), instant(ended)
		list = append(list, j)
		return nil
	}, `SELECT * FROM (
			SELECT id, client, work, way, type, title, hours, started_at, ended_at, recorded_by FROM jobs WHERE client = $1
			ORDER BY started_at DESC, id DESC LIMIT 200
		) AS latest ORDER BY started_at, id`, clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the work of client %s: %w", client, err)
	}
	return list, nil
}

// EndJob says when work of a client ended, at its start at the earliest; the zero
// time says that it goes on. [ErrNotFound] if the client has no such work, or it began later.
func (c *Caseload) EndJob(ctx context.Context, client conversations.ClientID, id string, at time.Time) error {
	changed, err := change(ctx, c.db, "UPDATE jobs SET ended_at = $3 WHERE id = $1 AND client = $2 AND (started_at <= $3 OR $3 = 0)",
		clean(id), clean(string(client)), millis(at))
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end job %s: %w", id, err)
	}
	return nil
}
