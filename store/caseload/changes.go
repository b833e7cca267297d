package caseload

import (
	"context"
	"fmt"

	"alongside/conversations"
)

// Touched is what changed, by whatever is known of it.
type Touched struct {
	// Clients whose conversation moved on, or whose record changed.
	Clients []conversations.ClientID
	// Messages and Flags are ids of rows.
	Messages []conversations.MessageID
	Flags    []string
}

// Change is a client of whom something changed, and whose client it is; both are
// empty for an unknown sender.
type Change struct {
	Client     conversations.ClientID
	Specialist conversations.SpecialistID
}

// Changes says whose what was touched is, each client once.
func (c *Caseload) Changes(ctx context.Context, t Touched) (list []Change, err error) {
	seen := map[Change]bool{}
	add := func(scan scan) error {
		var peer string
		var change Change
		if err := scan(&peer, &change.Specialist); err != nil {
			return err
		}
		change.Client = clientOf(peer)
		if !seen[change] {
			seen[change] = true
			list = append(list, change)
		}
		return nil
	}
	var b batch
	if len(t.Clients) > 0 {
		which, args := in(nil, t.Clients)
		b.query(add, "SELECT id, specialist FROM clients WHERE id IN ("+which+")", args...)
	}
	if len(t.Messages) > 0 {
		which, args := in(nil, t.Messages)
		b.query(add, `SELECT m.peer, COALESCE(c.specialist, '') FROM messages m LEFT JOIN clients c ON c.id = m.peer
			WHERE m.id IN (`+which+")", args...)
	}
	if len(t.Flags) > 0 {
		which, args := in(nil, t.Flags)
		b.query(add, `SELECT f.peer, COALESCE(c.specialist, '') FROM flags f LEFT JOIN clients c ON c.id = f.peer
			WHERE f.id IN (`+which+")", args...)
	}
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("look up whose what changed is: %w", err)
	}
	return list, nil
}
