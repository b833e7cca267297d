package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"alongside/conversations"
)

// first says that nothing goes before message m on its line: nothing is on its
// way, and no other that is due, or was tried before, is more urgent or older.
// A count instead of NOT EXISTS: PostgreSQL plans that badly while it has no
// statistics. $1 is now.
const first = `(SELECT count(*) FROM messages o WHERE o.peer = m.peer AND o.channel = m.channel
	AND o.delivery IN ('queued', 'sending') AND o.seq <> m.seq AND (o.delivery = 'sending'
		OR ((o.due <= $1 OR o.attempts > 0) AND (o.urgency < m.urgency OR (o.urgency = m.urgency AND o.seq < m.seq))))) = 0`

// unfinished says once more, in the words of the index messages_due, what a
// statement says of a message's delivery: SQLite does not see that what is
// 'queued' is one of those three, and would go through the whole history.
const unfinished = "delivery IN ('queued', 'sending', 'unknown')"

// Claim takes messages that are due for this process, at most one per person
// and channel, the most urgent first. Any process may: those that another one
// is working on are left to it. On the channels of slow, what nobody asked for is
// left where it is.
func (c *Caseload) Claim(ctx context.Context, now time.Time, limit int, slow ...conversations.Channel) ([]Send, error) {
	var peers []string
	which, args := unlessSlow([]any{millis(now)}, slow)
	// Most sweeps find nothing, and then they write nothing.
	err := one(ctx, c.db.reader(), func(scan scan) error {
		var peer string
		err := scan(&peer)
		peers = append(peers, peer)
		return err
	}, `SELECT m.peer FROM messages m WHERE m.delivery = 'queued' AND m.`+unfinished+` AND m.due <= $1 AND `+first+which+`
		ORDER BY m.urgency, m.due, m.seq LIMIT $`+strconv.Itoa(len(args)+1), append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("look for messages that are due: %w", err)
	}
	if len(peers) == 0 {
		return nil, nil
	}
	var claimed []Send
	err = c.db.write(ctx, func(tx transaction) error {
		claimed = nil
		ids, err := c.claimOf(ctx, tx, peers, now, slow)
		if err != nil || len(ids) == 0 {
			return err
		}
		claimed, err = c.sends(ctx, tx, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim messages: %w", err)
	}
	return claimed, nil
}

// claimOf claims the first message of each line of the peers. It holds their
// conversations meanwhile, so that neither a turn nor another process puts a
// second one on its way.
func (c *Caseload) claimOf(ctx context.Context, tx transaction, peers []string, now time.Time, slow []conversations.Channel) ([]string, error) {
	which, args := in(nil, peers)
	var held []string
	err := one(ctx, tx, func(scan scan) error {
		var peer string
		err := scan(&peer)
		held = append(held, peer)
		return err
	}, `SELECT peer FROM conversations WHERE peer IN (`+which+`) ORDER BY peer `+c.db.lock(), args...)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	which, args = in([]any{millis(now), c.owner, millis(now.Add(claimLasts))}, held)
	prompts, args := unlessSlow(args, slow)
	var ids []string
	err = one(ctx, tx, func(scan scan) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `UPDATE messages SET delivery = 'sending', owner = $2, claimed_at = $1, due = $3 WHERE seq IN (
			SELECT m.seq FROM messages m WHERE m.delivery = 'queued' AND m.due <= $1 AND m.peer IN (`+which+`) AND `+first+prompts+`)
		RETURNING id`, args...)
	return ids, err
}

// unlessSlow leaves prompts out on these channels, as the end of a condition on
// message m.
func unlessSlow(args []any, slow []conversations.Channel) (string, []any) {
	if len(slow) == 0 {
		return "", args
	}
	args = append(args, conversations.Prompt)
	prompt := "$" + strconv.Itoa(len(args))
	which, args := in(args, slow)
	return " AND NOT (m.urgency >= " + prompt + " AND m.channel IN (" + which + "))", args
}

// sendColumns are those that [Caseload.sends] reads. A stranger's address is
// in the conversation; a client's is gone if it was replaced meanwhile.
const sendColumns = `SELECT m.id, m.peer, m.channel, m.body, m.buttons, m.urgency, m.until, m.attempts, m.asked, m.at, m.claimed_at, m.due,
	m.appointment, m.stands, m.parts, m.address, a.address, v.address
	FROM messages m LEFT JOIN client_addresses a ON a.id = m.address LEFT JOIN conversations v ON v.peer = m.peer `

// sends reads messages as they are to be sent, in the order in which they go.
func (c *Caseload) sends(ctx context.Context, q querier, ids []string) (list []Send, err error) {
	which, args := in(nil, ids)
	err = one(ctx, q, func(scan scan) error {
		s, err := c.send(scan)
		list = append(list, s)
		return err
	}, sendColumns+`WHERE m.id IN (`+which+`) ORDER BY m.urgency, m.seq`, args...)
	return list, err
}

func (c *Caseload) send(scan scan) (s Send, err error) {
	var peer, addressID string
	var body, buttons, known, unknown []byte
	var until, at, claimed, due, stands int64
	err = scan(&s.ID, &peer, &s.To.Channel, &body, &buttons, &s.Urgency, &until, &s.Attempts, &s.Asked, &at, &claimed, &due,
		&s.Appointment, &stands, &s.Parts, &addressID, &known, &unknown)
	if err != nil {
		return s, err
	}
	s.Client = clientOf(peer)
	s.Stands, s.Until, s.Committed, s.Claimed, s.Deadline = instant(stands), instant(until), instant(at), instant(claimed), instant(due)
	address, row := known, addressID
	if s.Client == "" {
		address, row = unknown, peer
	}
	value, err := c.opened(sealAddress, row, address)
	if err != nil {
		return s, err
	}
	s.To.Value = string(value)
	text, err := c.opened(sealBody, string(s.ID), body)
	if err != nil {
		return s, err
	}
	s.Text = string(text)
	plain, err := c.opened(sealButtons, string(s.ID), buttons)
	if err != nil || len(plain) == 0 {
		return s, err
	}
	if err := json.Unmarshal(plain, &s.Buttons); err != nil {
		return s, fmt.Errorf("read the buttons of message %s: %w", s.ID, err)
	}
	return s, nil
}

// OldestQueued tells how long the message that has waited longest could have
// gone, and how many wait that could go.
func (c *Caseload) OldestQueued(ctx context.Context, now time.Time) (age time.Duration, count int, err error) {
	var due int64
	err = single(ctx, c.db.reader(), []any{&count, &due},
		"SELECT count(*), COALESCE(MIN(due), 0) FROM messages WHERE delivery = 'queued' AND due <= $1 AND "+unfinished, millis(now))
	if err != nil {
		return 0, 0, fmt.Errorf("look for the oldest message: %w", err)
	}
	if count > 0 {
		age = now.Sub(instant(due))
	}
	return age, count, nil
}

// grace is how long after its deadline a claim is left alone: the process may
// be about to write the result.
const grace = 15 * time.Second

// Expire makes messages unknown whose claim ended without a result: whoever
// claimed them may have sent them. The provider can be asked about them at
// once; see Unknowns.
func (c *Caseload) Expire(ctx context.Context, now time.Time, limit int) (expired []conversations.MessageID, err error) {
	late := millis(now.Add(-grace))
	var some []conversations.MessageID
	collect := func(into *[]conversations.MessageID) func(scan) error {
		return func(scan scan) error {
			var id conversations.MessageID
			err := scan(&id)
			*into = append(*into, id)
			return err
		}
	}
	err = one(ctx, c.db.reader(), collect(&some),
		"SELECT id FROM messages WHERE delivery = 'sending' AND due < $1 AND "+unfinished+" ORDER BY due LIMIT $2", late, limit)
	if err != nil {
		return nil, fmt.Errorf("look for claims that ended: %w", err)
	}
	if len(some) == 0 {
		return nil, nil
	}
	which, args := in([]any{late, millis(now)}, some)
	err = one(ctx, c.db, collect(&expired), `UPDATE messages SET delivery = 'unknown', code = '`+codeClaimExpired+`', owner = '', due = $2,
			attempts = attempts + 1, settled_at = $2
		WHERE delivery = 'sending' AND due < $1 AND id IN (`+which+`) RETURNING id`, args...)
	if err != nil {
		return nil, fmt.Errorf("end claims: %w", err)
	}
	return expired, nil
}

// codeClaimExpired is on a message of which nobody knows whether it was sent,
// because the process that had claimed it never said.
const codeClaimExpired = "claim_expired"

// Unknowns returns messages of unknown outcome about which the provider may be
// asked now, the longest due first. Send.Claimed is about when they were sent,
// Send.Asked how often it was asked already.
func (c *Caseload) Unknowns(ctx context.Context, now time.Time, limit int) (list []Send, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		s, err := c.send(scan)
		list = append(list, s)
		return err
	}, sendColumns+"WHERE m.delivery = 'unknown' AND m."+unfinished+" AND m.due <= $1 ORDER BY m.due, m.seq LIMIT $2", millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("look for messages of unknown outcome: %w", err)
	}
	return list, nil
}

