package caseload

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// NudgeState is how far a nudge is.
//
//	planned ──▶ running ──▶ done
//	   └▶ cancelled   └▶ stopped
type NudgeState string

// The states of a nudge.
const (
	// NudgePlanned: nothing was said; it can be changed and cancelled.
	NudgePlanned NudgeState = "planned"
	// NudgeRunning: it is being said to one client after the other.
	NudgeRunning NudgeState = "running"
	// NudgeDone: it was decided for each client. Some may still wait for their hour.
	NudgeDone NudgeState = "done"
	// NudgeCancelled: it never began. NudgeStopped: it was stopped half-way, or
	// while some still waited.
	NudgeCancelled NudgeState = "cancelled"
	NudgeStopped   NudgeState = "stopped"
)

// NudgeStates lists every state.
var NudgeStates = []NudgeState{NudgePlanned, NudgeRunning, NudgeDone, NudgeCancelled, NudgeStopped}

// Nudge is a nudge as the team sees it. Its Signed is the name of who made it.
type Nudge struct {
	conversations.Nudge
	State NudgeState
	By    conversations.SpecialistID
	// Unreadable says that it has words and no key opens them.
	Unreadable bool
	// At is when it begins, or began to.
	At                   time.Time
	CreatedAt, ChangedAt time.Time
	// StartedAt and EndedAt are zero until then.
	StartedAt, EndedAt time.Time
	// Step is that of the job that works it.
	Step int
}

// NewNudge is a nudge to be added; everything is checked already.
type NewNudge struct {
	conversations.Nudge
	By      conversations.SpecialistID
	Clients []conversations.ClientID
	At      time.Time
	// Once is what its maker calls it; may be empty.
	Once string
}

// NudgeChange is what changes about a nudge that has not begun; what is nil stays.
type NudgeChange struct {
	At *time.Time
	// Template, Words and Instead change together.
	Template *string
	Words    map[string]string
	Instead  string
}

// NudgeArgs is the job that works a nudge off. One whose Step is not the nudge's
// any more is stale.
type NudgeArgs struct {
	Nudge conversations.NudgeID `json:"nudge"`
	Step  int                   `json:"step"`
}

// Kind names the job.
func (NudgeArgs) Kind() string { return "nudge" }

var insertNudgeClients = newBulk(3, nil, "INSERT INTO nudge_clients (nudge, client, state) VALUES", "ON CONFLICT (nudge, client) DO NOTHING")

