package caseload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// What the caseload's upkeep may answer beside a plain failure.
var (
	// ErrTaken says that an address belongs to another client whose record is
	// open.
	ErrTaken = errors.New("the address belongs to another client")
	// ErrClosed says that the matter was closed before.
	ErrClosed = errors.New("it is closed already")
	// ErrCursor says that a cursor is not one that a page gave out.
	ErrCursor = errors.New("the cursor was not given out by a page")
)

// Page asks for a part of a list.
type Page struct {
	// After is the Next of the page before; empty is the beginning.
	After string
	// Limit is the most entries wanted; 0 means 50, and 200 are the most.
	Limit int
}

const (
	usualLimit = 50
	mostLimit  = 200
)

// limit is how many entries a page holds.
func (p Page) limit() int {
	if p.Limit <= 0 {
		return usualLimit
	}
	return min(p.Limit, mostLimit)
}

// cut takes the one entry too many off a list that was read with limit+1, and
// returns the cursor of the next page.
func cut[T any](list []T, limit int, cursor func(T) string) (page []T, next string) {
	if len(list) <= limit {
		return list, ""
	}
	return list[:limit], cursor(list[limit-1])
}

// missing makes [ErrNotFound] of a row that is not there.
func missing(err error) error {
	if errors.Is(err, errNoRow) {
		return ErrNotFound
	}
	return err
}

// Specialist is an employment specialist as the team sees them. Phone and
// Email are personal data, or empty.
type Specialist struct {
	ID conversations.SpecialistID
	// Name is the first name that clients know.
	Name         string
	Phone, Email string
	// Reminders are the offsets for their clients who have none of their own, in
	// minutes before an appointment; empty means the pathway's.
	Reminders []int
	CreatedAt time.Time
}

// NewSpecialist is a specialist to be added; everything is checked already.
type NewSpecialist struct {
	Name string
	// Phone is an E.164 number, Email an address; both may be empty.
	Phone, Email string
}

// AddSpecialist adds a specialist.
func (c *Caseload) AddSpecialist(ctx context.Context, s NewSpecialist) (conversations.SpecialistID, error) {
	now := c.now()
	id := newID(now)
	phone, err := c.sealed(sealContact, phoneOf(id), []byte(s.Phone))
	if err != nil {
		return "", fmt.Errorf("add specialist %s: %w", id, err)
	}
	email, err := c.sealed(sealContact, emailOf(id), []byte(s.Email))
	if err != nil {
		return "", fmt.Errorf("add specialist %s: %w", id, err)
	}
	if _, err := change(ctx, c.db, `
		INSERT INTO specialists (id, name, phone, email, created_at) VALUES ($1, $2, $3, $4, $5)`,
		id, s.Name, phone, email, millis(now)); err != nil {
		return "", fmt.Errorf("add specialist %s: %w", id, err)
	}
	return conversations.SpecialistID(id), nil
}

// phoneOf and emailOf are the contexts of the two contacts in one row, so that
// neither opens in the other's place.
func phoneOf(id string) string { return id + "/phone" }
func emailOf(id string) string { return id + "/email" }

const specialistColumns = "id, name, phone, email, created_at, reminders"

func (c *Caseload) specialist(scan scan) (s Specialist, err error) {
	var phone, email []byte
	var created int64
	var offered string
	if err := scan(&s.ID, &s.Name, &phone, &email, &created, &offered); err != nil {
		return s, err
	}
	phone, err = c.opened(sealContact, phoneOf(string(s.ID)), phone)
	if err != nil {
		return s, err
	}
	email, err = c.opened(sealContact, emailOf(string(s.ID)), email)
	if err != nil {
		return s, err
	}
	s.Phone, s.Email, s.CreatedAt = string(phone), string(email), instant(created)
	s.Reminders = offsets(offered)
	return s, nil
}

// Specialist returns one specialist, or [ErrNotFound].
func (c *Caseload) Specialist(ctx context.Context, id conversations.SpecialistID) (s Specialist, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		s, err = c.specialist(scan)
		return err
	}, "SELECT "+specialistColumns+" FROM specialists WHERE id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Specialist{}, fmt.Errorf("read specialist %s: %w", id, err)
	}
	return s, nil
}

// Specialists returns a page of all specialists, in the order in which they
// were added, and the cursor of the next page, empty after the last.
func (c *Caseload) Specialists(ctx context.Context, page Page) (list []Specialist, next string, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		s, err := c.specialist(scan)
		list = append(list, s)
		return err
	}, "SELECT "+specialistColumns+" FROM specialists WHERE id > $1 ORDER BY id LIMIT $2", clean(page.After), page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list specialists: %w", err)
	}
	list, next = cut(list, page.limit(), func(s Specialist) string { return string(s.ID) })
	return list, next, nil
}

// SetReminders sets the offsets of a specialist's clients who have none of their
// own, and has the reminders of every open one planned anew, with the change: a
// job each. [ErrNotFound] for an unknown specialist.
func (c *Caseload) SetReminders(ctx context.Context, id conversations.SpecialistID, minutes []int) error {
	err := c.db.write(ctx, func(tx transaction) error {
		changed, err := change(ctx, tx, "UPDATE specialists SET reminders = $2 WHERE id = $1", clean(string(id)), offsetsText(minutes))
		if err == nil && changed == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		var jobs []river.InsertManyParams
		err = one(ctx, tx, func(scan scan) error {
			var client conversations.ClientID
			err := scan(&client)
			jobs = append(jobs, river.InsertManyParams{Args: ReplanArgs{Client: client}, InsertOpts: &river.InsertOpts{ScheduledAt: c.now()}})
			return err
		}, "SELECT id FROM clients WHERE specialist = $1 AND closed_at = 0 AND reminders = '' ORDER BY id", clean(string(id)))
		if err != nil || len(jobs) == 0 {
			return err
		}
		return tx.insertJobs(ctx, jobs)
	})
	if err != nil {
		return fmt.Errorf("set the reminders of specialist %s: %w", id, err)
	}
	return nil
}
