package caseload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// errApart says that turns of a group were found to be duplicates or
// conflicts: the transaction is rolled back, and the others start over without
// them. It happens rarely, because Load has looked before.
var errApart = errors.New("some turns cannot be committed")

// commitGroup commits turns of different peers, and answers each. A turn that
// cannot be committed does not touch the others: duplicates and conflicts are
// answered and the rest is tried again; after any other error each is tried by
// itself. If it is the database that is away, all are told.
func (c *Caseload) commitGroup(ctx context.Context, group []*work) {
	// In this order in every process, so that no two wait for each other.
	slices.SortFunc(group, func(a, b *work) int { return strings.Compare(a.peer, b.peer) })
	for len(group) > 0 {
		err := c.tryGroup(ctx, group)
		if err == nil {
			return
		}
		if errors.Is(err, errApart) {
			group = slices.DeleteFunc(group, func(w *work) bool { return w.failure != nil && w.fail(w.failure) })
			continue
		}
		if len(group) == 1 {
			if c.db.kind(err) == faultUnique && group[0].joined != nil {
				err = ErrConflict // The address became somebody else's meanwhile.
			}
			group[0].fail(err)
			return
		}
		if c.db.kind(err) == faultAway {
			for _, w := range group {
				w.fail(err)
			}
			return
		}
		c.log.WarnContext(ctx, "turns are committed one by one", "turns", len(group), "error", err)
		for _, w := range group {
			c.commitGroup(ctx, []*work{w})
		}
		return
	}
}

// fail answers with an error. It returns true.
func (w *work) fail(err error) bool {
	w.answer <- answer{err: err}
	return true
}

