package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// retryAfter is how long after it failed a turn is first tried again; the
// tries after that follow the job's own back-off.
const retryAfter = 10 * time.Second

// Park stores an event whose turn failed: the text whole, a flag so that a
// person sees it, and a job that tries the turn again. Code is a named reason,
// never a person's words. Loaded may be zero if it was Load that failed.
//
// It returns ErrDuplicate if the event is stored already. Only what a person
// did (a text, a button …) can be parked.
func (c *Caseload) Park(
	ctx context.Context, ev conversations.Event, loaded Loaded, inbound conversations.MessageID, code string, now time.Time,
) error {
	if !comesIn(ev.Kind) {
		return fmt.Errorf("park an event of kind %q: it brought nothing to keep", ev.Kind)
	}
	if inbound == "" {
		inbound = conversations.MessageID(newID(now))
	}
	peer := loaded.peer
	if peer == "" {
		var err error
		if peer, err = c.peerOf(ctx, ev); err != nil {
			return fmt.Errorf("park message %s: %w", inbound, err)
		}
	}
	b, stored, err := c.parking(ev, peer, loaded.Revision, inbound, code, now)
	if err != nil {
		return fmt.Errorf("park message %s: %w", inbound, err)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		*stored = false
		if err := tx.run(ctx, b); err != nil {
			return err
		}
		if !*stored {
			return ErrDuplicate
		}
		return tx.insertJobs(ctx, []river.InsertManyParams{{
			Args: RetryTurnArgs{Message: inbound}, InsertOpts: &river.InsertOpts{ScheduledAt: now.Add(retryAfter)},
		}})
	})
	if err != nil && !errors.Is(err, ErrDuplicate) {
		return fmt.Errorf("park message %s: %w", inbound, err)
	}
	return err
}

// peerOf finds whose event it is without the rest of Load.
func (c *Caseload) peerOf(ctx context.Context, ev conversations.Event) (peer string, err error) {
	if ev.Client != "" {
		return string(ev.Client), nil
	}
	hashes := c.seal.Hashes(hashAddress, addressKey(ev.From))
	which, args := in([]any{ev.From.Channel}, hashes)
	err = single(ctx, c.db.reader(), []any{&peer}, `SELECT client FROM client_addresses WHERE channel = $1 AND hash IN (`+which+`)
		ORDER BY active DESC, preferred_at DESC LIMIT 1`, args...)
	if errors.Is(err, errNoRow) {
		return stranger(hashes[0]), nil
	}
	return peer, err
}

func (c *Caseload) parking(
	ev conversations.Event, peer string, revision int64, inbound conversations.MessageID, code string, now time.Time,
) (b *batch, stored *bool, err error) {
	row, err := c.inboundRow(&ev, inbound, peer, revision, now)
	if err != nil {
		return nil, nil, err
	}
	plain, err := json.Marshal(ev)
	if err != nil {
		return nil, nil, fmt.Errorf("write the event: %w", err)
	}
	if row[12], err = c.sealed(sealEvent, string(inbound), plain); err != nil {
		return nil, nil, err
	}
	if code == "" {
		code = "unknown"
	}
	row[13] = clean(code)
	b, stored = &batch{}, new(bool)
	b.bulk(func(scan scan) error {
		var id conversations.MessageID
		*stored = true
		return scan(&id)
	}, &insertInbound, [][]any{row})
	if clientOf(peer) == "" {
		address, err := c.sealed(sealAddress, peer, []byte(ev.From.Value))
		if err != nil {
			return nil, nil, err
		}
		// The team has to see who wrote, also if no turn of theirs ever succeeds.
		b.exec(nil, `INSERT INTO conversations (peer, revision, channel, address, started_at, changed_at)
			VALUES ($1, 0, $2, $3, $4, $4) ON CONFLICT (peer) DO NOTHING`, peer, ev.From.Channel, address, millis(now))
	}
	b.bulk(nil, &insertFlag, [][]any{{
		newID(now), peer, conversations.FlagTurnFailed, "", "", "", inbound, []byte(nil), clean(code), millis(now),
	}})
	return b, stored, nil
}

// Parked returns the event of a parked row for another try, and how many tries
// that makes. Its Message is the row's id, by which Load and Commit know the
// try from a repeated delivery: Commit then completes the row and takes down
// its flag. ErrDuplicate says that the event was handled meanwhile, ErrNotFound
// that there is no such row.
func (c *Caseload) Parked(ctx context.Context, id conversations.MessageID) (ev conversations.Event, attempts int, err error) {
	var sealed []byte
	var b batch
	found := false
	b.query(func(scan scan) error {
		found = true
		return scan(&sealed, &attempts)
	}, "UPDATE messages SET attempts = attempts + 1 WHERE id = $1 AND parked <> '' RETURNING event, attempts", id)
	known := false
	b.query(func(scan scan) error {
		var one int
		known = true
		return scan(&one)
	}, "SELECT 1 FROM messages WHERE id = $1 AND direction = 'in'", id)
	if err := c.db.run(ctx, &b); err != nil {
		return ev, 0, fmt.Errorf("read the parked message %s: %w", id, err)
	}
	switch {
	case !known:
		return ev, 0, fmt.Errorf("read the parked message %s: %w", id, ErrNotFound)
	case !found:
		return ev, 0, ErrDuplicate
	}
	plain, err := c.opened(sealEvent, string(id), sealed)
	if err != nil {
		return ev, 0, err
	}
	if err := json.Unmarshal(plain, &ev); err != nil {
		return ev, 0, fmt.Errorf("read the parked message %s: its event cannot be read", id)
	}
	ev.Message = id
	return ev, attempts, nil
}
