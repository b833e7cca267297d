package caseload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
)

// Calendar is one secret address at which a specialist's diary can be read; the
// secret itself is not known.
type Calendar struct {
	ID         string
	Specialist conversations.SpecialistID
	// UsedAt is when it was read last, to the hour; EndedAt when it ended. Zero
	// means never.
	CreatedAt, UsedAt, EndedAt time.Time
}

// calendarUsed is how exact a calendar's last use is: programs read it every few
// minutes, and writing that would make each a write.
const calendarUsed = time.Hour

// AddCalendar makes a secret address for a specialist's diary. The secret is
// returned once: only a keyed hash of it is stored. [ErrNotFound] for an unknown
// specialist.
func (c *Caseload) AddCalendar(ctx context.Context, of conversations.SpecialistID) (id, secret string, err error) {
	now := c.now()
	// 26 characters of 5 random bits each.
	id, secret = newID(now), strings.ToLower(rand.Text())
	var known string
	err = missing(single(ctx, c.db.reader(), []any{&known}, "SELECT id FROM specialists WHERE id = $1", clean(string(of))))
	if err == nil {
		_, err = change(ctx, c.db, "INSERT INTO calendars (id, specialist, hash, created_at) VALUES ($1, $2, $3, $4)",
			id, known, c.seal.Hash(hashCalendar, secret), millis(now))
	}
	if err != nil {
		return "", "", fmt.Errorf("add a calendar of specialist %s: %w", of, err)
	}
	return id, secret, nil
}

const calendarColumns = "id, specialist, created_at, used_at, ended_at"

func scanCalendar(scan scan) (k Calendar, err error) {
	var created, used, ended int64
	err = scan(&k.ID, &k.Specialist, &created, &used, &ended)
	k.CreatedAt, k.UsedAt, k.EndedAt = instant(created), instant(used), instant(ended)
	return k, err
}

// Calendars lists the addresses of a specialist's diary that are in force, in the
// order in which they were made.
func (c *Caseload) Calendars(ctx context.Context, of conversations.SpecialistID) (list []Calendar, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		k, err := scanCalendar(scan)
		list = append(list, k)
		return err
	}, "SELECT "+calendarColumns+" FROM calendars WHERE specialist = $1 AND ended_at = 0 ORDER BY id", clean(string(of)))
	if err != nil {
		return nil, fmt.Errorf("list the calendars of specialist %s: %w", of, err)
	}
	return list, nil
}

// CalendarOf returns the calendar that a secret opens, or [ErrNotFound], and notes
// that it was read.
func (c *Caseload) CalendarOf(ctx context.Context, secret string) (k Calendar, err error) {
	list, args := in(nil, c.seal.Hashes(hashCalendar, secret))
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		k, err = scanCalendar(scan)
		return err
	}, "SELECT "+calendarColumns+" FROM calendars WHERE ended_at = 0 AND hash IN ("+list+")", args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Calendar{}, fmt.Errorf("look up a calendar: %w", err)
	}
	if now := c.now(); now.Sub(k.UsedAt) >= calendarUsed {
		// It is read whether or not its time could be noted.
		if _, err := change(ctx, c.db, "UPDATE calendars SET used_at = $2 WHERE id = $1 AND used_at < $2", k.ID, millis(now)); err != nil {
			c.log.WarnContext(ctx, "the use of a calendar was not noted", "calendar", k.ID, "error", err)
		}
	}
	return k, nil
}

// EndCalendar ends an address of a specialist's diary, or (empty) of anybody's;
// [ErrNotFound] if there is none in force with the id.
func (c *Caseload) EndCalendar(ctx context.Context, id string, of conversations.SpecialistID) error {
	ended, err := change(ctx, c.db, "UPDATE calendars SET ended_at = $2 WHERE id = $1 AND ended_at = 0 AND ($3 = '' OR specialist = $3)",
		clean(id), millis(c.now()), clean(string(of)))
	if err == nil && ended == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end calendar %s: %w", id, err)
	}
	return nil
}

// Entry is an appointment as a calendar outside needs it.
type Entry struct {
	ID   conversations.AppointmentID
	Kind conversations.AppointmentKind
	// FullName is the client's; only its initials may leave.
	FullName string
	// Guarded says that somebody else reads the client's phone.
	Guarded bool
	At      time.Time
	// Minutes is how long it lasts; 0: not said.
	Minutes int
	// Place is empty if none was said or no key opens it.
	Place  string
	Status conversations.AppointmentStatus
	// Sequence counts how often it was changed.
	Sequence             int64
	CreatedAt, ChangedAt time.Time
}

// mostEntries bounds a diary: a caseload of 40 that meets twice a week for a year.
const mostEntries = 4000

// Diary reads the appointments of a specialist's own clients from a moment on,
// cancelled ones included, in order of time.
func (c *Caseload) Diary(ctx context.Context, of conversations.SpecialistID, from time.Time) (list []Entry, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var e Entry
		var at, created, changed int64
		var place []byte
		if err := scan(&e.ID, &e.Kind, &e.FullName, &e.Guarded, &at, &e.Minutes, &place, &e.Status, &e.Sequence, &created, &changed); err != nil {
			return err
		}
		e.At, e.CreatedAt, e.ChangedAt = instant(at), instant(created), instant(changed)
		if plain, err := c.opened(sealPlace, string(e.ID), place); err == nil {
			e.Place = string(plain)
		}
		list = append(list, e)
		return nil
	}, `SELECT a.id, a.kind, c.full_name, c.guarded, a.at, a.minutes, a.place, a.status, a.sequence, a.created_at, a.changed_at
		FROM clients c JOIN appointments a ON a.client = c.id
		WHERE c.specialist = $1 AND a.at >= $2 ORDER BY a.at, a.id LIMIT $3`, clean(string(of)), millis(from), mostEntries)
	if err != nil && !errors.Is(err, errNoRow) {
		return nil, fmt.Errorf("read the diary of specialist %s: %w", of, err)
	}
	return list, nil
}
