package caseload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
)

// Client is a client's record as the team sees it.
type Client struct {
	ID         conversations.ClientID
	Specialist conversations.SpecialistID
	// FullName is for the team and never in a text; Name is what the client
	// likes to be called, used in texts only if Named.
	FullName, Name string
	Named          bool
	// Language is a tag ("en", "cy"); empty means not known yet.
	Language string
	// Zone is the name of the time zone in which the client's clock runs.
	Zone string
	// Wakes is the waking hour in minutes after midnight; 0 means the pathway's.
	Wakes int
	// Detail says that the client wants place and names in texts; Guarded that
	// somebody else reads the phone, which only a person switches off.
	Detail, Guarded bool
	// Rests is the minute after midnight from which nothing unasked goes; 0 means
	// the pathway's. RestDays are days on which nothing unasked goes.
	Rests    int
	RestDays []time.Weekday
	// PausedUntil is zero without a pause, or the moment until which nothing
	// unasked goes; it may be past.
	PausedUntil time.Time
	// Stopped lists the matters that the client wants no texts about.
	Stopped []conversations.Matter
	// LeadsAWeek is the client's wish; 0 means the pathway's default.
	LeadsAWeek int
	// Reminders are the client's own offsets, in minutes before an appointment;
	// empty means the specialist's or the pathway's.
	Reminders []int
	// HeldAt is when the client was put on hold, zero if they are not; HeldReason
	// a named reason.
	HeldAt     time.Time
	HeldReason string
	// Stage is where the client stands on the pathway, since StageAt; empty where
	// nobody has said. Circumstance is why nothing unasked goes to them, since
	// CircumstanceAt; empty if there is no such reason.
	Stage          conversations.Stage
	StageAt        time.Time
	Circumstance   conversations.Circumstance
	CircumstanceAt time.Time
	CreatedAt      time.Time
	// ClosedAt is when the client left the service; zero while they are with it.
	ClosedAt time.Time
	// ReturnedAt is when they last came back to it; zero if they never left.
	ReturnedAt time.Time
}

// NewClient is a client to be added; everything is checked already.
type NewClient struct {
	Specialist     conversations.SpecialistID
	FullName, Name string
	Named          bool
	Language, Zone string
	// Mobile is an E.164 number.
	Mobile string
	Wakes  int
	Detail bool
	// Stage is where they stand, StageAt since when; both may be zero.
	Stage   conversations.Stage
	StageAt time.Time
}