// tryGroup commits the group as a whole or not at all.
func (c *Caseload) tryGroup(ctx context.Context, group []*work) error {
	var answers []Committed
	err := c.db.write(ctx, func(tx transaction) error {
		ahead, told, err := c.writeTurns(ctx, tx, group)
		if err != nil {
			return err
		}
		var rows [][]any
		var jobs []river.InsertManyParams
		answers = answers[:0]
		for _, w := range group {
			done, more := c.claim(w, ahead)
			answers, rows, jobs = append(answers, done), append(rows, more...), append(jobs, w.jobs...)
		}
		var b batch
		b.bulk(nil, &insertOutgoing, rows)
		jobs = append(jobs, tell(&b, told, group)...)
		if len(b.statements) > 0 {
			if err := tx.run(ctx, &b); err != nil {
				return fmt.Errorf("insert messages: %w", err)
			}
		}
		if len(jobs) > 0 {
			return tx.insertJobs(ctx, jobs)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, w := range group {
		w.answer <- answer{done: answers[i]}
	}
	return nil
}

var insertEvent = newBulk(6, nil, "INSERT INTO events (peer, revision, kind, message, at, detail) VALUES", "")

// writeTurns writes all of the turns but their messages in one round trip, and
// returns what is under way to the same people, and which other systems want to be
// told of turns. After errApart each turn says in failure what is wrong with it, if
// anything.
func (c *Caseload) writeTurns(ctx context.Context, tx transaction, group []*work) (underWay, []listener, error) {
	var b batch
	came, moved := map[conversations.MessageID]bool{}, make(map[string]bool, len(group))
	arrived := func(scan scan) error {
		var id conversations.MessageID
		err := scan(&id)
		came[id] = true
		return err
	}
	var inbound, conversation, events, flags, alerts [][]any
	var asking []string
	for _, w := range group {
		w.failure = nil
		if w.row != nil {
			inbound = append(inbound, w.row)
		}
		conversation, events = append(conversation, w.conversation), append(events, w.event)
		flags, alerts = append(flags, w.flags...), append(alerts, w.alerts...)
		if len(w.outgoing) > 0 {
			asking = append(asking, w.peer)
		}
	}
	b.bulk(arrived, &insertInbound, inbound)
	for _, w := range group {
		if w.retried {
			b.query(arrived, `UPDATE messages SET parked = '', event = NULL, understood = $2, revision = $3, undo = $4
				WHERE id = $1 AND parked <> '' RETURNING id`, w.inbound, w.understood, w.turn.Loaded.Revision+1, w.undo)
			b.exec(nil, `UPDATE flags SET settled_at = $2, settled_by = '`+settledByTurn+`'
				WHERE peer = $1 AND settled_at = 0 AND reason = 'turn_failed' AND message = $3`, w.peer, millis(w.turn.Now), w.inbound)
		}
	}
	b.bulk(func(scan scan) error {
		var peer string
		err := scan(&peer)
		moved[peer] = true
		return err
	}, &moveOn, conversation)
	for _, w := range group {
		b.statements = append(b.statements, w.effects.statements...)
	}
	b.bulk(nil, &insertEvent, events)
	b.bulk(nil, &insertFlag, flags)
	b.bulk(nil, &insertAlert, alerts)
	ahead := underWay{}
	if len(asking) > 0 {
		ahead.ask(&b, asking, millis(group[0].turn.Now))
	}
	var listening []listener
	askListeners(&b, &listening)
	if err := tx.run(ctx, &b); err != nil {
		return nil, nil, fmt.Errorf("write turns: %w", err)
	}
	apart := false
	for _, w := range group {
		switch {
		case (w.row != nil || w.retried) && !came[w.inbound]:
			w.failure = ErrDuplicate
		case !moved[w.peer]:
			w.failure = ErrConflict
		}
		apart = apart || w.failure != nil
	}
	if apart {
		return nil, nil, errApart
	}
	return ahead, listening, nil
}

// line is one person on one channel: what goes there goes one after the other.
type line struct {
	peer    string
	channel conversations.Channel
}

// underWay is what is unfinished per line: urgency is that of the most urgent
// message that goes first, sending says that one is on its way.
type underWay map[line]struct {
	sending bool
	urgency conversations.Urgency
}

// afterAll is an urgency after every other.
const afterAll conversations.Urgency = 9

// ask queues the question. What waits for a later moment is not ahead of
// anything, unless it was tried before: then its place in the order is taken.
func (u underWay) ask(b *batch, peers []string, now int64) {
	which, args := in([]any{now}, peers)
	b.query(func(scan scan) error {
		var l line
		var sending int
		var urgency conversations.Urgency
		err := scan(&l.peer, &l.channel, &sending, &urgency)
		at := u[l]
		at.sending, at.urgency = sending != 0, urgency
		u[l] = at
		return err
	}, `SELECT peer, channel, MAX(CASE WHEN delivery = 'sending' THEN 1 ELSE 0 END),
			MIN(CASE WHEN delivery = 'queued' AND (due <= $1 OR attempts > 0) THEN urgency ELSE 9 END)
		FROM messages WHERE delivery IN ('queued', 'sending') AND peer IN (`+which+`) GROUP BY peer, channel`, args...)
}

// claim decides which messages of a turn this process sends at once, and
// completes the rows.
func (c *Caseload) claim(w *work, ahead underWay) (done Committed, rows [][]any) {
	now := w.turn.Now
	done.Revision = w.turn.Loaded.Revision + 1
	deadline := now.Add(claimLasts)
	for i := range w.outgoing {
		out := &w.outgoing[i]
		before, busy := ahead[line{w.peer, out.channel}]
		if !busy {
			before.urgency = afterAll
		}
		row := out.row[:len(out.row):len(out.row)]
		switch {
		case out.due > millis(now):
			row = append(row, conversations.Queued, out.due, "", 0)
		case out.bulk || before.sending || before.urgency <= out.send.Urgency:
			done.Waiting = true
			row = append(row, conversations.Queued, out.due, "", 0)
		default:
			out.send.Claimed, out.send.Deadline = now, deadline
			done.Claimed = append(done.Claimed, out.send)
			row = append(row, conversations.Sending, millis(deadline), c.owner, millis(now))
		}
		rows = append(rows, row)
	}
	return done, rows
}

// commitTimeout ends the commit of a group that the database does not answer.
const commitTimeout = 10 * time.Second
