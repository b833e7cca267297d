package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// BeginNudge marks a nudge as running, or finds it so, and returns it. The error
// is [ErrConflict] if the job with this step is stale: the nudge was changed,
// cancelled, stopped, or is done. A stopped one is returned to the job that its
// stop has inserted.
func (c *Caseload) BeginNudge(ctx context.Context, id conversations.NudgeID, step int) (n Nudge, err error) {
	now := millis(c.now())
	_, err = change(ctx, c.db, "UPDATE nudges SET state = 'running', started_at = $3, changed_at = $3 WHERE id = $1 AND step = $2 AND state = 'planned'",
		clean(string(id)), step, now)
	if err == nil {
		n, err = c.Nudge(ctx, id)
	}
	if err == nil && (n.Step != step || n.State != NudgeRunning && n.State != NudgeStopped) {
		err = ErrConflict
	}
	if err != nil {
		return Nudge{}, fmt.Errorf("begin nudge %s: %w", id, err)
	}
	return n, nil
}

// NudgeDue returns clients to whom a nudge is still to be said, in the order of
// their ids, those after the one given.
func (c *Caseload) NudgeDue(ctx context.Context, id conversations.NudgeID, after conversations.ClientID, most int) (list []conversations.ClientID, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var client conversations.ClientID
		err := scan(&client)
		list = append(list, client)
		return err
	}, "SELECT client FROM nudge_clients WHERE nudge = $1 AND state = 'planned' AND client > $2 ORDER BY client LIMIT $3",
		clean(string(id)), clean(string(after)), most)
	if err != nil {
		return nil, fmt.Errorf("list to whom nudge %s is to be said: %w", id, err)
	}
	return list, nil
}

// SkipNudge leaves a client out to whom a nudge could not be said.
func (c *Caseload) SkipNudge(ctx context.Context, id conversations.NudgeID, client conversations.ClientID, reason string) error {
	_, err := change(ctx, c.db, "UPDATE nudge_clients SET state = 'skipped', reason = $3, at = $4 WHERE nudge = $1 AND client = $2 AND state = 'planned'",
		clean(string(id)), clean(string(client)), clean(reason), millis(c.now()))
	if err != nil {
		return fmt.Errorf("leave client %s out of nudge %s: %w", client, id, err)
	}
	return nil
}

// GoOnNudge ends one job of a nudge: with a next one while it is still to be said
// to somebody, else the nudge is done.
func (c *Caseload) GoOnNudge(ctx context.Context, id conversations.NudgeID, step int) error {
	now := c.now()
	err := c.db.write(ctx, func(tx transaction) error {
		left, moved := 0, false
		var b batch
		b.exec(func(rows int64) error { moved = rows > 0; return nil },
			"UPDATE nudges SET step = step + 1, changed_at = $3 WHERE id = $1 AND step = $2 AND state = 'running'", clean(string(id)), step, millis(now))
		b.query(func(scan scan) error { return scan(&left) },
			"SELECT count(*) FROM nudge_clients WHERE nudge = $1 AND state = 'planned'", clean(string(id)))
		if err := tx.run(ctx, &b); err != nil || !moved {
			return err
		}
		if left > 0 {
			return tx.insertJobs(ctx, nudgeJob(id, step+1, now))
		}
		var done batch
		done.exec(nil, "UPDATE nudges SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'running'", clean(string(id)), millis(now))
		return tx.run(ctx, &done)
	})
	if err != nil {
		return fmt.Errorf("go on with nudge %s: %w", id, err)
	}
	return nil
}

// TakenBack is a message of a stopped nudge that never went.
type TakenBack struct {
	Client  conversations.ClientID
	Channel conversations.Channel
	Message conversations.MessageID
}

