package caseload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"alongside/conversations"
)

// sentNow records that a provider took messages, whoever holds their claims by
// now: it is a fact. A report that came before (delivered, read) stays.
var sentNow = newBulk(4, []string{"TEXT", "TEXT", "TEXT", "BIGINT"}, `UPDATE messages SET
	delivery = CASE WHEN delivery IN ('queued', 'sending', 'unknown') THEN 'sent' ELSE delivery END,
	provider_id = CASE WHEN provider_id = '' THEN r.column2 ELSE provider_id END,
	code = CASE WHEN delivery IN ('queued', 'sending', 'unknown') THEN r.column3 ELSE code END,
	sent_at = CASE WHEN sent_at = 0 THEN r.column4 ELSE sent_at END,
	settled_at = CASE WHEN delivery IN ('queued', 'sending', 'unknown') THEN r.column4 ELSE settled_at END,
	attempts = attempts + 1, owner = ''
	FROM (VALUES`, `) AS r WHERE messages.id = r.column1 AND messages.direction = 'out'`)

// WriteResults records what became of claimed messages, all of them or none.
// What is not Sent is recorded only while this process holds the claim: after
// that, another one may know better.
func (c *Caseload) WriteResults(ctx context.Context, results []SendResult, now time.Time) error {
	if len(results) == 0 {
		return nil
	}
	// In this order in every process, so that no two wait for each other.
	results = slices.Clone(results)
	slices.SortFunc(results, func(a, b SendResult) int { return strings.Compare(string(a.ID), string(b.ID)) })
	var b batch
	var sent [][]any
	for _, r := range results {
		if r.Delivery == conversations.Sent {
			sent = append(sent, []any{string(r.ID), clean(r.ProviderID), clean(r.Code), millis(now)})
			continue
		}
		if err := c.queueResult(&b, r, now); err != nil {
			return fmt.Errorf("write the result of message %s: %w", r.ID, err)
		}
	}
	b.bulk(nil, &sentNow, sent)
	if err := c.db.run(ctx, &b); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

func (c *Caseload) queueResult(b *batch, r SendResult, now time.Time) error {
	due := int64(0)
	switch r.Delivery {
	case conversations.Queued:
		due = max(millis(r.NotBefore), millis(now))
	case conversations.Unknown:
		due = millis(now)
	case conversations.Failed, conversations.Dropped:
	default:
		return fmt.Errorf("an attempt cannot end as %q", r.Delivery)
	}
	if r.Blocked {
		b.exec(nil, `UPDATE client_addresses SET blocked = TRUE
			WHERE id = (SELECT address FROM messages WHERE id = $1 AND owner = $2 AND delivery = 'sending' AND address <> '')`, r.ID, c.owner)
	}
	b.exec(nil, `UPDATE messages SET delivery = $3, due = $4, code = $5, owner = '', settled_at = $6, attempts = attempts + 1,
			provider_id = CASE WHEN provider_id = '' THEN CAST($7 AS TEXT) ELSE provider_id END
		WHERE id = $1 AND owner = $2 AND delivery = 'sending'`,
		r.ID, c.owner, r.Delivery, due, clean(r.Code), millis(now), clean(r.ProviderID))
	return nil
}

// DeliveryChange is what a provider's report changed.
type DeliveryChange struct {
	// Client is empty for an unknown sender.
	Client   conversations.ClientID
	Urgency  conversations.Urgency
	Changed  bool
	From, To conversations.Delivery
}

// RecordDelivery records a provider's report on a message of ours. Reports come
// in any order and more than once: one that would take the message back, as
// [conversations.Delivery.After] has it, changes nothing. One for a message
// that is still being sent, or of unknown outcome, settles it.
//
// It returns ErrNotFound for an id that is not ours on that channel.
func (c *Caseload) RecordDelivery(
	ctx context.Context, id conversations.MessageID, channel conversations.Channel, providerID string,
	d conversations.Delivery, code string, now time.Time,
) (DeliveryChange, error) {
	for {
		var peer, fault string
		var change DeliveryChange
		err := single(ctx, c.db.reader(), []any{&peer, &change.From, &change.Urgency, &fault},
			`SELECT m.peer, m.delivery, m.urgency, COALESCE(a.fault, '') FROM messages m LEFT JOIN client_addresses a ON a.id = m.address
			WHERE m.id = $1 AND m.channel = $2 AND m.direction = 'out'`, id, channel)
		if errors.Is(err, errNoRow) {
			return DeliveryChange{}, fmt.Errorf("record the delivery of message %s: %w", id, ErrNotFound)
		}
		if err != nil {
			return DeliveryChange{}, fmt.Errorf("record the delivery of message %s: %w", id, err)
		}
		change.Client, change.To = clientOf(peer), change.From
		if !d.After(change.From) || d == conversations.Sending {
			return change, nil
		}
		moved, err := c.moveDelivery(ctx, id, change.From, d, providerID, code, now)
		if err != nil {
			return DeliveryChange{}, fmt.Errorf("record the delivery of message %s: %w", id, err)
		}
		if moved {
			if fault != "" && (d == conversations.Delivered || d == conversations.Read) {
				if err := c.worksAgain(ctx, id); err != nil {
					return DeliveryChange{}, fmt.Errorf("take a fault back after message %s: %w", id, err)
				}
			}
			change.To, change.Changed = d, true
			return change, nil
		}
		// Another report, or our own result, was quicker. Each time round the
		// delivery has moved on, and it has only so far to go.
	}
}

// worksAgain takes back what is kept of an address that failed, after a message
// has reached it that was sent since.
func (c *Caseload) worksAgain(ctx context.Context, id conversations.MessageID) error {
	_, err := change(ctx, c.db, `UPDATE client_addresses SET fault = '', fault_at = 0
		WHERE id = (SELECT m.address FROM messages m WHERE m.id = $1) AND fault_at <= (SELECT m.sent_at FROM messages m WHERE m.id = $1)`, id)
	return err
}

func (c *Caseload) moveDelivery(
	ctx context.Context, id conversations.MessageID, from, to conversations.Delivery, providerID, code string, now time.Time,
) (bool, error) {
	sent := millis(now)
	if to == conversations.Failed || to == conversations.Unknown {
		sent = 0 // It was not sent, or nobody knows.
	}
	moved, err := change(ctx, c.db, `UPDATE messages SET delivery = $3, settled_at = $4, owner = '',
			code = $5, provider_id = CASE WHEN provider_id = '' THEN CAST($6 AS TEXT) ELSE provider_id END,
			sent_at = CASE WHEN sent_at = 0 THEN CAST($7 AS BIGINT) ELSE sent_at END
		WHERE id = $1 AND delivery = $2`, id, from, to, millis(now), clean(code), clean(providerID), sent)
	return moved > 0, err
}
