package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// claimLasts is how long a claim holds before another process may wonder what
// became of the message.
const claimLasts = 30 * time.Second

// Commit writes a turn in one transaction, which it may share with other turns
// that are waiting at the same moment. It returns ErrConflict if the
// conversation has another revision than the one loaded, ErrDuplicate if the
// event was committed before, and otherwise an error after which nothing of
// the turn is stored (but for a connection that was cut during the commit
// itself: then Load knows).
func (c *Caseload) Commit(ctx context.Context, t Turn) (Committed, error) {
	w, err := c.prepare(t)
	if err != nil {
		return Committed{}, fmt.Errorf("commit a turn of %s: %w", t.Loaded.peer, err)
	}
	done, err := c.commit.commit(ctx, w)
	if err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrDuplicate) {
		return Committed{}, fmt.Errorf("commit a turn of %s: %w", w.peer, err)
	}
	return done, err
}

// comesIn says whether events of a kind are something that a person did, which
// is kept as an inbound row.
func comesIn(kind conversations.EventKind) bool {
	switch kind {
	case conversations.EventText, conversations.EventButton, conversations.EventEdited, conversations.EventLinked,
		conversations.EventBlocked, conversations.EventUnblocked:
		return true
	default:
		return false
	}
}

// work is a turn made ready: sealed and turned into rows, so that the
// transaction does nothing but write, and a turn that cannot be written fails
// before it meets others.
type work struct {
	turn    Turn
	peer    string
	inbound conversations.MessageID // the id of the row, if there is one
	// retried says that the row is there already, parked.
	retried    bool
	understood []byte
	// undoes is what the effects replaced, if they say so; undo the same, sealed
	// for the row of what came in.
	undoes *conversations.Undo
	undo   []byte
	// stopped are the matters that the client has stopped by now, if an effect
	// has changed them.
	stopped     []conversations.Matter
	setsMatters bool

	row          []any // of the inbound row; nil if there is none or it is there
	conversation []any
	event        []any
	effects      batch
	flags        [][]any
	alerts       [][]any
	outgoing     []outgoing // in the order in which they must go
	jobs         []river.InsertManyParams
	detail       detail
	failure      error // what an effect found when it ran

	// joined is the address that the turn gave to the client.
	joined *joined

	answer chan answer
}

type answer struct {
	done Committed
	err  error
}

type joined struct {
	id string
	to conversations.Address
}

// outgoing is a message made ready.
type outgoing struct {
	send Send
	// row is all columns but the last four; see insertOutgoing.
	row     []any
	channel conversations.Channel
	due     int64
	// bulk: it is one of many, and a sweep claims it.
	bulk bool
}

func (c *Caseload) prepare(t Turn) (*work, error) {
	ev := &t.Loaded.Event
	w := &work{turn: t, peer: t.Loaded.peer, inbound: t.Inbound, answer: make(chan answer, 1)}
	if w.peer == "" {
		return nil, errors.New("the turn was not loaded")
	}
	if comesIn(ev.Kind) {
		if t.Loaded.retried {
			w.retried, w.inbound = true, ev.Message
		}
		if w.inbound == "" && ev.ProviderID != "" {
			w.inbound = conversations.MessageID(newID(t.Now))
		}
	}
	for _, effect := range t.Effects {
		if err := c.prepareEffect(w, effect); err != nil {
			return nil, err
		}
	}
	if err := c.keepUndo(w); err != nil {
		return nil, err
	}
	if err := c.prepareInbound(w); err != nil {
		return nil, err
	}
	if err := c.prepareMessages(w); err != nil {
		return nil, err
	}
	if err := c.prepareConversation(w); err != nil {
		return nil, err
	}
	w.detail.By = ev.By
	detail, err := json.Marshal(&w.detail)
	if err != nil {
		return nil, fmt.Errorf("write the event's detail: %w", err)
	}
	w.event = []any{w.peer, t.Loaded.Revision + 1, ev.Kind, w.inbound, millis(t.Now), string(detail)}
	return w, nil
}

var insertInbound = newBulk(15, nil, `INSERT INTO messages (id, direction, peer, revision, channel, provider_id, body, at, kind, choice,
	media, understood, event, parked, undo) VALUES`, `ON CONFLICT DO NOTHING RETURNING id`)

func (c *Caseload) prepareInbound(w *work) error {
	ev := &w.turn.Loaded.Event
	if w.inbound == "" || !comesIn(ev.Kind) {
		return nil
	}
	id := string(w.inbound)
	var err error
	if w.understood, err = c.sealed(sealUnderstood, id, w.understood); err != nil || w.retried {
		return err
	}
	w.row, err = c.inboundRow(ev, w.inbound, w.peer, w.turn.Loaded.Revision+1, w.turn.Now)
	if err == nil {
		w.row[11], w.row[14] = w.understood, w.undo
	}
	return err
}

// inboundRow is the columns of insertInbound; understood, event, parked and
// undo are left empty.
func (c *Caseload) inboundRow(ev *conversations.Event, id conversations.MessageID, peer string, revision int64, now time.Time) ([]any, error) {
	at := ev.At
	if at.IsZero() {
		at = now
	}
	body, err := c.sealed(sealBody, string(id), []byte(ev.Text))
	if err != nil {
		return nil, err
	}
	var media []byte
	if len(ev.Media) > 0 {
		plain, err := json.Marshal(ev.Media)
		if err != nil {
			return nil, fmt.Errorf("write the media: %w", err)
		}
		if media, err = c.sealed(sealMedia, string(id), plain); err != nil {
			return nil, err
		}
	}
	return []any{
		id, "in", peer, revision, ev.From.Channel, clean(ev.ProviderID), body, millis(at), ev.Kind, clean(ev.Button),
		media, []byte(nil), []byte(nil), "", []byte(nil),
	}, nil
}