// never is a moment that does not come.
const never = int64(1) << 62

// AskedUnknown notes that the provider was asked about a message and could not
// tell, and when to ask again; the zero time means never.
func (c *Caseload) AskedUnknown(ctx context.Context, id conversations.MessageID, next time.Time) error {
	due := never
	if !next.IsZero() {
		due = millis(next)
	}
	_, err := change(ctx, c.db, "UPDATE messages SET asked = asked + 1, due = $2 WHERE id = $1 AND delivery = 'unknown'", id, due)
	if err != nil {
		return fmt.Errorf("note that message %s was asked about: %w", id, err)
	}
	return nil
}

// ErrAnothers says that what a provider was found to have accepted is another
// message of ours to the same person, with the same words.
var ErrAnothers = errors.New("what was found is another message")

// Settle records what became of a message of unknown outcome: Sent, or surely
// Failed. It is an error to settle it as anything else; one that was settled
// meanwhile stays as it is. [ErrAnothers] if the provider's id belongs to
// another message already: two answers may have the same words, and only one
// of them may have gone.
func (c *Caseload) Settle(ctx context.Context, id conversations.MessageID, r SendResult, now time.Time) error {
	if r.Delivery != conversations.Sent && r.Delivery != conversations.Failed {
		return fmt.Errorf("settle message %s as %q: only sent and failed settle it", id, r.Delivery)
	}
	sent := int64(0)
	if r.Delivery == conversations.Sent {
		sent = millis(now)
	}
	changed, err := change(ctx, c.db, `UPDATE messages SET delivery = $2, provider_id = CASE WHEN $3 = '' THEN provider_id ELSE $3 END,
			code = $4, sent_at = $5, settled_at = $6 WHERE id = $1 AND delivery = 'unknown'
			AND ($3 = '' OR (SELECT count(*) FROM messages o WHERE o.peer = messages.peer AND o.direction = 'out'
				AND o.channel = messages.channel AND o.provider_id = $3 AND o.id <> $1) = 0)`,
		id, r.Delivery, clean(r.ProviderID), clean(r.Code), sent, millis(now))
	if err != nil {
		return fmt.Errorf("settle message %s: %w", id, err)
	}
	if changed > 0 {
		return nil
	}
	var stands conversations.Delivery
	err = single(ctx, c.db.reader(), []any{&stands}, "SELECT delivery FROM messages WHERE id = $1", id)
	switch {
	case errors.Is(err, errNoRow):
		return nil
	case err != nil:
		return fmt.Errorf("settle message %s: %w", id, err)
	case stands == conversations.Unknown:
		return fmt.Errorf("settle message %s: %w", id, ErrAnothers)
	}
	return nil
}

// Renew gives claims of this process another full term. Claims that ended
// meanwhile are not taken back.
func (c *Caseload) Renew(ctx context.Context, ids []conversations.MessageID, now time.Time) error {
	which, args := in([]any{c.owner, millis(now.Add(claimLasts))}, ids)
	_, err := change(ctx, c.db, "UPDATE messages SET due = $2 WHERE owner = $1 AND delivery = 'sending' AND id IN ("+which+")", args...)
	if err != nil {
		return fmt.Errorf("renew claims: %w", err)
	}
	return nil
}

// Release gives back claims of this process whose messages surely were not
// attempted; anybody may send them at once.
func (c *Caseload) Release(ctx context.Context, ids []conversations.MessageID, now time.Time) error {
	which, args := in([]any{c.owner, millis(now)}, ids)
	_, err := change(ctx, c.db, `UPDATE messages SET delivery = 'queued', owner = '', due = $2, claimed_at = 0
		WHERE owner = $1 AND delivery = 'sending' AND id IN (`+which+`)`, args...)
	if err != nil {
		return fmt.Errorf("release claims: %w", err)
	}
	return nil
}