// AddNudge adds a nudge with the job that begins it. The error is [ErrDuplicate]
// if who makes it has made one with the same Once before; id is then that one's.
func (c *Caseload) AddNudge(ctx context.Context, n NewNudge) (id conversations.NudgeID, err error) {
	now := c.now()
	id = conversations.NudgeID(newID(now))
	words, err := c.sealedWords(id, n.Words)
	if err != nil {
		return "", fmt.Errorf("add nudge %s: %w", id, err)
	}
	rows := make([][]any, len(n.Clients))
	for i, client := range n.Clients {
		rows[i] = []any{id, client, "planned"}
	}
	err = c.db.write(ctx, func(tx transaction) error {
		var b batch
		b.exec(nil, `INSERT INTO nudges (id, state, made_by, template, words, instead, bulk, once, at, created_at, changed_at)
			VALUES ($1, 'planned', $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
			id, n.By, n.Template, words, n.Instead, n.Bulk, clean(n.Once), millis(n.At), millis(now))
		b.bulk(nil, &insertNudgeClients, rows)
		if err := tx.run(ctx, &b); err != nil {
			return err
		}
		return tx.insertJobs(ctx, nudgeJob(id, 0, n.At))
	})
	if err == nil {
		return id, nil
	}
	if n.Once != "" && c.db.kind(err) == faultUnique {
		var before conversations.NudgeID
		err := single(ctx, c.db.reader(), []any{&before}, "SELECT id FROM nudges WHERE made_by = $1 AND once = $2 AND once <> ''", n.By, clean(n.Once))
		if err == nil {
			return before, ErrDuplicate
		}
	}
	return "", fmt.Errorf("add nudge %s: %w", id, err)
}

func nudgeJob(id conversations.NudgeID, step int, at time.Time) []river.InsertManyParams {
	return []river.InsertManyParams{{Args: NudgeArgs{Nudge: id, Step: step}, InsertOpts: &river.InsertOpts{ScheduledAt: at}}}
}

func (c *Caseload) sealedWords(id conversations.NudgeID, words map[string]string) ([]byte, error) {
	if len(words) == 0 {
		return nil, nil
	}
	plain, err := json.Marshal(words)
	if err != nil {
		return nil, fmt.Errorf("write the words: %w", err)
	}
	return c.sealed(sealNudge, string(id), plain)
}

const nudgeColumns = `n.id, n.state, n.made_by, n.template, n.words, n.instead, n.bulk, n.at, n.step, n.created_at, n.changed_at, n.started_at,
	n.ended_at, s.name FROM nudges n JOIN specialists s ON s.id = n.made_by `

func (c *Caseload) nudge(scan scan) (n Nudge, err error) {
	var words []byte
	var at, created, changed, started, ended int64
	err = scan(&n.ID, &n.State, &n.By, &n.Template, &words, &n.Instead, &n.Bulk, &at, &n.Step, &created, &changed, &started, &ended, &n.Signed)
	if err != nil {
		return n, err
	}
	n.At, n.CreatedAt, n.ChangedAt, n.StartedAt, n.EndedAt = instant(at), instant(created), instant(changed), instant(started), instant(ended)
	plain, err := c.opened(sealNudge, string(n.ID), words)
	if err == nil && len(plain) > 0 {
		err = json.Unmarshal(plain, &n.Words)
	}
	n.Unreadable = err != nil
	return n, nil
}

// Nudge returns one nudge, or [ErrNotFound].
func (c *Caseload) Nudge(ctx context.Context, id conversations.NudgeID) (n Nudge, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		n, err = c.nudge(scan)
		return err
	}, "SELECT "+nudgeColumns+"WHERE n.id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Nudge{}, fmt.Errorf("read nudge %s: %w", id, err)
	}
	return n, nil
}

// Nudges returns a page of the nudges, the newest first.
func (c *Caseload) Nudges(ctx context.Context, page Page) (list []Nudge, next string, err error) {
	after := clean(page.After)
	if after == "" {
		after = "~" // After every id.
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		n, err := c.nudge(scan)
		list = append(list, n)
		return err
	}, "SELECT "+nudgeColumns+"WHERE n.id < $1 ORDER BY n.id DESC LIMIT $2", after, page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list nudges: %w", err)
	}
	list, next = cut(list, page.limit(), func(n Nudge) string { return string(n.ID) })
	return list, next, nil
}

// SetNudge changes a nudge that has not begun. The error is [ErrConflict] once it
// has, and [ErrNotFound] if there is none.
func (c *Caseload) SetNudge(ctx context.Context, id conversations.NudgeID, change NudgeChange) error {
	now := c.now()
	words, err := c.sealedWords(id, change.Words)
	if err != nil {
		return fmt.Errorf("change nudge %s: %w", id, err)
	}
	return c.moveNudge(ctx, id, "change", func(tx transaction, b *batch, n Nudge) (NudgeState, error) {
		if change.Template != nil {
			b.exec(nil, "UPDATE nudges SET template = $2, words = $3, instead = $4 WHERE id = $1", id, *change.Template, words, change.Instead)
		}
		if change.At == nil {
			return NudgePlanned, nil
		}
		b.exec(nil, "UPDATE nudges SET at = $2, step = step + 1 WHERE id = $1", id, millis(*change.At))
		return NudgePlanned, tx.insertJobs(ctx, nudgeJob(id, n.Step+1, *change.At))
	}, now, NudgePlanned)
}

// CancelNudge ends a nudge that has not begun. The error is [ErrConflict] once it
// has, and [ErrNotFound] if there is none.
func (c *Caseload) CancelNudge(ctx context.Context, id conversations.NudgeID) error {
	now := c.now()
	return c.moveNudge(ctx, id, "cancel", func(_ transaction, b *batch, _ Nudge) (NudgeState, error) {
		b.exec(nil, "UPDATE nudges SET ended_at = $2 WHERE id = $1", id, millis(now))
		b.exec(nil, "UPDATE nudge_clients SET state = 'stopped', reason = 'cancelled', at = $2 WHERE nudge = $1 AND state = 'planned'", id, millis(now))
		return NudgeCancelled, nil
	}, now, NudgePlanned)
}

// StopNudge ends a nudge wherever it is: to whom it was not said it is not said,
// and what no carrier has been handed is taken back. A job gives back what that
// took of the clients' budgets. The error is [ErrConflict] if it was cancelled or
// stopped before, and [ErrNotFound] if there is none.
func (c *Caseload) StopNudge(ctx context.Context, id conversations.NudgeID) error {
	now := c.now()
	return c.moveNudge(ctx, id, "stop", func(tx transaction, b *batch, n Nudge) (NudgeState, error) {
		b.exec(nil, "UPDATE nudges SET ended_at = $2, step = step + 1 WHERE id = $1", id, millis(now))
		// A turn that is on its way holds its client's row: this waits for it, and
		// the next statement sees its message.
		b.exec(nil, "UPDATE nudge_clients SET state = 'stopped', reason = $3, at = $2 WHERE nudge = $1 AND state = 'planned'",
			id, millis(now), conversations.NudgeStopped)
		b.exec(nil, `UPDATE messages SET delivery = 'dropped', code = $3, settled_at = $2 WHERE delivery = 'queued'
			AND id IN (SELECT message FROM nudge_clients WHERE nudge = $1 AND state = 'said')`, id, millis(now), conversations.NudgeStopped)
		return NudgeStopped, tx.insertJobs(ctx, nudgeJob(id, n.Step+1, now))
	}, now, NudgePlanned, NudgeRunning, NudgeDone)
}

// moveNudge changes a nudge that is in one of the states given, alone.
func (c *Caseload) moveNudge(ctx context.Context, id conversations.NudgeID, what string,
	do func(transaction, *batch, Nudge) (NudgeState, error), now time.Time, from ...NudgeState,
) error {
	which, args := in([]any{clean(string(id)), millis(now)}, from)
	err := c.db.write(ctx, func(tx transaction) error {
		n := Nudge{}
		found := false
		err := one(ctx, tx, func(scan scan) error {
			found = true
			return scan(&n.State, &n.Step)
		}, "UPDATE nudges SET changed_at = $2 WHERE id = $1 AND state IN ("+which+") RETURNING state, step", args...)
		switch {
		case err != nil:
			return err
		case !found:
			var known string
			if err := missing(single(ctx, tx, []any{&known}, "SELECT id FROM nudges WHERE id = $1", clean(string(id)))); err != nil {
				return err
			}
			return ErrConflict
		}
		var b batch
		to, err := do(tx, &b, n)
		if err != nil {
			return err
		}
		b.exec(nil, "UPDATE nudges SET state = $2 WHERE id = $1", id, to)
		return tx.run(ctx, &b)
	})
	if err != nil {
		return fmt.Errorf("%s nudge %s: %w", what, id, err)
	}
	return nil
}

// nudged writes what became of a nudge for the client of the turn, once: a turn
// that comes second, or after the nudge was stopped, is a duplicate.
func nudged(w *work, e conversations.Nudged) {
	w.detail.Nudge = e.ID
	state, message := "said", conversations.MessageID("")
	if e.Reason != "" {
		state = "skipped"
	}
	for _, m := range w.turn.Messages {
		if m.Nudge == e.ID {
			message = m.ID
		}
	}
	w.effects.exec(w.mustChange(ErrDuplicate), `UPDATE nudge_clients SET state = $3, reason = $4, message = $5, at = $6
		WHERE nudge = $1 AND client = $2 AND state = 'planned'`,
		clean(string(e.ID)), w.peer, state, clean(e.Reason), string(message), millis(w.turn.Now))
}