// AddClient adds a client with a number that they can be texted on once they
// agree to it. The error is [ErrNotFound] for an unknown specialist, and
// [ErrTaken] for the number of another open client.
func (c *Caseload) AddClient(ctx context.Context, n NewClient) (conversations.ClientID, error) {
	now := c.now()
	id, addressID := newID(now), newID(now)
	mobile := conversations.Address{Channel: conversations.SMS, Value: n.Mobile}
	sealed, err := c.sealed(sealAddress, addressID, []byte(mobile.Value))
	if err != nil {
		return "", fmt.Errorf("add client %s: %w", id, err)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		var specialist string
		if err := single(ctx, tx, []any{&specialist}, "SELECT id FROM specialists WHERE id = $1", clean(string(n.Specialist))); err != nil {
			return missing(err)
		}
		if err := c.free(ctx, tx, mobile, ""); err != nil {
			return err
		}
		var b batch
		b.exec(nil, `
			INSERT INTO clients (id, specialist, full_name, name, named, language, zone, wakes, detail, created_at, stage, stage_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			id, n.Specialist, n.FullName, n.Name, n.Named, n.Language, n.Zone, n.Wakes, n.Detail, millis(now), n.Stage, millis(n.StageAt))
		if m := n.Stage.Milestone(); m != "" && !n.StageAt.IsZero() {
			b.exec(nil, insertMilestone, id, m, millis(n.StageAt), "", millis(now))
			b.exec(nil, noteMatters, id)
		}
		b.exec(nil, `
			INSERT INTO client_addresses (client, channel, id, hash, address, active, agreement, blocked, preferred_at)
			VALUES ($1, $2, $3, $4, $5, TRUE, $6, FALSE, $7)`,
			id, mobile.Channel, addressID, c.seal.Hash(hashAddress, addressKey(mobile)), sealed,
			conversations.AgreementNone, millis(now))
		return tx.run(ctx, &b)
	})
	if c.db.kind(err) == faultUnique {
		// Somebody else has added the number since it was looked up. The ids are
		// random, so no other index can have refused the rows.
		err = ErrTaken
	}
	if err != nil {
		return "", fmt.Errorf("add client %s: %w", id, err)
	}
	return conversations.ClientID(id), nil
}

// free returns [ErrTaken] if an address belongs to an open client other than
// the given one. It looks under every key: the other row may be older than the
// first one.
func (c *Caseload) free(ctx context.Context, q querier, address conversations.Address, but conversations.ClientID) error {
	list, args := in([]any{address.Channel, but}, c.seal.Hashes(hashAddress, addressKey(address)))
	var other string
	err := single(ctx, q, []any{&other}, `
		SELECT client FROM client_addresses
		WHERE channel = $1 AND active AND client <> $2 AND hash IN (`+list+") LIMIT 1", args...)
	switch {
	case errors.Is(err, errNoRow):
		return nil
	case err != nil:
		return err
	}
	return ErrTaken
}

// CheckFree returns [ErrTaken] if an address belongs to an open client other
// than the given one.
func (c *Caseload) CheckFree(ctx context.Context, address conversations.Address, but conversations.ClientID) error {
	if err := c.free(ctx, c.db.reader(), address, but); err != nil {
		return fmt.Errorf("look up an address for client %s: %w", but, err)
	}
	return nil
}

const clientColumns = "id, specialist, full_name, name, named, language, zone, wakes, detail, created_at, closed_at, guarded, rests, " +
	"rest_days, paused_until, stopped, leads_a_week, held_at, held_reason, stage, stage_at, circumstance, circumstance_at, reminders, returned_at"

func scanClient(scan scan) (c Client, err error) {
	var created, closed, paused, held, staged, since, returned int64
	var restDays, stopped, own string
	err = scan(&c.ID, &c.Specialist, &c.FullName, &c.Name, &c.Named, &c.Language, &c.Zone, &c.Wakes, &c.Detail, &created, &closed,
		&c.Guarded, &c.Rests, &restDays, &paused, &stopped, &c.LeadsAWeek, &held, &c.HeldReason,
		&c.Stage, &staged, &c.Circumstance, &since, &own, &returned)
	c.RestDays, c.Stopped, c.PausedUntil, c.HeldAt = weekdays(restDays), matters(stopped), instant(paused), instant(held)
	c.CreatedAt, c.ClosedAt, c.StageAt, c.CircumstanceAt = instant(created), instant(closed), instant(staged), instant(since)
	c.Reminders, c.ReturnedAt = offsets(own), instant(returned)
	return c, err
}

// Client returns one client, or [ErrNotFound].
func (c *Caseload) Client(ctx context.Context, id conversations.ClientID) (client Client, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		client, err = scanClient(scan)
		return err
	}, "SELECT "+clientColumns+" FROM clients WHERE id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Client{}, fmt.Errorf("read client %s: %w", id, err)
	}
	return client, nil
}

// Clients returns a page of the clients, of one specialist, with those for whose
// specialist they stand in just now, or (empty) of all,
// closed records included, in the order in which they were added, and the
// cursor of the next page, empty after the last.
func (c *Caseload) Clients(ctx context.Context, of conversations.SpecialistID, page Page) (list []Client, next string, err error) {
	query, args := "SELECT "+clientColumns+" FROM clients WHERE id > $1 ORDER BY id LIMIT $2", []any{clean(page.After), page.limit() + 1}
	if of != "" {
		cared, all, err := c.caredBy(ctx, of, args...)
		if err != nil {
			return nil, "", err
		}
		query, args = "SELECT "+clientColumns+" FROM clients WHERE specialist IN ("+cared+") AND id > $1 ORDER BY id LIMIT $2", all
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		client, err := scanClient(scan)
		list = append(list, client)
		return err
	}, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("list clients: %w", err)
	}
	list, next = cut(list, page.limit(), func(c Client) string { return string(c.ID) })
	return list, next, nil
}

// Reach is one channel on which a client has an address.
type Reach struct {
	conversations.Reach
	// Address is the E.164 number or the chat id: personal data. Unreadable says
	// that it is there and no key opens it.
	Address    string
	Unreadable bool
	// Active says that texts from the address are the client's; it ends when
	// the record is closed.
	Active bool
	// FaultAt is when the address failed last (see Fault); zero if it works, as
	// far as is known.
	FaultAt time.Time
}

// Reach returns the channels of a client, the preferred one first; none for a
// client that is not on the caseload.
func (c *Caseload) Reach(ctx context.Context, client conversations.ClientID) (list []Reach, err error) {
	var b batch
	c.queueReach(&b, &list, string(client))
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("read the reach of client %s: %w", client, err)
	}
	return list, nil
}

func (c *Caseload) queueReach(b *batch, into *[]Reach, client string) {
	b.query(func(scan scan) error {
		var r Reach
		var id string
		var address []byte
		var failed int64
		if err := scan(&id, &r.Channel, &r.Agreement, &r.Blocked, &r.Active, &address, &r.Fault, &failed); err != nil {
			return err
		}
		r.FaultAt = instant(failed)
		plain, err := c.opened(sealAddress, id, address)
		r.Address, r.Unreadable = string(plain), err != nil
		*into = append(*into, r)
		return nil
	}, `
		SELECT id, channel, agreement, blocked, active, address, fault, fault_at FROM client_addresses
		WHERE client = $1 ORDER BY preferred_at DESC, channel`, clean(client))
}
