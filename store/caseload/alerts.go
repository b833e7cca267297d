package caseload

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// Alert is danger that a person has to read of now.
type Alert struct {
	ID conversations.AlertID
	// Client is empty for an unknown sender; Peer names either.
	Client conversations.ClientID
	Peer   string
	// Message is the text that it was read in.
	Message conversations.MessageID
	// Danger is empty where only staff are threatened.
	Danger understand.Danger
	// Threat says that staff are threatened.
	Threat bool
	// AcknowledgedAt is zero until somebody has said that they are on it, which
	// closes nothing.
	RaisedAt, AcknowledgedAt time.Time
	AcknowledgedBy           conversations.SpecialistID
	// Outcome is what became of it, in a person's words; ClosedAt is zero until
	// it was recorded. Unreadable says that no key opens it.
	Outcome    string
	Unreadable bool
	ClosedAt   time.Time
	ClosedBy   conversations.SpecialistID
	// Step counts the decisions whom to tell. Due is when to decide again; zero
	// if never.
	Step int
	Due  time.Time
}

// AlertFilter says which alerts are wanted. The zero value is every one that
// has no outcome.
type AlertFilter struct {
	// Specialist limits them to the clients of one specialist, with those for whose
	// specialist they stand in just now.
	Specialist conversations.SpecialistID
	// Closed also wants those that have an outcome.
	Closed bool
	Page
}

const alertColumns = `a.id, a.peer, a.message, a.danger, a.threat, a.raised_at, a.acknowledged_at, a.acknowledged_by, a.outcome,
	a.closed_at, a.closed_by, a.step, a.due`

func (c *Caseload) alert(scan scan) (a Alert, err error) {
	var raised, acknowledged, closed, due int64
	var outcome []byte
	if err := scan(&a.ID, &a.Peer, &a.Message, &a.Danger, &a.Threat, &raised, &acknowledged, &a.AcknowledgedBy, &outcome,
		&closed, &a.ClosedBy, &a.Step, &due); err != nil {
		return a, err
	}
	a.Client = clientOf(a.Peer)
	a.RaisedAt, a.AcknowledgedAt, a.ClosedAt, a.Due = instant(raised), instant(acknowledged), instant(closed), instant(due)
	// An alert that cannot be read in full must still be seen.
	plain, err := c.opened(sealOutcome, string(a.ID), outcome)
	a.Outcome, a.Unreadable = string(plain), err != nil
	return a, nil
}

// closedMark begins the cursor of a place among the closed alerts.
const closedMark = "-"

// Alerts returns a page of the alerts that a filter asks for, and the cursor of
// the next page, empty after the last. Those without an outcome come first, the
// longest waiting at the top; then the closed ones, the latest at the top.
func (c *Caseload) Alerts(ctx context.Context, filter AlertFilter) (list []Alert, next string, err error) {
	limit := filter.limit()
	after, among := strings.CutPrefix(filter.After, closedMark)
	if !among {
		raised, id, err := parseFlagCursor(after)
		if err != nil {
			return nil, "", err
		}
		open, err := c.alerts(ctx, filter, "a.closed_at = 0 AND (a.raised_at, a.id) > ($1, $2) ORDER BY a.raised_at, a.id", raised, clean(id), limit+1)
		if err != nil {
			return nil, "", err
		}
		if len(open) > limit || !filter.Closed {
			open, next = cut(open, limit, func(a Alert) string { return downCursor(a.RaisedAt, string(a.ID)) })
			return open, next, nil
		}
		list, after = open, ""
	}
	if len(list) == limit {
		// The page is full, and the closed ones begin on the next.
		return list, closedMark, nil
	}
	closed, id, err := parseDownCursor(after)
	if err != nil {
		return nil, "", err
	}
	more, err := c.alerts(ctx, filter, "a.closed_at > 0 AND (a.closed_at, a.id) < ($1, $2) ORDER BY a.closed_at DESC, a.id DESC",
		closed, id, limit-len(list)+1)
	if err != nil {
		return nil, "", err
	}
	list, next = cut(append(list, more...), limit, func(a Alert) string { return closedMark + downCursor(a.ClosedAt, string(a.ID)) })
	return list, next, nil
}

