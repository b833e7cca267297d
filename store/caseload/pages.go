package caseload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// AlertPage is one telling of one alert to one person by one way.
type AlertPage struct {
	conversations.Page
	ID    string
	Alert conversations.AlertID
	// Code is the provider's error code or a named reason; ProviderID its id of
	// what it took.
	Code, ProviderID string
	// SentAt and SettledAt are zero until it was sent, and until its delivery
	// last changed.
	SentAt, SettledAt time.Time
}

// PageResult is what became of an attempt to send a page (Attempted), or what
// the provider reports of one.
type PageResult struct {
	// Delivery is Queued (the attempt surely failed and is repeated), Sent,
	// Failed, Unknown or Dropped; a provider reports Sent, Delivered, Read,
	// Undelivered or Failed.
	Delivery   conversations.Delivery
	ProviderID string
	Code       string
	// Attempted says that an attempt ended with this; false for a report.
	Attempted bool
}

// DueAlert is an alert with what deciding about it needs.
type DueAlert struct {
	Alert
	// Pages are all that were decided so far, in their order.
	Pages []AlertPage
	// Specialist is the client's own, with their phone and e-mail address; the
	// zero value for an unknown sender.
	Specialist Specialist
	// Cover is who stands in for the specialist just now, Covering that person with
	// their phone and e-mail address; the zero value where it is the lead.
	Cover    conversations.Cover
	Covering Specialist
	// Appointments are the client's that are still to come, the next one first.
	// The specialist keeps them all; who else is to meet the client is known in
	// words alone (With), so that nobody but a person can tell them of a threat.
	Appointments []Appointment
}

const pageColumns = `p.id, p.alert, p.step, p.watcher, p.via, p.kind, p.at, p.delivery, p.code, p.tries, p.provider_id, p.sent_at, p.settled_at`

func alertPage(scan scan) (p AlertPage, err error) {
	var at, sent, settled int64
	err = scan(&p.ID, &p.Alert, &p.Step, &p.Watcher, &p.Via, &p.Kind, &at, &p.Delivery, &p.Code, &p.Tries, &p.ProviderID, &sent, &settled)
	p.At, p.SentAt, p.SettledAt = instant(at), instant(sent), instant(settled)
	return p, err
}

func queuePages(b *batch, into *[]AlertPage, alert conversations.AlertID) {
	b.query(func(scan scan) error {
		p, err := alertPage(scan)
		*into = append(*into, p)
		return err
	}, "SELECT "+pageColumns+" FROM pages p WHERE p.alert = $1 ORDER BY p.step, p.watcher, p.via", clean(string(alert)))
}

// Pages returns who was told of an alert, and how that went, in the order of
// the steps.
func (c *Caseload) Pages(ctx context.Context, alert conversations.AlertID) (list []AlertPage, err error) {
	var b batch
	queuePages(&b, &list, alert)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("list the pages of alert %s: %w", alert, err)
	}
	return list, nil
}

// Page returns one page, or [ErrNotFound].
func (c *Caseload) Page(ctx context.Context, id string) (AlertPage, error) {
	p, err := pageBy(ctx, c.db.reader(), id)
	if err != nil {
		return AlertPage{}, fmt.Errorf("read page %s: %w", id, err)
	}
	return p, nil
}

func pageBy(ctx context.Context, q querier, id string) (p AlertPage, err error) {
	found := false
	err = one(ctx, q, func(scan scan) (err error) {
		found = true
		p, err = alertPage(scan)
		return err
	}, "SELECT "+pageColumns+" FROM pages p WHERE p.id = $1", clean(id))
	if err == nil && !found {
		err = ErrNotFound
	}
	return p, err
}

// DueAlert returns what deciding about an alert needs, or [ErrNotFound].
func (c *Caseload) DueAlert(ctx context.Context, id conversations.AlertID) (d DueAlert, err error) {
	var b batch
	found := false
	b.query(func(scan scan) (err error) {
		found = true
		d.Alert, err = c.alert(scan)
		return err
	}, "SELECT "+alertColumns+" FROM alerts a WHERE a.id = $1", clean(string(id)))
	queuePages(&b, &d.Pages, id)
	b.query(func(scan scan) (err error) {
		d.Specialist, err = c.specialist(scan)
		return err
	}, `SELECT s.id, s.name, s.phone, s.email, s.created_at, s.reminders FROM alerts a JOIN clients c ON c.id = a.peer
		JOIN specialists s ON s.id = c.specialist WHERE a.id = $1`, clean(string(id)))
	b.query(func(scan scan) error {
		a, err := c.appointment(scan)
		d.Appointments = append(d.Appointments, a)
		return err
	}, "SELECT "+appointmentColumns+` FROM alerts w JOIN clients c ON c.id = w.peer JOIN appointments a ON a.client = c.id
		WHERE w.id = $1 AND a.at >= $2 AND a.status <> 'cancelled' ORDER BY a.at, a.id LIMIT $3`,
		clean(string(id)), millis(c.now().Add(-aftermath)), usualLimit)
	err = c.db.reader().run(ctx, &b)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err == nil && d.Specialist.ID != "" {
		if d.Cover, err = c.Cover(ctx, d.Specialist.ID, c.now()); err == nil && d.Cover.ID != "" {
			d.Covering, err = c.Specialist(ctx, d.Cover.ID)
		}
	}
	if err != nil {
		return DueAlert{}, fmt.Errorf("read alert %s: %w", id, err)
	}
	return d, nil
}

