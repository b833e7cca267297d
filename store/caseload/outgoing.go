package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Outgoing is a message of ours as it was committed, with what it speaks of as
// that is now.
type Outgoing struct {
	ID conversations.MessageID
	// Client is empty for an unknown sender.
	Client  conversations.ClientID
	Channel conversations.Channel
	Key     string
	Urgency conversations.Urgency
	Matter  conversations.Matter
	Held    string
	// Appointment is the one that the words speak of, Stands the start that they
	// state; Status and Starts are what is so now. Zero where they speak of none.
	Appointment    conversations.AppointmentID
	Stands, Starts time.Time
	Status         conversations.AppointmentStatus
	// Agreement is what the client said to being texted where it goes.
	Agreement conversations.Agreement
	// Committed is when it entered the outbox.
	Committed time.Time
}

// Outgoing returns a message of ours, or [ErrNotFound].
func (c *Caseload) Outgoing(ctx context.Context, id conversations.MessageID) (o Outgoing, err error) {
	var peer string
	var stands, starts, at int64
	err = single(ctx, c.db.reader(), []any{
		&o.ID, &peer, &o.Channel, &o.Key, &o.Urgency, &o.Matter, &o.Held, &o.Appointment, &stands, &starts, &o.Status, &o.Agreement, &at,
	}, `SELECT m.id, m.peer, m.channel, m.key, m.urgency, m.matter, m.held, m.appointment, m.stands, COALESCE(t.at, 0), COALESCE(t.status, ''),
			COALESCE(a.agreement, ''), m.at
		FROM messages m LEFT JOIN appointments t ON t.id = m.appointment LEFT JOIN client_addresses a ON a.id = m.address
		WHERE m.direction = 'out' AND m.id = $1`, clean(string(id)))
	if err != nil {
		return Outgoing{}, fmt.Errorf("read message %s: %w", id, missing(err))
	}
	o.Client = clientOf(peer)
	o.Stands, o.Starts, o.Committed = instant(stands), instant(starts), instant(at)
	return o, nil
}
