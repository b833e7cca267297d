package caseload

import (
	"context"
	"fmt"

	"alongside/conversations"
)

// NudgeFate is what became of a nudge for one client, in the terms in which the
// team is told.
type NudgeFate string

// The fates.
const (
	// FatePlanned: their turn is still to come.
	FatePlanned NudgeFate = "planned"
	// FateLater: the message waits for its hour; FateQueued: it is about to be
	// handed to the carrier.
	FateLater  NudgeFate = "later"
	FateQueued NudgeFate = "queued"
	// FateSent: the carrier has it.
	FateSent NudgeFate = "sent"
	// FateUnknown: it may not have been sent, and is not repeated.
	FateUnknown NudgeFate = "unknown"
	// FateFailed: it could not be sent, or did not reach the phone.
	FateFailed NudgeFate = "failed"
	// FateDropped: it was not sent on purpose. FateSkipped: they were left out.
	FateDropped NudgeFate = "dropped"
	FateSkipped NudgeFate = "skipped"
	// FateStopped: it was not said to them any more, or taken back.
	FateStopped NudgeFate = "stopped"
)

// NudgeFates lists every fate.
var NudgeFates = []NudgeFate{FateSent, FateQueued, FateLater, FatePlanned, FateUnknown, FateFailed, FateDropped, FateSkipped, FateStopped}

// Fate is what became of it for these clients.
func (n NudgeCount) Fate() NudgeFate { return fate(n.State, n.Delivery, n.Later) }

// Fate is what became of it for the client.
func (n NudgeClient) Fate() NudgeFate { return fate(n.State, n.Delivery, n.Later) }

func fate(state string, delivery conversations.Delivery, later bool) NudgeFate {
	switch state {
	case "planned":
		return FatePlanned
	case "skipped":
		return FateSkipped
	case "stopped", "taken_back":
		return FateStopped
	}
	switch delivery {
	case conversations.Queued, conversations.Sending:
		if later {
			return FateLater
		}
		return FateQueued
	case conversations.Sent, conversations.Delivered, conversations.Read:
		return FateSent
	case conversations.Failed, conversations.Undelivered:
		return FateFailed
	case conversations.Dropped:
		return FateDropped
	default:
		return FateUnknown
	}
}

// NudgesOf returns a page of what one specialist sent to many, or has planned,
// the newest first.
func (c *Caseload) NudgesOf(ctx context.Context, specialist conversations.SpecialistID, page Page) (list []Nudge, next string, err error) {
	after := clean(page.After)
	if after == "" {
		after = "~" // After every id.
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		n, err := c.nudge(scan)
		list = append(list, n)
		return err
	}, "SELECT "+nudgeColumns+"WHERE n.made_by = $1 AND n.id < $2 AND (n.bulk OR n.state = 'planned') ORDER BY n.id DESC LIMIT $3",
		clean(string(specialist)), after, page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list the nudges of specialist %s: %w", specialist, err)
	}
	list, next = cut(list, page.limit(), func(n Nudge) string { return string(n.ID) })
	return list, next, nil
}

// SeveralClients reads clients by their ids, in the order of their names; who is
// not on the caseload is left out.
func (c *Caseload) SeveralClients(ctx context.Context, ids []conversations.ClientID) (list []Client, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	which, args := in(nil, cleaned(ids))
	err = one(ctx, c.db.reader(), func(scan scan) error {
		client, err := scanClient(scan)
		list = append(list, client)
		return err
	}, "SELECT "+clientColumns+" FROM clients WHERE id IN ("+which+") ORDER BY full_name, id", args...)
	if err != nil {
		return nil, fmt.Errorf("read several clients: %w", err)
	}
	return list, nil
}