var insertPage = newBulk(9, nil, "INSERT INTO pages (id, alert, step, watcher, via, kind, at, delivery, tries) VALUES", "")

// AddPages writes down a decision about an alert: its pages, each with a job
// that sends it, and when to decide again, with a job for that. [ErrConflict] if
// another decision came first or the alert was closed.
func (c *Caseload) AddPages(
	ctx context.Context, alert conversations.AlertID, step int, pages []conversations.Page, next, now time.Time,
) (added []AlertPage, err error) {
	var rows [][]any
	var jobs []river.InsertManyParams
	for _, p := range pages {
		if p.Delivery == "" {
			p.Delivery = conversations.Queued
		}
		page := AlertPage{Page: p, ID: newID(now), Alert: alert}
		page.At = instant(millis(p.At))
		added = append(added, page)
		rows = append(rows, []any{page.ID, clean(string(alert)), p.Step, clean(p.Watcher), p.Via, p.Kind, millis(p.At), p.Delivery, p.Tries})
		jobs = append(jobs, river.InsertManyParams{Args: PageArgs{Page: page.ID}, InsertOpts: &river.InsertOpts{ScheduledAt: now}})
	}
	if !next.IsZero() {
		jobs = append(jobs, river.InsertManyParams{
			Args: AlertArgs{Alert: alert, Step: step + 1}, InsertOpts: &river.InsertOpts{ScheduledAt: next},
		})
	}
	err = c.db.write(ctx, func(tx transaction) error {
		moved, err := change(ctx, tx, "UPDATE alerts SET step = step + 1, due = $3 WHERE id = $1 AND step = $2 AND closed_at = 0",
			clean(string(alert)), step, millis(next))
		if err == nil && moved == 0 {
			err = ErrConflict
		}
		if err != nil {
			return err
		}
		var b batch
		b.bulk(nil, &insertPage, rows)
		if err := tx.run(ctx, &b); err != nil || len(jobs) == 0 {
			return err
		}
		return tx.insertJobs(ctx, jobs)
	})
	if err != nil {
		return nil, fmt.Errorf("add the pages of alert %s: %w", alert, err)
	}
	return added, nil
}

// RecordPage records what became of a page and returns it as it is now, or
// [ErrNotFound]. Where it did not get through, as far as anybody can tell, a job
// decides about the alert at once.
func (c *Caseload) RecordPage(ctx context.Context, id string, r PageResult, now time.Time) (p AlertPage, err error) {
	err = c.db.write(ctx, func(tx transaction) error {
		// Written first, so that two reports at once come one after the other.
		if _, err := change(ctx, tx, "UPDATE pages SET tries = tries + $2 WHERE id = $1", clean(id), tries(r)); err != nil {
			return err
		}
		if p, err = pageBy(ctx, tx, id); err != nil {
			return err
		}
		if !moves(p.Delivery, r) {
			return nil
		}
		p.Delivery, p.Code, p.SettledAt = r.Delivery, clean(r.Code), instant(millis(now))
		if p.ProviderID == "" {
			p.ProviderID = clean(r.ProviderID)
		}
		var lost bool
		switch r.Delivery {
		case conversations.Sent, conversations.Delivered, conversations.Read, conversations.Undelivered:
			if p.SentAt.IsZero() {
				p.SentAt = p.SettledAt
			}
			lost = r.Delivery == conversations.Undelivered
		default:
			lost = true
		}
		if _, err := change(ctx, tx, "UPDATE pages SET delivery = $2, code = $3, provider_id = $4, sent_at = $5, settled_at = $6 WHERE id = $1",
			clean(id), p.Delivery, p.Code, p.ProviderID, millis(p.SentAt), millis(p.SettledAt)); err != nil || !lost {
			return err
		}
		return c.decideNow(ctx, tx, p.Alert, now)
	})
	if err != nil {
		return AlertPage{}, fmt.Errorf("record page %s: %w", id, err)
	}
	return p, nil
}

func tries(r PageResult) int {
	if r.Attempted {
		return 1
	}
	return 0
}

// moves says whether a result changes a page: an attempt that surely failed
// leaves it queued, with the reason; nothing takes it back.
func moves(from conversations.Delivery, r PageResult) bool {
	if r.Delivery == conversations.Queued || r.Delivery == conversations.Dropped {
		return r.Attempted && from == conversations.Queued
	}
	return r.Delivery.After(from)
}

// decideNow inserts the job that decides about an alert which is open.
func (c *Caseload) decideNow(ctx context.Context, tx transaction, alert conversations.AlertID, now time.Time) error {
	var step int
	err := single(ctx, tx, []any{&step}, "SELECT step FROM alerts WHERE id = $1 AND closed_at = 0", string(alert))
	if errors.Is(err, errNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.insertJobs(ctx, []river.InsertManyParams{{
		Args: AlertArgs{Alert: alert, Step: step}, InsertOpts: &river.InsertOpts{ScheduledAt: now},
	}})
}