// NudgeTakenBack returns messages of a stopped nudge that were taken back, and
// whose clients' conversations have not been told.
func (c *Caseload) NudgeTakenBack(ctx context.Context, id conversations.NudgeID, most int) (list []TakenBack, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var t TakenBack
		err := scan(&t.Client, &t.Channel, &t.Message)
		list = append(list, t)
		return err
	}, `SELECT k.client, m.channel, m.id FROM nudge_clients k JOIN messages m ON m.id = k.message
		WHERE k.nudge = $1 AND k.state = 'said' AND m.delivery = 'dropped' AND m.code = $2 ORDER BY k.client LIMIT $3`,
		clean(string(id)), conversations.NudgeStopped, most)
	if err != nil {
		return nil, fmt.Errorf("list what was taken back of nudge %s: %w", id, err)
	}
	return list, nil
}

// ToldTakenBack notes that a client's conversation knows that the nudge was taken back.
func (c *Caseload) ToldTakenBack(ctx context.Context, id conversations.NudgeID, client conversations.ClientID) error {
	_, err := change(ctx, c.db, "UPDATE nudge_clients SET state = 'taken_back', reason = $3, at = $4 WHERE nudge = $1 AND client = $2 AND state = 'said'",
		clean(string(id)), clean(string(client)), conversations.NudgeStopped, millis(c.now()))
	if err != nil {
		return fmt.Errorf("note that nudge %s was taken back from client %s: %w", id, client, err)
	}
	return nil
}

// NudgeCount is how many clients of a nudge share what became of it.
type NudgeCount struct {
	// State is planned, said, skipped, stopped or taken_back; Delivery that of the
	// message, where one was said. Later says that it waits for its hour.
	State    string
	Delivery conversations.Delivery
	Later    bool
	// Reason is a named reason, or the provider's code; may be empty.
	Reason string
	Count  int
}

// NudgeCounts says what became of a nudge so far.
func (c *Caseload) NudgeCounts(ctx context.Context, id conversations.NudgeID) (list []NudgeCount, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var n NudgeCount
		err := scan(&n.State, &n.Delivery, &n.Later, &n.Reason, &n.Count)
		list = append(list, n)
		return err
	}, `SELECT state, delivery, later, reason, count(*) FROM (SELECT `+nudgeFate+`) AS f
		GROUP BY state, delivery, later, reason ORDER BY state, delivery, later, reason`, clean(string(id)), millis(c.now()))
	if err != nil {
		return nil, fmt.Errorf("count what became of nudge %s: %w", id, err)
	}
	return list, nil
}

// nudgeFate is what became of a nudge for each client: $1 is the nudge, $2 now.
const nudgeFate = `k.client, k.state, COALESCE(m.delivery, '') AS delivery, COALESCE(m.delivery = 'queued' AND m.due > $2, FALSE) AS later,
	CASE WHEN k.reason <> '' THEN k.reason WHEN COALESCE(m.code, '') <> '' THEN m.code ELSE COALESCE(m.held, '') END AS reason,
	k.message, CASE WHEN m.delivery = 'queued' THEN m.due ELSE 0 END AS due, k.at
	FROM nudge_clients k LEFT JOIN messages m ON m.id = k.message AND k.message <> '' WHERE k.nudge = $1`

// NudgeClient is what became of a nudge for one client.
type NudgeClient struct {
	Client   conversations.ClientID
	State    string
	Delivery conversations.Delivery
	Later    bool
	Reason   string
	Message  conversations.MessageID
	// Due is when the message may go, while it waits; At when it was decided.
	Due, At time.Time
}

// NudgeClients returns a page of what became of a nudge for each client, in the
// order in which they were added.
func (c *Caseload) NudgeClients(ctx context.Context, id conversations.NudgeID, page Page) (list []NudgeClient, next string, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var n NudgeClient
		var due, at int64
		err := scan(&n.Client, &n.State, &n.Delivery, &n.Later, &n.Reason, &n.Message, &due, &at)
		n.Due, n.At = instant(due), instant(at)
		list = append(list, n)
		return err
	}, "SELECT "+nudgeFate+" AND k.client > $3 ORDER BY k.client LIMIT $4", clean(string(id)), millis(c.now()), clean(page.After), page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list what became of nudge %s: %w", id, err)
	}
	list, next = cut(list, page.limit(), func(n NudgeClient) string { return string(n.Client) })
	return list, next, nil
}