// moveOn is the revision protocol: the row takes the new revision only from
// the one before. Rows that did not are not returned. What is set once stays.
var moveOn = newBulk(9, nil, `INSERT INTO conversations (peer, revision, snapshot, crisis_said, answered_at, channel, address,
	started_at, changed_at) VALUES`, `ON CONFLICT (peer) DO UPDATE SET revision = excluded.revision, snapshot = excluded.snapshot,
	crisis_said = CASE WHEN excluded.crisis_said > 0 THEN excluded.crisis_said ELSE conversations.crisis_said END,
	answered_at = CASE WHEN excluded.answered_at > 0 THEN excluded.answered_at ELSE conversations.answered_at END,
	changed_at = excluded.changed_at
	WHERE conversations.revision = excluded.revision - 1 RETURNING peer`)

func (c *Caseload) prepareConversation(w *work) error {
	t := &w.turn
	now := millis(t.Now)
	var snapshot, address []byte
	var channel conversations.Channel
	var err error
	if clientOf(w.peer) == "" {
		channel = t.Loaded.Event.From.Channel
		if address, err = c.sealed(sealAddress, w.peer, []byte(t.Loaded.Event.From.Value)); err != nil {
			return err
		}
	} else {
		plain, err := json.Marshal(t.State)
		if err != nil {
			return fmt.Errorf("write the snapshot: %w", err)
		}
		if snapshot, err = c.sealed(sealSnapshot, w.peer, plain); err != nil {
			return err
		}
	}
	var crisis, answered int64
	for _, m := range t.Messages {
		switch m.Urgency {
		case conversations.Crisis:
			crisis, answered = now, now
		case conversations.Answer:
			answered = now
		case conversations.Prompt:
		}
	}
	w.conversation = []any{w.peer, t.Loaded.Revision + 1, snapshot, crisis, answered, channel, address, now, now}
	return nil
}

func (c *Caseload) prepareMessages(w *work) error {
	t := &w.turn
	for i := range t.Messages {
		out, err := c.prepareMessage(w, &t.Messages[i])
		if err != nil {
			return fmt.Errorf("message %s: %w", t.Messages[i].ID, err)
		}
		w.outgoing = append(w.outgoing, out)
	}
	slices.SortStableFunc(w.outgoing, func(a, b outgoing) int { return int(a.send.Urgency) - int(b.send.Urgency) })
	return nil
}

// insertOutgoing ends with the columns that the transaction fills in.
var insertOutgoing = newBulk(27, nil, `INSERT INTO messages (id, direction, peer, revision, channel, body, at, key, language, urgency,
	parts, buttons, question, appointment, offer, matter, stands, until, held, address, code, closes, attempts, delivery, due, owner, claimed_at) VALUES`, "")

func (c *Caseload) prepareMessage(w *work, m *Message) (out outgoing, err error) {
	t := &w.turn
	channel := m.Channel
	if channel == "" {
		channel = t.Loaded.Event.From.Channel
	}
	address, to, err := c.addressFor(w, channel)
	if err != nil {
		return out, err
	}
	body, err := c.sealed(sealBody, string(m.ID), []byte(m.Text))
	if err != nil {
		return out, err
	}
	var buttons []byte
	if len(m.Buttons) > 0 {
		plain, err := json.Marshal(m.Buttons)
		if err != nil {
			return out, fmt.Errorf("write the buttons: %w", err)
		}
		if buttons, err = c.sealed(sealButtons, string(m.ID), plain); err != nil {
			return out, err
		}
	}
	now := millis(t.Now)
	out.due = max(now, millis(m.NotBefore))
	out.channel, out.bulk = channel, m.Bulk
	out.send = Send{
		ID: m.ID, Client: clientOf(w.peer), To: to, Text: m.Text, Buttons: m.Buttons, Urgency: m.Urgency, Until: m.Until,
		Appointment: m.Appointment, Stands: m.Stands, Parts: m.Parts, Committed: t.Now,
	}
	out.row = []any{
		m.ID, "out", w.peer, t.Loaded.Revision + 1, channel, body, now, m.Key, m.Language, m.Urgency,
		m.Parts, buttons, m.Question, m.Appointment, m.Offer, m.Matter, millis(m.Stands), millis(m.Until), m.Held, address, "", millis(m.Closes), 0,
	}
	return out, nil
}

// addressFor is where a message of the turn goes, and the id of that address;
// an unknown sender's has none.
func (c *Caseload) addressFor(w *work, channel conversations.Channel) (id string, to conversations.Address, err error) {
	if clientOf(w.peer) == "" {
		return "", w.turn.Loaded.Event.From, nil
	}
	if w.joined != nil && w.joined.to.Channel == channel {
		return w.joined.id, w.joined.to, nil
	}
	for _, at := range w.turn.Loaded.addresses {
		if at.channel == channel {
			plain, err := c.opened(sealAddress, at.id, at.sealed)
			return at.id, conversations.Address{Channel: channel, Value: string(plain)}, err
		}
	}
	return "", to, fmt.Errorf("the client has no address on channel %q", channel)
}
