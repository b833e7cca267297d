package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Waiting is a message of ours that waits for its moment.
type Waiting struct {
	ID  conversations.MessageID
	Due time.Time
}

// Waiting returns what was decided for a client unasked and still waits, the
// soonest first: what answers them does not wait for their hours.
func (c *Caseload) Waiting(ctx context.Context, client conversations.ClientID) (list []Waiting, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var w Waiting
		var due int64
		err := scan(&w.ID, &due)
		w.Due = instant(due)
		list = append(list, w)
		return err
	}, `SELECT id, due FROM messages WHERE peer = $1 AND delivery = 'queued' AND delivery IN ('queued', 'sending')
		AND urgency = $2 ORDER BY due, seq`, string(client), conversations.Prompt)
	if err != nil {
		return nil, fmt.Errorf("read what waits for client %s: %w", client, err)
	}
	return list, nil
}

// Postpone moves a message that waits to a later moment, with the end of the
// hours that this moment lies in and a named reason. One that is not as it was
// read, because it went or was taken back meanwhile, stays as it is.
func (c *Caseload) Postpone(ctx context.Context, w Waiting, to, closes time.Time, reason string) error {
	_, err := change(ctx, c.db, `UPDATE messages SET due = $3, closes = $4, held = $5 WHERE id = $1 AND due = $2 AND delivery = 'queued'`,
		w.ID, millis(w.Due), millis(to), millis(closes), reason)
	if err != nil {
		return fmt.Errorf("postpone message %s: %w", w.ID, err)
	}
	return nil
}