func (c *Caseload) alerts(ctx context.Context, filter AlertFilter, where string, args ...any) (list []Alert, err error) {
	query := "SELECT " + alertColumns + " FROM alerts a WHERE "
	if filter.Specialist != "" {
		cared, all, err := c.caredBy(ctx, filter.Specialist, args...)
		if err != nil {
			return nil, err
		}
		query, args = query+"a.peer IN (SELECT c.id FROM clients c WHERE c.specialist IN ("+cared+")) AND ", all
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		a, err := c.alert(scan)
		list = append(list, a)
		return err
	}, query+where+" LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	return list, nil
}

// Alert returns one alert, or [ErrNotFound].
func (c *Caseload) Alert(ctx context.Context, id conversations.AlertID) (Alert, error) {
	a, err := c.alertBy(ctx, c.db.reader(), id)
	if err != nil {
		return Alert{}, fmt.Errorf("read alert %s: %w", id, err)
	}
	return a, nil
}

func (c *Caseload) alertBy(ctx context.Context, q querier, id conversations.AlertID) (a Alert, err error) {
	found := false
	err = one(ctx, q, func(scan scan) (err error) {
		found = true
		a, err = c.alert(scan)
		return err
	}, "SELECT "+alertColumns+" FROM alerts a WHERE a.id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	return a, err
}

// queueOpenAlerts reads what stands of one conversation.
func (c *Caseload) queueOpenAlerts(b *batch, into *[]Alert, peer string) {
	b.query(func(scan scan) error {
		a, err := c.alert(scan)
		*into = append(*into, a)
		return err
	}, "SELECT "+alertColumns+" FROM alerts a WHERE a.peer = $1 AND a.closed_at = 0 ORDER BY a.raised_at, a.id LIMIT $2",
		peer, mostStanding)
}

var errNobody = errors.New("nobody is named who did it")

// AcknowledgeAlert records that a person is on it, and returns the alert as it
// is now; of several the first counts. [ErrNotFound] if there is none.
func (c *Caseload) AcknowledgeAlert(
	ctx context.Context, id conversations.AlertID, by conversations.SpecialistID, now time.Time,
) (a Alert, err error) {
	if by == "" {
		return Alert{}, fmt.Errorf("acknowledge alert %s: %w", id, errNobody)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		if _, err := change(ctx, tx, "UPDATE alerts SET acknowledged_at = $2, acknowledged_by = $3 WHERE id = $1 AND acknowledged_at = 0",
			clean(string(id)), millis(now), clean(string(by))); err != nil {
			return err
		}
		a, err = c.alertBy(ctx, tx, id)
		return err
	})
	if err != nil {
		return Alert{}, fmt.Errorf("acknowledge alert %s: %w", id, err)
	}
	return a, nil
}

// CloseAlert records what became of an alert and returns it as it is now. Who
// closes one that nobody had acknowledged acknowledges it. [ErrClosed] if it has
// an outcome already, [ErrNotFound] if there is none.
func (c *Caseload) CloseAlert(
	ctx context.Context, id conversations.AlertID, outcome string, by conversations.SpecialistID, now time.Time,
) (a Alert, err error) {
	sealed, err := c.sealed(sealOutcome, string(id), []byte(outcome))
	switch {
	case err != nil:
		return Alert{}, err
	case by == "":
		return Alert{}, fmt.Errorf("close alert %s: %w", id, errNobody)
	case len(sealed) == 0:
		return Alert{}, fmt.Errorf("close alert %s: %w", id, errors.New("there is no outcome"))
	}
	err = c.db.write(ctx, func(tx transaction) error {
		closed, err := change(ctx, tx, `UPDATE alerts SET outcome = $2, closed_at = $3, closed_by = $4, due = 0,
				acknowledged_by = CASE WHEN acknowledged_at = 0 THEN CAST($4 AS TEXT) ELSE acknowledged_by END,
				acknowledged_at = CASE WHEN acknowledged_at = 0 THEN CAST($3 AS BIGINT) ELSE acknowledged_at END
			WHERE id = $1 AND closed_at = 0`, clean(string(id)), sealed, millis(now), clean(string(by)))
		if err != nil {
			return err
		}
		if a, err = c.alertBy(ctx, tx, id); err == nil && closed == 0 {
			err = ErrClosed
		}
		return err
	})
	if err != nil {
		return Alert{}, fmt.Errorf("close alert %s: %w", id, err)
	}
	return a, nil
}
